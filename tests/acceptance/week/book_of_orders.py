"""What a person would have in his books about orders: what is promised, picked and gone, first expired first out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tests.acceptance.week.book_of_stock import StockBook
from tests.acceptance.week.records import FAR, Left, Line, Order, Promise, Row, Told


@dataclass
class OrderBook(StockBook):
    """Orders of one owner beside the stock."""

    orders: dict[str, Order] = field(default_factory=dict)
    #: By SKU that an item had, the one it has now.
    renamed: dict[str, str] = field(default_factory=dict)
    #: Orders that were refused.
    rejected: set[str] = field(default_factory=set)
    #: Orders of which nobody may know any more whom they were for.
    forgotten: set[str] = field(default_factory=set)
    left: Counter[Left] = field(default_factory=Counter)
    #: What of the goods that left has cost something, and how much.
    cost_left: defaultdict[Left, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    #: By shipment, what left with it: order, line, where it stood, where it was picked.
    shipments: dict[str, list[tuple[str, str, Row, Promise, int]]] = field(default_factory=dict)

    # ---- promises ---------------------------------------------------------------------------------------------------

    def reserved(self) -> Counter[Row]:
        """Return what is promised of each row, picked goods where they stand now."""
        reserved = Counter[Row]()
        for promise in (promise for _, _, promise in self.promises()):
            reserved[promise.row] += promise.quantity - promise.picked
            reserved[promise.staged_row()] += promise.picked
        return +reserved

    def promises(self) -> Iterator[tuple[Order, Line, Promise]]:
        """Yield all promises, first come first."""
        for order in self.orders.values():
            for line in order.lines.values():
                for promise in line.promises:
                    yield order, line, promise

    def candidates(self, sku: str, site: str) -> list[Row]:
        """Return the rows of an item that may be promised at a site, first expired first."""
        rows = [row for row in self.rows if row.sku == sku and row.site == site and self.usable(row)]
        return sorted(rows, key=self._use)

    def _use(self, row: Row) -> tuple[object, ...]:
        lot = self.lot_of(row)
        return (row.lot is None, lot.expires or FAR, lot.received or FAR, row.lot or "", row.place, row.returned)

    def fill(self, skus: Iterable[str], *, but: str | None = None) -> None:
        """Promise what is free to whoever waits for it, first come first, ``but`` to one order."""
        for sku in sorted(set(skus)):
            reserved = self.reserved()
            for order in self.orders.values():
                for line in order.lines.values():
                    if line.sku == sku and order.is_open and order.held is None and order.number != but:
                        self._promise(line, order.site, reserved)

    def _promise(self, line: Line, site: str, reserved: Counter[Row]) -> None:
        wanted = None if line.lot is None else self.now(line.sku, line.lot)
        for row in self.candidates(line.sku, site):
            if wanted not in {None, row.lot}:
                continue
            units = min(self.rows[row] - reserved[row], line.waiting)
            if units > 0:
                reserved[row] += units
                same = [one for one in line.promises if one.row == row and not one.picked]
                if same:
                    same[0].quantity += units
                else:
                    line.promises.append(Promise(row, units))

    def lose(self, losing: Callable[[Promise], bool], *, picked_too: bool = False) -> set[str]:
        """Take promises back that may not be kept; returns the items that others may want now."""
        lost = set()
        for order, line, promise in list(self.promises()):
            if losing(promise) and order.is_open:
                lost.add(line.sku)
                promise.quantity = 0 if picked_too else promise.picked
                promise.picked = min(promise.picked, promise.quantity)
                line.promises = [one for one in line.promises if one.quantity]
        return lost

    # ---- orders -----------------------------------------------------------------------------------------------------

    def place(self, order: Order) -> None:
        """Take an order in and promise what there is."""
        self.orders[order.number] = order
        self.fill(line.sku for line in order.lines.values())

    def cancel(self, number: str, lines: Iterable[str] = ()) -> None:
        """Take lines back that are not picked; what was promised to them is for others."""
        order = self.orders[number]
        skus = set()
        for name in list(lines) or list(order.lines):
            line = order.lines[name]
            line.promises = []
            line.cancelled = line.ordered - line.left
            skus.add(line.sku)
        self.fill(skus)

    def pick(self, number: str, line: str, row: Row, quantity: int, *, staged: str) -> None:
        """Take promised goods from their bin to a staging place."""
        for promise in self.orders[number].lines[line].promises:
            units = min(promise.quantity - promise.picked, quantity) if promise.row == row else 0
            if units:
                assert promise.staged in {None, staged}
                promise.picked, promise.staged = promise.picked + units, staged
                self.go(row, promise.staged_row(), units)
                quantity -= units
        assert not quantity, "the books know of no such promise"

    def ship(self, number: str, shipment: str, *, units: int | None = None) -> None:
        """Have everything leave that is picked, or else all that is promised; or so many units of the only line."""
        order = self.orders[number]
        picked = any(line.picked for line in order.lines.values())
        for name, line in order.lines.items():
            for promise in line.promises:
                gone = promise.picked if picked else promise.quantity
                gone = gone if units is None else min(gone, units)
                if gone:
                    row = promise.staged_row() if promise.picked else promise.row
                    self._leave(order, name, row, gone, shipment=shipment)
                    self.shipments.setdefault(shipment, []).append((number, name, row, replace(promise), gone))
                    promise.quantity -= gone
                    promise.picked -= min(promise.picked, gone)
            line.promises = [promise for promise in line.promises if promise.quantity]
        self.fill(line.sku for line in order.lines.values())

    def drop_empty(self) -> None:
        """Forget promises of nothing."""
        for _, line, _ in list(self.promises()):
            line.promises = [promise for promise in line.promises if promise.quantity]

    def void(self, shipment: str) -> None:
        """Have a shipment of picked goods stand at the dock again, picked and promised as before."""
        for number, name, row, promise, units in self.shipments.pop(shipment):
            line = self.orders[number].lines[name]
            self.come(row, units, change="shipment_voided", document=shipment)
            line.shipped[row.lot] -= units
            line.shipped = +line.shipped
            line.promises.append(Promise(promise.row, units, units, promise.staged))
            left = Left(shipment, number, name, row.sku, row.lot)
            self.left[left] -= units
            self.cost_left[left] -= self.cost(row.sku, row.lot, units) or 0
            traced = self.lot_of(row).has_origin
            self.judge(shipped=-units, traced=-units if traced else 0)

    def leave(self, order: Order, line: str, row: Row, units: int, *, shipment: str) -> None:
        """Have goods leave that were promised to nobody; what was promised to the line in their place is free again."""
        self._leave(order, line, row, units, shipment=shipment)
        self.shipments.setdefault(shipment, []).append((order.number, line, row, Promise(row, units), units))
        mine = order.lines[line]
        for promise in reversed(mine.promises):
            more = min(max(mine.promised - mine.wanted, 0), promise.quantity - promise.picked)
            promise.quantity -= more
        self.drop_empty()
        self.fill([row.sku])

    def _leave(self, order: Order, line: str, row: Row, units: int, *, shipment: str) -> None:
        self.come(row, -units, change="shipped", document=shipment)
        if self.held(row):
            self.note("on_hold", row.sku, row.lot)
        elif self.expired(row):
            self.note("lot_not_allowed", row.sku, row.lot)
        order.lines[line].shipped[row.lot] += units
        left = Left(shipment, order.number, line, row.sku, row.lot)
        self.left[left] += units
        self.cost_left[left] += self.cost(row.sku, row.lot, units) or 0
        traced = self.lot_of(row).has_origin
        self.judge(shipped=units, traced=units if traced else 0)

    def gone(self, sku: str, lot: str) -> int:
        """Return how much of a lot has left under a number."""
        return sum(units for left, units in self.left.items() if (left.sku, left.lot) == (sku, lot))

    def become(self, sku: str, lot: str, to: str, *, change: str, document: str) -> None:
        """Have all goods of a lot, and what is promised of them, be of another from now on."""
        for row in [row for row in self.rows if (row.sku, row.lot) == (sku, lot)]:
            units = self.rows[row]
            self.book(row, -units)
            self.book(row._replace(lot=to), units)
            self.told[Told(change, document, sku, lot)] -= units
            self.told[Told(change, document, sku, to)] += units
        for _, _, promise in self.promises():
            if (promise.row.sku, promise.row.lot) == (sku, lot):
                promise.row = promise.row._replace(lot=to)

    def renumber(self, sku: str, lot: str, to: str, *, document: str) -> None:
        """Give a lot another number: goods and promises go along, and what has left keeps the number it left with."""
        self.become(sku, lot, to, change="lot_corrected", document=document)
        known = self.lots[sku, to] = self.lots.pop((sku, lot))
        known.aliases.add(lot)

    def rename(self, sku: str, to: str) -> None:
        """Give an item another SKU: goods, lots and orders go along."""
        for row in [row for row in self.rows if row.sku == sku]:
            units = self.rows[row]
            self.book(row, -units)
            self.book(row._replace(sku=to), units)
            self.told[Told("item_renamed", None, sku, row.lot)] -= units
            self.told[Told("item_renamed", None, to, row.lot)] += units
        for name in [name for name in self.lots if name[0] == sku]:
            self.lots[to, name[1]] = self.lots.pop(name)
        for order in self.orders.values():
            for line in order.lines.values():
                line.sku = to if line.sku == sku else line.sku
                for promise in line.promises:
                    promise.row = promise.row._replace(sku=to) if promise.row.sku == sku else promise.row
        self.renamed[sku] = to
