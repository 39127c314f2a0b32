"""Stock came in, was found, was held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lotstream.domain.model import Hold, Lot, OwnerHold, RowKey, Serial


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
    #: Serial numbers that are known from now on.
    serials: tuple[str, ...] = ()
    #: What it weighs, in grams, of items that are weighed; 0: nobody knows.
    weight_g: int = 0
    #: What all of it has cost together; None: nobody has said.
    cost: Decimal | None = None
    #: People are told of its discrepancy unit by unit (`CounterfeitSuspected`), and of the line not once more.
    doubted: bool = False


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
    #: The next number of a lot, where lines were given some.
    next_number: int | None = None
    #: The announcement it names takes note of it; what 0.1.0 decided, nobody took note of.
    announced: bool = False


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

    @property
    def by(self) -> str | None:
        """Return who placed it."""
        return self.hold.by

    @property
    def at(self) -> datetime | None:
        """Return when it was placed; None when nobody said so at the time."""
        return self.hold.at


@dataclass(frozen=True, slots=True)
class HoldLifted:
    """Holds of a lot were lifted."""

    sku: str
    lot: str
    holds: tuple[str, ...]
    by: str | None = None
    at: datetime | None = None
    #: What is remembered as lifted from the lot from now on; none: as before.
    lifted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnerHeld:
    """All that an owner has, or all that came from a supplier, was put on hold."""

    hold: OwnerHold


@dataclass(frozen=True, slots=True)
class OwnerReleased:
    """Holds of an owner, or of a supplier's goods, were lifted."""

    holds: tuple[str, ...]
    by: str | None = None
    at: datetime | None = None
    #: What is remembered as lifted from now on; none: as before.
    lifted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SerialHeld:
    """The unit of a serial number was put on hold, and set apart where it was in stock."""

    #: As it is afterwards.
    unit: Serial
    #: The row it was counted in, if it is in another now, and smallest units of one.
    row: RowKey | None
    quantity: int
    by: str | None = None
    at: datetime | None = None
    #: What it weighs, in grams, of items that are weighed.
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class SerialReleased:
    """Holds of the unit of a serial number were lifted; with the last it is back among the others."""

    #: As it is afterwards.
    unit: Serial
    row: RowKey | None
    quantity: int
    by: str | None = None
    at: datetime | None = None
    #: What it weighs, in grams, of items that are weighed.
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class StockFound:
    """Stock nobody knew of turned out to be there: an automatic adjustment for something that has happened."""

    row: RowKey
    quantity: int
    reason: str
    #: Its lot, where nobody knew of that either.
    lot: Lot | None = None
    #: What they weigh, in grams, of items that are weighed; 0: nobody knows.
    weight_g: int = 0
    #: Business time of the document that they were found for; None: the record's own.
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DiscrepancyNoted:
    """What has happened did not fit what was known: a person should look."""

    code: str
    message: str
    #: Names of the things concerned: order, line, sku, lot, location, receipt …
    about: dict[str, str]
    quantity: Decimal | None = None
