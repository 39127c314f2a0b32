"""What announcements and the closing of receipts change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from lotstream.domain.applying.documents import keep
from lotstream.domain.applying.rows import book_row, change_row, know_lot
from lotstream.domain.events import LineCorrected, ReceiptClosed, ReceiptCorrected, ReceiptExpected
from lotstream.domain.goods import RECEIPT
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Expected, Receipt, ReceiptKey, expected_key
from lotstream.domain.weights import weight_corrected


def _receipt_expected(ledger: Ledger, event: ReceiptExpected) -> None:
    keep(ledger, event.expected)


def _receipt_closed(ledger: Ledger, event: ReceiptClosed) -> None:
    if event.receipt is not None:
        key = ReceiptKey(RECEIPT, event.receipt)
        receipt = ledger.receipt(key)
        if receipt is None:
            raise LookupError(f"receipt {event.receipt} of an event is not there")
        receipt.told, receipt.expected, receipt.closed_at = event.told, event.expected, event.at
        keep(ledger, receipt)
    if event.expected is not None:
        closed = event.at if event.complete else None
        note_against(ledger, event.expected, event.site, event.receipt, counted=event.counted, closed=closed)


def _receipt_corrected(ledger: Ledger, event: ReceiptCorrected) -> None:
    key = ReceiptKey(RECEIPT, event.receipt)
    receipt = ledger.receipt(key)
    if receipt is None:
        raise LookupError(f"receipt {event.receipt} of an event is not there")
    for change in event.changes:
        for row, units in change.taken:
            change_row(ledger, row, on_hand=-units)
        for lot in change.lots:
            know_lot(ledger, lot)
        for line in change.put:
            book_row(ledger, line)
        for unit in change.units:
            ledger.know_serial(unit)
        _note_weight(ledger, receipt, change)
        _note_units(receipt, change)
        receipt.lines[change.line] = change.booked
        receipt.costs.pop(change.line, None)
        if change.cost is not None:
            receipt.costs[change.line] = change.cost
    receipt.corrections[event.correction] = event.content
    keep(ledger, receipt)


def _note_weight(ledger: Ledger, receipt: Receipt, change: LineCorrected) -> None:
    """Note what a line weighs by now, nothing where its goods are not weighed any more."""
    grams = weight_corrected(ledger.items.get(change.booked.row.sku), receipt, change)
    receipt.weights.pop(change.line, None)
    if grams:
        receipt.weights[change.line] = grams


def _note_units(receipt: Receipt, change: LineCorrected) -> None:
    """Note which units a line brought, as they are told by now."""
    kept = [unit.key.number for unit in change.units if not unit.misread]
    gone = {unit.key.number for unit in change.units} - {*kept}
    numbers = dict.fromkeys([*receipt.serials.pop(change.line, ()), *kept])
    if left := tuple([number for number in numbers if number not in gone]):
        receipt.serials[change.line] = left


def note_against(
    ledger: Ledger,
    expected: str,
    site: str,
    receipt: str | None,
    *,
    counted: dict[str, int] | None = None,
    closed: datetime | None = None,
) -> None:
    """Note a receipt of an announcement, also of one that nobody has told, and what is counted against its lines."""
    known = ledger.document(expected_key(expected), Expected) or Expected(expected_key(expected), site)
    receipts = dict(known.receipts)
    if receipt is not None:
        receipts[receipt] = receipts.get(receipt, {}) if counted is None else counted
    if closed is not None and not known.closed:
        known = replace(known, closed=True, closed_at=closed)
    keep(ledger, replace(known, receipts=receipts))


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    ReceiptExpected: _receipt_expected,
    ReceiptClosed: _receipt_closed,
    ReceiptCorrected: _receipt_corrected,
}
