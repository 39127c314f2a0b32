"""What has happened is booked, whatever it is; what is only asked for never uses goods that are on hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import ApproveCount, Command, ReceiveStock
from lotstream.domain.events import (
    DiscrepancyNoted,
    Event,
    KitAssembled,
    ProductionRecorded,
    ShipmentConfirmed,
    StockPicked,
    TitleReleased,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Receipt, RowKey

ILL_FORMED: Final = {
    Code.FIELD_MISSING, Code.FIELD_INVALID, Code.NOT_A_MULTIPLE, Code.NOT_POSITIVE, Code.TOO_LARGE, Code.WRONG_OWNER,
}  # fmt: skip
"""Why even something that has happened is refused: it does not say what has."""


def check_refused(command: Command, refusal: Refusal) -> None:
    """What has happened and is well formed is not refused; that somebody else counted what does not wait did not."""
    happened = getattr(command, "happened", False) and not isinstance(command, ApproveCount)
    assert not happened or refusal.code in ILL_FORMED, (command, refusal)


def check_came(command: Command, events: Sequence[Event], receipts: dict[str, Receipt]) -> None:
    """Each line of goods that came in is on its receipt, or a person is told of it."""
    if not isinstance(command, ReceiveStock) or not command.happened or not events:
        return
    known = receipts.get(command.receipt)
    booked = set() if known is None else set(known.lines)
    told = {event.about.get("line") for event in events if isinstance(event, DiscrepancyNoted)}
    assert {line.line for line in command.lines} <= booked | told, (command, booked, told)


def check_free(ledger: Ledger, command: Command, events: Sequence[Event]) -> None:
    """Nothing that was asked for takes goods of which lot, supplier or owner is on hold, whichever way it goes."""
    if getattr(command, "happened", True):
        return
    for event in events:
        for row in used_by(event):
            assert not is_held(ledger, row), (command, row)


def check_made(ledger: Ledger, events: Sequence[Event]) -> None:
    """What was made of goods on hold is on hold as well, or not good, before a person has looked at it."""
    for event in events:
        if isinstance(event, KitAssembled | ProductionRecorded) and any(is_held(ledger, one.row) for one in event.used):
            assert all(made.row.status != "good" or is_held(ledger, made.row) for made in event.made), event


def is_held(ledger: Ledger, row: RowKey) -> bool:
    """Tell whether goods of a row are on hold by their lot, their supplier or their owner."""
    lot = ledger.lots.get((row.sku, row.lot or ""))
    supplier = None if lot is None else lot.supplier
    on_owner = any(one.supplier in (None, supplier) for one in ledger.settings.holds)
    return on_owner or (lot is not None and bool(lot.holds))


def used_by(event: Event) -> Iterator[RowKey]:
    """Yield the rows that an event takes goods from for somebody: picked, shipped, made into others, sold."""
    if isinstance(event, StockPicked):
        yield from (one.row for one in event.picks)
    elif isinstance(event, ShipmentConfirmed):
        yield from (one.row for one in event.shipped)
    elif isinstance(event, KitAssembled | ProductionRecorded):
        yield from (one.row for one in event.used)
    elif isinstance(event, TitleReleased):
        yield from (one.row for one in event.title.lines)
