"""Thursday: kits are made, and a lot is recalled."""

from __future__ import annotations

from datetime import timedelta

from tests.acceptance.week.finding import free_rows
from tests.acceptance.week.house import KIT, MONDAY, TOR, House, sku
from tests.acceptance.week.kitchen import made
from tests.acceptance.week.recalls import recalled
from tests.acceptance.week.said import Goods


async def thursday(house: House) -> None:
    """Kits of two components are made and ordered; a recall takes picked goods too, and the worker dies in it."""
    await house.open_day(MONDAY + timedelta(days=3))
    acme = house.acme
    house.doing("kits are made and ordered")
    first, second = (free_rows(acme, sku(number), TOR)[0] for number in (1, 2))
    used = [Goods(first.sku, 4, first.place, first.lot), Goods(second.sku, 2, second.place, second.lot)]
    acme.assemble(TOR, "KIT-1", KIT, 2, "K-1", used, "K-01")
    acme.order("#K1", TOR, [(KIT, 1)])
    acme.pick("#K1")
    acme.ship("#K1", "SH-K1")
    await house.hub.settle()
    await made(house)
    await recalled(house)
