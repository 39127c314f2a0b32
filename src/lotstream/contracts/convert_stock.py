"""From messages about stock that is there, or comes back, to commands of the ledger."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lotstream.contracts.inbound_stock import (
    CountApproved,
    GoodsReturned,
    GoodsReturnedLine,
    StockAdjusted,
    StockAdjustedLine,
    StockCounted,
    StockCountedLine,
    StockMoved,
    StockMovedLine,
    StockStatusChanged,
    StockStatusChangedLine,
)
from lotstream.contracts.undecodable import Undecodable
from lotstream.domain.codes import DeadLetterCode
from lotstream.domain.commands import (
    AdjustStock,
    ApproveCount,
    ChangeStatus,
    CountStock,
    MoveStock,
    ReturnGoods,
    SecondCount,
    StockLine,
)
from lotstream.domain.model import OrderKey

_Line = StockAdjustedLine | StockCountedLine | StockMovedLine | StockStatusChangedLine | GoodsReturnedLine


def adjust_stock(body: StockAdjusted) -> AdjustStock:
    """Return the command to book more or less."""
    lines = tuple(
        replace(_line(line, line.quantity), code=line.code, weight_kg=line.weight_kg, serials=line.serials)
        for line in body.lines
    )
    return AdjustStock(body.site, body.happened, body.by, body.occurred_at, body.adjustment, lines)


def count_stock(body: StockCounted) -> CountStock:
    """Return the command to book a count."""
    lines = tuple(replace(_line(line, line.counted), weight_kg=line.weight_kg) for line in body.lines)
    return CountStock(body.site, body.happened, body.by, body.occurred_at, body.count, lines, body.as_of)


def approve_count(body: CountApproved) -> ApproveCount:
    """Return the command to book or forget a count that waits."""
    lines = tuple(SecondCount(line.line, line.counted, line.unit, line.weight_kg) for line in body.lines)
    return ApproveCount(body.site, body.happened, body.by, body.occurred_at, body.count, body.approved, lines)


def move_stock(body: StockMoved) -> MoveStock:
    """Return the command to move goods."""
    lines = tuple(moved_line(line) for line in body.lines)
    return MoveStock(body.site, body.happened, body.by, body.occurred_at, body.move, lines)


def change_status(body: StockStatusChanged) -> ChangeStatus:
    """Return the command to book another condition."""
    lines = tuple(
        replace(_line(line, line.quantity, to=line.to_status.value), weight_kg=line.weight_kg) for line in body.lines
    )
    return ChangeStatus(body.site, body.happened, body.by, body.occurred_at, body.change, lines)


def return_goods(body: GoodsReturned) -> ReturnGoods:
    """Return the command to take goods back."""
    lines = tuple(
        replace(_line(line, line.quantity), serials=line.serials, weight_kg=line.weight_kg) for line in body.lines
    )
    key = order_named(body.source, body.order)
    return ReturnGoods(
        body.site, body.happened, body.by, body.occurred_at, body.return_, key, lines, body.customer, body.expected
    )


def order_named(source: str | None, order: str | None) -> OrderKey | None:
    """Return the order that a message names, None when it names none; raises `Undecodable` for half of its name."""
    if source is not None and order is not None:
        return OrderKey(source, order)
    if source is None and order is None:
        return None
    field = "source" if source is None else "order"
    raise Undecodable(
        DeadLetterCode.SCHEMA, field, "An order is named by its source and its number: send both, or none."
    )


def moved_line(line: StockMovedLine) -> StockLine:
    """Return a line of goods that come to another bin."""
    return replace(_line(line, line.quantity, to=line.to), weight_kg=line.weight_kg)


def _line(line: _Line, quantity: Decimal, *, to: str = "") -> StockLine:
    return StockLine(
        line=line.line,
        sku=line.sku,
        lot=line.lot,
        location=line.location,
        quantity=quantity,
        unit=line.unit,
        package=line.package,
        pack_size=line.pack_size,
        status=None if line.status is None else line.status.value,
        reason=line.reason,
        to=to,
    )
