"""What was written while an item was counted in another unit, with the quantities of today.

Whatever is in memory counts in today's smallest units. What is written says by `rebased` when that was: the arrival of
the last rebase of any item it names, 0 where there was none. Whoever reads it converts it by all that came later; so a
rebase need not touch the years of documents and closed orders before it.

A rebase is refused unless everything that was ever moved comes out, so what has moved is exact. What was merely wanted,
announced or said (ordered and cancelled pieces of orders that are over, announcements, answers) is rounded down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any, Final, NamedTuple, TypeVar, cast

from lotstream.domain.events import Event, ItemRebased
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    Consignee,
    CountPending,
    Expected,
    Item,
    Order,
    OrderLine,
    Package,
    PartOnTheRoad,
    Reached,
    Recall,
    Receipt,
    ReturnExpected,
    RowKey,
    Shipment,
    ShipmentPart,
    Shipped,
    Title,
    Transfer,
)
from lotstream.domain.names import order_now

K = TypeVar("K")
T = TypeVar("T")


class Factor(NamedTuple):
    """How quantities of one item that were written before are written now."""

    numerator: int
    denominator: int
    #: Today's base unit, and smallest units in it.
    unit: str
    each: int

    def times(self, units: int) -> int:
        """Return old smallest units in new ones; what does not come out is rounded towards nothing."""
        found = abs(units) * self.numerator // self.denominator
        return found if units >= 0 else -found

    def is_exact(self, units: int) -> bool:
        """Tell whether old smallest units are a whole number of new ones."""
        return units * self.numerator % self.denominator == 0


#: What to do with the quantities of an item; None where they stay as they are.
Of = Callable[[str], Factor | None]


def factor_since(item: Item | None, arrival: int) -> Factor | None:
    """Return how quantities of an item are written now that counted as of an arrival; None when as they were."""
    for rebase in () if item is None else item.rebased:
        if rebase.arrival > arrival:
            return Factor(rebase.numerator, rebase.denominator, item.base_unit, 10**item.decimals)  # type: ignore[union-attr]
    return None


def item_then(item: Item, arrival: int) -> Item:
    """Return an item as it was counted when a record was decided."""
    for rebase in item.rebased:
        if rebase.arrival > arrival:
            return replace(item, base_unit=rebase.unit, decimals=rebase.decimals)
    return item


def counted_now(ledger: Ledger, thing: T) -> T:
    """Return an order, a document or nothing, as it was read, with the names and in the units of today."""
    if thing is None or not (ledger.derived or ledger.index()).rebased:
        return thing
    return of_today(ledger, thing)


def of_today(ledger: Ledger, thing: T) -> T:
    """Return an order or a document, as it was written whenever, with the names and in the units of today."""
    names = ledger.names()
    if names is not None:
        thing = cast(T, order_now(names, thing)) if isinstance(thing, Order) else names.now(thing)
    return now(ledger.items, thing)


def now(items: Mapping[str, Item], thing: T) -> T:
    """Return an order or a document as it was read, under the names of today, in the units of today."""
    if type(thing) not in _RESTATED:
        return thing
    since: int = getattr(thing, "rebased")  # noqa: B009 - every class of the table has it
    found = restated(thing, lambda sku: factor_since(items.get(sku), since))
    return replace(found, rebased=0) if since else found  # type: ignore[type-var]


def to_write(ledger: Ledger, thing: T) -> T:
    """Return an order or a document of today, saying when that is."""
    if not (ledger.derived or ledger.index()).rebased or type(thing) not in _RESTATED:
        return thing
    latest = [0]

    def note(sku: str) -> None:
        item = ledger.items.get(sku)
        latest.extend(rebase.arrival for rebase in (() if item is None else item.rebased[-1:]))

    restated(thing, note)
    return replace(thing, rebased=max(latest)) if max(latest) else thing  # type: ignore[type-var]


def restated(thing: T, of: Of) -> T:
    """Return an order or a document with other quantities of some items; what counts nothing as it is."""
    of_class = _RESTATED.get(type(thing))
    changed: T = thing if of_class is None else of_class(thing, of)
    return changed


def recount(event: Event, units: MutableMapping[K, int], *, key: Callable[[RowKey], K]) -> None:
    """Put sums of moves right after an item is counted in another unit; ``key`` is what a row is summed under."""
    if isinstance(event, ItemRebased):
        for one in event.rows:
            units[key(one.row)] -= one.was
        for one in event.rows:
            units[key(one.to)] += one.now


def row_now(row: RowKey, factor: Factor | None) -> RowKey:
    """Return a row with the pack size of today; goods in packs that do not come out are loose."""
    if factor is None or row.pack_size is None:
        return row
    return row._replace(pack_size=factor.times(row.pack_size) or None)


def _pack(sku: str, pack_size: int | None, factor: Factor | None) -> int | None:
    return row_now(RowKey(sku, None, "", "", pack_size=pack_size), factor).pack_size


def _units(factor: Factor | None, *units: int) -> list[int]:
    return [*units] if factor is None else [factor.times(one) for one in units]


def _unit(factor: Factor | None, unit: str, each: int) -> tuple[str, int]:
    """Return a unit and its smallest units; one that does not come out any more is the base unit."""
    if factor is None or not each:
        return unit, each
    whole = factor.is_exact(each)
    return (unit, factor.times(each)) if whole else (factor.unit, factor.each)


def _order(order: Order, of: Of) -> Order:
    lines = [_order_line(line, of) for line in order.lines]
    same = all(one is other for one, other in zip(lines, order.lines, strict=True))
    return order if same else replace(order, lines=lines)


def _order_line(line: OrderLine, of: Of) -> OrderLine:
    skus = {line.sku, *(part.sku for part in line.parts), *(one.sku for one in line.lots_shipped)}
    factors = {sku: factor for sku in skus if (factor := of(sku)) is not None}
    if not factors:
        return line
    mine = factors.get(line.sku)
    unit, each = _unit(mine, line.unit, line.unit_factor)
    ordered, cancelled, shipped = _units(mine, line.ordered, line.cancelled, line.shipped)
    return replace(
        line, unit=unit, unit_factor=each, ordered=ordered, cancelled=cancelled, shipped=shipped,
        pack_size=_pack(line.sku, line.pack_size, mine),
        parts=tuple(
            part._replace(
                each=_units(factors.get(part.sku), part.each)[0], kit=_units(mine, part.kit)[0],
                shipped=_units(factors.get(part.sku), part.shipped)[0],
            )
            for part in line.parts
        ),
        lots_shipped=tuple(_amounts(one, factors.get(one.sku)) for one in line.lots_shipped),
    )  # fmt: skip


_AMOUNTS: Final = (
    "quantity", "received", "damaged", "missing", "returned", "destroyed", "inspected", "counted", "difference",
    "reserved", "packed",
)  # fmt: skip
"""Fields of the lines of documents that count smallest units."""


def _amounts(line: T, factor: Factor | None) -> T:
    """Return a line of a document with other amounts, whichever it has."""
    if factor is None:
        return line
    changes: dict[str, Any] = {name: factor.times(getattr(line, name)) for name in _AMOUNTS if hasattr(line, name)}
    return line._replace(**changes) if isinstance(line, tuple) else replace(line, **changes)  # type: ignore[attr-defined,type-var]


def _booked(line: T, of: Of) -> T:
    """Return a line of a document that names the row where it went."""
    row: RowKey = line.row  # type: ignore[attr-defined]
    factor = of(row.sku)
    if factor is None:
        return line
    line = _amounts(line, factor)
    row = row_now(row, factor)
    return line._replace(row=row) if isinstance(line, tuple) else replace(line, row=row)  # type: ignore[attr-defined,type-var]


def _receipt(receipt: Receipt, of: Of) -> Receipt:
    lines = {name: _booked(line, of) for name, line in receipt.lines.items()}
    return replace(receipt, lines=lines, came=tuple(_booked(line, of) for line in receipt.came))


def _shipment(shipment: Shipment, of: Of) -> Shipment:
    parts = tuple(_part(part, of) for part in shipment.parts)
    return replace(shipment, parts=parts, apart=tuple(_elsewhere(one, of(one.sku)) for one in shipment.apart))


def _elsewhere(one: PartOnTheRoad, factor: Factor | None) -> PartOnTheRoad:
    return one if factor is None else one._replace(quantity=factor.times(one.quantity))


def _part(part: ShipmentPart, of: Of) -> ShipmentPart:
    return replace(part, shipped=tuple(_shipped(one, of(one.sku)) for one in part.shipped))


def _shipped(one: Shipped, factor: Factor | None) -> Shipped:
    unit, each = _unit(factor, one.unit, one.unit_factor)
    rows = row_now(one.row, factor), row_now(one.picked_from, factor)
    return replace(_amounts(one, factor), row=rows[0], picked_from=rows[1], unit=unit, unit_factor=each)


def _package(package: Package, of: Of) -> Package:
    return replace(package, contents=tuple(_booked(one, of) for one in package.contents))


def _lines(document: T, of: Of, *names: str) -> T:
    """Return a document whose lines name an item each."""
    changes: dict[str, Any] = {
        name: tuple(_amounts(line, of(line.sku)) for line in getattr(document, name)) for name in names
    }
    return replace(document, **changes)  # type: ignore[type-var]


def _transfer(transfer: Transfer, of: Of) -> Transfer:
    return _lines(transfer, of, "lines", "arrived")


def _title(title: Title, of: Of) -> Title:
    return replace(title, lines=tuple(_booked(line, of) for line in title.lines))


def _pending(pending: CountPending, of: Of) -> CountPending:
    lines = [_amounts(line, of(line.sku)) for line in pending.lines]
    packs = [_pack(line.sku, line.pack_size, of(line.sku)) for line in pending.lines]
    return replace(pending, lines=tuple(line._replace(pack_size=pack) for line, pack in zip(lines, packs, strict=True)))


def _expected(expected: Expected, of: Of) -> Expected:
    by_line = {line.line: of(line.sku) for line in expected.lines}
    receipts = {
        receipt: {line: _units(by_line.get(line), units)[0] for line, units in counted.items()}
        for receipt, counted in expected.receipts.items()
    }
    return replace(_lines(expected, of, "lines"), receipts=receipts)


def _return_expected(expected: ReturnExpected, of: Of) -> ReturnExpected:
    return _lines(expected, of, "lines")


def _by_sku(units: Mapping[str, int], of: Of) -> dict[str, int]:
    return {sku: _units(of(sku), count)[0] for sku, count in units.items()}


def _recall(recall: Recall, of: Of) -> Recall:
    return replace(
        recall, reached=_reached(recall.reached, of), held=_by_sku(recall.held, of),
        promised=_by_sku(recall.promised, of), recovered=_by_sku(recall.recovered, of),
    )  # fmt: skip


def _reached(reached: Reached, of: Of) -> Reached:
    return replace(reached, units=_by_sku(reached.units, of), units_of_all=_by_sku(reached.units_of_all, of))


def _consignee(consignee: Consignee, of: Of) -> Consignee:
    to = consignee.to._replace(lots=tuple(_amounts(one, of(one.sku)) for one in consignee.to.lots))
    return replace(_lines(consignee, of, "recovered"), to=to)


_RESTATED: Final[dict[type, Callable[[Any, Of], Any]]] = {
    Order: _order,
    Receipt: _receipt,
    Shipment: _shipment,
    Package: _package,
    Transfer: _transfer,
    Title: _title,
    CountPending: _pending,
    Expected: _expected,
    ReturnExpected: _return_expected,
    Recall: _recall,
    Consignee: _consignee,
}
"""Whatever is written by key and counts goods. A class of documents that is not here has no quantities."""
