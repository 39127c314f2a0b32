"""Goods that come back were announced, looked doubtful, and were looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lotstream.domain.events.stock import Relocated, RowChange
from lotstream.domain.model import (
    Booked,
    CameBack,
    OnTheRoad,
    OrderKey,
    PartOnTheRoad,
    ReturnExpected,
    Serial,
)


@dataclass(frozen=True, slots=True)
class ReturnInspected:
    """What came back was restocked or set apart, or it has left again: scrapped, or sent back to whom it belongs."""

    site: str
    #: The return's number.
    number: str
    inspection: str
    by: str | None
    at: datetime
    booked: dict[str, Booked]
    moves: tuple[Relocated, ...]
    scrapped: tuple[RowChange, ...]
    sent_back: tuple[RowChange, ...]
    #: What came under the return, with what of it was looked at, as it is afterwards.
    came: tuple[CameBack, ...]
    #: Units by their numbers, as they are afterwards.
    units: tuple[Serial, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnAnnounced:
    """Somebody will send goods back; as it is announced now."""

    expected: ReturnExpected


@dataclass(frozen=True, slots=True)
class CounterfeitSuspected:
    """Goods turned up that cannot be what they say: a lot or a unit that nobody has made, or sold, or sold to him."""

    code: str
    message: str
    #: What it concerns: the document, the goods, where they lie now, and where their namesake is or has gone.
    about: dict[str, str]
    #: In base units.
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ShipmentProgressed:
    """A shipment is on the road, delivered, lost or damaged."""

    site: str
    shipment: str
    road: OnTheRoad
    orders: tuple[OrderKey, ...]
    #: What of it is so; none: all of it but what is apart.
    told: tuple[PartOnTheRoad, ...] = ()
    #: What of it is somewhere else than the rest, as it is afterwards; None: as before.
    apart: tuple[PartOnTheRoad, ...] | None = None
