"""The bodies of outgoing messages about what has changed in stock, as their readers parse them."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from lotstream.contracts.fields import Amount, Day, Id, Instant, Name, OwnerId, Sent, Text
from lotstream.domain.model import AdjustCode, Status


class InventoryChangeKind(StrEnum):
    """What has become of goods."""

    #: They came in on a receipt.
    RECEIVED = "received"
    #: A line of a receipt was told wrongly.
    RECEIPT_CORRECTED = "receipt_corrected"
    #: Somebody said that there is more or less of them.
    ADJUSTED = "adjusted"
    #: A count found more or less of them.
    COUNTED = "counted"
    #: They were used although the books had none of them.
    FOUND = "found"
    #: A picker did not find them.
    MISSING = "missing"
    #: They are in another bin of the site.
    MOVED = "moved"
    #: They are in another condition: damaged, in quarantine, good again.
    STATUS_CHANGED = "status_changed"
    #: A customer sent them back.
    RETURNED = "returned"
    #: They came back and were thrown away.
    SCRAPPED = "scrapped"
    #: They came back and were sent to whom they belong.
    SENT_BACK = "sent_back"
    #: They left for an order.
    SHIPPED = "shipped"
    #: A shipment that was told has not left after all.
    SHIPMENT_VOIDED = "shipment_voided"
    #: They left for another site of the owner, or came from there.
    TRANSFER_SHIPPED = "transfer_shipped"
    TRANSFER_RECEIVED = "transfer_received"
    #: They are another owner's from now on, or came from one.
    TITLE_RELEASED = "title_released"
    TITLE_ACCEPTED = "title_accepted"
    #: Components became kits.
    KIT_ASSEMBLED = "kit_assembled"
    #: Kits became components.
    KIT_BROKEN = "kit_broken"
    #: Goods were made of others: used below zero, made above.
    PRODUCED = "produced"
    #: Their lot has another number than before.
    LOT_CORRECTED = "lot_corrected"
    #: Their lot is part of another one.
    LOT_MERGED = "lot_merged"
    #: Their item has another SKU.
    ITEM_RENAMED = "item_renamed"
    #: Their item is counted in another unit: gone in the old one, there in the new one.
    ITEM_REBASED = "item_rebased"
    #: They are a lot of their own.
    LOT_SPLIT = "lot_split"
    #: A scale showed that they weigh otherwise than the books said.
    WEIGHED = "weighed"


class OnHand(Sent):
    """What a site has of a lot in one condition."""

    status: Status = Field(description="The condition.")
    quantity: Amount = Field(description="How much, in the line's unit, picked goods included; below 0 for a deficit.")


class InventoryLine(Sent):
    """What has become of goods of one lot."""

    line: Name | None = Field(description="Line of the document, or of the order; null where there is none.")
    sku: Name = Field(description="The owner's SKU.")
    lot: Name | None = Field(description="The lot; null for goods without one.")
    expires: Day | None = Field(description="The lot's last day of use.")
    made: Day | None = Field(description="The day it was made.")
    location: Name = Field(description="The bin they came to, lay in, or were picked from.")
    to_location: Name | None = Field(default=None, description="The bin they were moved to.")
    package: Name | None = Field(default=None, description="Pallet or carton they stand on.")
    pack_size: Amount | None = Field(default=None, description="Base units in one pack; null when loose.")
    returned: bool = Field(default=False, description="They came back from a customer.")
    from_status: Status | None = Field(description="Condition before; null for goods that were not there.")
    to_status: Status | None = Field(description="Condition afterwards; null for goods that are gone.")
    quantity: Amount = Field(
        description="How much more of it the site has, below 0 for less; else how much has another bin or condition."
    )
    unit: Name = Field(description="The item's base unit.")
    serials: tuple[Name, ...] = Field(default=(), description="Serial numbers of the units, where they were told.")
    reason: Text | None = Field(default=None, description="Why, as somebody wrote it.")
    code: AdjustCode | None = Field(default=None, description="Why it was adjusted, where the adjustment said it.")
    on_hand: tuple[OnHand, ...] = Field(
        description="What the site has of the lot after the whole change, by condition; empty when nothing is left."
    )
    weight_kg: Amount | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="What they weigh together, in kilograms, with the sign of the quantity, or how much more than the "
        "books said; left out of items that are not weighed, or where nobody has weighed them.",
    )


class InventoryChange(Sent):
    """What has changed in the stock of an owner at a site. Opening balances are not told, nor is what is merely picked.

    A document of very many lines is told in several messages.
    """

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they are.")
    change: InventoryChangeKind = Field(description="What has become of them.")
    document: Name | None = Field(
        description="Number of the receipt, adjustment, count, move, status change, return, shipment, transfer or "
        "assembly; null for goods that were found or missing."
    )
    other_owner: Name | None = Field(default=None, description="The owner goods were given to, or came from.")
    other_site: Name | None = Field(default=None, description="The site a transfer goes to, or comes from.")
    expected: Name | None = Field(default=None, description="The announcement (ASN) a receipt belongs to.")
    source: Name | None = Field(default=None, description="Where the order was made that they left or came back for.")
    order: Name | None = Field(default=None, description="The number of that order at its source.")
    by: Name | None = Field(description="Who or which scanner said so.")
    occurred_at: Instant = Field(description="When it happened, as the document says.")
    decision: Id = Field(description="Id of the decision that caused it, as in the answer to the command.")
    lines: tuple[InventoryLine, ...] = Field(description="What it concerns, lot by lot.")
