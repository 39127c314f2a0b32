"""Orders that leave later than their horizon wait for their day, and are decided like any other then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from lotstream.domain.agenda import is_due
from lotstream.domain.ahead import horizon_of
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import (
    ChangeSettings,
    CloseOrder,
    ContinueDay,
    DefineCustomer,
    DefineItem,
    DefineSite,
    Moment,
    OpenDay,
    ReleaseOrder,
    RequestAllocation,
    ReserveStock,
    ShippedLine,
    UnreserveOrder,
)
from lotstream.domain.decide import decide
from lotstream.domain.events import Event, OrderAllocated, OrderChanged, OrderRecorded
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Calendar, Customer, Item, OrderState, Settings, Site
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, decided, goods, key, kinds, only, wanted

WEEK = Settings(allocate="at_once", sites=(SITE,), allocate_days_ahead=7)
NEVER = TODAY + timedelta(days=300)


def in_days(days: int) -> date:
    """The day so many days from the first."""
    return TODAY + timedelta(days=days)


def gone_on(world: World, orders_max: int = 100) -> tuple[Event, ...]:
    """All that is due is decided."""
    events: list[Event] = []
    while is_due(world.ledger):
        events += world.told(ContinueDay(orders_max))
    return tuple(events)


def turned(world: World, days: int, orders_max: int = 100) -> tuple[Event, ...]:
    """The day turns, and all that follows from it is decided."""
    world.told(OpenDay(SITE, in_days(days)))
    return gone_on(world, orders_max)


def stocked(settings: Settings = WEEK, quantity: int = 10) -> World:
    """A world with one lot that lives for a year."""
    world = World(settings)
    world.stock(goods("L1", quantity, expires=in_days(365)))
    return world


def test_an_order_waits_until_its_day_has_come() -> None:
    """It is received and has nothing while it ships more than seven days ahead; on the seventh it is decided."""
    world = stocked()
    assert only(world.place("#1", ship_date=in_days(8)), OrderRecorded).decisions == ()
    assert (world.get("#1").state, world.get("#1").ahead) == (OrderState.RECEIVED, True)
    world.stock(goods("L2", 10, expires=in_days(365)), balance="more")
    assert world.lots("#1") == []
    events = turned(world, 1)
    assert kinds(events) == ["OrderAllocated", "DayContinued"]
    assert (world.get("#1").state, world.get("#1").ahead, world.lots("#1")) == (
        OrderState.ALLOCATED, False, [("L1", 5)],
    )  # fmt: skip
    assert kinds(turned(world, 2)) == ["DayContinued"]


def test_an_order_within_its_horizon_is_decided_when_it_arrives() -> None:
    """Seven days ahead is within seven days; so is every order without a ship date, and a date that is past."""
    world = stocked(quantity=40)
    for number, day in enumerate((in_days(7), TODAY, in_days(-3), None)):
        world.place(f"#{number}", ship_date=day)
        assert world.get(f"#{number}").state is OrderState.ALLOCATED


def test_who_says_how_far_ahead() -> None:
    """The order counts before its customer, the customer before the settings; 0 is a horizon, null is none."""
    three, none = Customer("C", allocate_days_ahead=3), Customer("D")
    world = stocked()
    for customer in (three, none):
        world.told(DefineCustomer(customer))
    world.place("#1", ship_date=in_days(4), customer="C")
    world.place("#2", ship_date=in_days(4), customer="D")
    world.place("#3", ship_date=in_days(4), customer="C", allocate_days_ahead=4)
    world.place("#4", ship_date=in_days(1), customer="C", allocate_days_ahead=0)
    states = {number: world.get(number).state for number in ("#1", "#2", "#3", "#4")}
    received, allocated = OrderState.RECEIVED, OrderState.ALLOCATED
    assert states == {"#1": received, "#2": allocated, "#3": allocated, "#4": received}
    found = [horizon_of(WEEK, customer, world.get("#1")) for customer in (three, none, None)]
    assert found == [(3, "customer"), (7, "settings"), (7, "settings")]
    assert horizon_of(WEEK, three, world.get("#3")) == (4, "order")
    assert horizon_of(Settings(), none, world.get("#1")) is None


def test_the_day_of_a_line_counts_before_the_orders() -> None:
    """An order waits as a whole for the first of its lines; a line that leaves as soon as it can lets all of it in."""
    world = stocked(quantity=40)
    world.place("#1", wanted("1", ship_date=in_days(9)), wanted("2"), ship_date=in_days(20))
    world.place("#2", wanted("1", ship_date=in_days(9)), wanted("2"))
    assert (world.get("#1").state, world.get("#2").state) == (OrderState.RECEIVED, OrderState.ALLOCATED)
    world.cancel("#1", "1")
    assert world.get("#1").state is OrderState.RECEIVED
    assert kinds(turned(world, 2)) == ["DayContinued"]
    assert "OrderAllocated" in kinds(turned(world, 13))
    assert world.get("#1").state is OrderState.ALLOCATED


@pytest.mark.parametrize("orders_max", [1, 2, 100])
def test_those_whose_day_has_come_take_their_place_in_the_queue(orders_max: int) -> None:
    """They are served by priority and then by when they were placed, among those that waited for goods before them."""
    world = stocked(quantity=0)
    at = datetime(2026, 8, 1, tzinfo=UTC)
    world.place("#late", ship_date=in_days(8), placed_at=at + timedelta(hours=2))
    world.place("#first", ship_date=in_days(9), placed_at=at + timedelta(hours=3), priority=5)
    world.place("#waits", placed_at=at + timedelta(hours=1))
    world.place("#far", ship_date=NEVER, placed_at=at)
    world.told(OpenDay(SITE, in_days(2)))
    world.stock(goods("L1", 3, expires=in_days(365)), balance="three")
    gone_on(world, orders_max)
    world.stock(goods("L2", 6, expires=in_days(366)), balance="six")
    have = {number: sum(part.quantity for part in world.parts(number)) for number in ("#first", "#waits", "#late")}
    assert have == {"#first": 5, "#waits": 4, "#late": 0}
    assert world.get("#far").state is OrderState.RECEIVED


def test_an_order_that_finds_nothing_on_its_day_waits_for_goods_from_then_on() -> None:
    """It is backordered, which its sender is told, and gets what comes in like any other."""
    world = stocked(quantity=0)
    world.place("#1", ship_date=in_days(8))
    allocated = only(turned(world, 1), OrderAllocated)
    assert (allocated.state, world.get("#1").state) == (OrderState.BACKORDERED, OrderState.BACKORDERED)
    world.stock(goods("L1", 5, expires=in_days(365)), balance="more")
    assert world.get("#1").state is OrderState.ALLOCATED


def test_somebody_may_let_it_in_before_its_day() -> None:
    """Allocation that names it decides it, all that wait do not; a lot promised by name lets it in, too."""
    world = stocked(quantity=20)
    for number in ("#1", "#2"):
        world.place(number, ship_date=in_days(30))
    assert world.told(RequestAllocation()) == ()
    world.told(RequestAllocation((key("#1"),)))
    assert (world.get("#1").state, world.get("#2").state) == (OrderState.ALLOCATED, OrderState.RECEIVED)
    world.told(ReserveStock(key("#2"), "1", "L1", wanted().quantity - 1))
    assert (world.get("#2").state, world.get("#2").ahead) == (OrderState.PARTLY_ALLOCATED, False)
    world.told(RequestAllocation())
    assert world.get("#2").state is OrderState.ALLOCATED


def test_what_has_left_before_its_day_has_begun() -> None:
    """Goods that left for an order let it in: the rest of it waits for goods, and no longer for its day."""
    world = stocked(quantity=3)
    world.place("#1", ship_date=in_days(30))
    world.told(world.ship("#1", ShippedLine("1", "L1", Decimal(3)), happened=True))
    assert (world.get("#1").state, world.get("#1").ahead) == (OrderState.PARTLY_SHIPPED, False)
    world.stock(goods("L2", 9, expires=in_days(365)), balance="more")
    assert world.lots("#1") == [("L2", 2)]


def test_on_request_its_day_lets_it_be_asked_for() -> None:
    """Where orders are decided on request nothing happens on its day; from then on it is one of all that wait."""
    world = stocked(Settings(allocate="on_request", allocate_days_ahead=7), quantity=20)
    world.place("#1", ship_date=in_days(8))
    world.place("#2", priority=-1)
    assert [event.key.order for event in world.told(RequestAllocation()) if isinstance(event, OrderAllocated)] == ["#2"]
    world.told(UnreserveOrder(key("#2")))
    assert kinds(turned(world, 1)) == ["DayContinued"]
    assert world.get("#1").state is OrderState.RECEIVED
    events = world.told(RequestAllocation())
    assert [event.key.order for event in events if isinstance(event, OrderAllocated)] == ["#1", "#2"]


def test_a_changed_ship_date_moves_it_in_and_out() -> None:
    """Nearer: it is decided at once. Later: all it had is free for others at once, and it waits for its new day."""
    world = stocked(quantity=5)
    world.place("#1", ship_date=in_days(20), version="1")
    world.place("#1", ship_date=in_days(5), version="2")
    assert (world.get("#1").state, world.lots("#1")) == (OrderState.ALLOCATED, [("L1", 5)])
    world.place("#2")
    events = world.place("#1", ship_date=in_days(9), version="3")
    assert [loss.quantity for loss in only(events, OrderChanged).freed] == [5]
    assert (world.get("#1").state, world.lots("#1"), world.lots("#2")) == (OrderState.RECEIVED, [], [("L1", 5)])
    world.place("#1", ship_date=in_days(8), version="4")
    assert (world.get("#1").state, world.get("#1").ahead) == (OrderState.RECEIVED, True)
    assert "OrderAllocated" in kinds(turned(world, 1))
    assert world.get("#1").state is OrderState.BACKORDERED


def test_what_was_let_in_or_is_being_picked_stays_in() -> None:
    """A change that does not move its day takes nothing from it; nor does one of an order that is being picked."""
    world = stocked(quantity=20)
    world.place("#1", ship_date=in_days(30), version="1")
    world.told(RequestAllocation((key("#1"),)))
    world.place("#1", ship_date=in_days(30), version="2", city="Columbus")
    assert world.get("#1").state is OrderState.ALLOCATED
    world.place("#2", ship_date=in_days(5), version="1")
    world.told(world.pick("#2"))
    world.place("#2", ship_date=in_days(30), version="2")
    assert (world.get("#2").state, world.get("#2").ahead) == (OrderState.PICKED, False)


def test_an_order_that_gives_back_all_waits_for_its_day_again() -> None:
    """What was let in before its day and is given back is offered nothing before that day; a part of it stays in."""
    world = stocked(quantity=20)
    world.place("#1", wanted("1"), wanted("2"), ship_date=in_days(30))
    world.told(RequestAllocation((key("#1"),)))
    world.told(UnreserveOrder(key("#1"), ("1",)))
    assert (world.get("#1").state, world.get("#1").ahead) == (OrderState.PARTLY_ALLOCATED, False)
    world.told(UnreserveOrder(key("#1")))
    assert (world.get("#1").state, world.get("#1").ahead) == (OrderState.RECEIVED, True)
    world.stock(goods("L2", 5, expires=in_days(365)), balance="more")
    assert world.lots("#1") == []
    turned(world, 23)
    assert world.get("#1").state is OrderState.ALLOCATED


def test_a_held_order_waits_for_its_day_once_it_goes_on() -> None:
    """What was unknown is defined before its day: it goes on as received. After its day: it is decided at once."""
    world = stocked(quantity=0)
    for number, day in (("#1", 8), ("#2", 30)):
        world.place(number, wanted(sku="JAM"), ship_date=in_days(day))
    turned(world, 1)
    assert {world.get(number).state for number in ("#1", "#2")} == {OrderState.HELD}
    world.told(DefineItem(Item("JAM")))
    assert (world.get("#1").state, world.get("#2").state) == (OrderState.BACKORDERED, OrderState.RECEIVED)
    assert world.get("#2").ahead


def test_a_conflict_holds_an_order_that_waits_for_its_day() -> None:
    """Released after its day it is decided; the day itself does nothing to an order that waits for a person."""
    world = stocked()
    world.place("#1", ship_date=in_days(8))
    world.place("#1", ship_date=in_days(8), city="Columbus")
    assert kinds(turned(world, 1)) == ["DayContinued"]
    assert (world.get("#1").state, world.get("#1").ahead) == (OrderState.HELD, True)
    world.told(ReleaseOrder(key("#1")))
    assert (world.get("#1").state, world.get("#1").ahead) == (OrderState.ALLOCATED, False)


def test_another_horizon_counts_for_those_that_wait() -> None:
    """A longer one of the settings, or of a customer, lets them in; a shorter one takes nothing from those let in."""
    world = stocked(quantity=50)
    world.told(DefineCustomer(Customer("C", allocate_days_ahead=3)))
    world.place("#1", ship_date=in_days(20))
    world.place("#2", ship_date=in_days(20), customer="C")
    world.place("#3", ship_date=in_days(5))
    world.told(ChangeSettings(Settings(allocate="at_once", sites=(SITE,), allocate_days_ahead=20)))
    gone_on(world)
    assert (world.get("#1").state, world.get("#2").state) == (OrderState.ALLOCATED, OrderState.RECEIVED)
    world.told(DefineCustomer(Customer("C", version=2)))
    gone_on(world)
    assert world.get("#2").state is OrderState.ALLOCATED
    world.told(ChangeSettings(Settings(allocate="at_once", sites=(SITE,), allocate_days_ahead=0)))
    gone_on(world)
    assert {world.get(number).state for number in ("#1", "#2", "#3")} == {OrderState.ALLOCATED}
    world.told(DefineCustomer(Customer("C", version=3, allocate_days_ahead=1)))
    assert not is_due(world.ledger)


def test_the_order_of_another_customer_does_not_wait_for_his_rule() -> None:
    """A customer's new horizon is looked at only where one of his orders waits for its day."""
    world = stocked(quantity=50)
    for name in ("C", "D"):
        world.told(DefineCustomer(Customer(name)))
    world.place("#1", ship_date=in_days(20), customer="C")
    gone_on(world)
    world.told(DefineCustomer(Customer("D", version=2, allocate_days_ahead=30)))
    assert not is_due(world.ledger)
    world.told(DefineCustomer(Customer("C", version=2, allocate_days_ahead=10)))
    assert is_due(world.ledger)
    gone_on(world)
    assert "OrderAllocated" in kinds(turned(world, 10))


def test_the_today_is_that_of_its_site() -> None:
    """The day of another site lets nothing in; where an owner has no site the record's own date counts."""
    world = World(Settings(allocate="at_once", sites=(SITE, "EAST"), allocate_days_ahead=7))
    world.told(DefineSite(Site("EAST", calendar=Calendar.SCRIPTED)))
    world.place("#1", ship_date=in_days(8))
    world.told(OpenDay("EAST", in_days(9)))
    gone_on(world)
    assert world.get("#1").state is OrderState.RECEIVED
    ledger = Ledger("nowhere", Sites(), items={"TEA": Item("TEA")}, settings=Settings(allocate_days_ahead=7))
    ledger.closed[key("#1")] = None
    moment = Moment(datetime(2026, 9, 2, tzinfo=UTC), {}, "0" * 32, 1)
    command = world.order("#1", ship_date=in_days(8))
    for at, ahead in ((moment, False), (Moment(datetime(2026, 9, 1, tzinfo=UTC), {}, "0" * 32, 1), True)):
        events = decide(ledger, command, at)
        assert not isinstance(events, Refusal)
        assert only(events, OrderRecorded).order.ahead is ahead


def test_it_is_cancelled_and_closed_like_any_other() -> None:
    """An order that waits for its day may be cancelled, closed, and end on its last day before it was ever decided."""
    world = stocked()
    for number in ("#1", "#2"):
        world.place(number, ship_date=in_days(30))
    world.place("#3", ship_date=in_days(30), cancel_after=TODAY)
    world.cancel("#1")
    world.told(CloseOrder(key("#2")))
    assert kinds(turned(world, 1)) == ["OrderCancelled", "DayContinued"]
    assert {world.get(number).state for number in ("#1", "#2", "#3")} == {OrderState.CANCELLED}
    assert kinds(turned(world, 60)) == ["DayContinued"]


def test_a_horizon_below_nothing_is_refused() -> None:
    """Days ahead are 0 or more, on the order, the customer and the settings; a horizon before all days is no wait."""
    world = stocked()
    assert world.refused(world.order("#1", allocate_days_ahead=-1)) == (Code.FIELD_INVALID, "allocate_days_ahead")
    assert world.refused(DefineCustomer(Customer("C", allocate_days_ahead=-1))) == (
        Code.FIELD_INVALID, "customer.allocate_days_ahead",
    )  # fmt: skip
    assert world.refused(ChangeSettings(Settings(allocate="at_once", allocate_days_ahead=-1))) == (
        Code.FIELD_INVALID, "settings.allocate_days_ahead",
    )  # fmt: skip
    world.place("#1", ship_date=in_days(30), allocate_days_ahead=10**7)
    assert world.get("#1").state is OrderState.ALLOCATED


def test_a_replayed_journal_knows_who_waits_for_his_day() -> None:
    """What waits for its day is found again from the events alone, and from the orders alone."""
    world = stocked()
    world.place("#1", ship_date=in_days(8))
    world.warehouse.restart()
    world.ledger = world.warehouse.ledger
    world.told(OpenDay(SITE, in_days(1)))
    once = decided(world, ContinueDay(10))
    world.ledger.index()
    assert decided(world, ContinueDay(10)) == once
    assert kinds(once) == ["OrderAllocated", "DayContinued"]
