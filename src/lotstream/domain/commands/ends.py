"""Commands about beginnings and ends: what there is then, who leaves, and who is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from lotstream.domain.model import OrderKey, Referenced


@dataclass(frozen=True, slots=True)
class ErasePersons:
    """person.erased: names, addresses, telephones and mails of consignees are forgotten for good."""

    request: str
    #: Keys of persons, orders whose persons are meant, and a customer all of whose persons are.
    persons: tuple[str, ...] = ()
    orders: tuple[OrderKey, ...] = ()
    customer: str | None = None
    by: str | None = None
    #: Orders by what others call them.
    references: tuple[Referenced, ...] = ()
    #: Where orders were made all of whose persons are meant: a shop that has left.
    source: str | None = None


@dataclass(frozen=True, slots=True)
class CloseOwner:
    """owner.closed: an owner leaves; nothing new is taken in."""

    reason: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class TakeSnapshot:
    """snapshot.requested: what there is now, lot by lot, is told."""

    snapshot: str
    #: None: all sites.
    site: str | None = None


class Covers(StrEnum):
    """What a comparison says completely: what it leaves out there counts as nothing."""

    #: The lots it names.
    LINES = "lines"
    #: Every lot of the SKUs it names.
    SKUS = "skus"
    #: Everything at the site.
    SITE = "site"


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """What somebody else's books have of a lot."""

    sku: str
    quantity: Decimal
    unit: str | None = None
    #: None: goods without a lot.
    lot: str | None = None
    #: None: in whatever condition.
    status: str | None = None


@dataclass(frozen=True, slots=True)
class RecordComparison:
    """comparison.recorded: what somebody else's books have is held against ours; nothing is changed by it."""

    site: str
    by: str | None
    occurred_at: datetime | None
    comparison: str
    covers: Covers
    lines: tuple[ComparedLine, ...]


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """What left of one lot for a line of an order, before the hub was there."""

    line: str
    sku: str
    quantity: Decimal
    unit: str | None = None
    #: None: goods without a lot.
    lot: str | None = None
    #: Of a lot that nobody knows.
    expires: date | None = None
    serials: tuple[str, ...] = ()
    #: What one ``unit`` had cost; None: as the lot, where that is known.
    cost: Decimal | None = None
    #: What it weighed, in kilograms, where that is known.
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ImportShipment:
    """shipment.imported: what left for an order before the hub was there, for traces, recalls and returns."""

    site: str
    key: OrderKey
    shipment: str
    shipped_at: datetime
    customer: str | None
    by: str | None
    lines: tuple[ImportedLine, ...]
    person: str | None = None
    city: str | None = None
    region: str | None = None
    postcode: str | None = None
    country: str | None = None
    #: Hash of what was told, where goods are called otherwise now.
    content: str | None = None
