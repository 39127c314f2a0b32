"""What the warehouse did: picks and shipments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lotstream.domain.model import OrderKey


@dataclass(frozen=True, slots=True)
class PickLine:
    """What was taken for one task, or for one order line from one row."""

    task: str | None
    line: str | None
    lot: str | None
    location: str | None
    quantity: Decimal
    unit: str | None = None
    package: str | None = None
    #: Names the goods where neither a task nor a known order line does.
    sku: str | None = None
    serials: tuple[str, ...] = ()
    #: What it weighs, in kilograms, where it was weighed.
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ConfirmPick:
    """pick.confirmed: goods taken from their bins to a staging place of the order."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    key: OrderKey
    #: The tote or door the goods stand at; None: the site's staging place.
    staged_at: str | None
    lines: tuple[PickLine, ...]


@dataclass(frozen=True, slots=True)
class ShortLine:
    """What was found of what a task, or an order line, was to be picked from one bin; no more was there."""

    task: str | None
    line: str | None
    lot: str | None
    location: str | None
    #: May be zero.
    picked: Decimal
    unit: str | None = None
    package: str | None = None
    #: Names the component of a kit where neither the task nor the lot does.
    sku: str | None = None
    #: What was found weighs, in kilograms, where it was weighed.
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ReportShort:
    """pick.shorted: less was found in a bin than was promised of it."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    key: OrderKey
    staged_at: str | None
    lines: tuple[ShortLine, ...]


@dataclass(frozen=True, slots=True)
class StartPick:
    """pick.started: somebody is on the way to the bins of these tasks, or of all open ones when none is named."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    key: OrderKey
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UndoneLine:
    """What of a task or an order line goes back to its bin; without a quantity all that is picked and not packed."""

    task: str | None = None
    line: str | None = None
    lot: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class UndoPick:
    """pick.undone: picked goods go back to the bins they came from; no lines means all of the order's."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    key: OrderKey
    lines: tuple[UndoneLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanLot:
    """pick.scanned: the lot in the picker's hand, which may be another one than the task names."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    key: OrderKey
    scanned: str
    #: The lot the task names; None: whatever is promised.
    expected: str | None = None
    line: str | None = None
    task: str | None = None
    location: str | None = None
    #: How much of it is swapped at most; None: all that is promised and not picked.
    quantity: Decimal | None = None
    unit: str | None = None
    #: What the label says of the item; None: it does not.
    sku: str | None = None
    gtin: str | None = None


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """What left for one order line."""

    line: str
    lot: str | None
    quantity: Decimal
    unit: str | None = None
    location: str | None = None
    package: str | None = None
    #: Names the goods where the order line is unknown.
    sku: str | None = None
    serials: tuple[str, ...] = ()
    #: What it weighs, in kilograms, where it was weighed.
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ShippedOrder:
    """One order's part of a shipment; no lines means everything picked, or failing that everything reserved."""

    key: OrderKey
    lines: tuple[ShippedLine, ...] = ()
    #: Hash of what was told of it by names that are not those of today.
    content: str | None = None


@dataclass(frozen=True, slots=True)
class ShippedPackage:
    """A carton or pallet with its SSCC, weight in kilograms and tracking number."""

    sscc: str | None
    tracking: str | None = None
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ConfirmShipment:
    """shipment.confirmed: goods left the building, for one order or many."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    shipment: str
    orders: tuple[ShippedOrder, ...]
    packages: tuple[ShippedPackage, ...] = ()
    scac: str | None = None
    bol: str | None = None
    pro: str | None = None
    trailer: str | None = None
    seal: str | None = None
