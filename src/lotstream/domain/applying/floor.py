"""What picks and shipments change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.applying.rows import change_row, give_back, order_touched
from lotstream.domain.events import LotSwapped, ShipmentConfirmed, StockPicked
from lotstream.domain.expiry import later_expiry
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, Serial, SerialKey, SerialState
from lotstream.domain.reservations import drop_freed, line_called, note_picked, note_shipped


def _stock_picked(ledger: Ledger, event: StockPicked) -> None:
    order = ledger.orders.get(event.key)
    for pick in event.picks:
        promised = pick.quantity if order is not None and pick.task else 0
        change_row(ledger, pick.row, on_hand=-pick.quantity, reserved=-promised)
        change_row(ledger, pick.staged, on_hand=pick.quantity, reserved=promised)
        if order is not None and promised:
            note_picked(order, pick)
        for number in pick.serials:
            picked = SerialState.PICKED if promised else SerialState.IN_STOCK
            who = (event.key.source, event.key.order, pick.line) if promised else (None, None, None)
            ledger.know_serial(Serial(SerialKey(number, pick.row.sku), picked, pick.staged, *who))
    if order is not None:
        order.state = event.state
        order_touched(ledger, order)


def _lot_swapped(ledger: Ledger, event: LotSwapped) -> None:
    order = ledger.orders[event.key]
    drop_freed(order, event.given)
    give_back(ledger, event.given)
    line = line_called(order, event.line)
    if line is None:
        raise LookupError(f"line {event.line} of order {event.key.order} is not there to be swapped")
    for reservation in event.taken:
        line.reservations.append(reservation)
        change_row(ledger, reservation.row, reserved=reservation.quantity)
    order_touched(ledger, order)


def _shipment_confirmed(ledger: Ledger, event: ShipmentConfirmed) -> None:
    order = ledger.orders.get(event.key) or ledger.closed.get(event.key)
    for shipped in event.shipped:
        change_row(ledger, shipped.row, on_hand=-shipped.quantity, reserved=-shipped.reserved)
        if order is not None:
            note_shipped(order, shipped)
        for number in shipped.serials:
            key, who = SerialKey(number, shipped.sku), (event.key.source, event.key.order, shipped.line)
            left = (event.shipment, event.at, event.customer)
            ledger.know_serial(Serial(key, SerialState.SHIPPED, shipped.row, *who, *left))
    if order is not None:
        order.shipments = (*order.shipments, event.shipment)
        order.state = event.state
        order_touched(ledger, order)
        _note_last_shipped(ledger, order, event)


def _note_last_shipped(ledger: Ledger, order: Order, event: ShipmentConfirmed) -> None:
    """Raise the expiry below which nothing more may go to a customer; it never falls."""
    customer = ledger.customers.get(order.customer or "")
    if customer is None or not customer.no_older_than_last_shipped:
        return
    for shipped in event.shipped:
        lot = ledger.lots.get((shipped.sku, shipped.lot or ""))
        key = (customer.id, shipped.sku)
        known = ledger.last_shipped.get(key)
        last = later_expiry(known, None if lot is None else lot.expires)
        if last is not None and last != known:
            ledger.last_shipped[key] = last
            ledger.touched.last_shipped.add(key)


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    StockPicked: _stock_picked,
    LotSwapped: _lot_swapped,
    ShipmentConfirmed: _shipment_confirmed,
}
