"""Holds on lots, bins and the turn of the day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import (
    ChangeSettings,
    ContinueDay,
    DefineItem,
    DefineLocation,
    LiftBinHold,
    LiftHold,
    LiftOwnerHold,
    OpenDay,
    PickLine,
    PlaceBinHold,
    PlaceHold,
    PlaceOwnerHold,
    RequestAllocation,
)
from lotstream.domain.events import HoldLifted, ReservationFreed
from lotstream.domain.holds import LIFTED_MAX
from lotstream.domain.model import Hold, HoldKind, Item, Location, OrderState, Settings
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted

LATER = TODAY + timedelta(days=60)


def test_hold_of_a_lot_that_is_not_clear() -> None:
    """A lot is named by SKU and number; the number alone will do while only one SKU has it."""
    world = World()
    assert world.refused(PlaceHold("H", HoldKind.HOLD, "TEA", "L1")) == (Code.UNKNOWN_LOT, "lot")
    assert world.refused(LiftHold(None, None, "L1")) == (Code.UNKNOWN_LOT, "lot")
    world.stock(goods("L1"))
    assert kinds(world.told(PlaceHold("H", HoldKind.HOLD, None, "L1"))) == ["HoldPlaced"]
    world.told(DefineItem(Item("JAM")))
    world.stock(goods("L1", sku="JAM"), balance="b")
    assert world.refused(LiftHold(None, None, "L1")) == (Code.FIELD_MISSING, "sku")


def test_stock_is_free_when_no_hold_is_left() -> None:
    """A lot may have several holds; lifting one leaves the others, lifting without an id lifts all."""
    world = World()
    world.stock(goods("L1"))
    world.told(PlaceHold("H1", HoldKind.HOLD, "TEA", "L1", "smells"))
    assert world.told(PlaceHold("H1", HoldKind.HOLD, "TEA", "L1")) == ()
    world.told(PlaceHold("H2", HoldKind.QUARANTINE, "TEA", "L1"))
    world.place("#1")
    assert kinds(world.told(LiftHold("H1", "TEA", "L1"))) == ["HoldLifted"]
    world.told(PlaceHold("H3", HoldKind.HOLD, "TEA", "L1"))
    events = world.told(LiftHold(None, "TEA", "L1"))
    assert only(events, HoldLifted).holds == ("H2", "H3")
    assert kinds(events) == ["HoldLifted", "OrderAllocated"]
    assert world.told(LiftHold(None, "TEA", "L1")) == ()
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before


def test_a_hold_that_never_was_is_not_lifted() -> None:
    """Lifting one that never was is refused; one lifted before is a repetition, for the last twenty of a lot."""
    world = World()
    world.stock(goods("L1"), goods("L2"))
    assert world.refused(LiftHold("H0", "TEA", "L1")) == (Code.NOT_AVAILABLE, "hold")
    for number in range(LIFTED_MAX + 1):
        world.told(PlaceHold(f"H{number}", HoldKind.HOLD, "TEA", "L1"))
        world.told(LiftHold(f"H{number}", "TEA", "L1"))
    assert world.told(LiftHold("H1", "TEA", "L1")) == ()
    assert world.refused(LiftHold("H0", "TEA", "L1")) == (Code.NOT_AVAILABLE, "hold")
    assert world.refused(LiftHold("H1", "TEA", "L2")) == (Code.NOT_AVAILABLE, "hold")
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before


def test_a_hold_of_a_bin_that_never_was_is_not_lifted() -> None:
    """Of a bin what was lifted is remembered as well, also after the bin is defined anew."""
    world = World()
    world.stock(goods("L1"))
    world.told(PlaceBinHold(Hold("H", HoldKind.HOLD), SITE, "BIN"))
    assert world.refused(LiftBinHold("H9", SITE, "BIN")) == (Code.NOT_AVAILABLE, "hold")
    assert kinds(world.told(LiftBinHold("H", SITE, "BIN"))) == ["LocationDefined"]
    world.told(DefineLocation(Location(SITE, "BIN", version=9)))
    assert world.told(LiftBinHold("H", SITE, "BIN")) == ()
    assert world.told(LiftBinHold(None, SITE, "BIN")) == ()


def test_hold_moves_promises_and_serves_who_waits() -> None:
    """Promises of a held lot move to other lots in queue order, before orders that only wait; what is picked stays."""
    world = World()
    world.stock(goods("L1", 10))
    for number in ("#1", "#2", "#3"):
        world.place(number)
    world.told(ChangeSettings(Settings(allocate="on_request")))
    world.stock(goods("L2", 4, expires=LATER), balance="b")
    world.told(ChangeSettings(Settings()))
    world.told(world.pick("#1", PickLine(None, "1", "L1", None, Decimal(2))))
    events = world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L1"))
    assert kinds(events) == ["HoldPlaced", "ReservationFreed", "ReservationFreed", "OrderAllocated", "OrderAllocated"]
    assert [event.reason for event in events if isinstance(event, ReservationFreed)] == ["hold", "hold"]
    assert (world.lots("#1"), world.get("#1").state) == ([("L1", 2), ("L2", 3)], OrderState.PICKING)
    assert (world.lots("#2"), world.get("#2").state) == ([("L2", 1)], OrderState.PARTLY_ALLOCATED)
    assert world.lots("#3") == []


def test_held_order_is_not_served_again() -> None:
    """An order that a person has to look at loses what is on hold and gets nothing instead."""
    world = World()
    world.stock(goods("L1", 5), goods("L2", 9, expires=LATER))
    world.place("#1")
    world.place("#1", wanted(quantity=4))
    assert kinds(world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L1"))) == ["HoldPlaced", "ReservationFreed"]
    assert (world.lots("#1"), world.get("#1").state) == ([], OrderState.HELD)


def test_recall_takes_picked_goods() -> None:
    """A recall takes everything of the lot, picked or not; nothing else is touched."""
    world = World()
    world.stock(goods("L1", 5), goods("L2", 9, expires=LATER))
    world.place("#1", wanted(quantity=7))
    world.told(world.pick("#1"))
    events = world.told(PlaceHold("H", HoldKind.RECALL, "TEA", "L1"))
    (loss,) = only(events, ReservationFreed).freed
    assert (loss.row.lot, loss.quantity, loss.picked) == ("L1", 5, 5)
    assert [(part.row.lot, part.quantity, part.picked) for part in world.parts("#1")] == [("L2", 2, 2), ("L2", 5, 0)]


def test_what_expires_with_the_day_moves() -> None:
    """After the turn of the day the owner's part moves what has expired, on request too; what is picked is kept."""
    world = World(Settings(allocate="on_request"))
    world.stock(goods("L1", 5, expires=TODAY), goods("L2", 9, expires=LATER))
    world.place("#1", wanted(quantity=6))
    world.told(RequestAllocation((key("#1"), key("#1"))))
    assert kinds(world.told(ContinueDay(9))) == ["DayContinued"]
    assert world.told(ContinueDay(9)) == ()
    world.told(OpenDay(SITE, TODAY + timedelta(days=1)))
    events = world.told(ContinueDay(9))
    assert kinds(events) == ["ReservationFreed", "OrderAllocated", "LotExpired", "DayContinued"]
    assert world.lots("#1") == [("L2", 1), ("L2", 5)]
    world.told(world.pick("#1"))
    world.told(OpenDay(SITE, LATER + timedelta(days=1)))
    assert kinds(world.told(ContinueDay(9))) == ["LotExpired", "DayContinued"]


def test_bin_on_hold() -> None:
    """A bin on hold is not used, and what was promised of it moves; shelves notice that a location has changed."""
    world = World()
    world.stock(goods("L1", 5, "B1"))
    world.place("#1", wanted(quantity=3))
    world.told(DefineLocation(Location(SITE, "B1", hold=True, version=2)))
    assert kinds(world.told(ContinueDay(9))) == ["ReservationFreed", "DayContinued"]
    world.place("#2", wanted(quantity=1))
    assert world.lots("#2") == []
    world.told(DefineLocation(Location(SITE, "B1", version=3)))
    assert kinds(world.told(RequestAllocation(()))) == ["OrderAllocated", "OrderAllocated"]


def test_request_for_nobody() -> None:
    """Asking for an unknown order is refused; asking for held, closed or filled ones changes nothing."""
    world = World()
    world.stock(goods("L1"))
    world.place("#1")
    world.place("#2", wanted(sku="NEW"))
    world.place("#3")
    world.cancel("#3")
    assert world.refused(RequestAllocation((key("#1"), key("#9")))) == (Code.UNKNOWN_ORDER, "orders.1")
    assert world.told(RequestAllocation((key("#1"), key("#2"), key("#3")))) == ()
    assert world.told(RequestAllocation(())) == ()


def test_nothing_found_is_told_once() -> None:
    """An order that gets nothing turns from received to backordered; asked again, that is no news."""
    world = World(Settings(allocate="on_request"))
    world.place("#1")
    assert kinds(world.told(RequestAllocation(()))) == ["OrderAllocated"]
    assert world.get("#1").state is OrderState.BACKORDERED
    assert world.told(RequestAllocation(())) == ()


def test_a_hold_looks_at_the_orders_of_its_lot_alone() -> None:
    """Of many open orders only those that have something of the lot promised are looked at, however they came by it."""
    world = World()
    world.stock(goods("L1"), goods("L2"))
    world.told(DefineItem(Item("JAM")))
    world.stock(goods("J1", sku="JAM"), balance="b")
    world.place("#1")
    world.place("#2", wanted(sku="JAM"))
    assert set(world.ledger.promised().of([("TEA", "L1")])) == {key("#1")}
    world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L1"))
    promised = world.ledger.promised()
    assert set(promised.of([("TEA", "L1")])) == set()
    assert set(promised.of([("TEA", "L2")])) == {key("#1")}
    assert set(promised.of([("JAM", "J1"), ("TEA", "L2")])) == {key("#1"), key("#2")}


def test_a_hold_on_a_supplier_holds_what_came_and_what_will_come() -> None:
    """Promises move off part by part, picked goods do not leave, and new goods of it are held as well."""
    world = World()
    world.stock(goods("L1", 6, supplier="S-1"), goods("L2", 4, expires=LATER, supplier="S-2"))
    world.place("#1")
    world.told(world.pick("#1", PickLine(None, "1", "L1", None, Decimal(2))))
    hold = PlaceOwnerHold(Hold("H", HoldKind.QUARANTINE, "mould"), "S-1")
    assert kinds(world.told(hold)) == ["OwnerHeld"]
    assert world.told(hold) == ()
    assert kinds(world.told(ContinueDay(10))) == ["ReservationFreed", "OrderAllocated", "DayContinued"]
    assert world.lots("#1") == [("L1", 2), ("L2", 3)]
    assert world.refused(world.ship("#1"))[0] is Code.ON_HOLD
    world.told(world.receipt(goods("L3", 9, supplier="S-1")))
    world.place("#2", wanted(quantity=3))
    assert world.lots("#2") == [("L2", 1)]
    world.told(ChangeSettings(Settings(tie_break=())))
    assert [known.hold.id for known in world.ledger.settings.holds] == ["H"]
    assert world.refused(LiftOwnerHold("H", None)) == (Code.NOT_AVAILABLE, "hold")
    for supplier, what in ((None, "the owner"), ("S-9", "supplier S-9")):
        refusal = world.warehouse.decide(LiftOwnerHold("H", supplier))
        assert isinstance(refusal, Refusal)
        assert what in refusal.message
    assert kinds(world.told(LiftOwnerHold(None, "S-1"))) == ["OwnerReleased"]
    while world.told(ContinueDay(10)):
        pass
    assert world.get("#2").state is OrderState.ALLOCATED
    assert world.told(LiftOwnerHold("H", "S-1")) == ()
    world.told(ChangeSettings(Settings()))
    assert world.told(LiftOwnerHold("H", "S-1")) == ()
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before


def test_a_hold_on_an_owner_holds_everything() -> None:
    """Nothing of the owner is promised while it lasts; a recall names its lots instead."""
    world = World()
    world.stock(goods("L1"), goods(None))
    world.told(PlaceOwnerHold(Hold("H", HoldKind.HOLD), None))
    world.told(PlaceOwnerHold(Hold("H2", HoldKind.HOLD), None))
    world.place("#1")
    assert world.lots("#1") == []
    recall = PlaceOwnerHold(Hold("R", HoldKind.RECALL), None)
    assert world.refused(recall) == (Code.FIELD_INVALID, "kind")
    world.told(LiftOwnerHold("H", None))
    world.told(ContinueDay(10))
    assert world.lots("#1") == []
    world.told(LiftOwnerHold(None, None))
    world.told(ContinueDay(10))
    assert world.get("#1").state is OrderState.ALLOCATED


def test_a_hold_is_told_again_only_as_it_was() -> None:
    """One of another kind, or on another supplier, under an id that is taken is refused: it would hold nothing."""
    world = World()
    world.stock(goods("L1", 10))
    world.told(PlaceHold("H-1", HoldKind.HOLD, "TEA", "L1"))
    assert world.told(PlaceHold("H-1", HoldKind.HOLD, "TEA", "L1", "Other words")) == ()
    assert world.refused(PlaceHold("H-1", HoldKind.RECALL, "TEA", "L1")) == (Code.CONFLICTING_CONTENT, "hold")
    world.told(PlaceOwnerHold(Hold("H-2", HoldKind.HOLD), "S-3"))
    assert world.told(PlaceOwnerHold(Hold("H-2", HoldKind.HOLD), "S-3")) == ()
    for other in (
        PlaceOwnerHold(Hold("H-2", HoldKind.HOLD), "S-4"),
        PlaceOwnerHold(Hold("H-2", HoldKind.QUARANTINE), "S-3"),
    ):
        assert world.refused(other) == (Code.CONFLICTING_CONTENT, "hold")
    world.told(PlaceBinHold(Hold("H-3", HoldKind.HOLD), SITE, "BIN"))
    assert world.refused(PlaceBinHold(Hold("H-3", HoldKind.QUARANTINE), SITE, "BIN")) == (
        Code.CONFLICTING_CONTENT, "hold",
    )  # fmt: skip
