"""Facts became known, or a day began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lotstream.domain.model import Customer, Item, Location, Settings, Site, Supplier
from lotstream.domain.progress import Progress


@dataclass(frozen=True, slots=True)
class OwnerDefined:
    """An owner exists, with its sites in the order they are tried."""

    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """An owner's settings were replaced."""

    settings: Settings


@dataclass(frozen=True, slots=True)
class ItemDefined:
    """An item was defined or got a newer version."""

    item: Item


@dataclass(frozen=True, slots=True)
class CustomerDefined:
    """A customer was defined or got a newer version."""

    customer: Customer


@dataclass(frozen=True, slots=True)
class SupplierDefined:
    """A supplier was defined or got a newer version."""

    supplier: Supplier


@dataclass(frozen=True, slots=True)
class SiteDefined:
    """A site was defined or got a newer version."""

    site: Site


@dataclass(frozen=True, slots=True)
class LocationDefined:
    """A location was defined, got a newer version, or was put on hold or let go; this is how it is afterwards."""

    location: Location
    #: The broadcast's number when promises may have to move because of it; 0 when they may all stay.
    number: int = 0
    #: Who placed or lifted a hold, and when.
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DayOpened:
    """A site's today moved forward."""

    site: str
    date: date
    #: The broadcast's number, after which every owner has a part to decide.
    number: int = 0


@dataclass(frozen=True, slots=True)
class DayContinued:
    """A part of what an owner had to look at again was decided."""

    progress: Progress
