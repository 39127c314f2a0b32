"""Goods come back from a customer, by the order and the lot they left with, or by what that customer ever got."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from lotstream.domain.codes import Code, Refused
from lotstream.domain.commands import Moment, ReturnGoods, StockLine
from lotstream.domain.events import CounterfeitSuspected, Event, GoodsReturned, Returned
from lotstream.domain.filling import fill
from lotstream.domain.ledger import Ledger
from lotstream.domain.marks import came_expired
from lotstream.domain.model import (
    GotFrom,
    Order,
    OrderKey,
    OrderLine,
    ReturnExpected,
    RowKey,
    Serial,
    SerialKey,
    SerialState,
    Status,
)
from lotstream.domain.paper import RETURN, Meant, Paper, begin, book_once, understand
from lotstream.domain.places import DOCK
from lotstream.domain.places_for import why_not_there
from lotstream.domain.reservations import copy_order, note_returned
from lotstream.domain.return_expecting import came_back
from lotstream.domain.returns_meant import announced_of, asked, customer_meant, order_meant
from lotstream.domain.serial_holds import set_apart, units_held
from lotstream.domain.serials import check_count
from lotstream.domain.serials_in import where_known
from lotstream.domain.wording import amount, goods_called

_DOUBTED: Final = "Its serial number is none that left for whoever sent it; look at it."


@dataclass(slots=True)
class _Return:
    """What is decided so far about one return."""

    paper: Paper
    #: Orders that it may be of, as they are after what came back so far; none when none is known.
    orders: list[Order]
    #: What was announced, as it is after what came back so far.
    announced: ReturnExpected | None = None
    lines: dict[OrderKey | None, list[Returned]] = field(default_factory=dict)
    doubtful: list[CounterfeitSuspected] = field(default_factory=list)
    #: Units of the line under way that are doubted by their numbers.
    doubted: int = 0


def return_goods(ledger: Ledger, command: ReturnGoods, moment: Moment) -> tuple[Event, ...]:
    """Decide goods.returned.

    Asked, more than was shipped of a lot to the order is refused. Happened, it is there: what nobody can have shipped
    goes to quarantine with a discrepancy. What came back keeps its lot, and is told from stock that never left. Without
    an order it is looked for among what the customer got of the lot, the last order first.
    """
    paper = begin(ledger, command, moment, kind=RETURN, number=command.number)
    announced = announced_of(ledger, command)
    if announced is None and command.expected is not None:
        message = f"Return {command.expected} was not announced; check its number."
        about: dict[str, str | None] = {"return": command.number}
        paper.verdicts.object(Code.NOT_AVAILABLE, "expected", message, about)
    orders = _orders(ledger, command, announced, paper)
    back = _Return(paper, [copy_order(order) for order in orders], announced)
    for index, said in enumerate(command.lines):
        _take_in(back, said, f"lines.{index}")
    if not back.lines:
        return (*paper.verdicts.noted, *back.doubtful)
    return _decided(back, command)


def _decided(back: _Return, command: ReturnGoods) -> tuple[Event, ...]:
    paper = back.paper
    returned = [
        GoodsReturned(
            command.site, command.number, key, command.by, paper.at, {} if number else paper.booked, tuple(lines),
            None if number else back.announced, numbered=any(line.serials for line in lines),
        )
        for number, (key, lines) in enumerate(back.lines.items())
    ]  # fmt: skip
    every = [line for lines in back.lines.values() for line in lines]
    held = [(line.row, unit) for line in every for unit in units_held(paper.draft, line)]
    apart = [set_apart(paper.draft, unit, row) for row, unit in held]
    filled = fill(paper.draft, {line.row.sku for line in every})
    expired = came_expired(paper.draft, (line.row for line in every))
    return *returned, *expired, *apart, *paper.verdicts.noted, *back.doubtful, *filled


def _orders(ledger: Ledger, command: ReturnGoods, announced: ReturnExpected | None, paper: Paper) -> list[Order]:
    """Return the orders that goods may be of: the one that is named, else those of the customer that have any of it."""
    key = order_meant(command, announced)
    if key is not None:
        known = ledger.order(key)
        if known is not None:
            return [known]
        message = f"Order {key.order} is not known; check its number and source."
        about: dict[str, str | None] = {"order": key.order, "return": command.number}
        paper.verdicts.object(Code.UNKNOWN_ORDER, "order", message, about)
        return []
    if customer_meant(command, announced) is None:
        message = "Neither an order nor a customer is named; send one of them."
        about = {"return": command.number}
        paper.verdicts.object(Code.FIELD_MISSING, "order", message, about)
        return []
    keys = [key for question in asked(ledger, command) for key in ledger.answer(question, GotFrom).orders]
    found = (ledger.order(key) for key in dict.fromkeys(keys))
    return [order for order in found if order is not None]


def _take_in(back: _Return, said: StockLine, path: str) -> None:
    paper = back.paper
    sku = said.sku or _sku_shipped(back.orders, said.lot)
    named = StockLine(
        said.line, sku, said.lot, said.location or DOCK, said.quantity, said.unit, said.package, said.pack_size,
        said.status or paper.draft.ledger.settings.returned_status, said.reason, serials=said.serials,
        weight_kg=said.weight_kg,
    )  # fmt: skip
    meant = understand(paper, named, path)
    if meant is None:
        return
    if not book_once(paper, meant, meant.row(paper.document.site)._replace(returned=True)):
        return
    _was_announced(back, meant)
    _may_lie_there(paper, meant)
    lot = said.lot if said.lot is not None else _only_lot(back.orders, meant.item.sku)
    row = meant.row(paper.document.site)._replace(lot=lot, returned=True)
    numbers = _numbers(back, meant)
    unit = 10**meant.item.decimals
    left = meant.quantity - back.doubted * unit
    for order in back.orders:
        for line in order.lines:
            quantity = min(_out(line, meant.item.sku, lot), left)
            _book(back, said, row, quantity, order=order, line=line, serials=tuple(numbers[: quantity // unit]))
            left, numbers = left - quantity, numbers[quantity // unit :]
    left += back.doubted * unit
    if left == 0:
        return
    del paper.booked[said.line]
    _too_much(back, meant, row, left)


def _was_announced(back: _Return, meant: Meant) -> None:
    """Count what was announced; object to more than that."""
    if back.announced is None:
        return
    back.announced, over = came_back(back.announced, meant.item.sku, meant.said.lot, meant.quantity)
    if over == 0:
        return
    message = f"{amount(meant.item, over)} of {meant.item.sku} more came back than was announced; check the return."
    back.paper.object(Code.MORE_THAN_SHIPPED, f"{meant.path}.quantity", message, meant.said)


def _numbers(back: _Return, meant: Meant) -> list[str]:
    """Return the serial numbers that came back: units that had left for one of the orders, and no others."""
    paper, said = back.paper, meant.said
    back.doubted = 0
    refused = check_count(said.serials, meant.quantity, meant.item, meant.path)
    if refused is not None:
        paper.object(refused.code, refused.field, refused.message, said)
        return []
    numbers, keys = [], {order.key for order in back.orders}
    for index, number in enumerate(said.serials):
        unit = paper.draft.serial(SerialKey(number, meant.item.sku))
        if unit is not None and unit.state is SerialState.SHIPPED and (unit.source, unit.order) in keys:
            numbers.append(number)
            continue
        if not paper.document.happened:
            message = f"Serial {number} of {meant.item.sku} has not left for the order; check number and order."
            raise Refused(Code.MORE_THAN_SHIPPED, f"{meant.path}.serials.{index}", message)
        back.doubted += 1
        _doubt(back, meant, 10**meant.item.decimals, serial=number, unit=unit, why=_why_doubted(unit))
    return numbers


def _why_doubted(unit: Serial | None) -> tuple[Code, str]:
    if unit is None:
        return Code.UNKNOWN_LOT, "nobody has ever seen it"
    if unit.state is SerialState.SHIPPED:
        return Code.MORE_THAN_SHIPPED, "it was sold to somebody else"
    return Code.MORE_THAN_SHIPPED, "it is in the house, or was never sold"


def _may_lie_there(paper: Paper, meant: Meant) -> None:
    """Object to goods that are brought where they must not lie."""
    wrong = why_not_there(paper.draft.ledger, meant.row(paper.document.site), paper.beside)
    if wrong is not None:
        paper.object(Code.LOT_NOT_ALLOWED, f"{meant.path}.location", wrong, meant.said)


def _too_much(back: _Return, meant: Meant, row: RowKey, left: int) -> None:
    """Object to more than has left; what is there anyway goes to quarantine."""
    paper, said = back.paper, meant.said
    what = f"{amount(meant.item, left)} of {goods_called(row.sku, row.lot)}"
    message = f"{what} more came back than left for the order; check lot and order."
    if not paper.document.happened:
        code = Code.MORE_THAN_SHIPPED if back.orders else Code.UNKNOWN_ORDER
        raise Refused(code, f"{meant.path}.quantity", message)
    book_once(paper, meant, meant.row(paper.document.site)._replace(returned=True))
    apart = row._replace(status=Status.QUARANTINE.value)
    named = back.doubted * 10**meant.item.decimals
    _book(back, said, apart, named, order=None, line=None, why=_DOUBTED, doubted=True)
    never = row.lot is not None and left == meant.quantity and left > named
    # Where nothing is doubted the line itself says what is odd about it, and is the alert.
    _book(back, said, apart, left - named, order=None, line=None, why=message, doubted=never)
    if never:
        known = paper.draft.lot(row.sku, row.lot) is not None
        why = (Code.MORE_THAN_SHIPPED, "it never left for him") if known else (Code.UNKNOWN_LOT, "nobody has seen it")
        _doubt(back, meant, left - named, serial=None, unit=None, why=why)


def _doubt(
    back: _Return, meant: Meant, quantity: int, *, serial: str | None, unit: Serial | None, why: tuple[Code, str]
) -> None:
    """Have people told once of goods that came back and cannot be what they say, and of all the places to look at."""
    said, (code, reason) = meant.said, why
    what = f"Lot {said.lot}" if serial is None else f"Serial {serial}"
    message = f"{what} of {meant.item.sku} came back, and {reason}: it may be counterfeit, or the return is mistaken."
    document = back.paper.document
    facts = {
        "return": back.paper.key.number, "line": said.line, "sku": meant.item.sku, "lot": said.lot, "serial": serial,
        "location": meant.location, "order": document.key.order if isinstance(document, ReturnGoods) and document.key
        else None,
    }  # fmt: skip
    about = {name: value for name, value in facts.items() if value is not None} | where_known(unit)
    units = Decimal(quantity).scaleb(-meant.item.decimals)
    back.doubtful.append(CounterfeitSuspected(code.value, message, about, units))


def _book(
    back: _Return,
    said: StockLine,
    row: RowKey,
    quantity: int,
    *,
    order: Order | None,
    line: OrderLine | None,
    why: str | None = None,
    serials: tuple[str, ...] = (),
    doubted: bool = False,
) -> None:
    if quantity == 0:
        return
    paper = back.paper
    if line is not None:
        note_returned(line, row.sku, row.lot, quantity)
    paper.change(row, quantity, received=paper.at.date())
    code = None if why is None else Code.MORE_THAN_SHIPPED.value
    for number in serials:
        unit = SerialKey(number, row.sku)
        known = paper.draft.serial(unit)
        holds = () if known is None else known.holds
        paper.draft.serials[unit] = Serial(unit, SerialState.IN_STOCK, row, holds=holds)
    document = paper.document
    key = order.key if order is not None else document.key if isinstance(document, ReturnGoods) else None
    back.lines.setdefault(key, []).append(
        Returned(
            said.line,
            None if line is None else line.line,
            row,
            quantity,
            paper.at.date(),
            said.reason,
            discrepancy=code,
            message=why,
            serials=serials,
            doubted=doubted,
        )
    )


def _out(line: OrderLine, sku: str, lot: str | None) -> int:
    """Return what of a lot has left for a line and not come back."""
    return sum(one.quantity - one.returned for one in line.lots_shipped if (one.sku, one.lot) == (sku, lot))


def _sku_shipped(orders: list[Order], lot: str | None) -> str | None:
    """Return the SKU of a lot, or of whatever, that left for orders; None when that is not one."""
    left = [one for order in orders for line in order.lines for one in line.lots_shipped]
    skus = {one.sku for one in left if lot in (None, one.lot)}
    return skus.pop() if len(skus) == 1 else None


def _only_lot(orders: list[Order], sku: str) -> str | None:
    """Return the lot of a SKU that left for orders, where it was one."""
    lots = {one.lot for order in orders for line in order.lines for one in line.lots_shipped if one.sku == sku}
    return lots.pop() if len(lots) == 1 else None
