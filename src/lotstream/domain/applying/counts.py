"""What counts that wait for a second counter change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.applying.documents import keep
from lotstream.domain.events import CountKept, CountSettled
from lotstream.domain.ledger import Ledger


def _keep(ledger: Ledger, event: CountKept | CountSettled) -> None:
    keep(ledger, event.pending)


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {CountKept: _keep, CountSettled: _keep}
