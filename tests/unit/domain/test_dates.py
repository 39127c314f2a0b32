"""What the turn of a day does to orders: those whose last day is over are not wanted any more."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lotstream.domain.agenda import is_due
from lotstream.domain.commands import ContinueDay, DefineCustomer, DefineSite, OpenDay, PickLine, PlaceHold, ShippedLine
from lotstream.domain.events import Event, OrderCancelled, OrderChanged
from lotstream.domain.model import Calendar, Customer, HoldKind, OrderState, Settings, Site
from lotstream.domain.shelves import shelf_of
from lotstream.domain.sums import backordered
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, kinds, only, wanted

TOMORROW = TODAY + timedelta(days=1)
YESTERDAY = TODAY - timedelta(days=1)


def turned(world: World, days: int = 1, *, orders_max: int = 100) -> tuple[Event, ...]:
    """The day turns, and all that follows from it is decided."""
    world.told(OpenDay(SITE, TODAY + timedelta(days=days)))
    events: list[Event] = []
    while is_due(world.ledger):
        events += world.told(ContinueDay(orders_max))
    return tuple(events)


def test_the_last_day_is_still_a_day() -> None:
    """What is open is cancelled when the day after has begun, and what was promised goes to whoever waits."""
    world = World()
    world.stock(goods("L1", 5))
    world.place("#1", wanted(quantity=8), cancel_after=TOMORROW)
    world.place("#2", wanted(quantity=3))
    assert kinds(turned(world)) == ["DayContinued"]
    events = turned(world, 2)
    assert kinds(events) == ["OrderCancelled", "DayContinued", "OrderAllocated", "DayContinued"]
    cancelled = only(events, OrderCancelled)
    assert (cancelled.reason, cancelled.state) == ("cancelled_after", OrderState.CANCELLED)
    assert (world.line("#1").cancelled, world.lots("#2")) == (8, [("L1", 3)])
    assert kinds(turned(world, 3)) == ["DayContinued"]


def test_picked_goods_stay_and_go() -> None:
    """The floor is not undone by a date: what is picked is shipped, what is not is cancelled, once."""
    world = World(Settings(allocate="at_once", sites=(SITE,)))
    world.stock(goods("L1", 6))
    world.place("#1", wanted("1", 4), wanted("2", 4), cancel_after=TODAY)
    world.told(world.pick("#1", PickLine(None, "1", "L1", "BIN", Decimal(3))))
    assert kinds(turned(world)) == ["OrderCancelled", "DayContinued", "DayContinued"]
    assert [(line.cancelled, backordered(line)) for line in world.get("#1").lines] == [(1, 0), (4, 0)]
    assert (world.get("#1").state, world.lots("#1")) == (OrderState.PICKED, [("L1", 3)])
    assert kinds(turned(world, 2)) == ["DayContinued"]
    world.told(world.ship("#1", ShippedLine("1", "L1", Decimal(3))))
    assert world.get("#1").state is OrderState.SHIPPED


def test_part_by_part() -> None:
    """Many orders whose last day is over are cancelled in parts, each once, where orders are decided on request too."""
    world = World(Settings(allocate="on_request"))
    for number in range(5):
        world.place(f"#{number}", cancel_after=TODAY)
    world.place("#later", cancel_after=TODAY + timedelta(days=9))
    world.place("#never")
    events = turned(world, orders_max=2)
    cancelled = [event.key.order for event in events if isinstance(event, OrderCancelled)]
    assert cancelled == [f"#{number}" for number in range(5)]
    assert {world.get(order).state for order in ("#later", "#never")} == {OrderState.RECEIVED}


def test_a_held_order_ends_too() -> None:
    """An order that waits for its item is cancelled like any other; one that was changed ends on its new last day."""
    world = World()
    world.told(DefineCustomer(Customer("C-1", site=SITE)))
    world.place("#1", wanted(sku="JAM"), cancel_after=TODAY, customer="C-1")
    world.place("#2", cancel_after=TODAY, version="1")
    world.place("#2", cancel_after=TOMORROW, version="2")
    assert [event.key.order for event in turned(world) if isinstance(event, OrderCancelled)] == ["#1"]
    assert world.get("#1").state is OrderState.CANCELLED
    assert [event.key.order for event in turned(world, 2) if isinstance(event, OrderCancelled)] == ["#2"]


def test_only_what_has_expired_leaves_the_shelf_overnight() -> None:
    """The shelf of yesterday goes on: what expired is passed over, what was promised or held counts as before."""
    world = World(Settings(allocate="at_once", sites=(SITE,)))
    ends = {"L1": TODAY, "L2": TODAY, "L3": TOMORROW, "L4": None}
    world.stock(*(goods(lot, 5, expires=expires) for lot, expires in ends.items()))
    world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L2", "Smell"))
    world.place("#1", wanted(quantity=1))
    kept = shelf_of(world.ledger, "TEA", SITE, today=TODAY.toordinal())
    turned(world)
    world.place("#2", wanted(quantity=6))
    assert shelf_of(world.ledger, "TEA", SITE, today=TOMORROW.toordinal()) is kept
    assert (world.lots("#1"), world.lots("#2")) == ([("L3", 1)], [("L3", 4), ("L4", 2)])
    assert kept.counts == {"expired": 1, "hold": 1, "reserved": 1}


def test_a_day_of_another_site_ends_nothing() -> None:
    """The today that counts is that of the order's site."""
    world = World(Settings(allocate="at_once", sites=(SITE, "EAST")))
    world.told(DefineSite(Site("EAST", calendar=Calendar.SCRIPTED)))
    world.place("#1", cancel_after=TODAY)
    world.told(OpenDay("EAST", TODAY + timedelta(days=5)))
    assert kinds(world.told(ContinueDay(10))) == ["DayContinued"]
    assert world.get("#1").state is OrderState.BACKORDERED


@pytest.mark.parametrize("settings", [Settings(), Settings(allocate="on_request")])
def test_an_order_that_arrives_after_its_last_day_is_cancelled_at_once(settings: Settings) -> None:
    """It is taken in and cancelled in one decision, so that its sender is told; it never takes stock."""
    world = World(settings)
    world.stock(goods("L1", 9))
    events = world.place("#1", wanted("1"), wanted("2", sku="JAM"), cancel_after=YESTERDAY)
    assert kinds(events) == ["OrderRecorded", "OrderCancelled"]
    assert only(events, OrderCancelled).reason == "cancelled_after"
    assert (world.get("#1").state, world.get("#1").held, world.row("L1").reserved) == (OrderState.CANCELLED, None, 0)
    world.place("#2", cancel_after=TODAY)
    assert world.get("#2").state is not OrderState.CANCELLED


def test_an_order_that_was_cancelled_before_it_came_is_cancelled_once() -> None:
    """A cancellation that came first leaves nothing for the last day to cancel."""
    world = World()
    world.cancel("#1")
    assert kinds(world.place("#1", cancel_after=YESTERDAY)) == ["OrderRecorded"]
    assert world.get("#1").state is OrderState.CANCELLED


def test_a_version_whose_last_day_is_over_cancels_what_is_open() -> None:
    """What nobody has picked is cancelled with the change and goes to whoever waits; picked and packed goods stay."""
    world = World()
    world.stock(goods("L1", 8))
    world.place("#1", wanted("1", 4), wanted("2", 4), version="1")
    world.place("#2", wanted(quantity=3))
    world.told(world.pick("#1", PickLine(None, "1", "L1", "BIN", Decimal(3))))
    events = world.place("#1", wanted("1", 4), wanted("2", 9), version="2", cancel_after=YESTERDAY)
    assert kinds(events) == ["OrderChanged", "OrderCancelled", "OrderAllocated"]
    assert only(events, OrderChanged).decisions == ()
    assert (world.get("#1").state, world.lots("#1"), world.lots("#2")) == (OrderState.PICKED, [("L1", 3)], [("L1", 3)])
    world.parts("#1")[0].packed = 3
    world.get("#1").state = OrderState.PACKED
    world.place("#3", wanted("1", 2), wanted("2", 1), version="1")
    assert kinds(world.place("#3", wanted("1", 2), wanted("2", 1), version="2", cancel_after=YESTERDAY)) == [
        "OrderChanged", "OrderCancelled",
    ]  # fmt: skip
    assert world.get("#3").state is OrderState.CANCELLED


def test_the_head_of_a_partly_shipped_order_may_bring_its_last_day() -> None:
    """A newer version that only says that the last day is over ends the order with what has left."""
    world = World()
    world.stock(goods("L1", 8))
    lines = (wanted("1", 4), wanted("2", 4))
    world.place("#1", *lines, version="1")
    world.told(world.ship("#1", ShippedLine("1", "L1", Decimal(4))))
    assert kinds(world.place("#1", *lines, version="2", cancel_after=YESTERDAY)) == ["OrderChanged", "OrderCancelled"]
    assert (world.get("#1").state, world.row("L1").reserved) == (OrderState.SHIPPED, 0)
