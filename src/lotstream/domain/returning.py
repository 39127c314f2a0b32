"""Goods come back from a customer, by the order and the lot they left with."""

from __future__ import annotations

from dataclasses import dataclass, field

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import Moment, ReturnGoods, StockLine
from lotstream.domain.events import Event, GoodsReturned, Returned
from lotstream.domain.filling import fill
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderLine, RowKey, Serial, SerialKey, SerialState, Status
from lotstream.domain.paper import RETURN, Meant, Paper, begin, book_once, understand
from lotstream.domain.places import DOCK
from lotstream.domain.reservations import copy_order, note_returned
from lotstream.domain.serial_holds import set_apart, units_held
from lotstream.domain.serials import check_count


@dataclass(slots=True)
class _Return:
    """What is decided so far about one return."""

    paper: Paper
    #: The order as it is after what came back so far; None when it is not known.
    order: Order | None
    lines: list[Returned] = field(default_factory=list)


def return_goods(ledger: Ledger, command: ReturnGoods, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide goods.returned.

    Asked, more than was shipped of a lot to the order is refused. Happened, it is there: what nobody can have shipped
    goes to quarantine with a discrepancy. What came back keeps its lot, and is told from stock that never left.
    """
    paper = begin(ledger, command, moment, kind=RETURN, number=command.number)
    if isinstance(paper, Refusal):
        return paper
    known = ledger.order(command.key)
    if known is None:
        name = command.key.order
        message = f"Order {name} is not known; check its number and source."
        refused = paper.verdicts.object(Code.UNKNOWN_ORDER, "order", message, {"order": name, "return": command.number})
        if refused is not None:
            return refused
    back = _Return(paper, copy_order(known) if known is not None else None)
    for index, said in enumerate(command.lines):
        refused = _take_in(back, said, f"lines.{index}")
        if refused is not None:
            return refused
    if not back.lines:
        return tuple(paper.verdicts.noted)
    returned = GoodsReturned(
        command.site, command.number, command.key, command.by, paper.at, paper.booked, tuple(back.lines)
    )
    held = [(line.row, unit) for line in back.lines for unit in units_held(paper.draft, line)]
    apart = [set_apart(paper.draft, unit, row) for row, unit in held]
    return returned, *apart, *paper.verdicts.noted, *fill(paper.draft, {line.row.sku for line in back.lines})


def _take_in(back: _Return, said: StockLine, path: str) -> Refusal | None:
    paper = back.paper
    sku = said.sku or _sku_shipped(back.order, said.lot)
    named = StockLine(
        said.line, sku, said.lot, said.location or DOCK, said.quantity, said.unit, said.package, said.pack_size,
        said.status, said.reason, serials=said.serials,
    )  # fmt: skip
    meant = understand(paper, named, path)
    if not isinstance(meant, Meant):
        return meant
    new = book_once(paper, meant, meant.row(paper.document.site)._replace(returned=True))
    if new is not True:
        return new or None
    lot = said.lot if said.lot is not None else _only_lot(back.order, meant.item.sku)
    row = meant.row(paper.document.site)._replace(lot=lot, returned=True)
    numbers = _numbers(back, meant)
    if isinstance(numbers, Refusal):
        return numbers
    left, unit = meant.quantity, 10**meant.item.decimals
    for line in back.order.lines if back.order is not None else ():
        quantity = min(_out(line, meant.item.sku, lot), left)
        _book(back, said, row, quantity, line=line, serials=tuple(numbers[: quantity // unit]))
        left, numbers = left - quantity, numbers[quantity // unit :]
    if left == 0:
        return None
    del paper.booked[said.line]
    return _too_much(back, meant, row, left)


def _numbers(back: _Return, meant: Meant) -> list[str] | Refusal:
    """Return the serial numbers that came back: units that had left for the order, and no others."""
    paper, said = back.paper, meant.said
    refused = check_count(said.serials, meant.quantity, meant.item, meant.path)
    if refused is not None:
        return paper.object(refused.code, refused.field, refused.message, said) or []
    numbers = []
    for index, number in enumerate(said.serials):
        unit = paper.draft.serial(SerialKey(number, meant.item.sku))
        left = unit is not None and unit.state is SerialState.SHIPPED
        if left and unit is not None and back.order is not None and (unit.source, unit.order) == back.order.key:
            numbers.append(number)
            continue
        message = f"Serial {number} of {meant.item.sku} has not left for the order; check the number and the order."
        refused = paper.object(Code.MORE_THAN_SHIPPED, f"{meant.path}.serials.{index}", message, said)
        if refused is not None:
            return refused
    return numbers


def _too_much(back: _Return, meant: Meant, row: RowKey, left: int) -> Refusal | None:
    """Object to more than has left; what is there anyway goes to quarantine."""
    paper, said = back.paper, meant.said
    what = f"lot {row.lot}" if row.lot is not None else row.sku
    message = f"{left} smallest units of {what} more came back than left for the order; check lot and order."
    if not paper.document.happened:
        return Refusal(Code.MORE_THAN_SHIPPED, f"{meant.path}.quantity", message)
    book_once(paper, meant, meant.row(paper.document.site)._replace(returned=True))
    # The line itself says what is odd about it, and is the alert.
    _book(back, said, row._replace(status=Status.QUARANTINE.value), left, line=None, why=message)
    return None


def _book(
    back: _Return,
    said: StockLine,
    row: RowKey,
    quantity: int,
    *,
    line: OrderLine | None,
    why: str | None = None,
    serials: tuple[str, ...] = (),
) -> None:
    if quantity == 0:
        return
    paper = back.paper
    if line is not None:
        note_returned(line, row.sku, row.lot, quantity)
    paper.change(row, quantity, received=paper.at.date())
    code = None if why is None else Code.MORE_THAN_SHIPPED.value
    order_line = None if line is None else line.line
    for number in serials:
        unit = SerialKey(number, row.sku)
        known = paper.draft.serial(unit)
        holds = () if known is None else known.holds
        paper.draft.serials[unit] = Serial(unit, SerialState.IN_STOCK, row, holds=holds)
    back.lines.append(
        Returned(
            said.line,
            order_line,
            row,
            quantity,
            paper.at.date(),
            said.reason,
            discrepancy=code,
            message=why,
            serials=serials,
        )
    )


def _out(line: OrderLine, sku: str, lot: str | None) -> int:
    """Return what of a lot has left for a line and not come back."""
    return sum(one.quantity - one.returned for one in line.lots_shipped if (one.sku, one.lot) == (sku, lot))


def _sku_shipped(order: Order | None, lot: str | None) -> str | None:
    """Return the SKU of a lot, or of whatever, that left for an order; None when that is not one."""
    left = [one for line in (order.lines if order else ()) for one in line.lots_shipped]
    skus = {one.sku for one in left if lot in (None, one.lot)}
    return skus.pop() if len(skus) == 1 else None


def _only_lot(order: Order | None, sku: str) -> str | None:
    """Return the lot of a SKU that left for an order, where it was one."""
    lots = {one.lot for line in (order.lines if order else ()) for one in line.lots_shipped if one.sku == sku}
    return lots.pop() if len(lots) == 1 else None
