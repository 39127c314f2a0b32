"""Who goods come from, and what is expected of them before they come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from lotstream.domain.model.keys import ReceiptKey

#: Kind of what is known of suppliers; it is read by key, with the goods that name one.
SUPPLIER: Final = "supplier"


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who an owner's goods come from, and how long they have to live when they do."""

    id: str
    version: int = 1
    name: str | None = None
    #: Global Location Number.
    gln: str | None = None
    min_days_left: int | None = None
    min_pct_left: Decimal | None = None
    #: Where it differs, by SKU; 0: none is asked for.
    min_days_left_by_sku: dict[str, int] = field(default_factory=dict)

    @property
    def key(self) -> ReceiptKey:
        """Return the key it is kept under."""
        return supplier_key(self.id)


def supplier_key(supplier: str) -> ReceiptKey:
    """Return the key that what is known of a supplier is kept under."""
    return ReceiptKey(SUPPLIER, supplier)


#: Kind of what was announced before it came.
EXPECTED: Final = "expected"


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """Goods that were announced, in smallest units."""

    line: str
    sku: str
    quantity: int
    #: Our number of the lot, or its supplier's; with neither any lot will do.
    lot: str | None = None
    supplier_lot: str | None = None
    made: date | None = None
    expires: date | None = None
    package: str | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """An announcement (ASN) of goods, and what of it has come."""

    key: ReceiptKey
    site: str
    supplier: str | None = None
    #: The day they should come.
    due: date | None = None
    version: str | None = None
    #: False: goods came that name it, and nobody has told it.
    announced: bool = False
    lines: tuple[ExpectedLine, ...] = ()
    #: Receipts of it, each with what was counted against which line when it was closed; nothing while it is open.
    receipts: dict[str, dict[str, int]] = field(default_factory=dict)
    #: Nothing more of it is awaited.
    closed: bool = False
    #: Since when; None: it is not closed.
    closed_at: datetime | None = None
    #: Of what is written: the arrival by which its quantities count (`lotstream.domain.recounting`); 0 in memory.
    rebased: int = 0

    def left(self, line: ExpectedLine, *, but_for: str | None = None) -> int:
        """Return what is awaited of a line yet, below nothing never; ``but_for`` a receipt that is closed again."""
        came = sum(counted.get(line.line, 0) for receipt, counted in self.receipts.items() if receipt != but_for)
        return max(line.quantity - came, 0)


def expected_key(expected: str) -> ReceiptKey:
    """Return the key that an announcement is kept under."""
    return ReceiptKey(EXPECTED, expected)
