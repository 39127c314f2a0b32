"""What the shelf of a SKU keeps beside its queues: counts, what is free in all, and the terms of usual lines."""

# ruff: noqa: ANN401 - whatever an order or a line asks for.
from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import (
    DefineItem,
    DefineSite,
    PickLine,
    PlaceHold,
    PlaceOwnerHold,
    RequestAllocation,
)
from lotstream.domain.draft import Draft
from lotstream.domain.events import LineDecision, OrderRecorded
from lotstream.domain.model import Calendar, Hold, HoldKind, Item, Policy, Settings, Site
from lotstream.domain.shelf import Shelf
from lotstream.domain.shelves import shelf_of
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, only, wanted

LATER = TODAY + timedelta(days=60)


def shelf(world: World) -> Shelf:
    """The shelf of TEA."""
    return shelf_of(world.ledger, "TEA", SITE, today=TODAY.toordinal())


def supply(world: World) -> int:
    """How much of TEA lines may still use."""
    return Draft(world.ledger, world.warehouse.moment()).supply("TEA")


def decided(world: World, number: str, *lines: Any, **more: Any) -> LineDecision:
    """What was decided for the last line of a new order."""
    return only(world.place(number, *lines, **more), OrderRecorded).decisions[-1]


@pytest.mark.parametrize(
    "asked",
    [
        {"ship_date": TODAY}, {"policy": Policy.FIFO}, {"source_location": "BIN"}, {"line": {"ship_date": TODAY}},
        {"line": {"policy": Policy.FIFO}}, {"line": {"max_lots": 3}}, {"line": {"min_days_left": 1}},
        {"line": {"min_pct_left": Decimal(1)}}, {"line": {"expires_exact": LATER}}, {"line": {"lot": "L1"}},
        {"line": {"pack_size": Decimal(1)}}, {"line": {"source_location": "BIN"}}, {"line": {"single_lot": True}},
    ],
)  # fmt: skip
def test_only_lines_that_ask_for_nothing_share_their_terms(asked: dict[str, Any]) -> None:
    """Whatever else an order or a line says is for itself: the next one is not served by it."""
    world = World()
    world.stock(goods("L1", 100))
    more = dict(asked)
    world.place("#1", wanted(**more.pop("line", {})), **more)
    assert shelf(world).terms is None


def test_terms_are_shared_until_what_they_were_worked_out_from_changes() -> None:
    """Usual lines have the same terms, which let the first lot of the queue do; a new item or site makes new ones."""
    world = World()
    world.stock(goods("L1", 100))
    world.place("#1")
    kept = shelf(world).terms
    assert kept is not None
    assert kept[2].plain
    world.place("#2")
    assert shelf(world).terms is kept
    world.told(DefineItem(Item("TEA", version=2, policy=Policy.LIFO, units={"case": Decimal(6)})))
    assert decided(world, "#3").policy is Policy.LIFO
    world = World()
    world.stock(goods("L1", 100))
    world.place("#1")
    world.told(DefineSite(Site(SITE, version=2, policy=Policy.FIFO, calendar=Calendar.SCRIPTED)))
    assert decided(world, "#2").policy is Policy.FIFO


def test_rows_that_stand_aside_are_counted_as_they_come_and_go() -> None:
    """A held lot stands aside, one that is wholly picked says nothing, and one that is let go does not either."""
    world = World()
    world.stock(goods("L1", 5), goods("L2", 5, expires=LATER))
    assert shelf(world).stands_aside == 0
    world.place("#1", wanted(quantity=5))
    world.told(world.pick("#1"))
    world.told(PlaceHold("H1", HoldKind.HOLD, "TEA", "L1"))
    assert (shelf(world).stands_aside, shelf(world).counts) == (0, {})
    world.told(PlaceHold("H2", HoldKind.HOLD, "TEA", "L2"))
    assert (shelf(world).stands_aside, shelf(world).counts) == (1, {NotUsed.HOLD: 1})


def test_a_row_that_is_promised_wholly_is_reserved_and_an_empty_one_is_nothing() -> None:
    """One piece that is promised is a reason why there is no more; a bin that was emptied is none."""
    world = World()
    world.stock(goods("L1", 1))
    world.place("#1", wanted(quantity=1))
    assert shelf(world).counts == {NotUsed.RESERVED: 1}
    world.told(world.pick("#1"))
    assert shelf(world).counts == {}


def test_what_is_free_in_all_follows_every_promise() -> None:
    """After promises, a pick and a cancellation it is what the rows have free."""
    world = World()
    world.stock(goods("L1", 10), goods("L2", 5, expires=LATER))
    shelf(world)
    world.place("#1", wanted(quantity=3))
    assert supply(world) == 12
    world.place("#2", wanted(quantity=4))
    assert supply(world) == 8
    world.told(world.pick("#1", PickLine(None, "1", "L1", None, Decimal(2))))
    world.cancel("#2")
    assert supply(world) == 12


def test_a_hold_on_one_supplier_lifts_no_hold_of_another_lot() -> None:
    """A lot keeps its own hold, whatever else the owner holds."""
    world = World()
    world.stock(goods("L1", 5, hold=HoldKind.QUARANTINE), goods("L2", 5, expires=LATER))
    world.told(PlaceOwnerHold(Hold("H", HoldKind.HOLD), "FAR-AWAY"))
    assert decided(world, "#1").not_used == {NotUsed.QUARANTINE: 1}
    assert world.lots("#1") == [("L2", 5)]


def test_lots_that_were_not_asked_for_are_counted() -> None:
    """A line that names its lot passes over every other row that might do."""
    world = World()
    world.stock(goods("L1", 5), goods("L2", 5), goods("L2", 5, "B2"), goods("L3", 5))
    assert decided(world, "#1", wanted(lot="L2")).not_used == {NotUsed.OTHER_LOT: 2}


def test_a_lot_that_is_passed_over_again_is_told_with_what_is_free_of_it_then() -> None:
    """The record of why a lot was not used is remembered only while its quantity is the same."""
    world = World()
    world.stock(goods("L1", 9), goods("L2", 99, expires=LATER))
    far = wanted(quantity=1, min_days_left=40)
    for number, free in (("#1", 9), ("#2", 9), ("#4", 6)):
        if number == "#4":
            world.place("#3", wanted(quantity=3))
        first = decided(world, number, far).considered[0]
        assert (first.lot, first.free, first.reason) == ("L1", free, NotUsed.SHORT_LIFE)


def test_what_was_looked_at_is_told_in_the_order_of_use() -> None:
    """With what was free before the line took any, what it took, and why not, of lots that lines may not use too."""
    world = World(Settings(allocate="on_request"))
    world.stock(
        goods("L1", 4), goods("L2", 5, expires=TODAY + timedelta(days=31), hold=HoldKind.HOLD),
        goods("L3", 9, expires=LATER),
    )  # fmt: skip
    world.place("#1", wanted(quantity=6))
    (allocated,) = world.told(RequestAllocation(()))
    (decision,) = allocated.decisions  # type: ignore[union-attr]
    assert [(row.lot, row.taken, row.free, row.reason) for row in decision.considered] == [
        ("L1", 4, 4, None), ("L2", 0, 5, NotUsed.HOLD), ("L3", 2, 9, None),
    ]  # fmt: skip


def test_an_empty_row_that_others_were_promised_is_no_stock() -> None:
    """What is promised outside of a bin with nothing in it is no reason: nothing of it could be had by anybody."""
    world = World()
    world.stock(goods("L1", 0, promised_elsewhere=Decimal(4)))
    assert shelf(world).counts == {}
