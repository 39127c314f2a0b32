"""What was decided or has happened: the only thing that changes the ledger, and what the journal keeps.

An event holds results (lots, quantities, states), never a question that would have to be decided again: applying the
same events to the same ledger always gives the same ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from lotstream.domain.commands import ShippedPackage
from lotstream.domain.model import (
    Customer,
    Hold,
    Item,
    Location,
    Lot,
    Order,
    OrderKey,
    OrderState,
    Reservation,
    RowKey,
    Settings,
    Site,
)
from lotstream.domain.progress import Progress


@dataclass(frozen=True, slots=True)
class Considered:
    """One stock row that was looked at for a line: how much was taken, or the code of why it was not used."""

    lot: str | None
    location: str
    expires: date | None
    #: Smallest units taken; 0 when not used.
    taken: int
    #: Free smallest units the row had when it was looked at.
    free: int
    #: A code of `lotstream.domain.codes.NotUsed`; None when the row was used.
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LineDecision:
    """Why an order line got what it got."""

    line: str
    reserved: tuple[Reservation, ...]
    #: Smallest units still wanting after this decision.
    backordered: int
    #: Policy that ordered the lots, and where it was found (line, order, customer, item, settings).
    policy: str
    policy_from: str
    #: The first rows looked at, in the order of use; at most `allocation.CONSIDERED_MAX`.
    considered: tuple[Considered, ...]
    #: Rows not used, counted by reason code.
    not_used: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Freed:
    """A quantity of a reservation given back to its row."""

    line: str
    task: str
    row: RowKey
    quantity: int
    #: Left of the task after this; 0 cancels the task.
    left: int
    #: The picked part of ``quantity``, which needs a put-back task, and where it stands.
    picked: int = 0
    staged_at: str | None = None


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
class SiteDefined:
    """A site was defined or got a newer version."""

    site: Site


@dataclass(frozen=True, slots=True)
class LocationDefined:
    """A location was defined, got a newer version, or was put on hold or let go; this is how it is afterwards."""

    location: Location
    #: The broadcast's number when promises may have to move because of it; 0 when they may all stay.
    number: int = 0


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


@dataclass(frozen=True, slots=True)
class OrderRecorded:
    """An order was taken in, with what was promised to it at once; the ledger takes ``order`` over."""

    order: Order
    decisions: tuple[LineDecision, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """An order was replaced by a newer version or let go on; ``order`` is the whole of it afterwards."""

    order: Order
    freed: tuple[Freed, ...] = ()
    decisions: tuple[LineDecision, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderAllocated:
    """Stock was promised to an order that waited."""

    key: OrderKey
    state: OrderState
    site: str | None
    decisions: tuple[LineDecision, ...]


@dataclass(frozen=True, slots=True)
class LineCancelled:
    """Smallest units of a line that will not be shipped."""

    line: str
    quantity: int


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """An order, or some lines of it, were cancelled and gave back what was promised to them."""

    key: OrderKey
    state: OrderState
    version: str | None
    lines: tuple[LineCancelled, ...]
    freed: tuple[Freed, ...] = ()


@dataclass(frozen=True, slots=True)
class CancelRemembered:
    """A cancellation overtook the order it names; the order is cancelled when it arrives."""

    key: OrderKey
    version: str | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoodsBooked:
    """Smallest units added to one stock row, with the facts of its lot as they are afterwards."""

    line: str
    row: RowKey
    quantity: int
    lot: Lot | None
    received: date
    promised_elsewhere: int = 0
    #: Code and sentence of why the goods went to quarantine, None when they did not.
    discrepancy: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class StockReceived:
    """Goods came in."""

    site: str
    receipt: str
    expected: str | None
    final: bool
    by: str | None
    at: datetime
    lines: tuple[GoodsBooked, ...]


@dataclass(frozen=True, slots=True)
class BalanceOpened:
    """Stock was taken over as found."""

    site: str
    balance: str
    by: str | None
    at: datetime
    lines: tuple[GoodsBooked, ...]


@dataclass(frozen=True, slots=True)
class HoldPlaced:
    """A lot was put on hold."""

    sku: str
    lot: str
    hold: Hold


@dataclass(frozen=True, slots=True)
class HoldLifted:
    """Holds of a lot were lifted."""

    sku: str
    lot: str
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReservationFreed:
    """Reservations were taken back because their stock may no longer be used."""

    key: OrderKey
    state: OrderState
    freed: tuple[Freed, ...]
    #: A code of `lotstream.domain.codes.NotUsed`.
    reason: str


@dataclass(frozen=True, slots=True)
class StockFound:
    """Stock nobody knew of turned out to be there: an automatic adjustment for something that has happened."""

    row: RowKey
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class Picked:
    """Smallest units taken from a row for an order line, now standing at ``staged``."""

    line: str
    task: str
    row: RowKey
    staged: RowKey
    quantity: int


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
class DiscrepancyNoted:
    """What has happened did not fit what was known: a person should look."""

    code: str
    message: str
    #: Names of the things concerned: order, line, sku, lot, location, receipt …
    about: dict[str, str]
    quantity: Decimal | None = None


Event = (
    OwnerDefined
    | SettingsChanged
    | ItemDefined
    | CustomerDefined
    | SiteDefined
    | LocationDefined
    | DayOpened
    | DayContinued
    | OrderRecorded
    | OrderChanged
    | OrderAllocated
    | OrderCancelled
    | CancelRemembered
    | StockReceived
    | BalanceOpened
    | HoldPlaced
    | HoldLifted
    | ReservationFreed
    | StockFound
    | StockPicked
    | ShipmentConfirmed
    | DiscrepancyNoted
)
