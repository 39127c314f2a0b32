"""Goods were announced, receipts were closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from lotstream.domain.events.goods import GoodsBooked
from lotstream.domain.model import Booked, Expected, Lot, RowKey, Serial


@dataclass(frozen=True, slots=True)
class ReceiptExpected:
    """Goods were announced, or are announced otherwise."""

    expected: Expected


@dataclass(frozen=True, slots=True)
class ReceiptLineTold:
    """What was expected of goods of one lot, and what came, in smallest units."""

    #: The line of the announcement; None for goods nobody announced.
    line: str | None
    sku: str
    lot: str | None
    expected: int
    received: int
    #: Of ``received``: what came damaged, and what is in quarantine.
    damaged: int = 0
    quarantined: int = 0
    #: As it was announced, of goods that did not come.
    supplier_lot: str | None = None
    made: date | None = None
    expires: date | None = None
    #: What was received weighs, in grams, of items that are weighed.
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class ReceiptClosed:
    """All that comes on a receipt has come; or, without a receipt, nothing more comes of an announcement."""

    site: str
    receipt: str | None
    expected: str | None
    supplier: str | None
    by: str | None
    at: datetime
    lines: tuple[ReceiptLineTold, ...]
    #: What is counted against the lines of the announcement.
    counted: dict[str, int] = field(default_factory=dict)
    #: Nothing more of the announcement is awaited.
    complete: bool = False
    #: The first, second … time that this receipt is told.
    told: int = 1


@dataclass(frozen=True, slots=True)
class LineCorrected:
    """A line of a receipt as it should have been told; smallest units."""

    line: str
    #: Where its goods were taken from, and where they are booked now.
    taken: tuple[tuple[RowKey, int], ...]
    put: tuple[GoodsBooked, ...]
    #: Facts of lots as they are afterwards, where they are others.
    lots: tuple[Lot, ...]
    #: How the line is booked from now on, what it has cost, and what it was believed to have cost before.
    booked: Booked
    cost: Decimal | None
    #: Units as they are afterwards: that go along, came as well, or never were.
    units: tuple[Serial, ...] = ()
    #: What each of ``taken`` weighs, in grams, of items that are weighed.
    taken_g: tuple[int, ...] = ()
    #: What all of the line weighs, where it was weighed anew, and what it was told to weigh before.
    weight_g: int = 0
    before_g: int = 0
    cost_before: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ReceiptCorrected:
    """Lines of a receipt were told wrongly, and are booked otherwise."""

    site: str
    receipt: str
    correction: str
    by: str | None
    at: datetime
    reason: str | None
    #: Hash of what was told, by which a repeat is known.
    content: str
    changes: tuple[LineCorrected, ...]
