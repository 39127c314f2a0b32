"""What was known of a lot was wrong: facts and number, promises that stay, promises that may not, and old names."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    Command,
    CorrectLot,
    DefineCustomer,
    MoveStock,
    PlaceHold,
    PlaceOwnerHold,
    RecallLots,
    ReturnGoods,
    ScanLot,
    StockLine,
    VoidShipment,
)
from lotstream.domain.costing import add_cost
from lotstream.domain.events import DiscrepancyNoted, LotCorrected, ReservationFreed
from lotstream.domain.model import Customer, Hold, HoldKind, LotMore, LotName, OrderState
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted


def correction(number: str = "C1", lot: str = "A", **facts: Any) -> CorrectLot:
    """A correction of a lot of tea."""
    return CorrectLot(number, facts.pop("sku", "TEA"), lot, **facts)


@pytest.fixture
def world() -> World:
    """Ten of lot A that live a hundred days, five of lot B that live longer."""
    world = World()
    world.stock(goods("A", 10, expires=TODAY + timedelta(days=100)))
    world.stock(goods("B", 5, expires=TODAY + timedelta(days=200)), balance="later")
    return world


def test_facts_are_put_right(world: World) -> None:
    """What is said replaces what was known, what is cleared is unknown, and what is not said stays."""
    world.told(correction(made=TODAY, supplier="S-1", supplier_lot="9", origin="CA", details={"b": "2", "a": "1"}))
    world.told(correction("C2", facility="F", details={"b": "3"}, clear=("made", "origin")))
    lot = world.ledger.lots["TEA", "A"]
    assert (lot.expires, lot.made, lot.supplier, lot.supplier_lot) == (TODAY + timedelta(days=100), None, "S-1", "9")
    assert lot.more == LotMore(came="balance", facility="F", details={"a": "1", "b": "3"})
    world.told(correction("C3", clear=("details", "facility", "cost")))
    assert world.ledger.lots["TEA", "A"].more == LotMore(came="balance")


def test_a_cost_is_for_what_was_paid_for(world: World) -> None:
    """The cost of one unit is for as many as were paid for, for what is there where nobody has said, or for one."""
    world.told(correction(cost=Decimal("1.50")))
    assert world.ledger.lots["TEA", "A"].more == LotMore(came="balance", cost_total=Decimal("15.00"), cost_units=10)
    lot = world.ledger.lots["TEA", "A"]
    world.ledger.lots["TEA", "A"] = add_cost(lot, Decimal(5), 10)
    world.told(correction("C2", cost=Decimal(3)))
    assert world.ledger.lots["TEA", "A"].more == LotMore(came="balance", cost_total=Decimal(60), cost_units=20)


def test_a_shorter_life_takes_what_may_no_longer_be_kept(world: World) -> None:
    """Who may not have it any more is given another lot in the same decision; what is picked stays with its order."""
    world.place("1", wanted(quantity=4, min_days_left=50))
    world.place("2", wanted(quantity=3))
    events = world.told(correction(expires=TODAY + timedelta(days=10)))
    assert kinds(events) == ["LotCorrected", "ReservationFreed", "OrderAllocated"]
    assert only(events, ReservationFreed).key == key("1")
    assert (world.lots("1"), world.lots("2")) == ([("B", 4)], [("A", 3)])
    world.told(world.pick("2"))
    gone = world.told(correction("C2", expires=TODAY - timedelta(days=1)))
    assert kinds(gone) == ["LotCorrected"]
    assert world.lots("2") == [("A", 3)]
    assert world.refused(world.ship("2")) == (Code.LOT_NOT_ALLOWED, "orders.0.lot")


def test_what_is_of_another_lot_stays_when_one_turns_out_otherwise(world: World) -> None:
    """An order of two lots loses what it has of the one that comes with a hold, and keeps the other."""
    world.place("1", wanted(quantity=13))
    assert world.lots("1") == [("A", 10), ("B", 3)]
    more = goods("A", 1, hold=HoldKind.HOLD, expires=TODAY + timedelta(days=100))
    assert "ReservationFreed" in kinds(world.told(world.receipt(more)))
    assert world.lots("1") == [("B", 3), ("B", 2)]


def test_what_merely_aged_stays(world: World) -> None:
    """What was promised before it was too old for its line is kept when something else of the lot is corrected."""
    world.told(DefineCustomer(Customer("C-7")))
    world.place("1", wanted(quantity=4), customer="C-7")
    world.told(DefineCustomer(Customer("C-7", version=2, min_days_left=150)))
    assert kinds(world.told(correction(expires=TODAY + timedelta(days=101)))) == ["LotCorrected"]
    assert world.lots("1") == [("A", 4)]


def test_a_longer_life_serves_who_waits(world: World) -> None:
    """What is usable now goes to whoever waits for it."""
    world.place("1", wanted(quantity=8, min_days_left=150))
    events = world.told(correction(expires=TODAY + timedelta(days=300)))
    assert kinds(events) == ["LotCorrected", "OrderAllocated"]
    assert sorted(world.lots("1"), key=str) == [("A", 3), ("B", 5)]


def test_another_supplier_brings_the_holds_on_it(world: World) -> None:
    """A lot that came from a supplier whose goods are on hold is taken off orders."""
    world.told(PlaceOwnerHold(Hold("H", HoldKind.HOLD), "S-9"))
    world.place("1", wanted(quantity=4))
    events = world.told(correction(supplier="S-9"))
    assert only(events, ReservationFreed).reason == "hold"
    assert world.lots("1") == [("B", 4)]


def test_another_number_takes_everything_along(world: World) -> None:
    """Rows, promises, picks, what lines name and what others promised are the new lot's; nobody loses anything."""
    world.place("1", wanted(quantity=3, lot="A"))
    world.place("2", wanted(quantity=2))
    world.told(world.pick("2"))
    row = world.row("A")
    before = row.on_hand, row.reserved
    events = world.told(correction(to_lot="A2"))
    event = only(events, LotCorrected)
    assert kinds(events) == ["LotCorrected"]
    assert (event.was, event.orders) == (LotName("TEA", "A"), (key("1"), key("2")))
    assert (world.row("A2").on_hand, world.row("A2").reserved) == before
    assert not [row for row in world.ledger.stock if row.lot == "A"]
    assert (world.lots("1"), world.lots("2"), world.line("1").lot) == ([("A2", 3)], [("A2", 2)], "A2")
    assert world.ledger.lots["TEA", "A2"].more == LotMore(came="balance", aliases=("A",))
    assert world.ledger.lots["TEA", "A"].more == LotMore(into=LotName("TEA", "A2"))
    world.told(world.ship("1"))
    world.told(world.ship("2", shipment="S2"))
    assert world.get("2").state is OrderState.SHIPPED


@pytest.mark.parametrize(
    "told",
    [
        lambda lot: PlaceHold("H", HoldKind.HOLD, None, lot),
        lambda lot: RecallLots("R", None, ((None, lot), ("TEA", lot))),
        lambda lot: MoveStock(SITE, True, None, None, "M", (StockLine("1", None, lot, None, Decimal(2), to="FAR"),)),
        lambda lot: ScanLot(SITE, False, None, None, key("1"), lot, expected=lot),
    ],
    ids=["hold", "recall", "move", "scan"],
)
def test_the_old_number_is_understood(world: World, told: Any) -> None:
    """Whatever names the old number means the lot as it is called now: exactly the same follows."""
    world.place("1", wanted(quantity=3, lot="A"))
    world.told(correction(to_lot="A2"))
    assert world.warehouse.decide(told("A")) == world.warehouse.decide(told("A2"))
    events = world.told(told("A"))
    assert (events == ()) is isinstance(told("A"), ScanLot)


def test_goods_come_in_under_the_old_number(world: World) -> None:
    """A receipt that names it books into the lot, and what contradicts the lot goes to quarantine as ever."""
    world.told(correction(to_lot="A2"))
    world.told(world.receipt(goods("A", 4, expires=TODAY + timedelta(days=100))))
    assert world.row("A2").on_hand == 14
    world.told(world.receipt(goods("A", 1, expires=TODAY), number="R2"))
    assert world.row("A2", status="quarantine").on_hand == 1


def test_what_left_under_the_old_number_comes_back_under_the_new_one(world: World) -> None:
    """A return, a void and a repeat of the shipment know what was shipped by whatever name."""
    world.place("1", wanted(quantity=3, lot="A"))
    world.place("2", wanted(quantity=2, lot="A"))
    for number in ("1", "2"):
        world.told(world.ship(number, shipment=f"S{number}"))
    ship = world.ship("2", shipment="S2")
    events = world.told(correction(to_lot="A2"))
    (gone,) = [event for event in events if isinstance(event, DiscrepancyNoted)]
    assert gone.message.startswith("5 each of lot A of TEA left with 2 orders")
    assert world.told(ship) == ()
    back = StockLine("1", "TEA", "A", "BIN", Decimal(1), status="good")
    world.told(ReturnGoods(SITE, False, None, None, "RET", key("1"), (back,)))
    assert world.refused(
        ReturnGoods(SITE, False, None, None, "RET2", key("1"), (replace(back, quantity=Decimal(3)),))
    ) == (Code.MORE_THAN_SHIPPED, "lines.0.quantity")
    world.told(VoidShipment(SITE, True, None, None, "S2"))
    assert {row.lot for row in world.ledger.stock} == {"A2", "B"}


def test_a_wrong_correction_is_taken_back(world: World) -> None:
    """A lot may have a number again that it had itself; then that is its name and the other an alias."""
    world.place("1", wanted(quantity=3, lot="A"))
    world.told(correction(to_lot="A2"))
    world.told(correction("C2", "A2", to_lot="A"))
    assert world.lots("1") == [("A", 3)]
    assert world.ledger.lots["TEA", "A"].more == LotMore(came="balance", aliases=("A2",))
    world.told(correction("C3", "A2", to_lot="A3"))
    more = world.ledger.lots["TEA", "A3"].more
    assert more is not None
    assert more.aliases == ("A", "A2")


def test_a_correction_is_done_once(world: World) -> None:
    """Told again, also by the name it was told by before, it changes nothing; with other content it is refused."""
    world.told(correction(to_lot="A2", details={"a": "1"}, cost=Decimal("1.0")))
    assert world.told(correction(to_lot="A2", details={"a": "1"}, cost=Decimal(1))) == ()
    assert world.refused(correction(to_lot="A2")) == (Code.CONFLICTING_CONTENT, "correction")


@pytest.mark.parametrize(
    ("told", "code", "field"),
    [
        (correction(lot="X", to_lot="Y"), Code.UNKNOWN_LOT, "lot"),
        (correction(), Code.FIELD_MISSING, "to_lot"),
        (correction(to_lot="B"), Code.CONFLICTING_CONTENT, "to_lot"),
        (correction(made=TODAY + timedelta(days=101)), Code.FIELD_INVALID, "made"),
        (correction(clear=("lot",)), Code.FIELD_INVALID, "clear.0"),
        (correction(supplier="S", clear=("supplier",)), Code.FIELD_INVALID, "clear.0"),
        (correction(cost=Decimal(-1)), Code.FIELD_INVALID, "cost"),
        (correction(cost=Decimal("NaN")), Code.FIELD_INVALID, "cost"),
    ],
)
def test_what_makes_no_sense_is_refused(world: World, told: Command, code: Code, field: str) -> None:
    """Each with its code and its field, and nothing is changed."""
    assert world.refused(told) == (code, field)


def test_a_number_is_nobody_elses(world: World) -> None:
    """Not that of another lot's past, nor one that goods lie under of which nobody knows any facts."""
    world.told(correction(to_lot="A2"))
    assert world.refused(correction("C2", "B", to_lot="A")) == (Code.CONFLICTING_CONTENT, "to_lot")
    world.told(correction("C3", "A2", expires=TODAY + timedelta(days=1)))
    assert world.refused(correction("C4", "A2", made=TODAY + timedelta(days=2))) == (Code.FIELD_INVALID, "made")


def test_a_number_of_two_items_is_left_alone(world: World) -> None:
    """A former number that is not sure to mean one lot is taken as it was said."""
    world.told(correction(to_lot="A2"))
    names = world.ledger.names()
    assert names is not None
    assert (names.of_number("A"), names.of_number("Z"), names.of_number("B")) == ("A2", "Z", "B")
