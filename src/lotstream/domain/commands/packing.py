"""Picked goods go into cartons and onto pallets, and out of them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lotstream.domain.model import OrderKey, PackageKind


@dataclass(frozen=True, slots=True)
class PackedLine:
    """Picked goods of an order that go into a package; what is not said means any of them."""

    key: OrderKey
    line: str | None = None
    task: str | None = None
    lot: str | None = None
    #: None: all that is picked and not packed.
    quantity: Decimal | None = None
    unit: str | None = None
    #: Names the component of a kit where neither the task nor the lot does; kits are counted in kits without it.
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class PackPackage:
    """package.packed: picked goods, or packages, went into a package."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    #: None: the next number of the owner.
    package: str | None
    kind: PackageKind
    lines: tuple[PackedLine, ...] = ()
    packages: tuple[str, ...] = ()
    weight_kg: Decimal | None = None
    #: Hash of what was told of it by names that are not those of today.
    content: str | None = None


@dataclass(frozen=True, slots=True)
class UnpackPackage:
    """package.unpacked: what was in a package is picked and loose again; cartons on a pallet stay packed."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    package: str
