"""The ledger itself: what it forgets, what it derives, and what it never guesses."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal

import pytest

from lotstream.domain import shelves
from lotstream.domain.apply import apply
from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import ChangeSettings, OpenDay, PickLine, PlaceHold, RequestAllocation
from lotstream.domain.decide import decide
from lotstream.domain.draft import Draft
from lotstream.domain.events import (
    Freed,
    LineCancelled,
    LineDecision,
    OrderAllocated,
    OrderCancelled,
    OrderRecorded,
    Picked,
    ReservationFreed,
    StockFound,
    StockPicked,
)
from lotstream.domain.explaining import explain
from lotstream.domain.ledger import Ledger, NotLoaded, Sites
from lotstream.domain.looking import CONSIDERED_MAX
from lotstream.domain.model import (
    SHIPMENT,
    HoldKind,
    OrderState,
    Policy,
    ReceiptKey,
    RowKey,
    Settings,
    Shipment,
    ShipPolicy,
)
from lotstream.domain.named import orders_named, receipts_named
from lotstream.domain.versions import compare_versions
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, only, wanted

LATER = TODAY + timedelta(days=60)


def test_settled_ledger_forgets_what_is_over() -> None:
    """After a commit empty rows, closed orders and receipts are forgotten, and nothing is marked as changed."""
    world = World()
    ledger = world.ledger
    delivery = world.receipt(goods("L1", 5))
    ledger.receipts[ReceiptKey("receipt", "R1")] = None
    for event in _taken(decide(ledger, delivery, world.warehouse.moment())):
        apply(ledger, event)
    order = world.order("#1")
    ledger.closed[key("#1")] = None
    left = ReceiptKey(SHIPMENT, "S1")
    ledger.receipts[left] = None
    for command in (order, world.ship("#1")):
        for event in _taken(decide(ledger, command, world.warehouse.moment())):
            apply(ledger, event)
    touched = ledger.touched
    assert (touched.orders, {row.location for row in touched.stock}) == ({key("#1")}, {"BIN"})
    assert (touched.lots, touched.receipts) == ({("TEA", "L1")}, {ReceiptKey("receipt", "R1"), left})
    closed = ledger.closed[key("#1")]
    assert closed is not None
    assert closed.state is OrderState.SHIPPED
    assert len(ledger.stock) == 1
    ledger.settle()
    assert not ledger.stock
    assert not ledger.closed
    assert not ledger.receipts
    assert not ledger.touched.stock
    with pytest.raises(NotLoaded):
        ledger.order(key("#1"))
    shipment = ReceiptKey(SHIPMENT, "S1")
    ledger.receipts[shipment] = None
    with pytest.raises(NotLoaded, match="shipment S1"):
        ledger.booked(shipment, Shipment)


def _taken(events: object) -> tuple[OrderRecorded, ...]:
    assert isinstance(events, tuple)
    return events


def test_settled_before_anything_was_derived() -> None:
    """A ledger that was just loaded can be settled, and looked into by GTIN, before anything was decided."""
    world = World()
    world.stock(goods("L1"))
    loaded = Ledger("acme", world.ledger.sites, items=world.ledger.items, stock=deepcopy(world.ledger.stock))
    loaded.settle()
    assert len(loaded.stock) == 1
    loaded.derived = None
    assert loaded.find_item(None, "00012345678905") == world.ledger.items["TEA"]
    assert loaded.find_item(None, None) is None
    assert loaded.find_item("TEA", None) == world.ledger.items["TEA"]


def test_loaded_ledger_decides_as_the_one_that_was_written() -> None:
    """What is derived is worked out when it is first needed: a ledger read back decides the same."""
    world = World()
    world.stock(goods("L1", 7), goods("L2", 9, "B2", expires=LATER), goods("H", 9, hold=HoldKind.HOLD))
    world.place("#1")
    world.place("#2", wanted(quantity=99))
    twin = deepcopy(world.ledger)
    twin.derived = None
    moment = world.warehouse.moment()
    for command in (PlaceHold("H9", HoldKind.HOLD, "TEA", "L1"), RequestAllocation(())):
        assert decide(world.ledger, command, moment) == decide(twin, command, moment)


def test_how_many_wait() -> None:
    """Orders that wait for goods count, and those that wait for a fact; those that have all they want do not."""
    world = World()
    world.stock(goods("L1", 7))
    world.place("#1")
    world.place("#2")
    world.place("#3", wanted(sku="COFFEE"))
    assert shelves.derived_of(world.ledger).waiting.count == 2
    world.cancel("#2")
    assert shelves.derived_of(world.ledger).waiting.count == 1


def test_what_has_to_be_loaded() -> None:
    """Every order and receipt a command names can be asked for beforehand."""
    world = World()
    assert orders_named(world.order("#1")) == orders_named(
        world.pick("#1", PickLine(None, "1", None, None, Decimal(1)))
    )
    assert orders_named(world.ship("#1")) == (key("#1"),)
    assert orders_named(RequestAllocation((key("#2"),))) == (key("#2"),)
    assert orders_named(world.receipt(goods("L1"))) == ()
    assert receipts_named(world.receipt(goods("L1"))) == (ReceiptKey("receipt", "R1"),)
    assert receipts_named(world.order("#1")) == ()


def test_events_of_another_ledger_are_noticed() -> None:
    """An event that does not fit the ledger it is applied to is an error, never a silent difference."""
    world = World()
    world.stock(goods("L1"))
    world.place("#1")
    row = world.parts("#1")[0].row
    state, unknown = OrderState.CANCELLED, key("#9")
    with pytest.raises(LookupError, match="#9"):
        apply(world.ledger, OrderCancelled(unknown, state, None, ()))
    with pytest.raises(LookupError, match="line 7"):
        apply(world.ledger, OrderCancelled(key("#1"), state, None, (LineCancelled("7", 1),)))
    with pytest.raises(LookupError, match="line 7"):
        apply(world.ledger, ReservationFreed(key("#1"), state, (Freed("7", "t", row, 1, 0),), "hold"))
    with pytest.raises(LookupError, match="task t"):
        apply(world.ledger, ReservationFreed(key("#1"), state, (Freed("1", "t", row, 1, 0),), "hold"))
    decision = LineDecision("7", (), 0, "FEFO", "settings", ())
    with pytest.raises(LookupError, match="line 7"):
        apply(world.ledger, OrderAllocated(key("#1"), state, SITE, (decision,)))
    picked = Picked("7", "t", row, row._replace(location="STAGING"), 1)
    with pytest.raises(LookupError, match="task t"):
        apply(world.ledger, StockPicked(key("#1"), state, None, world.warehouse.moment().recorded_at, (picked,)))
    with pytest.raises(LookupError, match="item NEW"):
        Draft(world.ledger, world.warehouse.moment()).known_item("NEW")


def test_versions() -> None:
    """Numbers are compared as numbers, times as times wherever they were written, all else as text."""
    assert compare_versions("9", "10") == -1
    assert compare_versions("2026-09-01T12:00:00+02:00", "2026-09-01T10:00:00Z") == 0
    assert compare_versions("2026-09-01T11:00:00", "2026-09-01T10:00:00Z") == 1
    assert compare_versions("b", "2026-09-01") == 1
    assert compare_versions("a", "b") == -1
    assert compare_versions("a", "a") == 0
    assert compare_versions("a", None) is None


def test_why_this_lot() -> None:
    """Every row of the goods can be explained: what the line has, what it may not have, and what is left."""
    world = World()
    world.stock(
        goods("L1", 3, "B1"),
        goods("L2", 3, "B2", expires=LATER),
        goods("L3", 3, "B3", expires=LATER, promised_elsewhere=Decimal(3)),
        goods("L4", 3, "B4", expires=TODAY - timedelta(days=1)),
        goods("L5", 0, "B5"),
        goods("L6", 3, "B6", expires=None),
    )
    world.place("#1", wanted(quantity=2, min_days_left=5))
    rows = explain(world.ledger, world.get("#1"), world.line("#1"), site=SITE, moment=world.warehouse.moment())
    assert [(row.lot, row.taken, row.reason) for row in rows] == [
        ("L4", 0, NotUsed.EXPIRED),
        ("L1", 2, None),
        ("L2", 0, None),
        ("L3", 0, NotUsed.RESERVED),
        ("L6", 0, NotUsed.UNKNOWN_LIFE),
    ]


def test_reasons_are_kept_short() -> None:
    """A decision names the first rows looked at, in the order of use, and counts the others by reason."""
    world = World()
    short = [goods(f"S{n:02}", 1, expires=TODAY + timedelta(days=n % 3)) for n in range(20)]
    world.stock(*short, goods("HELD", 1, expires=TODAY, hold=HoldKind.HOLD), goods("GOOD", 9, expires=LATER))
    world.told(OpenDay(SITE, TODAY + timedelta(days=1)))
    event = only(world.place("#1", wanted(min_days_left=9), ship_date=TODAY + timedelta(days=2)), OrderRecorded)
    (decision,) = event.decisions
    assert decision.not_used == {NotUsed.EXPIRED: 14, NotUsed.SHORT_LIFE: 6, NotUsed.HOLD: 1}
    assert len(decision.considered) == CONSIDERED_MAX
    assert decision.considered[-1].lot == "GOOD"
    assert [row.expires or date.max for row in decision.considered] == sorted(
        row.expires or date.max for row in decision.considered
    )
    assert (decision.policy, decision.policy_from, decision.backordered) == (Policy.FEFO, "settings", 0)


def test_tasks_are_named_alike_in_every_replay() -> None:
    """The ids of tasks follow from the decision alone."""
    ids = []
    for _ in range(2):
        world = World()
        world.stock(goods("L1", 3), goods("L2", 3, expires=LATER))
        world.place("#1")
        ids.append([part.task for part in world.parts("#1")])
    assert ids[0] == ids[1]
    assert len({*ids[0]}) == 2
    assert all(len(task) == 32 for task in ids[0])


def test_complete_order_that_cannot_be_filled_says_so() -> None:
    """An order to be shipped complete takes nothing while a line is short, and its reasons show nothing taken."""
    world = World(Settings(sites=(SITE,)))
    world.stock(goods("L1", 7))
    event = only(world.place("#1", wanted("1", 5), wanted("2", 5), ship_policy=ShipPolicy.COMPLETE), OrderRecorded)
    assert [decision.backordered for decision in event.decisions] == [5, 5]
    assert [row.taken for decision in event.decisions for row in decision.considered] == [0, 0]
    world.told(ChangeSettings(Settings(policy=Policy.LIFO)))
    world.stock(goods("L2", 3), balance="b")
    assert world.get("#1").state is OrderState.ALLOCATED


def test_row_without_a_shelf_is_forgotten() -> None:
    """An empty row is forgotten also when nothing was ever allocated from it."""
    ledger = Ledger("acme", Sites())
    row = RowKey("TEA", "L1", SITE, "BIN")
    apply(ledger, StockFound(row, 5, "picked"))
    apply(ledger, StockFound(row, -5, "picked"))
    assert row in ledger.stock
    ledger.settle()
    assert not ledger.stock
    assert ledger.derived is not None
    assert not any(ledger.derived.rows.values())


def test_rows_of_a_forgotten_shelf() -> None:
    """A row that is emptied leaves its shelf and everything derived from it."""
    world = World()
    world.stock(goods("L1", 5))
    world.place("#1")
    world.told(world.ship("#1"))
    assert world.ledger.derived is not None
    shelf = world.ledger.derived.shelves["TEA", SITE]
    assert not shelf.candidates
    assert not shelf.by_lot
    sites = Sites()
    assert RowKey("TEA", "L1", SITE, "BIN") not in Ledger("x", sites).stock
