"""What a line asks of how long its goods live, at the edges of days and percentages."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import DefineCustomer
from lotstream.domain.expiry import life_reason
from lotstream.domain.model import Customer, LifeFrom, Settings
from tests.unit.domain.build import TODAY, World, goods, wanted


@pytest.mark.parametrize(("ship", "reason"), [(500, None), (501, NotUsed.SHORT_LIFE)])
def test_a_percentage_is_met_to_the_day(ship: int, reason: NotUsed | None) -> None:
    """Of a thousand days half are five hundred, and not a day less."""
    assert life_reason(1000, 0, ship=ship, percent=Decimal(50)) is reason


@pytest.mark.parametrize(
    ("settings", "customer", "days_left", "ship_in", "lot"),
    [
        # As many days on the road as are to be left: both count.
        (Settings(), "FAR", 3, None, "IN-6"),
        # As many days until the goods leave as are to be left then: both count.
        (Settings(), None, 3, 3, "IN-6"),
        # Where expired goods will do a lot may expire before it leaves.
        (Settings(expired_ok=True), None, None, 5, "IN-4"),
        # But a minimum life is a minimum life.
        (Settings(expired_ok=True), None, 3, 3, "IN-6"),
    ],
)
def test_days_are_counted_from_when_the_goods_leave_or_arrive(
    settings: Settings, customer: str | None, days_left: int | None, ship_in: int | None, lot: str
) -> None:
    """Of two lots that expire in four days and in six the first is taken that has three days left then."""
    world = World(settings)
    world.told(DefineCustomer(Customer("FAR", life_from=LifeFrom.DELIVERY, transit_days=3)))
    world.stock(*(goods(f"IN-{days}", 9, expires=TODAY + timedelta(days=days)) for days in (4, 6)))
    ship_date = None if ship_in is None else TODAY + timedelta(days=ship_in)
    world.place("#1", wanted(min_days_left=days_left), customer=customer, ship_date=ship_date)
    assert world.lots("#1") == [(lot, 5)]
