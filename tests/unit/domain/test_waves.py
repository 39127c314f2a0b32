"""Tasks of many orders are released together: one for each bin and lot; what is told of one is split to its orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain import waves
from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ChangeSettings,
    ConfirmPick,
    PickLine,
    ReportShort,
    StartPick,
    UndoneLine,
    WorkOnWave,
    nobody,
)
from lotstream.domain.events import (
    DiscrepancyNoted,
    PickUndone,
    StockFound,
    StockMissing,
    StockPicked,
)
from lotstream.domain.model import (
    OrderState,
    Settings,
    ShortPick,
)
from lotstream.domain.sums import promised
from lotstream.domain.wave_parts import wave_key
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, goods, key, kinds, only, wanted
from tests.unit.domain.waving import WAVE, WaveWorld, cancel_wave, pick, scan, short, start, three_orders, undo


def picks(*lines: PickLine) -> WorkOnWave:
    """Picks of tasks of a wave."""
    return WorkOnWave(WAVE, ConfirmPick(SITE, False, "scanner", None, nobody(WAVE), None, lines))


def released(settings: Settings | None = None, **more: Any) -> WaveWorld:  # noqa: ANN401 - whatever the world takes
    """The world of three orders, all in one wave."""
    world = three_orders(settings, **more)
    world.told(world.release("#1", "#2", "#3"))
    return world


def test_one_task_for_each_bin_and_lot() -> None:
    """Orders' own tasks are cancelled, and the wave's tasks come to the same; nothing that is promised changes."""
    world = three_orders()
    before = [world.lots(number) for number in ("#1", "#2", "#3")]
    events = world.told(world.release("#1", "#2", "#3"))
    assert kinds(events) == ["TasksJoinedWave"] * 3 + ["WaveReleased"]
    assert [world.lots(number) for number in ("#1", "#2", "#3")] == before
    assert world.floor.last() == [("L1", "create", "12"), ("L2", "create", "3")]
    body = world.floor.sent[-1]
    assert (body["wave"], body["site"]) == (WAVE, SITE)
    assert body["tasks"][0]["for"] == [
        {"source": "shop", "order": number, "line": "1", "quantity": quantity, "picked": "0"}
        for number, quantity in (("#1", "5"), ("#2", "4"), ("#3", "3"))
    ]
    assert world.agrees()


def test_a_wave_is_told_once() -> None:
    """The same orders under the same number are a repeat, in whatever order; others are refused, or noted."""
    world = released()
    assert world.told(world.release("#3", "#1", "#2", "#1")) == ()
    assert world.refused(world.release("#1", "#2")) == (Code.CONFLICTING_CONTENT, "wave")
    assert kinds(world.told(world.release("#1", "#2", happened=True))) == ["DiscrepancyNoted"]
    world.told(cancel_wave())
    assert world.told(world.release("#1", "#2", "#3")) == ()
    assert world.refused(world.release("#1")) == (Code.CONFLICTING_CONTENT, "wave")
    assert world.agrees()


def test_an_order_that_is_named_twice_is_in_its_wave_once() -> None:
    """It is no order that is in a wave already, and its goods are in the tasks once."""
    world = three_orders()
    assert kinds(world.told(world.release("#1", "#2", "#1"))) == ["TasksJoinedWave"] * 2 + ["WaveReleased"]
    assert world.floor.last() == [("L1", "create", "9")]
    assert world.told(world.release("#1", "#2")) == ()
    assert world.agrees()


@pytest.mark.parametrize(
    ("orders", "more", "code", "field"),
    [
        (("#1", "#9"), {}, Code.UNKNOWN_ORDER, "orders.1.order"),
        (("#1", "#4"), {}, Code.NOT_RESERVED, "orders.1.order"),
        (("#5",), {}, Code.ON_HOLD, "orders.0.order"),
        (("#6",), {}, Code.NOT_RESERVED, "orders.0.order"),
        ((), {}, Code.FIELD_MISSING, "orders"),
        (("#1",), {"site": "NOWHERE"}, Code.FIELD_INVALID, "site"),
    ],
)
def test_orders_that_cannot_be_taken_in(orders: tuple[str, ...], more: dict[str, Any], code: Code, field: str) -> None:
    """An order that is unknown, held, over, or has nothing to be picked keeps the whole wave from being released."""
    world = three_orders()
    world.place("#4", wanted(quantity=1), customer=None, ship_date=TODAY + timedelta(days=900))
    world.place("#5", wanted(sku="NEW"))
    world.place("#6")
    world.cancel("#6")
    assert world.refused(world.release(*orders, **more)) == (code, field)


def test_what_happened_is_taken_in_as_far_as_it_goes() -> None:
    """Orders that cannot be in a wave that was released already are noted; with none at all there is no wave."""
    world = three_orders()
    events = world.told(world.release("#1", "#9", "#2", happened=True))
    assert kinds(events) == ["TasksJoinedWave", "TasksJoinedWave", "WaveReleased", "DiscrepancyNoted"]
    noted = only(events, DiscrepancyNoted)
    assert (noted.code, noted.about) == ("unknown_order", {"wave": WAVE, "order": "#9", "source": "shop"})
    assert kinds(world.told(world.release("#9", happened=True, wave="W-2"))) == ["DiscrepancyNoted"]
    assert wave_key("W-2") not in world.warehouse.documents
    world.place("#5", wanted(sku="NEW"))
    world.place("#6")
    world.cancel("#6")
    events = world.told(world.release("#5", "#6", happened=True, wave="W-3"))
    assert [event.code for event in events if isinstance(event, DiscrepancyNoted)] == ["on_hold", "not_reserved"]
    assert world.agrees()


def test_an_order_is_in_one_wave_at_a_time() -> None:
    """What is in a wave is not released again; what is promised later may be in the next one."""
    world = three_orders()
    world.told(world.release("#1", "#2"))
    assert world.refused(world.release("#2", "#3", wave="W-2")) == (Code.NOT_RESERVED, "orders.0.order")
    world.place("#2", wanted(quantity=6), version="2")
    world.told(world.release("#2", "#3", wave="W-2"))
    assert world.agrees()
    assert [part.wave is None for part in world.parts("#2")] == [False, False]


def test_what_is_begun_stays_the_order_s_own() -> None:
    """A task that somebody is on the way for, or has picked some of, is not taken out of his hands."""
    world = three_orders()
    world.told(StartPick(SITE, False, "scanner", None, key("#1")))
    world.told(world.pick("#2", PickLine(None, "1", "L1", None, Decimal(1))))
    assert world.refused(world.release("#1")) == (Code.NOT_RESERVED, "orders.0.order")
    assert world.refused(world.release("#2")) == (Code.NOT_RESERVED, "orders.0.order")
    assert world.agrees()


def test_a_wave_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wave of more promises than its message can name is refused, asked or happened."""
    monkeypatch.setattr(waves, "PARTS_MAX", 3)
    world = three_orders()
    world.told(world.release("#1", "#2"))
    world = three_orders()
    for happened in (False, True):
        assert world.refused(world.release("#1", "#2", "#3", happened=happened)) == (Code.TOO_LARGE, "orders")


def test_who_comes_first_is_picked_for_first() -> None:
    """What was taken for one task is split in queue order; each order is picked for as if it had been told alone."""
    world = released()
    events = world.told(pick(world.task(), 7, staged_at="CART-1"))
    assert [(event.key.order, event.state) for event in events if isinstance(event, StockPicked)] == [
        ("#1", OrderState.PICKED), ("#2", OrderState.PICKING),
    ]  # fmt: skip
    assert [world.picked(number) for number in ("#1", "#2", "#3")] == [5, 2, 0]
    world.told(pick(world.task(), Decimal("0.5"), unit="case"))
    assert [world.picked(number) for number in ("#1", "#2", "#3")] == [5, 4, 1]
    assert world.row("L1", "STAGING/CART-1").on_hand == 7
    assert world.agrees()


def test_tasks_of_one_message() -> None:
    """Whatever is taken for one order is one event of it, however many tasks it came by."""
    world = released()
    lines = tuple(PickLine(world.task(lot), None, None, None, Decimal(units)) for lot, units in (("L1", 12), ("L2", 3)))
    assert kinds(world.told(picks(*lines))) == ["StockPicked"] * 3
    assert world.get("#3").state is OrderState.PICKED


def test_priority_comes_before_the_day() -> None:
    """The split follows the queue: priority first."""
    world = WaveWorld()
    world.stock(goods("L1", 10))
    world.place("#1", wanted(quantity=4))
    world.place("#2", wanted(quantity=4), priority=9)
    world.told(world.release("#1", "#2"))
    world.told(pick(world.task(), 5))
    assert [world.picked(number) for number in ("#1", "#2")] == [1, 4]


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        (pick("T", 1), Code.NOT_RESERVED, "lines.0.task"),
        (pick(None, 1), Code.FIELD_MISSING, "lines.0.task"),
        (pick("T", 1, line="1"), Code.FIELD_INVALID, "lines.0.line"),
        (pick("T", 1, wave="W-9"), Code.NOT_RESERVED, "wave"),
        (pick("T", 1, site="NOWHERE"), Code.FIELD_INVALID, "site"),
        (pick("L1", 13), Code.NOT_RESERVED, "lines.0.quantity"),
        (pick("L1", 0), Code.NOT_POSITIVE, "lines.0.quantity"),
        (pick("L1", 1, unit="barrel"), Code.UNKNOWN_UNIT, "lines.0.unit"),
        (pick("L1", 1, serials=("S1",)), Code.FIELD_INVALID, "lines.0.serials"),
        (pick("L1", 1, lot="L2"), Code.NOT_RESERVED, "lines.0.task"),
        (picks(), Code.FIELD_MISSING, "lines"),
        (short("T", 0), Code.NOT_RESERVED, "lines.0.task"),
        (short(None, 0), Code.FIELD_MISSING, "lines.0.task"),
        (short("L1", 13), Code.NOT_RESERVED, "lines.0.picked"),
        (short("L1", 1, unit="barrel"), Code.UNKNOWN_UNIT, "lines.0.unit"),
        (WorkOnWave(WAVE, ReportShort(SITE, False, None, None, key(""), None, ())), Code.FIELD_MISSING, "lines"),
        (undo(), Code.NOT_RESERVED, "lines.0.quantity"),
        (undo(UndoneLine(line="1")), Code.FIELD_INVALID, "lines.0.line"),
        (undo(UndoneLine(task="L1", quantity=Decimal(1), unit="barrel")), Code.NOT_RESERVED, "lines.0.quantity"),
        (start("T"), Code.NOT_RESERVED, "tasks.0"),
        (scan("T", "L2"), Code.NOT_RESERVED, "expected"),
        (scan("L1", "L2", expected="L9"), Code.NOT_RESERVED, "expected"),
        (scan("L1", "L2", line="1"), Code.FIELD_INVALID, "line"),
        (scan("L1", "L9"), Code.UNKNOWN_LOT, "scanned"),
        (scan("L1", "L2"), Code.NOT_AVAILABLE, "scanned"),
        (scan("L1", "L2", quantity=Decimal(1), unit="barrel"), Code.UNKNOWN_UNIT, "unit"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(said: WorkOnWave, code: Code, field: str) -> None:
    """A message about a wave that cannot be says which field and changes nothing."""
    world = released()
    named = replace(said, said=_with_task(said.said, world.task()))
    assert world.refused(named) == (code, field)


def _with_task(said: Any, task: str) -> Any:  # noqa: ANN401 - any message of the floor
    """The same message with the wave's own task in place of its lot."""
    if getattr(said, "task", None) == "L1":
        return replace(said, task=task)
    lines = getattr(said, "lines", None)
    if lines is None:
        return said
    return replace(said, lines=tuple(replace(line, task=task) if line.task == "L1" else line for line in lines))


def test_more_than_the_tasks_say_is_no_order_s() -> None:
    """What has been picked beyond the orders stands free at the staging place, and a person is told."""
    world = released()
    events = world.told(pick(world.task(), 14, happened=True))
    assert kinds(events) == ["StockFound", *["StockPicked"] * 4, "DiscrepancyNoted"]
    assert only(events, DiscrepancyNoted).about == {"wave": WAVE, "sku": "TEA", "lot": "L1", "location": "BIN"}
    assert [world.picked(number) for number in ("#1", "#2", "#3")] == [5, 4, 3]
    row = world.row("L1", "STAGING")
    assert (row.on_hand, row.reserved) == (14, 12)
    assert only(events, StockFound).quantity == 2


def test_more_than_the_tasks_say_within_the_allowance() -> None:
    """What the owner allows beyond what was ordered goes to the task's orders in queue order, as far as it is free."""
    world = released()
    world.told(ChangeSettings(Settings(over_pick_pct=Decimal(25))))
    assert world.refused(pick(world.task(), 14)) == (Code.NOT_RESERVED, "lines.0.quantity")
    world.stock(goods("L1", 9, expires=TODAY + timedelta(days=10)), balance="more")
    assert world.refused(pick(world.task(), 16)) == (Code.NOT_RESERVED, "lines.0.quantity")
    world.told(pick(world.task(), 6))
    world.told(pick(world.task(), 9))
    assert [world.picked(number) for number in ("#1", "#2", "#3")] == [6, 5, 4]
    assert [promised(world.line(number)) for number in ("#1", "#2", "#3")] == [6, 5, 7]


def test_found_more_than_the_tasks_say() -> None:
    """A short pick of a wave's task that finds more than it says picks as much as is allowed, and misses nothing."""
    world = released()
    world.told(ChangeSettings(Settings(over_pick_pct=Decimal(25))))
    world.stock(goods("L1", 2, expires=TODAY + timedelta(days=10)), balance="more")
    events = world.told(short(world.task(), 14))
    assert not [event for event in events if isinstance(event, StockMissing)]
    assert [world.picked(number) for number in ("#1", "#2", "#3")] == [6, 5, 3]


def test_goods_of_a_wave_nobody_knows() -> None:
    """Picked goods are booked as far as it is said which goods they are; whose they are, a person has to find out."""
    world = released()
    events = world.told(pick("T", 2, happened=True, wave="W-9", sku="TEA", lot="L2"))
    assert kinds(events) == ["StockPicked", "DiscrepancyNoted", "DiscrepancyNoted"]
    assert world.row("L2", "STAGING").on_hand == 2
    assert kinds(world.told(pick("T", 2, happened=True))) == ["DiscrepancyNoted"]
    assert kinds(world.told(short("T", 1, happened=True, sku="TEA", lot="L2"))) == [
        "StockPicked", "DiscrepancyNoted", "DiscrepancyNoted",
    ]  # fmt: skip
    assert kinds(world.told(pick("T", 2, happened=True, sku="NEW"))) == ["DiscrepancyNoted"]
    for said in (undo(happened=True, wave="W-9"), start("T", happened=True), scan("T", "L2", happened=True)):
        assert {"DiscrepancyNoted"} == set(kinds(world.told(said)))
    assert world.agrees()


def test_who_comes_last_goes_short() -> None:
    """What was found is split in queue order; the back of the queue loses the rest, and looks elsewhere at once."""
    world = released()
    events = world.told(short(world.task(), 7))
    missing = [(event.key.order, event.missing, event.booked) for event in events if isinstance(event, StockMissing)]
    assert missing == [("#2", 2, 5), ("#3", 3, 0)]
    assert [world.picked(number) for number in ("#1", "#2", "#3")] == [5, 2, 0]
    assert [world.lots(number) for number in ("#1", "#2", "#3")] == [
        [("L1", 5)], [("L1", 2), ("L2", 2)], [("L2", 3), ("L2", 3)],
    ]  # fmt: skip
    assert kinds(events)[-1] == "WaveTasksChanged"
    assert world.agrees()


def test_more_was_found_than_was_promised() -> None:
    """A short pick that found more than its orders want leaves the rest free, and the bin empty."""
    world = released()
    events = world.told(short(world.task(), 13, happened=True))
    assert "StockFound" in kinds(events)
    assert world.row("L1", "STAGING").on_hand == 13
    assert world.agrees()


def test_nothing_at_all_was_found() -> None:
    """A short pick of nothing cancels the wave's task, and new stock is told by tasks of the orders' own."""
    world = released()
    world.told(short(world.task(), 0))
    assert world.floor.last() == [("L1", "cancel", "0")]
    assert [part.wave is None for part in world.parts("#1")] == [True]
    assert world.agrees()


def test_a_short_pick_that_waits_for_a_count() -> None:
    """Where short picks are held, the wave's task keeps what was not found."""
    world = released(Settings(allocate="at_once", short_pick=ShortPick.HOLD))
    events = world.told(short(world.task(), 9))
    assert kinds(events) == ["StockPicked", "StockPicked", "StockMissing"]
    assert world.agrees()


def test_picks_are_undone_from_the_end() -> None:
    """What goes back is taken from the orders behind first; packed goods have to be unpacked before."""
    world = released()
    task = world.task()
    world.told(pick(task, 12))
    events = world.told(undo(UndoneLine(task=task, quantity=Decimal(5))))
    assert [event.key.order for event in events if isinstance(event, PickUndone)] == ["#3", "#2"]
    assert [world.picked(number) for number in ("#1", "#2", "#3")] == [5, 2, 0]
    assert world.refused(undo(UndoneLine(task=task, quantity=Decimal(8)))) == (Code.NOT_RESERVED, "lines.0.quantity")
    assert world.refused(undo(UndoneLine(task=task, quantity=Decimal(8), unit="barrel"))) == (
        Code.UNKNOWN_UNIT, "lines.0.unit",
    )  # fmt: skip
    assert kinds(world.told(undo(UndoneLine(task=task, quantity=Decimal(8)), happened=True)))[-1] == "DiscrepancyNoted"
    assert sum(world.picked(number) for number in ("#1", "#2", "#3")) == 0
    world.told(pick(task, 12))
    world.told(undo())
    assert sum(world.picked(number) for number in ("#1", "#2", "#3")) == 0
    assert world.agrees()
