"""Free stock that leaves for a line from one lot, or from a few."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import DefineCustomer, DefineItem, RequestAllocation, ShippedLine
from lotstream.domain.events import DiscrepancyNoted, ShipmentConfirmed
from lotstream.domain.model import Customer, Item, Settings
from tests.unit.domain.build import TODAY, World, goods, key, only, wanted


def left(quantity: object, lot: str | None = None, *, sku: str | None = None, bin_: str | None = None) -> ShippedLine:
    """What is said to have left for line 1."""
    return ShippedLine("1", lot, Decimal(str(quantity)), location=bin_, sku=sku)


@pytest.fixture
def world() -> World:
    """A world on request with 3 of L1, 6 of L2 and 5 of L3, of which the first expires first."""
    world = World(Settings(allocate="on_request"))
    days = {"L1": (3, 10), "L2": (6, 20), "L3": (5, 30)}
    for lot, (quantity, life) in days.items():
        found = goods(lot, quantity, location=f"BIN-{lot}", expires=TODAY + timedelta(days=life))
        world.stock(found, balance=lot)
    world.told(DefineCustomer(Customer("ONE", single_lot=True)))
    world.told(DefineCustomer(Customer("TWO", max_lots=2)))
    return world


def gone(world: World, number: str) -> dict[str | None, int]:
    """What has left for line 1 of an order, by lot."""
    return {one.lot: one.quantity for one in world.line(number).lots_shipped}


def test_one_lot_that_has_enough_leaves(world: World) -> None:
    """Where no lot is named, the first one in the order of use that has all of it leaves, and not two."""
    world.place("#1", wanted(quantity=5), customer="ONE")
    world.told(world.ship("#1", left(5)))
    assert gone(world, "#1") == {"L2": 5}


@pytest.mark.parametrize("said", [left(7), left(4, "L1"), left(6, bin_="BIN-L3")])
def test_no_lot_has_enough(world: World, said: ShippedLine) -> None:
    """Asked, what one lot cannot give does not leave."""
    world.place("#1", wanted(quantity=9), customer="ONE")
    code, _ = world.refused(world.ship("#1", said))
    assert code in {Code.LOT_NOT_ALLOWED, Code.NOT_AVAILABLE}


def test_a_second_lot_may_not_follow(world: World) -> None:
    """Asked, a lot beside the one that has left is refused by code; as much as there is of that one may leave."""
    world.place("#1", wanted(quantity=9), customer="ONE")
    world.told(world.ship("#1", left(2, "L1")))
    assert world.refused(world.ship("#1", left(2, "L2"), shipment="S2")) == (
        Code.LOT_NOT_ALLOWED, "orders.0.lines.0.lot",
    )  # fmt: skip
    assert world.refused(world.ship("#1", left(2), shipment="S2"))[0] is Code.LOT_NOT_ALLOWED
    world.told(world.ship("#1", left(1), shipment="S2"))
    assert gone(world, "#1") == {"L1": 3}


def test_what_has_happened_is_booked_with_a_discrepancy(world: World) -> None:
    """A truck that took a second lot took it; somebody is told which line may not have it."""
    world.place("#1", wanted(quantity=9), customer="ONE")
    world.told(world.ship("#1", left(2, "L1")))
    events = world.told(world.ship("#1", left(2, "L2"), shipment="S2", happened=True))
    assert only(events, DiscrepancyNoted).code == Code.LOT_NOT_ALLOWED
    assert gone(world, "#1") == {"L1": 2, "L2": 2}
    events = world.told(world.ship("#1", left(5), shipment="S3", happened=True))
    codes = [event.code for event in events if isinstance(event, DiscrepancyNoted)]
    assert (codes, sum(gone(world, "#1").values())) == ([], 9)


def test_picked_lots_count(world: World) -> None:
    """Another lot does not leave free beside one that is picked, which will follow."""
    world.place("#1", wanted(quantity=3, single_lot=True))
    world.told(RequestAllocation((key("#1"),)))
    world.told(world.pick("#1"))
    assert world.refused(world.ship("#1", left(2, "L2")))[0] is Code.LOT_NOT_ALLOWED


def test_what_was_promised_of_another_lot_goes_back(world: World) -> None:
    """Free stock may leave instead of what was promised; what is left of that may not follow it, and goes back."""
    world.place("#1", wanted(quantity=5, single_lot=True))
    world.told(RequestAllocation((key("#1"),)))
    assert world.lots("#1") == [("L2", 5)]
    world.told(world.ship("#1", left(2, "L3")))
    assert (world.lots("#1"), gone(world, "#1")) == ([], {"L3": 2})
    world.told(RequestAllocation((key("#1"),)))
    assert world.lots("#1") == [("L3", 3)]


def test_two_lots_at_most(world: World) -> None:
    """A limit of two lets the first two that have enough leave, and no third."""
    world.place("#1", wanted(quantity=10), customer="TWO")
    world.place("#2", wanted(quantity=14), customer="TWO")
    assert world.refused(world.ship("#2", left(14)))[0] is Code.LOT_NOT_ALLOWED
    world.told(world.ship("#1", left(10)))
    assert gone(world, "#1") == {"L2": 6, "L3": 4}


def test_each_component_of_a_kit_comes_from_one_lot(world: World) -> None:
    """The limit of a kit line is asked of every component by itself, and of what leaves in the same shipment."""
    world.told(DefineItem(Item("CUP")))
    world.told(DefineItem(Item("SET", kit={"CUP": Decimal(2), "TEA": Decimal(1)})))
    world.stock(goods("C", 3, sku="CUP"), goods("D", 3, sku="CUP"), balance="cups")
    world.place("#1", wanted(quantity=2, sku="SET", single_lot=True))
    assert world.refused(world.ship("#1", left(4, sku="CUP")))[0] is Code.LOT_NOT_ALLOWED
    shipped = only(world.told(world.ship("#1", left(2, sku="CUP"), left(1, sku="TEA"))), ShipmentConfirmed).shipped
    assert Counter(part.lot for part in shipped) == {"C": 1, "L1": 1}
    assert world.refused(world.ship("#1", left(2, "D"), shipment="S2"))[0] is Code.LOT_NOT_ALLOWED


def test_an_order_that_nobody_knows_has_no_limit(world: World) -> None:
    """What leaves for an unknown order is booked as it is."""
    events = world.told(world.ship("#9", left(4, sku="TEA"), happened=True))
    assert only(events, ShipmentConfirmed).shipped
