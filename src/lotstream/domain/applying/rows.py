"""What every event does to rows, lots and orders, and how it is noted that they have changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from lotstream.domain.events import Freed, GoodsBooked, LineDecision
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Lot, Order, OrderKey, OrderState, RowKey, Serial, SerialKey, SerialState, StockRow
from lotstream.domain.reservations import staged_key
from lotstream.domain.shelves import derived_of, lot_changed, row_added, row_changed, row_replaced
from lotstream.domain.sums import OVER


def any_order(ledger: Ledger, key: OrderKey) -> Order:
    """Return the order of an event, open or closed; raises `LookupError` when it is not there."""
    order = ledger.known_order(key)
    if order is None:
        raise LookupError(f"order {key.order} of an event is not there")
    return order


def order_touched(ledger: Ledger, order: Order) -> None:
    """Note an order as changed, put it in its place in the queue, and among the closed ones when it is over."""
    derived = ledger.derived or ledger.index()
    if order.ahead and order.state not in (OrderState.RECEIVED, OrderState.HELD):
        # Somebody has begun with it before its day.
        order.ahead = False
    derived.waiting.note(order)
    if derived.promised is not None:
        derived.promised.note(order)
    if derived.numbers is not None:
        derived.numbers.note(order)
    if derived.waved is not None:
        derived.waved.note(order)
    derived.ordered = None
    ledger.touched.orders.add(order.key)
    if order.state in OVER:
        ledger.orders.pop(order.key, None)
        ledger.closed[order.key] = order
    if order.ahead or derived.ahead is not None:
        ledger.note_ahead(derived, order)


def reserve(ledger: Ledger, decisions: Iterable[LineDecision]) -> None:
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


def give_back(ledger: Ledger, freed: Iterable[Freed]) -> None:
    """Free the rows of promises taken back: the bin for what was not picked, the staging place for the rest."""
    for loss in freed:
        if loss.quantity > loss.picked:
            change_row(ledger, loss.row, reserved=loss.picked - loss.quantity)
        if loss.picked:
            change_row(ledger, staged_key(loss.row, loss.staged_at), reserved=-loss.picked)
            for number in loss.serials:
                standing = staged_key(loss.row, loss.staged_at)
                ledger.know_serial(Serial(SerialKey(number, loss.row.sku), SerialState.IN_STOCK, standing))


def change_row(ledger: Ledger, key: RowKey, *, on_hand: int = 0, reserved: int = 0) -> None:
    """Add smallest units to a row, which is made when there is none yet."""
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


def book_row(ledger: Ledger, line: GoodsBooked) -> None:
    """Add what came in to its row; goods without a lot keep their earliest receipt date there."""
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


def note_received(ledger: Ledger, key: RowKey, received: date | None) -> None:
    """Note when goods without a lot came in that are in a row now; a row keeps the earliest of its dates."""
    row = ledger.stock[key]
    if received is not None and key.lot is None and (row.received is None or received < row.received):
        row.received = received
        row_replaced(ledger, row)


def know_lot(ledger: Ledger, lot: Lot) -> None:
    """Replace the facts of a lot; nothing is written when they are the same."""
    known = ledger.lots.get((lot.sku, lot.lot))
    if known != lot:
        lot_skus = derived_of(ledger).lot_skus
        if known is None and lot_skus is not None:
            lot_skus.setdefault(lot.lot, []).append(lot.sku)
        derived_of(ledger).note_supplied(lot)
        ledger.lots[lot.sku, lot.lot] = lot
        ledger.touched.lots.add((lot.sku, lot.lot))
        lot_changed(ledger, lot)


def know_new_lot(ledger: Ledger, lot: Lot | None) -> None:
    """Know a lot from now on that nobody knew before; one that is known stays what it is."""
    if lot is not None and (lot.sku, lot.lot) not in ledger.lots:
        know_lot(ledger, lot)
