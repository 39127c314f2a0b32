"""One owner of the week: each of its steps tells the hub, and writes into the books what has to come of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from tests.acceptance.week.end_steps import EndSteps
from tests.acceptance.week.floor_steps import FloorSteps
from tests.acceptance.week.goods_steps import GoodsSteps
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.lot_steps import LotSteps
from tests.acceptance.week.records import FAR, GOOD, QUARANTINE, Line, Order, Row
from tests.acceptance.week.right_steps import RightSteps
from tests.acceptance.week.said import GONE, SHOP, Goods, filled, ship_to


class Owner(GoodsSteps, LotSteps, FloorSteps, RightSteps, EndSteps):
    """An owner with its books; the methods are what happens to it."""

    # ---- orders -----------------------------------------------------------------------------------------------------

    def order(
        self, number: str, site: str, lines: list[tuple[str, int]], *, customer: str = "C-1", lot: str | None = None,
        why: Refused | None = None,
    ) -> None:  # fmt: skip
        """Place an order; ``lot`` is the one that will do."""
        said = [
            filled({"line": str(n), "sku": sku, "quantity": str(units), "lot": lot})
            for n, (sku, units) in enumerate(lines, 1)
        ]
        body = {"source": SHOP, "order": number, "site": site, "customer": customer, "ship_to": ship_to(number)}
        self._tell("order.placed", {**body, "lines": said}, refused=why)
        if why is not None:
            self.books.rejected.add(number)
            return
        now = self.books.renamed
        wanted = {str(n): Line(now.get(sku, sku), units, lot) for n, (sku, units) in enumerate(lines, 1)}
        self.books.place(Order(number, site, customer, wanted, ship_to(number)["city"]))

    def cancel(self, number: str, *lines: str) -> None:
        """Cancel an order, or lines of it, of which nothing is picked."""
        self._tell("order.cancelled", {"source": SHOP, "order": number, "lines": list(lines)})
        self.books.cancel(number, lines)

    def pick(self, number: str) -> None:
        """Pick all that is promised to an order, line by line and bin by bin."""
        order = self.books.orders[number]
        todo = [
            (name, promise.row, promise.quantity - promise.picked)
            for name, line in order.lines.items()
            for promise in line.promises
            if promise.quantity > promise.picked
        ]
        lines = [
            filled({"line": name, "lot": row.lot, "location": row.place, "quantity": str(units)})
            for name, row, units in todo
        ]
        staged = f"T-{number}"
        body = {"source": SHOP, "order": number, "staged_at": staged, "lines": lines}
        self._floor("pick.confirmed", order.site, body)
        for name, row, units in todo:
            self.books.pick(number, name, row, units, staged=staged)

    def ship(self, number: str, shipment: str, *, asked: Refused | None = None) -> None:
        """Have an order leave: what is picked of it, or else what is promised."""
        order = self.books.orders[number]
        body = {"shipment": shipment, "orders": [{"source": SHOP, "order": number}], "scac": "DEMO"}
        self._floor("shipment.confirmed", order.site, body, refused=asked)
        if asked is None:
            self.books.ship(number, shipment)

    def ship_lot(self, number: str, shipment: str, row: Row, units: int, *, asked: Refused | None = None) -> None:
        """Have free goods of a lot leave for the first line of an order that was promised others, or nothing."""
        order = self.books.orders[number]
        line = {"line": "1", "lot": row.lot, "location": row.place, "quantity": str(units)}
        orders = [{"source": SHOP, "order": number, "lines": [line]}]
        self._floor("shipment.confirmed", order.site, {"shipment": shipment, "orders": orders}, refused=asked)
        if asked is None:
            self.books.leave(order, "1", row, units, shipment=shipment)

    def void(self, site: str, shipment: str) -> None:
        """Have a shipment not have left after all."""
        self._floor("shipment.voided", site, {"shipment": shipment, "reason": "The truck did not come"})
        self.books.void(shipment)

    def scan(self, number: str, *, why: Refused | None = None, **label: str) -> None:
        """Scan the lot that the first line of an order is promised; ``why`` it is refused with what the label says."""
        order = self.books.orders[number]
        row = next(promise.row for promise in order.lines["1"].promises if not promise.picked)
        said = {"source": SHOP, "order": number, "line": "1", "scanned": row.lot, "location": row.place}
        self._tell("pick.scanned", {**said, "site": order.site, "happened": False, "by": "s", **label}, refused=why)

    def expect_back(self, number: str, site: str, goods: Goods, *, order: str, why: Refused | None = None) -> None:
        """Announce that goods of an order come back."""
        line = filled({"line": "1", "sku": goods.sku, "lot": goods.lot, "quantity": str(goods.quantity)})
        body = {"return": number, "site": site, "source": SHOP, "order": order, "lines": [line]}
        self._tell("return.expected", body, refused=why)

    def give_back(
        self, site: str, number: str, order: str | None, goods: Goods, *, too_much: int = 0, doubted: str | None = None,
        asked: Refused | None = None, **more: object,
    ) -> None:  # fmt: skip
        """Have goods of an order come back, or of a customer; what cannot have left goes to quarantine.

        ``doubted`` is why goods are suspected that he cannot have got at all: one lot, or one unit.
        """
        body = {"return": number, "lines": [goods.said("1")], **more}
        if order is not None:
            body |= {"source": SHOP, "order": order}
        self._floor("goods.returned", site, body, refused=asked)
        if asked is not None:
            return
        row = self._row(goods, site)._replace(returned=True)
        self._know(goods, self.books.today, came="return")
        self.books.come(row, goods.units - too_much, change="returned", document=number)
        if too_much:
            self.books.come(row._replace(status=QUARANTINE), too_much, change="returned", document=number)
        if doubted is not None:
            self._note(doubted, row.sku, row.lot)
        elif too_much:
            self._note("more_than_shipped", row.sku, row.lot)
        self.books.fill([goods.sku])

    def inspect(
        self, site: str, number: str, inspection: str, lines: list[tuple[Row, int, str]], *, why: Refused | None = None
    ) -> None:
        """Say what becomes of goods that came back with the first line of a return."""
        said = [
            {"line": str(n), "return_line": "1", "quantity": str(units), "disposition": what}
            for n, (_, units, what) in enumerate(lines, 1)
        ]
        self._floor("return.inspected", site, {"return": number, "inspection": inspection, "lines": said}, refused=why)
        for row, units, what in lines if why is None else ():
            if what in {"scrap", "send_back"}:
                self.books.come(row, -units, change=GONE[what], document=number)
            else:
                to = row._replace(status=GOOD if what == "restock" else QUARANTINE)
                self.books.go(row, to, units, change=None if to == row else "status_changed", document=number)
        self.books.fill([row.sku for row, _, _ in lines])

    def assemble(self, site: str, number: str, sku: str, kits: int, lot: str, used: list[Goods], place: str) -> None:
        """Make kits of components."""
        body = {"assembly": number, "sku": sku, "lot": lot, "quantity": str(kits), "location": place}
        self._floor("kit.assembled", site, {**body, "lines": [one.said(str(n)) for n, one in enumerate(used, 1)]})
        for one in used:
            self.books.come(one.row(site), -one.units, change="kit_assembled", document=number)
        parents = [(one.sku, one.lot) for one in used if one.lot is not None]
        expires = min(self.books.lots[name].expires or FAR for name in parents)
        made = self._know(Goods(sku, kits, place, lot, expires), self.books.today, came="kit")
        assert made is not None
        made.parents.update(parents)
        costs = [self.books.cost(one.sku, one.lot, one.units) for one in used]
        if None not in costs:
            made.cost += sum(cost for cost in costs if cost is not None)
            made.cost_units += kits
        self.books.come(Row(sku, lot, site, place), kits, change="kit_assembled", document=number)
        self.books.fill([sku])

    def produce(
        self, site: str, number: str, used: list[Goods], made: list[Goods], *, added: str | None = None,
        why: Refused | None = None,
    ) -> None:  # fmt: skip
        """Make goods of others."""
        body: dict[str, Any] = {
            "production": number,
            "used": [{**one.said(f"u{n}"), "expires": None} for n, one in enumerate(used, 1)],
            "made": [one.said(f"m{n}") for n, one in enumerate(made, 1)],
        }
        body["used"] = [filled(line) for line in body["used"]]
        self._floor("production.recorded", site, filled({**body, "added_cost": added}), refused=why)
        if why is not None:
            return
        for one in made:
            self._know(replace(one, made=one.made or self.books.today), self.books.today, came="production")
        goes = [(self._row(one, site), one.units) for one in used]
        comes = [(self._row(one, site), one.units) for one in made]
        self.books.make(number, goes, comes, Decimal(added or 0))
        self.books.fill([one.sku for one in made])
