"""What is known of lots has changed, and goods are of another lot than before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from lotstream.domain.model import Departure, Item, Lot, LotName, OrderKey, RowKey


@dataclass(frozen=True, slots=True)
class Became:
    """Goods of a row are of another lot now, and so in another row; but for a split all, with all that is promised."""

    row: RowKey
    to: RowKey
    #: Smallest units on hand; below zero for a deficit.
    quantity: int
    #: What they weigh, in grams, of items that are weighed; 0: nobody knows.
    weight_g: int = 0


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
    #: What left by the facts that were wrong, the last first; and how often it did.
    left: tuple[Departure, ...] = ()
    left_total: int = 0


@dataclass(frozen=True, slots=True)
class LotsMerged:
    """Several lots are one now."""

    #: The lots that are part of it from now on.
    was: tuple[LotName, ...]
    number: str
    by: str | None
    at: datetime
    reason: str | None
    #: Hash of what was told.
    content: str
    #: The lot they are now.
    lot: Lot
    #: What lay there of them.
    rows: tuple[Became, ...] = ()
    #: Open orders that name them, or have something of them, under the one number.
    orders: tuple[OrderKey, ...] = ()


@dataclass(frozen=True, slots=True)
class LotSplit:
    """Parts of a lot are lots of their own now."""

    was: LotName
    number: str
    by: str | None
    at: datetime
    reason: str | None
    #: Hash of what was told.
    content: str
    lots: tuple[Lot, ...]
    #: Free goods that are of them now.
    rows: tuple[Became, ...]
    #: The lot that they were parts of, where something else is known of it now.
    whole: Lot | None = None


class Recounted(NamedTuple):
    """What lay in a row when its item was counted in another unit, in old smallest units and in new ones."""

    row: RowKey
    #: The same row, whose packs have another size.
    to: RowKey
    was: int
    now: int


@dataclass(frozen=True, slots=True)
class ItemRebased:
    """An item is counted in another unit now: whatever counts it is multiplied."""

    #: The item as it is now; what it was counted in is the last of what it is said to have been.
    item: Item
    by: str | None
    at: datetime
    reason: str | None
    #: What lay there of it.
    rows: tuple[Recounted, ...] = ()
    #: Open orders that want it; nothing is promised to them.
    orders: tuple[OrderKey, ...] = ()
    #: Items that are made of it, and what its former SKUs say of how it is counted, as they are now.
    others: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemRenamed:
    """An item has another SKU now."""

    sku: str
    #: The item as it is now.
    item: Item
    by: str | None
    at: datetime
    reason: str | None
    #: What lay there of it.
    rows: tuple[Became, ...] = ()
    #: Open orders that want it, under its new SKU.
    orders: tuple[OrderKey, ...] = ()
