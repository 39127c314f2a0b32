"""Inbound messages about goods that come back: announced, and looked at when they are there."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Day, Inbound, Instant, Name, OwnerId, Quantity, Text, Weight
from lotstream.contracts.limits import LINES_MAX, SERIALS_MAX
from lotstream.domain.model import Disposition


class ReturnExpectedLine(Inbound):
    """What is announced to come back."""

    line: Name = Field(description="Id of the line within the message.")
    sku: Name = Field(description="The owner's SKU.")
    lot: Name | None = Field(default=None, description="The lot; null while nobody knows which.")
    quantity: Quantity = Field(description="How much will come, in `unit`.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    reason: Text | None = Field(default=None, description="Why, for people.")


class ReturnExpected(Inbound):
    """Goods will come back: of an order, or from a customer where nobody knows the order."""

    owner: OwnerId = Field(description="Whose goods.")
    return_: Name = Field(alias="return", description="Number under which it is announced; goods.returned names it.")
    site: Name = Field(description="Where they will come.")
    source: Name | None = Field(default=None, description="Where the order was made; null with `order`.")
    order: Name | None = Field(default=None, description="The order's number at its source; null: nobody knows it.")
    customer: Name | None = Field(default=None, description="The owner's customer number.")
    due: Day | None = Field(default=None, description="When they are expected.")
    lines: Annotated[tuple[ReturnExpectedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What will come."
    )


class ReturnInspectedLine(Inbound):
    """What becomes of some goods of a line of a return."""

    line: Name = Field(description="Id of the line within the message.")
    return_line: Name = Field(description="The line of the return that they came with.")
    quantity: Quantity = Field(description="How much of it.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    disposition: Disposition = Field(description="Restock, scrap, send back to the owner, or set apart in quarantine.")
    location: Name | None = Field(default=None, description="Where they lie; null means where the return put them.")
    to: Name | None = Field(default=None, description="The bin they come to; null means they stay where they lie.")
    reason: Text | None = Field(default=None, description="Why, for people.")
    serials: Annotated[tuple[Name, ...], Field(max_length=SERIALS_MAX)] = Field(
        default=(),
        description="Serial numbers of these units; none means those that came with the line and that nobody has "
        "looked at, where these are all of them.",
    )
    weight_kg: Weight = None


class ReturnInspected(Inbound):
    """Goods that came back were looked at; what nobody has looked at stays as the return said."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they are.")
    happened: bool = Field(description="True: it has been done and is booked. False: somebody asks before doing it.")
    by: Name | None = Field(default=None, description="Who or which scanner says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    return_: Name = Field(alias="return", description="Number of the return.")
    inspection: Name = Field(description="Number of the inspection; the same line of it is booked once.")
    lines: Annotated[tuple[ReturnInspectedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What becomes of what."
    )
