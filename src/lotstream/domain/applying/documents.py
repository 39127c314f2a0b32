"""What every event does to documents: they are kept under their numbers, as they are now."""

from __future__ import annotations

from lotstream.domain.ledger import DocumentT, Ledger
from lotstream.domain.model import SHIPMENT, Receipt, ReceiptKey, Shipment


def keep(ledger: Ledger, document: DocumentT) -> DocumentT:
    """Keep a document as it is now, and have it written; returns it."""
    ledger.receipts[document.key] = document
    ledger.touched.receipts.add(document.key)
    return document


def receipt_under(ledger: Ledger, key: ReceiptKey, *, site: str) -> Receipt:
    """Keep the receipt of a number, a new one where nothing was booked under it yet; returns it to be added to."""
    return keep(ledger, ledger.receipt(key) or Receipt(key, site))


def shipment_under(ledger: Ledger, number: str, *, site: str) -> Shipment:
    """Keep the shipment of a number, a new one where none has left under it yet; returns it to be added to."""
    key = ReceiptKey(SHIPMENT, number)
    return keep(ledger, ledger.document(key, Shipment) or Shipment(key, site))
