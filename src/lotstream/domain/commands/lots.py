"""What is known of lots changes: corrected, merged, split."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CorrectLot:
    """lot.corrected: what was known of a lot was wrong; what is not said stays as it is."""

    correction: str
    #: None: the lot's number is enough.
    sku: str | None
    lot: str
    by: str | None = None
    occurred_at: datetime | None = None
    reason: str | None = None
    #: The number it has from now on.
    to_lot: str | None = None
    expires: date | None = None
    made: date | None = None
    supplier: str | None = None
    supplier_lot: str | None = None
    #: What one base unit has cost.
    cost: Decimal | None = None
    origin: str | None = None
    facility: str | None = None
    #: Further facts, each in place of the one of its name.
    details: dict[str, str] = field(default_factory=dict)
    #: Names of facts that nobody knows after all.
    clear: tuple[str, ...] = ()
    #: Hash of what was told by names that are not those of today.
    content: str | None = None


@dataclass(frozen=True, slots=True)
class MergeLots:
    """lot.merged: several lots are one from now on."""

    merge: str
    #: None: the number of the lot they become is enough.
    sku: str | None
    lots: tuple[str, ...]
    into: str
    by: str | None = None
    occurred_at: datetime | None = None
    reason: str | None = None
    #: ``earliest``: where dates or holds differ, the earliest dates and all holds count.
    take: str | None = None
    #: Hash of what was told by names that are not those of today.
    content: str | None = None


@dataclass(frozen=True, slots=True)
class SplitLine:
    """Goods that are of another lot from now on."""

    location: str
    quantity: Decimal
    unit: str | None = None
    package: str | None = None
    #: None: whatever their condition.
    status: str | None = None


@dataclass(frozen=True, slots=True)
class SplitPart:
    """A part of a lot that is a lot of its own from now on."""

    lot: str
    lines: tuple[SplitLine, ...]
    expires: date | None = None
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SplitLot:
    """lot.split: parts of a lot are lots of their own."""

    site: str
    split: str
    #: None: the lot's number is enough.
    sku: str | None
    lot: str
    parts: tuple[SplitPart, ...]
    by: str | None = None
    occurred_at: datetime | None = None
    reason: str | None = None
    #: Hash of what was told by names that are not those of today.
    content: str | None = None
