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
