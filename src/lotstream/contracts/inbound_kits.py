"""Inbound messages about goods that become others: kits put together and taken apart, and what is produced."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Day, Inbound, Instant, Name, OwnerId, Quantity, Weight
from lotstream.contracts.limits import LINES_MAX, SERIALS_MAX
from lotstream.domain.model import Status


class _Piece(Inbound):
    """A component by its lot."""

    line: Name = Field(description="Id of the line within the message; `kits` stands for kits.")
    sku: Name = Field(description="SKU of the goods.")
    lot: Name | None = Field(default=None, description="Its lot; null for goods without one.")
    package: Name | None = Field(default=None, description="Pallet or carton it is taken from, or put on.")
    quantity: Quantity = Field(description="How much, in `unit`.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    serials: Annotated[tuple[Name, ...], Field(max_length=SERIALS_MAX)] = Field(
        default=(), description="Serial numbers of the units, one for each; empty when they were not read."
    )
    weight_kg: Weight = None


class KitPieceUsed(_Piece):
    """A component that went into kits."""

    location: Name | None = Field(default=None, description="The bin it is taken from; null means the fullest.")


class KitPieceMade(_Piece):
    """A component that came out of kits."""

    location: Name | None = Field(default=None, description="Where it stands now.")
    status: Status = Field(default=Status.GOOD, description="Its condition; only good stock is promised.")


class _Kits(Inbound):
    """What both messages say of the kits."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where it is done.")
    happened: bool = Field(description="True: it has been done and is booked. False: somebody asks before doing it.")
    by: Name | None = Field(default=None, description="Who or which scanner says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    sku: Name = Field(description="SKU of the kit.")
    lot: Name | None = Field(default=None, description="Lot of the kits; null for kits without one.")
    location: Name | None = Field(default=None, description="Where the kits stand.")
    package: Name | None = Field(default=None, description="Pallet or carton the kits stand on.")
    quantity: Quantity = Field(description="How many kits, in `unit`; whole ones.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    serials: Annotated[tuple[Name, ...], Field(max_length=SERIALS_MAX)] = Field(
        default=(), description="Serial numbers of the kits, one for each; empty when they have none."
    )


class KitAssembled(_Kits):
    """Kits were made of components: all of these, and no others."""

    assembly: Name = Field(description="Number of the work; the same number is booked once.")
    made: Day | None = Field(default=None, description="The day the kits were made.")
    expires: Day | None = Field(
        default=None, description="The last day of use of the kits; null means that of the first component to expire."
    )
    lines: Annotated[tuple[KitPieceUsed, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What went into them."
    )


class KitBroken(_Kits):
    """Kits were taken apart into their components."""

    breaking: Name = Field(description="Number of the work; the same number is booked once.")
    lines: Annotated[tuple[KitPieceMade, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What came out of them."
    )


class ProductionUsed(_Piece):
    """Goods that went into what was made."""

    location: Name | None = Field(default=None, description="The bin it is taken from; null means the fullest.")


class ProductionMade(_Piece):
    """Goods that were made."""

    location: Name | None = Field(default=None, description="Where it stands now.")
    made: Day | None = Field(default=None, description="The day it was made; null means the business day.")
    expires: Day | None = Field(
        default=None,
        description="The last day of use; null means as long from then as its item says.",
    )
    status: Status = Field(default=Status.GOOD, description="Its condition; only good stock is promised.")
    cost: Quantity | None = Field(
        default=None, description="What one `unit` has cost, in the owner's currency; null means its share of the rest."
    )


class ProductionRecorded(Inbound):
    """Goods were made of others: by their recipe, where their item has one. A lot may go into itself: re-work."""

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where it is done.")
    happened: bool = Field(description="True: it has been done and is booked. False: somebody asks before doing it.")
    by: Name | None = Field(default=None, description="Who or which machine says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    production: Name = Field(description="Number of the work; the same number is booked once.")
    used: Annotated[tuple[ProductionUsed, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What went in."
    )
    made: Annotated[tuple[ProductionMade, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What came out. Ids of lines are used once in the whole message."
    )
    added_cost: Quantity | None = Field(
        default=None, description="What it has cost beside what was used, in the owner's currency."
    )
