"""What is told of owners, items, customers, sites and their days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lotstream.domain.model import Customer, Item, Location, Settings, Site, Supplier


@dataclass(frozen=True, slots=True)
class DefineOwner:
    """owner.defined: sites in the order they are tried, and defaults."""

    sites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """settings.changed: the whole of an owner's settings."""

    settings: Settings


@dataclass(frozen=True, slots=True)
class DefineItem:
    """item.defined."""

    item: Item


@dataclass(frozen=True, slots=True)
class DefineSupplier:
    """supplier.defined."""

    supplier: Supplier


@dataclass(frozen=True, slots=True)
class DefineCustomer:
    """customer.defined."""

    customer: Customer


@dataclass(frozen=True, slots=True)
class DefineSite:
    """site.defined, told to every partition."""

    site: Site


@dataclass(frozen=True, slots=True)
class DefineLocation:
    """location.defined, told to every partition."""

    location: Location


@dataclass(frozen=True, slots=True)
class OpenDay:
    """day.opened: a site's new date, told to every partition."""

    site: str
    date: date


@dataclass(frozen=True, slots=True)
class RebaseItem:
    """item.rebased: an item is counted in another unit from now on."""

    sku: str
    version: int
    base_unit: str
    decimals: int
    #: New smallest units for so many (``denominator``) old ones.
    numerator: int
    denominator: int = 1
    by: str | None = None
    occurred_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RenameItem:
    """item.renamed: an item has another SKU from now on."""

    sku: str
    to_sku: str
    by: str | None = None
    occurred_at: datetime | None = None
    reason: str | None = None
