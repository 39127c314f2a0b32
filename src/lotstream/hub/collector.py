"""The garbage collector of a worker: it looks at what is young and leaves the ledgers alone.

Python's collector walks through every object now and then, and a worker holds millions: with 15,000 open orders one
such walk took a second in the middle of a batch, and the walks a fifth of all processor time. Ledgers, orders and rows
hold no cycles, so that counting references frees them.
"""

from __future__ import annotations

import gc
from typing import Final

YOUNG_OBJECTS: Final = 50_000
"""Objects made and not freed before the young are looked at; a batch makes some hundred thousand."""

YOUNG_ROUNDS: Final = 20
"""Rounds over the young before those that stayed are looked at once more."""

ALL_ROUNDS: Final = 1_000_000
"""Rounds over those before everything is looked at: practically never."""


def leave_ledgers_alone() -> None:
    """Set the collector of this process; called once, when everything is imported."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, YOUNG_ROUNDS, ALL_ROUNDS)
