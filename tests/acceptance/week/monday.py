"""Monday: the house goes live, and the first trucks are at the dock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from tests.acceptance.week.dock import announced, fit, numbered
from tests.acceptance.week.ends import taken_over
from tests.acceptance.week.house import BAG, MONDAY, MTL, OPENED, SHUT, TOR, UNIT, House, items, opening, truck
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.labels import scanned_in
from tests.acceptance.week.said import Goods

KNOWN_SERIAL = Refused("conflicting_content", "lines.0.serials.0")


async def monday(house: House) -> None:
    """Facts, stock as it is found, receipts right and wrong, and labels in every form."""
    sites, hub = (TOR, MTL), house.hub
    await hub.broadcast("site.defined", *((f"{site}/1", {"site": site, "calendar": "scripted"}) for site in sites))
    shut = ((f"{site}/{SHUT}/1", {"site": site, "location": SHUT, "pickable": False}) for site in sites)
    await hub.broadcast("location.defined", *shut)
    for books in house.books:
        books.shut |= {(site, SHUT) for site in sites}
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
    await house.hub.settle()
    await taken_over(house)
    house.doing("trucks are unloaded")
    for owner in house.owners:
        for number in range(1, 17):
            owner.receive(TOR, f"R-{number}", truck(owner.name, number), final=True)
    await house.hub.settle()
    units = Goods(UNIT, 4, "U-01", serials=("SN-1", "SN-2", "SN-3", "SN-4"))
    house.acme.receive(TOR, "R-UNITS", [units])
    house.acme.receive(TOR, "R-AGAIN", [replace(units, quantity=1, serials=("SN-4",))], asked=KNOWN_SERIAL)
    await _wrong_at_the_dock(house)
    await numbered(house)
    await fit(house)
    await announced(house)
    house.doing("labels are scanned in four forms, and eight that are wrong")
    scanned_in(house.acme)
    await house.hub.settle()


async def _wrong_at_the_dock(house: House) -> None:
    acme, known = house.acme, truck("acme", 1)[0]
    house.doing("goods without a lot: refused when asked, in quarantine when they are there")
    lotless = replace(known, lot=None, supplier_lot=None, expires=None)
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
