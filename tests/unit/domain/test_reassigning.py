"""Orders that are decided as if they were new."""

from __future__ import annotations

from datetime import timedelta

from lotstream.domain.commands import RequestAllocation
from lotstream.domain.events import OrderChanged
from lotstream.domain.model import OrderState, Settings
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted

AGAIN = Settings(reassign_partial=True, allocate="on_request")


def world_with_part() -> World:
    """A warehouse where order #1 has 5 of the 8 it wants."""
    world = World(AGAIN)
    world.stock(goods("A", 5))
    world.place("#1", wanted(quantity=8))
    world.told(RequestAllocation((key("#1"),)))
    return world


def test_the_same_again_is_nothing() -> None:
    """Where an order would get what it has, nothing happens."""
    world = world_with_part()
    assert world.told(RequestAllocation(())) == ()
    assert world.lots("#1") == [("A", 5)]


def test_more_of_the_same_is_added() -> None:
    """A lot that came in behind what an order has makes it whole; it is told in one event, with what was given back."""
    world = world_with_part()
    world.told(world.receipt(goods("B", 5, expires=TODAY + timedelta(days=90)), number="R1"))
    changed = only(world.told(RequestAllocation(())), OrderChanged)
    assert world.lots("#1") == [("A", 5), ("B", 3)]
    assert [loss.row.lot for loss in changed.freed] == ["A"]
    assert world.get("#1").state is OrderState.ALLOCATED
    assert world.told(RequestAllocation(())) == ()


def test_an_earlier_lot_takes_the_place_of_a_later_one() -> None:
    """What expires sooner is used first, as it would be for a new order, and the freed goods go to the next in line."""
    world = world_with_part()
    world.place("#2", wanted(quantity=4))
    world.told(world.receipt(goods("SOON", 6, expires=TODAY), number="R1"))
    told = world.told(RequestAllocation(()))
    assert kinds(told) == ["OrderChanged", "OrderAllocated"]
    assert world.lots("#1") == [("SOON", 6), ("A", 2)]
    assert world.lots("#2") == [("A", 3)]
