"""What events about goods and holds change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from lotstream.domain.applying.documents import keep, receipt_under
from lotstream.domain.applying.receipts import note_against
from lotstream.domain.applying.rows import book_row, change_row, know_lot, know_new_lot
from lotstream.domain.events import (
    BalanceOpened,
    DiscrepancyNoted,
    GoodsBooked,
    HoldLifted,
    HoldPlaced,
    SerialHeld,
    SerialReleased,
    StockFound,
    StockReceived,
)
from lotstream.domain.goods import BALANCE, RECEIPT
from lotstream.domain.ledger import Ledger
from lotstream.domain.lot_facts import with_more
from lotstream.domain.lot_numbers import LOT_COUNTER
from lotstream.domain.model import Booked, Lot, NextNumber, Receipt, ReceiptKey, Serial, SerialKey, SerialState


def _stock_received(ledger: Ledger, event: StockReceived) -> None:
    key = ReceiptKey(RECEIPT, event.receipt)
    receipt = _book(ledger, key, event.lines, site=event.site, final=event.final)
    receipt.costs.update((line.line, line.cost) for line in event.lines if line.cost is not None)
    receipt.weights.update((line.line, line.weight_g) for line in event.lines if line.weight_g)
    receipt.serials.update((line.line, line.serials) for line in event.lines if line.serials)
    if event.announced and event.expected is not None:
        receipt.expected = receipt.expected or event.expected
        note_against(ledger, event.expected, event.site, event.receipt)
    if event.next_number is not None:
        keep(ledger, NextNumber(LOT_COUNTER, event.next_number))


def _balance_opened(ledger: Ledger, event: BalanceOpened) -> None:
    _book(ledger, ReceiptKey(BALANCE, event.balance), event.lines, site=event.site, final=False)


def _hold_placed(ledger: Ledger, event: HoldPlaced) -> None:
    lot = ledger.lots.get((event.sku, event.lot)) or Lot(event.sku, event.lot)
    know_lot(ledger, replace(lot, holds=(*lot.holds, event.hold)))


def _hold_lifted(ledger: Ledger, event: HoldLifted) -> None:
    lot = ledger.lots[event.sku, event.lot]
    left = replace(lot, holds=tuple(hold for hold in lot.holds if hold.id not in event.holds))
    know_lot(ledger, with_more(left, lifted=event.lifted) if event.lifted else left)


def _serial_changed(ledger: Ledger, event: SerialHeld | SerialReleased) -> None:
    if event.row is not None:
        change_row(ledger, event.row, on_hand=-event.quantity)
        change_row(ledger, event.unit.row, on_hand=event.quantity)
    ledger.know_serial(event.unit, holds_too=True)


def _stock_found(ledger: Ledger, event: StockFound) -> None:
    know_new_lot(ledger, event.lot)
    change_row(ledger, event.row, on_hand=event.quantity)


def _discrepancy_noted(ledger: Ledger, event: DiscrepancyNoted) -> None:
    """A discrepancy is told to people; no quantity hangs on it."""


def _book(ledger: Ledger, key: ReceiptKey, lines: Iterable[GoodsBooked], *, site: str, final: bool) -> Receipt:
    """Book lines under a document, which is returned."""
    receipt = receipt_under(ledger, key, site=site)
    receipt.final = receipt.final or final
    for line in lines:
        receipt.lines[line.line] = Booked(line.row, line.quantity)
        if line.lot is not None:
            know_lot(ledger, line.lot)
        book_row(ledger, line)
        for number in line.serials:
            ledger.know_serial(Serial(SerialKey(number, line.row.sku), SerialState.IN_STOCK, line.row))
    return receipt


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    StockReceived: _stock_received,
    BalanceOpened: _balance_opened,
    HoldPlaced: _hold_placed,
    HoldLifted: _hold_lifted,
    SerialHeld: _serial_changed,
    SerialReleased: _serial_changed,
    StockFound: _stock_found,
    DiscrepancyNoted: _discrepancy_noted,
}
