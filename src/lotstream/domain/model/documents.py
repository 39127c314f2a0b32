"""Business documents that goods move under, so that one told twice is booked once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from lotstream.domain.model.counts import COUNT_PENDING, CountPending
from lotstream.domain.model.keys import Booked, ReceiptKey
from lotstream.domain.model.lot_work import LOT_CORRECTION, LOT_MERGE, LOT_SPLIT
from lotstream.domain.model.orders import OrderKey
from lotstream.domain.model.recalls import CONSIGNEE, RECALL, Consignee, Recall
from lotstream.domain.model.receipts import EXPECTED, SUPPLIER, Expected, Supplier
from lotstream.domain.model.returns import RETURN_EXPECTED, ReturnExpected
from lotstream.domain.model.stock import RowKey
from lotstream.domain.model.titles import TITLE_OUT, Title
from lotstream.domain.model.transfers import TRANSFER, Transfer

#: Kind of the documents under which goods leave.
SHIPMENT = "shipment"
#: Kind of cartons and pallets.
PACKAGE = "package"
#: Kind of the numbers that the hub gives out.
COUNTER = "counter"
#: Kind of the numbers under which tasks of many orders are released together.
WAVE = "wave"
#: Kind of the requests to forget persons.
ERASURE = "erasure"
#: Kind of tasks of the floor that moved no goods.
TASK = "task"
#: Kind of records of how goods were kept.
CONDITION = "condition"
#: Kind of inspections of lots.
INSPECTION = "inspection"
#: Kind of the requests to tell what there is.
SNAPSHOT = "snapshot"
#: Kind of the comparisons with other books.
COMPARISON = "comparison"


class Disposition(StrEnum):
    """What becomes of goods that came back."""

    RESTOCK = "restock"
    SCRAP = "scrap"
    #: To whom they belong.
    SEND_BACK = "send_back"
    QUARANTINE = "quarantine"


class CameBack(NamedTuple):
    """Smallest units that came with a line of a return, the row they came to, and how many of them were looked at."""

    line: str
    row: RowKey
    quantity: int
    inspected: int = 0
    #: Numbers of units that were not looked at yet, as far as they were told.
    serials: tuple[str, ...] = ()


@dataclass(slots=True)
class Receipt:
    """What has been booked under one receipt, so that a line told twice is not booked twice."""

    key: ReceiptKey
    site: str
    final: bool = False
    lines: dict[str, Booked] = field(default_factory=dict)
    #: Of a return, what came with it.
    came: tuple[CameBack, ...] = ()
    #: The announcement it belongs to, whatever was told of that.
    expected: str | None = None
    #: Times it was told what came on it; 0: it is open.
    told: int = 0
    #: What lines have cost, where they said so.
    costs: dict[str, Decimal] = field(default_factory=dict)
    #: Corrections of it, each with the hash of what it said.
    corrections: dict[str, str] = field(default_factory=dict)
    #: When it was told last what came on it.
    closed_at: datetime | None = None
    #: What lines weigh, in grams, of items that are weighed.
    weights: dict[str, int] = field(default_factory=dict)
    #: Serial numbers of the units that came with lines, where they were told.
    serials: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: Of what is written: the arrival by which its quantities count (`lotstream.domain.recounting`); 0 in memory.
    rebased: int = 0


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
    #: What lay in packages that leave with it and does so no more: of ``quantity``, or of what is left behind loose.
    packed: int = 0
    #: What it has cost, in the owner's currency; None: nobody has said.
    cost: Decimal | None = None
    #: What they weigh, in grams, of items that are weighed; 0: nobody knows.
    weight_g: int = 0
    #: Whether they could be followed from where they came to who got them when they left; None: no figure counts them.
    traced: bool | None = None


@dataclass(frozen=True, slots=True)
class ShipmentPart:
    """What one order had of a shipment."""

    order: OrderKey
    #: Hash of what was told of it, by which a repeat is known.
    content: str
    shipped: tuple[Shipped, ...]


class RoadState(StrEnum):
    """Where a shipment is after it has left."""

    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    LOST = "lost"
    DAMAGED = "damaged"

    @property
    def is_over(self) -> bool:
        """Tell whether it is not on the road any more; what is lost may be found."""
        return self is RoadState.DELIVERED


class OnTheRoad(NamedTuple):
    """What was told last of a shipment's way."""

    state: RoadState
    at: datetime
    expected_at: datetime | None = None
    place: str | None = None
    by: str | None = None
    reason: str | None = None


class PartOnTheRoad(NamedTuple):
    """So much of what left with a line of an order is somewhere else than the rest of its shipment."""

    order: OrderKey
    line: str
    sku: str
    lot: str | None
    package: str | None
    #: Smallest units.
    quantity: int
    road: OnTheRoad


@dataclass(slots=True)
class Shipment:
    """What left under one shipment's number, so that a part told twice is not booked twice, and may be taken back."""

    key: ReceiptKey
    site: str
    parts: tuple[ShipmentPart, ...] = ()
    voided: bool = False
    #: None: nothing was told of it since it left.
    road: OnTheRoad | None = None
    #: What of it is somewhere else than the rest.
    apart: tuple[PartOnTheRoad, ...] = ()
    #: Of what is written: the arrival by which its quantities count (`lotstream.domain.recounting`); 0 in memory.
    rebased: int = 0


class PackageKind(StrEnum):
    """What goods are packed in."""

    CARTON = "carton"
    PALLET = "pallet"


class PackageState(StrEnum):
    """The life of a package."""

    OPEN = "open"
    SHIPPED = "shipped"
    #: Unpacked again.
    GONE = "gone"


class Content(NamedTuple):
    """Picked goods in a package, in smallest units."""

    order: OrderKey
    line: str
    task: str
    #: The bin they were picked from, and where they stand.
    row: RowKey
    staged_at: str | None
    quantity: int
    #: The carton they lie in, on a pallet.
    package: str | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """A carton or a pallet, with all that is in it: what lies in the cartons on a pallet is in the pallet too."""

    key: ReceiptKey
    site: str
    kind: PackageKind
    #: Hash of what was told of it, by which a repeat is known.
    content: str
    state: PackageState = PackageState.OPEN
    #: The pallet it stands on.
    parent: str | None = None
    contents: tuple[Content, ...] = ()
    weight_kg: Decimal | None = None
    #: Of what is written: the arrival by which its quantities count (`lotstream.domain.recounting`); 0 in memory.
    rebased: int = 0


@dataclass(frozen=True, slots=True)
class NextNumber:
    """The next number of a kind that the hub gives out for an owner."""

    key: ReceiptKey
    next: int


class WaveState(StrEnum):
    """The life of a wave; it is done when nothing of its tasks is left to be picked."""

    RELEASED = "released"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Wave:
    """Orders that are picked together, one task for each row; which promises its tasks are of is said at those."""

    key: ReceiptKey
    site: str
    #: Hash of what was told of it, by which a repeat is known.
    content: str
    orders: tuple[OrderKey, ...]
    state: WaveState = WaveState.RELEASED


@dataclass(frozen=True, slots=True)
class Notice:
    """What was told once under a number and moves no goods, so that a repeat of it is known."""

    key: ReceiptKey
    #: Hash of what was told of it, by which a repeat is known.
    content: str


#: What is booked under a number: kept in one table and read by key.
Document = (
    Receipt | Shipment | Package | NextNumber | Wave | Notice | Transfer | Title | Recall | Consignee
    | ReturnExpected | CountPending | Supplier | Expected
)  # fmt: skip
#: Kind of a document → its class; every other kind is a `Receipt`.
_CLASSES: dict[str, type[Document]] = {
    SHIPMENT: Shipment,
    PACKAGE: Package,
    COUNTER: NextNumber,
    WAVE: Wave,
    ERASURE: Notice,
    SNAPSHOT: Notice,
    COMPARISON: Notice,
    LOT_CORRECTION: Notice,
    TRANSFER: Transfer,
    COUNT_PENDING: CountPending,
    TITLE_OUT: Title,
    CONDITION: Notice,
    INSPECTION: Notice,
    TASK: Notice,
    RECALL: Recall,
    CONSIGNEE: Consignee,
    RETURN_EXPECTED: ReturnExpected,
    SUPPLIER: Supplier,
    EXPECTED: Expected,
    LOT_MERGE: Notice,
    LOT_SPLIT: Notice,
}
DOCUMENT_CLASSES: tuple[type[Document], ...] = (Receipt, *dict.fromkeys(_CLASSES.values()))


def document_class(kind: str) -> type[Document]:
    """Return the class of a kind of documents."""
    return _CLASSES.get(kind, Receipt)
