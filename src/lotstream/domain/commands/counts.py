"""A count is counted again by somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class SecondCount:
    """What the second counter found of a line."""

    line: str
    counted: Decimal
    unit: str | None = None
    #: What all of it weighs, in kilograms, where it was weighed.
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ApproveCount:
    """count.approved: a second counter says whether a count is right."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    count: str
    approved: bool
    #: Empty where only yes or no was said.
    lines: tuple[SecondCount, ...] = ()
