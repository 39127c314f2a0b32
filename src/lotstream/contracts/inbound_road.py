"""Inbound messages about shipments that have left."""

from __future__ import annotations

from pydantic import Field

from lotstream.contracts.fields import Inbound, Instant, Name, OwnerId, Text
from lotstream.domain.model import RoadState


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
