"""Inbound messages about shipments that have left."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Inbound, Instant, Name, OwnerId, Quantity, Text
from lotstream.contracts.limits import LINES_MAX
from lotstream.domain.model import RoadState


class ShipmentProgressedLine(Inbound):
    """Goods of the shipment that are so; whatever is null does not matter."""

    source: Name | None = Field(default=None, description="Where the order was made.")
    order: Name | None = Field(default=None, description="The order's number.")
    line: Name | None = Field(default=None, description="The order's line.")
    sku: Name | None = Field(default=None, description="The owner's SKU.")
    lot: Name | None = Field(default=None, description="Lot number.")
    package: Name | None = Field(default=None, description="The package they left in, such as its SSCC.")
    quantity: Quantity | None = Field(
        default=None,
        description="How much of these goods is so, in all: told again it is the same, told otherwise it is put "
        "right. Null means all of them.",
    )
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")


class ShipmentProgressed(Inbound):
    """A shipment that has left is on the road, delivered, lost or damaged; what was told of the latest time counts."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where it left.")
    happened: bool = Field(description="True: it is so and is booked. False: somebody asks whether it can be.")
    by: Name | None = Field(default=None, description="Who says so, such as the carrier.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    shipment: Name = Field(description="The shipment's number.")
    state: RoadState = Field(description="Where it is.")
    expected_at: Instant | None = Field(default=None, description="When it will arrive; null when nobody knows.")
    place: Text | None = Field(default=None, description="Where it was seen.")
    reason: Text | None = Field(default=None, description="Why, for people.")
    lines: Annotated[tuple[ShipmentProgressedLine, ...], Field(max_length=LINES_MAX)] = Field(
        default=(), description="What of the shipment is so; empty means all of it that nothing else was told of."
    )
    packages: Annotated[tuple[Name, ...], Field(max_length=LINES_MAX)] = Field(
        default=(), description="Packages of the shipment that are so as a whole, beside the lines."
    )
