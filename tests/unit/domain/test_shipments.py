"""A shipment has a number of its own: what is told of it twice is booked once, and may be taken back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lotstream.domain.apply import apply
from lotstream.domain.booked_under import documents_of
from lotstream.domain.codes import Code
from lotstream.domain.commands import ConfirmShipment, ShippedLine, ShippedOrder
from lotstream.domain.events import DiscrepancyNoted, ShipmentConfirmed
from lotstream.domain.model import SHIPMENT, Order, Receipt, ReceiptKey, Shipment, document_class
from lotstream.domain.named import receipts_named
from lotstream.domain.within import orders_within
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, decided, goods, key, kinds, only

SH = ReceiptKey(SHIPMENT, "S1")


def gone(quantity: object = 5, lot: str | None = None, **more: str | None) -> ShippedLine:
    """What left for order line 1."""
    return ShippedLine("1", lot, Decimal(str(quantity)), more.get("unit"), sku=more.get("sku"))


def ready() -> World:
    """A world with 20 of L1, of which orders #1 and #2 have 5 each."""
    world = World()
    world.stock(goods("L1", 20))
    for number in ("#1", "#2"):
        world.place(number)
    return world


def codes(events: tuple[object, ...]) -> list[str]:
    """The codes of the discrepancies among events."""
    return [event.code for event in events if isinstance(event, DiscrepancyNoted)]


def test_shipment_of_an_unknown_order_is_booked_once() -> None:
    """Goods that left for nobody we know are not booked again when another message tells of them."""
    world = ready()
    said = world.ship("#9", gone(4, "L1", sku="TEA"), happened=True)
    assert "ShipmentConfirmed" in kinds(world.told(said))
    assert world.told(world.ship("#9", gone("4.0", "L1", sku="TEA"), happened=True)) == ()
    assert world.row("L1").on_hand == 16


def test_same_number_with_other_content() -> None:
    """Asked it is refused, happened it is noted and not booked: the first one is to be corrected."""
    world = ready()
    world.told(world.ship("#1", gone(2)))
    assert world.refused(world.ship("#1", gone(3))) == (Code.CONFLICTING_CONTENT, "orders.0.order")
    events = world.told(world.ship("#1", gone(3), happened=True))
    assert (kinds(events), codes(events)) == (["DiscrepancyNoted"], ["conflicting_content"])
    assert world.line("#1").shipped == 2
    apply(world.ledger, replace(only(decided(world, world.ship("#2")), ShipmentConfirmed), shipment="S0", content=""))
    closed = world.ledger.closed[key("#2")]
    assert closed is not None
    assert closed.lines[0].shipped == 5
    assert ReceiptKey(SHIPMENT, "S0") not in world.ledger.receipts


def test_further_orders_join_a_shipment() -> None:
    """An order that the shipment did not have yet is added to it; those that were told are passed over."""
    world = ready()
    world.told(world.ship("#1"))
    both = ConfirmShipment(SITE, False, None, None, "S1", (ShippedOrder(key("#1")), ShippedOrder(key("#2"))))
    shipment = only(world.told(both), ShipmentConfirmed)
    assert shipment.key == key("#2")
    assert world.told(both) == ()


def test_what_left_before_shipments_were_kept() -> None:
    """An order that says it had the shipment is passed over, although nothing is known of the shipment itself."""
    world = ready()
    order: Order = world.ledger.orders[key("#1")]
    order.shipments = ("S1",)
    assert world.told(world.ship("#1", gone(1))) == ()


def test_documents_that_are_read_by_key() -> None:
    """A shipment is read when it is named, and with it the orders that it tells of."""
    world = ready()
    said = world.ship("#1")
    assert receipts_named(said) == (SH,)
    event = only(world.told(said), ShipmentConfirmed)
    assert documents_of(event) == (SH,)
    world.warehouse.decide(said)
    shipment = world.ledger.document(SH, Shipment)
    assert orders_within(shipment) == (key("#1"),)
    assert world.ledger.document(SH, Receipt) is None
    assert orders_within(None) == ()
    assert (document_class(SHIPMENT), document_class("receipt")) == (Shipment, Receipt)
