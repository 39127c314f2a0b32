"""The body of the outgoing message about lots as such, as its readers parse it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from lotstream.contracts.fields import Amount, Day, Id, Instant, Name, OwnerId, Sent, Text


class LotChangeKind(StrEnum):
    """What has become of what is known of lots."""

    #: Facts of a lot were wrong, its number perhaps among them.
    CORRECTED = "corrected"


class LotCalled(Sent):
    """A lot by its name."""

    sku: Name = Field(description="The owner's SKU.")
    lot: Name = Field(description="The lot.")


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


class LotChanged(Sent):
    """What is known of lots has changed. What has become of their goods is told beside it, as of all stock."""

    owner: OwnerId = Field(description="Whose lots.")
    change: LotChangeKind = Field(description="What has become of them.")
    document: Name | None = Field(description="Number of the correction.")
    by: Name | None = Field(description="Who said so.")
    reason: Text | None = Field(description="Why, as somebody wrote it.")
    occurred_at: Instant = Field(description="When, as the document says.")
    decision: Id = Field(description="Id of the decision that caused it, as in the answer to the command.")
    lots: tuple[LotNow, ...] = Field(description="The lots as they are now.")
