"""What documents tell of beside themselves: who opens one needs that as well."""

from __future__ import annotations

from lotstream.domain.model import (
    CountPending,
    Document,
    OrderKey,
    Receipt,
    ReceiptKey,
    ReturnExpected,
    Shipment,
    Transfer,
    expected_key,
)
from lotstream.domain.on_the_way import transfers_counted
from lotstream.domain.packages import packages_within


def documents_within(document: Document | None) -> tuple[ReceiptKey, ...]:
    """Return the documents a document tells of, which whoever opens the document needs as well."""
    if isinstance(document, Receipt):
        return () if document.expected is None else (expected_key(document.expected),)
    return transfers_counted(document) if isinstance(document, CountPending) else packages_within(document)


def orders_within(document: Document | None) -> tuple[OrderKey, ...]:
    """Return the orders a document tells of, which whoever opens the document needs as well."""
    if isinstance(document, ReturnExpected):
        return () if document.order is None else (document.order,)
    return tuple(part.order for part in document.parts) if isinstance(document, Shipment) else ()


def serials_within(document: Document | None) -> tuple[str, ...]:
    """Return the serial numbers a document tells of, which whoever opens the document needs as well."""
    if isinstance(document, Transfer):
        return tuple(number for line in document.lines for number in line.serials)
    if isinstance(document, Receipt):
        told = [*document.serials.values(), *(one.serials for one in document.came)]
        return tuple([number for numbers in told for number in numbers])
    parts = document.parts if isinstance(document, Shipment) else ()
    return tuple(number for part in parts for shipped in part.shipped for number in shipped.serials)
