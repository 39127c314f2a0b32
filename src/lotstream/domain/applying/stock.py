"""What events about stock that is there, or came back, change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.applying.documents import keep, receipt_under
from lotstream.domain.applying.rows import any_order, change_row, know_lot, know_new_lot, note_received, order_touched
from lotstream.domain.booked_under import document_of
from lotstream.domain.carrying import carry, change_bin
from lotstream.domain.events import (
    BinsChanged,
    GoodsPutAway,
    GoodsReturned,
    StatusChanged,
    StockAdjusted,
    StockCounted,
    StockMoved,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.losses import AGED, written_off
from lotstream.domain.marks import has_expired_at
from lotstream.domain.model import (
    CameBack,
    Receipt,
    Serial,
    SerialKey,
    SerialState,
)
from lotstream.domain.reservations import line_called, note_returned

_Document = StockAdjusted | StockCounted | StockMoved | StatusChanged | GoodsReturned


def _changed(ledger: Ledger, event: StockAdjusted | StockCounted) -> None:
    _note(ledger, event)
    document = ledger.receipt(document_of(event))
    if document is not None and isinstance(event, StockCounted):
        document.weights.update(event.told_g)
    for change in event.changes:
        if change.lot is not None:
            know_lot(ledger, change.lot)
        change_row(ledger, change.row, on_hand=change.quantity)
        note_received(ledger, change.row, change.received)
    for unit in event.units if isinstance(event, StockAdjusted) else ():
        ledger.know_serial(unit)


def _adjusted(ledger: Ledger, event: StockAdjusted) -> None:
    _changed(ledger, event)
    for change in event.changes:
        row = change.row
        lot = None if row.lot is None else ledger.lots.get((row.sku, row.lot))
        if lot is not None and change.code in AGED and change.quantity < 0 and has_expired_at(lot, row.site):
            now = written_off(lot, row.site, -change.quantity)
            if now is not lot:
                know_lot(ledger, now)


def _relocated(ledger: Ledger, event: StockMoved | StatusChanged) -> None:
    _note(ledger, event)
    for move in event.moves:
        along = sum(one.quantity for one in move.carried)
        change_row(ledger, move.row, on_hand=-move.quantity, reserved=-along)
        change_row(ledger, move.to, on_hand=move.quantity, reserved=along)
        note_received(ledger, move.to, move.received)
        for one in move.carried:
            order = any_order(ledger, one.key)
            carry(order, move.row, move.to, one)
            order_touched(ledger, order)


def _bins_changed(ledger: Ledger, event: BinsChanged) -> None:
    for change in event.changes:
        change_row(ledger, change.row, reserved=-change.quantity)
        change_row(ledger, change.to, reserved=change.quantity)
        order = any_order(ledger, change.key)
        change_bin(order, change)
        order_touched(ledger, order)


def _returned(ledger: Ledger, event: GoodsReturned) -> None:
    document = _note(ledger, event)
    came = (
        CameBack(back.line, back.row, back.quantity, 0, back.serials if event.numbered else ()) for back in event.lines
    )
    document.came = (*document.came, *came)
    if event.announced is not None:
        keep(ledger, event.announced)
    order = None if event.key is None else ledger.order(event.key)
    for back in event.lines:
        know_new_lot(ledger, back.lot)
        change_row(ledger, back.row, on_hand=back.quantity)
        note_received(ledger, back.row, back.received)
        for number in back.serials:
            ledger.know_serial(Serial(SerialKey(number, back.row.sku), SerialState.IN_STOCK, back.row))
        line = None if order is None or back.order_line is None else line_called(order, back.order_line)
        if line is not None:
            note_returned(line, back.row.sku, back.row.lot, back.quantity)
    if order is not None:
        order_touched(ledger, order)


def _note(ledger: Ledger, event: _Document) -> Receipt:
    """Note what was booked under a document, so that none of its lines is booked twice; returns the document."""
    document = receipt_under(ledger, document_of(event), site=event.site)
    document.lines.update(event.booked)
    return document


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    StockAdjusted: _adjusted,
    StockCounted: _changed,
    StockMoved: _relocated,
    GoodsPutAway: _relocated,
    BinsChanged: _bins_changed,
    StatusChanged: _relocated,
    GoodsReturned: _returned,
}
