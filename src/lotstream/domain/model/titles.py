"""Goods that change their owner: what was released under a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lotstream.domain.model.keys import ReceiptKey
from lotstream.domain.model.stock import RowKey

TITLE_OUT: Final = "title_out"
"""Kind of the documents under which goods leave an owner's ledger."""

TITLE: Final = "title"
"""Kind of the documents under which they come into another's."""


def title_number(seller: str, title: str) -> str:
    """Return the number of a title in both ledgers: two sellers may give theirs the same."""
    return f"{seller}/{title}"


@dataclass(frozen=True, slots=True)
class TitleLine:
    """Goods of one row that were released, in the seller's smallest units."""

    line: str
    row: RowKey
    quantity: int
    #: The buyer's SKU.
    sku: str
    serials: tuple[str, ...] = ()
    #: What they weigh, in grams, of items that are weighed; 0: nobody knows.
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class Title:
    """Goods that an owner gave to another, where they lie."""

    key: ReceiptKey
    site: str
    to_owner: str
    #: Hash of what was told of it, by which a repeat is known.
    content: str
    lines: tuple[TitleLine, ...]
    #: Of what is written: the arrival by which its quantities count (`lotstream.domain.recounting`); 0 in memory.
    rebased: int = 0
