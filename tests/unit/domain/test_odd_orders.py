"""Odd things that orders come to: nobody waits for what is free, and nothing is kept for nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from lotstream.domain import lots
from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ChangeSettings,
    CloseOrder,
    ContinueDay,
    DefineCustomer,
    DefineItem,
    OpenDay,
    PackedLine,
    PackPackage,
    PickLine,
    PlaceHold,
    RequestAllocation,
    ShippedLine,
    ShippedPackage,
)
from lotstream.domain.events import ShipmentConfirmed
from lotstream.domain.model import (
    Customer,
    HoldKind,
    Item,
    OrderState,
    PackageKind,
    Settings,
    Tracking,
)
from lotstream.testing.scenarios_messages import SITE
from tests.property.soundness import check_rows
from tests.unit.domain.build import TODAY, World, decided, goods, key, only, wanted

SET = Item("SET", tracking=Tracking.NONE, kit={"CUP": Decimal(2), "POT": Decimal(1)})


def kits(settings: Settings | None = None, *, cup_lots: tuple[tuple[str, int], ...] = (("C1", 20),)) -> World:
    """An owner with a set of two cups and a pot, and goods for ten."""
    world = World(settings)
    for item in (Item("CUP"), Item("POT", decimals=1), SET):
        world.told(DefineItem(item))
    world.stock(*(goods(lot, quantity, sku="CUP") for lot, quantity in cup_lots), goods("P1", 10, sku="POT"))
    return world


def pick_of(sku: str, quantity: int) -> PickLine:
    """Components picked for line 1."""
    return PickLine(None, "1", None, None, Decimal(quantity), sku=sku)


def serials(settings: Settings | None = None) -> World:
    """An owner with pumps N1, N2 and N3."""
    world = World(settings)
    world.told(DefineItem(Item("PUMP", tracking=Tracking.SERIAL)))
    world.stock(goods("L1", 3, sku="PUMP", serials=("N1", "N2", "N3")))
    return world


def turn(world: World, days: int) -> None:
    """The day turns, and the owner's orders are walked through."""
    world.told(OpenDay(SITE, TODAY + timedelta(days=days)))
    world.told(ContinueDay(100))


def test_what_is_begun_of_a_kit_outlives_the_last_day() -> None:
    """After its last day an order keeps the kits of which anything is picked, and no others."""
    world = kits()
    world.place("#1", wanted(quantity=5, sku="SET"), cancel_after=TODAY)
    world.told(world.pick("#1", pick_of("CUP", 3)))
    turn(world, 1)
    check_rows(world.ledger)
    assert (world.line("#1").cancelled, world.get("#1").state) == (3, OrderState.PICKING)
    assert sorted((part.row.sku, part.quantity, part.picked) for part in world.parts("#1")) == [
        ("CUP", 4, 3),
        ("POT", 20, 0),
    ]


def test_a_picked_component_of_no_kit_is_put_back_after_the_last_day() -> None:
    """What is picked of a kit whose other half is gone goes back, so that nothing is kept by an order that is over."""
    world = kits()
    world.place("#1", wanted(quantity=1, sku="SET"), wanted("2", quantity=1, sku="SET"), cancel_after=TODAY)
    world.told(world.pick("#1", pick_of("CUP", 2)))
    world.told(PlaceHold("H", HoldKind.HOLD, "POT", "P1"))
    turn(world, 1)
    check_rows(world.ledger)
    assert (world.get("#1").state, world.parts("#1")) == (OrderState.CANCELLED, [])


def test_an_order_that_is_over_keeps_no_odd_component() -> None:
    """Components that belong to no whole kit go back with the last kit that leaves."""
    world = kits()
    world.place("#1", wanted(quantity=2, sku="SET"))
    world.told(world.pick("#1", pick_of("CUP", 4), pick_of("POT", 2)))
    world.told(world.ship("#1", ShippedLine("1", None, Decimal(6), sku="CUP"), happened=True))
    world.told(world.ship("#1", ShippedLine("1", None, Decimal(2), sku="POT"), shipment="S2"))
    check_rows(world.ledger)
    assert (world.get("#1").state, world.parts("#1")) == (OrderState.SHIPPED, [])


def test_components_that_left_from_elsewhere_set_the_promised_ones_free() -> None:
    """A component that was shipped from free stock is not kept promised as well."""
    world = kits(cup_lots=(("C1", 2), ("C2", 20)))
    world.place("#1", wanted(quantity=1, sku="SET"))
    world.told(world.ship("#1", ShippedLine("1", "C2", Decimal(2), sku="CUP"), happened=True))
    check_rows(world.ledger)
    assert [(part.row.sku, part.quantity) for part in world.parts("#1")] == [("POT", 10)]


def test_an_order_with_half_a_kit_shipped_is_closed_short() -> None:
    """One component has left and the other never will: the order may be closed."""
    world = kits()
    world.place("#1", wanted(quantity=2, sku="SET"))
    world.told(world.ship("#1", ShippedLine("1", None, Decimal(2), sku="CUP")))
    world.told(CloseOrder(key("#1")))
    check_rows(world.ledger)
    assert (world.get("#1").state, world.parts("#1"), world.line("#1").cancelled) == (OrderState.CLOSED, [], 2)


def test_packed_components_leave_as_what_they_are() -> None:
    """A carton with components of a kit is shipped in their units, on their terms."""
    world = kits()
    world.told(DefineCustomer(Customer("C", min_days_left_by_sku={"SET": 400})))
    world.place("#1", wanted(quantity=1, sku="SET"), customer="C")
    world.told(world.pick("#1", pick_of("CUP", 2), pick_of("POT", 1)))
    world.told(PackPackage(SITE, False, None, None, "C1", PackageKind.CARTON, (PackedLine(key("#1")),)))
    shipped = only(world.told(world.ship("#1", packages=(ShippedPackage("C1"),))), ShipmentConfirmed).shipped
    assert [(one.sku, one.quantity, one.unit_factor) for one in shipped] == [("CUP", 2, 1), ("POT", 10, 10)]


def test_a_kit_that_loses_a_component_may_have_assembled_ones() -> None:
    """Sets that came in assembled after the order was promised components are used when those are lost."""
    world = kits()
    world.place("#1", wanted(quantity=2, sku="SET"))
    world.stock(goods(None, 2, sku="SET", expires=None), balance="made")
    world.told(PlaceHold("H", HoldKind.HOLD, "CUP", "C1"))
    assert [(part.row.sku, part.quantity) for part in world.parts("#1")] == [("SET", 2)]


def test_a_kit_line_of_one_lot_gets_everything_or_nothing() -> None:
    """Also where some of it is picked: it is not promised what its own rule would have it give back."""
    world = kits(cup_lots=(("C1", 2), ("C2", 20)))
    world.place("#1", wanted(quantity=1, sku="SET"))
    world.told(world.pick("#1", pick_of("CUP", 2)))
    world.place("#1", wanted(quantity=2, sku="SET", single_lot=True), version="2")
    check_rows(world.ledger)
    assert [(part.row.sku, part.quantity, part.picked) for part in world.parts("#1")] == [("CUP", 2, 2)]


def test_one_unit_is_too_few_for_a_line_that_takes_all_or_nothing() -> None:
    """A line of three that names one serial number and takes one lot, or no part, gets none."""
    world = serials()
    world.place("#1", wanted(quantity=3, sku="PUMP", serial="N1", single_lot=True))
    world.told(ChangeSettings(Settings(allow_partial=False)))
    world.place("#2", wanted(quantity=2, sku="PUMP", serial="N2"))
    world.place("#2", wanted(quantity=2, sku="PUMP", serial="N2"), version="2", priority=3)
    world.told(DefineItem(Item("PUMP", version=2, tracking=Tracking.SERIAL, units={"pair": Decimal(2)})))
    world.told(ChangeSettings(Settings()))
    world.place("#3", wanted(quantity=1, unit="pair", sku="PUMP", serial="N3"))
    assert (world.parts("#1"), world.parts("#2"), world.parts("#3")) == ([], [], [])
    check_rows(world.ledger)


def test_an_order_that_is_decided_anew_has_its_own_units_again() -> None:
    """A unit that an order gives back in a decision is anybody's in it, its own included."""
    world = serials(Settings(reassign_partial=True, allocate="on_request"))
    world.place("#1", wanted(quantity=1, sku="PUMP", serial="N1"), wanted("2", quantity=20))
    world.told(RequestAllocation())
    world.stock(goods("L1", 3), balance="more")
    world.told(RequestAllocation())
    assert [part.serials for part in world.line("#1").reservations] == [("N1",)]
    assert world.line("#1", "2").reservations[0].quantity == 3


def test_a_unit_goes_to_the_line_that_names_it_now() -> None:
    """A newer version names a unit on another line: that line has it in the same decision."""
    world = serials()
    world.place("#1", wanted(quantity=1, sku="PUMP", serial="N1"))
    world.place("#1", wanted("2", quantity=1, sku="PUMP", serial="N1"), version="2")
    assert [part.serials for part in world.line("#1", "2").reservations] == [("N1",)]


def test_a_new_ship_date_of_a_packed_order_looks_for_other_goods() -> None:
    """What is not packed and would not live until then is given back, and the order is served again at once."""
    world = World()
    world.stock(goods("L1", 20), goods("L2", 5, expires=TODAY + timedelta(days=300)))
    lines = wanted(), wanted("2", sku="TEA")
    world.place("#1", *lines)
    world.told(world.pick("#1", PickLine(None, "1", None, None, Decimal(5))))
    pack = PackPackage(SITE, False, None, None, "C1", PackageKind.CARTON, (PackedLine(key("#1"), "1"),))
    world.told(pack)
    world.place("#1", *lines, version="2", ship_date=TODAY + timedelta(days=90))
    assert [part.row.lot for part in world.line("#1", "2").reservations] == ["L2"]


def test_nothing_older_follows_in_the_decision_that_ships() -> None:
    """What a shipment frees goes to no order of the customer for whom it is older than what leaves."""
    world = World()
    world.told(DefineCustomer(Customer("C", no_older_than_last_shipped=True)))
    world.stock(goods("L1", 5), goods("L2", 5, expires=TODAY + timedelta(days=60)))
    world.place("#1", customer="C")
    world.place("#2", wanted(quantity=10), customer="C")
    assert world.lots("#2") == [("L2", 5)]
    world.told(world.ship("#1", ShippedLine("1", "L2", Decimal(5)), happened=True))
    check_rows(world.ledger)
    assert "L1" not in {lot for lot, _ in world.lots("#2")}


def test_lots_that_cannot_fill_a_line_are_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many lots there are: where no few of them can be enough, the largest are not looked for lot by lot."""
    asked = []
    best = lots._best

    def count(free: Sequence[int], largest: Sequence[int], *, after: int, most: int) -> int:
        asked.append(after)
        return best(free, largest, after=after, most=most)

    monkeypatch.setattr(lots, "_best", count)
    world = World()
    world.stock(*(goods(f"L{number}", 1, line=str(number)) for number in range(200)))
    world.place("#1", wanted(quantity=20, max_lots=3))
    assert (len(world.parts("#1")), asked) == (3, [])


def test_an_emptied_row_is_no_stock() -> None:
    """How an item is counted may change when nothing of it is there, forgotten already or not."""
    world = World()
    world.told(DefineItem(Item("BAG", tracking=Tracking.NONE)))
    world.stock(goods(None, 0, sku="BAG", expires=None))
    world.stock(goods(None, 5, sku="BAG", expires=None), balance="more")
    change = DefineItem(Item("BAG", version=2, tracking=Tracking.NONE, decimals=2))
    assert world.refused(change) == (Code.FIELD_INVALID, "item.decimals")
    (row,) = (row for one, row in world.ledger.stock.items() if one.sku == "BAG")
    row.on_hand = 0
    assert decided(world, change)


def test_a_packed_line_stays_packed_while_others_change() -> None:
    """Nobody opens a carton because a date or another line of the order has changed; another customer is refused."""
    world = World()
    world.stock(goods("L1", 20), goods("L2", 20, expires=TODAY + timedelta(days=300)))
    world.place("#1", wanted(), wanted("2"))
    world.told(world.pick("#1", PickLine(None, "1", None, None, Decimal(5))))
    line = PackedLine(key("#1"), "1")
    world.told(PackPackage(SITE, False, None, None, "C1", PackageKind.CARTON, (line,)))
    later = TODAY + timedelta(days=90)
    world.place("#1", wanted(), wanted("2", quantity=7), version="2", ship_date=later)
    assert [(part.row.lot, part.packed) for part in world.line("#1").reservations] == [("L1", 5)]
    assert [(part.row.lot, part.quantity) for part in world.line("#1", "2").reservations] == [("L2", 7)]
    world.told(DefineCustomer(Customer("C")))
    change = world.order("#1", wanted(), wanted("2", quantity=7), version="3", customer="C")
    assert world.refused(change) == (Code.ALREADY_PICKED, "order")


def test_a_unit_leaves_for_the_line_it_is_promised_to() -> None:
    """A serial number that one line of an order has by name is not shipped for another of its lines."""
    world = serials()
    world.place("#1", wanted(quantity=1, sku="PUMP", serial="N1"), wanted("2", quantity=1, sku="PUMP"))
    gone = ShippedLine("2", None, Decimal(1), serials=("N1",))
    assert world.refused(world.ship("#1", gone)) == (Code.NOT_AVAILABLE, "orders.0.lines.0.serials.0")
    world.told(world.ship("#1", gone, happened=True))
    assert world.line("#1").reservations[0].serials == ("N1",)
    world.told(world.ship("#1", replace(gone, line="1"), shipment="S2"))
    assert world.get("#1").state is OrderState.SHIPPED


def test_goods_without_a_date_set_no_mark() -> None:
    """What is shipped without an expiry says nothing about what may follow it."""
    world = World()
    world.told(DefineCustomer(Customer("C", no_older_than_last_shipped=True)))
    world.stock(goods("L1", 5, expires=None))
    world.place("#1", customer="C")
    world.told(world.ship("#1"))
    assert world.ledger.last_shipped == {}
