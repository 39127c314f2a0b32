"""Kits are put together and taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class KitPiece:
    """A component that went into kits."""

    line: str
    sku: str
    lot: str | None
    location: str | None
    quantity: Decimal
    unit: str | None = None
    package: str | None = None
    #: One for each unit; empty when they were not read.
    serials: tuple[str, ...] = ()
    #: What it weighs, in kilograms, where it was weighed.
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PieceMade(KitPiece):
    """A component that came out of kits, with its condition."""

    status: str = "good"


@dataclass(frozen=True, slots=True)
class AssembleKit:
    """kit.assembled: kits were made of components."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    assembly: str
    sku: str
    lot: str | None
    location: str | None
    quantity: Decimal
    lines: tuple[KitPiece, ...]
    unit: str | None = None
    package: str | None = None
    made: date | None = None
    #: None: the earliest expiry of what went into them.
    expires: date | None = None
    #: Of the kits.
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BreakKit:
    """kit.broken: kits were taken apart."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    breaking: str
    sku: str
    lot: str | None
    location: str | None
    quantity: Decimal
    lines: tuple[PieceMade, ...]
    unit: str | None = None
    package: str | None = None
    #: Of the kits.
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MadeLine(KitPiece):
    """Goods that were made."""

    #: None: the business day.
    made: date | None = None
    #: None: as its item says, counted from the day it was made.
    expires: date | None = None
    status: str = "good"
    #: What one ``unit`` of it has cost; None: its share of what went into all of them.
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RecordProduction:
    """production.recorded: goods were made of others."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    production: str
    used: tuple[KitPiece, ...]
    made: tuple[MadeLine, ...]
    #: What it has cost beside what was used, in the owner's currency; None: nothing.
    added_cost: Decimal | None = None
