"""Inbound messages about recalls: lots are recalled, consignees answer, the recall is closed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Day, Inbound, Instant, Name, OwnerId, Quantity, Text
from lotstream.contracts.limits import LOTS_MAX
from lotstream.domain.model import ConsigneeAnswer


class RecalledLot(Inbound):
    """One lot of a recall."""

    sku: Name | None = Field(default=None, description="SKU of the lot; null while the lot number is unique.")
    lot: Name = Field(description="The lot.")


class LotRecalled(Inbound):
    """Lots may not be used any more, nor what was made of them, and what is picked of them does not leave.

    Either the lots are named, or all are meant that fit everything that is said of supplier, its lot, days and SKU.
    """

    owner: OwnerId = Field(description="Whose lots.")
    recall: Name = Field(
        description="Number of the recall, which is also the id of its hold; a repeat changes nothing."
    )
    reason: Text | None = Field(default=None, description="Why, for people.")
    lots: Annotated[tuple[RecalledLot, ...], Field(max_length=LOTS_MAX)] = Field(
        default=(), description="The lots; empty when they are found by what they have in common."
    )
    sku: Name | None = Field(default=None, description="Only lots of this SKU; null means any.")
    supplier: Name | None = Field(default=None, description="Lots of this supplier; null means any.")
    supplier_lot: Name | None = Field(default=None, description="Lots with this number at their supplier.")
    made_from: Day | None = Field(default=None, description="Lots that were made on this day or later.")
    made_to: Day | None = Field(default=None, description="Lots that were made on this day or earlier.")
    drill: bool = Field(default=False, description="True: it is only found out, and timed, how far the lots have come.")
    by: Name | None = Field(default=None, description="Who recalls them.")
    subject: Text | None = Field(default=None, description="Subject of the letters to whoever got any; null: none.")
    text: Text | None = Field(default=None, description="What the letters ask for; null: nothing but lots and reason.")


class AnsweredLot(Inbound):
    """What a consignee did with goods of one lot, in the item's base unit."""

    sku: Name = Field(description="SKU of the lot, as in the letter.")
    lot: Name = Field(description="The lot, as in the letter.")
    returned: Quantity | None = Field(default=None, description="How much he has sent back, or will; null: none.")
    destroyed: Quantity | None = Field(default=None, description="How much he has destroyed; null: none.")


class RecallAnswered(Inbound):
    """Somebody who was written to because of a recall has said what he did; what he said last counts."""

    owner: OwnerId = Field(description="Whose recall.")
    recall: Name = Field(description="Number of the recall.")
    consignee: Name = Field(description="The id that his letter names.")
    answer: ConsigneeAnswer = Field(description="What he says; none: what he said before was a mistake.")
    lots: Annotated[tuple[AnsweredLot, ...], Field(max_length=LOTS_MAX)] = Field(
        default=(), description="How much of what he got, lot by lot."
    )
    by: Name | None = Field(default=None, description="Who took the answer.")
    occurred_at: Instant | None = Field(default=None, description="When he said it; null means the record's own time.")


class RecallClosed(Inbound):
    """Nothing more is expected of a recall: people are told how well it went. Its lots stay on hold."""

    owner: OwnerId = Field(description="Whose recall.")
    recall: Name = Field(description="Number of the recall.")
    by: Name | None = Field(default=None, description="Who closes it.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")
