"""Inspections of lots: what fails is held at once, and what has to be inspected waits for it."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import DefineItem, InspectLot, LiftHold, OpenBalance
from lotstream.domain.events import HoldLifted, HoldPlaced, LotInspected
from lotstream.domain.inspecting import INSPECTIONS_MAX, WAITS
from lotstream.domain.model import HoldKind, Item, Stage
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, kinds, only

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
LATER = TODAY + timedelta(days=60)


def inspect(number: str, *, passed: bool, lot: str = "L1", **more: Any) -> InspectLot:
    """An inspection of tea."""
    more.setdefault("by", "qa-1")
    return InspectLot(number, more.pop("sku", "TEA"), lot, more.pop("stage", Stage.INBOUND), passed, **more)


def holds(world: World, lot: str = "L1") -> list[str]:
    """Ids of the holds of a lot."""
    return [hold.id for hold in world.ledger.lots["TEA", lot].holds]


def test_a_lot_that_fails_is_held_and_its_orders_move() -> None:
    """In the same decision the lot is out of use and who was promised it has another; what is picked does not leave."""
    world = World()
    world.stock(goods("L1"), goods("L2", expires=LATER))
    world.place("#1")
    world.place("#2")
    world.told(world.pick("#2"))
    events = world.told(inspect("Q1", passed=False, measured={"moisture": "14.2"}, reason="Too moist", occurred_at=AT))
    assert kinds(events) == ["HoldPlaced", "LotInspected", "ReservationFreed", "OrderAllocated"]
    hold = only(events, HoldPlaced).hold
    assert (hold.id, hold.kind, hold.reason, hold.by, hold.at) == (
        "inspection/inbound/Q1", HoldKind.HOLD, "Too moist", "qa-1", AT,
    )  # fmt: skip
    assert (world.lots("#1"), world.lots("#2")) == ([("L2", 5)], [("L1", 5)])
    assert world.refused(world.ship("#2"))[0] is Code.ON_HOLD
    told = only(events, LotInspected)
    assert (told.by, told.at, told.number, told.reason) == ("qa-1", AT, "Q1", "Too moist")
    more = world.ledger.lots["TEA", "L1"].more
    assert more is not None
    assert (more.inspections[0].measured, more.inspections[0].passed) == ({"moisture": "14.2"}, False)


def test_a_later_inspection_of_the_same_stage_lets_it_go() -> None:
    """One that passes ends what failed before it; holds of another stage, or placed by hand, stay."""
    world = World()
    world.stock(goods("L1"))
    world.told(inspect("Q1", passed=False))
    world.told(inspect("Q2", passed=False, stage=Stage.OUTBOUND))
    assert kinds(world.told(inspect("Q3", passed=True, stage=Stage.OUTBOUND))) == ["HoldLifted", "LotInspected"]
    assert holds(world) == ["inspection/inbound/Q1"]
    world.place("#1")
    events = world.told(inspect("Q4", passed=True, by="qa-2"))
    assert kinds(events) == ["HoldLifted", "LotInspected", "OrderAllocated"]
    assert (only(events, HoldLifted).by, holds(world)) == ("qa-2", [])
    assert kinds(world.told(inspect("Q5", passed=True))) == ["LotInspected"]


def test_who_lets_goods_go_is_known() -> None:
    """A failed inspection that somebody signed is ended by one that somebody signed."""
    world = World()
    world.stock(goods("L1"))
    world.told(inspect("Q1", passed=False))
    assert world.refused(inspect("Q2", passed=True, by=None)) == (Code.FIELD_MISSING, "by")
    assert world.refused(LiftHold("inspection/inbound/Q1", "TEA", "L1")) == (Code.FIELD_MISSING, "by")


def test_an_inspection_is_told_once() -> None:
    """The same again changes nothing, also after it was followed by others; other content is refused."""
    world = World()
    world.stock(goods("L1"))
    world.told(inspect("Q1", passed=False))
    world.told(inspect("Q2", passed=True))
    assert world.told(inspect("Q1", passed=False)) == ()
    assert world.refused(inspect("Q1", passed=True)) == (Code.CONFLICTING_CONTENT, "inspection")
    assert world.refused(inspect("Q3", passed=True, lot="L9")) == (Code.UNKNOWN_LOT, "lot")
    world.stock(goods("L2"), balance="b")
    assert world.refused(inspect("Q1", passed=False, lot="L2")) == (Code.CONFLICTING_CONTENT, "inspection")
    assert world.refused(inspect("Q1", passed=False, lot="L9")) == (Code.CONFLICTING_CONTENT, "inspection")


@pytest.mark.parametrize(
    "item", [Item("TEA", version=2, inspect=True), Item("TEA", version=2, required=("inspection",))]
)
def test_what_has_to_be_inspected_comes_in_held(item: Item) -> None:
    """Goods of a new lot are there and promised to nobody until an inspection passes; later goods of it are free."""
    world = World()
    world.told(DefineItem(item))
    world.place("#1")
    world.told(world.receipt(goods("L1", line="1")))
    assert (holds(world), world.lots("#1")) == ([WAITS], [])
    world.told(world.receipt(goods("L1", 3, line="2"), number="R2"))
    assert holds(world) == [WAITS]
    events = world.told(inspect("Q1", passed=True))
    assert kinds(events) == ["HoldLifted", "LotInspected", "OrderAllocated"]
    world.told(world.receipt(goods("L1", 3, line="3"), number="R3"))
    assert holds(world) == []


def test_a_lot_that_failed_waits_on() -> None:
    """A failed inspection leaves the lot waiting as well; the one that passes ends both."""
    world = World()
    world.told(DefineItem(Item("TEA", version=2, inspect=True)))
    world.told(world.receipt(goods("L1")))
    world.told(inspect("Q1", passed=False))
    assert holds(world) == [WAITS, "inspection/inbound/Q1"]
    world.told(inspect("Q2", passed=True))
    assert holds(world) == []


def test_stock_as_found_is_not_inspected() -> None:
    """An opening balance is what was there before anybody asked for inspections."""
    world = World()
    world.told(DefineItem(Item("TEA", version=2, inspect=True)))
    world.told(OpenBalance(SITE, None, None, "b", (goods("L1"),)))
    assert holds(world) == []


def test_promises_of_a_lot_that_was_never_inspected_move_when_more_of_it_comes() -> None:
    """A rule that is new concerns a lot as a whole: with goods that have to be inspected all of it waits."""
    world = World()
    world.stock(goods("L1"))
    world.place("#1")
    world.told(DefineItem(Item("TEA", version=2, inspect=True)))
    events = world.told(world.receipt(goods("L1", 3, line="1")))
    assert "ReservationFreed" in kinds(events)
    assert world.lots("#1") == []


def test_a_lot_remembers_its_last_inspections() -> None:
    """So many are kept with the lot; all of them stay in its history."""
    world = World()
    world.stock(goods("L1"))
    for number in range(INSPECTIONS_MAX + 2):
        only(world.told(inspect(f"Q{number}", passed=True)), LotInspected)
    more = world.ledger.lots["TEA", "L1"].more
    assert more is not None
    assert [one.number for one in more.inspections][:1] == ["Q2"]
    assert len(more.inspections) == INSPECTIONS_MAX
