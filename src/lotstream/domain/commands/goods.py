"""Goods that arrive or were found, and holds on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from lotstream.domain.model import Hold, HoldKind, Inspection, LotDocument


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
    by: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """One line of goods that arrived or were found at the beginning."""

    line: str
    #: Empty where the goods are named by ``gtin`` alone.
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
    #: Number of the recall that the hold is of, where it is one.
    recall: str | None = None
    promised_elsewhere: Decimal = Decimal(0)
    serials: tuple[str, ...] = ()
    #: What one ``unit`` of it has cost, in the owner's currency.
    cost: Decimal | None = None
    #: Where it was made: a country, and a plant.
    origin: str | None = None
    facility: str | None = None
    certificates: tuple[LotDocument, ...] = ()
    #: What was found when it was looked at on its arrival.
    inspection: Inspection | None = None
    #: Trade item number, where no SKU is named or a label was read as well.
    gtin: str | None = None
    #: Further facts by name; origin and facility may be among them.
    details: dict[str, str] = field(default_factory=dict)
    #: What it weighs, in kilograms, where it was weighed.
    weight_kg: Decimal | None = None


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
class PlaceOwnerHold:
    """hold.placed on a supplier's goods, or on all that an owner has."""

    hold: Hold
    supplier: str | None


@dataclass(frozen=True, slots=True)
class LiftOwnerHold:
    """hold.lifted from a supplier's goods, or from all that an owner has: one hold, or all of that target."""

    hold: str | None
    supplier: str | None
    by: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlaceSerialHold:
    """hold.placed on the unit of a serial number."""

    hold: Hold
    sku: str | None
    serial: str


@dataclass(frozen=True, slots=True)
class LiftSerialHold:
    """hold.lifted from the unit of a serial number: one hold, or all of them when none is named."""

    hold: str | None
    sku: str | None
    serial: str
    by: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """hold.placed on a lot."""

    hold: str
    kind: HoldKind
    sku: str | None
    lot: str
    reason: str | None = None
    by: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LiftHold:
    """hold.lifted: one hold of a lot, or all of them when none is named."""

    hold: str | None
    sku: str | None
    lot: str
    by: str | None = None
    occurred_at: datetime | None = None
