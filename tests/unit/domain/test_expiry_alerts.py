"""What the turn of a day tells of lots: each threshold once, the nearest where the clock jumps, and what is over."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain import marks
from lotstream.domain.commands import (
    ChangeSettings,
    ContinueDay,
    CorrectLot,
    DefineCustomer,
    DefineItem,
    MergeLots,
    OpenDay,
)
from lotstream.domain.draft import Draft
from lotstream.domain.events import Ahead, ExpiryNoticed, LotExpired
from lotstream.domain.minima import Askers, Minima, Minimum
from lotstream.domain.model import PLAIN, Customer, Item, LifeFrom, Settings
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods

ALERTS = Settings(expiry_alert_days=(30, 10, 3), unsellable_alert_days=(5, 2))


def in_days(days: int) -> date:
    """A day so many after the first."""
    return TODAY + timedelta(days=days)


def turned(world: World, day: int, *, parts: int = 1) -> list[tuple[Any, ...]]:
    """What is told of lots when it is so many days after the first: kind, lot and days, or site and quantity."""
    world.warehouse.tell(OpenDay(SITE, in_days(day)))
    told: list[tuple[Any, ...]] = []
    for _ in range(parts):
        for event in world.told(ContinueDay(100)):
            if isinstance(event, ExpiryNoticed):
                told.append((event.kind, event.lot.lot, event.days, event.quantity))
            elif isinstance(event, LotExpired):
                told.append((event.site, event.lot.lot, event.quantity, event.told))
    assert world.told(ContinueDay(100)) == ()
    return told


def test_each_threshold_of_a_lot_is_told_once() -> None:
    """40 days ahead nothing is told, then 30, 10 and 3 days before, and on the day after the last that it expired."""
    world = World(ALERTS)
    world.stock(goods("L1", 7, expires=in_days(40)), goods("L1", 2, location="B2", line="2", expires=in_days(40)))
    told = {day: noted for day in range(1, 60) if (noted := turned(world, day))}
    assert told == {
        10: [(Ahead.EXPIRY, "L1", 30, 9)],
        30: [(Ahead.EXPIRY, "L1", 10, 9)],
        37: [(Ahead.EXPIRY, "L1", 3, 9)],
        41: [(SITE, "L1", 9, True)],
    }
    assert (world.ledger.lots["TEA", "L1"].more or PLAIN).alerted == (
        "expiry:30", "expiry:10", "expiry:3", f"expired:{SITE}"
    )  # fmt: skip


def test_a_clock_that_jumps_tells_the_nearest_threshold() -> None:
    """Over two thresholds at once the nearest is told and the other is not told later; over the end only that."""
    world = World(ALERTS)
    world.stock(goods("L1", expires=in_days(40)), goods("L2", location="B2", expires=in_days(20)))
    assert turned(world, 32) == [(SITE, "L2", 10, True), (Ahead.EXPIRY, "L1", 8, 10)]
    assert turned(world, 33) == []
    assert turned(world, 50) == [(SITE, "L1", 10, True)]


def test_an_item_has_thresholds_of_its_own() -> None:
    """They stand in the place of the owner's; with none of them nobody is told, not even that a lot has expired."""
    world = World(ALERTS)
    world.told(DefineItem(Item("SALT", expiry_alert_days=(7,))))
    world.told(DefineItem(Item("RICE", expiry_alert_days=())))
    world.stock(goods("L1", sku="SALT", expires=in_days(30)), goods("L1", sku="RICE", expires=in_days(30), line="2"))
    told = {day: noted for day in range(1, 32) if (noted := turned(world, day))}
    assert told == {23: [(Ahead.EXPIRY, "L1", 7, 10)], 31: [(SITE, "L1", 10, False), (SITE, "L1", 10, True)]}


def test_what_is_not_in_stock_and_what_never_expires_is_not_told() -> None:
    """Empty lots, lots without expiry and goods without a lot are passed over; so is a day that did not turn."""
    world = World(ALERTS)
    world.stock(
        goods("L1", 0, expires=in_days(3)), goods("L2", 5, expires=None, line="2"),
        goods(None, 5, expires=None, line="3"),
    )  # fmt: skip
    assert turned(world, 2) == turned(world, 9) == []
    assert marks.due(Draft(world.ledger, world.warehouse.moment()), ["DET"]) == marks.Noticed()


def test_what_comes_in_expired_does_not_expire_here() -> None:
    """Goods that were past their day when they came are neither told as expired nor counted, whenever more come."""
    world = World(ALERTS)
    world.stock(goods("L1", expires=in_days(-1)))
    world.told(world.receipt(goods("L1", 5, expires=in_days(-1))))
    assert (world.ledger.lots["TEA", "L1"].more or PLAIN).alerted == (f"expired:{SITE}",)
    assert turned(world, 1) == []


CUSTOMERS = (
    Customer("C-1", min_days_left=20),
    Customer("C-2", min_days_left=20),
    Customer("C-3", min_days_left=18, life_from=LifeFrom.DELIVERY, transit_days=2),
    Customer("C-4", min_days_left=5, min_days_left_by_sku={"TEA": 30}),
)


def test_a_lot_becomes_unsellable_for_customers() -> None:
    """A lot of 40 days can go to C-4 until day 10, to C-1 and C-2 and, two days on the road, to C-3 until day 20.

    People are told 5 and 2 days before the first day on which it cannot, once for all who ask for the same.
    """
    world = World(Settings(unsellable_alert_days=(5, 2)))
    for customer in CUSTOMERS:
        world.told(DefineCustomer(customer))
    world.stock(goods("L1", expires=in_days(40)))
    told: dict[int, list[tuple[Any, ...]]] = {}
    for day in range(1, 30):
        world.warehouse.tell(OpenDay(SITE, in_days(day)))
        for event in world.told(ContinueDay(100)):
            if isinstance(event, ExpiryNoticed):
                told.setdefault(day, []).append((event.days, event.last_day, event.customers))
    assert told == {
        6: [(5, in_days(10), ("C-4",))],
        9: [(2, in_days(10), ("C-4",))],
        16: [(5, in_days(20), ("C-3",)), (5, in_days(20), ("C-1", "C-2"))],
        19: [(2, in_days(20), ("C-3",)), (2, in_days(20), ("C-1", "C-2"))],
    }


def test_lots_that_live_as_long_become_unsellable_as_long_before_their_end() -> None:
    """Two lots of a life of 40 days, one begun five days after the other: each is told on its own day."""
    world = World(Settings(unsellable_alert_days=(2,)))
    world.told(DefineCustomer(Customer("C-1", min_pct_left=Decimal(50))))
    days = {"L1": 0, "L2": 5}
    world.stock(
        *(
            goods(lot, location=lot, line=lot, made=in_days(begun), expires=in_days(begun + 40))
            for lot, begun in days.items()
        )
    )
    told = {day: [one[1] for one in noted] for day in range(1, 40) if (noted := turned(world, day))}
    assert told == {19: ["L1"], 24: ["L2"]}


def test_what_an_item_asks_is_asked_for_whoever_is_not_named() -> None:
    """Without customers the item's own minimum counts; a jump past the last day is told once, with nothing left."""
    world = World(Settings(unsellable_alert_days=(5,), min_pct_left=Decimal(50)))
    world.stock(goods("L1", made=in_days(-40), expires=in_days(40)), goods("L2", location="B2", expires=in_days(40)))
    world.warehouse.tell(OpenDay(SITE, in_days(3)))
    (event,) = [event for event in world.told(ContinueDay(100)) if isinstance(event, ExpiryNoticed)]
    assert (event.lot.lot, event.days, event.anybody, event.customers) == ("L1", -2, True, ())
    assert turned(world, 4) == []


def test_many_lots_are_told_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """With more lots than one part may tell the walk goes on where it was; each lot is told once."""
    monkeypatch.setattr(marks, "MARKS_MAX", 2)
    world = World(ALERTS)
    world.stock(*(goods(f"L{number}", expires=in_days(10 + number), line=str(number)) for number in range(5)))
    assert [told[1] for told in turned(world, 5, parts=3)] == ["L0", "L1", "L2", "L3", "L4"]


def test_minima_are_found_as_a_line_finds_them() -> None:
    """Customer and SKU, customer, item, settings; an item nobody has defined has what the settings say."""
    world = World(Settings(min_days_left=3))
    for customer in (*CUSTOMERS, Customer("C-5", min_days_left=0)):
        world.told(DefineCustomer(customer))
    world.told(DefineItem(Item("SALT", min_days_left=7, min_pct_left=Decimal(10))))
    assert Minima(world.ledger).of("SALT") == {
        Minimum(0, Decimal(10)): Askers(("C-5",), anybody=False),
        Minimum(5, Decimal(10)): Askers(("C-4",), anybody=False),
        Minimum(7, Decimal(10)): Askers((), anybody=True),
        Minimum(18, Decimal(10), 2): Askers(("C-3",), anybody=False),
        Minimum(20, Decimal(10)): Askers(("C-1", "C-2"), anybody=False),
    }
    assert Minima(world.ledger).unnamed("RICE") == Minimum(3)
    assert Minimum(7, Decimal("12.50"), 2).mark() == "life:7/12.5/2"


def test_thresholds_that_change_are_told_once_too() -> None:
    """A wider one after the nearest was told is not told; a nearer one is, once, and so is a new one for a customer."""
    world = World(ALERTS)
    world.stock(goods("L1", 7, expires=in_days(40)))
    assert turned(world, 15) == [(Ahead.EXPIRY, "L1", 25, 7)]
    world.told(ChangeSettings(Settings(expiry_alert_days=(60, 30, 20), unsellable_alert_days=(5, 2))))
    assert turned(world, 16) == []
    assert turned(world, 21) == [(Ahead.EXPIRY, "L1", 19, 7)]
    world.told(DefineCustomer(Customer("C-7", min_days_left=16)))
    assert turned(world, 22) == [(Ahead.UNSELLABLE, "L1", 3, 7)]
    world.told(DefineCustomer(Customer("C-7", version=2, min_days_left=17)))
    assert turned(world, 23) == [(Ahead.UNSELLABLE, "L1", 1, 7)]
    assert turned(world, 24) == []


def test_a_lot_corrected_backwards_is_told_by_its_new_day() -> None:
    """From never to in 20 days, to in 8, to in 50, to a day that is over: what holds then is told, once each."""
    world = World(ALERTS)
    world.stock(goods("L1", 7, expires=None))
    assert turned(world, 1) == []
    for nth, (days, told) in enumerate((
        (22, [(Ahead.EXPIRY, "L1", 20, 7)]), (12, [(Ahead.EXPIRY, "L1", 8, 7)]), (60, []), (3, [(SITE, "L1", 7, True)]),
    )):  # fmt: skip
        world.told(CorrectLot(f"C{nth}", "TEA", "L1", expires=in_days(days)))
        assert turned(world, nth * 2 + 2) == told
        assert turned(world, nth * 2 + 3) == []


def test_lots_that_become_one_are_not_told_of_again() -> None:
    """Nobody hears twice of the lot that they are now; by an earlier day than it had they do."""
    world = World(ALERTS)
    world.stock(*(goods(lot, 2, expires=in_days(days), line=lot) for lot, days in (("A", 40), ("B", 40), ("C", 20))))
    assert turned(world, 12) == [
        (Ahead.EXPIRY, "C", 8, 2), (Ahead.EXPIRY, "A", 28, 2), (Ahead.EXPIRY, "B", 28, 2),
    ]  # fmt: skip
    world.told(MergeLots("M1", "TEA", ("B",), "A"))
    assert turned(world, 13) == []
    world.told(MergeLots("M2", "TEA", ("C",), "A", take="earliest"))
    assert turned(world, 14) == [(Ahead.EXPIRY, "A", 6, 6)]
