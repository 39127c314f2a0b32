"""What happens at beginnings and ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from lotstream.domain.model import Lot, Notice, Order, OrderKey, ShipmentPart, Shipped


@dataclass(frozen=True, slots=True)
class PersonsErased:
    """The data of persons is deleted; their keys stay, so that all that was sent to them can be told apart."""

    notice: Notice
    persons: tuple[str, ...]
    by: str | None = None


@dataclass(frozen=True, slots=True)
class OwnerClosed:
    """An owner has left: nothing new is taken in, and what is there goes out."""

    at: datetime
    reason: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class SnapshotTaken:
    """What there was at this moment was told, lot by lot; the ledger says what."""

    notice: Notice
    site: str | None
    at: datetime


class Differing(NamedTuple):
    """One lot in one condition of which two books have different quantities, in the unit that is named."""

    sku: str
    lot: str | None
    #: None: in whatever condition.
    status: str | None
    ours: Decimal
    theirs: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class ComparisonRecorded:
    """Somebody else's books were held against ours."""

    notice: Notice
    site: str
    at: datetime
    #: Of how many lots, each in one condition, both have the same.
    equal: int
    #: How many differ, and the first of them.
    differing: int
    differences: tuple[Differing, ...] = ()
    by: str | None = None


@dataclass(frozen=True, slots=True)
class ShipmentImported:
    """It is known what left for an order before the hub was there; none of it was ever in stock here."""

    #: The whole order afterwards, closed.
    order: Order
    shipment: str
    site: str
    at: datetime
    part: ShipmentPart
    #: Lots that nobody knew.
    lots: tuple[Lot, ...] = ()
    by: str | None = None

    @property
    def key(self) -> OrderKey:
        """Return the order's key."""
        return self.order.key

    @property
    def customer(self) -> str | None:
        """Return who got it."""
        return self.order.customer

    @property
    def city(self) -> str | None:
        """Return where it went."""
        return self.order.city

    @property
    def region(self) -> str | None:
        """Return where it went."""
        return self.order.region

    @property
    def postcode(self) -> str | None:
        """Return where it went."""
        return self.order.postcode

    @property
    def country(self) -> str | None:
        """Return where it went."""
        return self.order.country

    @property
    def shipped(self) -> tuple[Shipped, ...]:
        """Return what left, lot by lot."""
        return self.part.shipped
