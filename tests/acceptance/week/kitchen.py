"""Thursday's kitchen: goods are made of others in steps, some are worked over, and what they cost goes along."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.acceptance.week.finding import free_rows
from tests.acceptance.week.house import BAG, TOR, House, sku
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.said import Goods

MIX, LOAF, PACK = "S-31", "S-32", "S-33"
EXPIRES = date(2025, 12, 24)


async def made(house: House) -> None:
    """A mix of two items, loaves of the mix, packs of loaves; old loaves go back into the mix they came from."""
    acme = house.acme
    house.doing("goods are made of others by recipe; old loaves go back into the mix they came from")
    acme.define("item", sku=MIX)
    acme.define("item", sku=LOAF, recipe={MIX: "0.4"})
    acme.define("item", sku=PACK, recipe={LOAF: "3", BAG: "1"})
    first, second = (_costed(house, number) for number in (13, 14))
    mix, loaf = Goods(MIX, 12, "K-02", "M-1", EXPIRES), Goods(LOAF, 20, "K-03", "L-1", EXPIRES)
    acme.produce(TOR, "P-1", [replace(first, quantity=10), replace(second, quantity=5)], [mix], added="3.00")
    acme.produce(TOR, "P-2", [replace(mix, quantity=8)], [loaf], added="1.25")
    acme.produce(TOR, "P-3", [replace(loaf, quantity=2), replace(first, quantity=1)], [replace(mix, quantity=1)])
    packs = Goods(PACK, 2, "K-04", "PK-1", EXPIRES)
    acme.produce(TOR, "P-4", [replace(loaf, quantity=6), Goods(BAG, 2, "C-01")], [packs])
    house.doing("a wrong ingredient, a missing one, and one that is held, are refused")
    wrong = [replace(first, quantity=1), replace(mix, quantity=1)]
    loaves = [replace(loaf, quantity=1)]
    acme.produce(TOR, "P-5", wrong, loaves, why=Refused("lot_not_allowed", "used.0.sku"))
    acme.produce(TOR, "P-6", [replace(loaf, quantity=3)], [packs], why=Refused("field_missing", "used"))
    acme.hold("H-MIX", MIX, "M-1")
    acme.produce(TOR, "P-7", [replace(mix, quantity=1)], loaves, why=Refused("on_hold", "used.0.lot"))
    acme.lift("H-MIX", MIX, "M-1")
    acme.order("#PACK", TOR, [(PACK, 2), (LOAF, 3)])
    acme.pick("#PACK")
    acme.ship("#PACK", "SH-PACK")
    await house.hub.settle()


def _costed(house: House, number: int) -> Goods:
    """Return a lot of which it is known what it has cost."""
    row = next(row for row in free_rows(house.acme, sku(number), TOR, at_least=11) if str(row.lot).startswith("R"))
    return Goods(row.sku, 1, row.place, row.lot)
