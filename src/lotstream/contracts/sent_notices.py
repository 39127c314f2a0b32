"""The bodies of outgoing messages for people: alerts, and answers to commands."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from lotstream.contracts.fields import Amount, Id, Instant, MessageId, Name, OwnerId, Sent, Text


class AlertKind(StrEnum):
    """What an alert is about."""

    DISCREPANCY = "discrepancy"
    #: Lots are on hold because of how they were kept.
    CONDITION = "condition"
    #: An order has been held for longer than its owner lets pass in silence.
    HELD = "held"
    #: Lots were recalled, or a recall is closed.
    RECALL = "recall"
    #: Goods came back that cannot be what they say: nobody has made them, or sold them, or sold them to him.
    COUNTERFEIT = "counterfeit"
    #: A lot has expired, or will before long.
    EXPIRED = "expired"
    EXPIRY = "expiry"
    #: Somebody may no longer get a lot before long, because too little of its life would be left.
    UNSELLABLE = "unsellable"
    #: An item is to be ordered again.
    REORDER = "reorder"
    #: A shipment was lost or damaged on the road.
    SHIPMENT = "shipment"


class Alert(Sent):
    """A person should look."""

    owner: OwnerId = Field(description="Whose goods.")
    alert: AlertKind = Field(description="What kind of alert it is.")
    code: Name = Field(description="What is wrong, as a stable code.")
    message: Text = Field(description="The same as a sentence.")
    about: dict[Name, Text] = Field(description="What it concerns: order, line, sku, lot, location, receipt.")
    quantity: Amount | None = Field(
        description="The quantity concerned, in base units; of a count how much more was found, below 0 for less."
    )
    raised_at: Instant = Field(description="When the record that caused it was taken in.")
    decision: Id = Field(description="Id of the decision that caused it.")


class AnswerOutcome(StrEnum):
    """What became of a command."""

    DONE = "done"
    REFUSED = "refused"


class Answer(Sent):
    """What became of a command that asked."""

    owner: OwnerId | None = Field(description="Whose ledger was asked; null for what concerned every partition.")
    source: MessageId = Field(description="ce_source of the command.")
    message_id: MessageId = Field(
        description="ce_id of the command, or the number of what concerned every partition; the key of this message."
    )
    type: Name = Field(description="ce_type of the command.")
    outcome: AnswerOutcome = Field(description="Done or refused.")
    code: Name | None = Field(description="Why it was refused, as a stable code.")
    field: Name | None = Field(description="The field it was refused for, e.g. lines.2.quantity.")
    message: Text | None = Field(description="What is wrong and what to do, as a sentence.")
    decided_at: Instant = Field(description="When the command was taken in.")
    decision: Id = Field(description="Id of the decision.")
