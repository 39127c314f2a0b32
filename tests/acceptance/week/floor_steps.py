"""Steps of the floor beyond picking what is promised: begun, short, undone, packed, in waves; what people decide."""

from __future__ import annotations

from typing import Any

from tests.acceptance.week.hub import Refused
from tests.acceptance.week.records import GOOD, Order, Promise, Row
from tests.acceptance.week.said import SHOP, ship_to
from tests.acceptance.week.telling import Telling


class FloorSteps(Telling):
    """What happens to orders on the floor."""

    def begin(self, number: str, *, why: Refused | None = None) -> None:
        """Have somebody be on the way to the bins of an order."""
        self._floor("pick.started", self._site(number), self._about(number), refused=why)

    def fall_short(self, number: str, row: Row, found: int) -> None:
        """Find less in a bin than an order is promised of it: it is picked, and the bin is empty."""
        books, staged = self.books, f"T-{number}"
        line = {"line": "1", "lot": row.lot, "location": row.place, "picked": str(found)}
        self._floor("pick.shorted", row.site, {**self._about(number), "staged_at": staged, "lines": [line]})
        if found:
            books.pick(number, "1", row, found, staged=staged)
        missing = books.rows[row]
        books.come(row, -missing, change="missing", document=None)
        self._note("not_available", row.sku, row.lot)
        for promise in [promise for _, _, promise in books.promises() if promise.row == row]:
            promise.quantity = promise.picked
        books.drop_empty()
        books.fill([row.sku])

    def undo(self, number: str, *, why: Refused | None = None) -> None:
        """Have everything that is picked of an order go back to its bins; it stays promised."""
        self._floor("pick.undone", self._site(number), self._about(number), refused=why)
        for line in self._order(number).lines.values() if why is None else ():
            for promise in line.promises:
                if promise.picked:
                    self.books.go(promise.staged_row(), promise.row, promise.picked)
                    promise.picked, promise.staged = 0, None
            line.promises = _together(line.promises)

    def pack(self, number: str, package: str, *, why: Refused | None = None) -> None:
        """Put all that is picked of an order into a carton."""
        lines = [self._about(number)]
        self._floor("package.packed", self._site(number), {"package": package, "lines": lines}, refused=why)
        if why is None:
            self._order(number).packed = True

    def unpack(self, number: str, package: str, *, why: Refused | None = None) -> None:
        """Take an order out of its carton again."""
        self._floor("package.unpacked", self._site(number), {"package": package}, refused=why)
        if why is None:
            self._order(number).packed = False

    def release_wave(self, site: str, wave: str, numbers: list[str], *, why: Refused | None = None) -> None:
        """Have the tasks of some orders be picked together."""
        orders = [self._about(number) for number in numbers]
        self._floor("wave.released", site, {"wave": wave, "orders": orders}, refused=why)

    def cancel_wave(self, site: str, wave: str, *, why: Refused | None = None) -> None:
        """Have the tasks of a wave be those of its orders again."""
        self._floor("wave.cancelled", site, {"wave": wave}, refused=why)

    def pick_wave(self, wave: str, task: dict[str, Any], *, staged: str) -> None:
        """Pick all of a task of a wave, for every order that it serves."""
        row = next(
            row for row in self.books.rows if (row.sku, row.lot, row.place) == _place(task) and row.status == GOOD
        )
        line = {"task": task["task"], "quantity": task["quantity"]}
        self._floor("pick.confirmed", row.site, {"wave": wave, "staged_at": staged, "lines": [line]})
        for one in task["for"]:
            self.books.pick(one["order"], one["line"], row, int(one["quantity"]), staged=staged)

    def put_right(self, number: str, shipment: str, units: int, *, why: Refused | None = None) -> None:
        """Say that only so many units of an order's only line left with a shipment: the rest is still at the dock."""
        ((_, _, row, _, _),) = self.books.shipments[shipment]
        line = {"line": "1", "lot": row.lot, "quantity": str(units)}
        order = {**self._about(number), "lines": [line]}
        body = {"shipment": shipment, "orders": [order], "scac": "DEMO", "reason": "Counted at the customer's"}
        self._floor("shipment.corrected", row.site, body, refused=why)
        if why is None:
            self.books.void(shipment)
            self.books.ship(number, shipment, units=units)

    # ---- what people decide -----------------------------------------------------------------------------------------

    def give_back_promises(self, number: str) -> None:
        """Give back what is promised to an order and not picked; it waits until somebody asks, or more comes free."""
        self._tell("order.unreserved", self._about(number))
        order = self._order(number)
        for line in order.lines.values():
            line.promises = [promise for promise in line.promises if promise.picked]
        self.books.fill({line.sku for line in order.lines.values()}, but=number)

    def reserve(self, number: str, row: Row, units: int, *, why: Refused | None = None) -> None:
        """Promise goods of a lot by name to the first line of an order."""
        body = {"line": "1", "lot": row.lot, "location": row.place, "quantity": str(units)}
        self._tell("stock.reserved", {**self._about(number), **body}, refused=why)
        if why is None:
            self._order(number).lines["1"].promises.append(Promise(row, units))

    def allocate(self, *numbers: str, why: Refused | None = None) -> None:
        """Have orders be decided now."""
        orders = [self._about(number) for number in numbers]
        self._tell("allocation.requested", {"orders": orders}, refused=why)
        for number in numbers if why is None else ():
            order = self._order(number)
            self.books.fill({line.sku for line in order.lines.values()})

    def change(self, number: str, units: int) -> None:
        """Tell an order once more with another quantity and no version: nobody knows which one counts."""
        order = self._order(number)
        line = {"line": "1", "sku": order.lines["1"].sku, "quantity": str(units)}
        body = {**self._about(number), "site": order.site, "customer": order.customer, "lines": [line]}
        self._tell("order.placed", {**body, "ship_to": ship_to(number)})
        order.held = "conflicting_content"
        self._note("conflicting_content", None)

    def release(self, number: str) -> None:
        """Have a person let a held order go on."""
        self._tell("order.released", self._about(number))
        order = self._order(number)
        order.held = None
        self.books.fill({line.sku for line in order.lines.values()})

    def close_order(self, number: str) -> None:
        """Have nothing more leave of an order."""
        self._tell("order.closed", self._about(number))
        order = self._order(number)
        for line in order.lines.values():
            line.promises, line.cancelled = [], line.ordered - line.left
        order.closed = True
        self.books.fill({line.sku for line in order.lines.values()})

    def _about(self, number: str) -> dict[str, Any]:
        return {"source": SHOP, "order": number}

    def _order(self, number: str) -> Order:
        return self.books.orders[number]

    def _site(self, number: str) -> str:
        return self._order(number).site


def _place(task: dict[str, Any]) -> tuple[str, str | None, str]:
    return task["sku"], task["lot"], task["location"]


def _together(promises: list[Promise]) -> list[Promise]:
    """Return promises with those of one row that nothing is picked of made one."""
    found: dict[tuple[Row, str | None], Promise] = {}
    for promise in promises:
        known = found.setdefault((promise.row, promise.staged), promise)
        if known is not promise:
            known.quantity += promise.quantity
            known.picked += promise.picked
    return list(found.values())
