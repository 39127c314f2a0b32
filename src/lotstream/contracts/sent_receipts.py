"""The body of the outgoing message about a closed receipt, as its readers parse it."""

from __future__ import annotations

from pydantic import Field

from lotstream.contracts.fields import Amount, Count, Day, Id, Instant, Name, OwnerId, Sent, WeightTold


class ReceiptClosedLine(Sent):
    """What was expected of goods of one lot, and what came."""

    line: Name | None = Field(description="Line of the announcement; null for goods nobody announced.")
    sku: Name = Field(description="The owner's SKU.")
    unit: Name = Field(description="The item's base unit, in which quantities are.")
    lot: Name | None = Field(description="Our number of the lot; null for goods without one, or that did not come.")
    supplier_lot: Name | None = Field(description="Its supplier's number.")
    made: Day | None = Field(description="The day it was made.")
    expires: Day | None = Field(description="The last day of use.")
    expected: Amount = Field(description="What was awaited when the receipt was closed.")
    received: Amount = Field(description="What came, in whatever condition.")
    damaged: Amount = Field(description="Of what came: damaged.")
    quarantined: Amount = Field(description="Of what came: in quarantine, because something about it is wrong.")
    over: Amount = Field(description="What came and was announced less.")
    short: Amount = Field(description="What was awaited and did not come.")
    unannounced: bool = Field(description="Nobody announced this SKU, or this lot of it.")
    weight_kg: WeightTold = None


class ReceiptClosedTold(Sent):
    """What came on a receipt, beside what was announced. One of very many lines is told in several messages.

    A receipt that is corrected, or of which goods come later, is told again as a whole.
    """

    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where they came in.")
    receipt: Name | None = Field(description="The receipt's number; null: the rest of the announcement does not come.")
    expected: Name | None = Field(description="The announcement it belongs to.")
    supplier: Name | None = Field(description="Who announced it.")
    revision: Count = Field(description="The first, second … time that this receipt is told; the last one counts.")
    complete: bool = Field(description="Nothing more of the announcement is awaited.")
    closed_at: Instant = Field(description="When it was closed, as the document says.")
    by: Name | None = Field(description="Who or which scanner said so.")
    part: Count = Field(description="Which of the messages about this receipt it is, from 1.")
    parts: Count = Field(description="How many messages there are.")
    decision: Id = Field(description="Id of the decision that caused it, as in the answer to the command.")
    lines: tuple[ReceiptClosedLine, ...] = Field(description="What was expected and what came, lot by lot.")
