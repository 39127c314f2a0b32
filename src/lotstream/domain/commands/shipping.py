"""A shipment is taken back, or told anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

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
class RoadLine:
    """Which goods of a shipment a message on its way is about."""

    #: Source and number of the order, and its line; None: whichever have any of it.
    source: str | None = None
    order: str | None = None
    line: str | None = None
    sku: str | None = None
    lot: str | None = None
    #: The package they left in.
    package: str | None = None
    #: How much of these goods is so, in units of the item; None: all of them.
    quantity: Decimal | None = None
    unit: str | None = None


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
    #: What of the shipment is so; none: all of it.
    lines: tuple[RoadLine, ...] = ()
    #: Packages that are so as a whole.
    packages: tuple[str, ...] = ()
