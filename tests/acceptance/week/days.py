"""What happens from Monday to Sunday: most of it right, some of it wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from tests.acceptance.week.books import QUARANTINE, Row
from tests.acceptance.week.house import (
    BAG,
    KIT,
    MONDAY,
    MTL,
    OPENED,
    SHUT,
    TOR,
    House,
    items,
    opening,
    sku,
    truck,
)
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.owner import Goods


async def monday(house: House) -> None:
    """The house goes live: facts, stock as it is found, and the first trucks at the dock."""
    for site in (TOR, MTL):
        await house.hub.broadcast("site.defined", f"{site}/1", {"site": site, "calendar": "scripted"})
        shut = {"site": site, "location": SHUT, "pickable": False}
        await house.hub.broadcast("location.defined", f"{site}/{SHUT}/1", shut)
        for books in house.books:
            books.shut.add((site, SHUT))
    await house.open_day(MONDAY)
    house.doing("owners, items and customers are defined")
    for owner in house.owners:
        owner.define("owner", sites=[TOR, MTL])
        for body in items(owner.name):
            owner.define("item", **body)
        for number in range(1, 10):
            owner.define("customer", customer=f"C-{number}")
    house.doing("stock is taken over as it is found")
    for owner in house.owners:
        for site in OPENED[owner.name]:
            owner.open_balance(site, f"B-{site}", opening(owner.name, site), received=MONDAY - timedelta(days=30))
    bags = Goods(BAG, 500, "C-01")
    house.acme.open_balance(TOR, "B-BAGS", [bags], received=MONDAY - timedelta(days=9))
    house.doing("trucks are unloaded")
    for owner in house.owners:
        for number in range(1, 17):
            owner.receive(TOR, f"R-{number}", truck(owner.name, number), final=True)
    await house.hub.settle()
    await _wrong_at_the_dock(house)


async def _wrong_at_the_dock(house: House) -> None:
    acme, known = house.acme, truck("acme", 1)[0]
    house.doing("goods without a lot: refused when asked, in quarantine when they are there")
    lotless = replace(known, lot=None, expires=None)
    acme.receive(TOR, "W-1", [lotless], asked=Refused("field_missing", "lines.0.lot"))
    acme.receive(TOR, "W-1", [lotless], wrong="field_missing")
    house.doing("another expiry of a known lot")
    other = replace(known, expires=date(2027, 1, 1), place=SHUT)
    acme.receive(TOR, "W-2", [other], asked=Refused("conflicting_content", "lines.0.expires"))
    acme.receive(TOR, "W-2", [other], wrong="conflicting_content")
    house.doing("an item nobody knows, sent again when it is defined")
    strange = Goods("S-99", 12, "B-99", "N1", expires=date(2026, 1, 1))
    acme.receive(TOR, "W-3", [strange], asked=Refused("unknown_item", "lines.0.sku"))
    acme.uncountable(TOR, "W-3", strange, code="unknown_item")
    acme.define("item", sku="S-99")
    acme.receive(TOR, "W-3", [strange])
    house.doing("a receipt told again, and once more with other content")
    acme.receive(TOR, "R-1", truck("acme", 1), repeated=True)
    more = [replace(known, quantity=50)]
    acme.receive(TOR, "R-1", more, asked=Refused("conflicting_content", "lines.0.line"))
    acme.receive(TOR, "R-1", more, repeated=True)
    acme.books.note("conflicting_content", known.sku)
    await house.hub.settle()


async def tuesday(house: House) -> None:
    """Orders, picks and shipments, and the floor's own work."""
    await house.open_day(MONDAY + timedelta(days=1))
    house.doing("120 orders are placed")
    for number in range(120):
        owner = house.owners[number % 3 == 2]
        skus = 12 if owner is house.acme else 16
        site = TOR if number % 4 else MTL
        lines = [
            (sku(1 + (number * 5 + line * 3) % skus), 400 if number % 17 == 4 else 1 + (number * 7 + line) % 15)
            for line in range(1 + number % 3)
        ]
        owner.order(f"#{number}", site, lines, customer=f"C-{1 + number % 9}")
    house.doing("two in three are picked")
    _each(house, "pick", lambda number: number % 3 != 1)
    house.doing("half of them leave")
    _each(house, "ship", lambda number: number % 4 < 2)
    await house.hub.settle()
    house.doing("goods are moved, adjusted, counted and found damaged")
    acme = house.acme
    free = [row for row in sorted(acme.books.rows, key=str) if row.place.startswith("A-") and _free(house, row) >= 6]
    acme.move(TOR, "M-1", _at(free, TOR, 0), "D-01", 5)
    acme.move(TOR, "M-2", _at(free, TOR, 1), SHUT, 5)
    acme.adjust(TOR, "AD-1", _at(free, TOR, 2), -4, reason="spilt")
    acme.adjust(TOR, "AD-2", _at(free, TOR, 3), 7, reason="found behind the rack")
    for number, row in enumerate(free[4:12]):
        acme.count(row.site, f"C-{number}", row, acme.books.rows[row] + (0, 0, 0, -3, 2, 0, 0, -1)[number])
    acme.change_status(TOR, "ST-1", _at(free, TOR, 4), "damaged", 3)
    acme.change_status(TOR, "ST-2", Row(sku(1), "R01-1", TOR, SHUT, QUARANTINE), "good", 24)
    await house.hub.settle()


async def wednesday(house: House) -> None:
    """Lots are held and let go."""
    await house.open_day(MONDAY + timedelta(days=2))
    house.doing("lots are held, and promises go to other lots")
    for owner in house.owners:
        for number in (1, 4, 7):
            owner.hold(f"H-{number}", sku(number), f"T{number:02d}-1")
    await house.hub.settle()
    house.doing("a supplier and all of an owner are held and let go")
    house.acme.hold_supplier("H-S", "SUP-2")
    house.zenith.hold_everything("H-ALL")
    await house.hub.settle()
    house.acme.lift_supplier("H-S", "SUP-2")
    house.zenith.lift_everything("H-ALL")
    await house.hub.settle()
    house.doing("holds are lifted, and who waits is served")
    for owner in house.owners:
        owner.lift("H-4", sku(4), "T04-1")
    await house.hub.settle()


async def thursday(house: House) -> None:
    """Kits are made, and a lot is recalled."""
    await house.open_day(MONDAY + timedelta(days=3))
    acme = house.acme
    house.doing("kits are made and ordered")
    free = {name: _free_rows(house, sku(name)) for name in (1, 2)}
    used = [
        Goods(row.sku, units, row.place, row.lot) for row, units in ((free[1][0], 4), (free[2][0], 2))
    ]  # fmt: skip
    acme.assemble(TOR, "KIT-1", KIT, 2, "K-1", used, "K-01")
    acme.order("#K1", TOR, [(KIT, 1)])
    house.doing("a lot is recalled at both owners, picked goods too")
    for owner in house.owners:
        owner.recall("RC-1", [(sku(3), "T03-1")])
    await house.hub.settle()


async def friday(house: House) -> None:
    """What left comes back."""
    await house.open_day(MONDAY + timedelta(days=4))
    house.doing("the rest is picked and leaves")
    _each(house, "pick", lambda number: number % 3 == 1 and number % 2 == 0)
    _each(house, "ship", lambda number: number % 5 == 0)
    await house.hub.settle()
    house.doing("goods come back; more than left is refused when asked, in quarantine when it is there")
    acme = house.acme
    number, line = next(
        (order.number, line) for order in acme.books.orders.values() for line in order.lines.values() if line.left > 1
    )
    lot, units = next(iter(line.shipped.items()))
    back = Goods(line.sku, 1, "RET-01", lot)
    acme.give_back(TOR, "RT-1", number, back)
    acme.give_back(
        TOR, "RT-2", number, replace(back, quantity=999), asked=Refused("more_than_shipped", "lines.0.quantity")
    )
    acme.give_back(TOR, "RT-3", number, replace(back, quantity=units + 4), too_much=5)
    await house.hub.settle()


async def saturday(house: House) -> None:
    """Forty days pass at once."""
    house.doing("orders are cancelled")
    for owner in house.owners:
        waiting = [o.number for o in owner.books.orders.values() if o.state in {"backordered", "allocated"}]
        for number in waiting[:6]:
            owner.cancel(number)
    await house.hub.settle()
    await house.open_day(MONDAY + timedelta(days=45))


async def sunday(house: House) -> None:
    """The week ends."""
    await house.hub.rest()


def _each(house: House, what: str, which: Callable[[int], bool]) -> None:
    for number in range(120):
        owner = house.owners[number % 3 == 2]
        order = owner.books.orders[f"#{number}"]
        if not which(number) or not order.is_open:
            continue
        if what == "pick" and any(line.promised > line.picked for line in order.lines.values()):
            owner.pick(order.number)
        if what == "ship" and any(line.promised for line in order.lines.values()):
            owner.ship(order.number, f"SH-{house.today.day}-{number}")


def _free(house: House, row: Row) -> int:
    books = house.acme.books
    return books.rows[row] - books.reserved()[row] if books.usable(row) else 0


def _free_rows(house: House, name: str) -> list[Row]:
    return [row for row in house.acme.books.candidates(name, TOR) if _free(house, row) >= 4]


def _at(rows: list[Row], site: str, number: int) -> Row:
    return [row for row in rows if row.site == site][number]


WEEK = (monday, tuesday, wednesday, thursday, friday, saturday, sunday)
