"""What a person with paper and pencil would have in his books: rows, lots, orders and what has to be told of them.

This is the oracle of the warehouse week. Nothing of lotstream is used here: quantities are integers of the smallest
unit in dicts, goods are promised first expired first, and what everybody has to be told is noted as it is decided.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from tests.acceptance.week.book_of_orders import OrderBook
from tests.acceptance.week.records import TRANSIT, Closed, Consignee, Left, Lot, OnRoad, Row


@dataclass
class Books(OrderBook):
    """The books of one owner."""

    #: Days before a lot expires, and before the last on which it lives long enough, at which people are told.
    warn_days: tuple[int, ...] = ()
    unsellable_days: tuple[int, ...] = ()
    #: The longest life, in days, that a customer asks for.
    longest_life: int | None = None
    #: By recall: whom letters went to (customer and city), what of which lot each got, and with which orders.
    letters: dict[str, dict[Consignee, Counter[tuple[str, str]]]] = field(default_factory=dict)
    #: By recall, what each answer says was sent back or destroyed.
    answered: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    #: By shipment and order, what was told of it on the road.
    road: defaultdict[tuple[str, str], list[OnRoad]] = field(default_factory=lambda: defaultdict(list))
    #: What left before the hub was there.
    imported: Counter[Left] = field(default_factory=Counter)
    #: By comparison and lot, how much more the hub has than somebody else; and of how many lots both have the same.
    differing: dict[tuple[str, str, str | None], int] = field(default_factory=dict)
    equal: dict[str, int] = field(default_factory=dict)
    #: By snapshot, what there was of each lot by site and condition, and on the way.
    snapshots: dict[str, dict[tuple[object, ...], int]] = field(default_factory=dict)
    #: By announcement, what of which lot is awaited yet.
    awaited: dict[str, Counter[tuple[str, str | None]]] = field(default_factory=dict)
    #: What was told of closed receipts.
    closed: Counter[Closed] = field(default_factory=Counter)

    # ---- time passes ------------------------------------------------------------------------------------------------

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
            self.lot_of(row).lost[row.site] = there, self.cost(row.sku, row.lot, there) or Decimal(0)
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

    def throw_away(self, row: Row, units: int) -> None:
        """Count goods as lost that nobody knew to have expired; others stay lost from then on, whatever their day."""
        lot = self.lot_of(row)
        if row.site not in lot.ended:
            self.age(row, units)
        elif row.site in lot.lost:
            left, worth = lot.lost[row.site]
            lot.lost[row.site] = left - units, worth * (left - units) / left

    def live_until(self, lot: Lot, expires: date) -> None:
        """Have a lot expire on another day: where that is still to come nothing of it is lost, and nobody was told."""
        if expires == lot.expires:
            return
        lot.expires, lot.warned = expires, set()
        for site in [] if expires < self.today else sorted(lot.ended):
            lot.ended.discard(site)
            units, worth = lot.lost.pop(site, (0, Decimal(0)))
            self.judge(expired=-units, expired_value=-worth)

    # ---- recalls and receipts ---------------------------------------------------------------------------------------

    def write_to(self, recall: str, lots: set[tuple[str, str]]) -> None:
        """Find out who got any of some lots, by all numbers that they left under."""
        names = {(sku, name) for sku, lot in lots for name in (lot, *self.lots[sku, lot].aliases)}
        letters = self.letters[recall] = {}
        for left, units in self.left.items():
            if units and left.lot is not None and (left.sku, left.lot) in names:
                order = self.orders[left.order]
                got = letters.setdefault(Consignee(order.customer, order.address), Counter[tuple[str, str]]())
                got[left.sku, left.lot] += units

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

    def as_of(self, moment: datetime) -> Counter[Row]:
        """Return what lay where at a moment of business time."""
        there = Counter[Row]()
        for at, row, units in self.log:
            if at is not None and at <= moment:
                there[row] += units
        return Counter({row: units for row, units in there.items() if units})
