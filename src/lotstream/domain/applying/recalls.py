"""What recalls change: their own documents alone; holds and promises have events of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lotstream.domain.applying.documents import keep
from lotstream.domain.events import ConsigneesListed, RecallAnswered, RecallClosed, RecallOpened
from lotstream.domain.ledger import Ledger


def _opened(ledger: Ledger, event: RecallOpened) -> None:
    keep(ledger, event.recall)
    if event.rule is not None:
        # It is of goods that are still to come: nothing that is promised hangs on it.
        ledger.settings = replace(ledger.settings, recalls=(*ledger.settings.recalls, event.rule))
        ledger.touched.owner = True


def _closed(ledger: Ledger, event: RecallClosed) -> None:
    keep(ledger, event.recall)


def _listed(ledger: Ledger, event: ConsigneesListed) -> None:
    for consignee in event.consignees:
        keep(ledger, consignee)


def _answered(ledger: Ledger, event: RecallAnswered) -> None:
    keep(ledger, event.recall)
    keep(ledger, event.consignee)


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    RecallOpened: _opened,
    ConsigneesListed: _listed,
    RecallAnswered: _answered,
    RecallClosed: _closed,
}
