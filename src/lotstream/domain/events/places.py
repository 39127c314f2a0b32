"""The floor was told which bins goods are to come to, and tasks of the floor were done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lotstream.domain.model import Notice, ReceiptKey, RowKey


class HintReason(StrEnum):
    """Why goods are to be put into a bin."""

    #: Goods of the same lot lie there.
    SAME_LOT = "same_lot"
    #: Other lots of the same item lie there.
    SAME_SKU = "same_sku"
    #: It is empty, and is meant for their storage class, or for their hazard class.
    STORAGE = "storage"
    HAZARD = "hazard"
    #: It is the nearest empty one.
    EMPTY = "empty"
    #: No bin is empty: it is the nearest that takes them.
    NEAREST = "nearest"
    #: No bin takes them; a person has to find a place.
    NO_PLACE = "no_place"


@dataclass(frozen=True, slots=True)
class PutAwayHint:
    """Where goods of one line should be put."""

    line: str
    row: RowKey
    quantity: int
    #: None: no bin takes them.
    to: str | None
    reason: HintReason


@dataclass(frozen=True, slots=True)
class PutAwayHinted:
    """The floor is told where to put what has come in; nobody has to follow."""

    site: str
    document: ReceiptKey
    hints: tuple[PutAwayHint, ...]


@dataclass(frozen=True, slots=True)
class TaskDone:
    """Something that moves no goods was done on the floor."""

    notice: Notice
    site: str
    kind: str
    by: str | None
    at: datetime
