"""By what documents are known, and what their lines are booked as."""

from __future__ import annotations

from typing import NamedTuple

from lotstream.domain.model.stock import RowKey


class ReceiptKey(NamedTuple):
    """The business key of a document that goods move under: its kind and its number."""

    #: ``receipt``, ``balance``, ``shipment`` …
    kind: str
    number: str


class Booked(NamedTuple):
    """Where one line of a receipt went, and how much of it in smallest units."""

    row: RowKey
    quantity: int
