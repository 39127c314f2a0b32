"""Friday: the rest leaves, and what left comes back."""

from __future__ import annotations

from datetime import timedelta

from tests.acceptance.week.finding import pick, ship
from tests.acceptance.week.house import MONDAY, House
from tests.acceptance.week.returns import given_back, looked_at


async def friday(house: House) -> None:
    """Goods of a held lot leave all the same, and are noted; returns are right, too many, and told twice."""
    await house.open_day(MONDAY + timedelta(days=4))
    house.doing("the rest is picked and leaves")
    pick(house, lambda number: number % 3 == 1 and number % 2 == 0)
    ship(house, lambda number: number % 5 == 0)
    await house.hub.settle()
    await given_back(house)
    await looked_at(house)
