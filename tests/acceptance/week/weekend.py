"""Saturday and Sunday: time passes, and the week ends."""

from __future__ import annotations

from datetime import timedelta

from tests.acceptance.week.ends import left, month_end
from tests.acceptance.week.house import MONDAY, MTL, PERISHABLE, TOR, House, sku

REORDERED = sku(16)
PERISHABLE_SKUS = {sku(number) for number in PERISHABLE}


async def saturday(house: House) -> None:
    """Orders are cancelled; then forty days pass at once."""
    await house.open_day(MONDAY + timedelta(days=5))
    house.doing("orders are cancelled")
    for owner in house.owners:
        waiting = [o.number for o in owner.books.orders.values() if o.state in {"backordered", "allocated"}]
        for number in waiting[:6]:
            owner.cancel(number)
    await house.hub.settle()
    house.doing("who wants to be told of lots that expire soon, and of what has to be ordered, says so")
    acme = house.acme
    acme.define("customer", customer="C-9", version=2, min_days_left=60)
    acme.define("item", sku=REORDERED, version=2, units={"case": "12"}, reorder_point="10000", daily_use="1")
    acme.change_settings(sites=[TOR, MTL], expiry_alert_days=[30, 7], unsellable_alert_days=[14])
    acme.books.warn_days, acme.books.unsellable_days, acme.books.longest_life = (30, 7), (14,), 60
    await house.hub.settle()
    house.doing("a day passes, then forty at once, then two more: each threshold is told once")
    for day in (6, 46, 47, 48):
        await house.open_day(MONDAY + timedelta(days=day))
    acme.books.note("below_reorder_point", REORDERED)
    await _not_expired(house)


async def _not_expired(house: House) -> None:
    """What was thrown away of the first stays lost; another one has expired on another day, and stays lost."""
    house.doing("lots that are counted as expired had not, or on another day: what was lost of them is put right")
    for owner in house.owners:
        rows = sorted(row for row in owner.books.rows if row.sku in PERISHABLE_SKUS and row.place.startswith("A-"))
        first, *others = (row for row in rows if owner.books.rows[row] > 2 and owner.books.expired(row))
        owner.adjust(first.site, "A-OLD", first, -2, code="expired")
        for nth, row in enumerate((first, *others)):
            expires = MONDAY + timedelta(days=(200, 45, 60)[nth % 3])
            owner.correct(f"LC-OLD-{nth}", row.sku, str(row.lot), expires=expires)
    await house.hub.settle()


async def sunday(house: House) -> None:
    """Somebody asks to be forgotten, the month is closed, and an owner leaves."""
    await house.open_day(MONDAY + timedelta(days=49))
    house.doing("a customer is forgotten")
    house.acme.forget("ER-1", ["#1", "#3"])
    await house.hub.settle()
    await month_end(house)
    await left(house)
