"""A shipment is taken back, or told anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lotstream.domain.commands.floor import ConfirmShipment
from lotstream.domain.model import RoadState


@dataclass(frozen=True, slots=True)
class VoidShipment:
    """shipment.voided: the shipment has not left after all, or came back before anybody received it."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    shipment: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CorrectShipment(ConfirmShipment):
    """shipment.corrected: what really left under a shipment's number, in place of what was told before."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ProgressShipment:
    """shipment.progressed: a shipment that has left is on the road, delivered, lost, or damaged."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    shipment: str
    state: RoadState
    expected_at: datetime | None = None
    place: str | None = None
    reason: str | None = None
