"""Items are to be ordered again when what can be sold in time falls below their reorder point."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain import reordering
from lotstream.domain.codes import Code
from lotstream.domain.commands import ContinueDay, DefineItem, OpenDay
from lotstream.domain.draft import Draft
from lotstream.domain.events import ReorderHinted
from lotstream.domain.model import Item, Settings
from lotstream.domain.reordering import Projection, project
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, wanted


def in_days(days: int) -> date:
    """A day so many after the first."""
    return TODAY + timedelta(days=days)


def a_world(daily_use: object = None, settings: Settings | None = None, **more: Any) -> World:  # noqa: ANN401
    """A world with an item RICE, in tenths of a kilogram, that is to be ordered again below 10 kg."""
    world = World(settings)
    daily = None if daily_use is None else Decimal(str(daily_use))
    world.told(DefineItem(Item("RICE", decimals=1, reorder_point=Decimal(10), daily_use=daily, **more)))
    return world


def projected(world: World) -> Projection:
    """What of RICE can be sold in time, as its item says."""
    item = world.ledger.items["RICE"]
    return project(Draft(world.ledger, world.warehouse.moment()), item, item.daily_use)


def rice(lot: str, quantity: object, days: int | None, **more: Any) -> Any:  # noqa: ANN401
    """A line of RICE that expires in so many days."""
    expires = None if days is None else in_days(days)
    return goods(lot, quantity, sku="RICE", location=f"B-{lot}", expires=expires, **more)


def hinted(world: World, day: int) -> list[tuple[int, int, int]]:
    """What is told when it is so many days after the first."""
    world.warehouse.tell(OpenDay(SITE, in_days(day)))
    events = world.told(ContinueDay(100))
    return [(one.usable, one.left_out, one.point) for one in events if isinstance(one, ReorderHinted)]


def test_what_will_expire_before_its_turn_is_left_out() -> None:
    """At 1.5 kg a day the 6 kg of L1 go in 4 days, of L2 4.5 kg of 8 until day 6, and L3 never expires.

    Where L1 lives until day 9, L2 goes first, within 7 days, and L1 within the 10 days it has.
    """
    world = a_world("1.5")
    world.stock(rice("L1", 6, 9), rice("L2", 8, 6), rice("L3", 2, None))
    assert projected(world) == Projection(160, 0)
    world = a_world("1.5")
    world.stock(rice("L1", 6, 3), rice("L2", 8, 6), rice("L3", 2, None))
    assert projected(world) == Projection(60 + 45 + 20, 35)


def test_without_a_daily_use_all_that_may_be_sold_counts() -> None:
    """Held, damaged and promised goods do not, nor what lives shorter than is asked of it."""
    world = a_world(min_days_left=5)
    world.stock(rice("L1", 6, 4), rice("L2", 8, 5), rice("L3", 2, 50, status="damaged"))
    assert projected(world) == Projection(80, 60)
    world.place("#1", wanted(quantity=3, sku="RICE"))
    assert projected(world) == Projection(50, 60)


def test_an_item_below_its_point_is_told_once() -> None:
    """Told when a day turns with 9.5 kg of 10, not the day after; again when it was above in between."""
    world = a_world()
    world.stock(rice("L1", "9.5", 90))
    assert hinted(world, 1) == [(95, 0, 100)]
    assert hinted(world, 2) == []
    world.told(world.receipt(rice("L2", 1, 4)))
    assert hinted(world, 3) == []
    assert not world.ledger.progress.hinted
    assert hinted(world, 5) == [(95, 0, 100)]
    assert world.ledger.progress.hinted == ("RICE",)


def test_who_cannot_be_remembered_is_told_when_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three items below their points two are told, and no third one day after day; it is when one is above again."""
    monkeypatch.setattr(reordering, "HINTED_MAX", 2)
    world = World()
    for sku in ("A", "B", "C"):
        world.told(DefineItem(Item(sku, reorder_point=Decimal(5))))

    def told(day: int) -> list[str]:
        world.warehouse.tell(OpenDay(SITE, in_days(day)))
        return [one.sku for one in world.told(ContinueDay(100)) if isinstance(one, ReorderHinted)]

    assert [told(day) for day in (1, 2, 3)] == [["A", "B"], [], []]
    world.told(world.receipt(goods("L1", 9, sku="A")))
    assert [told(day) for day in (4, 5)] == [["C"], []]


def test_a_point_of_nothing_hints_at_nothing() -> None:
    """An item that has 0, or no point, is never told of."""
    world = World()
    world.told(DefineItem(Item("RICE", reorder_point=Decimal(0))))
    assert hinted(world, 1) == []


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        ({"reorder_point": Decimal(-1)}, Code.FIELD_INVALID),
        ({"daily_use": Decimal("NaN")}, Code.FIELD_INVALID),
        ({"daily_use": Decimal("1E30")}, Code.TOO_LARGE),
    ],
)
def test_what_is_no_quantity_is_refused(fact: dict[str, Any], code: Code) -> None:
    """A point or use below nothing, or that is no number, names its field."""
    assert World().refused(DefineItem(Item("RICE", **fact))) == (code, f"item.{next(iter(fact))}")
