"""Time has passed: goods have expired, or will before long, or are to be ordered again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from lotstream.domain.model import Lot, LotName


class Ahead(StrEnum):
    """What is about to happen to a lot."""

    #: It expires.
    EXPIRY = "expiry"
    #: Somebody may no longer get it, because too little of its life would be left.
    UNSELLABLE = "unsellable"


@dataclass(frozen=True, slots=True)
class LotExpired:
    """The last day of a lot is over at a site where some of it was in stock."""

    site: str
    #: As it is afterwards, with the mark that this is known.
    lot: Lot
    #: Smallest units that were on hand there, in whatever condition and place; 0: it came there when it had expired.
    quantity: int
    #: People are told; nobody is of an owner who asks for no alerts of expiry.
    told: bool


@dataclass(frozen=True, slots=True)
class LossCorrected:
    """What was counted as expired of a lot at a site was wrong, because something said of the lot was."""

    site: str
    #: The lot by its name of now.
    lot: LotName
    #: Base units, and what they have cost: more than was counted; below zero: less.
    units: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True)
class ExpiryNoticed:
    """A lot has come within some days of its end, or of the last day on which it may be shipped to somebody."""

    kind: Ahead
    #: As it is afterwards, with the marks of this threshold and those that were passed with it.
    lot: Lot
    #: The last day of its life, or on which it may be shipped to them.
    last_day: date
    #: Days until that day, or until the first on which it may not be shipped any more; not above 0: it has come.
    days: int
    #: Smallest units on hand at all sites.
    quantity: int
    #: For whom, the first of them by name, and how many there are.
    customers: tuple[str, ...] = ()
    customers_count: int = 0
    #: Also for orders that name no customer.
    anybody: bool = False


@dataclass(frozen=True, slots=True)
class ReorderHinted:
    """Less of an item can be sold before it expires than its reorder point asks for."""

    sku: str
    #: Smallest units that are free and can be sold in time, that are free and cannot, and of the reorder point.
    usable: int
    left_out: int
    point: int
