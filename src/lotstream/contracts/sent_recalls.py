"""The body of a recall's letter, as its readers parse it."""

from __future__ import annotations

from pydantic import Field

from lotstream.contracts.fields import Amount, Count, Day, Id, Name, OwnerId, Sent, Text


class LetterAddress(Sent):
    """Where a letter goes; what was erased is null."""

    name: Text | None = Field(description="Name of the person.")
    company: Text | None = Field(description="Name of the company.")
    street: tuple[Text, ...] = Field(description="Street and number, line by line.")
    city: Text | None = Field(description="City.")
    region: Text | None = Field(description="State, province or county.")
    postcode: Text | None = Field(description="Postcode.")
    country: Text | None = Field(description="Country.")
    phone: Text | None = Field(description="Phone number.")
    email: Text | None = Field(description="Mail address.")


class LetterLot(Sent):
    """What of a recalled lot left for the consignee."""

    sku: Name = Field(description="The owner's SKU.")
    lot: Name = Field(description="The lot, by the number it left with.")
    expires: Day | None = Field(description="Its last day of use.")
    quantity: Amount = Field(description="How much of it left for him.")
    returned: Amount = Field(description="How much of it has come back already.")
    unit: Name = Field(description="The item's base unit.")


class LetterOrder(Sent):
    """An order that recalled goods left with."""

    source: Name = Field(description="Where it was made.")
    order: Name = Field(description="Its number there.")


class RecallLetter(Sent):
    """Somebody got goods that are recalled, and has to be told; again when more has left for him since."""

    owner: OwnerId = Field(description="Whose goods.")
    recall: Name = Field(description="Number of the recall.")
    reason: Text | None = Field(description="Why they are recalled.")
    subject: Text | None = Field(description="Subject of the letter, as the recall says.")
    text: Text | None = Field(description="What it asks for, as the recall says.")
    consignee: Id = Field(description="His id, which the answer `recall.answered` names; the key of this message.")
    customer: Name | None = Field(description="The owner's customer number.")
    ship_to: LetterAddress = Field(description="Where the goods went.")
    lots: tuple[LetterLot, ...] = Field(description="What he got.")
    orders: tuple[LetterOrder, ...] = Field(description="The first of the orders it left with.")
    orders_count: Count = Field(description="How many orders there are.")
    decision: Id = Field(description="Id of the decision that caused it.")
