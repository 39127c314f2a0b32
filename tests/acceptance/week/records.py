"""What the books are written in: rows, lots, orders, and what somebody has to be told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

FAR = date(9999, 12, 31)
BILLIONTH = Decimal("1E-9")
"""A share of a cost is cut here."""

STAGING, TRANSIT = "STAGING", "TRANSIT"
GOOD, DAMAGED, QUARANTINE = "good", "damaged", "quarantine"


class Row(NamedTuple):
    """Goods of one lot in one place."""

    sku: str
    lot: str | None
    site: str
    place: str
    status: str = GOOD
    returned: bool = False


@dataclass
class Lot:
    """What is known of a lot."""

    expires: date | None = None
    received: date | None = None
    made: date | None = None
    supplier: str | None = None
    supplier_lot: str | None = None
    #: The kind of document it came by first; an opening balance does not count once it has come by another.
    came: str | None = None
    #: Sites where it is known that it has expired.
    ended: set[str] = field(default_factory=set)
    #: By site, units that were counted as expired and not thrown away since, and what they have cost.
    lost: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    #: What people were told of its end ahead.
    warned: set[tuple[str, int]] = field(default_factory=set)
    #: Id of a hold → its kind.
    holds: dict[str, str] = field(default_factory=dict)
    #: Lots that it was made from.
    parents: set[tuple[str, str]] = field(default_factory=set)
    #: What so many units have cost together; of none, nobody has said.
    cost: Decimal = Decimal(0)
    cost_units: int = 0
    #: Type of a paper → the last day it counts.
    papers: dict[str, date | None] = field(default_factory=dict)
    #: Numbers it had before.
    aliases: set[str] = field(default_factory=set)

    @property
    def has_origin(self) -> bool:
        """Return whether somebody saw it come, and knows from whom or of what."""
        return self.came not in {None, "balance"} and bool(self.supplier or self.parents)


@dataclass
class Promise:
    """Goods of a row that an order line is to get; what is picked of them stands in a staging place."""

    row: Row
    quantity: int
    picked: int = 0
    staged: str | None = None

    def staged_row(self) -> Row:
        """Return where the picked goods stand."""
        place = STAGING if self.staged is None else f"{STAGING}/{self.staged}"
        return self.row._replace(place=place)


@dataclass
class Line:
    """What is wanted of an item."""

    sku: str
    ordered: int
    #: Only this lot will do.
    lot: str | None = None
    promises: list[Promise] = field(default_factory=list)
    shipped: Counter[str | None] = field(default_factory=Counter)
    cancelled: int = 0

    @property
    def promised(self) -> int:
        """Return what is promised, picked goods included."""
        return sum(promise.quantity for promise in self.promises)

    @property
    def picked(self) -> int:
        """Return what is picked and has not left."""
        return sum(promise.picked for promise in self.promises)

    @property
    def left(self) -> int:
        """Return what has left."""
        return sum(self.shipped.values())

    @property
    def wanted(self) -> int:
        """Return what has neither left nor been cancelled."""
        return max(self.ordered - self.cancelled - self.left, 0)

    @property
    def waiting(self) -> int:
        """Return what nothing is promised for."""
        return max(self.wanted - self.promised, 0)

    def figures(self) -> dict[str, int]:
        """Return the line as its sender is told it."""
        return {
            "ordered": self.ordered, "allocated": self.promised - self.picked, "backordered": self.waiting,
            "picked": self.picked, "shipped": self.left, "cancelled": self.cancelled,
        }  # fmt: skip


@dataclass
class Order:
    """An order; orders are served as they came."""

    number: str
    site: str
    customer: str | None
    lines: dict[str, Line]
    #: The city it goes to.
    address: str = ""
    #: Why it is held.
    held: str | None = None
    closed: bool = False
    #: All that is picked of it is in cartons.
    packed: bool = False

    @property
    def is_open(self) -> bool:
        """Return whether anything of it is still to be done."""
        return not self.closed and any(line.wanted for line in self.lines.values())

    @property
    def state(self) -> str:
        """Return the word for how far it has come."""
        lines = self.lines.values()
        gone, taken = sum(line.left for line in lines), sum(line.picked for line in lines)
        promised, wanted = sum(line.promised for line in lines), sum(line.wanted for line in lines)
        if self.held is not None:
            return "held"
        if not wanted:
            return "closed" if self.closed and gone else "shipped" if gone else "cancelled"
        if gone:
            return "partly_shipped"
        if taken and self.packed:
            return "packed"
        if taken:
            return "picked" if taken == promised else "picking"
        if promised:
            return "allocated" if promised == wanted else "partly_allocated"
        return "backordered"


class Told(NamedTuple):
    """A change of stock that is told: what became of a lot under a document."""

    change: str
    document: str | None
    sku: str
    lot: str | None


class Left(NamedTuple):
    """Goods of a lot that left for an order line."""

    shipment: str
    order: str
    line: str
    sku: str
    lot: str | None


@dataclass
class Step:
    """A line of the week's table."""

    day: str
    what: str
    told: int = 0
    refused: int = 0
    odd: int = 0
    #: Units that came, and units that are gone.
    came: int = 0
    gone: int = 0


class Consignee(NamedTuple):
    """Somebody who got goods: a customer at one address."""

    customer: str | None
    address: str


class Made(NamedTuple):
    """Under a document, so much of a lot went in (below zero) or came out."""

    document: str
    sku: str
    lot: str | None


class OnRoad(NamedTuple):
    """Where a shipment is, and where it was seen."""

    state: str
    place: object


class Closed(NamedTuple):
    """What came of a lot on a receipt, beside what was awaited."""

    receipt: str | None
    expected: str | None
    sku: str
    lot: str | None
    awaited: int
    came: int
    damaged: int
    over: int
    short: int
    unannounced: bool


class Odd(NamedTuple):
    """Something a person has to look at."""

    code: str
    sku: str | None
    lot: str | None
