"""The bodies of outgoing messages about what there is at a moment, as their readers parse them."""

from __future__ import annotations

from pydantic import Field

from lotstream.contracts.fields import Amount, Day, Id, Instant, Name, OwnerId, Sent, WeightTold
from lotstream.domain.model import Status


class SnapshotLine(Sent):
    """What a site has of a lot in one condition."""

    sku: Name = Field(description="The owner's SKU.")
    lot: Name | None = Field(description="The lot; null for goods without one.")
    expires: Day | None = Field(description="The lot's last day of use.")
    site: Name = Field(description="Where they are.")
    status: Status = Field(description="Their condition.")
    quantity: Amount = Field(description="How much, in `unit`, picked goods included; below 0 for a deficit.")
    reserved: Amount = Field(description="How much of it is promised to orders.")
    unit: Name = Field(description="The item's base unit.")
    held: bool = Field(description="The lot is on hold.")
    in_transit: bool = Field(default=False, description="They are on the way to the site from another one.")
    weight_kg: WeightTold = None


class InventorySnapshot(Sent):
    """What an owner has at one moment: all parts of one decision together."""

    owner: OwnerId = Field(description="Whose goods.")
    snapshot: Name = Field(description="Number of the request.")
    site: Name | None = Field(description="The site that was asked for; null for all.")
    as_of: Instant = Field(description="The moment.")
    decision: Id = Field(description="Id of the decision, as in the answer to the request.")
    part: int = Field(description="Number of this message, from 1.")
    parts: int = Field(description="How many messages there are.")
    lines: tuple[SnapshotLine, ...] = Field(description="What there is, by SKU, lot, site and condition.")


class DifferingLine(Sent):
    """A lot of which two books have different quantities."""

    sku: Name = Field(description="The SKU, as they call it where nobody here knows it.")
    lot: Name | None = Field(description="The lot; null for goods without one.")
    status: Status | None = Field(description="The condition; null for any.")
    ours: Amount = Field(description="What this hub has.")
    theirs: Amount = Field(description="What they have.")
    difference: Amount = Field(description="How much more this hub has; below 0: less.")
    unit: Name = Field(description="The item's base unit; of an item that nobody here knows, their unit.")


class InventoryComparison(Sent):
    """How somebody else's books differ from this hub's: all parts of one decision together."""

    owner: OwnerId = Field(description="Whose goods.")
    comparison: Name = Field(description="Number of the comparison.")
    site: Name = Field(description="Where they are.")
    by: Name | None = Field(description="Whose books they are.")
    occurred_at: Instant = Field(description="As of when, as they say.")
    decision: Id = Field(description="Id of the decision, as in the answer to the comparison.")
    equal: int = Field(description="Lots, each in its condition, of which both have the same.")
    differing: int = Field(description="Lots of which they have not; the first 10,000 are told.")
    part: int = Field(description="Number of this message, from 1.")
    parts: int = Field(description="How many messages there are.")
    lines: tuple[DifferingLine, ...] = Field(description="What differs.")
