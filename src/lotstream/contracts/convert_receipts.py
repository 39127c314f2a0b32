"""From messages about receipts to commands of the ledger."""

from __future__ import annotations

from lotstream.contracts.convert_heads import head_of
from lotstream.contracts.inbound_receipts import (
    ReceiptClosed,
    ReceiptCorrected,
    ReceiptCorrectedLine,
    ReceiptExpected,
    ReceiptExpectedLine,
)
from lotstream.domain.commands import CloseReceipt, CorrectReceipt, ExpectReceipt, GoodsAnnounced, LineWrong


def expect_receipt(body: ReceiptExpected) -> ExpectReceipt:
    """Return the command to expect goods."""
    return ExpectReceipt(
        site=body.site,
        expected=body.expected,
        supplier=body.supplier,
        due=body.due,
        version=body.version,
        lines=tuple(_announced(line) for line in body.lines),
    )


def _announced(line: ReceiptExpectedLine) -> GoodsAnnounced:
    return GoodsAnnounced(
        line=line.line,
        sku=line.sku or "",
        quantity=line.quantity,
        unit=line.unit,
        gtin=line.gtin,
        lot=line.lot,
        supplier_lot=line.supplier_lot,
        made=line.made,
        expires=line.expires,
        package=line.package,
    )


def close_receipt(body: ReceiptClosed) -> CloseReceipt:
    """Return the command to close a receipt, or what is left of an announcement."""
    return CloseReceipt(
        **head_of(body),
        receipt=body.receipt,
        expected=body.expected,
    )


def correct_receipt(body: ReceiptCorrected) -> CorrectReceipt:
    """Return the command to correct lines of a receipt."""
    return CorrectReceipt(
        **head_of(body),
        receipt=body.receipt,
        correction=body.correction,
        reason=body.reason,
        lines=tuple(_wrong(line) for line in body.lines),
    )


def _wrong(line: ReceiptCorrectedLine) -> LineWrong:
    return LineWrong(
        line=line.line,
        quantity=line.quantity,
        unit=line.unit,
        sku=line.sku,
        lot=line.lot,
        made=line.made,
        expires=line.expires,
        supplier=line.supplier,
        supplier_lot=line.supplier_lot,
        origin=line.origin,
        facility=line.facility,
        cost=line.cost,
        status=None if line.status is None else line.status.value,
        serials=line.serials,
        misread=line.misread,
        weight_kg=line.weight_kg,
    )
