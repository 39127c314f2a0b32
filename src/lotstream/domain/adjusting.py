"""Stock is adjusted by so much, with the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from lotstream.domain.codes import Code
from lotstream.domain.commands import AdjustStock, Moment
from lotstream.domain.events import Event, StockAdjusted
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import AdjustCode, RowKey, Serial, Status, Tracking
from lotstream.domain.paper import ADJUSTMENT, Meant, begin, book_once, understand
from lotstream.domain.places import DOCK, is_transit
from lotstream.domain.serials_gone import became, units_found, units_leaving
from lotstream.domain.stock_changes import (
    Changes,
    check_place,
    decided,
    more_to,
    note_deficit,
    take,
    take_picked,
    where_found,
    where_missing,
)
from lotstream.domain.weights import FIELD

_CODES: Final = frozenset(AdjustCode)


def adjust_stock(ledger: Ledger, command: AdjustStock, moment: Moment) -> tuple[Event, ...]:
    """Decide stock.adjusted.

    What is taken off a bin is taken off free stock first, then off what is promised and not picked (the back of the
    queue loses first), then off what was picked from that bin; what even that cannot give makes a deficit. Those who
    lose are settled in the same decision.
    """
    paper = begin(ledger, command, moment, kind=ADJUSTMENT, number=command.adjustment)
    changes = Changes(paper)
    for index, said in enumerate(command.lines):
        path = f"lines.{index}"
        meant = understand(paper, said, path, positive=False)
        if meant is not None:
            _adjust(changes, meant)
    if not paper.booked:
        return tuple(paper.verdicts.noted)
    told = StockAdjusted(
        command.site, command.adjustment, command.by, paper.at, paper.booked, tuple(changes.made), tuple(changes.units)
    )
    return decided(changes, told)


def _adjust(changes: Changes, meant: Meant) -> None:
    paper, said = changes.paper, meant.said
    if meant.quantity < 0 and said.lot is not None and paper.draft.lot(meant.item.sku, said.lot) is None:
        message = f"Lot {said.lot} of {meant.item.sku} is not known, and some of it is taken off; check its number."
        paper.object(Code.UNKNOWN_LOT, f"{meant.path}.lot", message, said)
    named = meant.row(paper.document.site)
    if not book_once(paper, meant, named):
        return
    check_place(paper, meant)
    on_the_way = is_transit(meant.location)
    if on_the_way and meant.quantity > 0:
        # What is more than left is no part of the transfer.
        meant = meant._replace(location=DOCK)
        named = meant.row(paper.document.site)
    if said.code is not None and said.code not in _CODES:
        message = f"{said.code} is no reason that can be added up; send one of {', '.join(sorted(_CODES))}."
        paper.object(Code.FIELD_INVALID, f"{meant.path}.code", message, said)
        meant = meant._replace(said=replace(said, code=None))
    rows = paper.rows(meant)
    if meant.quantity == 0 and said.weight_kg is not None:
        message = "Nothing is added or taken, which weighs nothing; count the bin with what it weighs instead."
        paper.object(Code.FIELD_INVALID, f"{meant.path}.{FIELD}", message, said)
        return
    if meant.quantity >= 0:
        row = more_to(paper, meant, where_found(rows, named))
        changes.add(meant, row, meant.quantity)
        if said.serials:
            changes.units += units_found(paper, meant, row, said.serials)
        return
    left = -meant.quantity
    if said.serials or meant.item.tracking is Tracking.SERIAL:
        gone = units_leaving(paper, meant, became(meant.said.code), said.serials)
        changes.units += gone
        left -= _take_set_apart(changes, meant, gone, rows)
    left = take(changes, meant, rows, left)
    left = take_picked(changes, meant, left)
    if left:
        note_deficit(paper, meant, left)
        if not on_the_way:
            changes.add(meant, where_missing(rows, named), -left)


def _take_set_apart(changes: Changes, meant: Meant, gone: Iterable[Serial], rows: Collection[RowKey]) -> int:
    """Take units that lie apart from good stock, as those on hold do, from where they lie; returns how much that is."""
    unit, taken = 10**meant.item.decimals, 0
    for one in gone:
        if one.row.status != Status.GOOD and one.row in rows and changes.paper.there(one.row) >= unit:
            changes.add(meant, one.row, -unit)
            taken += unit
    return taken
