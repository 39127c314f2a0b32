"""What senders and people want of orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from lotstream.domain.model import OrderKey, Policy, ShipPolicy


class LineWanted(NamedTuple):
    """One line of a placed order, as the sender wrote it.

    A tuple, because of all records of the hub it is made most often: 16 values take 0.8 µs, as a frozen dataclass 2 µs.
    """

    line: str
    sku: str | None
    quantity: Decimal
    unit: str | None = None
    gtin: str | None = None
    lot: str | None = None
    serial: str | None = None
    expires_exact: date | None = None
    min_days_left: int | None = None
    min_pct_left: Decimal | None = None
    single_lot: bool = False
    max_lots: int | None = None
    policy: Policy | None = None
    pack_size: Decimal | None = None
    source_location: str | None = None
    ship_date: date | None = None


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """order.placed: a new order, or a change of one by the same key and a newer version."""

    key: OrderKey
    version: str | None
    #: None: the time the hub recorded it counts.
    placed_at: datetime | None
    customer: str | None
    site: str | None
    lines: tuple[LineWanted, ...]
    #: Hash of the whole content without the version.
    content: str
    policy: Policy | None = None
    priority: int = 0
    ship_policy: ShipPolicy = ShipPolicy.PARTIAL
    ship_date: date | None = None
    deliver_by: date | None = None
    cancel_after: date | None = None
    source_location: str | None = None
    test: bool = False
    person: str | None = None
    city: str | None = None
    region: str | None = None
    postcode: str | None = None
    country: str | None = None
    scac: str | None = None
    service: str | None = None
    references: dict[str, str] = field(default_factory=dict)
    allocate_days_ahead: int | None = None


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """order.cancelled: the whole order, or the lines named."""

    key: OrderKey
    version: str | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseOrder:
    """order.released: a person lets a held order go on."""

    key: OrderKey


@dataclass(frozen=True, slots=True)
class UnreserveOrder:
    """order.unreserved: what is promised and not picked is given back, of the whole order or of the lines named."""

    key: OrderKey
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CloseOrder:
    """order.closed: nothing more is shipped of an order."""

    key: OrderKey
    version: str | None = None


@dataclass(frozen=True, slots=True)
class ReserveStock:
    """stock.reserved: a person promises a lot that is named to an order line."""

    key: OrderKey
    line: str
    #: None: goods without a lot.
    lot: str | None
    quantity: Decimal
    unit: str | None = None
    #: The bin, or an area around it; None: wherever the lot lies.
    location: str | None = None
    #: The SKU, where the sender names it: it must be the line's.
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class RequestAllocation:
    """allocation.requested: decide these orders now; none named means all that wait."""

    orders: tuple[OrderKey, ...] = ()
