"""What may be asked of the ledger, and what it is told has happened.

One frozen record per message type; the doors turn messages into these (`lotstream.contracts`). Quantities are decimals
in the unit named beside them, because only the ledger knows an item's smallest unit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from lotstream.domain.codes import Refusal
from lotstream.domain.model import (
    Customer,
    Hold,
    HoldKind,
    Item,
    Location,
    OrderKey,
    Policy,
    Settings,
    ShipPolicy,
    Site,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """When and as what a record is decided: the only clock the ledger knows."""

    #: Append time of the record, aware.
    recorded_at: datetime
    #: Today per site, already moved forward by day.opened.
    today: dict[str, date]
    #: 128-bit hash (hex) of log number, partition, offset; ids of tasks and messages grow from it.
    decision: str
    #: Grows with every record of the partition.
    arrival: int


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
class PlaceBinHold:
    """hold.placed on a bin, told to every partition."""

    hold: Hold
    site: str
    location: str


@dataclass(frozen=True, slots=True)
class LiftBinHold:
    """hold.lifted from a bin, told to every partition: one hold, or all of them when none is named."""

    hold: str | None
    site: str
    location: str


@dataclass(frozen=True, slots=True)
class AnswerBroadcast:
    """broadcast.answered: every partition has decided a broadcast and all that followed; who told it is answered."""

    number: int
    #: Message type of the broadcast.
    type: str
    #: Why the partitions refused it; None when it was done.
    refusal: Refusal | None = None


class LineWanted(NamedTuple):
    """One line of a placed order, as the sender wrote it.

    A tuple, because of all records of the hub it is made most often: 15 values take 0.8 µs, as a frozen dataclass 2 µs.
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
class RequestAllocation:
    """allocation.requested: decide these orders now; none named means all that wait."""

    orders: tuple[OrderKey, ...] = ()


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """One line of goods that arrived or were found at the beginning."""

    line: str
    sku: str
    quantity: Decimal
    unit: str | None
    location: str | None
    lot: str | None = None
    supplier: str | None = None
    supplier_lot: str | None = None
    made: date | None = None
    expires: date | None = None
    #: Receipt date of goods that lay there before the hub; None: the business time of the message.
    received: date | None = None
    package: str | None = None
    pack_size: Decimal | None = None
    status: str = "good"
    returned: bool = False
    reason: str | None = None
    hold: HoldKind | None = None
    promised_elsewhere: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ReceiveStock:
    """stock.received: goods came in at the dock."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    receipt: str
    expected: str | None
    final: bool
    lines: tuple[GoodsLine, ...]


@dataclass(frozen=True, slots=True)
class OpenBalance:
    """balance.opened: stock as found at the beginning, with its original dates; any quantity, also negative."""

    site: str
    by: str | None
    occurred_at: datetime | None
    balance: str
    lines: tuple[GoodsLine, ...]


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """hold.placed on a lot."""

    hold: str
    kind: HoldKind
    sku: str | None
    lot: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LiftHold:
    """hold.lifted: one hold of a lot, or all of them when none is named."""

    hold: str | None
    sku: str | None
    lot: str


@dataclass(frozen=True, slots=True)
class PickLine:
    """What was taken for one task, or for one order line from one row."""

    task: str | None
    line: str | None
    lot: str | None
    location: str | None
    quantity: Decimal
    unit: str | None = None
    package: str | None = None
    #: Names the goods where neither a task nor a known order line does.
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class ConfirmPick:
    """pick.confirmed: goods taken from their bins to a staging place of the order."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    key: OrderKey
    #: The tote or door the goods stand at; None: the site's staging place.
    staged_at: str | None
    lines: tuple[PickLine, ...]


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """What left for one order line."""

    line: str
    lot: str | None
    quantity: Decimal
    unit: str | None = None
    location: str | None = None
    package: str | None = None
    #: Names the goods where the order line is unknown.
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class ShippedOrder:
    """One order's part of a shipment; no lines means everything picked, or failing that everything reserved."""

    key: OrderKey
    lines: tuple[ShippedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ShippedPackage:
    """A carton or pallet with its SSCC, weight in kilograms and tracking number."""

    sscc: str | None
    tracking: str | None = None
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ConfirmShipment:
    """shipment.confirmed: goods left the building, for one order or many."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    shipment: str
    orders: tuple[ShippedOrder, ...]
    packages: tuple[ShippedPackage, ...] = ()
    scac: str | None = None
    bol: str | None = None
    pro: str | None = None
    trailer: str | None = None
    seal: str | None = None


@dataclass(frozen=True, slots=True)
class ContinueDay:
    """day.continued: a part of what an owner has to look at again after a new day, a bin on hold, a changed rule."""

    #: Orders looked at, at most; the rest is for the next part.
    orders_max: int


Command = (
    DefineOwner
    | ChangeSettings
    | DefineItem
    | DefineCustomer
    | DefineSite
    | DefineLocation
    | OpenDay
    | PlaceBinHold
    | LiftBinHold
    | AnswerBroadcast
    | ContinueDay
    | PlaceOrder
    | CancelOrder
    | ReleaseOrder
    | RequestAllocation
    | ReceiveStock
    | OpenBalance
    | PlaceHold
    | LiftHold
    | ConfirmPick
    | ConfirmShipment
)
