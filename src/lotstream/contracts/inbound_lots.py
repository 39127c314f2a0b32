"""Inbound messages about lots as such: what was known of them was wrong."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Day, Inbound, Instant, Name, OwnerId, Quantity, Text
from lotstream.contracts.limits import DETAILS_MAX
from lotstream.domain.lot_correcting import CLEARED


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
