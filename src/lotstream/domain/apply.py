"""What an event changes: the only place where a ledger changes, and where it is noted what has changed.

Events hold results, so nothing is decided here; the same events applied to equal ledgers make equal ledgers. An order
in an event is taken over by the ledger and changes with it: write an event down before the next one is applied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from lotstream.domain.cancelling import cancel_lines
from lotstream.domain.events import (
    BalanceOpened,
    CancelRemembered,
    CustomerDefined,
    DayContinued,
    DiscrepancyNoted,
    Event,
    Freed,
    GoodsBooked,
    HoldLifted,
    HoldPlaced,
    ItemDefined,
    LineDecision,
    OrderAllocated,
    OrderCancelled,
    OrderChanged,
    OrderRecorded,
    OwnerDefined,
    ReservationFreed,
    SettingsChanged,
    ShipmentConfirmed,
    StockFound,
    StockPicked,
    StockReceived,
)
from lotstream.domain.goods import BALANCE, RECEIPT
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Booked, Lot, Order, Receipt, ReceiptKey, RowKey, Settings, StockRow
from lotstream.domain.progress import Scope
from lotstream.domain.reservations import drop_freed, note_picked, note_reserved, note_shipped, staged_key
from lotstream.domain.shelves import derived_of, lot_changed, row_added, row_changed, row_replaced
from lotstream.domain.sums import OVER


def apply(ledger: Ledger, event: Event) -> None:
    """Change a ledger as an event says, and note in ``ledger.touched`` what has to be written.

    Raises `TypeError` for an event of a broadcast, which `lotstream.domain.broadcasts` applies, and `NotLoaded` where a
    receipt it adds to was not read.
    """
    applier = _APPLIERS.get(type(event))
    if applier is None:
        raise TypeError(f"{type(event).__name__} concerns every owner; apply_broadcast applies it")
    applier(ledger, event)


def _owner_defined(ledger: Ledger, event: OwnerDefined) -> None:
    _new_settings(ledger, replace(ledger.settings, sites=event.sites))


def _settings_changed(ledger: Ledger, event: SettingsChanged) -> None:
    _new_settings(ledger, event.settings)


def _new_settings(ledger: Ledger, settings: Settings) -> None:
    ledger.settings = settings
    ledger.touched.owner = True
    if ledger.orders:
        ledger.look_again(Scope(everything=True))


def _item_defined(ledger: Ledger, event: ItemDefined) -> None:
    gtins = derived_of(ledger).gtins
    known = ledger.items.get(event.item.sku)
    for gtin in known.gtins if known is not None else ():
        gtins.pop(gtin, None)
    gtins.update(dict.fromkeys(event.item.gtins, event.item.sku))
    ledger.items[event.item.sku] = event.item
    ledger.touched.items.add(event.item.sku)
    if derived_of(ledger).waiting.anybody(event.item.sku):
        ledger.look_again(ledger.progress.due.with_rules(skus=(event.item.sku,)))


def _customer_defined(ledger: Ledger, event: CustomerDefined) -> None:
    ledger.customers[event.customer.id] = event.customer
    ledger.touched.customers.add(event.customer.id)
    if derived_of(ledger).waiting.anybody_of(event.customer.id):
        ledger.look_again(ledger.progress.due.with_rules(customers=(event.customer.id,)))


def _day_continued(ledger: Ledger, event: DayContinued) -> None:
    ledger.progress = event.progress
    ledger.touched.progress = True


def _order_recorded(ledger: Ledger, event: OrderRecorded) -> None:
    order = event.order
    ledger.closed.pop(order.key, None)
    ledger.orders[order.key] = order
    if ledger.cancels.pop(order.key, None) is not None:
        ledger.touched.cancels.add(order.key)
    _reserve(ledger, event.decisions)
    _order_touched(ledger, order)


def _order_changed(ledger: Ledger, event: OrderChanged) -> None:
    ledger.orders[event.order.key] = event.order
    # It may stand elsewhere in the queue now.
    derived_of(ledger).affected = None
    _give_back(ledger, event.freed)
    _reserve(ledger, event.decisions)
    _order_touched(ledger, event.order)


def _order_allocated(ledger: Ledger, event: OrderAllocated) -> None:
    order = ledger.orders[event.key]
    order.state, order.site = event.state, event.site
    note_reserved(order, event.decisions)
    _reserve(ledger, event.decisions)
    _order_touched(ledger, order)


def _order_cancelled(ledger: Ledger, event: OrderCancelled) -> None:
    order = _any_order(ledger, event)
    drop_freed(order, event.freed)
    cancel_lines(order, event.lines)
    order.state = event.state
    if event.version is not None:
        order.version = event.version
    _give_back(ledger, event.freed)
    _order_touched(ledger, order)


def _cancel_remembered(ledger: Ledger, event: CancelRemembered) -> None:
    ledger.cancels[event.key] = (event.version, event.lines)
    ledger.touched.cancels.add(event.key)


def _stock_received(ledger: Ledger, event: StockReceived) -> None:
    _book(ledger, ReceiptKey(RECEIPT, event.receipt), event.lines, site=event.site, final=event.final)


def _balance_opened(ledger: Ledger, event: BalanceOpened) -> None:
    _book(ledger, ReceiptKey(BALANCE, event.balance), event.lines, site=event.site, final=False)


def _hold_placed(ledger: Ledger, event: HoldPlaced) -> None:
    lot = ledger.lots[event.sku, event.lot]
    _know_lot(ledger, replace(lot, holds=(*lot.holds, event.hold)))


def _hold_lifted(ledger: Ledger, event: HoldLifted) -> None:
    lot = ledger.lots[event.sku, event.lot]
    _know_lot(ledger, replace(lot, holds=tuple(hold for hold in lot.holds if hold.id not in event.holds)))


def _reservation_freed(ledger: Ledger, event: ReservationFreed) -> None:
    order = _any_order(ledger, event)
    drop_freed(order, event.freed)
    order.state = event.state
    _give_back(ledger, event.freed)
    _order_touched(ledger, order)


def _stock_found(ledger: Ledger, event: StockFound) -> None:
    _change_row(ledger, event.row, on_hand=event.quantity)


def _stock_picked(ledger: Ledger, event: StockPicked) -> None:
    order = ledger.orders.get(event.key)
    for pick in event.picks:
        promised = pick.quantity if order is not None and pick.task else 0
        _change_row(ledger, pick.row, on_hand=-pick.quantity, reserved=-promised)
        _change_row(ledger, pick.staged, on_hand=pick.quantity, reserved=promised)
        if order is not None and promised:
            note_picked(order, pick)
    if order is not None:
        order.state = event.state
        _order_touched(ledger, order)


def _shipment_confirmed(ledger: Ledger, event: ShipmentConfirmed) -> None:
    order = ledger.orders.get(event.key) or ledger.closed.get(event.key)
    for shipped in event.shipped:
        _change_row(ledger, shipped.row, on_hand=-shipped.quantity, reserved=-shipped.reserved)
        if order is not None:
            note_shipped(order, shipped)
    if order is not None:
        order.shipments = (*order.shipments, event.shipment)
        order.state = event.state
        _order_touched(ledger, order)


def _discrepancy_noted(ledger: Ledger, event: DiscrepancyNoted) -> None:
    """A discrepancy is told to people; no quantity hangs on it."""


def _any_order(ledger: Ledger, event: OrderCancelled | ReservationFreed) -> Order:
    order = ledger.orders.get(event.key) or ledger.closed.get(event.key)
    if order is None:
        raise LookupError(f"order {event.key.order} of an event is not there")
    return order


def _order_touched(ledger: Ledger, order: Order) -> None:
    """Note an order as changed, put it in its place in the queue, and among the closed ones when it is over."""
    derived = ledger.derived or ledger.index()
    derived.waiting.note(order)
    if derived.promised is not None:
        derived.promised.note(order)
    derived.ordered = None
    ledger.touched.orders.add(order.key)
    if order.state in OVER:
        ledger.orders.pop(order.key, None)
        ledger.closed[order.key] = order


def _reserve(ledger: Ledger, decisions: Iterable[LineDecision]) -> None:
    """Promise rows that must be there; written out, because every line of every order comes through here."""
    stock, touched, shelves = ledger.stock, ledger.touched.stock, derived_of(ledger).shelves
    for decision in decisions:
        for reservation in decision.reserved:
            key = reservation.row
            stock[key].reserved += reservation.quantity
            touched.add(key)
            shelf = shelves.get((key.sku, key.site))
            if shelf is not None:
                shelf.refresh(shelf.candidates[key])


def _give_back(ledger: Ledger, freed: Iterable[Freed]) -> None:
    for loss in freed:
        if loss.quantity > loss.picked:
            _change_row(ledger, loss.row, reserved=loss.picked - loss.quantity)
        if loss.picked:
            _change_row(ledger, staged_key(loss.row, loss.staged_at), reserved=-loss.picked)


def _change_row(ledger: Ledger, key: RowKey, *, on_hand: int = 0, reserved: int = 0) -> None:
    row = ledger.stock.get(key)
    if row is None:
        row = ledger.stock[key] = StockRow(key)
        row_added(ledger, row)
    elif row.received is not None:
        _begin_anew(ledger, row)
    row.on_hand += on_hand
    row.reserved += reserved
    ledger.touched.stock.add(key)
    row_changed(ledger, key)


def _begin_anew(ledger: Ledger, row: StockRow) -> None:
    """Forget the date of goods that are all gone: an empty row may be dropped at any time, and that must not matter."""
    if row.on_hand == row.reserved == row.promised_elsewhere == 0:
        row.received = None
        row_replaced(ledger, row)


def _book(ledger: Ledger, key: ReceiptKey, lines: Iterable[GoodsBooked], *, site: str, final: bool) -> None:
    receipt = ledger.receipt(key)
    if receipt is None:
        receipt = ledger.receipts[key] = Receipt(key, site)
    receipt.final = receipt.final or final
    ledger.touched.receipts.add(key)
    for line in lines:
        receipt.lines[line.line] = Booked(line.row, line.quantity)
        if line.lot is not None:
            _know_lot(ledger, line.lot)
        _book_row(ledger, line)


def _book_row(ledger: Ledger, line: GoodsBooked) -> None:
    row = ledger.stock.get(line.row)
    if row is None:
        row = ledger.stock[line.row] = StockRow(line.row, received=None if line.row.lot is not None else line.received)
        row_added(ledger, row)
    else:
        _begin_anew(ledger, row)
    if row.key.lot is None and (row.received is None or line.received < row.received):
        row.received = line.received
        row_replaced(ledger, row)
    row.promised_elsewhere += line.promised_elsewhere
    row.on_hand += line.quantity
    ledger.touched.stock.add(line.row)
    row_changed(ledger, line.row)


def _know_lot(ledger: Ledger, lot: Lot) -> None:
    if ledger.lots.get((lot.sku, lot.lot)) != lot:
        ledger.lots[lot.sku, lot.lot] = lot
        ledger.touched.lots.add((lot.sku, lot.lot))
        lot_changed(ledger, lot)


_APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    OwnerDefined: _owner_defined,
    SettingsChanged: _settings_changed,
    ItemDefined: _item_defined,
    CustomerDefined: _customer_defined,
    DayContinued: _day_continued,
    OrderRecorded: _order_recorded,
    OrderChanged: _order_changed,
    OrderAllocated: _order_allocated,
    OrderCancelled: _order_cancelled,
    CancelRemembered: _cancel_remembered,
    StockReceived: _stock_received,
    BalanceOpened: _balance_opened,
    HoldPlaced: _hold_placed,
    HoldLifted: _hold_lifted,
    ReservationFreed: _reservation_freed,
    StockFound: _stock_found,
    StockPicked: _stock_picked,
    ShipmentConfirmed: _shipment_confirmed,
    DiscrepancyNoted: _discrepancy_noted,
}
