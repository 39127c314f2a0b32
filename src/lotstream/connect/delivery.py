"""What comes in at a door, and what a connector makes of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from lotstream.errors import InputRefused

if TYPE_CHECKING:
    from pydantic import BaseModel


class Verdict(StrEnum):
    """What became of a delivery."""

    #: Kept, but not settled: the connector takes it up again when it starts.
    PENDING = "pending"
    #: All of it was published.
    ACCEPTED = "accepted"
    #: Some orders of it were published, the others refused.
    PARTLY_REFUSED = "partly_refused"
    #: Nothing of it was published; it can be replayed once the reason is gone.
    REFUSED = "refused"
    #: Well received, but of a kind that this connector does not act upon.
    NOT_HANDLED = "not_handled"


class DeliveryCode(StrEnum):
    """Why a delivery, or an order in it, was refused at the door; connectors may add codes of their own."""

    NOT_JSON = "not_json"
    NOT_TEXT = "not_text"
    FIELD_MISSING = "field_missing"
    FIELD_INVALID = "field_invalid"
    NOT_POSITIVE = "not_positive"
    TOO_LARGE = "too_large"
    NOTHING_TO_SHIP = "nothing_to_ship"
    UNKNOWN_SENDER = "unknown_sender"
    #: A scanned trade item's number that no item of the owner has.
    UNKNOWN_ITEM = "unknown_item"
    #: A scanned trade item that is another than the one asked for.
    WRONG_ITEM = "wrong_item"
    #: The connector itself failed on these bytes; its log has the traceback.
    CONNECTOR_FAILED = "connector_failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing somebody gave us, byte for byte as it arrived: a webhook, a file."""

    #: Who gave it, or where: a shop's domain, a folder, a trading partner.
    sender: str
    #: What the sender calls it: a webhook topic, a file name.
    name: str
    #: The same key with the same bytes is the same delivery, given again.
    key: str
    body: bytes
    #: When it arrived, aware. An input like the others: translating reads no other clock.
    received_at: datetime
    #: What came beside the body, names in lower case.
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the body in hex."""
        return hashlib.sha256(self.body).hexdigest()

    def header(self, name: str) -> str | None:
        """Return the first header of a name, or None."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Message:
    """One canonical message for the inbound topic."""

    #: Short type, e.g. ``order.placed``.
    type: str
    #: A model of `lotstream.contracts`; its ``owner`` is the key of the record.
    body: BaseModel
    #: Where it comes from (``ce_source``), e.g. ``shopify:acme-store``.
    source: str
    #: Stable: the same content translated again has the same id, so that the hub sees a copy as a copy.
    message_id: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a delivery, or one order in it, was not taken."""

    code: str
    #: Where in the delivery, in the sender's words: ``line_items.2.quantity``, ``row 7, column sku``.
    field: str | None
    #: What is wrong and what to do, as one sentence.
    message: str
    #: The order this is about, when the rest of the delivery goes on without it.
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A document owed to the sender for a delivery: an acknowledgement file."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Translation:
    """What a delivery becomes."""

    messages: tuple[Message, ...] = ()
    #: Orders left out; empty when all of the delivery was understood.
    refusals: tuple[Refusal, ...] = ()
    #: What was left aside on purpose, as sentences: a tip, a gift card.
    notes: tuple[str, ...] = ()
    #: Given to `Connector.reply` after everything is published.
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a delivery ended."""

    verdict: Verdict
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    #: Messages published for it.
    messages: int = 0
    #: Whether somebody has to do what a note says; it is told when the delivery ends, and not kept.
    for_people: bool = False


def verdict_of(*, messages: int, refusals: int) -> Verdict:
    """Return the verdict of a delivery that was understood, from how much of it was published and refused."""
    if not refusals:
        return Verdict.ACCEPTED
    return Verdict.PARTLY_REFUSED if messages else Verdict.REFUSED


@dataclass(frozen=True, slots=True)
class Exchange:
    """A kept delivery with its number and what became of it so far."""

    id: int
    connector: str
    delivery: Delivery
    settlement: Settlement

    @property
    def is_pending(self) -> bool:
        """Tell whether the delivery still waits to be settled."""
        return self.settlement.verdict is Verdict.PENDING

    def settled(self, settlement: Settlement) -> Exchange:
        """Return this exchange with another settlement."""
        return replace(self, settlement=settlement)


class Refused(InputRefused):
    """The delivery as a whole cannot be taken; it is kept, with this reason, and can be replayed."""

    def __init__(self, code: str, field: str | None, message: str) -> None:
        super().__init__(message)
        self.refusal = Refusal(code=code, field=field, message=message)


class NotHandled(InputRefused):
    """The delivery is of a kind that the connector does not act upon; the message says which."""


class ForPeople(NotHandled):
    """Only a person can do what the delivery asks for; the message says what, by when, and with which command."""
