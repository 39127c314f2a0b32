"""What there was at a moment, and what became of it until another: questions of accountants, by business time.

What was told late counts when it happened. Goods that workers of 0.1.0 have moved have no line of history: what they
brought or took is told as ``untold``, and moments before are as if it had always been so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec

from lotstream.domain.model import Item
from lotstream.store.codec import decode
from lotstream.store.session import Questions
from lotstream.store.sql import queries

SQL = queries("past")


@dataclass(frozen=True, slots=True)
class ThereThen:
    """What lay in one place at a moment, in the item's smallest units."""

    sku: str
    lot: str | None
    site: str | None
    location: str | None
    status: str | None
    quantity: int
    expires: date | None
    #: None when the item was never defined.
    item: Item | None
    #: In grams; None: it is not weighed, or nobody knew.
    weight_g: int | None = None


@dataclass(frozen=True, slots=True)
class Rolled:
    """One lot from one moment to another, in the item's smallest units."""

    sku: str
    lot: str | None
    opening: int
    #: By kind of movement, what it brought or, below zero, took.
    moves: dict[str, int]
    closing: int
    #: What is there now that no line of any history has brought; 0 where everything adds up.
    untold: int
    item: Item | None
    #: The same in grams, of goods that are weighed.
    opening_g: int = 0
    moves_g: dict[str, int] = field(default_factory=dict)
    closing_g: int = 0
    untold_g: int = 0

    @property
    def adds_up(self) -> bool:
        """Tell whether opening and movements come to the closing, and all movements ever to what is there now."""
        counted = self.opening + sum(self.moves.values()) == self.closing
        weighed = self.opening_g + sum(self.moves_g.values()) == self.closing_g
        return counted and weighed and (self.untold, self.untold_g) == (0, 0)

    @property
    def is_weighed(self) -> bool:
        """Tell whether any of it has a weight, or had one in the meantime."""
        return bool(self.opening_g or self.closing_g or self.moves_g or self.untold_g)


class PastReads(Questions):
    """Questions about the past, each one query; opened and closed as an async context manager."""

    async def stock_as_of(
        self, owner: str, at: datetime, *, sku: str | None, site: str | None = None, rows_max: int
    ) -> list[ThereThen]:
        """Return what an owner had at a moment, everywhere or at a site, by SKU, lot, place and condition."""
        rows = await self._database.fetch(SQL["stock_as_of"], owner, at, sku, rows_max, site)
        return [ThereThen(**{**row, "item": _item(row["item"])}) for row in rows]

    async def roll_forward(
        self, owner: str, begin: datetime, end: datetime, *, sku: str | None, rows_max: int
    ) -> list[Rolled]:
        """Return what became of an owner's lots after one moment and up to another."""
        rows = await self._database.fetch(SQL["roll_forward"], owner, begin, end, sku, rows_max)
        return [Rolled(**{**row, **_moves(row), "item": _item(row["item"])}) for row in rows]


def _moves(row: Any) -> dict[str, dict[str, int]]:  # noqa: ANN401 - a row as the driver has it
    return {name: msgspec.json.decode(row[name]) for name in ("moves", "moves_g")}


def _item(body: str | None) -> Item | None:
    return None if body is None else decode(body, Item)
