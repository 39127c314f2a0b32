"""A shipment is taken back, or told anew: its goods stand at the dock, picked and promised as before."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.apply import apply
from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ConfirmShipment,
    CorrectShipment,
    DefineItem,
    PackedLine,
    PackPackage,
    PickLine,
    PlaceHold,
    RequestAllocation,
    ReturnGoods,
    ShippedLine,
    ShippedOrder,
    ShippedPackage,
    StockLine,
    UnpackPackage,
    VoidShipment,
)
from lotstream.domain.events import DiscrepancyNoted, OrderPacked, ShipmentConfirmed, ShipmentVoided
from lotstream.domain.model import (
    SHIPMENT,
    HoldKind,
    Item,
    OrderState,
    PackageKind,
    ReceiptKey,
    Settings,
    Shipment,
    ShipPolicy,
)
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, decided, goods, key, kinds, only, wanted

SH = ReceiptKey(SHIPMENT, "S1")


def gone(quantity: int = 5, lot: str | None = None, **more: str | None) -> ShippedLine:
    """What left for order line 1."""
    return ShippedLine("1", lot, Decimal(quantity), sku=more.get("sku"))


def void(shipment: str = "S1", *, happened: bool = False) -> VoidShipment:
    """Take a shipment back."""
    return VoidShipment(SITE, happened, "gate", None, shipment, "No truck")


def correct(*parts: ShippedOrder, happened: bool = False, shipment: str = "S1") -> CorrectShipment:
    """Tell a shipment anew."""
    return CorrectShipment(SITE, happened, "gate", None, shipment, parts, reason="Counted again")


def part(number: str, *lines: ShippedLine) -> ShippedOrder:
    """An order's part of a shipment."""
    return ShippedOrder(key(number), lines)


def ready(settings: Settings | None = None, **more: Any) -> World:  # noqa: ANN401 - whatever the order takes
    """A world with 10 of L1 and 10 of L2, of which order #1 has 5 of L1."""
    world = World(settings)
    world.stock(goods("L1"), goods("L2", location="B2"))
    world.place("#1", wanted(), **more)
    return world


def shipment(world: World) -> Shipment:
    """What is known of shipment S1."""
    known = world.warehouse.documents[SH]
    assert isinstance(known, Shipment)
    return known


def test_what_left_is_picked_and_promised_again() -> None:
    """An order that was over is open again, with its goods at the staging place they left from."""
    world = ready()
    world.told(world.pick("#1", staged_at="T-1"))
    task = world.parts("#1")[0].task
    world.told(world.ship("#1"))
    assert world.ledger.orders == {}
    event = only(world.told(void()), ShipmentVoided)
    assert (event.state, event.reason, [line.shipped for line in event.lines]) == (OrderState.PICKED, "No truck", [5])
    (again,) = world.parts("#1")
    assert (again.task, again.row.location, again.picked, again.staged_at) == (task, "BIN", 5, "STAGING/T-1")
    assert (world.row("L1", "STAGING/T-1").on_hand, world.row("L1", "STAGING/T-1").reserved) == (5, 5)
    order = world.get("#1")
    assert (order.shipments, order.lines[0].shipped, key("#1") in world.ledger.orders) == ((), 0, True)
    assert (shipment(world).voided, shipment(world).parts[0].shipped) == (True, ())
    assert world.told(void()) == ()
    world.told(world.ship("#1", shipment="S2"))
    assert world.get("#1").state is OrderState.SHIPPED


def test_goods_that_left_their_bin_stand_at_the_dock() -> None:
    """What was shipped without a pick, and from free stock, is picked now; more of a task joins what stands there."""
    world = ready()
    world.told(world.pick("#1", PickLine(None, "1", None, None, Decimal(1))))
    world.told(world.ship("#1", gone(4), gone(1, "L2")))
    world.told(void())
    assert [(one.row.lot, one.quantity, one.picked, one.staged_at) for one in world.parts("#1")] == [
        ("L1", 4, 4, "STAGING"), ("L2", 1, 1, "STAGING"),
    ]  # fmt: skip
    assert (world.row("L1").on_hand, world.row("L1", "STAGING").on_hand) == (6, 4)


def test_told_again_after_it_was_voided() -> None:
    """The same content is a repeat; other content under the number is refused, or noted and not booked."""
    world = ready()
    world.told(world.ship("#1"))
    world.told(void())
    assert world.told(world.ship("#1")) == ()
    assert world.refused(world.ship("#1", gone(1))) == (Code.CONFLICTING_CONTENT, "orders.0.order")
    assert kinds(world.told(world.ship("#1", gone(1), happened=True))) == ["DiscrepancyNoted"]


def test_unknown_shipments() -> None:
    """Nothing is taken back of a shipment nobody knows, and nothing corrected."""
    world = ready()
    assert world.refused(void("S9")) == (Code.FIELD_INVALID, "shipment")
    assert only(world.told(void("S9", happened=True)), DiscrepancyNoted).about["shipment"] == "S9"
    assert world.refused(correct(part("#1"), shipment="S9")) == (Code.FIELD_INVALID, "shipment")


def test_what_really_left_is_booked_under_any_number() -> None:
    """A correction of a shipment nobody knows says what has left: it is booked as one, and a person is told."""
    world = ready()
    events = world.told(correct(part("#1"), happened=True, shipment="S9"))
    assert kinds(events) == ["ShipmentConfirmed", "DiscrepancyNoted"]
    assert world.get("#1").state is OrderState.SHIPPED
    assert world.told(correct(part("#1"), happened=True, shipment="S9")) == ()


def test_goods_that_no_order_wants_stand_free() -> None:
    """What left for nobody, for a cancelled order, or beyond what was ordered, comes back promised to nobody."""
    world = ready()
    world.told(world.ship("#9", gone(2, "L2", sku="TEA"), happened=True))
    event = only(world.told(void()), ShipmentVoided)
    assert (event.state, event.taken_back[0].promise, event.taken_back[0].staged.location) == (
        OrderState.REJECTED, None, "STAGING",
    )  # fmt: skip
    world.cancel("#1")
    world.told(world.ship("#1", gone(3, "L1"), happened=True, shipment="S2"))
    event = only(world.told(void("S2")), ShipmentVoided)
    assert (event.state, world.parts("#1")) == (OrderState.CANCELLED, [])
    world.place("#2", wanted(quantity=2))
    world.told(world.ship("#2", gone(3, "L1"), happened=True, shipment="S3"))
    world.told(void("S3"))
    assert sum(one.quantity for one in world.parts("#2")) == 2
    assert world.row("L1", "STAGING").on_hand - world.row("L1", "STAGING").reserved == 4


def test_recalled_goods_come_back_free() -> None:
    """A recall takes what is picked and not shipped: what comes back of the lot is promised to nobody."""
    world = ready(Settings(allocate="on_request"))
    world.told(RequestAllocation())
    world.told(world.ship("#1"))
    world.told(PlaceHold("R", HoldKind.RECALL, None, "L1"))
    world.told(void())
    assert (world.parts("#1"), world.get("#1").state) == ([], OrderState.BACKORDERED)


def test_more_than_ordered_within_the_allowance_comes_back() -> None:
    """What was picked and shipped beyond the order is picked beyond it again."""
    world = ready(Settings(over_pick_pct=Decimal(20)))
    world.told(world.pick("#1", PickLine(None, "1", None, None, Decimal(6))))
    world.told(world.ship("#1"))
    world.told(void())
    assert [(one.quantity, one.picked) for one in world.parts("#1")] == [(6, 6)]


def test_kits_come_back_by_their_components() -> None:
    """Components that left for a kit are picked again; those of a cancelled kit stand free."""
    world = World()
    world.told(DefineItem(Item("CUP")))
    world.told(DefineItem(Item("SET", kit={"CUP": Decimal(2), "TEA": Decimal(1)})))
    world.stock(goods("C", 4, sku="CUP", line="c"), goods("T", 2))
    world.place("#1", wanted(quantity=1, sku="SET"))
    world.told(world.ship("#1"))
    event = only(world.told(void()), ShipmentVoided)
    assert [(line.line, line.shipped) for line in event.lines] == [("1", 1)]
    assert {(one.row.sku, one.picked) for one in world.parts("#1")} == {("CUP", 2), ("TEA", 1)}
    assert (world.line("#1").shipped, world.get("#1").state) == (0, OrderState.PICKED)


def test_packages_are_open_again() -> None:
    """What left in a carton on a pallet lies in it, and the order is packed as before."""
    world = ready()
    world.told(world.pick("#1"))
    packed = PackPackage(SITE, False, None, None, "C1", PackageKind.CARTON, (PackedLine(key("#1")),))
    world.told(packed)
    world.told(replace(packed, package="P1", kind=PackageKind.PALLET, lines=(), packages=("C1",)))
    world.told(world.ship("#1", packages=(ShippedPackage("P1"),)))
    events = world.told(void())
    assert kinds(events) == ["ShipmentVoided", "PackagesChanged", "OrderPacked", "PackagesChanged"]
    assert only(events, OrderPacked).state is OrderState.PACKED
    assert [one.packed for one in world.parts("#1")] == [5]
    world.told(world.ship("#1", packages=(ShippedPackage("P1"),), shipment="S2"))
    assert world.get("#1").state is OrderState.SHIPPED
    world.told(void("S2"))
    world.told(UnpackPackage(SITE, False, None, None, "P1"))
    world.told(UnpackPackage(SITE, False, None, None, "C1"))
    world.told(world.ship("#1", replace(gone(), package="C1"), shipment="S3"))
    assert kinds(world.told(void("S3"))) == ["ShipmentVoided"]


def test_shipment_told_anew() -> None:
    """What was told is taken back and what is told now is booked, in one decision and under one number."""
    world = ready()
    world.place("#2", wanted(quantity=2))
    world.told(ConfirmShipment(SITE, False, None, None, "S1", (part("#1"), part("#2"))))
    assert world.told(correct(part("#1"), part("#2"))) == ()
    events = world.told(correct(part("#1", gone(3))))
    assert kinds(events) == ["ShipmentVoided", "ShipmentVoided", "ShipmentConfirmed"]
    assert only(events, ShipmentConfirmed).state is OrderState.PARTLY_SHIPPED
    assert (world.line("#1").shipped, world.get("#1").shipments) == (3, ("S1",))
    assert (world.line("#2").shipped, world.get("#2").state) == (0, OrderState.PICKED)
    assert shipment(world).voided is False
    assert world.refused(correct(part("#1", gone(9)))) == (Code.MORE_THAN_ORDERED, "orders.0.lines.0.quantity")
    events = world.told(correct(part("#1", gone(3, "L2")), happened=True))
    assert [one.lot for one in only(events, ShipmentConfirmed).shipped] == ["L2"]
    world.told(void())
    world.told(correct(part("#1")))
    assert world.line("#1").shipped == 5


def test_order_that_ships_once_is_taken_back() -> None:
    """The rest of an order that ships once stays cancelled; what left is wanted again."""
    world = ready(ship_policy=ShipPolicy.ONCE)
    world.told(world.ship("#1", gone(2)))
    world.told(void())
    assert [(one.quantity, one.picked) for one in world.parts("#1")] == [(2, 2)]
    assert world.get("#1").state is OrderState.PICKED


def test_an_event_needs_its_shipment() -> None:
    """An event about a shipment that is not there is no event of this ledger."""
    world = ready()
    world.told(world.ship("#1"))
    event = only(decided(world, void()), ShipmentVoided)
    world.ledger.receipts[ReceiptKey(SHIPMENT, "S7")] = None
    with pytest.raises(LookupError, match="S7"):
        apply(world.ledger, replace(event, shipment="S7"))


def test_a_shipment_of_which_goods_were_sent_back_has_left() -> None:
    """What a customer has sent back cannot have stayed at the dock: refused, or noted and nothing booked."""
    world = ready()
    world.told(world.ship("#1"))
    line = StockLine("1", None, "L1", "STOCK", Decimal(1))
    world.told(ReturnGoods(SITE, False, None, None, "RMA-1", key("#1"), (line,)))
    assert world.refused(void()) == (Code.MORE_THAN_SHIPPED, "shipment")
    assert world.refused(correct(part("#1", gone(1)))) == (Code.MORE_THAN_SHIPPED, "shipment")
    assert kinds(world.told(correct(part("#1", gone(1)), happened=True))) == ["DiscrepancyNoted"]
    assert kinds(world.told(void(happened=True))) == ["DiscrepancyNoted"]
    assert world.line("#1").shipped == 5


def test_what_was_found_at_the_dock_leaves_its_promise_the_second_time() -> None:
    """Goods that left from a staging place unpicked are promised there when they come back, and leave it for good."""
    world = World()
    world.stock(goods("L1", 3))
    world.place("#1", wanted(quantity=3))
    world.told(world.pick("#1"))
    world.place("#2", wanted(quantity=2))
    world.told(world.ship("#2", gone(2, "L1"), happened=True))
    world.told(void())
    assert [(one.row.location, one.picked) for one in world.parts("#2")] == [("STAGING", 2)]
    world.told(world.ship("#2", shipment="S2", happened=True))
    assert world.parts("#2") == []
    row = world.row("L1", "STAGING")
    assert (row.on_hand, row.reserved) == (3, 3)
    world.told(world.ship("#1", shipment="S3"))
    assert world.get("#1").state is OrderState.SHIPPED


def test_an_allowance_for_picking_more_is_none_on_a_line_that_is_cancelled() -> None:
    """What left of a cancelled line stands free after a void, also where more than ordered might have been picked."""
    world = World(Settings(over_pick_pct=Decimal(50)))
    world.stock(goods("L1", 8))
    world.place("#1", wanted("1", 2), wanted("2", 4))
    world.cancel("#1", "2")
    left = ShippedLine("2", "L1", Decimal(2))
    world.told(world.ship("#1", ShippedLine("1", None, Decimal(2)), left, happened=True))
    world.told(void())
    assert [(part.row.lot, part.quantity) for part in world.line("#1", "1").reservations] == [("L1", 2)]
    assert world.line("#1", "2").reservations == []
    assert (world.row("L1", "STAGING").on_hand, world.row("L1", "STAGING").reserved) == (4, 2)
