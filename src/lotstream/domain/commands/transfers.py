"""Goods go from site to site: told when they leave, and when they arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lotstream.domain.commands.stock import StockLine


@dataclass(frozen=True, slots=True)
class ShipTransfer:
    """transfer.shipped: goods leave a site for another one of the same owner."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    transfer: str
    to_site: str
    lines: tuple[StockLine, ...]
    expected_at: datetime | None = None
    scac: str | None = None
    #: Hash of what was told, where goods are called otherwise now.
    content: str | None = None


@dataclass(frozen=True, slots=True)
class ArrivedLine:
    """Goods of one lot that came off the truck."""

    line: str
    quantity: Decimal
    unit: str | None = None
    #: Line of the transfer; None: the one of the same id.
    transfer_line: str | None = None
    #: None: as the transfer says.
    sku: str | None = None
    lot: str | None = None
    location: str | None = None
    package: str | None = None
    #: None: as they left.
    status: str | None = None
    reason: str | None = None
    serials: tuple[str, ...] = ()
    #: What it weighs, in kilograms, where it was weighed.
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ReceiveTransfer:
    """transfer.received: goods of a transfer have arrived at a site."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    transfer: str
    #: Tells arrivals of one transfer from each other; None where there is one.
    receipt: str | None
    #: Nothing more will come.
    final: bool
    lines: tuple[ArrivedLine, ...]
