"""What can become of smallest units of a lot, and how it is written down."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from lotstream.domain.model import AdjustCode, RowKey


class MoveKind(StrEnum):
    """What became of goods."""

    OPENED = "opened"
    #: They left before the hub was there; that they did is a shipment.
    IMPORTED = "imported"
    RECEIVED = "received"
    FOUND = "found"
    MISSING = "missing"
    ADJUSTED = "adjusted"
    #: Without a quantity: as much was found as the books said.
    COUNTED = "counted"
    MOVED = "moved"
    STATUS_CHANGED = "status_changed"
    PICKED = "picked"
    #: A pick was put back.
    UNDONE = "undone"
    #: Something else was made of them, by the same record.
    USED = "used"
    MADE = "made"
    #: A part of a lot became a lot of its own.
    SPLIT = "split"
    RETURNED = "returned"
    #: What came back was thrown away, or sent back to whom it belongs.
    SCRAPPED = "scrapped"
    SENT_BACK = "sent_back"
    HELD = "held"
    RECALLED = "recalled"
    #: Facts of the lot were wrong, or its number was, and these goods had it, or have the right one now.
    CORRECTED = "corrected"
    #: A receipt was told wrongly: goods were not there, or others were.
    CORRECTED_RECEIPT = "corrected_receipt"
    #: Lots became one.
    MERGED = "merged"
    #: Their item has another SKU.
    RENAMED = "renamed"
    #: Without a quantity: their item is counted in another unit.
    REBASED = "rebased"
    RELEASED = "released"
    INSPECTED = "inspected"
    DOCUMENTED = "documented"
    #: It was recorded how they were kept.
    CONDITION = "condition"
    #: Its last day is over.
    EXPIRED = "expired"
    #: What was counted as expired of it was wrong.
    LOSS_CORRECTED = "loss_corrected"
    SHIPPED = "shipped"
    #: A shipment had not left after all.
    VOIDED = "voided"
    #: They are another owner's from now on, and came from one.
    TITLE_RELEASED = "title_released"
    TITLE_ACCEPTED = "title_accepted"
    #: They left for another site of the owner, where they are on the way to, and came in there.
    TRANSFER_SHIPPED = "transfer_shipped"
    TRANSFER_RECEIVED = "transfer_received"
    #: Without a quantity: they weigh otherwise than the books said.
    WEIGHED = "weighed"


NOT_MOVED: Final = frozenset(
    {
        MoveKind.OPENED, MoveKind.COUNTED, MoveKind.FOUND, MoveKind.MISSING, MoveKind.CORRECTED,
        MoveKind.CORRECTED_RECEIPT, MoveKind.WEIGHED,
    }
)  # fmt: skip
"""Kinds of what puts the books right and moves nothing on the floor."""


class Move(NamedTuple):
    """Smallest units of one lot that came to a row, left it, or went to another row; or a fact about the lot."""

    kind: MoveKind
    sku: str
    #: None: goods without a lot.
    lot: str | None
    #: The row it is about; None: the whole lot.
    row: RowKey | None = None
    #: What the row has more, below zero what it has less. With ``to``: how many went there. 0: nothing has moved.
    quantity: int = 0
    #: The row of the same lot where they are now.
    to: RowKey | None = None
    line: str | None = None
    #: ``task``, ``hold`` or ``serial`` and its number, where the event is about no business document.
    document: str | None = None
    number: str | None = None
    reason: str | None = None
    #: Why, in words that can be added up: that of an adjustment.
    code: AdjustCode | None = None
    #: What it weighs, in grams, with the sign of the quantity; what is weighed anew has a weight alone.
    weight_g: int = 0
