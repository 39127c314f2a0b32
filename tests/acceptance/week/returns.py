"""Friday's returns: goods come back, and somebody looks at them."""

from __future__ import annotations

from dataclasses import replace

from tests.acceptance.week.finding import shipped_lines
from tests.acceptance.week.house import TOR, House
from tests.acceptance.week.hub import Refused
from tests.acceptance.week.said import Goods

PLACE = "RET-01"


async def given_back(house: House) -> None:
    """More than left is refused when asked, and in quarantine when it is there."""
    acme = house.acme
    house.doing("goods come back; more than left is refused when asked, in quarantine when it is there")
    number, back, units = _shipped(house)
    acme.give_back(TOR, "RT-1", number, back)
    refused = Refused("more_than_shipped", "lines.0.quantity")
    acme.give_back(TOR, "RT-2", number, replace(back, quantity=999), asked=refused)
    acme.give_back(TOR, "RT-3", number, replace(back, quantity=units + 4), too_much=5)
    await house.hub.settle()


def _shipped(house: House) -> tuple[str, Goods, int]:
    """Return an order of which a lot has left, one unit of that, and how many there were."""
    order, _, line = next(shipped_lines(house.acme))
    lot, units = next(iter(line.shipped.items()))
    return order.number, Goods(line.sku, 1, PLACE, lot), units
