"""Goods age between the promise and the day they leave: what stays promised may leave until it has expired."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ChangeSettings,
    ContinueDay,
    DefineCustomer,
    OpenDay,
    PickLine,
    ScanLot,
    ShippedLine,
)
from lotstream.domain.events import DiscrepancyNoted, ShipmentConfirmed, StockPicked
from lotstream.domain.model import Customer, LifeFrom, OrderState, Settings
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted

EXPIRES = TODAY + timedelta(days=30)


def promised(customer: Customer | None = None, *, ship_date: date | None = None, **line: Any) -> World:  # noqa: ANN401
    """A world where order #1 has 5 of 9 of L1, which today lives exactly as long as it has to."""
    world = World()
    if customer is not None:
        world.told(DefineCustomer(customer))
    world.stock(goods("L1", 9, expires=EXPIRES, made=TODAY - timedelta(days=30)))
    world.place("#1", wanted(**line), customer=customer and customer.id, ship_date=ship_date)
    assert world.lots("#1") == [("L1", 5)]
    return world


def later(world: World, days: int) -> None:
    """So many days after the promise."""
    if days:
        world.told(OpenDay(SITE, TODAY + timedelta(days=days)))
    while world.told(ContinueDay(100)):
        pass


MINIMA: list[tuple[Customer | None, dict[str, Any]]] = [
    (None, {"min_days_left": 30}),
    (None, {"min_pct_left": Decimal(50)}),
    (Customer("C", min_days_left=28, life_from=LifeFrom.DELIVERY, transit_days=2), {}),
]


@pytest.mark.parametrize(("customer", "line"), MINIMA)
@pytest.mark.parametrize("days", [0, 1, 29, 30])
def test_what_stays_promised_may_leave(customer: Customer | None, line: dict[str, Any], days: int) -> None:
    """Below its minimum since the day after, until its last day: the turn leaves it promised, and it may leave."""
    world = promised(customer, **line)
    later(world, days)
    assert world.lots("#1") == [("L1", 5)]
    events = (*world.told(world.pick("#1")), *world.told(world.ship("#1")))
    noted = [event.code for event in events if isinstance(event, DiscrepancyNoted)]
    assert noted == ([Code.LOT_NOT_ALLOWED.value] * 2 if days else [])
    assert world.get("#1").state is OrderState.SHIPPED


@pytest.mark.parametrize(("customer", "line"), MINIMA)
def test_what_has_expired_is_taken_away(customer: Customer | None, line: dict[str, Any]) -> None:
    """The day after its last one nothing of it is promised, and what is picked does not leave."""
    world = promised(customer, **line)
    world.told(world.pick("#1", PickLine(None, "1", None, None, Decimal(2))))
    later(world, 31)
    assert [(part.quantity, part.picked) for part in world.parts("#1")] == [(2, 2)]
    assert world.refused(world.ship("#1")) == (Code.LOT_NOT_ALLOWED, "orders.0.lot")


def test_life_counts_from_the_ship_date_until_it_is_past() -> None:
    """An order that ships later was promised what lives long enough then: it does not age before that day."""
    world = promised(ship_date=TODAY + timedelta(days=5), min_days_left=25)
    for days, noted in ((5, 0), (6, 1)):
        later(world, days)
        events = world.told(world.pick("#1", PickLine(None, "1", None, None, Decimal(1))))
        assert kinds(events).count("DiscrepancyNoted") == noted


def test_a_promise_is_not_measured_by_a_later_rule() -> None:
    """A customer who asks for more from now on has what was promised before; a person is told."""
    world = promised(Customer("C"))
    world.told(DefineCustomer(Customer("C", version=2, min_days_left=60)))
    assert kinds(world.told(world.pick("#1"))) == ["StockPicked", "DiscrepancyNoted"]


def test_nothing_more_of_what_has_aged_is_promised() -> None:
    """A new order, free stock that would be shipped, more than was ordered, a scan: all are promises and refused."""
    world = promised(min_days_left=30)
    world.told(ChangeSettings(Settings(over_pick_pct=Decimal(50))))
    later(world, 1)
    world.place("#2", wanted(min_days_left=30))
    assert world.lots("#2") == []
    assert world.refused(world.ship("#2", ShippedLine("1", "L1", Decimal(1))))[0] is Code.LOT_NOT_ALLOWED
    assert world.refused(world.pick("#1", PickLine(None, "1", None, None, Decimal(6))))[0] is Code.NOT_AVAILABLE
    world.stock(goods("L0", 9, expires=EXPIRES), balance="more")
    scan = ScanLot(SITE, False, "scanner", None, key("#1"), "L0")
    assert world.refused(scan) == (Code.LOT_NOT_ALLOWED, "scanned")
    assert world.told(ScanLot(SITE, False, "scanner", None, key("#1"), "L1")) == ()


def test_a_shipment_of_what_was_not_picked_is_told_of_too() -> None:
    """Who ships straight from the bin is told what left below its minimum, with the order and the lot."""
    world = promised(min_days_left=30)
    later(world, 2)
    events = world.told(world.ship("#1"))
    assert only(events, ShipmentConfirmed).shipped[0].quantity == 5
    about = only(events, DiscrepancyNoted).about
    assert (about["order"], about["line"], about["lot"]) == ("#1", "1", "L1")
    assert not [event for event in events if isinstance(event, StockPicked)]
