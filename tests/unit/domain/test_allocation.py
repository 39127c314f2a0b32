"""Corners of allocation that the scenarios leave out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import (
    DefineItem,
    LiftHold,
    PickLine,
    RequestAllocation,
    ShippedLine,
    UnreserveOrder,
)
from lotstream.domain.events import LineDecision, OrderAllocated, OrderChanged, OrderRecorded
from lotstream.domain.looking import CONSIDERED_MAX
from lotstream.domain.model import HoldKind, Item, Policy, Settings, ShipPolicy
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted

LATER = TODAY + timedelta(days=60)


def decided(world: World, number: str, *lines: object, **more: object) -> LineDecision:
    """What was decided for the first line of a new order."""
    return only(world.place(number, *lines, **more), OrderRecorded).decisions[0]  # type: ignore[arg-type]


def test_many_lots_are_passed_over_by_count() -> None:
    """Under a policy that does not sort by expiry, short lots are passed over one by one; only the first are named."""
    world = World()
    world.stock(*(goods(f"S{n:02}", 1) for n in range(20)), goods("GOOD", 9, expires=LATER))
    decision = decided(world, "#1", wanted(min_days_left=40, policy=Policy.FIFO))
    assert (decision.policy_from, decision.not_used) == ("line", {NotUsed.SHORT_LIFE: 20})
    assert len(decision.considered) == CONSIDERED_MAX
    assert [row.lot for row in decision.considered if row.taken] == ["GOOD"]


def test_pack_that_is_too_large() -> None:
    """A pack above what is wanted is passed over for its size, and loose goods are taken."""
    world = World()
    world.stock(goods("L1", 8, pack_size=Decimal(4)), goods("L2", 5, expires=LATER))
    decision = decided(world, "#1", wanted(quantity=3))
    assert world.lots("#1") == [("L2", 3)]
    assert decision.not_used == {NotUsed.PACK_SIZE: 1}


def test_packs_and_cases_together() -> None:
    """Whole cases and whole packs hold together: what does not come out in both goes back, whole takes first."""
    world = World()
    world.stock(goods("L1", 4, "B1"), goods("L2", 4, "B2", expires=LATER, pack_size=Decimal(4)))
    decision = decided(world, "#1", wanted(quantity=2, unit="case"))
    assert (decision.reserved, decision.backordered) == ((), 12)
    world.stock(goods("L3", 5, "B3", expires=LATER), goods("L4", 1, "B4", expires=LATER), balance="b")
    assert sorted(world.lots("#1")) == [("L1", 4), ("L2", 4), ("L3", 4)]


def test_a_line_of_one_lot_stays_with_it() -> None:
    """A line that is to have one lot gets all of that lot or nothing; too small and unfit lots are passed over."""
    world = World()
    world.stock(
        goods("A-SHORT", 9, expires=TODAY), goods("SMALL", 3), goods("BIG", 9, expires=LATER),
        goods("OTHER", 9, expires=LATER + timedelta(days=1)),
    )  # fmt: skip
    one = wanted(quantity=5, single_lot=True, min_days_left=1)
    decision = decided(world, "#1", one, version="1")
    assert world.lots("#1") == [("BIG", 5)]
    assert decision.not_used == {NotUsed.SHORT_LIFE: 1, NotUsed.LOT_TOO_SMALL: 1}
    more = wanted(quantity=11, max_lots=1, policy=Policy.FIFO, min_days_left=1)
    (decision,) = only(world.place("#1", more, version="2"), OrderChanged).decisions
    assert (world.lots("#1"), decision.backordered) == ([], 11)
    assert decision.not_used == {NotUsed.SHORT_LIFE: 1, NotUsed.LOT_TOO_SMALL: 3}
    world.place("#1", wanted(quantity=5, single_lot=True, min_days_left=1), version="3")
    world.place("#1", wanted(quantity=9, single_lot=True, min_days_left=1), version="4")
    assert world.lots("#1") == [("BIG", 5), ("BIG", 4)]
    decision = decided(world, "#2", wanted(quantity=9, single_lot=True, policy=Policy.NEWEST_EXPIRY, lot="A-SHORT"))
    assert world.lots("#2") == [("A-SHORT", 9)]
    world.cancel("#2")
    decision = decided(world, "#3", wanted(quantity=9, single_lot=True, policy=Policy.CLOSEST, min_days_left=1))
    assert world.lots("#3") == [("OTHER", 9)]
    assert decision.not_used == {NotUsed.RESERVED: 1, NotUsed.SHORT_LIFE: 1}


def test_less_than_one_case_is_nothing() -> None:
    """A line that wants half a case gets no goods at all while whole cases are asked for."""
    world = World()
    world.stock(goods("L1", 9))
    decision = decided(world, "#1", wanted(quantity="0.5", unit="case", single_lot=True))
    assert (decision.reserved, decision.backordered) == ((), 3)


def test_orders_decided_together_use_lots_up() -> None:
    """Orders decided in one go see what the ones before them took, over lots, minimum lives and policies."""
    world = World(Settings(allocate="on_request"))
    world.stock(*(goods(f"L{n}", 2, expires=TODAY + timedelta(days=10 * n)) for n in range(1, 6)))
    world.place("#1", wanted(quantity=3, min_days_left=15))
    world.place("#2", wanted(quantity=3, min_days_left=15))
    world.place("#3", wanted(quantity=3))
    world.place("#4", wanted(quantity=3))
    world.place("#5", wanted(quantity=3))
    world.place("#6", wanted(quantity=3))
    assert kinds(world.told(RequestAllocation(()))) == ["OrderAllocated"] * 6
    assert world.lots("#1") == [("L2", 2), ("L3", 1)]
    assert world.lots("#2") == [("L3", 1), ("L4", 2)]
    assert world.lots("#3") == [("L1", 2), ("L5", 1)]
    assert world.lots("#4") == [("L5", 1)]


def test_complete_order_waits_for_all_its_goods() -> None:
    """An order to be shipped complete is looked at whole when any of its goods arrive."""
    world = World()
    world.told(DefineItem(Item("JAM")))
    world.stock(goods("J1", 5, sku="JAM"))
    world.place("#1", wanted("1", 2), wanted("2", 2, "JAM"), ship_policy=ShipPolicy.COMPLETE)
    world.place("#2", wanted("1", 2))
    assert world.lots("#1") == []
    events = world.told(world.receipt(goods("T1", 3)))
    assert len(only(events[:2], OrderAllocated).decisions) == 2
    assert (world.lots("#1"), world.lots("#2")) == ([("T1", 2), ("J1", 2)], [("T1", 1)])


def test_named_lot_that_comes_free() -> None:
    """A line that names its lot is served when that lot's hold is lifted, and by no other lot."""
    world = World()
    world.stock(goods("L1", 5, hold=HoldKind.HOLD), goods("L1", 2, "B2"), goods("L2", 5))
    world.place("#1", wanted(quantity=6, lot="L1"))
    events = world.told(LiftHold(None, "TEA", "L1"))
    assert kinds(events) == ["HoldLifted", "OrderAllocated"]
    assert world.lots("#1") == [("L1", 2), ("L1", 4)]


def test_the_smallest_row_is_the_smallest_as_it_is_now() -> None:
    """Where the least goes first, what a line before has taken counts; a line that wants all of them has all."""
    world = World(Settings(tie_break=("smallest_qty",)))
    world.stock(goods("L1", 4), goods("L2", 5), goods("L3", 9))
    world.place("#1", wanted("1", 2, lot="L2"), wanted("2", 20))
    assert [part.row.lot for part in world.line("#1", "2").reservations] == ["L2", "L1", "L3"]


def test_a_line_in_another_unit_gets_whole_ones_with_what_it_has() -> None:
    """Pairs are whole over all that a line ever got: what has left, and without what was cancelled since."""
    world = World()
    world.told(DefineItem(Item("SOCK", units={"pair": Decimal(2), "pack": Decimal(5)})))
    world.stock(goods("L1", 60, sku="SOCK"))
    world.place("#1", wanted(quantity="1.5", unit="pair", sku="SOCK"))
    assert world.lots("#1") == [("L1", 2)]
    world.place("#2", wanted(quantity=2, unit="pack", sku="SOCK"))
    world.told(world.pick("#2", PickLine(world.parts("#2")[0].task, None, None, None, Decimal(3))))
    world.told(world.ship("#2", ShippedLine("1", "L1", Decimal(3))))
    world.told(UnreserveOrder(key("#2")))
    assert (world.line("#2").shipped, world.lots("#2")) == (3, [])
    world.line("#2").ordered += 4
    world.line("#2").cancelled += 4
    world.told(RequestAllocation((key("#2"),)))
    assert world.lots("#2") == [("L1", 7)]


def test_a_line_that_may_not_be_filled_in_part_wants_all_of_it_still() -> None:
    """Where there is too little for a line it gets nothing, and everything is open."""
    world = World(Settings(allow_partial=False))
    world.stock(goods("L1", 3))
    decision = decided(world, "#1", wanted(quantity=5))
    assert (decision.reserved, decision.backordered) == ((), 5)


def test_goods_of_one_item_do_not_end_with_those_of_another() -> None:
    """A receipt of two items serves who waits for the second, though the first is used up by then."""
    world = World()
    world.told(DefineItem(Item("JAM")))
    world.place("#1")
    world.place("#2", wanted(sku="JAM"))
    world.told(world.receipt(goods("L1", 5), goods("J1", 5, sku="JAM")))
    assert (world.lots("#1"), world.lots("#2")) == ([("L1", 5)], [("J1", 5)])
