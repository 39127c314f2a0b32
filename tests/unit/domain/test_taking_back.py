"""Rows that turn out to have less than was promised and picked of them: how much each order loses."""

from __future__ import annotations

from decimal import Decimal

from lotstream.domain.commands import PickLine
from tests.unit.domain.build import World, goods, wanted
from tests.unit.domain.test_stock import adjust, said


def staged(*picks: tuple[str, int]) -> World:
    """Orders #1, #2 … that have picked all they want of L1 out of these bins, in this order; no more is there."""
    world = World()
    total = {location: sum(units for at, units in picks if at == location) for location, _ in picks}
    world.stock(*(goods("L1", units, location) for location, units in total.items()))
    for number, (location, units) in enumerate(picks, 1):
        world.place(f"#{number}", wanted(quantity=units, source_location=location))
        world.told(world.pick(f"#{number}"))
    return world


def left(world: World, orders: int) -> list[int]:
    """What each order has picked still."""
    return [sum(part.picked for part in world.parts(f"#{number}")) for number in range(1, orders + 1)]


def lose(world: World, in_bin: int, at_the_door: int) -> None:
    """Less was in BIN than was known, and less stands at the staging place, told in one document."""
    lines = said(-in_bin), said(-at_the_door, location="STAGING", line="2")
    world.told(adjust(*lines, happened=True))


def test_what_a_bin_lacked_is_lost_by_who_picked_from_it_and_no_more() -> None:
    """One piece that was never in the bin; what is gone from the staging place is lost by the back of the queue."""
    world = staged(("BIN", 3), ("BIN-2", 4))
    lose(world, 1, 2)
    assert left(world, 2) == [2, 2]


def test_nobody_loses_more_than_he_has() -> None:
    """Who came last loses for his bin first, then what is left to him of the rest, and the one before him the other."""
    world = staged(("BIN-2", 4), ("BIN", 3))
    lose(world, 2, 2)
    assert left(world, 2) == [3, 0]


def test_what_a_bin_lacked_is_lost_once() -> None:
    """The later of two who picked from it has lost it; the earlier one keeps what he has."""
    world = staged(("BIN", 2), ("BIN", 2), ("BIN-2", 4))
    lose(world, 2, 2)
    assert left(world, 3) == [2, 0, 2]


def test_as_much_of_what_is_picked_as_of_what_is_not_may_be_lost() -> None:
    """Two of four are picked, and none of the four was there."""
    world = World()
    world.stock(goods("L1", 4))
    world.place("#1", wanted(quantity=4))
    world.told(world.pick("#1", PickLine(None, "1", "L1", None, Decimal(2))))
    world.told(adjust(said(-4)))
    assert world.lots("#1") == []
