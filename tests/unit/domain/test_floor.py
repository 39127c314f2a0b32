"""Goods are picked and shipped: asked, only what may leave; happened, whatever it was is booked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ConfirmShipment,
    DefineItem,
    DefineLocation,
    DefineSite,
    OpenDay,
    PickLine,
    PlaceHold,
    ShippedLine,
    ShippedOrder,
)
from lotstream.domain.events import (
    DiscrepancyNoted,
    OrderCancelled,
    ReservationFreed,
    ShipmentConfirmed,
    StockFound,
    StockPicked,
)
from lotstream.domain.model import HoldKind, Item, Location, OrderState, Settings, ShipPolicy, Site, Tracking
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted

LATER = TODAY + timedelta(days=60)


def picked(quantity: int = 5, **more: str | None) -> PickLine:
    """A pick of order line 1."""
    return PickLine(
        more.get("task"), more.get("line", "1"), more.get("lot"), more.get("location"), Decimal(quantity),
        more.get("unit"), more.get("package"), more.get("sku"),
    )  # fmt: skip


def gone(quantity: int = 5, lot: str | None = None, **more: str | None) -> ShippedLine:
    """A shipment of order line 1."""
    return ShippedLine(
        more.get("line") or "1", lot, Decimal(quantity), more.get("unit"), more.get("location"), more.get("package"),
        more.get("sku"),
    )  # fmt: skip


def ready(*, lots: int = 1, **more: object) -> World:
    """A world with lots L1, L2 … of 5 each, of which order #1 has 5."""
    world = World()
    world.stock(*(goods(f"L{n}", 5, f"B{n}", expires=TODAY + timedelta(days=30 * n)) for n in range(1, lots + 1)))
    world.place("#1", **more)
    return world


def codes(events: tuple[object, ...]) -> list[str]:
    """The codes of the discrepancies among events."""
    return [event.code for event in events if isinstance(event, DiscrepancyNoted)]


# Picking ---------------------------------------------------------------------------------------------------------


def test_picked_goods_move_to_the_staging_place() -> None:
    """A pick takes goods from the bin to the staging place; the promise goes with them and names the bin."""
    world = ready()
    events = world.told(world.pick("#1", picked(3, lot="L1", location="B1"), staged_at="TOTE-1"))
    assert only(events, StockPicked).state is OrderState.PICKING
    assert (world.row("L1", "B1").on_hand, world.row("L1", "B1").reserved) == (2, 2)
    assert (world.row("L1", "STAGING/TOTE-1").on_hand, world.row("L1", "STAGING/TOTE-1").reserved) == (3, 3)
    (part,) = world.parts("#1")
    assert (part.row.location, part.picked, part.staged_at) == ("B1", 3, "STAGING/TOTE-1")
    world.told(world.pick("#1", picked(1, task=part.task), staged_at="TOTE-2"))
    world.told(world.pick("#1", picked(1, task=part.task, line=None), staged_at="TOTE-1"))
    assert [(part.picked, part.staged_at) for part in world.parts("#1")] == [
        (4, "STAGING/TOTE-1"),
        (1, "STAGING/TOTE-2"),
    ]
    assert world.get("#1").state is OrderState.PICKED
    shipped = only(world.told(world.ship("#1", gone(1, location="TOTE-2"), gone(4))), ShipmentConfirmed).shipped
    assert [(one.row.location, one.quantity) for one in shipped] == [("STAGING/TOTE-2", 1), ("STAGING/TOTE-1", 4)]
    assert not world.ledger.stock


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (picked(6), Code.NOT_RESERVED, "lines.0.quantity"),
        (picked(1, lot="L2"), Code.NOT_RESERVED, "lines.0.quantity"),
        (picked(1, location="B2"), Code.NOT_RESERVED, "lines.0.quantity"),
        (picked(1, package="P"), Code.NOT_RESERVED, "lines.0.quantity"),
        (picked(1, task="other"), Code.NOT_RESERVED, "lines.0.quantity"),
        (picked(0), Code.NOT_POSITIVE, "lines.0.quantity"),
        (picked(1, unit="pallet"), Code.UNKNOWN_UNIT, "lines.0.unit"),
        (picked(1, line="9"), Code.FIELD_MISSING, "lines.0.sku"),
        (picked(1, line=None), Code.FIELD_MISSING, "lines.0.sku"),
        (picked(1, line=None, sku="NEW"), Code.UNKNOWN_ITEM, "lines.0.sku"),
    ],
)
def test_asked_picks_that_are_refused(line: PickLine, code: Code, field: str) -> None:
    """Only what is promised to the order can be picked when it is asked."""
    world = ready(lots=2)
    assert world.refused(world.pick("#1", line)) == (code, field)


def test_pick_needs_an_order_lines_and_a_site() -> None:
    """An unknown order, an order that is over, a held one, no lines, an unknown site: refused when asked."""
    world = ready()
    assert world.refused(world.pick("#9", picked())) == (Code.UNKNOWN_ORDER, "order")
    assert world.refused(replace(world.pick("#1"), lines=())) == (Code.FIELD_MISSING, "lines")
    assert world.refused(replace(world.pick("#1"), site="NOWHERE")) == (Code.FIELD_INVALID, "site")
    world.place("#1", wanted(quantity=4))
    assert world.refused(world.pick("#1")) == (Code.ON_HOLD, "order")
    world.cancel("#1")
    assert world.refused(world.pick("#1", picked())) == (Code.NOT_RESERVED, "order")


def test_held_or_expired_goods_are_not_picked() -> None:
    """The checks of allocation are asked again at the pick: holds, bins, and life."""
    for trouble, code in (
        (DefineLocation(Location(SITE, "B1", hold=True)), Code.ON_HOLD),
        (OpenDay(SITE, TODAY + timedelta(days=31)), Code.LOT_NOT_ALLOWED),
    ):
        world = ready()
        world.told(trouble)
        assert world.refused(world.pick("#1")) == (code, "lines.0.lot")
        events = world.told(world.pick("#1", picked(), happened=True))
        assert kinds(events) == ["StockPicked", "DiscrepancyNoted"]
        assert codes(events) == [code]


def test_happened_pick_of_what_was_not_promised() -> None:
    """Goods that were taken although not promised stand unreserved; what others were promised is found, not taken."""
    world = ready()
    events = world.told(world.pick("#1", picked(7), happened=True))
    assert kinds(events) == ["StockFound", "StockPicked", "DiscrepancyNoted"]
    assert only(events, StockFound).quantity == 2
    staged = world.row("L1", "STAGING")
    assert (staged.on_hand, staged.reserved, world.get("#1").state) == (7, 5, OrderState.PICKED)


def test_happened_pick_of_goods_nobody_knew_of() -> None:
    """A lot that is in no row is booked as found where it was taken, or at the dock."""
    world = ready()
    world.told(world.pick("#1", picked(1, lot="L7", location="B7"), happened=True))
    world.told(world.pick("#1", picked(2, lot="L7", package="P1"), happened=True))
    found = {key: row.on_hand for key, row in world.ledger.stock.items() if key.lot == "L7"}
    assert {(key.location, key.package): units for key, units in found.items()} == {
        ("STAGING", None): 1,
        ("STAGING", "P1"): 2,
    }


def test_happened_pick_for_nobody() -> None:
    """Goods picked for an unknown order, or one that is over, are booked out of the fullest row of that lot."""
    world = ready()
    world.stock(goods("L1", 9, "B9"), balance="more")
    events = world.told(world.pick("#9", picked(2, lot="L1"), happened=True))
    assert (codes(events), only(events, StockPicked).state) == (
        [Code.UNKNOWN_ORDER, Code.NOT_RESERVED],
        OrderState.REJECTED,
    )
    assert world.row("L1", "B9").on_hand == 7
    world.cancel("#1")
    events = world.told(world.pick("#1", picked(1, sku="TEA", lot="L1"), happened=True, site="NEW"))
    assert codes(events) == [Code.FIELD_INVALID, Code.NOT_RESERVED, Code.NOT_RESERVED]
    clash = World()
    clash.told(DefineItem(Item("JAM")))
    clash.stock(goods("L1"), goods("L1", line="2", sku="JAM"))
    events = clash.told(clash.pick("#9", picked(1, lot="L1"), happened=True))
    assert codes(events) == [Code.UNKNOWN_ORDER, Code.FIELD_MISSING]


def test_happened_pick_of_a_held_order() -> None:
    """What was picked for a held order is booked, and the oddity noted."""
    world = ready()
    world.place("#1", wanted(quantity=4))
    events = world.told(world.pick("#1", happened=True))
    assert (codes(events), world.get("#1").state) == ([Code.ON_HOLD], OrderState.HELD)


# Shipping --------------------------------------------------------------------------------------------------------


def test_everything_picked_leaves_else_everything_promised() -> None:
    """Without lines what is picked leaves; when nothing is picked, what is promised does, and that is its pick."""
    world = ready(lots=2)
    world.told(world.pick("#1", picked(2)))
    shipment = only(world.told(world.ship("#1", scac="UPSN")), ShipmentConfirmed)
    assert [(one.lot, one.quantity, one.row.location, one.picked_from.location) for one in shipment.shipped] == [
        ("L1", 2, "STAGING", "B1")
    ]
    assert (shipment.state, shipment.scac, shipment.lines[0].short) == (OrderState.PARTLY_SHIPPED, "UPSN", 3)
    shipment = only(world.told(world.ship("#1", shipment="S2")), ShipmentConfirmed)
    assert (shipment.state, shipment.shipped[0].row.location, shipment.shipped[0].quantity) == (
        OrderState.SHIPPED,
        "B1",
        3,
    )
    assert world.get("#1").shipments == ("S1", "S2")
    assert world.ledger.orders == {}


def test_shipment_told_twice() -> None:
    """An order that had a shipment already is passed over when it is told again, open or over."""
    world = ready()
    world.told(world.ship("#1", gone(2)))
    assert world.told(world.ship("#1", gone(2))) == ()
    world.told(world.ship("#1", shipment="S2"))
    assert world.told(world.ship("#1", shipment="S2", happened=True)) == ()


def test_units_of_a_shipment() -> None:
    """A quantity is reported in the unit of its line where it comes out whole, else in the base unit."""
    world = World()
    world.stock(goods("L1", 7), goods("L2", 7, expires=LATER))
    world.place("#1", wanted(quantity=2, unit="case"))
    shipped = only(world.told(world.ship("#1")), ShipmentConfirmed).shipped
    assert [(one.lot, one.quantity, one.unit, one.unit_factor) for one in shipped] == [
        ("L1", 7, "each", 1),
        ("L2", 5, "each", 1),
    ]
    world.stock(goods("L3", 6), balance="b")
    world.place("#2", wanted(quantity=1, unit="case"))
    (one,) = only(world.told(world.ship("#2", gone(1, "L3", unit="case", package="SSCC"))), ShipmentConfirmed).shipped
    assert (one.unit, one.unit_factor, one.quantity, one.package) == ("case", 6, 6, "SSCC")


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (gone(6), Code.MORE_THAN_ORDERED, "orders.0.lines.0.quantity"),
        (gone(5, "L9"), Code.NOT_AVAILABLE, "orders.0.lines.0.quantity"),
        (gone(5, location="B9"), Code.NOT_AVAILABLE, "orders.0.lines.0.quantity"),
        (gone(0), Code.NOT_POSITIVE, "orders.0.lines.0.quantity"),
        (gone(1, unit="pallet"), Code.UNKNOWN_UNIT, "orders.0.lines.0.unit"),
        (gone(1, line="9"), Code.FIELD_INVALID, "orders.0.lines.0.line"),
    ],
)
def test_asked_shipments_that_are_refused(line: ShippedLine, code: Code, field: str) -> None:
    """What is not there, not wanted or not clear is refused when it is asked."""
    assert ready().refused(ready().ship("#1", line)) == (code, field)


def test_shipment_needs_orders_once_at_a_site() -> None:
    """No orders, an order twice, an unknown site, an unknown, held or shipped order: refused when asked."""
    world = ready()
    shipment = world.ship("#1")
    assert world.refused(replace(shipment, orders=())) == (Code.FIELD_MISSING, "orders")
    twice = replace(shipment, orders=shipment.orders * 2)
    assert world.refused(twice) == (Code.FIELD_INVALID, "orders.1.order")
    assert world.refused(replace(shipment, site="NEW")) == (Code.FIELD_INVALID, "site")
    assert world.refused(world.ship("#9")) == (Code.UNKNOWN_ORDER, "orders.0.order")
    world.place("#2", wanted(quantity=1))
    assert world.refused(world.ship("#2")) == (Code.NOT_RESERVED, "orders.0.lines")
    world.place("#2", wanted(quantity=2))
    assert world.refused(world.ship("#2")) == (Code.ON_HOLD, "orders.0.order")
    world.told(shipment)
    assert world.refused(world.ship("#1", shipment="S2")) == (Code.ALREADY_SHIPPED, "orders.0.order")


def test_held_goods_do_not_leave_even_when_picked() -> None:
    """A hold stops what is picked; when it has left all the same, it is booked with a discrepancy."""
    world = ready()
    world.told(world.pick("#1"))
    world.told(PlaceHold("H1", HoldKind.HOLD, "TEA", "L1"))
    assert world.refused(world.ship("#1")) == (Code.ON_HOLD, "orders.0.lot")
    assert world.refused(world.ship("#1", gone())) == (Code.ON_HOLD, "orders.0.lines.0.lot")
    events = world.told(world.ship("#1", happened=True))
    assert (kinds(events), codes(events)) == (["ShipmentConfirmed", "DiscrepancyNoted"], [Code.ON_HOLD])


def test_expired_goods_do_not_leave() -> None:
    """Goods that expired since they were picked are refused at the gate."""
    world = ready()
    world.told(world.pick("#1"))
    world.told(OpenDay(SITE, TODAY + timedelta(days=31)))
    assert world.refused(world.ship("#1")) == (Code.LOT_NOT_ALLOWED, "orders.0.lot")


def test_free_stock_may_leave_instead_of_what_was_promised() -> None:
    """Another free lot may be shipped; the promise it makes needless goes back, and to whoever waits."""
    world = ready(lots=2)
    world.place("#2", wanted(quantity=6))
    world.cancel("#2")
    events = world.told(world.ship("#1", gone(4, "L2")))
    assert kinds(events) == ["ShipmentConfirmed", "ReservationFreed"]
    assert only(events, ReservationFreed).reason == "other_lot"
    assert world.lots("#1") == [("L1", 1)]
    world.place("#3", wanted(quantity=9))
    events = world.told(world.ship("#1", gone(1, "L2"), shipment="S2", happened=True))
    assert kinds(events)[-1] == "OrderAllocated"
    assert world.lots("#3") == [("L1", 4), ("L2", 1), ("L1", 1)]


def test_free_stock_in_the_order_of_use() -> None:
    """A line that names no lot is shipped what is promised, then free stock it may have, nearest expiry first."""
    world = World()
    world.place("#1", wanted(quantity=7, min_days_left=10))
    world.ledger.settings = replace(world.ledger.settings, allocate="on_request")
    world.stock(
        goods("SHORT", 9, expires=TODAY), goods("LONG", 5, "B2", expires=LATER), goods("MID", 5), goods("ODD", 5, "B9")
    )
    shipped = only(world.told(world.ship("#1", gone(6))), ShipmentConfirmed).shipped
    assert [(one.lot, one.quantity) for one in shipped] == [("MID", 5), ("ODD", 1)]
    assert world.refused(world.ship("#1", gone(1, location="B2", lot="SHORT"), shipment="S2")) == (
        Code.NOT_AVAILABLE,
        "orders.0.lines.0.quantity",
    )


def test_stock_that_is_there_but_not_for_the_line() -> None:
    """Held stock, another lot than asked for and what others were promised are refused by name, or noted."""
    world = World()
    world.stock(
        goods("HELD", 2, hold=HoldKind.HOLD), goods("L1", 4), goods("ELSEWHERE", 4, promised_elsewhere=Decimal(4))
    )
    world.place("#1", wanted(quantity=4, lot="L9"))
    lot = "orders.0.lines.0.lot"
    assert world.refused(world.ship("#1", gone(1, "HELD"))) == (Code.ON_HOLD, lot)
    assert world.refused(world.ship("#1", gone(1, "L1"))) == (Code.LOT_NOT_ALLOWED, lot)
    world.place("#2", wanted(quantity=12))
    assert world.refused(world.ship("#2", gone(1, "ELSEWHERE"))) == (Code.NOT_AVAILABLE, lot)
    events = world.told(world.ship("#1", gone(1, "HELD"), happened=True))
    assert codes(events) == [Code.ON_HOLD]
    events = world.told(world.ship("#2", gone(10), happened=True, shipment="S2"))
    assert only(events, StockFound).quantity == 1
    assert {row.lot for row in world.ledger.stock} == {"ELSEWHERE"}


def test_happened_shipment_of_more_than_there_was() -> None:
    """What has left is booked: more than ordered, more than there was, a lot nobody knew of."""
    world = ready()
    events = world.told(world.ship("#1", gone(7), gone(2, "L9", line="8", sku="TEA"), happened=True))
    assert codes(events) == [Code.MORE_THAN_ORDERED, Code.NOT_AVAILABLE, Code.FIELD_INVALID, Code.NOT_AVAILABLE]
    assert [event.quantity for event in events if isinstance(event, StockFound)] == [2, 2]
    lines = only(events, ShipmentConfirmed).lines
    assert [(line.line, line.ordered, line.shipped, line.short) for line in lines] == [("1", 5, 7, 0), ("8", 0, 2, 0)]
    assert not world.ledger.stock
    assert world.get("#1").state is OrderState.SHIPPED


def test_happened_shipment_of_an_unknown_order() -> None:
    """Goods that left for an unknown order come out of the rows of that lot, staged goods first."""
    world = World()
    world.stock(goods("L1", 3, "B1"), goods("L1", 2, "B2"), goods("L1", 1, "STAGING"))
    events = world.told(world.ship("#9", gone(5, "L1"), happened=True))
    assert codes(events) == [Code.UNKNOWN_ORDER]
    shipment = only(events, ShipmentConfirmed)
    assert [(one.row.location, one.quantity) for one in shipment.shipped] == [("STAGING", 1), ("B1", 3), ("B2", 1)]
    assert [(line.line, line.shipped) for line in shipment.lines] == [("1", 5)]
    assert (shipment.state, shipment.customer) == (OrderState.SHIPPED, None)
    nobody_knows = world.told(world.ship("#9", gone(5, "L8"), happened=True, shipment="S4"))
    assert codes(nobody_knows) == [Code.UNKNOWN_ORDER, Code.FIELD_MISSING]
    nothing = world.ship("#9", happened=True, shipment="S2")
    assert codes(world.told(nothing)) == [Code.UNKNOWN_ORDER, Code.NOT_RESERVED]
    elsewhere = world.ship("#9", gone(1, sku="TEA"), happened=True, site="NEW", shipment="S3")
    assert codes(world.told(elsewhere)) == [Code.FIELD_INVALID, Code.UNKNOWN_ORDER, Code.NOT_AVAILABLE]


def test_happened_shipment_of_an_order_that_is_over() -> None:
    """What left for an order that is over is booked on it and noted."""
    world = ready()
    world.told(world.ship("#1"))
    world.stock(goods("L2", 5), balance="b")
    events = world.told(world.ship("#1", gone(2, "L2"), shipment="S2", happened=True))
    assert codes(events) == [Code.ALREADY_SHIPPED, Code.MORE_THAN_ORDERED]
    assert (world.line("#1").shipped, world.get("#1").shipments) == (7, ("S1", "S2"))


def test_order_that_ships_once() -> None:
    """What is not in the one shipment of such an order is cancelled, and its promises go to whoever waits."""
    world = ready(lots=2, ship_policy=ShipPolicy.ONCE)
    world.place("#2", wanted(quantity=9))
    events = world.told(world.ship("#1", gone(3)))
    assert kinds(events) == ["ShipmentConfirmed", "OrderCancelled", "OrderAllocated"]
    assert only(events, OrderCancelled).lines[0].quantity == 2
    assert (world.get("#1").state, world.line("#1").cancelled) == (OrderState.SHIPPED, 2)
    assert world.lots("#2") == [("L2", 5), ("L1", 2)]


def test_many_orders_in_one_shipment() -> None:
    """One shipment carries many orders; when one of them is refused, none has left."""
    world = ready()
    world.stock(goods("L2"), balance="b")
    world.place("#2")
    parts = tuple(ShippedOrder(key(number)) for number in ("#1", "#2", "#3"))
    shipment = ConfirmShipment(SITE, False, None, None, "S1", parts)
    assert world.refused(shipment) == (Code.UNKNOWN_ORDER, "orders.2.order")
    events = world.told(replace(shipment, orders=parts[:2]))
    assert kinds(events) == ["ShipmentConfirmed", "ShipmentConfirmed"]


def test_goods_that_left_for_somebody_else_are_not_shipped_again() -> None:
    """Within one shipment, what one order took is no longer free for the next."""
    world = World(Settings(allocate="on_request"))
    world.place("#1")
    world.stock(goods("L1", 5), goods("L2", 2, expires=LATER))
    parts = (ShippedOrder(key("#9"), (gone(5, "L1"),)), ShippedOrder(key("#1"), (gone(2),)))
    events = world.told(ConfirmShipment(SITE, True, None, None, "S1", parts))
    assert codes(events) == [Code.UNKNOWN_ORDER]
    assert [one.lot for event in events if isinstance(event, ShipmentConfirmed) for one in event.shipped] == [
        "L1",
        "L2",
    ]


def test_goods_of_another_site_stay_there() -> None:
    """What is promised at one site is neither picked nor shipped at another."""
    world = ready()
    world.told(DefineSite(Site("B")))
    assert world.refused(world.pick("#1", site="B")) == (Code.NOT_RESERVED, "lines.0.quantity")
    assert world.refused(world.ship("#1", site="B")) == (Code.NOT_RESERVED, "orders.0.lines")


def test_wrong_goods_for_a_line() -> None:
    """Goods without a lot can be shipped by line alone; a happened mix-up of goods is named."""
    world = World()
    world.told(DefineItem(Item("BAG", tracking=Tracking.NONE)))
    world.stock(goods(None, 5, sku="BAG", hold=HoldKind.HOLD), goods(None, 5, "B2", sku="BAG"))
    world.place("#1", wanted(sku="BAG"))
    (one,) = only(world.told(world.ship("#1", gone(5, sku="BAG"))), ShipmentConfirmed).shipped
    assert (one.lot, one.expires, one.row.location) == (None, None, "B2")


def test_a_task_in_pieces() -> None:
    """However a task is picked, shipped and picked again, its pieces at one place are one piece."""
    world = ready()
    task = world.parts("#1")[0].task
    for place in ("TOTE-1", "TOTE-2", "TOTE-1"):
        world.told(world.pick("#1", picked(1, task=task), staged_at=place))
    world.told(world.ship("#1", gone(2, location="TOTE-1")))
    world.told(world.pick("#1", picked(2, task=task), staged_at="TOTE-2"))
    (part,) = world.parts("#1")
    assert (part.quantity, part.picked, part.staged_at) == (3, 3, "STAGING/TOTE-2")


def test_rest_of_a_line_that_takes_all_or_nothing() -> None:
    """Once a part of a line has left, the rest may be promised where the whole was too much."""
    world = World(Settings(allow_partial=False))
    world.stock(goods("L1", 4), goods("HELD", 9, hold=HoldKind.HOLD))
    world.place("#1")
    events = world.told(world.ship("#1", gone(1, "HELD"), happened=True))
    assert kinds(events) == ["ShipmentConfirmed", "DiscrepancyNoted", "OrderAllocated"]
    assert (world.lots("#1"), world.get("#1").state) == ([("L1", 4)], OrderState.PARTLY_SHIPPED)


def test_goods_that_just_left_are_not_promised() -> None:
    """What a shipment took from free stock is not offered in the same decision to whoever waits."""
    world = World(Settings(allow_partial=False))
    world.stock(goods("L1", 4), goods("HELD", 9, hold=HoldKind.HOLD))
    world.place("#1")
    parts = (ShippedOrder(key("#1"), (gone(1, "HELD"),)), ShippedOrder(key("#9"), (gone(3, "L1"),)))
    events = world.told(ConfirmShipment(SITE, True, None, None, "S1", parts))
    assert "OrderAllocated" not in kinds(events)
    assert (world.row("L1").on_hand, world.lots("#1")) == (1, [])


def test_a_door_is_a_place_of_its_own() -> None:
    """Goods stand at a door that is defined under its own name; nobody is sent to pick from a tote."""
    world = ready()
    world.told(DefineLocation(Location(SITE, "DOOR-3", pickable=False)))
    world.told(world.pick("#1", picked(2), staged_at="DOOR-3"))
    assert world.row("L1", "DOOR-3").reserved == 2
    world.told(world.pick("#1", picked(4), staged_at="TOTE-1", happened=True))
    world.place("#2")
    assert (world.row("L1", "STAGING/TOTE-1").on_hand, world.lots("#2")) == (4, [])
