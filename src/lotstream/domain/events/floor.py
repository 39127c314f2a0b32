"""Goods were picked and shipped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lotstream.domain.commands import ShippedPackage
from lotstream.domain.events.orders import Freed
from lotstream.domain.model import OrderKey, OrderState, Reservation, RowKey


@dataclass(frozen=True, slots=True)
class Picked:
    """Smallest units taken from a row for an order line, now standing at ``staged``."""

    line: str
    task: str
    row: RowKey
    staged: RowKey
    quantity: int
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StockPicked:
    """Goods were taken from their bins for an order."""

    key: OrderKey
    state: OrderState
    by: str | None
    at: datetime
    picks: tuple[Picked, ...]


@dataclass(frozen=True, slots=True)
class Shipped:
    """Smallest units of one lot that left for one order line."""

    line: str
    sku: str
    lot: str | None
    expires: date | None
    made: date | None
    #: The row they left from (a staging place when they had been picked), and the bin they were picked from.
    row: RowKey
    picked_from: RowKey
    quantity: int
    #: Of ``quantity``, what had been promised to the line (the rest was taken free).
    reserved: int
    task: str | None
    package: str | None = None
    unit: str = "each"
    #: Smallest units in one ``unit``.
    unit_factor: int = 1
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineShipped:
    """What a line of a shipped order came to, in smallest units."""

    line: str
    sku: str
    ordered: int
    #: In this shipment.
    shipped: int
    #: Not shipped so far and not cancelled.
    short: int
    unit: str
    unit_factor: int


@dataclass(frozen=True, slots=True)
class ShipmentConfirmed:
    """One order's part of a shipment left the building."""

    site: str
    shipment: str
    key: OrderKey
    state: OrderState
    by: str | None
    at: datetime
    customer: str | None
    shipped: tuple[Shipped, ...]
    lines: tuple[LineShipped, ...]
    packages: tuple[ShippedPackage, ...] = ()
    scac: str | None = None
    bol: str | None = None
    pro: str | None = None
    trailer: str | None = None
    seal: str | None = None
    city: str | None = None
    region: str | None = None
    postcode: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class LotSwapped:
    """A picker scanned another lot than the task named, and the promises of the line were swapped."""

    key: OrderKey
    line: str
    #: The lot that was scanned.
    scanned: str
    by: str | None
    at: datetime
    #: What the line gives back of the lots it had, and what it is promised instead.
    given: tuple[Freed, ...]
    taken: tuple[Reservation, ...]
