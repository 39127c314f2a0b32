"""Goods were picked and shipped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lotstream.domain.commands import ShippedPackage
from lotstream.domain.events.orders import Freed
from lotstream.domain.model import OrderKey, OrderState, Reservation, RowKey, Shipped


@dataclass(frozen=True, slots=True)
class Picked:
    """Smallest units taken from a row for an order line, now standing at ``staged``."""

    line: str
    task: str
    row: RowKey
    staged: RowKey
    quantity: int
    serials: tuple[str, ...] = ()
    #: Of ``quantity``, what had not been promised before: picked beyond what was ordered, within the allowance.
    over: int = 0
    #: What they weigh, in grams, of items that are weighed; 0: nobody knows.
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class StockMissing:
    """Goods that were promised to an order were not found in their bin, which is to be counted."""

    key: OrderKey
    line: str
    row: RowKey
    #: Smallest units that were promised to the line and not found.
    missing: int
    #: Smallest units taken off the row: all that was known to be left in it, or nothing while it waits for the count.
    booked: int
    by: str | None
    at: datetime
    #: What was booked off weighed, in grams, of items that are weighed.
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class StockPicked:
    """Goods were taken from their bins for an order."""

    key: OrderKey
    state: OrderState
    by: str | None
    at: datetime
    picks: tuple[Picked, ...]


@dataclass(frozen=True, slots=True)
class PickStarted:
    """Somebody is on the way to the bins of these tasks."""

    key: OrderKey
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Undone:
    """Smallest units that go back from where they stand, ``staged``, to the row they were picked from."""

    line: str
    task: str
    row: RowKey
    staged: RowKey
    quantity: int
    serials: tuple[str, ...] = ()
    #: What they weigh, in grams, of items that are weighed; 0: nobody knows.
    weight_g: int = 0
    #: The floor was never told of the task.
    untold: bool = False


@dataclass(frozen=True, slots=True)
class PickUndone:
    """Picked goods are in their bins again, and still promised to the order."""

    key: OrderKey
    state: OrderState
    undone: tuple[Undone, ...]
    #: False: somebody asked for it, and the floor has to put them back.
    happened: bool
    by: str | None
    at: datetime


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
    #: Hash of what was told of the order, by which a repeat is known; empty before shipments were kept.
    content: str = ""


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


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Goods that had left and stand at a staging place again."""

    shipped: Shipped
    staged: RowKey
    #: What they are promised as; None: to nobody.
    promise: Reservation | None
    #: What they weigh, in grams, of items that are weighed; 0: nobody knows.
    weight_g: int = 0

    @property
    def row(self) -> RowKey:
        """The row they had left from."""
        return self.shipped.row

    @property
    def serials(self) -> tuple[str, ...]:
        """The serial numbers that had left."""
        return self.shipped.serials


@dataclass(frozen=True, slots=True)
class ShipmentVoided:
    """One order's part of a shipment has not left after all: its goods are picked again, and promised as before."""

    site: str
    shipment: str
    key: OrderKey
    state: OrderState
    by: str | None
    at: datetime
    reason: str | None
    customer: str | None
    taken_back: tuple[TakenBack, ...]
    lines: tuple[LineShipped, ...]
    city: str | None = None
    region: str | None = None
    postcode: str | None = None
    country: str | None = None

    @property
    def shipped(self) -> tuple[Shipped, ...]:
        """What had left."""
        return tuple(part.shipped for part in self.taken_back)
