"""What is told of receipts beside the goods themselves: that they are awaited, and that all has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class GoodsAnnounced:
    """One line of an announcement."""

    line: str
    #: Empty where the goods are named by ``gtin`` alone.
    sku: str
    quantity: Decimal
    unit: str | None = None
    gtin: str | None = None
    lot: str | None = None
    supplier_lot: str | None = None
    made: date | None = None
    expires: date | None = None
    package: str | None = None


@dataclass(frozen=True, slots=True)
class ExpectReceipt:
    """receipt.expected: goods are announced."""

    site: str
    expected: str
    supplier: str | None
    due: date | None
    version: str | None
    lines: tuple[GoodsAnnounced, ...]


@dataclass(frozen=True, slots=True)
class CloseReceipt:
    """receipt.closed: all that comes on a receipt has come, or nothing more comes of an announcement."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    #: None: the rest of the announcement does not come.
    receipt: str | None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class LineWrong:
    """What a line of a receipt should have said; None where it said right."""

    line: str
    #: 0: none of it came.
    quantity: Decimal | None = None
    #: Unit of ``quantity`` and of what ``cost`` is of; None: the item's base unit.
    unit: str | None = None
    sku: str | None = None
    lot: str | None = None
    made: date | None = None
    expires: date | None = None
    supplier: str | None = None
    supplier_lot: str | None = None
    origin: str | None = None
    facility: str | None = None
    cost: Decimal | None = None
    status: str | None = None
    #: Numbers of its units: of those that were told they go along, the others came as well.
    serials: tuple[str, ...] = ()
    #: Numbers that were told and are on none of its units.
    misread: tuple[str, ...] = ()
    #: What all of the line weighs, in kilograms.
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CorrectReceipt:
    """receipt.corrected: lines of a receipt were told wrongly."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    receipt: str
    correction: str
    reason: str | None
    lines: tuple[LineWrong, ...]
    #: Hash of what was told, where lots are called otherwise by now.
    content: str | None = None
