"""What becomes of a wave later: it is withdrawn, its orders lose goods, change, or leave without it."""

from __future__ import annotations

import sys
from datetime import timedelta
from decimal import Decimal
from typing import get_args, get_type_hints

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    AdjustStock,
    CancelOrder,
    CorrectLot,
    DefineCustomer,
    DefineItem,
    DefineSite,
    MoveStock,
    PackedLine,
    PackPackage,
    PickLine,
    PlaceHold,
    ScanLot,
    ShippedLine,
    StartPick,
    StockLine,
    UndoneLine,
    UnreserveOrder,
    VoidShipment,
)
from lotstream.domain.events import (
    DiscrepancyNoted,
    Event,
    Freed,
    LotSwapped,
    ReservationFreed,
    TasksLeftWave,
    WaveCancelled,
    WaveTasksChanged,
)
from lotstream.domain.model import (
    WAITS,
    Calendar,
    Customer,
    HoldKind,
    Item,
    OrderState,
    PackageKind,
    Settings,
    Site,
    Tracking,
    Wave,
    WaveState,
)
from lotstream.domain.wave_parts import wave_key
from lotstream.domain.wave_telling import FREED
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, goods, key, kinds, only, wanted
from tests.unit.domain.waving import WAVE, WaveWorld, cancel_wave, pick, scan, short, start, three_orders, undo


def released(settings: Settings | None = None, *, by_wave: bool = False, second: str = "B2") -> WaveWorld:
    """The world of three orders, all in one wave."""
    world = three_orders(settings, by_wave=by_wave, second=second)
    world.told(world.release("#1", "#2", "#3"))
    return world


def state_of(world: WaveWorld, wave: str = WAVE) -> WaveState:
    """The state of a wave."""
    known = world.warehouse.documents[wave_key(wave)]
    assert isinstance(known, Wave)
    return known.state


def test_a_wave_that_is_cancelled_gives_orders_their_tasks_again() -> None:
    """Its tasks are withdrawn first, and each order is told its own, under the ids they had; a repeat is nothing."""
    world = three_orders()
    before = dict(world.floor.tasks)
    world.told(world.release("#1", "#2", "#3"))
    events = world.told(cancel_wave())
    assert kinds(events) == ["WaveCancelled", *["TasksLeftWave"] * 3]
    assert world.floor.tasks == before
    assert state_of(world) is WaveState.CANCELLED
    assert world.told(cancel_wave()) == ()
    world.told(world.release("#1", "#2", wave="W-2"))
    assert world.agrees()


def test_what_is_begun_of_a_wave_is_not_withdrawn() -> None:
    """Asked, a wave of which something is begun is refused; happened, only the rest of it is withdrawn."""
    world = released()
    world.told(pick(world.task(), 1))
    assert world.refused(cancel_wave()) == (Code.ALREADY_PICKED, "wave")
    events = world.told(cancel_wave(happened=True))
    assert kinds(events) == ["WaveCancelled", "TasksLeftWave", "DiscrepancyNoted"]
    assert only(events, TasksLeftWave).key == key("#3")
    world.told(pick(world.task(), 11))
    assert world.agrees()


def test_a_wave_that_is_done_cannot_be_withdrawn() -> None:
    """When all is picked there is nothing to withdraw; neither is there of a wave nobody knows, or at another site."""
    world = released()
    world.told(start(world.task()))
    world.told(DefineSite(Site("OTHER", calendar=Calendar.SCRIPTED)))
    assert world.refused(cancel_wave()) == (Code.ALREADY_PICKED, "wave")
    for lot, quantity in (("L1", 12), ("L2", 3)):
        world.told(pick(world.task(lot), quantity))
    assert world.refused(cancel_wave()) == (Code.ALREADY_PICKED, "wave")
    assert world.refused(cancel_wave("W-9")) == (Code.NOT_AVAILABLE, "wave")
    assert world.refused(cancel_wave(site="OTHER")) == (Code.NOT_AVAILABLE, "wave")
    assert world.refused(cancel_wave(site="NOWHERE")) == (Code.FIELD_INVALID, "site")
    for said in (cancel_wave(happened=True), cancel_wave("W-9", happened=True)):
        assert kinds(world.told(said)) == ["DiscrepancyNoted"]


def test_tasks_are_begun() -> None:
    """All open tasks are begun, or those that are named; what is begun before is passed over."""
    world = released()
    assert kinds(world.told(start(world.task()))) == ["PickStarted"] * 3
    assert world.told(start(world.task())) == ()
    assert kinds(world.told(start())) == ["PickStarted"]


def test_a_hold_changes_the_wave_s_tasks_once() -> None:
    """However many orders lose their part, the task is told once, at the end; what they get instead is their own."""
    world = released()
    world.told(pick(world.task(), 6))
    events = world.told(PlaceHold("H-1", HoldKind.HOLD, "TEA", "L1"))
    assert kinds(events).count("ReservationFreed") == 2
    assert kinds(events).count("WaveTasksChanged") == 1
    assert world.floor.last() == [("L1", "change", "6")]
    assert world.floor.sent[-1]["tasks"][0]["picked"] == "6"
    assert world.agrees()


def test_a_task_of_a_wave_is_told_the_new_number_of_its_lot() -> None:
    """The goods are the same: nobody loses anything, what is picked is passed over, and the task says the new one."""
    world = released()
    world.told(pick(world.task(), 6))
    assert kinds(world.told(CorrectLot("C1", "TEA", "L1", to_lot="N1"))) == ["LotCorrected", "WaveTasksChanged"]
    assert [lot for lot, _, _ in world.floor.last()] == ["N1"]
    assert world.agrees()


def test_what_is_derived_can_be_worked_out_again() -> None:
    """Which orders a wave serves follows from the orders: a ledger that is read back knows it as well."""
    world = released()
    world.ledger.derived = None
    world.told(pick(world.task(), 12))
    assert world.agrees()


def test_two_sites_of_which_one_tells_by_waves() -> None:
    """Promises at the other site are told as always."""
    world = three_orders(by_wave=True)
    world.told(DefineSite(Site("OTHER", calendar=Calendar.SCRIPTED)))
    world.told(world.receipt(goods("L5", 3), number="R5", site="OTHER"))
    world.place("#5", wanted(quantity=3), site="OTHER")
    assert world.floor.last() == [("L5", "create", "3")]
    assert world.agrees()


def test_a_scan_for_an_order_beside_a_wave() -> None:
    """An order's own task is swapped for another of its own; the wave is not told anything."""
    world = three_orders(second="BIN")
    world.told(world.release("#1"))
    told = ScanLot(SITE, False, None, None, key("#2"), "L2", line="1")
    assert kinds(world.told(told)) == ["LotSwapped"]
    assert world.agrees()


def test_a_recall_takes_the_whole_task() -> None:
    """What is picked is lost as well; the task is cancelled."""
    world = released()
    world.told(pick(world.task(), 6))
    world.told(PlaceHold("H-1", HoldKind.RECALL, "TEA", "L1"))
    assert world.floor.last() == [("L1", "cancel", "0")]
    assert world.agrees()


def test_an_order_leaves_by_being_cancelled_changed_or_let_go() -> None:
    """Each changes the wave's task by its part, and no other order's."""
    world = released()
    world.told(CancelOrder(key("#1"), None))
    assert world.floor.last() == [("L1", "change", "7")]
    assert world.agrees()
    world.place("#2", wanted(quantity=1), version="2")
    assert world.floor.last() == [("L1", "change", "4")]
    assert world.agrees()
    world.told(UnreserveOrder(key("#3")))
    assert world.floor.last() == [("L1", "change", "1"), ("L2", "cancel", "0")]
    assert world.agrees()


def test_goods_go_to_another_bin() -> None:
    """A wave's task goes along with its goods; it is told once, with the bin it is for now."""
    world = released()
    line = StockLine("1", "TEA", "L1", "BIN", Decimal(12), to="B9")
    events = world.told(MoveStock(SITE, True, "clerk", None, "M-1", (line,)))
    assert kinds(events) == ["StockMoved", "WaveTasksChanged"]
    assert (world.floor.last(), world.floor.places[world.task()]) == ([("L1", "change", "12")], "B9")
    world.told(pick(world.task(), 12))
    assert world.agrees()


def test_an_order_leaves_without_being_picked() -> None:
    """A shipment of what nobody has said was picked takes it out of the wave; what was picked is passed over."""
    world = released()
    events = world.told(world.ship("#2", ShippedLine("1", "L1", Decimal(4))))
    assert kinds(events)[-1] == "WaveTasksChanged"
    assert world.floor.last() == [("L1", "change", "8")]
    world.told(pick(world.task(), 8))
    assert "WaveTasksChanged" not in kinds(world.told(world.ship("#1", shipment="S2")))
    assert {part.wave is not None for part in world.parts("#3")} == {True}


def test_another_lot_is_scanned_for_all() -> None:
    """Every order of the task that may have the scanned lot gets it, first come first, under one task of the wave."""
    world = released(second="BIN")
    l1, l2 = world.task(), world.task("L2")
    events = world.told(scan(l1, "L2", quantity=Decimal(7)))
    assert [event.key.order for event in events if isinstance(event, LotSwapped)] == ["#1", "#2"]
    assert world.task("L2") == l2
    assert world.floor.last() == [("L1", "change", "5"), ("L2", "change", "10")]
    assert world.agrees()
    world.told(pick(l2, 10))
    assert [world.picked(number) for number in ("#1", "#2", "#3")] == [5, 2, 3]


def test_a_scan_makes_a_task_of_the_wave() -> None:
    """Where the wave had none for the scanned lot it gets one; the lot of the task itself changes nothing."""
    world = WaveWorld()
    world.stock(goods("L1", 9, expires=TODAY + timedelta(days=10)), goods("L2", 20, expires=TODAY + timedelta(days=20)))
    world.place("#1", wanted(quantity=5))
    world.place("#2", wanted(quantity=4))
    world.told(world.release("#1", "#2"))
    assert world.told(scan(world.task(), "L1")) == ()
    world.told(scan(world.task(), "L2"))
    assert world.floor.last() == [("L1", "cancel", "0"), ("L2", "create", "9")]
    assert world.agrees()
    world.told(scan(world.task("L2"), "L1", quantity=Decimal(100)))
    assert world.lots("#1") == [("L1", 5)]
    assert world.agrees()


def test_who_may_not_have_the_scanned_lot_keeps_the_old_one() -> None:
    """An order whose rules refuse it stays; where nobody may have it, the scan is refused, or noted."""
    world = WaveWorld()
    world.stock(goods("L1", 9, expires=TODAY + timedelta(days=20)), goods("L2", 20, expires=TODAY + timedelta(days=10)))
    world.told(PlaceHold("H-1", HoldKind.HOLD, "TEA", "L2"))
    world.place("#1", wanted(quantity=5, min_days_left=15))
    world.place("#2", wanted(quantity=4))
    world.told(world.release("#1", "#2"))
    assert world.refused(scan(world.task(), "L2")) == (Code.ON_HOLD, "scanned")
    assert only(world.told(scan(world.task(), "L2", happened=True)), DiscrepancyNoted).about == {
        "wave": WAVE, "task": world.task(), "lot": "L2",
    }  # fmt: skip
    assert world.refused(scan(world.task(), "L2", happened=True, quantity=Decimal(0))) == (
        Code.NOT_POSITIVE, "quantity",
    )  # fmt: skip


def test_orders_that_are_not_in_the_wave_lose_the_scanned_lot() -> None:
    """Free stock is taken first, then what is promised to others; each is served again, and lost nothing twice."""
    world = WaveWorld()
    world.stock(goods("L1", 9, expires=TODAY + timedelta(days=10)), goods("L2", 9, expires=TODAY + timedelta(days=20)))
    world.place("#1", wanted(quantity=5))
    world.place("#2", wanted(quantity=4))
    world.place("#3", wanted(quantity=6))
    world.told(world.release("#1", "#2"))
    events = world.told(scan(world.task(), "L2"))
    assert kinds(events)[:3] == ["ReservationFreed", "LotSwapped", "LotSwapped"]
    assert (world.lots("#1"), world.lots("#2"), world.lots("#3")) == ([("L2", 5)], [("L2", 4)], [("L1", 6)])
    assert [loss.quantity for loss in only(events, ReservationFreed).freed] == [6]
    assert world.agrees()


def limited(quantity: int, *lines: object) -> WaveWorld:
    """A wave of #1 with 5 from one lot, and of #2 with 4; so much of L2 lies beside L1."""
    world = WaveWorld()
    world.stock(
        goods("L1", 9, expires=TODAY + timedelta(days=10)), goods("L2", quantity, expires=TODAY + timedelta(days=20))
    )
    world.told(DefineCustomer(Customer("C-1", max_lots=1)))
    world.place("#1", wanted(quantity=5), customer="C-1")
    world.place("#2", wanted(quantity=4), customer="C-1" if lines else None)
    world.told(world.release("#1", "#2"))
    return world


def test_a_line_of_one_lot_keeps_it_and_others_get_the_scanned_one() -> None:
    """A line that takes one lot cannot be half of another: it keeps its own, and who comes after it gets the other."""
    world = limited(3)
    world.told(scan(world.task(), "L2"))
    assert (world.lots("#1"), world.lots("#2")) == ([("L1", 5)], [("L1", 1), ("L2", 3)])
    assert world.agrees()


def test_a_line_of_one_lot_is_swapped_as_a_whole() -> None:
    """Where the scanned lot is enough for all of it, the line is of that lot afterwards."""
    world = limited(6)
    world.told(scan(world.task(), "L2"))
    assert (world.lots("#1"), world.lots("#2")) == ([("L2", 5)], [("L1", 3), ("L2", 1)])
    assert world.agrees()


def test_a_lot_too_many_for_every_line_refuses_the_scan() -> None:
    """Where no line may have it the scan is refused, or noted when it has happened; nothing is swapped."""
    world = limited(3, "all of one lot")
    assert world.refused(scan(world.task(), "L2")) == (Code.LOT_NOT_ALLOWED, "scanned")
    assert kinds(world.told(scan(world.task(), "L2", happened=True))) == ["DiscrepancyNoted"]


def test_orders_that_are_held_come_last() -> None:
    """While an order is held nothing is picked for it: others come first, and what is only for it is refused."""
    world = released(second="BIN")
    world.place("#1", wanted(quantity=9))
    assert world.get("#1").held is not None
    assert world.refused(pick(world.task(), 8)) == (Code.ON_HOLD, "lines.0.quantity")
    world.told(pick(world.task(), 7))
    assert [world.picked(number) for number in ("#1", "#2", "#3")] == [0, 4, 3]
    assert world.refused(scan(world.task(), "L2")) == (Code.ON_HOLD, "task")
    world.told(pick(world.task(), 2, happened=True))
    assert world.picked("#1") == 2
    assert world.agrees()


def test_packed_goods_are_unpacked_before_they_are_undone() -> None:
    """An undo of what is in a carton is refused with that reason."""
    world = released()
    world.told(pick(world.task(), 12))
    world.told(PackPackage(SITE, False, "packer", None, "C-1", PackageKind.CARTON, (PackedLine(key("#3")),)))
    assert world.refused(undo(UndoneLine(task=world.task(), quantity=Decimal(10)))) == (
        Code.ALREADY_PICKED, "lines.0.quantity",
    )  # fmt: skip
    world.told(undo(UndoneLine(task=world.task(), quantity=Decimal(9))))
    assert [world.picked(number) for number in ("#1", "#2", "#3")] == [0, 0, 3]


def test_two_staging_places_of_one_task() -> None:
    """What is picked to another place stays a part of the wave's task."""
    world = released()
    world.told(pick(world.task(), 3, staged_at="T-1"))
    world.told(pick(world.task(), 3, staged_at="T-2"))
    assert {part.wave is not None for part in world.parts("#1")} == {True}
    assert world.agrees()


def test_serial_numbers_go_to_whom_they_are_promised() -> None:
    """A promise by number gets its own unit, every other the next of those that were read."""
    world = WaveWorld()
    world.told(DefineItem(Item("CLOCK", tracking=Tracking.SERIAL)))
    numbers = ("N1", "N2", "N3", "N4")
    world.stock(goods("L1", 4, sku="CLOCK", serials=numbers))
    world.place("#1", wanted(quantity=2, sku="CLOCK"))
    world.place("#2", wanted(quantity=1, sku="CLOCK", serial="N1"))
    world.told(world.release("#1", "#2"))
    assert world.floor.sent[-1]["tasks"][0]["serials"] == ["N1"]
    world.told(pick(world.task(), 3, serials=("N1", "N2", "N3")))
    assert [part.serials for number in ("#1", "#2") for part in world.parts(number)] == [("N2", "N3"), ("N1",)]
    world.told(undo())
    assert world.refused(pick(world.task(), 2, serials=("N1",))) == (Code.FIELD_INVALID, "lines.0.serials")
    world.told(pick(world.task(), 4, serials=numbers, happened=True))
    assert world.agrees()


def test_kits_are_picked_as_their_components() -> None:
    """A wave's task for a component serves the kits of many orders."""
    world = WaveWorld()
    world.told(DefineItem(Item("MUG", units={})))
    world.told(DefineItem(Item("SET", kit={"TEA": Decimal(2), "MUG": Decimal(1)})))
    world.stock(goods("L1", 12), goods("M1", 6, sku="MUG", location="B2"))
    world.place("#1", wanted(quantity=2, sku="SET"))
    world.place("#2", wanted(quantity=1, sku="SET"))
    world.told(world.release("#1", "#2"))
    world.told(pick(world.task(), 5))
    world.told(pick(world.task("M1"), 3))
    assert world.get("#1").state is OrderState.PICKED
    world.told(scan(world.task(), "L1"))
    assert world.agrees()


def test_a_site_that_tells_by_waves_only() -> None:
    """Nothing that is promised there is told until a wave is released, nor when it is lost before; later as always."""
    world = three_orders(by_wave=True)
    assert (world.floor.sent, {part.wave for part in world.parts("#3")}) == ([], {WAITS})
    world.cancel("#2")
    assert world.floor.sent == []
    world.told(world.release("#1", "#3"))
    assert len(world.floor.sent) == 1
    assert world.floor.last() == [("L1", "create", "8"), ("L2", "create", "3")]
    world.told(short(world.task(), 5))
    assert {part.wave for part in world.parts("#3") if not part.picked} - {WAITS} != set()
    assert WAITS in {part.wave for part in world.parts("#3")}
    world.told(cancel_wave())
    assert {part.wave for part in world.parts("#3")} == {WAITS}
    assert world.agrees()


def test_a_promise_keeps_how_it_was_told_when_the_site_changes() -> None:
    """What was told by itself stays so when the site goes over to waves; what waits goes on to wait afterwards."""
    world = three_orders()
    world.told(DefineSite(Site(SITE, calendar=Calendar.SCRIPTED, version=2, wave_tasks=True)))
    world.place("#4", wanted(quantity=2))
    world.cancel("#1")
    assert world.agrees()
    world.told(DefineSite(Site(SITE, calendar=Calendar.SCRIPTED, version=3)))
    assert {part.wave for part in world.parts("#4")} == {WAITS}
    world.told(scan_own(world))
    world.told(world.release("#2", "#4"))
    assert world.agrees()


def scan_own(world: WaveWorld) -> StartPick:
    """Begin an order's own task."""
    return StartPick(SITE, False, None, None, key("#3"), (world.parts("#3")[0].task,))


def test_what_was_shipped_and_taken_back_waits_too() -> None:
    """Goods that stand at the dock again at a site of waves are told by the next wave once they are in their bins."""
    world = three_orders(by_wave=True)
    world.told(world.pick("#1"))
    world.told(world.ship("#1"))
    world.told(VoidShipment(SITE, False, None, None, "S1"))
    assert {part.wave for part in world.parts("#1")} == {WAITS}


def test_the_journal_says_it_all() -> None:
    """Played into an empty ledger the journal makes the same promises, told by the same tasks."""
    world = released()
    world.told(pick(world.task(), 6))
    world.told(PlaceHold("H-1", HoldKind.HOLD, "TEA", "L1"))
    before = world.warehouse.state()
    world.warehouse.restart()
    world.ledger = world.warehouse.ledger
    assert world.warehouse.state() == before
    assert world.agrees()
    world.told(cancel_wave(happened=True))
    assert only(tuple(world.warehouse.journal[-1]), WaveCancelled).wave.state is WaveState.CANCELLED
    assert not [event for event in world.warehouse.journal[-1] if isinstance(event, WaveTasksChanged)]


def test_every_event_that_gives_back_is_told_to_waves() -> None:
    """An event that is added and gives back promises has to say so to waves."""
    giving = {
        kind
        for kind in get_args(Event)
        if tuple[Freed, ...] in get_type_hints(kind, vars(sys.modules[kind.__module__])).values()
    }
    assert giving == set(FREED)


def test_goods_that_are_undone_into_a_deficit() -> None:
    """What a bin lacks is missing once, however many orders' goods go back into it: the back of the queue loses it."""
    world = released()
    world.told(pick(world.task(), 12))
    line = StockLine("1", "TEA", "L1", "BIN", Decimal(-4))
    world.told(AdjustStock(SITE, True, "clerk", None, "A-1", (line,)))
    world.told(undo(happened=True))
    assert sum(part.quantity for number in ("#1", "#2", "#3") for part in world.parts(number)) == 15
    assert world.row("L1").reserved <= max(world.row("L1").on_hand, 0)
    assert world.agrees()


def test_a_part_of_a_task_goes_to_another_bin() -> None:
    """A task is for one bin: what goes along has a task of its own, of an order as of a wave."""
    world = three_orders()
    world.told(world.release("#2", "#3"))
    line = StockLine("1", "TEA", "L1", "BIN", Decimal(9), to="B9")
    world.told(MoveStock(SITE, True, "clerk", None, "M-1", (line,)))
    moved = {part.row.location: part.quantity for part in world.parts("#1")}
    assert moved == {"BIN": 3, "B9": 2}
    assert world.agrees()
    world.told(MoveStock(SITE, True, "clerk", None, "M-2", (StockLine("1", "TEA", "L1", "B9", Decimal(5), to="B8"),)))
    assert world.agrees()
    tasks = {part.wave.task for part in world.parts("#3") + world.parts("#2") if part.wave is not None}
    assert len(tasks) == 3
    for task in sorted(tasks):
        world.told(pick(task, world.floor.tasks[task]))
    assert world.agrees()


def test_a_task_that_is_picked_in_part_goes_to_another_bin() -> None:
    """What is picked of it stays told by the same task, which comes to the same in all."""
    world = three_orders()
    world.told(world.pick("#1", PickLine(None, "1", "L1", None, Decimal(2))))
    line = StockLine("1", "TEA", "L1", "BIN", Decimal(10), to="B9")
    world.told(MoveStock(SITE, True, "clerk", None, "M-1", (line,)))
    assert world.agrees()
