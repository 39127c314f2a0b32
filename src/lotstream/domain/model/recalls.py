"""Recalls: what they are of, who got any of it, and what those say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from lotstream.domain.model.goods import LotName
from lotstream.domain.model.keys import ReceiptKey
from lotstream.domain.model.orders import OrderKey

RECALL: Final = "recall"
"""Kind of the numbers that lots are recalled under."""

CONSIGNEE: Final = "consignee"
"""Kind of those who got any of what is recalled: the recall's number, a slash, and the consignee's 16 hex digits."""


class LotGot(NamedTuple):
    """Smallest units of a lot that left for somebody, and what of them came back to a warehouse."""

    sku: str
    lot: str
    quantity: int
    returned: int = 0


class Recipient(NamedTuple):
    """Somebody that recalled goods left for: a customer, or a person without one, at one address."""

    #: 16 hex digits of what follows up to the country; of an order that names nobody, of the order.
    id: str
    customer: str | None
    #: Key of the personal data.
    person: str | None
    city: str | None
    region: str | None
    postcode: str | None
    country: str | None
    #: The first orders it left with, and how many there are.
    orders: tuple[OrderKey, ...]
    orders_count: int
    lots: tuple[LotGot, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """How far lots have come, and for comparison all lots of their items; in smallest units where units are meant."""

    #: By SKU: what left of these lots, and of all lots.
    units: dict[str, int] = field(default_factory=dict)
    units_of_all: dict[str, int] = field(default_factory=dict)
    orders: int = 0
    orders_of_all: int = 0
    customers: int = 0
    customers_of_all: int = 0
    #: Customers, or persons without one, by address.
    recipients: int = 0
    #: By owner, smallest units by SKU that were sold to another owner where they lay: he has to recall them.
    sold: dict[str, dict[str, int]] = field(default_factory=dict)


class SoldLot(NamedTuple):
    """Smallest units of a lot that were sold to another owner where they lay."""

    owner: str
    sku: str
    lot: str
    #: What the other owner calls the item.
    to_sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class LookedBack:
    """What the database answers whoever recalls lots."""

    reached: Reached
    #: Sorted by id.
    recipients: tuple[Recipient, ...]
    #: There are more of them than are looked at in one go.
    more: bool
    #: JSON of personal data by key.
    persons: dict[str, bytes]
    #: What was sold to other owners, sorted.
    sold: tuple[SoldLot, ...] = ()


class RecallState(StrEnum):
    """The life of a recall."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Recall:
    """A recall, or the drill of one, as it stands."""

    key: ReceiptKey
    #: Lots that were named or found, and lots that were made of them.
    lots: tuple[LotName, ...]
    descendants: tuple[LotName, ...]
    #: When the log took it in first.
    asked_at: datetime
    drill: bool = False
    reason: str | None = None
    by: str | None = None
    #: What its letters say.
    subject: str | None = None
    text: str | None = None
    #: Other names under which goods of the lots have left.
    former: tuple[LotName, ...] = ()
    reached: Reached = field(default_factory=Reached)
    #: Smallest units in the house by SKU, at all sites, when it was told last; and what of them was promised.
    held: dict[str, int] = field(default_factory=dict)
    promised: dict[str, int] = field(default_factory=dict)
    #: Open orders that had any of it promised.
    open_orders: int = 0
    #: Consignees that are written to; a drill writes to nobody and counts them.
    consignees: int = 0
    #: The last one of a list that goes on when the recall is told again; None: nobody is left out.
    listed_to: str | None = None
    #: Consignees that have answered, and smallest units by SKU that they have sent back or destroyed.
    answered: int = 0
    recovered: dict[str, int] = field(default_factory=dict)
    state: RecallState = RecallState.OPEN
    closed_at: datetime | None = None
    closed_by: str | None = None
    #: Of what is written: the arrival by which its quantities count (`lotstream.domain.recounting`); 0 in memory.
    rebased: int = 0


class ConsigneeAnswer(StrEnum):
    """What somebody who was written to has said."""

    NONE = "none"
    INFORMED = "informed"
    RETURNED = "returned"
    DESTROYED = "destroyed"
    UNREACHABLE = "unreachable"


class LotRecovered(NamedTuple):
    """Smallest units of a lot that a consignee has sent back, or destroyed."""

    sku: str
    lot: str
    returned: int
    destroyed: int


@dataclass(frozen=True, slots=True)
class Consignee:
    """Somebody who is written to because of a recall, and what he says."""

    key: ReceiptKey
    recall: str
    to: Recipient
    answer: ConsigneeAnswer = ConsigneeAnswer.NONE
    answered_at: datetime | None = None
    by: str | None = None
    recovered: tuple[LotRecovered, ...] = ()
    #: Of what is written: the arrival by which its quantities count (`lotstream.domain.recounting`); 0 in memory.
    rebased: int = 0


def recall_key(recall: str) -> ReceiptKey:
    """Return the key of a recall."""
    return ReceiptKey(RECALL, recall)


def consignee_key(recall: str, consignee: str) -> ReceiptKey:
    """Return the key of a consignee of a recall."""
    return ReceiptKey(CONSIGNEE, f"{recall}/{consignee}")
