"""What an order keeps after it lost something, and who gets what it may not keep."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lotstream.domain.candidate import Candidate
from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import (
    CancelOrder,
    ChangeSettings,
    ContinueDay,
    DefineItem,
    LiftBinHold,
    OpenDay,
    PickLine,
    PlaceBinHold,
    PlaceHold,
    RequestAllocation,
)
from lotstream.domain.draft import Draft
from lotstream.domain.events import OrderAllocated, ReservationFreed
from lotstream.domain.model import Hold, HoldKind, Item, OrderState, Reallocate, Settings, ShipPolicy
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted

LATER = TODAY + timedelta(days=60)


def held(world: World, lot: str = "L1", *, sku: str = "TEA", kind: HoldKind = HoldKind.HOLD) -> tuple[object, ...]:
    """Put a lot on hold; returns what follows."""
    return world.told(PlaceHold(f"hold-{lot}", kind, sku, lot))


def two_skus() -> World:
    """TEA in lot L1 and JAM in lot J1, ten of each."""
    world = World()
    world.told(DefineItem(Item("JAM")))
    world.stock(goods("L1"), goods("J1", sku="JAM"))
    return world


def test_an_order_to_be_shipped_complete_keeps_nothing_of_the_rest() -> None:
    """Once a line of it cannot be filled, everything that is not picked goes back, and whoever waits is served."""
    world = two_skus()
    world.place("#1", wanted(), wanted("2", 10, sku="JAM"), ship_policy=ShipPolicy.COMPLETE)
    world.place("#2", wanted("1", 4, sku="JAM"))
    events = world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L1"))
    assert kinds(events) == ["HoldPlaced", "ReservationFreed", "OrderAllocated"]
    freed = only(events, ReservationFreed)
    assert [loss.row.sku for loss in freed.freed] == ["TEA"]
    assert [(loss.row.sku, loss.quantity, loss.left) for loss in freed.settled] == [("JAM", 10, 0)]
    assert (world.lots("#1"), world.get("#1").state) == ([], OrderState.BACKORDERED)
    assert world.lots("#2") == [("J1", 4)]
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before


def test_what_is_picked_of_a_complete_order_stays() -> None:
    """Only unpicked promises are given back: what stands at the door belongs to the order."""
    world = two_skus()
    world.place("#1", wanted(), wanted("2", 10, sku="JAM"), ship_policy=ShipPolicy.COMPLETE)
    world.told(world.pick("#1", PickLine(None, "2", "J1", None, Decimal(3))))
    held(world)
    assert [(part.quantity, part.picked) for part in world.parts("#1")] == [(3, 3)]
    assert world.get("#1").state is OrderState.PICKED


def test_a_complete_order_that_finds_other_stock_keeps_the_rest() -> None:
    """Other stock makes it whole again: nothing is given back."""
    world = two_skus()
    world.place("#1", wanted(), wanted("2", 10, sku="JAM"), ship_policy=ShipPolicy.COMPLETE)
    world.stock(goods("L2", expires=LATER), balance="b")
    task = world.parts("#1")[1].task
    assert only(world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L1")), ReservationFreed).settled == ()
    assert sorted(world.lots("#1"), key=str) == [("J1", 10), ("L2", 5)]
    assert task in {part.task for part in world.parts("#1")}


def test_a_line_in_cases_keeps_whole_cases() -> None:
    """Two cases of six that lose three pieces keep one case; the rest goes back from the end of the order of use."""
    world = World()
    world.stock(goods("L1", 3), goods("L2", 9, expires=LATER))
    world.place("#1", wanted(quantity=2, unit="case"))
    assert world.lots("#1") == [("L1", 3), ("L2", 9)]
    held(world)
    assert (world.lots("#1"), world.row("L2").reserved) == ([("L2", 6)], 6)
    assert world.get("#1").state is OrderState.PARTLY_ALLOCATED


def test_a_line_in_cases_of_packed_goods_keeps_whole_packs_too() -> None:
    """Packs of four in cases of six: what stays is a multiple of both, so more goes back than is odd."""
    world = World()
    world.stock(goods("L1", 2), goods("L2", 16, pack_size=Decimal(4), expires=LATER))
    world.place("#1", wanted(quantity=3, unit="case"))
    assert world.lots("#1") == [("L1", 2), ("L2", 16)]
    held(world)
    assert world.lots("#1") == [("L2", 12)]


def test_odd_pieces_that_are_picked_stay() -> None:
    """Nothing that is picked goes back for the sake of whole cases."""
    world = World()
    world.stock(goods("L1", 3), goods("L2", 9, expires=LATER))
    world.place("#1", wanted(quantity=2, unit="case"))
    world.told(world.pick("#1", PickLine(None, "1", "L2", None, Decimal(8))))
    held(world)
    assert [(part.quantity, part.picked) for part in world.parts("#1")] == [(8, 8)]


def test_a_line_of_one_lot_moves_to_another_lot_as_a_whole() -> None:
    """It keeps its lot only while that can fill all of it; else another lot fills all of it, or it gets nothing."""
    world = World()
    world.stock(goods("L1", 6), goods("L1", 4, location="BIN-2"), goods("L2", 9, expires=LATER))
    world.place("#1", wanted(quantity=9, single_lot=True))
    assert sorted(world.lots("#1")) == [("L1", 3), ("L1", 6)]
    lost = goods("L1", -6, location="BIN-2" if world.parts("#1")[0].row.location == "BIN-2" else "BIN")
    events = world.stock(lost, balance="b")
    assert kinds(events) == ["BalanceOpened", "ReservationFreed", "OrderAllocated"]
    assert world.lots("#1") == [("L2", 9)]
    held(world, "L2")
    assert (world.lots("#1"), world.get("#1").state) == ([], OrderState.BACKORDERED)


def test_a_line_that_may_not_be_filled_in_part_keeps_all_or_nothing() -> None:
    """An owner who allows no partial lines has a line give back what is left of it."""
    world = World(Settings(allow_partial=False))
    world.stock(goods("L1", 3), goods("L2", 9, expires=LATER))
    world.place("#1", wanted(quantity=10), wanted("2", 2))
    held(world)
    assert world.lots("#1") == [("L2", 2)]
    assert world.line("#1").reservations == []


def test_lines_of_one_order_are_told_once() -> None:
    """A line that takes other stock and one that takes another lot as a whole make one event of the order."""
    world = World()
    world.stock(goods("L1", 12), goods("L2", 4, expires=LATER), goods("L3", 9, expires=LATER + timedelta(days=1)))
    world.place("#1", wanted(quantity=4), wanted("2", 8, single_lot=True))
    events = world.stock(goods("L1", -5), balance="b")
    assert kinds(events) == ["BalanceOpened", "ReservationFreed", "OrderAllocated"]
    assert [decision.line for decision in only(events, OrderAllocated).decisions] == ["2"]
    assert world.lots("#1") == [("L1", 4), ("L3", 8)]


def test_nobody_is_served_before_all_have_lost() -> None:
    """What a later order loses is not what an earlier one is given; the front of the queue is served first."""
    world = World()
    world.stock(goods("L1"), goods("L2", 6, expires=LATER))
    for number in ("#1", "#2"):
        world.place(number)
    events = world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L1"))
    assert kinds(events) == ["HoldPlaced", "ReservationFreed", "ReservationFreed", "OrderAllocated", "OrderAllocated"]
    assert (world.lots("#1"), world.lots("#2")) == ([("L2", 5)], [("L2", 1)])


def test_on_request_only_those_who_lost_are_served() -> None:
    """What an order gives back waits for the next request; an earlier order that merely waits does not get it."""
    world = two_skus()
    world.place("#1", wanted(), wanted("2", 10, sku="JAM"), ship_policy=ShipPolicy.COMPLETE)
    world.place("#2", wanted("1", 4, sku="JAM"))
    world.told(ChangeSettings(Settings(allocate="on_request")))
    assert kinds(world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L1"))) == ["HoldPlaced", "ReservationFreed"]
    assert world.lots("#2") == []
    world.told(RequestAllocation())
    assert world.lots("#2") == [("J1", 4)]


def test_manual_re_allocation_serves_nobody() -> None:
    """The loss is booked and what may not be kept goes back; other stock is promised when it is asked for."""
    world = World(Settings(reallocate=Reallocate.MANUAL))
    world.stock(goods("L1", 9), goods("L2", 20, expires=LATER))
    world.place("#1", wanted(quantity=2, unit="case"))
    assert world.lots("#1") == [("L1", 9), ("L2", 3)]
    assert kinds(world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L1"))) == ["HoldPlaced", "ReservationFreed"]
    assert (world.lots("#1"), world.get("#1").state) == ([], OrderState.BACKORDERED)
    world.told(RequestAllocation())
    assert world.lots("#1") == [("L2", 12)]


def test_an_order_a_person_has_to_look_at_gives_back_as_well() -> None:
    """A held order is not served again, and keeps no more than any other."""
    world = two_skus()
    world.place("#1", wanted(), wanted("2", 10, sku="JAM"), ship_policy=ShipPolicy.COMPLETE)
    world.stock(goods("L2", expires=LATER), balance="b")
    world.place("#1", wanted("9", 1), content="other")
    assert world.get("#1").held is not None
    held(world)
    assert (world.lots("#1"), world.get("#1").state) == ([], OrderState.HELD)


@pytest.mark.parametrize("orders_max", [1, 2, 100])
def test_the_turn_of_a_day_settles_as_well(orders_max: int) -> None:
    """An order whose lot expired gives back the rest in the same part; who waits gets it, whatever the parts."""
    world = World()
    world.told(DefineItem(Item("JAM")))
    world.stock(goods("L1", expires=TODAY), goods("J1", sku="JAM"))
    world.place("#1", wanted(), wanted("2", 10, sku="JAM"), ship_policy=ShipPolicy.COMPLETE, priority=1)
    world.place("#2", wanted("1", 4, sku="JAM"), priority=2)
    world.place("#3", wanted("1", 4, sku="JAM"))
    world.place("#4", wanted("1", 4, sku="JAM"))
    assert [world.lots(number) for number in ("#2", "#3")] == [[], []]
    world.told(OpenDay(SITE, TODAY + timedelta(days=1)))
    while world.told(ContinueDay(orders_max)):
        pass
    assert [world.lots(number) for number in ("#1", "#2", "#3", "#4")] == [
        [],
        [("J1", 4)],
        [("J1", 4)],
        [("J1", 2)],
    ]


def test_a_change_leaves_nothing_an_order_may_not_keep() -> None:
    """An order that is to be shipped complete from now on gives back what it had, when not everything is there."""
    world = World()
    world.stock(goods("L1", 4))
    world.place("#1", version="1")
    assert world.lots("#1") == [("L1", 4)]
    world.place("#1", version="2", ship_policy=ShipPolicy.COMPLETE)
    assert (world.lots("#1"), world.get("#1").state) == ([], OrderState.BACKORDERED)


def test_a_change_moves_a_line_of_one_lot_as_a_whole() -> None:
    """More is wanted than its lot has: another lot fills the whole line."""
    world = World()
    world.stock(goods("L1", 6), goods("L2", 9, expires=LATER))
    world.place("#1", wanted(single_lot=True), version="1")
    world.place("#1", wanted(quantity=8, single_lot=True), version="2")
    assert world.lots("#1") == [("L2", 8)]
    world.told(CancelOrder(key("#1")))


def test_components_of_kits_that_are_not_whole_go_back() -> None:
    """A line of kits that loses components gives back the others, as far as nobody has picked them."""
    world = World()
    world.told(DefineItem(Item("CUP")))
    world.told(DefineItem(Item("SET", kit={"TEA": Decimal(2), "CUP": Decimal(1)})))
    world.stock(goods("L1", 4), goods("L2", 2, expires=LATER), goods("C1", 9, sku="CUP"))
    world.place("#1", wanted(sku="SET", quantity=3))
    assert sorted(world.lots("#1"), key=str) == [("C1", 3), ("L1", 4), ("L2", 2)]
    world.told(world.pick("#1", PickLine(None, "1", "C1", None, Decimal(2), sku="CUP")))
    held(world)
    assert sorted((part.row.lot, part.quantity, part.picked) for part in world.parts("#1")) == [
        ("C1", 2, 2),
        ("L2", 2, 0),
    ]


def test_one_line_is_served_and_another_gives_back() -> None:
    """The state that is told with what went back is the one before other stock was promised."""
    world = World()
    world.stock(goods("L1", 5), goods("L2", 4, expires=LATER), goods("L3", 3, expires=LATER + timedelta(days=1)))
    world.place("#1", wanted("1", 3), wanted("2", 1, unit="case"))
    assert sorted(world.lots("#1")) == [("L1", 2), ("L1", 3), ("L2", 4)]
    events = world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L1"))
    freed = only(events, ReservationFreed)
    assert (freed.state, [loss.quantity for loss in freed.settled]) == (OrderState.BACKORDERED, [4])
    assert world.get("#1").state is OrderState.PARTLY_ALLOCATED
    assert world.lots("#1") == [("L3", 3)]


def test_what_a_line_costs_does_not_grow_with_those_who_lost_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lots that were used up for orders before are passed over in one step, in one decision over all of them."""
    looks = 0
    free = Draft.free

    def counted(draft: Draft, candidate: Candidate) -> int:
        nonlocal looks
        looks += 1
        return free(draft, candidate)

    monkeypatch.setattr(Draft, "free", counted)
    cost = {}
    for orders in (20, 80):
        world = World()
        world.stock(goods("L1", orders))
        for number in range(orders):
            world.place(f"#{number}", wanted(quantity=1))
        later = (goods(f"L2-{number}", 1, expires=LATER, line=str(number)) for number in range(orders))
        world.stock(*later, balance="later")
        looks = 0
        events = world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L1"))
        assert len(events) == 1 + 2 * orders
        cost[orders] = looks / orders
    assert cost[80] < 1.5 * cost[20]


def test_what_was_lost_is_told_with_what_is_free_of_it() -> None:
    """The decision that looks for other stock says of the held lot how much of it came free, and why it is no use."""
    world = World()
    world.stock(goods("L1", 5), goods("L2", 9, expires=LATER))
    world.place("#1")
    (decision,) = only(world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L1")), OrderAllocated).decisions
    assert [(row.lot, row.taken, row.free, row.reason) for row in decision.considered] == [
        ("L1", 0, 5, NotUsed.HOLD), ("L2", 5, 9, None),
    ]  # fmt: skip


def test_the_last_piece_of_a_bin_that_is_let_go_is_promised() -> None:
    """One piece is enough for who waits for one."""
    world = World()
    world.stock(goods("L1", 1))
    world.told(PlaceBinHold(Hold("H", HoldKind.HOLD), SITE, "BIN"))
    world.place("#1", wanted(quantity=1))
    assert world.lots("#1") == []
    world.told(LiftBinHold(None, SITE, "BIN"))
    while world.told(ContinueDay(10)):
        pass
    assert world.lots("#1") == [("L1", 1)]


def test_what_is_given_back_goes_to_who_waits_while_those_who_lost_wait_for_a_request() -> None:
    """By hand nobody who lost is served again; who merely waits is, with what they may not keep."""
    world = World(Settings(reallocate=Reallocate.MANUAL))
    world.told(DefineItem(Item("JAM")))
    world.stock(goods("L1", 5), goods("J1", sku="JAM"))
    world.place("#1", wanted(), wanted("2", 10, sku="JAM"), ship_policy=ShipPolicy.COMPLETE)
    world.place("#2", wanted("1", 4), wanted("2", 4, sku="JAM"))
    held(world)
    assert (world.lots("#1"), world.lots("#2")) == ([], [("J1", 4)])


def test_each_line_of_one_lot_looks_for_another_once_two_lines_gave_back() -> None:
    """Two lines lose in one count; the one of one lot moves as a whole, and what it gives back makes a case again."""
    world = World(Settings(allocate="on_request"))
    world.stock(
        goods("L1", 3), goods("L1", 7, "BIN-2"), goods("L1", 4, "BIN-3"), goods("L2", 8, "BIN-4", expires=LATER)
    )
    world.place("#1", wanted("1", 1, unit="case", lot="L1"), wanted("2", 8, single_lot=True))
    world.told(RequestAllocation())
    assert [(part.row.location, part.quantity) for part in world.parts("#1")] == [
        ("BIN", 3), ("BIN-2", 3), ("BIN-2", 4), ("BIN-3", 4),
    ]  # fmt: skip
    world.stock(goods("L1", -7, "BIN-2"), balance="found")
    assert [(part.row.lot, part.row.location, part.quantity) for part in world.parts("#1")] == [
        ("L1", "BIN", 3), ("L1", "BIN-3", 3), ("L2", "BIN-4", 8),
    ]  # fmt: skip


def test_what_a_line_got_before_another_gave_back_is_kept() -> None:
    """A line takes what is left of the next lot, and then of what the other line may not keep: both are promised."""
    world = World()
    world.stock(
        goods("L1", 3), goods("L1", 7, "BIN-2"), goods("L1", 4, "BIN-3"), goods("L2", 2, "BIN-4", expires=LATER)
    )
    world.place("#1", wanted("1", 1, unit="case", lot="L1"), wanted("2", 8))
    (_, decision) = only(world.stock(goods("L1", -7, "BIN-2"), balance="found"), OrderAllocated).decisions
    assert [(part.row.lot, part.quantity) for part in decision.reserved] == [("L2", 2), ("L1", 2)]
    assert [(row.lot, row.taken) for row in decision.considered if row.taken] == [("L2", 2), ("L1", 2)]
    assert sorted(world.lots("#1")) == [("L1", 2), ("L1", 4), ("L2", 2)]
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before


def test_lines_that_need_no_whole_units_keep_what_is_left() -> None:
    """Where a unit may be broken two cases that lose three pieces keep nine."""
    world = World(Settings(whole_unit=False))
    world.stock(goods("L1", 3), goods("L2", 9, expires=LATER))
    world.place("#1", wanted(quantity=2, unit="case"))
    held(world)
    assert world.lots("#1") == [("L2", 9)]


@pytest.mark.parametrize("cancelled", [0, 7])
def test_a_line_of_one_lot_that_has_all_its_whole_units_keeps_them(cancelled: int) -> None:
    """Two cases and a half are two: that another line lost its goods moves nothing of them."""
    world = two_skus()
    world.stock(goods("L2", 20, expires=LATER), balance="b")
    world.place("#1", wanted(quantity="2.5", unit="case", single_lot=True), wanted("2", 10, sku="JAM"))
    line = world.line("#1")
    line.ordered, line.cancelled = line.ordered + cancelled, cancelled
    kept = world.parts("#1")[0]
    assert (kept.row.lot, kept.quantity) == ("L2", 12)
    held(world, "J1", sku="JAM")
    assert [(part.task, part.quantity) for part in world.parts("#1")] == [(kept.task, 12)]


def test_packs_go_back_until_whole_packs_are_whole_cases() -> None:
    """Packs of four in cases of six: of five packs two are odd, so that three are left."""
    world = World()
    world.stock(goods("L1", 4), goods("L2", 20, pack_size=Decimal(4), expires=LATER))
    world.place("#1", wanted(quantity=4, unit="case"))
    assert world.lots("#1") == [("L1", 4), ("L2", 20)]
    held(world)
    assert world.lots("#1") == [("L2", 12)]


def test_the_parts_of_a_walk_are_numbered_one_after_the_other() -> None:
    """Each part of what a new day brings has the next number, so that none is taken for another."""
    world = World()
    world.stock(goods("L1", expires=TODAY))
    for number in ("#1", "#2", "#3"):
        world.place(number, wanted(quantity=2))
    world.told(OpenDay(SITE, TODAY + timedelta(days=1)))
    steps = [world.ledger.progress.step]
    while world.told(ContinueDay(1)):
        steps.append(world.ledger.progress.step)
    assert steps == list(range(steps[0], steps[0] + len(steps)))
    assert len(steps) > 3
