"""What is known of lots has changed, and goods are of another lot than before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lotstream.domain.model import Lot, LotName, OrderKey, RowKey


@dataclass(frozen=True, slots=True)
class Became:
    """All goods of a row, with all that is promised of them, are of another lot now, and so in another row."""

    row: RowKey
    to: RowKey
    #: Smallest units on hand; below zero for a deficit.
    quantity: int


@dataclass(frozen=True, slots=True)
class LotCorrected:
    """Facts of a lot were wrong, its number among them."""

    #: The lot as it was called.
    was: LotName
    number: str
    by: str | None
    at: datetime
    reason: str | None
    #: Hash of what was told.
    content: str
    #: The lot as it is now.
    lot: Lot
    #: What lay there of it, when it has another number.
    rows: tuple[Became, ...] = ()
    #: Open orders that name the lot, or have something of it, under its new number.
    orders: tuple[OrderKey, ...] = ()
