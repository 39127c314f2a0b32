"""Saturday and Sunday: time passes, and the week ends."""

from __future__ import annotations

from datetime import timedelta

from tests.acceptance.week.house import MONDAY, House


async def saturday(house: House) -> None:
    """Orders are cancelled; then forty days pass at once."""
    await house.open_day(MONDAY + timedelta(days=5))
    house.doing("orders are cancelled")
    for owner in house.owners:
        waiting = [o.number for o in owner.books.orders.values() if o.state in {"backordered", "allocated"}]
        for number in waiting[:6]:
            owner.cancel(number)
    await house.hub.settle()
    house.doing("forty days pass at once")
    await house.open_day(MONDAY + timedelta(days=45))


async def sunday(house: House) -> None:
    """Somebody asks to be forgotten, the month is closed, and an owner leaves."""
    await house.open_day(MONDAY + timedelta(days=46))
    house.doing("a customer is forgotten")
    house.acme.forget("ER-1", ["#1", "#3"])
    await house.hub.settle()
