"""What events about the papers and inspections of lots, and about tasks of the floor, change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.applying.documents import keep
from lotstream.domain.applying.rows import know_lot
from lotstream.domain.events import ConditionRecorded, LotDocumented, LotInspected, PutAwayHinted, TaskDone
from lotstream.domain.inspecting import INSPECTIONS_MAX
from lotstream.domain.ledger import Ledger
from lotstream.domain.lot_facts import with_more
from lotstream.domain.model import PLAIN


def _lot_inspected(ledger: Ledger, event: LotInspected) -> None:
    keep(ledger, event.notice)
    lot = ledger.lots[event.sku, event.lot]
    before = (lot.more or PLAIN).inspections
    know_lot(ledger, with_more(lot, inspections=(*before, event.inspection)[-INSPECTIONS_MAX:]))


def _lot_documented(ledger: Ledger, event: LotDocumented) -> None:
    know_lot(ledger, with_more(ledger.lots[event.sku, event.lot], documents=event.documents))


def _put_away_hinted(ledger: Ledger, event: PutAwayHinted) -> None:
    """A hint is told to the floor; nothing hangs on it."""


def _told_once(ledger: Ledger, event: TaskDone | ConditionRecorded) -> None:
    keep(ledger, event.notice)


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    LotInspected: _lot_inspected,
    LotDocumented: _lot_documented,
    PutAwayHinted: _put_away_hinted,
    TaskDone: _told_once,
    ConditionRecorded: _told_once,
}
