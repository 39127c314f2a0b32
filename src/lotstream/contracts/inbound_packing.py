"""Inbound messages about cartons and pallets."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Inbound, Instant, Name, OwnerId, Quantity
from lotstream.contracts.limits import LINES_MAX, PACKAGES_MAX
from lotstream.domain.model import PackageKind


class PackagePackedLine(Inbound):
    """Picked goods of an order that went in."""

    source: Name = Field(description="Where the order was made.")
    order: Name = Field(description="The order's number at its source.")
    line: Name | None = Field(default=None, description="The order line; null means any.")
    task: Name | None = Field(default=None, description="The pick task the goods were picked by; null means any.")
    lot: Name | None = Field(default=None, description="The lot; null means any.")
    sku: Name | None = Field(
        default=None,
        description="The component of a kit, in units of which it is told; null means any, and whole kits.",
    )
    quantity: Quantity | None = Field(
        default=None, description="How much went in, in `unit`; null means all that is picked and not packed."
    )
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")


class PackagePacked(Inbound):
    """Picked goods went into a carton or onto a pallet, or cartons onto a pallet."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where it was done.")
    happened: bool = Field(description="True: it has been done and is booked. False: somebody asks before doing it.")
    by: Name | None = Field(default=None, description="Who or which scanner says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    package: Name | None = Field(
        default=None, description="Its number (SSCC); null: the next one of the owner's prefix, told in `package`."
    )
    kind: PackageKind = Field(default=PackageKind.CARTON, description="What it is.")
    weight_kg: Quantity | None = Field(default=None, description="Weight in kilograms.")
    lines: Annotated[tuple[PackagePackedLine, ...], Field(max_length=LINES_MAX)] = Field(
        default=(), description="The goods that went in."
    )
    packages: Annotated[tuple[Name, ...], Field(max_length=PACKAGES_MAX)] = Field(
        default=(), description="The packages that were put on it."
    )


class PackageUnpacked(Inbound):
    """What was in a package is loose again, still picked; cartons that stood on a pallet stay packed."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where it was done.")
    happened: bool = Field(description="True: it has been done and is booked. False: somebody asks before doing it.")
    by: Name | None = Field(default=None, description="Who or which scanner says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    package: Name = Field(description="Its number (SSCC).")
