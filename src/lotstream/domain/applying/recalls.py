"""What recalls change: their own documents alone; holds and promises have events of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.applying.documents import keep
from lotstream.domain.events import ConsigneesListed, RecallAnswered, RecallClosed, RecallOpened
from lotstream.domain.ledger import Ledger


def _recall_changed(ledger: Ledger, event: RecallOpened | RecallClosed) -> None:
    keep(ledger, event.recall)


def _listed(ledger: Ledger, event: ConsigneesListed) -> None:
    for consignee in event.consignees:
        keep(ledger, consignee)


def _answered(ledger: Ledger, event: RecallAnswered) -> None:
    keep(ledger, event.recall)
    keep(ledger, event.consignee)


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    RecallOpened: _recall_changed,
    ConsigneesListed: _listed,
    RecallAnswered: _answered,
    RecallClosed: _recall_changed,
}
