"""What picks and shipments change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lotstream.domain.applying.documents import keep, shipment_under
from lotstream.domain.applying.rows import change_row, give_back, order_touched
from lotstream.domain.by_lot import join_tasks
from lotstream.domain.events import (
    LotSwapped,
    PickStarted,
    PickUndone,
    ShipmentConfirmed,
    ShipmentVoided,
    StockMissing,
    StockPicked,
    TakenBack,
)
from lotstream.domain.expiry import later_expiry
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import SHIPMENT, Order, ReceiptKey, Serial, SerialKey, SerialState, Shipment, ShipmentPart
from lotstream.domain.reservations import (
    drop_freed,
    line_called,
    note_picked,
    note_reserved_more,
    note_shipped,
    note_taken_back,
    note_undone,
)


def _stock_picked(ledger: Ledger, event: StockPicked) -> None:
    order = ledger.orders.get(event.key)
    for pick in event.picks:
        promised = pick.quantity if order is not None and pick.task else 0
        change_row(ledger, pick.row, on_hand=-pick.quantity, reserved=pick.over - promised)
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


def _pick_started(ledger: Ledger, event: PickStarted) -> None:
    order = ledger.orders[event.key]
    for line in order.lines:
        for part in line.reservations:
            part.started = part.started or part.task in event.tasks
    order_touched(ledger, order)


def _pick_undone(ledger: Ledger, event: PickUndone) -> None:
    order = ledger.orders[event.key]
    for undone in event.undone:
        change_row(ledger, undone.staged, on_hand=-undone.quantity, reserved=-undone.quantity)
        change_row(ledger, undone.row, on_hand=undone.quantity, reserved=undone.quantity)
        for number in undone.serials:
            ledger.know_serial(Serial(SerialKey(number, undone.row.sku), SerialState.IN_STOCK, undone.row))
        note_undone(order, undone)
    order.state = event.state
    order_touched(ledger, order)


def _stock_missing(ledger: Ledger, event: StockMissing) -> None:
    if event.booked:
        change_row(ledger, event.row, on_hand=-event.booked)


def _lot_swapped(ledger: Ledger, event: LotSwapped) -> None:
    order = ledger.orders[event.key]
    drop_freed(order, event.given)
    give_back(ledger, event.given)
    note_reserved_more(order, event.line, event.taken)
    for reservation in event.taken:
        change_row(ledger, reservation.row, reserved=reservation.quantity)
    if ledger.sites.lot_tasks:
        join_tasks(order.lines)
    order_touched(ledger, order)


def _shipment_confirmed(ledger: Ledger, event: ShipmentConfirmed) -> None:
    order = ledger.known_order(event.key)
    for shipped in event.shipped:
        change_row(ledger, shipped.row, on_hand=-shipped.quantity, reserved=-shipped.reserved)
        if order is not None:
            note_shipped(order, shipped)
        for number in shipped.serials:
            key, who = SerialKey(number, shipped.sku), (event.key.source, event.key.order, shipped.line)
            left = (event.shipment, event.at, event.customer)
            ledger.know_serial(Serial(key, SerialState.SHIPPED, shipped.row, *who, *left))
    if event.content:
        _note_shipment(ledger, event)
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


def _note_shipment(ledger: Ledger, event: ShipmentConfirmed) -> None:
    shipment = shipment_under(ledger, event.shipment, site=event.site)
    others = (part for part in shipment.parts if part.order != event.key)
    shipment.parts = (*others, ShipmentPart(event.key, event.content, event.shipped))
    shipment.voided = False


def _shipment_voided(ledger: Ledger, event: ShipmentVoided) -> None:
    order = ledger.known_order(event.key)
    for taken in event.taken_back:
        promise = taken.promise
        reserved = 0 if promise is None else promise.quantity
        change_row(ledger, taken.staged, on_hand=taken.shipped.quantity, reserved=reserved)
        line = None if order is None else line_called(order, taken.shipped.line)
        if line is not None:
            note_taken_back(line, taken.shipped, promise)
        for number in taken.serials:
            ledger.know_serial(_serial_back(event, taken, number))
    if order is not None:
        ledger.closed.pop(event.key, None)
        ledger.orders[event.key] = order
        order.shipments = tuple(shipment for shipment in order.shipments if shipment != event.shipment)
        order.state = event.state
        order_touched(ledger, order)
    _note_voided(ledger, event)


def _serial_back(event: ShipmentVoided, taken: TakenBack, number: str) -> Serial:
    """Return a unit that had left: picked again where its promise has it, else in stock."""
    key = SerialKey(number, taken.shipped.sku)
    if taken.promise is None or number not in taken.promise.serials:
        return Serial(key, SerialState.IN_STOCK, taken.staged)
    return Serial(key, SerialState.PICKED, taken.staged, event.key.source, event.key.order, taken.shipped.line)


def _note_voided(ledger: Ledger, event: ShipmentVoided) -> None:
    key = ReceiptKey(SHIPMENT, event.shipment)
    shipment = ledger.document(key, Shipment)
    if shipment is None:
        raise LookupError(f"shipment {event.shipment} is not there to be voided")
    shipment.parts = tuple(replace(part, shipped=()) if part.order == event.key else part for part in shipment.parts)
    shipment.voided = not any(part.shipped for part in shipment.parts)
    keep(ledger, shipment)


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    StockPicked: _stock_picked,
    PickStarted: _pick_started,
    PickUndone: _pick_undone,
    StockMissing: _stock_missing,
    LotSwapped: _lot_swapped,
    ShipmentConfirmed: _shipment_confirmed,
    ShipmentVoided: _shipment_voided,
}
