"""Kits were put together and taken apart: both sides of it in one event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lotstream.domain.events.goods import GoodsBooked
from lotstream.domain.model import RowKey


@dataclass(frozen=True, slots=True)
class GoodsUsed:
    """Smallest units taken from a row to make something else of them."""

    line: str
    row: RowKey
    quantity: int
    serials: tuple[str, ...] = ()
    #: What they weigh, in grams, of items that are weighed; 0: nobody knows.
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class KitAssembled:
    """Kits were made of components."""

    site: str
    number: str
    by: str | None
    at: datetime
    used: tuple[GoodsUsed, ...]
    made: tuple[GoodsBooked, ...]


@dataclass(frozen=True, slots=True)
class KitBroken:
    """Kits were taken apart into components."""

    site: str
    number: str
    by: str | None
    at: datetime
    used: tuple[GoodsUsed, ...]
    made: tuple[GoodsBooked, ...]


@dataclass(frozen=True, slots=True)
class ProductionRecorded:
    """Goods were made of others."""

    site: str
    number: str
    by: str | None
    at: datetime
    used: tuple[GoodsUsed, ...]
    made: tuple[GoodsBooked, ...]
    #: What it has cost beside what was used.
    added_cost: Decimal | None = None
