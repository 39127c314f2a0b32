"""One owner of the week: each of its steps tells the hub, and writes into the books what has to come of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.acceptance.week.books import DAMAGED, FAR, GOOD, QUARANTINE, Books, Line, Lot, Order, Promise, Row, Step
from tests.acceptance.week.hub import Hub, Refused

SHOP = "shop"


@dataclass(frozen=True)
class Goods:
    """A line of goods in a message."""

    sku: str
    quantity: int
    place: str
    lot: str | None = None
    expires: date | None = None
    made: date | None = None
    supplier: str | None = None
    status: str = GOOD
    unit: str | None = None
    #: Base units in one ``unit``.
    factor: int = 1
    #: What one ``unit`` has cost.
    cost: str | None = None
    serials: tuple[str, ...] = ()
    supplier_lot: str | None = None
    #: The number of the lot where the message names none.
    becomes: str | None = None
    #: Further fields of the line.
    more: dict[str, Any] = field(default_factory=dict)

    def row(self, site: str) -> Row:
        """Return where they lie."""
        return Row(self.sku, self.called, site, self.place, self.status)

    @property
    def called(self) -> str | None:
        """Return the number that their lot has."""
        return self.lot or self.becomes

    @property
    def units(self) -> int:
        """Return how many base units they are."""
        return self.quantity * self.factor

    def said(self, line: str) -> dict[str, Any]:
        """Return them as a line of a message."""
        said = {
            "line": line, "sku": self.sku, "quantity": str(self.quantity), "unit": self.unit, "lot": self.lot,
            "expires": _day(self.expires), "made": _day(self.made), "supplier": self.supplier, "location": self.place,
            "status": None if self.status == GOOD else self.status, "cost": self.cost,
            "serials": list(self.serials) or None,
            "supplier_lot": self.supplier_lot, **self.more,
        }  # fmt: skip
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True)
class Arrived:
    """Goods of a transfer that came off the truck."""

    #: Where they had left.
    left: Row
    quantity: int
    place: str
    status: str = GOOD


class Owner:
    """An owner with its books; the methods are what happens to it."""

    def __init__(self, name: str, hub: Hub, today: date) -> None:
        self.name = name
        self.hub = hub
        self.books = Books(today)
        self.step = Step("", "")
        self._minute = 0

    # ---- facts ------------------------------------------------------------------------------------------------------

    def define(self, what: str, **body: object) -> None:
        """Tell a fact that the books need not know."""
        self._tell(f"{what}.defined" if what != "settings" else "settings.changed", body)

    # ---- goods come, move and change --------------------------------------------------------------------------------

    def open_balance(self, site: str, balance: str, goods: list[Goods], *, received: date) -> None:
        """Take over stock as it is found; nobody is told."""
        lines = [{**one.said(str(n)), "received": _day(received)} for n, one in enumerate(goods, 1)]
        self._tell("balance.opened", {"site": site, "balance": balance, "lines": lines})
        for one in goods:
            self._know(one, received, came="balance")
            self.books.come(one.row(site), one.units, change=None, document=balance)
        self.books.fill(one.sku for one in goods)

    def receive(
        self, site: str, receipt: str, goods: list[Goods], *, wrong: str | None = None, asked: Refused | None = None,
        repeated: bool = False, said: list[dict[str, Any]] | None = None, **more: object,
    ) -> None:  # fmt: skip
        """Have goods come in; ``wrong`` is why they go to quarantine, ``asked`` why they are refused.

        ``said`` is what the message says of them when it is not written from the goods.
        """
        lines = said or [one.said(str(n)) for n, one in enumerate(goods, 1)]
        self._floor("stock.received", site, {"receipt": receipt, "lines": lines, **more}, refused=asked)
        if asked is not None or repeated:
            return
        for one in goods:
            row = self._row(one, site)
            if wrong is not None:
                row = row._replace(status=QUARANTINE)
                self._note(wrong, one.sku, one.called)
            # Of a lot that is new its facts are known even so, unless they contradict each other.
            new = (row.sku, row.lot) not in self.books.lots
            told = replace(one, made=None, expires=None) if wrong == "field_invalid" else one
            lot = self._know(told, self.books.today, came="receipt") if wrong is None or new else None
            if lot is not None and one.cost is not None:
                lot.cost += Decimal(one.cost) * one.quantity
                lot.cost_units += one.units
            self.books.come(row, one.units, change="received", document=receipt)
            self.books.judge(received=one.units, received_value=self.books.value(row.sku, row.lot, one.units))
        self.books.fill(one.sku for one in goods)

    def announce(self, site: str, expected: str, goods: list[Goods]) -> None:
        """Tell what should come."""
        lines = [
            {
                "line": str(n),
                "sku": one.sku,
                "quantity": str(one.quantity),
                "lot": one.lot,
                "expires": _day(one.expires),
            }
            for n, one in enumerate(goods, 1)
        ]
        self._tell("receipt.expected", {"site": site, "expected": expected, "supplier": "SUP-1", "lines": lines})
        self.books.awaited[expected] = Counter({(one.sku, one.called): one.units for one in goods})

    def close_receipt(
        self, site: str, receipt: str | None, expected: str, goods: list[Goods], *, why: Refused | None = None
    ) -> None:
        """Close a receipt on which these goods came; without one, the rest of the announcement does not come."""
        said = _set({"receipt": receipt, "expected": expected})
        self._floor("receipt.closed", site, said, refused=why)
        came: dict[tuple[str, str | None], list[int]] = {}
        for one in goods:
            sums = came.setdefault((one.sku, one.called), [0, 0])
            sums[0] += one.units
            sums[1] += one.units if one.status == DAMAGED else 0
        if why is None:
            self.books.close(receipt, expected, came)

    def uncountable(self, site: str, receipt: str, goods: Goods, *, code: str) -> None:
        """Have goods come in that cannot be counted: they are kept whole in a discrepancy."""
        self._floor("stock.received", site, {"receipt": receipt, "lines": [goods.said("1")]})
        self._note(code, goods.sku, goods.lot)

    def adjust(
        self, site: str, number: str, row: Row, by: int, *, asked: Refused | None = None, **more: object
    ) -> None:
        """Book goods that are more or less than the books say."""
        line = {"line": "1", "sku": row.sku, "lot": row.lot, "location": row.place, "quantity": str(by), **more}
        self._floor("stock.adjusted", site, {"adjustment": number, "lines": [_set(line)]}, refused=asked)
        if asked is not None:
            return
        if self.books.rows[row] + by < 0:
            self._note("not_available", row.sku, row.lot)
        self._change(row, by, change="adjusted", document=number)

    def count(self, site: str, number: str, row: Row, found: int, **more: object) -> None:
        """Book what was found in a bin."""
        line = _set({"line": "1", "sku": row.sku, "lot": row.lot, "location": row.place, "counted": str(found)})
        self._floor("stock.counted", site, {"count": number, "lines": [line], **more})
        difference = found - self.books.rows[row]
        right = {"count_lines": 1, "count_lines_right": int(not difference)}
        self.books.judge(**right, counted_off=abs(difference), counted_system=self.books.rows[row])
        if difference:
            self._note("count_difference", row.sku, row.lot)
        self._change(row, difference, change="counted", document=number)

    def move(self, site: str, number: str, row: Row, to: str, quantity: int, *, asked: Refused | None = None) -> None:
        """Have goods that nobody is promised come to another bin."""
        line = {"line": "1", "sku": row.sku, "lot": row.lot, "location": row.place, "to": to, "quantity": str(quantity)}
        self._floor("stock.moved", site, {"move": number, "lines": [_set(line)]}, refused=asked)
        if asked is None:
            self.books.go(row, row._replace(place=to), quantity, change="moved", document=number)
            self.books.fill([row.sku])

    def change_status(self, site: str, number: str, row: Row, to: str, quantity: int) -> None:
        """Have goods that nobody is promised be found in another condition."""
        line = {
            "line": "1", "sku": row.sku, "lot": row.lot, "location": row.place, "quantity": str(quantity),
            "status": row.status, "to_status": to,
        }  # fmt: skip
        self._floor("stock.status_changed", site, {"change": number, "lines": [_set(line)]})
        self.books.go(row, row._replace(status=to), quantity, change="status_changed", document=number)
        self.books.fill([row.sku])

    # ---- between sites and owners -----------------------------------------------------------------------------------

    def send(self, number: str, row: Row, quantity: int, to: str, *, why: Refused | None = None) -> None:
        """Have goods that nobody is promised leave for another site."""
        line = {"line": "1", "sku": row.sku, "lot": row.lot, "location": row.place, "quantity": str(quantity)}
        body = {"transfer": number, "to_site": to, "lines": [_set(line)]}
        self._floor("transfer.shipped", row.site, body, refused=why)
        if why is None:
            self.books.send(row, quantity, to, document=number)

    def arrive(
        self, number: str, site: str, goods: list[Arrived], *, final: bool = False, why: Refused | None = None
    ) -> None:
        """Have goods of a transfer come off the truck; what is missing at the end is written off."""
        lines = [
            {"line": str(n), "transfer_line": "1", "quantity": str(one.quantity), "location": one.place}
            | ({} if one.status == GOOD else {"status": one.status})
            for n, one in enumerate(goods, 1)
        ]
        self._floor("transfer.received", site, {"transfer": number, "final": final, "lines": lines}, refused=why)
        if why is not None:
            return
        for one in goods:
            row = one.left._replace(site=site, place=one.place, status=one.status)
            if self.books.arrive(row, one.quantity, document=number):
                self._note("more_than_shipped", row.sku, row.lot)
        if final and self.books.write_off(number):
            self._note("not_available", goods[0].left.sku, goods[0].left.lot)
        self.books.fill([one.left.sku for one in goods])

    def sell(self, number: str, row: Row, quantity: int, to: Owner, *, why: Refused | None = None) -> None:
        """Have goods that nobody is promised be another owner's from now on."""
        line = {"line": "1", "sku": row.sku, "lot": row.lot, "location": row.place, "quantity": str(quantity)}
        body = {"title": number, "to_owner": to.name, "lines": [_set(line)]}
        self._floor("title.released", row.site, body, refused=why)
        if why is not None:
            return
        sale = f"{self.name}/{number}"
        self.books.come(row, -quantity, change="title_released", document=sale)
        lot = self.books.lot_of(row)
        theirs = to.books.know(row.sku, str(row.lot), expires=lot.expires, supplier=lot.supplier, came="title")
        theirs.received = theirs.received or lot.received
        to.books.come(row, quantity, change="title_accepted", document=sale)
        to.books.fill([row.sku])

    # ---- holds ------------------------------------------------------------------------------------------------------

    def hold(self, hold: str, sku: str, lot: str, *, kind: str = "hold", **more: object) -> None:
        """Hold a lot: what is promised of it and not picked goes to other lots."""
        self._tell("hold.placed", {"hold": hold, "kind": kind, "sku": sku, "lot": lot, "reason": "Taste", **more})
        self.books.lots[sku, lot].holds[hold] = kind
        self._withdraw(sku, lot, picked_too=kind == "recall")

    def lift_refused(self, hold: str, sku: str, lot: str, *, why: Refused) -> None:
        """Try to let a lot go in a way that is refused."""
        self._tell("hold.lifted", {"hold": hold, "sku": sku, "lot": lot}, refused=why)

    def lift(self, hold: str, sku: str, lot: str, **more: object) -> None:
        """Let a lot go."""
        self._tell("hold.lifted", {"hold": hold, "sku": sku, "lot": lot, **more})
        del self.books.lots[sku, lot].holds[hold]
        self.books.fill([sku])

    def hold_supplier(self, hold: str, supplier: str) -> None:
        """Hold all that came from a supplier."""
        self._tell("hold.placed", {"hold": hold, "supplier": supplier, "reason": "Audit"})
        self.books.suppliers_held[hold] = supplier
        self._withdraw_unusable()

    def lift_supplier(self, hold: str, supplier: str) -> None:
        """Let a supplier's goods go."""
        self._tell("hold.lifted", {"hold": hold, "supplier": supplier})
        del self.books.suppliers_held[hold]
        self.fill_all()

    def hold_everything(self, hold: str) -> None:
        """Hold all the owner has."""
        self._tell("hold.placed", {"hold": hold, "everything": True, "reason": "Unpaid"})
        self.books.owner_held.add(hold)
        self._withdraw_unusable()

    def lift_everything(self, hold: str) -> None:
        """Let all the owner has go."""
        self._tell("hold.lifted", {"hold": hold, "everything": True})
        self.books.owner_held.discard(hold)
        self.fill_all()

    def recall(self, recall: str, lots: Iterable[tuple[str, str]]) -> None:
        """Recall lots: what is picked of them is taken back too."""
        lots = list(lots)
        named = [{"sku": sku, "lot": lot} for sku, lot in lots]
        self._tell("lot.recalled", {"recall": recall, "reason": "Metal found", "lots": named})
        for sku, lot in lots:
            self.books.lots[sku, lot].holds[recall] = "recall"
            self._note_gone(sku, lot)
        for sku, lot in lots:
            self._withdraw(sku, lot, picked_too=True)

    def hold_serial(self, hold: str, sku: str, number: str, row: Row) -> None:
        """Hold one unit: it is set apart where it lies."""
        self._tell("hold.placed", {"hold": hold, "sku": sku, "serial": number, "reason": "Cracked"})
        self.books.go(row, row._replace(status=QUARANTINE), 1, change="status_changed", document=hold)

    def lift_serial(self, hold: str, sku: str, number: str, row: Row) -> None:
        """Let a unit go."""
        self._tell("hold.lifted", {"hold": hold, "sku": sku, "serial": number})
        self.books.go(row._replace(status=QUARANTINE), row, 1, change="status_changed")
        self.books.fill([sku])

    # ---- lots put right ---------------------------------------------------------------------------------------------

    def correct(
        self, number: str, sku: str, lot: str, *, to_lot: str | None = None, expires: date | None = None,
        cost: str | None = None, why: Refused | None = None,
    ) -> None:  # fmt: skip
        """Put right what was known of a lot; ``why`` it is refused."""
        said = {"to_lot": to_lot, "expires": _day(expires), "cost": cost, "reason": "supplier's letter", "by": "qa-1"}
        self._tell("lot.corrected", {"correction": number, "sku": sku, "lot": lot, **_set(said)}, refused=why)
        if why is not None:
            return
        self._note_gone(sku, lot)
        known = self.books.lots[sku, lot]
        known.expires = expires or known.expires
        if cost is not None:
            known.cost = Decimal(cost) * known.cost_units
        if to_lot is not None:
            self.books.renumber(sku, lot, to_lot, document=number)
        self.books.changed["corrected", number] += 1
        self._withdraw_unusable()
        self.books.fill([sku])

    # ---- orders -----------------------------------------------------------------------------------------------------

    def order(
        self, number: str, site: str, lines: list[tuple[str, int]], *, customer: str = "C-1", lot: str | None = None
    ) -> None:
        """Place an order; ``lot`` is the one that will do."""
        said = [
            _set({"line": str(n), "sku": sku, "quantity": str(units), "lot": lot})
            for n, (sku, units) in enumerate(lines, 1)
        ]
        body = {"source": SHOP, "order": number, "site": site, "customer": customer, "ship_to": _ship_to(number)}
        self._tell("order.placed", {**body, "lines": said})
        wanted = {str(n): Line(sku, units, lot) for n, (sku, units) in enumerate(lines, 1)}
        self.books.place(Order(number, site, customer, wanted))

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
            _set({"line": name, "lot": row.lot, "location": row.place, "quantity": str(units)})
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

    def give_back(
        self, site: str, number: str, order: str, goods: Goods, *, too_much: int = 0, asked: Refused | None = None
    ) -> None:
        """Have goods of an order come back; what cannot have left goes to quarantine."""
        body = {"return": number, "source": SHOP, "order": order, "lines": [goods.said("1")]}
        self._floor("goods.returned", site, body, refused=asked)
        if asked is not None:
            return
        row = self._row(goods, site)._replace(returned=True)
        self.books.come(row, goods.units - too_much, change="returned", document=number)
        if too_much:
            self.books.come(row._replace(status=QUARANTINE), too_much, change="returned", document=number)
            self._note("more_than_shipped", row.sku, row.lot)
        self.books.fill([goods.sku])

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

    def turn_the_day(self) -> None:
        """Take back what was promised of lots that have expired."""
        self._withdraw_unusable()

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
        body["used"] = [_set(line) for line in body["used"]]
        self._floor("production.recorded", site, _set({**body, "added_cost": added}), refused=why)
        if why is not None:
            return
        for one in made:
            self._know(replace(one, made=one.made or self.books.today), self.books.today, came="production")
        goes = [(self._row(one, site), one.units) for one in used]
        comes = [(self._row(one, site), one.units) for one in made]
        self.books.make(number, goes, comes, Decimal(added or 0))
        self.books.fill([one.sku for one in made])

    def forget(self, request: str, orders: list[str]) -> None:
        """Have those be forgotten whom orders were for."""
        named = [{"source": SHOP, "order": number} for number in orders]
        self._tell("person.erased", {"request": request, "orders": named, "by": "shop"})
        self.books.forgotten.update(orders)

    # ---- what all of these do ---------------------------------------------------------------------------------------

    def at(self) -> str:
        """Return the business time of the next document: a minute after the one before."""
        self._minute += 1
        start = datetime.combine(self.books.today, datetime.min.time(), tzinfo=UTC)
        return (start + timedelta(hours=8, minutes=self._minute)).isoformat()

    def _floor(self, name: str, site: str, body: dict[str, Any], *, refused: Refused | None = None) -> None:
        said = {"site": site, "happened": refused is None, "by": "scanner-4", "occurred_at": self.at(), **body}
        self._tell(name, said, refused=refused)

    def _tell(self, name: str, body: dict[str, Any], *, refused: Refused | None = None) -> None:
        self.step.told += 1
        self.step.refused += refused is not None
        self.hub.tell(name, {"owner": self.name, **body}, refused=refused)

    def _note(self, code: str, sku: str | None = None, lot: str | None = None) -> None:
        self.books.note(code, sku, lot)

    def _note_gone(self, sku: str, lot: str) -> None:
        """Note that some of a lot has left, by every number it left under."""
        for name in {lot, *self.books.lots[sku, lot].aliases}:
            if self.books.gone(sku, name):
                self._note("already_shipped", sku, name)

    def _row(self, goods: Goods, site: str) -> Row:
        """Return where goods lie, by the number that their lot has now."""
        return goods.row(site)._replace(lot=goods.called and self.books.now(goods.sku, goods.called))

    def _know(self, goods: Goods, received: date, *, came: str) -> Lot | None:
        if goods.called is None:
            return None
        return self.books.know(
            goods.sku,
            self.books.now(goods.sku, goods.called),
            expires=goods.expires,
            made=goods.made,
            supplier=goods.supplier,
            received=received,
            came=came,
        )

    def _change(self, row: Row, by: int, *, change: str, document: str) -> None:
        """Book more or less in a row; what is promised of it and is not there any more is lost."""
        if by:
            self.books.come(row, by, change=change, document=document)
        short = self.books.reserved()[row] - max(self.books.rows[row], 0)
        losing = [promise for _, _, promise in self.books.promises() if promise.row == row]
        for promise in reversed(losing):
            less = max(min(short, promise.quantity - promise.picked), 0)
            promise.quantity -= less
            short -= less
        for _, line, _ in list(self.books.promises()):
            line.promises = [one for one in line.promises if one.quantity]
        self.books.fill([row.sku])

    def _withdraw(self, sku: str, lot: str, *, picked_too: bool) -> None:
        def mine(promise: Promise) -> bool:
            return (promise.row.sku, promise.row.lot) == (sku, lot)

        self.books.fill(self.books.lose(mine, picked_too=picked_too))

    def _withdraw_unusable(self) -> None:
        self.books.fill(self.books.lose(lambda promise: not self.books.usable(promise.row)))

    def fill_all(self) -> None:
        """Promise to whoever waits what has come free."""
        self.books.fill({line.sku for order in self.books.orders.values() for line in order.lines.values()})


def _ship_to(number: str) -> dict[str, Any]:
    city = ("Sampletown", "Exampleville")[len(number) % 2]
    return {"name": f"Receiver {number}", "street": [f"{number} Example Street"], "city": city, "country": "US"}


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _set(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}
