"""The body of what is told of a shipment on the road, as its readers parse it."""

from __future__ import annotations

from pydantic import Field

from lotstream.contracts.fields import Amount, Id, Instant, Name, OwnerId, Sent, Text
from lotstream.domain.model import RoadState


class ShipmentProgressLine(Sent):
    """So much of what left with a line of the order."""

    line: Name = Field(description="The order's line.")
    sku: Name = Field(description="The owner's SKU.")
    lot: Name | None = Field(description="Lot number.")
    package: Name | None = Field(description="The package it left in.")
    quantity: Amount = Field(description="How much of it is so, in base units.")
    unit: Name = Field(description="The base unit.")


class ShipmentProgress(Sent):
    """Where a shipment is that one order's goods left with."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they left.")
    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")
    shipment: Name = Field(description="The shipment's number at the site.")
    state: RoadState = Field(description="Where it is.")
    at: Instant = Field(description="When it was there.")
    expected_at: Instant | None = Field(description="When it will arrive; null when nobody knows.")
    place: Text | None = Field(description="Where it was seen.")
    reason: Text | None = Field(description="Why, for people.")
    lines: tuple[ShipmentProgressLine, ...] = Field(
        default=(), description="What of the shipment is so; empty means all of it but what was told to be elsewhere."
    )
    decision: Id = Field(description="Id of the decision that caused it.")
