"""Proof that the tables say what the journal says.

The journal is played into new ledgers and compared with every table, row by row, and the first difference is named.
Needs a database and nothing else: the hub may be running, or not.
"""

from __future__ import annotations

from lotstream.hub.verify.found import Difference, Verified
from lotstream.hub.verify.run import Scope, verify

__all__ = ["Difference", "Scope", "Verified", "verify"]
