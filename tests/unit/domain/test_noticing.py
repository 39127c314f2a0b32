"""Orders that are held for too long are told of once, when the clock ticks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from lotstream.domain import noticing
from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ChangeSettings,
    Command,
    DefineCustomer,
    DefineItem,
    Moment,
    ReleaseOrder,
    TickClock,
)
from lotstream.domain.decide import decide
from lotstream.domain.events import AvailabilityTold, ClockSet, Event, HeldNoticed
from lotstream.domain.model import Channel, Customer, Item, OrderState, OwnerClock, Settings
from tests.unit.domain.build import World, goods, key, kinds, only, wanted

DAILY = Settings(allocate="at_once", held_notice_hours=24)
UNKNOWN = wanted(sku="JAM")


class Clocked(World):
    """A world in which hours pass."""

    def __init__(self, settings: Settings = DAILY) -> None:
        self.hours = 0.0
        super().__init__(settings)
        warehouse, midnight = self.warehouse, self.warehouse.moment

        def moment() -> Moment:
            return replace(midnight(), recorded_at=midnight().recorded_at + timedelta(hours=self.hours))

        warehouse.moment = moment  # type: ignore[method-assign]

    @property
    def due_at(self) -> datetime | None:
        """When the owner is looked at next."""
        return self.ledger.clock.due_at

    def due_in(self) -> float | None:
        """Hours after the first one at which the owner is looked at next."""
        start = self.warehouse.moment().recorded_at - timedelta(hours=self.hours)
        return None if self.due_at is None else (self.due_at - start) / timedelta(hours=1)

    def ticked(self, hours: float) -> list[str]:
        """So many hours after the first one the clock ticks, as often as anything is due; returns who is told of."""
        self.hours = hours
        events: list[Event] = []
        while self.due_at is not None and self.due_at <= self.warehouse.moment().recorded_at:
            events += self.told(TickClock())
        return [event.key.order for event in events if isinstance(event, HeldNoticed)]


def test_an_order_that_is_held_too_long_is_told_of_once() -> None:
    """After 24 hours, once; an order that is held later has its own 24 hours."""
    world = Clocked()
    assert (world.due_at, world.ledger.clock.watched) == (None, True)
    world.place("#1", UNKNOWN)
    world.place("#fine")
    assert world.due_in() == 24
    world.hours = 10
    world.place("#2", customer="C")
    assert world.due_in() == 24
    assert world.ticked(23.9) == []
    assert world.ticked(24) == ["#1"]
    assert world.due_in() == 34
    assert world.ticked(33) == []
    assert world.ticked(40) == ["#2"]
    assert (world.due_at, world.ledger.clock.watched) == (None, True)
    assert world.get("#1").held_told


def test_an_order_that_goes_on_in_time_is_not_told_of() -> None:
    """What was missing turns up, or the order is cancelled: the clock finds nothing to tell and stands still."""
    world = Clocked()
    world.place("#1", UNKNOWN)
    world.place("#2", UNKNOWN)
    world.told(DefineItem(Item("JAM")))
    assert (world.get("#1").held_since, world.get("#1").state) == (None, OrderState.BACKORDERED)
    world.place("#3", customer="C")
    world.cancel("#3")
    assert world.get("#3").held_since is None
    assert kinds(world.told(TickClock())) == ["ClockSet"]
    assert world.due_at is None
    assert world.told(TickClock()) == ()


def test_an_order_that_is_held_again_has_its_hours_again() -> None:
    """Let go and held for another reason, it is told of again; held on for the same reason, it is not."""
    world = Clocked()
    world.place("#1", customer="C", version="1")
    assert world.ticked(24) == ["#1"]
    world.place("#1", customer="C", priority=3, version="2")
    assert world.ticked(100) == []
    world.told(DefineCustomer(Customer("C")))
    assert (world.get("#1").held_told, world.get("#1").held) == (False, None)
    world.place("#1", customer="C", priority=4)
    assert (world.get("#1").held, world.due_in()) == (Code.CONFLICTING_CONTENT, 124)
    world.place("#1", customer="C", priority=5)
    assert world.ticked(124) == ["#1"]
    world.told(ReleaseOrder(key("#1")))
    assert world.get("#1").held_since is None


def test_another_reason_has_hours_of_its_own() -> None:
    """An order whose item turns up and whose customer is still unknown is held anew."""
    world = Clocked()
    world.place("#1", UNKNOWN, customer="C")
    world.hours = 20
    world.told(DefineItem(Item("JAM")))
    assert (world.get("#1").held, world.due_in()) == (Code.UNKNOWN_CUSTOMER, 24)
    assert world.ticked(24) == []
    assert world.ticked(44) == ["#1"]


def test_a_test_order_is_held_in_silence() -> None:
    """Whoever tries the way knows that the order is held."""
    world = Clocked()
    world.place("#1", test=True)
    assert world.due_at is None


def test_without_the_setting_nobody_is_told_and_nothing_is_due() -> None:
    """The clock of an owner that wants no notices is never set; set later, orders held before it count from then on."""
    world = Clocked(Settings())
    world.place("#1", UNKNOWN)
    assert world.ledger.clock == OwnerClock()
    world.get("#1").held_since = None
    world.hours = 5
    assert kinds(world.told(ChangeSettings(DAILY))) == ["SettingsChanged", "ClockSet"]
    assert world.due_in() == 24
    world.told(ChangeSettings(Settings(held_notice_hours=30)))
    world.told(ChangeSettings(Settings(held_notice_hours=2)))
    assert world.due_in() == 2
    assert world.ticked(5) == ["#1"]
    assert kinds(world.told(ChangeSettings(Settings(held_notice_hours=3)))) == ["SettingsChanged"]
    world.place("#2", UNKNOWN)
    world.told(ChangeSettings(Settings()))
    assert world.ticked(10) == []
    assert world.ledger.clock == OwnerClock(None, 2, watched=False)


def test_notices_and_figures_share_the_clock() -> None:
    """What may be sold is told a minute after a change, whatever is due later; and later the order is told of."""
    world = Clocked(Settings(held_notice_hours=24, channels=(Channel("shop"),)))
    assert world.due_in() == 1 / 60
    world.place("#1", UNKNOWN)
    world.stock(goods("L1", 5))
    world.hours = 1
    events = world.told(TickClock())
    assert kinds(events) == ["AvailabilityTold", "ClockSet"]
    assert (only(events, ClockSet).all_told, world.due_in()) == (True, 24)
    assert world.ledger.may_be_untold() == set()
    world.place("#2")
    assert world.due_in() == 1 + 1 / 60
    assert kinds(world.told(TickClock())) == ["AvailabilityTold", "ClockSet"]
    assert world.ticked(24) == ["#1"]
    assert world.due_at is None


def test_figures_that_are_left_over_come_before_a_notice_that_is_due_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """With more figures than one message holds the owner is looked at again at once, and no figure is forgotten."""
    monkeypatch.setattr("lotstream.domain.ticking.FIGURES_MAX", 1)
    world = Clocked(Settings(held_notice_hours=24, channels=(Channel("shop"),)))
    world.told(DefineItem(Item("OIL")))
    world.stock(goods("L1", 5), goods("L1", 5, sku="OIL", line="2"))
    world.place("#1", wanted(sku="JAM"))
    world.hours = 1
    first, second = (only(world.told(TickClock()), AvailabilityTold).figures for _ in range(2))
    assert [figure.sku for figure in (*first, *second)] == ["OIL", "TEA"]
    assert world.due_in() == 24


def test_many_orders_are_told_of_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest held come first; the owner is looked at again at once until nobody is left."""
    monkeypatch.setattr(noticing, "NOTICES_MAX", 2)
    world = Clocked()
    for number in range(5):
        world.hours = number
        world.place(f"#{number}", UNKNOWN)
    assert world.ticked(27.5) == ["#0", "#1", "#2", "#3"]
    assert world.ticked(28) == ["#4"]


@pytest.mark.parametrize("hours", [0, -1, 87_601])
def test_hours_that_nobody_can_wait_for_are_refused(hours: int) -> None:
    """Notices are told after at least one hour, and at most ten years."""
    wrong: Command = ChangeSettings(Settings(held_notice_hours=hours))
    assert World().refused(wrong) == (Code.FIELD_INVALID, "settings.held_notice_hours")


def test_deciding_a_tick_changes_nothing() -> None:
    """Decided twice, a tick gives the same events."""
    world = Clocked()
    world.place("#1", UNKNOWN)
    world.hours = 24
    moment = world.warehouse.moment()
    assert decide(world.ledger, TickClock(), moment) == decide(world.ledger, TickClock(), moment)
