"""Counts that wait for a second counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from lotstream.domain.model.keys import ReceiptKey

COUNT_PENDING: Final = "count_pending"
"""Kind of the documents under which counts wait."""


class CountState(StrEnum):
    """What has become of a count that had to wait."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"


class CountedLine(NamedTuple):
    """What was found of a lot in a bin, in smallest units, and how much more that is than was known."""

    line: str
    sku: str
    lot: str | None
    location: str
    package: str | None
    pack_size: int | None
    status: str | None
    counted: int
    difference: int
    reason: str | None = None
    #: SKU and lot as they were told, where the goods are called otherwise now.
    label: str | None = None
    #: What it weighs as it was told, in grams, of items that are weighed; 0: that was not told.
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class CountPending:
    """A count that differs by so much that somebody else has to count, too."""

    key: ReceiptKey
    site: str
    #: Who counted first, and when: what moved since then is added when it is booked.
    by: str | None
    as_of: datetime
    lines: tuple[CountedLine, ...]
    state: CountState = CountState.WAITING
    #: Who counted second.
    second: str | None = None
    #: Of what is written: the arrival by which its quantities count (`lotstream.domain.recounting`); 0 in memory.
    rebased: int = 0
