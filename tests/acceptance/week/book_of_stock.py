"""What a person with paper and pencil would have in his books about goods: rows and lots, and what was told of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from tests.acceptance.week.records import BILLIONTH, FAR, GOOD, STAGING, TRANSIT, Lot, Made, Odd, Row, Step, Told


@dataclass
class StockBook:
    """Rows and lots of one owner."""

    today: date
    rows: Counter[Row] = field(default_factory=Counter)
    lots: dict[tuple[str, str], Lot] = field(default_factory=dict)
    #: Places of a site that nobody picks from.
    shut: set[tuple[str, str]] = field(default_factory=set)
    #: Papers that lots of an item need.
    needs: dict[str, set[str]] = field(default_factory=dict)
    suppliers_held: dict[str, str] = field(default_factory=dict)
    owner_held: set[str] = field(default_factory=set)
    told: Counter[Told] = field(default_factory=Counter)
    odd: Counter[Odd] = field(default_factory=Counter)
    #: What was made of what.
    made: Counter[Made] = field(default_factory=Counter)
    #: What became of lots as such, by kind and document.
    changed: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    #: By day and name, the sums that the house is judged by.
    judged: dict[date, Counter[str]] = field(default_factory=dict)
    #: Business time of what is being booked; None: when it was taken in, long after the week.
    at: datetime | None = None
    #: Everything that was booked: when, where, and how much more or less.
    log: list[tuple[datetime | None, Row, int]] = field(default_factory=list)
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

    # ---- goods ------------------------------------------------------------------------------------------------------

    def book(self, row: Row, units: int) -> None:
        """Have more in a row, or less below zero."""
        self.rows[row] += units
        self.log.append((self.at, row, units))

    def come(self, row: Row, quantity: int, *, change: str | None, document: str | None) -> None:
        """Book goods that came to a row, or are gone from it when below zero; ``change`` None: nobody is told."""
        self.book(row, quantity)
        self.step.came += max(quantity, 0)
        self.step.gone += max(-quantity, 0)
        if change is not None:
            self.told[Told(change, document, row.sku, row.lot)] += quantity

    def go(self, row: Row, to: Row, quantity: int, *, change: str | None = None, document: str | None = None) -> None:
        """Book goods that are in another row now."""
        self.book(row, -quantity)
        self.book(to, quantity)
        if change is not None:
            self.told[Told(change, document, row.sku, row.lot)] += quantity

    def send(self, row: Row, quantity: int, to: str, *, document: str) -> None:
        """Have goods be on the way to another site."""
        self.book(row, -quantity)
        self.book(row._replace(site=to, place=f"{TRANSIT}/{document}"), quantity)
        self.told[Told("transfer_shipped", document, row.sku, row.lot)] -= quantity

    def arrive(self, row: Row, quantity: int, *, document: str) -> int:
        """Have goods arrive in a row; returns how many more there are than were on the way."""
        way = row._replace(place=f"{TRANSIT}/{document}", status=GOOD)
        more = max(quantity - self.rows[way], 0)
        self.book(way, more - quantity)
        self.book(row, quantity)
        self.step.came += more
        self.told[Told("transfer_received", document, row.sku, row.lot)] += quantity
        return more

    def write_off(self, document: str) -> int:
        """Take what is still on the way off the books; returns how much that was."""
        way = [row for row in self.rows if row.place == f"{TRANSIT}/{document}"]
        missing = sum(self.rows[row] for row in way)
        for row in way:
            self.book(row, -self.rows[row])
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

    def pay(self, lot: Lot, price: str | None, units: int) -> None:
        """Note what goods of a lot have cost."""
        if price is not None:
            lot.cost += Decimal(price) * units
            lot.cost_units += units

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

    def now(self, sku: str, lot: str) -> str:
        """Return the number that a lot has now."""
        return next((name for (item, name), known in self.lots.items() if item == sku and lot in known.aliases), lot)

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
