"""What lies where: stock rows and the facts of their lots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from lotstream.domain.model.facts import Hold
from lotstream.domain.model.goods import LotMore


class Status(StrEnum):
    """The condition of stock; only good stock is ever reserved."""

    GOOD = "good"
    DAMAGED = "damaged"
    QUARANTINE = "quarantine"
    SAMPLE = "sample"


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


class SerialState(StrEnum):
    """Where the unit of a serial number is."""

    IN_STOCK = "in_stock"
    PICKED = "picked"
    SHIPPED = "shipped"
    #: It went into a kit, or was made into other goods.
    USED = "used"
    #: It came back, or turned out bad, and was thrown away.
    SCRAPPED = "scrapped"
    #: It came back, and was sent on to whom it belongs.
    SENT_BACK = "sent_back"
    #: It was taken off the books for another reason.
    ADJUSTED_OUT = "adjusted_out"
    #: Nobody knows where it is: it never arrived, was stolen, or was not found.
    LOST = "lost"


class SerialKey(NamedTuple):
    """A serial number of one SKU: there is one unit of it."""

    number: str
    sku: str


@dataclass(frozen=True, slots=True)
class Serial:
    """The unit of one serial number: where it was seen last, and for whom it was picked or has left."""

    key: SerialKey
    state: SerialState
    #: The row it was booked to, picked to, or left from; goods may move without their numbers being told.
    row: RowKey
    #: Source and number of the order, its line, the shipment, its time and the customer.
    source: str | None = None
    order: str | None = None
    line: str | None = None
    shipment: str | None = None
    shipped_at: datetime | None = None
    customer: str | None = None
    holds: tuple[Hold, ...] = ()
    #: Its first hold has booked it into quarantine, from which its last one books it back.
    apart: bool = False
    #: Its number was told of goods that came in, and is on none of them: there is no such unit.
    misread: bool = False
    #: Holds that were lifted from it, the last ones.
    lifted: tuple[str, ...] = ()
    #: Kind and number of the document by which it was scrapped, sent back, taken off the books or lost.
    gone_by: tuple[str, str] | None = None


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
    #: None: nobody said more of it.
    more: LotMore | None = None
