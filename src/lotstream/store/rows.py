"""What is read from and written to Postgres, as plain records.

Partition, offset and log number name a record of the inbound topic everywhere; the log number grows when the topic is
lost or made anew, so that old and new offsets never mix.

Rows of which a batch has thousands are msgspec structs instead of frozen dataclasses: they are just as frozen, made in
a tenth of the time (0.1 against 0.9 µs), and the garbage collector need not look at them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct

from lotstream.domain.kpis import Figures
from lotstream.domain.model import OrderKey, ReceiptKey
from lotstream.domain.move import Move
from lotstream.store.claim import Claim


class Outcome(StrEnum):
    """What became of an input record."""

    DONE = "done"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    DEAD_LETTERED = "dead_lettered"


@dataclass(frozen=True, slots=True)
class OwnerSize:
    """How much there is of an owner before it is loaded: rows by kind, and JSON of open orders and lots in bytes."""

    stock: int = 0
    lots: int = 0
    items: int = 0
    orders: int = 0
    order_bytes: int = 0
    #: Of what most lots do not have.
    lot_bytes: int = 0


class IntakeRow(Struct, frozen=True, gc=False):
    """What became of one input record."""

    partition: int
    offset: int
    source: str | None
    message_id: str | None
    type: str | None
    owner: str | None
    outcome: Outcome
    recorded_at: datetime
    code: str | None = None
    field: str | None = None
    message: str | None = None


class JournalRow(Struct, frozen=True, gc=False):
    """One event as it was decided; ``hash`` covers ``body`` and the row before it in the partition."""

    partition: int
    offset: int
    index: int
    owner: str | None
    type: str
    body: bytes
    hash: bytes
    recorded_at: datetime
    #: Today of the site that counted in the decision, by site.
    today: dict[str, date]
    #: The order the event is about, by which ``order why`` finds it; `lotstream.store.journal.journal_row` fills it in.
    order: OrderKey | None = None
    #: The order as JSON when the event holds all of it as it is afterwards; not kept a second time in the journal.
    whole: bytes | None = None


class OutboxRow(Struct, frozen=True, gc=False):
    """One outgoing message; published as stored, never decided again."""

    partition: int
    offset: int
    index: int
    #: 128-bit hex hash of log number, partition, offset and index.
    id: str
    topic: str
    #: None only for a dead letter that had none.
    key: bytes | None
    type: str
    #: None only for a dead letter that had none.
    value: bytes | None
    recorded_at: datetime
    #: All headers of a dead letter (its own, then reason and coordinates); empty: the CloudEvents ones are made.
    headers: tuple[tuple[str, bytes], ...] = ()


class DeadLetterRow(Struct, frozen=True, gc=False):
    """A record that could not be understood, byte for byte."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    code: str
    field: str | None
    message: str
    recorded_at: datetime


class PersonRow(Struct, frozen=True, gc=False):
    """Personal data of a consignee, kept apart so that it can be erased; without a body it is."""

    owner: str
    person: str
    #: JSON object: name, company, street, phone, email.
    body: bytes | None


class TitleRow(Struct, frozen=True, gc=False):
    """What an owner has to be told of goods that another gave it; without a body it has been told."""

    #: Seller and its number.
    title: str
    owner: str
    #: The message.
    body: bytes | None


class ShipmentLineRow(Struct, frozen=True, gc=False):
    """Smallest units of one lot that left for one order line: the row that traces and recalls are made of."""

    owner: str
    shipment: str
    partition: int
    offset: int
    index: int
    source: str
    order: str
    line: str
    sku: str
    lot: str | None
    expires: date | None
    quantity: int
    customer: str | None
    person: str | None
    city: str | None
    postcode: str | None
    country: str | None
    shipped_at: datetime
    #: -1: it was taken back.
    sign: int = 1
    #: Where it left from, or came back to; None in rows of 0.1.0.
    site: str | None = None
    location: str | None = None
    status: str | None = None
    #: State, province or county; None in rows of 0.1.0.
    region: str | None = None
    #: What it had cost, in the owner's currency.
    cost: Decimal | None = None
    #: What it weighed, in grams, of items that are weighed.
    weight_g: int | None = None


class LotHistoryRow(Struct, frozen=True, gc=False):
    """What became of smallest units of one lot, or of what is known of it, by one line of an event."""

    owner: str
    partition: int
    offset: int
    index: int
    #: Business time; the record's own where none is told.
    at: datetime
    recorded_at: datetime
    move: Move
    #: None: the move itself names what it was done by.
    document: ReceiptKey | None
    order: OrderKey | None
    by: str | None


class RecallRunRow(Struct, frozen=True, gc=False):
    """A recall or a drill that was decided; how long it took is from its record to when the database takes the row."""

    owner: str
    recall: str
    drill: bool
    partition: int
    offset: int
    index: int
    asked_at: datetime
    lots: int
    #: In base units, over all items.
    units_held: Decimal
    units_left: Decimal
    orders: int
    customers: int
    consignees: int


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A command that concerns every partition; numbered, appended once to each."""

    number: int
    type: str
    #: Business key (site and date, location and version): a repeat changes nothing.
    key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class OwnerPart:
    """An owner with something to look at again: the holder of its partition appends a record for the next part."""

    owner: str
    slot: int
    #: Parts decided so far.
    step: int


@dataclass(frozen=True, slots=True)
class ClockDue:
    """An owner whose time has come: the holder of its partition appends a record for a look at it."""

    owner: str
    slot: int
    #: Looks so far.
    tick: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class BroadcastOutcome:
    """What the first partition made of a broadcast, as all others did; no outcome: nobody could read it."""

    number: int
    type: str
    outcome: Outcome | None = None
    code: str | None = None
    field: str | None = None
    message: str | None = None


@dataclass(slots=True)
class PartitionBatch:
    """One partition's part of a batch: the claim as read, and as it is after it."""

    before: Claim
    after: Claim


Row = tuple[Any, ...]
"""Values of one row of a table, in the order of its columns."""


@dataclass(frozen=True, slots=True)
class StateRows:
    """What a batch changes in owners' state, taken from their ledgers so that these may move on while it is written."""

    stock: list[Row] = field(default_factory=list)
    #: Orders recorded for the first time.
    recorded: list[Row] = field(default_factory=list)
    #: Orders that were there before.
    changed: list[Row] = field(default_factory=list)
    #: Everything else, by the query that puts it in the place of what was there.
    replaced: dict[str, list[Row]] = field(default_factory=dict)


@dataclass(slots=True)
class Batch:
    """Everything one commit writes."""

    partitions: list[PartitionBatch]
    state: StateRows = field(default_factory=StateRows)
    intake: list[IntakeRow] = field(default_factory=list)
    journal: list[JournalRow] = field(default_factory=list)
    outbox: list[OutboxRow] = field(default_factory=list)
    dead_letters: list[DeadLetterRow] = field(default_factory=list)
    persons: list[PersonRow] = field(default_factory=list)
    titles: list[TitleRow] = field(default_factory=list)
    shipment_lines: list[ShipmentLineRow] = field(default_factory=list)
    lot_history: list[LotHistoryRow] = field(default_factory=list)
    #: What was counted of owners, by day.
    kpis: dict[tuple[str, date], Figures] = field(default_factory=dict)
    recall_runs: list[RecallRunRow] = field(default_factory=list)


MessageKey = tuple[str, str]
"""(source, message id): what makes a message one message."""

OwnerOrder = tuple[str, OrderKey]
OwnerReceipt = tuple[str, ReceiptKey]
OwnerSerial = tuple[str, str]
