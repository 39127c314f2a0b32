"""What recalls change: their own documents alone; holds and promises have events of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.events import ConsigneesListed, RecallAnswered, RecallClosed, RecallOpened
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Document


def _stands(ledger: Ledger, document: Document) -> None:
    ledger.receipts[document.key] = document
    ledger.touched.receipts.add(document.key)


def _recall_changed(ledger: Ledger, event: RecallOpened | RecallClosed) -> None:
    _stands(ledger, event.recall)


def _listed(ledger: Ledger, event: ConsigneesListed) -> None:
    for consignee in event.consignees:
        _stands(ledger, consignee)


def _answered(ledger: Ledger, event: RecallAnswered) -> None:
    _stands(ledger, event.recall)
    _stands(ledger, event.consignee)


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    RecallOpened: _recall_changed,
    ConsigneesListed: _listed,
    RecallAnswered: _answered,
    RecallClosed: _recall_changed,
}
