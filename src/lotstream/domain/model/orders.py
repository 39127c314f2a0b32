"""Orders, their lines, and what is promised to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from lotstream.domain.model.facts import Policy
from lotstream.domain.model.stock import RowKey


class ShipPolicy(StrEnum):
    """What an order accepts when not everything is there."""

    PARTIAL = "partial"
    COMPLETE = "complete"
    ONCE = "once"


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


class OrderKey(NamedTuple):
    """An order's name within its owner."""

    source: str
    order: str


class InWave(NamedTuple):
    """The wave by which a promise is told to the floor, and the task of the wave that it is a part of."""

    wave: str
    task: str


#: Of a promise that is to be told by a wave, and is in none yet: nobody on the floor was told of it.
WAITS = InWave("", "")


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
    #: Of ``picked``, what is in a carton or on a pallet.
    packed: int = 0
    #: Serial numbers that the line named, or that were read when it was picked.
    serials: tuple[str, ...] = ()
    #: Somebody is on the way to pick it.
    started: bool = False
    #: None: the floor was told of it by a task of its own, ``task``.
    wave: InWave | None = None
    #: Its goods left without a task and were taken back picked: the floor has to be told of it once they are in a bin.
    untold: bool = False


class KitPart(NamedTuple):
    """One component of the kit that a line orders, as it was when the line was counted; all in smallest units."""

    sku: str
    #: How much of the component one base unit of the kit takes; 0 while the component is not known.
    each: int
    #: One base unit of the kit.
    kit: int
    #: How much of the component has left for the line.
    shipped: int = 0


class LotShipped(NamedTuple):
    """What of one lot has left for a line, in smallest units, and what of it came back."""

    sku: str
    lot: str | None
    quantity: int
    returned: int = 0


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
    #: The components of a kit, by SKU; promises name the components then, and quantities of the line count kits.
    parts: tuple[KitPart, ...] = ()
    #: The day this line leaves; None: the order's.
    ship_date: date | None = None
    #: By lot what has left; of lines that were shipped before this was kept, nothing.
    lots_shipped: tuple[LotShipped, ...] = ()
    #: What that weighs, in grams, of items that are weighed.
    shipped_g: int = 0


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
    #: It is decided when its ship date is at most so many days ahead; None: as its customer or the settings say.
    allocate_days_ahead: int | None = None
    #: Several sites could have filled it, and ``site`` is the one the ledger has chosen; it may choose another one
    #: while nothing of the order is promised or has left there. False: the order is bound to its site.
    site_chosen: bool = False
    #: Since when it is held, and that its sender was told how long that is.
    held_since: datetime | None = None
    held_told: bool = False
    #: Its day has not come: nobody offers it stock before, unless somebody names it.
    ahead: bool = False
    #: Keys of the persons that its former versions named, so that they are forgotten with the order's present one.
    persons_before: tuple[str, ...] = ()
    #: Of what is written: the arrival by which its quantities count (`lotstream.domain.recounting`); 0 in memory.
    rebased: int = 0
