"""Friday: the rest leaves, and what left comes back."""

from __future__ import annotations

from datetime import timedelta

from tests.acceptance.week.finding import pick, ship
from tests.acceptance.week.floor import decided, waved, worked
from tests.acceptance.week.house import MONDAY, House
from tests.acceptance.week.put_right import on_the_road
from tests.acceptance.week.recalls import left_anyway
from tests.acceptance.week.returns import doubted, given_back, looked_at


async def friday(house: House) -> None:
    """Goods of a held lot leave all the same, and are noted; returns are right, too many, and told twice."""
    await house.open_day(MONDAY + timedelta(days=4))
    house.doing("the rest is picked and leaves")
    pick(house, lambda number: number % 3 == 1 and number % 2 == 0)
    ship(house, lambda number: number % 5 == 0)
    await house.hub.settle()
    await left_anyway(house)
    await worked(house)
    await waved(house)
    await decided(house)
    await on_the_road(house)
    await given_back(house)
    await doubted(house)
    await looked_at(house)
