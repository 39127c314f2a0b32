"""The body of the outgoing message about lots as such, as its readers parse it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from lotstream.contracts.fields import Amount, Day, Id, Instant, Name, OwnerId, Sent, Text
from lotstream.domain.model import HoldKind, Stage


class LotChangeKind(StrEnum):
    """What has become of what is known of lots."""

    #: Facts of a lot were wrong, its number perhaps among them.
    CORRECTED = "corrected"
    #: Somebody has looked at one.
    INSPECTED = "inspected"
    #: Papers of one came, were replaced or were withdrawn.
    DOCUMENTED = "documented"
    #: Lots became one.
    MERGED = "merged"
    #: Parts of a lot became lots of their own.
    SPLIT = "split"


class LotCalled(Sent):
    """A lot by its name."""

    sku: Name = Field(description="The owner's SKU.")
    lot: Name = Field(description="The lot.")


class LotPaper(Sent):
    """A certificate or another paper of a lot."""

    type: Name = Field(description="What it is.")
    number: Name = Field(description="Its number.")
    issued: Day | None = Field(default=None, description="The day it was issued.")
    expires: Day | None = Field(default=None, description="The last day it counts; null means for ever.")
    uri: Text | None = Field(default=None, description="Where the paper itself is kept.")
    sha256: Text | None = Field(default=None, description="Hash of the paper's bytes.")


class LotInspection(Sent):
    """One inspection of a lot."""

    inspection: Name = Field(description="Its number.")
    stage: Stage = Field(description="Goods that came in, or goods that are to leave.")
    passed: bool = Field(description="Whether the lot passed.")
    by: Name | None = Field(default=None, description="Who inspected it.")
    at: Instant | None = Field(default=None, description="When.")
    measured: dict[Name, Text] = Field(default={}, description="What was measured.")
    reason: Text | None = Field(default=None, description="Why it failed, or what was seen.")


class LotHold(Sent):
    """One reason why a lot may not be used."""

    hold: Text = Field(description="Id of the hold.")
    kind: HoldKind = Field(description="Hold, quarantine or recall.")
    reason: Text | None = Field(default=None, description="Why.")
    by: Name | None = Field(default=None, description="Who placed it.")
    at: Instant | None = Field(default=None, description="When.")


class LotNow(Sent):
    """What is known of a lot from now on."""

    sku: Name = Field(description="The owner's SKU.")
    lot: Name = Field(description="Its number.")
    was: tuple[LotCalled, ...] = Field(description="The lots it was until now, where that is not its own name.")
    made_from: tuple[LotCalled, ...] = Field(description="The lots it was made from directly.")
    expires: Day | None = Field(description="The last day of use.")
    made: Day | None = Field(description="The day it was made.")
    supplier: Name | None = Field(description="Who supplied it.")
    supplier_lot: Name | None = Field(description="The supplier's lot number.")
    origin: Name | None = Field(description="Where it comes from.")
    facility: Name | None = Field(description="The plant it was made in.")
    details: dict[Name, Text] = Field(description="Further facts.")
    cost: Amount | None = Field(description="What one base unit has cost on average; null when nobody has said.")
    aliases: tuple[Name, ...] = Field(description="Numbers that mean it as well: those it had before.")
    documents: tuple[LotPaper, ...] = Field(default=(), description="All of its papers.")
    inspections: tuple[LotInspection, ...] = Field(default=(), description="Its last inspections, the latest last.")
    holds: tuple[LotHold, ...] = Field(default=(), description="Why it may not be used; empty when it may.")


class LotDeparture(Sent):
    """Goods that left before their lot was corrected, as they were called then."""

    shipment: Name = Field(description="The shipment they left with.")
    source: Name = Field(description="Where the order came from.")
    order: Name = Field(description="The order they left for.")
    sku: Name = Field(description="The owner's SKU.")
    lot: Name = Field(description="The lot, as it was called.")
    expires: Day | None = Field(description="The last day of use that they left with.")
    quantity: Amount = Field(description="How many base units.")
    left_at: Instant = Field(description="When they left.")
    customer: Name | None = Field(description="Customer number.")
    city: Text | None = Field(description="Where they went.")
    region: Text | None = Field(description="State or province.")
    postcode: Text | None = Field(description="Postal code.")
    country: Text | None = Field(description="Country.")


class LotChanged(Sent):
    """What is known of lots has changed. What has become of their goods is told beside it, as of all stock."""

    owner: OwnerId = Field(description="Whose lots.")
    change: LotChangeKind = Field(description="What has become of them.")
    document: Name | None = Field(description="Number of the correction, merge, split or inspection; null for papers.")
    by: Name | None = Field(description="Who said so.")
    reason: Text | None = Field(description="Why, as somebody wrote it.")
    occurred_at: Instant = Field(description="When, as the document says.")
    decision: Id = Field(description="Id of the decision that caused it, as in the answer to the command.")
    lots: tuple[LotNow, ...] = Field(description="The lots as they are now.")
    shipped: tuple[LotDeparture, ...] = Field(
        default=(), description="Of a correction: what left by the old facts, the last one first, at most a hundred."
    )
    shipped_count: int = Field(
        default=0, description="How many of these there are of all; `lotstream lot where` names each."
    )
