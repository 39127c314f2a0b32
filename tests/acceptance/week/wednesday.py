"""Wednesday: lots, suppliers and all of an owner are held and let go."""

from __future__ import annotations

from datetime import timedelta

from tests.acceptance.week.house import MONDAY, TOR, UNIT, House, sku
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.joined import joined
from tests.acceptance.week.papers import documented, hinted, inspected, placed
from tests.acceptance.week.put_right import corrected, kept, renamed
from tests.acceptance.week.records import Row
from tests.acceptance.week.said import Goods

HELD = (1, 4, 7)


async def wednesday(house: House) -> None:
    """Promises go to other lots when theirs are held; lifting serves who waits; who lifts gives a name."""
    await house.open_day(MONDAY + timedelta(days=2))
    house.doing("lots are held, and promises go to other lots")
    for owner in house.owners:
        for number in HELD:
            owner.hold(f"H-{number}", sku(number), f"T{number:02d}-1", by="qa-1")
    await house.hub.settle()
    house.doing("a supplier and all of an owner are held and let go")
    house.acme.hold_supplier("H-S", "SUP-2")
    house.zenith.hold_everything("H-ALL")
    await house.hub.settle()
    house.acme.lift_supplier("H-S", "SUP-2")
    house.zenith.lift_everything("H-ALL")
    await house.hub.settle()
    house.doing("a bin and a single unit are held and let go")
    shelf = next(promise.row for _, _, promise in house.acme.books.promises() if not promise.picked)
    await house.hold_place(shelf.site, shelf.place, "H-BIN")
    house.acme.order("#U1", TOR, [(UNIT, 4)])
    await house.hub.settle()
    unit = Row(UNIT, None, TOR, "U-01")
    house.acme.cancel("#U1")
    house.acme.hold_serial("H-SN", UNIT, "SN-2", unit)
    house.acme.order("#U2", TOR, [(UNIT, 4)])
    await house.hub.settle()
    await house.lift_place(shelf.site, shelf.place, "H-BIN")
    house.acme.lift_serial("H-SN", UNIT, "SN-2", unit)
    await house.hub.settle()
    house.doing("holds are lifted by name, and who waits is served")
    for owner in house.owners:
        owner.lift_refused("H-4", sku(4), "T04-1", why=Refused("field_missing", "by"))
        owner.lift("H-4", sku(4), "T04-1", by="qa-2")
    await house.hub.settle()
    await _corrected(house)
    await joined(house)
    await inspected(house)
    await documented(house)
    await placed(house)
    await hinted(house)
    await corrected(house)
    await renamed(house)
    await kept(house)


async def _corrected(house: House) -> None:
    acme = house.acme
    house.doing("numbers, dates and costs of lots are put right; the old number goes on meaning the lot")
    for owner in house.owners:
        owner.correct("LC-1", sku(6), "T06-1", to_lot="T06-1-CA")
    acme.correct("LC-2", sku(8), "T08-2", expires=MONDAY)
    acme.correct("LC-3", sku(2), "R02-1", cost="0.75")
    acme.correct("LC-4", sku(6), "T06-2", to_lot="T06-1", why=Refused("conflicting_content", "to_lot"))
    acme.correct("LC-5", sku(6), "T06-9", to_lot="X", why=Refused("unknown_lot", "lot"))
    acme.order("#OLD", TOR, [(sku(6), 2)], lot="T06-1")
    acme.receive(TOR, "R-OLD", [Goods(sku(6), 10, "B-06-9", "T06-1", supplier="SUP-3")])
    acme.order("#OLD-2", TOR, [(sku(6), 12)], lot="T06-1-CA")
    await house.hub.settle()
