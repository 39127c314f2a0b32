"""The things of the warehouse: items, lots, stock rows, orders and what is promised to them.

Facts (items, customers, sites, locations, settings) are frozen; what the ledger counts (lots, stock rows, orders)
changes only through :func:`lotstream.domain.apply.apply`. All quantities are integers of the item's smallest unit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Policy(StrEnum):
    """The order in which lots are used."""

    FEFO = "FEFO"  # first expired, first out; lots without expiry last
    FIFO = "FIFO"  # first received, first out
    LIFO = "LIFO"  # newest receipt first
    CLOSEST = "CLOSEST"  # nearest location first
    NEWEST_EXPIRY = "NEWEST_EXPIRY"  # longest life first; lots without expiry last
    MIN_PACKAGES = "MIN_PACKAGES"  # fewest packages


class Tracking(StrEnum):
    """How finely the units of an item are told apart."""

    LOT = "lot"
    SERIAL = "serial"
    NONE = "none"


class Status(StrEnum):
    """The condition of stock; only good stock is ever reserved."""

    GOOD = "good"
    DAMAGED = "damaged"
    QUARANTINE = "quarantine"
    SAMPLE = "sample"


class ShipPolicy(StrEnum):
    """What an order accepts when not everything is there."""

    PARTIAL = "partial"
    COMPLETE = "complete"
    ONCE = "once"


class Calendar(StrEnum):
    """Where a site's today comes from."""

    CLOCK = "clock"  # the site's time zone; days are opened by the hub
    SCRIPTED = "scripted"  # day.opened alone, without bound


class OrderState(StrEnum):
    """The life of an order."""

    RECEIVED = "received"
    HELD = "held"
    ALLOCATED = "allocated"
    PARTLY_ALLOCATED = "partly_allocated"
    BACKORDERED = "backordered"
    PICKING = "picking"
    PICKED = "picked"
    PACKED = "packed"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class HoldKind(StrEnum):
    """Why stock may not be used."""

    HOLD = "hold"
    QUARANTINE = "quarantine"
    RECALL = "recall"


@dataclass(frozen=True, slots=True)
class Site:
    """A warehouse with its own clock."""

    id: str
    time_zone: str = "UTC"
    calendar: Calendar = Calendar.CLOCK
    #: ``bin``: lotstream names the bin; ``lot``: the warehouse system names it in pick.confirmed.
    reserve: str = "bin"
    version: int = 1


@dataclass(frozen=True, slots=True)
class Hold:
    """One reason why a lot or a bin may not be used; it is free when none is left."""

    id: str
    kind: HoldKind
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """A bin, or an area that holds bins."""

    site: str
    id: str
    parent: str | None = None
    #: Smaller is nearer; None: after all that have one, by name, so that the order of messages never matters.
    sequence: int | None = None
    pickable: bool = True
    #: A hold that is part of the bin's definition.
    hold: bool = False
    #: Smaller tiers are used up first.
    tier: int = 0
    version: int = 1
    #: Holds that were placed on it one by one.
    holds: tuple[Hold, ...] = ()

    @property
    def is_shut(self) -> bool:
        """Tell whether nothing in it may be promised, whatever lies around it."""
        return self.hold or bool(self.holds) or not self.pickable


@dataclass(frozen=True, slots=True)
class Item:
    """An owner's SKU: how it is counted, tracked and used."""

    sku: str
    version: int = 1
    tracking: Tracking = Tracking.LOT
    base_unit: str = "each"
    #: Decimals of the base unit; the smallest unit is 10 ** -decimals base units.
    decimals: int = 0
    #: Name of a unit → base units in one of it.
    units: dict[str, Decimal] = field(default_factory=dict)
    gtins: tuple[str, ...] = ()
    policy: Policy | None = None
    min_days_left: int | None = None
    min_pct_left: Decimal | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """Who an owner ships to, and what that customer accepts."""

    id: str
    version: int = 1
    site: str | None = None
    policy: Policy | None = None
    min_days_left: int | None = None
    min_days_left_by_sku: dict[str, int] = field(default_factory=dict)
    min_pct_left: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """An owner's choices; defaults as in the allocation rules."""

    policy: Policy = Policy.FEFO
    #: ``received``, ``lot``, ``location``, ``smallest_qty``, in the order they break ties.
    tie_break: tuple[str, ...] = ("received", "lot", "location")
    #: ``at_once``: on arrival, backorders when stock comes free; ``on_request``: by allocation.requested.
    allocate: str = "at_once"
    allow_partial: bool = True
    expired_ok: bool = False
    #: A line in another unit gets whole multiples of that unit.
    whole_unit: bool = True
    min_days_left: int | None = None
    min_pct_left: Decimal | None = None
    exclude_locations: tuple[str, ...] = ()
    #: Sites in the order they are tried when an order names none.
    sites: tuple[str, ...] = ()


class RowKey(NamedTuple):
    """What makes a stock row one row."""

    sku: str
    lot: str | None
    site: str
    location: str
    package: str | None = None
    #: Smallest units in one pack, None when loose.
    pack_size: int | None = None
    status: str = "good"
    returned: bool = False


@dataclass(slots=True)
class StockRow:
    """A quantity of one lot in one place."""

    key: RowKey
    #: May be negative: a recorded deficit.
    on_hand: int = 0
    #: Promised by this hub: 0 ≤ reserved ≤ max(on_hand, 0).
    reserved: int = 0
    #: Promised by others outside the hub.
    promised_elsewhere: int = 0
    #: Earliest receipt date, for goods without a lot.
    received: date | None = None


@dataclass(slots=True)
class Lot:
    """The facts of one lot of one SKU."""

    sku: str
    lot: str
    #: The last day of use.
    expires: date | None = None
    made: date | None = None
    #: The earliest receipt date.
    received: date | None = None
    supplier: str | None = None
    supplier_lot: str | None = None
    holds: tuple[Hold, ...] = ()


class OrderKey(NamedTuple):
    """An order's name within its owner."""

    source: str
    order: str


@dataclass(slots=True)
class Reservation:
    """A quantity of one stock row promised to one order line."""

    #: Task id of the pick task that tells the warehouse of it.
    task: str
    #: The bin it was promised from (and, once picked, was picked from).
    row: RowKey
    quantity: int
    #: Of ``quantity``, what has been picked and stands at the location ``staged_at``.
    picked: int = 0
    staged_at: str | None = None


@dataclass(slots=True)
class OrderLine:
    """One line of an order: what is wanted and what became of it, in the item's smallest unit."""

    line: str
    sku: str
    #: The unit it was ordered in, and smallest units in one of it.
    unit: str
    unit_factor: int
    ordered: int
    lot: str | None = None
    serial: str | None = None
    expires_exact: date | None = None
    min_days_left: int | None = None
    min_pct_left: Decimal | None = None
    single_lot: bool = False
    max_lots: int | None = None
    policy: Policy | None = None
    pack_size: int | None = None
    source_location: str | None = None
    reservations: list[Reservation] = field(default_factory=list)
    shipped: int = 0
    cancelled: int = 0
    #: What the sender wrote, kept while the item or the unit is unknown (``ordered`` and ``unit_factor`` are 0 then).
    gtin: str | None = None
    quantity_sent: Decimal | None = None
    pack_size_sent: Decimal | None = None


@dataclass(slots=True)
class Order:
    """An order and all that is promised to it."""

    key: OrderKey
    version: str | None
    #: When it was placed; the queue is priority (high first), then this, then ``arrival``.
    placed_at: datetime
    #: Grows with every order an owner's partition records.
    arrival: int
    #: Hash of the content, to tell a repeat from a conflict.
    content: str
    customer: str | None
    #: The site that fills it; None until one is found.
    site: str | None
    state: OrderState = OrderState.RECEIVED
    #: Refusal-style code of why a person or a missing fact holds it up.
    held: str | None = None
    held_message: str | None = None
    policy: Policy | None = None
    priority: int = 0
    ship_policy: ShipPolicy = ShipPolicy.PARTIAL
    ship_date: date | None = None
    deliver_by: date | None = None
    cancel_after: date | None = None
    source_location: str | None = None
    test: bool = False
    #: Key into the erasable table of personal data.
    person: str | None = None
    city: str | None = None
    region: str | None = None
    postcode: str | None = None
    country: str | None = None
    scac: str | None = None
    service: str | None = None
    references: dict[str, str] = field(default_factory=dict)
    lines: list[OrderLine] = field(default_factory=list)
    #: Shipments that carried some of it, so that one told twice is not booked twice.
    shipments: tuple[str, ...] = ()


class ReceiptKey(NamedTuple):
    """The business key of goods that came in: the kind of document and its number."""

    #: ``receipt`` or ``balance``.
    kind: str
    number: str


class Booked(NamedTuple):
    """Where one line of a receipt went, and how much of it in smallest units."""

    row: RowKey
    quantity: int


@dataclass(slots=True)
class Receipt:
    """What has been booked under one receipt, so that a line told twice is not booked twice."""

    key: ReceiptKey
    site: str
    final: bool = False
    lines: dict[str, Booked] = field(default_factory=dict)
