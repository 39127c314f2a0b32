"""Packs that cover a line or may be broken, in the rest of an order's life."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import PickLine, PlaceHold, RequestAllocation
from lotstream.domain.events import OrderRecorded
from lotstream.domain.model import HoldKind, OrderState, PackRule, Settings, ShipPolicy
from tests.unit.domain.build import World, goods, key, only, wanted

COVER = Settings(pack_rule=PackRule.COVER)
BROKEN = Settings(pack_rule=PackRule.PARTIAL_PACKS)


def world_with(settings: Settings, *packs: tuple[str, int, int]) -> World:
    """A warehouse with lots of packs: lot, units, pack size."""
    world = World(settings)
    world.stock(*(goods(lot, units, pack_size=Decimal(size)) for lot, units, size in packs))
    return world


def test_what_goes_over_fills_no_other_line() -> None:
    """An order with two packs too many on one line and too few on the other is not allocated."""
    world = world_with(COVER, ("A", 10, 5))
    world.place("#1", wanted("1", 8), wanted("2", 2))
    assert world.lots("#1") == [("A", 10)]
    assert world.get("#1").state is OrderState.PARTLY_ALLOCATED
    world.stock(goods("B", 3, pack_size=Decimal(3)), balance="more")
    assert world.lots("#1") == [("A", 10), ("B", 3)]
    assert world.get("#1").state is OrderState.ALLOCATED


def test_what_goes_over_is_picked_and_shipped() -> None:
    """A pack that covers a line leaves as a whole: five for three ordered, and the order is shipped."""
    world = world_with(COVER, ("A", 10, 5))
    world.place("#1", wanted(quantity=3))
    world.told(world.pick("#1"))
    assert world.get("#1").state is OrderState.PICKED
    world.told(world.ship("#1"))
    assert (world.line("#1").shipped, world.get("#1").state) == (5, OrderState.SHIPPED)


def test_cover_that_falls_short_gives_whole_units_of_the_line() -> None:
    """Two cases of six out of packs of five: ten would be no whole cases and not enough, so nothing is promised."""
    world = world_with(COVER, ("A", 10, 5))
    world.place("#1", wanted(quantity=2, unit="case"))
    assert world.lots("#1") == []
    world.stock(goods("B", 5, pack_size=Decimal(5)), balance="more")
    assert world.lots("#1") == [("A", 10), ("B", 5)]


def test_cover_is_complete_with_more_than_was_ordered() -> None:
    """An order to be shipped complete takes packs that go over, and a line that may not be filled in part does."""
    world = world_with(Settings(pack_rule=PackRule.COVER, allow_partial=False), ("A", 10, 10))
    world.place("#1", wanted(quantity=7), ship_policy=ShipPolicy.COMPLETE)
    assert world.lots("#1") == [("A", 10)]


def test_one_lot_may_cover_a_line() -> None:
    """The first lot whose packs are enough for the whole line is taken, also when they go over."""
    world = world_with(COVER, ("A", 5, 5), ("B", 20, 10))
    world.place("#1", wanted(quantity=7, single_lot=True))
    assert world.lots("#1") == [("B", 10)]


def test_loose_goods_cover_exactly() -> None:
    """Loose goods make up for what packs do not come to, so nothing goes over."""
    world = world_with(COVER, ("A", 10, 5))
    world.stock(goods("B", 10), balance="more")
    world.place("#1", wanted(quantity=13))
    assert world.lots("#1") == [("A", 10), ("B", 3)]


@pytest.mark.parametrize(("quantity", "left"), [(8, [("A", 8)]), ("0.5", [])])
def test_broken_packs_are_given_back_to_the_unit(quantity: object, left: list[tuple[str, int]]) -> None:
    """Of a line that wants less exactly that is given back, and half a case is no whole one."""
    world = world_with(BROKEN, ("A", 30, 10))
    world.place("#1", wanted(quantity=12), version="1")
    unit = None if quantity == 8 else "case"
    world.place("#1", wanted(quantity=quantity, unit=unit), version="2")
    assert [(lot, units) for lot, units in world.lots("#1") if unit is None] == left


def test_a_loss_leaves_whole_cases_of_broken_packs() -> None:
    """Two cases out of packs of ten and loose goods: what is left of one lot is cut to a whole case, not to a pack."""
    world = world_with(BROKEN, ("A", 10, 10))
    world.stock(goods("B", 2), balance="more")
    world.place("#1", wanted(quantity=2, unit="case"))
    assert world.lots("#1") == [("A", 10), ("B", 2)]
    world.told(PlaceHold("H1", HoldKind.HOLD, "TEA", "B"))
    assert world.lots("#1") == [("A", 6)]


def test_picked_packs_are_given_back_last() -> None:
    """Of packs that cover a line the unpicked ones go first, and only those that are not needed."""
    world = world_with(COVER, ("A", 20, 5))
    world.place("#1", wanted(quantity=18), version="1")
    world.told(world.pick("#1", PickLine(world.parts("#1")[0].task, None, None, None, Decimal(10))))
    world.place("#1", wanted(quantity=4), version="2")
    (part,) = world.parts("#1")
    assert (part.quantity, part.picked) == (5, 5)


def test_a_size_that_goes_over_by_more_is_left() -> None:
    """One piece is covered by a pack of two, and not by the pack of five behind it."""
    world = world_with(COVER, ("A", 2, 2), ("B", 5, 5))
    world.place("#1", wanted(quantity=1))
    assert world.lots("#1") == [("A", 2)]


def test_a_loss_among_packs_that_cover_leaves_whole_cases() -> None:
    """Two cases out of packs of four: without one pack eight are no whole cases, and packs stay whole."""
    world = world_with(COVER, ("A", 8, 4), ("B", 4, 4))
    world.place("#1", wanted(quantity=2, unit="case"))
    assert world.lots("#1") == [("A", 8), ("B", 4)]
    world.told(PlaceHold("H1", HoldKind.HOLD, "TEA", "B"))
    assert world.lots("#1") == []


def test_a_promise_that_is_cut_stays_the_same_task() -> None:
    """A pack that may be broken is given back to a whole case, and the picker keeps the slip for the rest."""
    world = world_with(BROKEN, ("A", 10, 10))
    world.stock(goods("B", 2), balance="more")
    world.place("#1", wanted(quantity=2, unit="case"))
    task = world.parts("#1")[0].task
    world.told(PlaceHold("H1", HoldKind.HOLD, "TEA", "B"))
    assert [(part.task, part.quantity) for part in world.parts("#1")] == [(task, 6)]


@pytest.mark.parametrize("settings", [Settings(), COVER])
def test_packs_that_are_too_large_are_told_and_packs_that_are_gone_are_not(settings: Settings) -> None:
    """The second line of an order passes over the packs that would go over, and says nothing of those of the first."""
    world = world_with(settings, ("A", 4, 4))
    world.stock(goods("B", 9, pack_size=Decimal(9)), goods("C", 1), goods("D", 9), balance="more")
    recorded = only(world.place("#1", wanted("1", 4), wanted("2", 3)), OrderRecorded)
    assert world.lots("#1") == [("A", 4), ("C", 1), ("D", 2)]
    assert recorded.decisions[1].not_used == {NotUsed.PACK_SIZE: 1}
    assert [row.lot for row in recorded.decisions[1].considered if row.reason] == ["B"]


def test_of_sizes_that_go_over_alike_the_first_in_the_order_of_use_is_taken() -> None:
    """Five out of packs of four: one more of two goes over by one, and so does one of six instead of the four."""
    world = world_with(COVER, ("A", 4, 4), ("B", 2, 2), ("C", 6, 6))
    world.place("#1", wanted(quantity=5))
    assert world.lots("#1") == [("A", 4), ("B", 2)]


def test_an_order_that_packs_can_cover_nothing_of_waits() -> None:
    """Once it was asked for, all of it is open: nothing is there that could go over."""
    world = World(Settings(pack_rule=PackRule.COVER, allocate="on_request"))
    world.place("#1")
    world.told(RequestAllocation((key("#1"),)))
    assert world.get("#1").state is OrderState.BACKORDERED
