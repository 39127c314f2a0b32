"""What a person with paper and pencil would have in his books: rows, lots, orders and what has to be told of them.

This is the oracle of the warehouse week. Nothing of lotstream is used here: quantities are integers of the smallest
unit in dicts, goods are promised first expired first, and what everybody has to be told is noted as it is decided.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from tests.acceptance.week.records import (
    BILLIONTH,
    FAR,
    GOOD,
    STAGING,
    TRANSIT,
    Closed,
    Consignee,
    Left,
    Line,
    Lot,
    Made,
    Odd,
    Order,
    Promise,
    Row,
    Step,
    Told,
)


@dataclass
class Books:
    """The books of one owner."""

    today: date
    rows: Counter[Row] = field(default_factory=Counter)
    lots: dict[tuple[str, str], Lot] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    #: Places of a site that nobody picks from.
    shut: set[tuple[str, str]] = field(default_factory=set)
    #: Days before a lot expires, and before the last on which it lives long enough, at which people are told.
    warn_days: tuple[int, ...] = ()
    unsellable_days: tuple[int, ...] = ()
    #: The longest life, in days, that a customer asks for.
    longest_life: int | None = None
    #: Papers that lots of an item need.
    needs: dict[str, set[str]] = field(default_factory=dict)
    suppliers_held: dict[str, str] = field(default_factory=dict)
    owner_held: set[str] = field(default_factory=set)
    told: Counter[Told] = field(default_factory=Counter)
    #: By recall: whom letters went to (customer and city), what of which lot each got, and with which orders.
    letters: dict[str, dict[Consignee, Counter[tuple[str, str]]]] = field(default_factory=dict)
    #: By recall, what each answer says was sent back or destroyed.
    answered: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    #: What left before the hub was there.
    imported: Counter[Left] = field(default_factory=Counter)
    #: Orders that were refused.
    rejected: set[str] = field(default_factory=set)
    #: By comparison and lot, how much more the hub has than somebody else; and of how many lots both have the same.
    differing: dict[tuple[str, str, str | None], int] = field(default_factory=dict)
    equal: dict[str, int] = field(default_factory=dict)
    #: By snapshot, what there was of each lot by site and condition, and on the way.
    snapshots: dict[str, dict[tuple[object, ...], int]] = field(default_factory=dict)
    #: What was made of what.
    made: Counter[Made] = field(default_factory=Counter)
    #: What of the goods that left has cost something, and how much.
    cost_left: defaultdict[Left, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    #: By announcement, what of which lot is awaited yet.
    awaited: dict[str, Counter[tuple[str, str | None]]] = field(default_factory=dict)
    #: What was told of closed receipts.
    closed: Counter[Closed] = field(default_factory=Counter)
    #: What became of lots as such, by kind and document.
    changed: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    left: Counter[Left] = field(default_factory=Counter)
    odd: Counter[Odd] = field(default_factory=Counter)
    #: Per document and line, what was booked of it: told again it changes nothing.
    booked: dict[tuple[str, str], tuple[Row, int]] = field(default_factory=dict)
    #: By day and name, the sums that the house is judged by.
    judged: dict[date, Counter[str]] = field(default_factory=dict)
    #: Orders of which nobody may know any more whom they were for.
    forgotten: set[str] = field(default_factory=set)
    #: By shipment, what left with it: order, line, where it stood, where it was picked.
    shipments: dict[str, list[tuple[str, str, Row, Promise, int]]] = field(default_factory=dict)
    step: Step = field(default_factory=lambda: Step("", ""))

    # ---- what can be used -------------------------------------------------------------------------------------------

    def usable(self, row: Row) -> bool:
        """Tell whether goods of a row may be promised."""
        if row.status != GOOD or row.place.startswith((STAGING, TRANSIT)) or (row.site, row.place) in self.shut:
            return False
        return not self.held(row) and not self.expired(row) and self.has_papers(row)

    def has_papers(self, row: Row) -> bool:
        """Tell whether the lot of goods has the papers that its item needs, and they count today."""
        papers = self.lot_of(row).papers
        return all(kind in papers and (papers[kind] or FAR) >= self.today for kind in self.needs.get(row.sku, ()))

    def lot_of(self, row: Row) -> Lot:
        """Return what is known of the lot of a row: nothing of goods without one, or of one that nobody vouches for."""
        return Lot() if row.lot is None else self.lots.get((row.sku, row.lot), Lot())

    def held(self, row: Row) -> bool:
        """Tell whether a hold lies on goods: on their lot, on who supplied it, or on all the owner has."""
        lot = self.lot_of(row)
        return bool(self.owner_held or lot.holds or lot.supplier in self.suppliers_held.values())

    def expired(self, row: Row) -> bool:
        """Tell whether the last day of use of goods is over."""
        expires = self.lot_of(row).expires
        return expires is not None and expires < self.today

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

    def fill(self, skus: Iterable[str]) -> None:
        """Promise what is free to whoever waits for it, first come first."""
        for sku in sorted(set(skus)):
            reserved = self.reserved()
            for order in self.orders.values():
                for line in order.lines.values():
                    if line.sku == sku and order.is_open and order.held is None:
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

    # ---- goods ------------------------------------------------------------------------------------------------------

    def come(self, row: Row, quantity: int, *, change: str | None, document: str | None) -> None:
        """Book goods that came to a row, or are gone from it when below zero; ``change`` None: nobody is told."""
        self.rows[row] += quantity
        self.step.came += max(quantity, 0)
        self.step.gone += max(-quantity, 0)
        if change is not None:
            self.told[Told(change, document, row.sku, row.lot)] += quantity

    def go(self, row: Row, to: Row, quantity: int, *, change: str | None = None, document: str | None = None) -> None:
        """Book goods that are in another row now."""
        self.rows[row] -= quantity
        self.rows[to] += quantity
        if change is not None:
            self.told[Told(change, document, row.sku, row.lot)] += quantity

    def send(self, row: Row, quantity: int, to: str, *, document: str) -> None:
        """Have goods be on the way to another site."""
        self.rows[row] -= quantity
        self.rows[row._replace(site=to, place=f"{TRANSIT}/{document}")] += quantity
        self.told[Told("transfer_shipped", document, row.sku, row.lot)] -= quantity

    def arrive(self, row: Row, quantity: int, *, document: str) -> int:
        """Have goods arrive in a row; returns how many more there are than were on the way."""
        way = row._replace(place=f"{TRANSIT}/{document}", status=GOOD)
        more = max(quantity - self.rows[way], 0)
        self.rows[way] -= quantity - more
        self.rows[row] += quantity
        self.step.came += more
        self.told[Told("transfer_received", document, row.sku, row.lot)] += quantity
        return more

    def write_off(self, document: str) -> int:
        """Take what is still on the way off the books; returns how much that was."""
        way = [row for row in self.rows if row.place == f"{TRANSIT}/{document}"]
        missing = sum(self.rows.pop(row) for row in way)
        self.step.gone += missing
        return missing

    def know(self, sku: str, lot: str, **facts: object) -> Lot:
        """Remember what is said of a lot; what is known of it is not overwritten."""
        known = self.lots.setdefault((sku, lot), Lot())
        for name, value in facts.items():
            if getattr(known, name) is None:
                setattr(known, name, value)
        if known.came == "balance":
            known.came = str(facts.get("came", known.came))
        return known

    def came_in(self, row: Row) -> None:
        """Note of goods that come in expired that they have not expired here."""
        if row.lot is not None and self.expired(row):
            self.lot_of(row).ended.add(row.site)

    def expire(self) -> None:
        """Count what has expired in stock since it was looked at last, site by site."""
        units = Counter[Row]()
        for row, there in self.rows.items():
            if there > 0 and self.expired(row) and row.site not in self.lot_of(row).ended:
                units[Row(row.sku, row.lot, row.site, "")] += there
        for row, there in units.items():
            self.lot_of(row).ended.add(row.site)
            self.age(row, there)
            if self.warn_days:
                self.note("expired", row.sku, row.lot)

    def warn(self) -> None:
        """Tell of lots in stock that expire soon, or too soon for a customer: once for the nearest threshold."""
        for sku, name in {(row.sku, row.lot) for row, there in self.rows.items() if there > 0 and row.lot is not None}:
            lot = self.lots.get((sku, name), Lot())
            if lot.expires is None or lot.expires < self.today:
                continue
            left = (lot.expires - self.today).days
            self._warn(sku, name, "expires_soon", left, self.warn_days)
            if self.longest_life is not None:
                self._warn(sku, name, "short_life", left - self.longest_life + 1, self.unsellable_days)

    def _warn(self, sku: str, name: str, code: str, left: int, days: tuple[int, ...]) -> None:
        crossed = sorted(day for day in days if left <= day)
        warned = self.lots[sku, name].warned
        if crossed and (code, crossed[0]) not in warned:
            self.note(code, sku, name)
        warned.update((code, day) for day in crossed)

    def age(self, row: Row, units: int) -> None:
        """Count goods as lost because of their age."""
        self.judge(expired=units, expired_value=self.cost(row.sku, row.lot, units) or Decimal(0))

    def now(self, sku: str, lot: str) -> str:
        """Return the number that a lot has now."""
        return next((name for (item, name), known in self.lots.items() if item == sku and lot in known.aliases), lot)

    def become(self, sku: str, lot: str, to: str, *, change: str, document: str) -> None:
        """Have all goods of a lot, and what is promised of them, be of another from now on."""
        for row in [row for row in self.rows if (row.sku, row.lot) == (sku, lot)]:
            units = self.rows.pop(row)
            self.rows[row._replace(lot=to)] += units
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

    def once(self, document: str, line: str, row: Row, quantity: int) -> bool:
        """Remember a line of a document; tells whether it is new."""
        new = (document, line) not in self.booked
        self.booked.setdefault((document, line), (row, quantity))
        return new

    def cost(self, sku: str, lot: str | None, units: int) -> Decimal | None:
        """Return what units of a lot have cost on average; None when nobody has said."""
        known = Lot() if lot is None else self.lots.get((sku, lot), Lot())
        return (known.cost * units / known.cost_units).quantize(BILLIONTH) if known.cost_units else None

    def judge(self, **sums: Decimal | int) -> None:
        """Add to the sums that the house is judged by today."""
        self.judged.setdefault(self.today, Counter()).update(sums)

    def note(self, code: str, sku: str | None = None, lot: str | None = None) -> None:
        """Note that a person has to look at something."""
        self.odd[Odd(code, sku, lot)] += 1
        self.step.odd += 1

    def make(self, document: str, used: list[tuple[Row, int]], made: list[tuple[Row, int]], added: Decimal) -> None:
        """Have goods become others: the cost of what went in goes along, by quantity, and so do the names of lots."""
        costs = [self.cost(row.sku, row.lot, units) for row, units in used]
        whole = None if None in costs else sum((cost for cost in costs if cost is not None), added)
        for row, units in used:
            self.come(row, -units, change="produced", document=document)
            self.made[Made(document, row.sku, row.lot)] -= units
        for row, units in made:
            self.come(row, units, change="produced", document=document)
            self.made[Made(document, row.sku, row.lot)] += units
            lot = self.lot_of(row)
            lot.parents |= {(used.sku, used.lot) for used, _ in used if used.lot and used[:2] != row[:2]}
            if whole is not None:
                lot.cost += whole * units / sum(units for _, units in made)
                lot.cost_units += units

    def write_to(self, recall: str, lots: set[tuple[str, str]]) -> None:
        """Find out who got any of some lots, by all numbers that they left under."""
        names = {(sku, name) for sku, lot in lots for name in (lot, *self.lots[sku, lot].aliases)}
        letters = self.letters.setdefault(recall, {})
        for left, units in self.left.items():
            if units and left.lot is not None and (left.sku, left.lot) in names:
                order = self.orders[left.order]
                got = letters.setdefault(Consignee(order.customer, order.address), Counter())
                got[left.sku, left.lot] += units

    def family(self, name: tuple[str, str], *, forward: bool) -> set[tuple[str, str]]:
        """Return all lots that were made of one, or all that it was made of, itself included."""
        found, todo = set[tuple[str, str]](), {name}
        while todo:
            one = todo.pop()
            found.add(one)
            work = {made.document for made, units in self.made.items() if made[1:] == one and (units < 0) == forward}
            others = {made for made, units in self.made.items() if made.document in work and (units > 0) == forward}
            todo |= {(made.sku, made.lot) for made in others if made.lot is not None} - found
        return found

    def close(self, receipt: str | None, expected: str | None, came: dict[tuple[str, str | None], list[int]]) -> None:
        """Compare what came on a receipt, in all and damaged, with what is awaited of an announcement."""
        awaited = Counter[tuple[str, str | None]]() if expected is None else self.awaited[expected]
        for name in {*came, *awaited}:
            units, damaged = came.get(name, [0, 0])
            wanted = awaited[name]
            if units or wanted:
                over, short = max(units - wanted, 0) if name in awaited else 0, max(wanted - units, 0)
                told = Closed(receipt, expected, *name, wanted, units, damaged, over, short, name not in awaited)
                self.closed[told] += 1
        for name in awaited:
            awaited[name] = max(awaited[name] - came.get(name, [0, 0])[0], 0) if receipt is not None else 0

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

    def ship(self, number: str, shipment: str) -> None:
        """Have everything leave that is picked, or else all that is promised."""
        order = self.orders[number]
        picked = any(line.picked for line in order.lines.values())
        for name, line in order.lines.items():
            for promise in line.promises:
                units = promise.picked if picked else promise.quantity
                if units:
                    row = promise.staged_row() if promise.picked else promise.row
                    self._leave(order, name, row, units, shipment=shipment)
                    self.shipments.setdefault(shipment, []).append((number, name, row, replace(promise), units))
                    promise.quantity -= units
                    promise.picked -= min(promise.picked, units)
            line.promises = [promise for promise in line.promises if promise.quantity]
        self.fill(line.sku for line in order.lines.values())

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

    # ---- sums -------------------------------------------------------------------------------------------------------

    def on_hand_of(self, site: str) -> Counter[tuple[str, str | None]]:
        """Return what a site has of each lot, in whatever condition; without what is on the way there."""
        there = Counter[tuple[str, str | None]]()
        for row, units in self.rows.items():
            if row.site == site and not row.place.startswith(TRANSIT):
                there[row.sku, row.lot] += units
        return Counter({name: units for name, units in there.items() if units})

    def on_hand(self) -> int:
        """Return all units there are."""
        return sum(self.rows.values())
