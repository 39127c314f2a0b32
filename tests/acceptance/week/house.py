"""Who and what there is in the week: two owners that call things by the same names, two sites, 40 items, their lots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from tests.acceptance.week.books import Books
from tests.acceptance.week.hub import Hub
from tests.acceptance.week.owner import Owner
from tests.acceptance.week.records import Step
from tests.acceptance.week.said import Goods

TOR, MTL = "TOR", "MTL"
#: Long ago, so that business times of the week lie before any clock the test runs under.
MONDAY = date(2025, 3, 3)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ITEMS = {"acme": 24, "zenith": 16}
#: Items of which lots lie in both houses from the beginning, and how many at each site.
OPENED = {"acme": {TOR: (16, 5), MTL: (12, 3)}, "zenith": {TOR: (16, 4), MTL: (16, 2)}}
#: Lots of each item that come in on Monday.
RECEIVED = {"acme": 3, "zenith": 2}
LABELLED, BAG, UNIT, KIT, BAR = "S-15", "S-17", "S-18", "S-19", "S-20"
DATED, TEMPLATED, PLAIN, NEEDY = "S-21", "S-22", "S-23", "S-24"
PERISHABLE = frozenset({9, 10})
"""Items of which some lots expire while forty days pass; what they have cost is known from the beginning."""
SHUT = "QUAR"
"""A place that nobody picks from."""


class House:
    """Both owners in one hub, and the table of what happened to them."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.steps: list[Step] = []
        self.today = MONDAY
        self.acme, self.zenith = (Owner(name, hub, MONDAY) for name in ITEMS)

    @property
    def owners(self) -> tuple[Owner, Owner]:
        """Return both owners."""
        return self.acme, self.zenith

    @property
    def books(self) -> tuple[Books, Books]:
        """Return the books of both owners."""
        return self.acme.books, self.zenith.books

    def doing(self, what: str) -> None:
        """Begin a line of the table."""
        step = Step(f"{self.today:%A}", what)
        self.steps.append(step)
        for owner in self.owners:
            owner.step = owner.books.step = step

    async def hold_place(self, site: str, place: str, hold: str) -> None:
        """Hold a bin, for both owners: what is promised there goes to other bins."""
        body = {"site": site, "location": place, "hold": hold, "reason": "Leaking roof"}
        await self.hub.broadcast("hold.placed", (f"{site}/{place}/{hold}", body))
        await self.hub.rest()
        for owner in self.owners:
            owner.books.shut.add((site, place))
            owner.turn_the_day()

    async def lift_place(self, site: str, place: str, hold: str) -> None:
        """Let a bin go."""
        body = {"site": site, "location": place, "hold": hold}
        await self.hub.broadcast("hold.lifted", (f"{site}/{place}/{hold}", body))
        await self.hub.rest()
        for owner in self.owners:
            owner.books.shut.discard((site, place))
            owner.fill_all()

    async def open_day(self, day: date) -> None:
        """Have a day begin at both sites."""
        self.today = day
        for owner in self.owners:
            owner.books.today = day
        told = ((f"{site}/{day}", {"site": site, "date": day.isoformat()}) for site in (TOR, MTL))
        await self.hub.broadcast("day.opened", *told)
        await self.hub.rest()
        for owner in self.owners:
            owner.turn_the_day()


RULES: dict[str, dict[str, object]] = {
    BAR: {"lot_number": {"kind": "sequence"}},
    DATED: {"lot_number": {"kind": "date"}},
    TEMPLATED: {"lot_number": {"kind": "template", "template": "{supplier_lot}-{received:%y%m%d}-{seq:3}"}},
    NEEDY: {"required": ["supplier", "supplier_lot", "expires", "origin", "certificate:organic"]},
}
"""How lots are numbered, and which facts are needed of them."""


def sku(number: int) -> str:
    """Return the name of an item."""
    return f"S-{number:02d}"


def items(owner: str) -> Iterator[dict[str, object]]:
    """Yield what is told of each item of an owner."""
    for number in range(1, ITEMS[owner] + 1):
        name = sku(number)
        body: dict[str, object] = {"sku": name, "units": {"case": "12"}}
        if name == BAG:
            body["tracking"] = "none"
        elif name == UNIT:
            body["tracking"] = "serial"
        elif name == LABELLED:
            body["gtins"] = ["9506000134352"]
        elif name in RULES:
            body |= RULES[name]
        elif name == KIT:
            body["kit"] = {sku(1): "2", sku(2): "1"}
        yield body


def opening(owner: str, site: str) -> list[Goods]:
    """Return what lies at a site when the week begins."""
    skus, lots = OPENED[owner][site]
    return [
        Goods(
            sku(number), 20 + (number * 7 + lot * 13) % 40, f"A-{number:02d}-{lot}", f"{site[0]}{number:02d}-{lot}",
            expires=_expires(number, lot), supplier=f"SUP-{1 + number % 4}",
            cost=f"{lot}.{number}5" if number in PERISHABLE else None,
        )
        for number in range(1, skus + 1)
        for lot in range(1, lots + 1)
    ]  # fmt: skip


def _expires(number: int, lot: int) -> date:
    """Return when a lot expires that lies there from the beginning; of two items some do while forty days pass."""
    if number in PERISHABLE:
        return MONDAY + timedelta(days=10 + 15 * lot)
    return date(2025, 6, 1) + timedelta(days=(number * 11 + lot * 29) % 300)


def truck(owner: str, number: int) -> list[Goods]:
    """Return what comes in of an item on Monday."""
    return [
        Goods(
            sku(number), 2 + (number + lot) % 3, f"B-{number:02d}-{lot}", f"R{number:02d}-{lot}",
            expires=date(2025, 9, 1) + timedelta(days=(number * 17 + lot * 31) % 200), made=date(2025, 2, 1),
            supplier=f"SUP-{1 + number % 4}", supplier_lot=f"SL-{number}-{lot}", unit="case", factor=12,
            cost=f"{number}.{lot}8",
        )
        for lot in range(1, RECEIVED[owner] + 1)
    ]  # fmt: skip
