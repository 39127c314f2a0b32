"""Goods were weighed, and weigh otherwise than the books said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lotstream.domain.model import RowKey


@dataclass(frozen=True, slots=True)
class WeightChange:
    """Grams that goods of a row weigh more than the books said, below zero what they weigh less."""

    row: RowKey
    weight_g: int


@dataclass(frozen=True, slots=True)
class GoodsWeighed:
    """A scale showed another weight than the books have: an automatic correction of what is left in rows."""

    changes: tuple[WeightChange, ...]
    #: Business time of the document by which it was found; None: the record's own.
    at: datetime | None = None
