"""Inbound messages about receipts beside the goods themselves: announced, closed."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from lotstream.contracts.fields import Day, Inbound, Instant, Name, OwnerId, Quantity, Text, Weight
from lotstream.contracts.limits import LINES_MAX, SERIALS_MAX
from lotstream.domain.model import Status


class ReceiptExpectedLine(Inbound):
    """Goods that should come."""

    line: Name = Field(description="Id of the line within the announcement.")
    sku: Name | None = Field(default=None, description="The owner's SKU; null: the item is that of `gtin`.")
    gtin: Name | None = Field(default=None, description="Global Trade Item Number.")
    quantity: Quantity = Field(description="How much should come, in `unit`.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    lot: Name | None = Field(default=None, description="Our number of the lot; null: any lot, or `supplier_lot`.")
    supplier_lot: Name | None = Field(default=None, description="The supplier's number of the lot.")
    made: Day | None = Field(default=None, description="The day it was made.")
    expires: Day | None = Field(default=None, description="The last day of use.")
    package: Name | None = Field(default=None, description="Pallet or carton it comes on, best as SSCC.")


class ReceiptExpected(Inbound):
    """Goods are announced (ASN, 943, 856); a newer version replaces the one before while nothing of it has come."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they should come.")
    expected: Name = Field(description="Number of the announcement, as receipts name it.")
    supplier: Name | None = Field(default=None, description="Who sends them.")
    due: Day | None = Field(default=None, description="The day they should come.")
    version: Name | None = Field(default=None, description="Grows with every change: a number or a time.")
    lines: Annotated[tuple[ReceiptExpectedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What should come."
    )


class ReceiptCorrectedLine(Inbound):
    """What a line of a receipt should have said; what is left out it said right."""

    line: Name = Field(description="Id of the line within the receipt.")
    quantity: Quantity | None = Field(default=None, description="How much came, in `unit`; 0: none of it did.")
    unit: Name | None = Field(
        default=None, description="Unit of `quantity`, and of what `cost` is of; null means the item's base unit."
    )
    sku: Name | None = Field(default=None, description="Which item it was.")
    lot: Name | None = Field(default=None, description="Our number of the lot it was of.")
    made: Day | None = Field(default=None, description="The day it was made.")
    expires: Day | None = Field(default=None, description="The last day of use.")
    supplier: Name | None = Field(default=None, description="Who supplied it.")
    supplier_lot: Name | None = Field(default=None, description="The supplier's lot number.")
    origin: Name | None = Field(default=None, description="The country it comes from.")
    facility: Name | None = Field(default=None, description="The plant that made it.")
    cost: Quantity | None = Field(default=None, description="What one `unit` has cost, in the owner's currency.")
    status: Status | None = Field(
        default=None, description="Its condition; `good` takes goods out of quarantine whose facts are complete now."
    )
    serials: Annotated[tuple[Name, ...], Field(max_length=SERIALS_MAX)] = Field(
        default=(),
        description="Numbers of its units: those that were told go along to another lot or item; others came as well.",
    )
    misread: Annotated[tuple[Name, ...], Field(max_length=SERIALS_MAX)] = Field(
        default=(), description="Numbers that were told and are on none of its units."
    )
    weight_kg: Weight = None


class ReceiptCorrected(Inbound):
    """Lines of a receipt were told wrongly: what is said replaces what they said."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they came in.")
    happened: bool = Field(description="True: it has been done and is booked. False: somebody asks before doing it.")
    by: Name | None = Field(default=None, description="Who or which scanner says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    receipt: Name = Field(description="The receipt's number.")
    correction: Name = Field(description="Number of the correction within the receipt; the same one is booked once.")
    reason: Text | None = Field(default=None, description="Why, for people.")
    lines: Annotated[tuple[ReceiptCorrectedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What was wrong."
    )


class ReceiptClosed(Inbound):
    """All that comes on a receipt has come; or, without a receipt, nothing more comes of an announcement."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they came in.")
    happened: bool = Field(description="True: it has been done and is booked. False: somebody asks before doing it.")
    by: Name | None = Field(default=None, description="Who or which scanner says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    receipt: Name | None = Field(
        default=None, description="The receipt's number; null: the rest of `expected` does not come."
    )
    expected: Name | None = Field(
        default=None, description="The announcement it belongs to; null: the one the goods named."
    )

    @model_validator(mode="after")
    def _something_named(self) -> Self:
        if self.receipt is None and self.expected is None:
            raise PydanticCustomError("receipt_named", "receipt or expected is expected")
        return self
