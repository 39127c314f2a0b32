"""What changes with time alone: marks of what people know of a lot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.applying.rows import know_lot
from lotstream.domain.events import ExpiryNoticed, LossCorrected, LotExpired, ReorderHinted
from lotstream.domain.ledger import Ledger


def _marked(ledger: Ledger, event: LotExpired | ExpiryNoticed) -> None:
    know_lot(ledger, event.lot)


def _reorder_hinted(ledger: Ledger, event: ReorderHinted) -> None:
    """Who was told is kept with the owner's progress; nothing else hangs on a hint."""


def _loss_corrected(ledger: Ledger, event: LossCorrected) -> None:
    """What is counted of a lot by now is kept with it by the event that this one comes with."""


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    LotExpired: _marked,
    ExpiryNoticed: _marked,
    LossCorrected: _loss_corrected,
    ReorderHinted: _reorder_hinted,
}
