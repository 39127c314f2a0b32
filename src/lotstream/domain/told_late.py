"""What has happened and is told late: counts may have been made, and told, between the two.

Whether any was is read from the database when such a document is decided, and only then: what is told at once, or is
merely asked for, costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from lotstream.domain.commands import (
    AcceptTitle,
    AdjustStock,
    AssembleKit,
    BreakKit,
    ChangeStatus,
    Command,
    ConfirmPick,
    ConfirmShipment,
    CorrectReceipt,
    CorrectShipment,
    InspectReturn,
    MoveStock,
    PutAway,
    ReceiveStock,
    ReceiveTransfer,
    RecordProduction,
    ReleaseTitle,
    ReportShort,
    ReturnGoods,
    ShipTransfer,
    UndoPick,
    VoidShipment,
    WorkOnWave,
)
from lotstream.domain.events import StockCounted
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import CountsSince, CountsTold, CountTold, Lot, RowKey
from lotstream.domain.names import names_had

LATE_MIN: Final = timedelta(minutes=1)
"""How long after it has happened a document is told late: clocks differ, and each look at the past costs a batch."""

BACK_MAX: Final = timedelta(days=30)
"""How far back counts are known; what is told later than that changes the stock of today."""

MAY_BE_LATE: Final = frozenset(
    {
        *(AcceptTitle, AdjustStock, AssembleKit, BreakKit, ChangeStatus, ConfirmPick, ConfirmShipment, CorrectReceipt),
        *(CorrectShipment, InspectReturn, MoveStock, PutAway, ReceiveStock, ReceiveTransfer, RecordProduction),
        *(ReleaseTitle, ReportShort, ReturnGoods, ShipTransfer, UndoPick, VoidShipment, WorkOnWave),
    }
)
"""Documents of the floor by which rows have more or less than before, but for counts, which say what there is."""


def late_since(command: Command, recorded_at: datetime) -> datetime | None:
    """Return when something has happened that is told late by now; None for what is asked, told at once or too late."""
    if type(command) not in MAY_BE_LATE:
        return None
    said: Any = command.said if isinstance(command, WorkOnWave) else command
    at: datetime | None = said.occurred_at
    return at if said.happened and at is not None and LATE_MIN <= recorded_at - at <= BACK_MAX else None


def counts_asked(ledger: Ledger, sku: str, lot: str | None, since: datetime) -> list[CountsSince]:
    """Return what has to be known of counts of a lot, by each name that it had before."""
    known = ledger.lots.get((sku, lot or "")) or Lot(sku, lot or "")
    names = names_had(ledger.items.get(sku), known)
    return [*dict.fromkeys(CountsSince(name.sku, lot and name.lot, since) for name in names)]


def counts_known(ledger: Ledger, sku: str, lot: str | None, since: datetime) -> list[CountTold] | None:
    """Return the counts of a lot at a moment or later, the first one first; None where nobody has asked for them."""
    answers = [ledger.history.get(question) for question in counts_asked(ledger, sku, lot, since)]
    found = [answer.of for answer in answers if isinstance(answer, CountsTold)]
    told = sorted([one for told in found for one in told], key=lambda one: one.as_of)
    return told if len(found) == len(answers) else None


def lines_told(events: Iterable[StockCounted], asked: CountsSince) -> CountsTold:
    """Return what counts say of a lot, of those that say what there was at a moment or later; events as they came."""
    lines = [line for event in events for line in _lines(event, asked.sku, asked.lot)]
    return CountsTold(tuple(sorted([one for one in lines if one.as_of >= asked.since], key=lambda one: one.as_of)))


def _lines(event: StockCounted, sku: str, lot: str | None) -> Iterator[CountTold]:
    for line, booked in event.booked.items():
        row = booked.row
        if (row.sku, row.lot) == (sku, lot):
            yield CountTold(
                event.number, line, event.as_of or event.at, event.at, row.site, row.location, row.package,
                row.pack_size, None if line in event.whole else row.status,
            )  # fmt: skip


def covers(count: CountTold, row: RowKey) -> bool:
    """Tell whether a row of the lot is among what a line of a count counted."""
    return (
        (count.site, count.location) == (row.site, row.location)
        and count.package in (None, row.package)
        and count.pack_size in (None, row.pack_size)
        and count.status in (None, row.status)
    )
