"""Inbound messages about lots as such: what was known of them was wrong, they become one, or a part of one its own."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Count, Day, Inbound, Instant, Name, OwnerId, Quantity, Rank, Text
from lotstream.contracts.limits import DETAILS_MAX, ITEM_DECIMALS_MAX, LINES_MAX, LOTS_MAX
from lotstream.domain.lot_correcting import CLEARED
from lotstream.domain.model import Status


class _OfLots(Inbound):
    """What every message about lots says of itself."""

    owner: OwnerId = Field(description="Whose lots.")
    by: Name | None = Field(default=None, description="Who says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
    reason: Text | None = Field(default=None, description="Why, for people.")


class LotCorrected(_OfLots):
    """What was known of a lot was wrong; what is not said stays as it is."""

    correction: Name = Field(description="Number of the correction; a repeat changes nothing.")
    sku: Name | None = Field(default=None, description="SKU of the lot; null while the number is unique.")
    lot: Name = Field(description="The lot, by any number it has or had.")
    to_lot: Name | None = Field(
        default=None, description="The number it has from now on; the old one goes on meaning this lot."
    )
    expires: Day | None = Field(default=None, description="The last day of use.")
    made: Day | None = Field(default=None, description="The day it was made.")
    supplier: Name | None = Field(default=None, description="Who supplied it.")
    supplier_lot: Name | None = Field(default=None, description="The supplier's lot number.")
    cost: Quantity | None = Field(default=None, description="What one base unit has cost, in the owner's currency.")
    origin: Name | None = Field(default=None, description="Where it comes from, e.g. a country.")
    facility: Name | None = Field(default=None, description="The plant it was made in.")
    details: Annotated[dict[Name, Text], Field(max_length=DETAILS_MAX)] = Field(
        default={}, description="Further facts, each in place of the one of its name."
    )
    clear: Annotated[tuple[Name, ...], Field(max_length=len(CLEARED))] = Field(
        default=(), description=f"Facts that nobody knows after all: some of {', '.join(CLEARED)}."
    )


class LotMerged(_OfLots):
    """Several lots of one item are one from now on; their goods and promises go along, and all numbers mean it."""

    merge: Name = Field(description="Number of the merge; a repeat changes nothing.")
    sku: Name | None = Field(default=None, description="SKU of the lots; null while the number of `into` is unique.")
    lots: Annotated[tuple[Name, ...], Field(min_length=1, max_length=LOTS_MAX)] = Field(
        description="The lots that become part of it."
    )
    into: Name = Field(description="The lot they become.")
    take: Name | None = Field(
        default=None,
        description="`earliest`: where dates or holds differ, the earliest dates and all holds count. Null: lots that "
        "differ are refused.",
    )


class LotSplitLine(Inbound):
    """Free goods that are of the new lot from now on."""

    location: Name = Field(description="The bin they lie in.")
    quantity: Quantity = Field(description="How much, in `unit`.")
    unit: Name | None = Field(default=None, description="Unit of the quantity; null means the item's base unit.")
    package: Name | None = Field(default=None, description="Pallet or carton; null means whatever stands there.")
    status: Status | None = Field(default=None, description="Condition of the goods; null means any.")


class LotSplitPart(Inbound):
    """A part of the lot that is a lot of its own from now on."""

    lot: Name = Field(description="Its number; no lot of the item may have it, or have had it.")
    lines: Annotated[tuple[LotSplitLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="The goods."
    )
    expires: Day | None = Field(default=None, description="Its last day of use; null means that of the lot.")
    details: Annotated[dict[Name, Text], Field(max_length=DETAILS_MAX)] = Field(
        default={}, description="Further facts of it, each in place of the one of its name."
    )


class LotSplit(_OfLots):
    """Parts of a lot are lots of their own from now on; what is promised stays with the lot."""

    site: Name = Field(description="Where the goods are.")
    split: Name = Field(description="Number of the split; a repeat changes nothing.")
    sku: Name | None = Field(default=None, description="SKU of the lot; null while the number is unique.")
    lot: Name = Field(description="The lot.")
    parts: Annotated[tuple[LotSplitPart, ...], Field(min_length=1, max_length=LOTS_MAX)] = Field(
        description="The parts."
    )


class ItemRebased(_OfLots):
    """An item is counted in another unit from now on: whatever counts it is multiplied by one exact factor.

    Refused while any of it is promised, and when not every quantity comes out; nothing is ever rounded that has moved.
    """

    sku: Name = Field(description="The item, by any SKU it has or had.")
    version: Count = Field(description="Grows with every change of the item; an older one changes nothing.")
    base_unit: Name = Field(
        description="The unit stock is counted in from now on. The old one becomes a unit of the item, unless it is no "
        "whole number of smallest units."
    )
    decimals: Annotated[int, Field(ge=0, le=ITEM_DECIMALS_MAX)] = Field(
        default=0, description="Decimals of the new base unit."
    )
    numerator: Rank = Field(
        description="So many new smallest units, which are 10 ** -decimals new base units, for `denominator` old ones.",
        examples=[12],
    )
    denominator: Rank = Field(default=1, description="Old smallest units for `numerator` new ones.")


class ItemRenamed(_OfLots):
    """An item has another SKU from now on; the old one goes on meaning it, in every message."""

    sku: Name = Field(description="The item, by any SKU it has or had.")
    to_sku: Name = Field(description="Its new SKU; no item may have it, or have had it.")
