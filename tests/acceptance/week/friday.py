"""Friday: the rest leaves, and what left comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.acceptance.week.finding import pick, ship, shipped_lines
from tests.acceptance.week.house import MONDAY, TOR, House
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.owner import Goods


async def friday(house: House) -> None:
    """Goods of a held lot leave all the same, and are noted; returns are right, too many, and told twice."""
    await house.open_day(MONDAY + timedelta(days=4))
    house.doing("the rest is picked and leaves")
    pick(house, lambda number: number % 3 == 1 and number % 2 == 0)
    ship(house, lambda number: number % 5 == 0)
    await house.hub.settle()
    acme = house.acme
    house.doing("goods come back; more than left is refused when asked, in quarantine when it is there")
    order, _, line = next(shipped_lines(acme))
    lot, units = next(iter(line.shipped.items()))
    back = Goods(line.sku, 1, "RET-01", lot)
    acme.give_back(TOR, "RT-1", order.number, back)
    refused = Refused("more_than_shipped", "lines.0.quantity")
    acme.give_back(TOR, "RT-2", order.number, replace(back, quantity=999), asked=refused)
    acme.give_back(TOR, "RT-3", order.number, replace(back, quantity=units + 4), too_much=5)
    await house.hub.settle()
