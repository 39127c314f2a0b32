"""The garbage collector of a worker: it looks at every object once, soon after it was made, and then never again.

Python's collector walks through all objects it knows now and then, and a worker holds millions: with 15,000 open orders
one such walk took a second in the middle of a batch, and walking through the younger ones time and again took a sixth
of all processor time. Ledgers, orders and rows hold no cycles, so that counting references frees them. Cycles come from
tasks and errors, a few a batch, and nearly all of them are over when they are looked at; the rest, a handful in many
thousand objects, is never freed.
"""

from __future__ import annotations

import gc
from typing import Any, Final

YOUNG_OBJECTS: Final = 100_000
"""Objects made and not freed before they are looked at; a batch makes some hundred thousand."""


ROUNDS_NEVER: Final = 1_000_000
"""Rounds over the young before older ones are looked at: there are none, see `_keep`."""


def leave_ledgers_alone() -> None:
    """Set the collector of this process; called once, when everything is imported."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, ROUNDS_NEVER, ROUNDS_NEVER)
    gc.callbacks.append(_keep)


def _keep(phase: str, _info: dict[str, Any]) -> None:
    """Take what has been looked at out of the collector's sight."""
    if phase == "stop":
        gc.freeze()
