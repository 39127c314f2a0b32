"""Stock that turned out otherwise, was moved or came back: adjustments, counts, moves, changes of status, returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lotstream.domain.model import OrderKey


@dataclass(frozen=True, slots=True)
class StockLine:
    """One line of a document about stock that is there."""

    line: str
    #: None: the lot's number is enough.
    sku: str | None
    lot: str | None
    #: None: the one bin the lot lies in.
    location: str | None
    #: Added or taken, counted, or moved.
    quantity: Decimal
    unit: str | None = None
    #: None: whatever it stands on, in whatever packs and whatever condition.
    package: str | None = None
    pack_size: Decimal | None = None
    status: str | None = None
    reason: str | None = None
    #: Bin, or status, that it comes to.
    to: str = ""
    serials: tuple[str, ...] = ()
    #: Why there is more or less, beside the reason that people read.
    code: str | None = None
    #: SKU and lot as they were told, where the goods are called otherwise now.
    label: str | None = None
    #: What it weighs, in kilograms, where it was weighed: what is added, taken or moved, or all that was counted.
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AdjustStock:
    """stock.adjusted: more or less is there than the books say."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    adjustment: str
    lines: tuple[StockLine, ...]


@dataclass(frozen=True, slots=True)
class CountStock:
    """stock.counted: so much was found in bins."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    count: str
    lines: tuple[StockLine, ...]
    #: When it was counted, where it is told later: what moved since then is added. None: it is so now.
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class MoveStock:
    """stock.moved: goods go from one bin to another."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    move: str
    lines: tuple[StockLine, ...]


@dataclass(frozen=True, slots=True)
class ChangeStatus:
    """stock.status_changed: goods are found damaged, or good again."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    change: str
    lines: tuple[StockLine, ...]


@dataclass(frozen=True, slots=True)
class ReturnGoods:
    """goods.returned: a customer sends goods back, of an order or without saying of which."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    number: str
    key: OrderKey | None
    lines: tuple[StockLine, ...]
    customer: str | None = None
    #: The number it was announced under.
    expected: str | None = None
