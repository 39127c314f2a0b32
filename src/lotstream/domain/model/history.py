"""What a decision may ask about the past, and what the database answers: memory has only what is in the house."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from lotstream.domain.model.goods import LotName
from lotstream.domain.model.orders import OrderKey
from lotstream.domain.model.recalls import LookedBack


class Left(NamedTuple):
    """How much of a lot has left, and was not taken back with its shipment? Answered by `Gone`."""

    sku: str
    lot: str


class Gone(NamedTuple):
    """What has left of a lot: smallest units, and with and for how many."""

    quantity: int
    orders: int
    customers: int


class Since(NamedTuple):
    """How much came to a bin of a lot, less what left it, after a moment by business time? Answered by `Moved`."""

    sku: str
    lot: str | None
    site: str
    location: str
    #: None: in whatever condition.
    status: str | None
    after: datetime


class Moved(NamedTuple):
    """What came to a bin in smallest units, below zero for what left it."""

    quantity: int


class CountsSince(NamedTuple):
    """Which counts say what there was of a lot at a moment or later? Answered by `CountsTold`."""

    sku: str
    lot: str | None
    since: datetime


class CountTold(NamedTuple):
    """A line of a count that was booked: which goods it counted, and when."""

    number: str
    line: str
    #: It says what was there then.
    as_of: datetime
    #: When it was booked, by business time.
    at: datetime
    site: str
    location: str
    #: None: in whatever package, pack or condition.
    package: str | None
    pack_size: int | None
    status: str | None


class CountsTold(NamedTuple):
    """Lines of counts, in the order in which they were counted; of one moment as they were told."""

    of: tuple[CountTold, ...]


class PersonsOf(NamedTuple):
    """Which persons did a customer's orders name, those of former versions included? Answered by `Named`."""

    customer: str


class PersonsFrom(NamedTuple):
    """Which persons did the orders of a source name, those of former versions included? Answered by `Named`."""

    source: str


class Named(NamedTuple):
    """Persons that orders name: their keys, sorted, at most one more than one decision takes."""

    persons: tuple[str, ...]


NAMED_MAX = 10_000
"""Persons of one customer that one decision takes."""


SOURCE_NAMED_MAX = 100_000
"""Persons of one source that one decision takes."""


class Reach(NamedTuple):
    """How far have the lots of a recall come, and who got any of them? Answered by `LookedBack`."""

    lots: tuple[LotName, ...]
    #: Those behind this id; empty: from the first on.
    after: str
    #: Their personal data is wanted too, to write to them.
    persons: bool


class LeftFor(NamedTuple):
    """With which orders did an item, or a lot of it, leave for a customer? Answered by `GotFrom`."""

    customer: str
    sku: str
    lot: str | None


class GotFrom(NamedTuple):
    """Orders that goods left with for a customer, at most `ORDERS_LOOKED_AT`, the last one first."""

    orders: tuple[OrderKey, ...]


class Uneven(NamedTuple):
    """Of how many lines of what became of an item's goods would the quantity not come out? Answered by `NotWhole`."""

    sku: str
    #: New smallest units for so many of today's.
    numerator: int
    denominator: int


class NotWhole(NamedTuple):
    """Lines whose quantity is no whole number of new smallest units, those of shipments included."""

    lines: int


ORDERS_LOOKED_AT = 50
"""Orders of a customer that goods which came back without an order are looked for in."""


class Referenced(NamedTuple):
    """Which orders of a source have a number of somebody else's? Answered by `OrdersFound`."""

    source: str
    #: What number it is, e.g. ``shopify_order_id``.
    name: str
    value: str


class OrdersFound(NamedTuple):
    """Orders by key, sorted."""

    orders: tuple[OrderKey, ...]


class WentWith(NamedTuple):
    """With which shipments have some lots left, and were not taken back? Answered by `Departures`."""

    lots: tuple[LotName, ...]


class Departure(NamedTuple):
    """Smallest units of a lot that left with one shipment for one order, as the lot was called then."""

    at: datetime
    shipment: str
    order: OrderKey
    sku: str
    lot: str
    quantity: int
    #: What was believed when it left.
    expires: date | None
    customer: str | None
    city: str | None
    region: str | None
    postcode: str | None
    country: str | None


class Departures(NamedTuple):
    """Departures of lots, at most `DEPARTURES_TOLD`, the last one first."""

    of: tuple[Departure, ...]
    #: How many there are of all.
    total: int


DEPARTURES_TOLD = 100
"""Departures that one message names; `lotstream lot where` has all."""

Question = Left | Since | CountsSince | PersonsOf | PersonsFrom | Reach | LeftFor | WentWith | Referenced | Uneven
"""Whatever can be asked; each kind is a class of its own."""

Answer = Gone | Moved | CountsTold | Named | LookedBack | GotFrom | Departures | OrdersFound | NotWhole
"""What a question is answered with."""
