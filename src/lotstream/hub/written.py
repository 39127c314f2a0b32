"""What one batch will write, record by record: journal, intake, outbox, dead letters and what became of goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from lotstream.contracts.cloudevents import message_id_of
from lotstream.contracts.decode import Undecodable
from lotstream.contracts.outgoing import Outgoing
from lotstream.domain.codes import Refusal
from lotstream.domain.events import (
    Event,
    PersonsErased,
    RecallOpened,
    ShipmentConfirmed,
    ShipmentImported,
    ShipmentVoided,
    TitleReleased,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.movements import MOVES
from lotstream.hub.dead_letters import dead_letter
from lotstream.hub.ids import outgoing_id
from lotstream.hub.kpis import count
from lotstream.hub.lot_rows import lot_rows
from lotstream.hub.persons import erased
from lotstream.hub.recall_runs import recall_runs
from lotstream.hub.records import Entry
from lotstream.hub.state import PartitionState
from lotstream.hub.titles import released
from lotstream.hub.traces import shipment_lines
from lotstream.ops.limits import reached
from lotstream.store.journal import journal_row
from lotstream.store.rows import Batch, IntakeRow, OutboxRow, Outcome, PartitionBatch

NOTED: Final = frozenset({*MOVES, PersonsErased, RecallOpened, ShipmentConfirmed, ShipmentImported, ShipmentVoided})
"""Events that leave something in the tables of records; those of an ordinary order do not."""


class OutgoingTooLarge(Exception):
    """A record leads to a message that no topic takes: the record is dead-lettered instead of being half told."""

    def __init__(self, entry: Entry, size: int, size_max: int) -> None:
        super().__init__(f"It leads to a message of {size} bytes, above the limit of {size_max}.")
        self.entry = entry
        self.size, self.size_max = size, size_max


class PartTooLarge(OutgoingTooLarge):
    """What an owner had to look at again before a record leads to such a message: the record is decided without it."""


@dataclass(slots=True)
class Head:
    """How far one partition has come within the batch."""

    state: PartitionState
    chain: bytes
    broadcast_seen: int
    #: The last broadcast whose sender was answered.
    answered: int
    last: Entry
    #: Journal rows, outgoing messages, shipment lines and lines of lots' histories of the record at hand.
    events: int = 0
    messages: int = 0
    shipped: int = 0
    became: int = 0


class Written:
    """The rows and messages of one batch, in the order in which its records were decided."""

    def __init__(self, positions: Mapping[int, int], message_bytes_max: int, *, own_bytes_max: int) -> None:
        """Name how far each partition is published, the largest message a topic takes, and that is read, in bytes."""
        self.batch = Batch(partitions=[])
        self._positions = positions
        self._message_bytes_max = message_bytes_max
        self._own_bytes_max = own_bytes_max

    def intake(self, entry: Entry, outcome: Outcome, why: Refusal | Undecodable | None = None) -> None:
        """Note what became of a record, and why."""
        decoded = entry.decoded
        self.batch.intake.append(
            IntakeRow(
                entry.partition,
                entry.offset,
                decoded.source if decoded else None,
                decoded.message_id if decoded else None,
                decoded.type if decoded else None,
                decoded.owner if decoded else None,
                outcome,
                entry.recorded_at,
                why.code if why else None,
                why.field if why else None,
                why.message if why else None,
            )
        )

    def dead_letter(self, head: Head, entry: Entry, reason: Undecodable) -> None:
        """Keep a record that is not done with its bytes, and tell of it."""
        row, message = dead_letter(entry, reason, log=head.state.claim.log, bytes_max=self._message_bytes_max)
        self.batch.dead_letters.append(row)
        self.batch.outbox.append(message)
        self.intake(entry, Outcome.DEAD_LETTERED, reason)

    def journal(self, head: Head, entry: Entry, owner: str | None, event: Event) -> None:
        """Keep an event as it was decided; encoded before it is applied, since the ledger takes its parts over."""
        row = journal_row(
            event, previous=head.chain, partition=entry.partition, offset=entry.offset, index=head.events, owner=owner,
            recorded_at=entry.recorded_at, today=head.state.sites.today,
        )  # fmt: skip
        head.chain = row.hash
        head.events += 1
        self.batch.journal.append(row)

    def publish(self, head: Head, entry: Entry, message: Outgoing) -> None:
        """Add a message to the outbox; raises `OutgoingTooLarge` for one that no topic takes."""
        if len(message.value) > self._message_bytes_max:
            reached("outgoing_bytes_max")
            raise OutgoingTooLarge(entry, len(message.value), self._message_bytes_max)
        index = head.messages
        head.messages += 1
        id_ = outgoing_id(head.state.claim.log, entry.partition, entry.offset, index)
        self.batch.outbox.append(
            OutboxRow(
                entry.partition, entry.offset, index, id_, message.topic, message.key.encode(), message.type,
                message.value, entry.recorded_at,
            )
        )  # fmt: skip

    def note(self, head: Head, entry: Entry, ledger: Ledger, event: Event) -> None:
        """Add what an event of ``NOTED`` leaves in the tables of records; the ledger is as it is after the event."""
        if type(event) is PersonsErased:
            erased(self.batch, ledger.owner, event)
        elif type(event) is TitleReleased:
            self._sold(entry, released(self.batch, ledger, event))
        if type(event) in MOVES:
            became = lot_rows(
                event, owner=ledger.owner, partition=entry.partition, offset=entry.offset, first=head.became,
                recorded_at=entry.recorded_at,
            )  # fmt: skip
            head.became += len(became)
            self.batch.lot_history += became
            count(self.batch.kpis, ledger, event, entry.recorded_at)
        if type(event) is RecallOpened:
            self.batch.recall_runs += recall_runs(
                ledger, event, partition=entry.partition, offset=entry.offset, first=0, asked_at=entry.recorded_at
            )
        if isinstance(event, ShipmentConfirmed | ShipmentImported | ShipmentVoided):
            rows = shipment_lines(ledger, event, entry.partition, entry.offset, first=head.shipped)
            head.shipped += len(rows)
            self.batch.shipment_lines += rows

    def _sold(self, entry: Entry, size: int) -> None:
        """Raise `OutgoingTooLarge` when what the buyer is to be told is more than is read: he would not hear of it."""
        if size > self._own_bytes_max:
            reached("message_bytes_max")
            raise OutgoingTooLarge(entry, size, self._own_bytes_max)

    def advance(self, head: Head) -> PartitionBatch:
        """Return a partition's claim as it was and as it will be."""
        before, last = head.state.claim, head.last
        after = replace(
            before,
            next_offset=last.offset + 1,
            today=dict(head.state.sites.today),
            chain=head.chain,
            broadcast_seen=head.broadcast_seen,
            turned=dict(head.state.sites.turned),
            broadcast_answered=head.answered,
            append_time=max(last.recorded_at, before.append_time or last.recorded_at),
            last_append_time=last.recorded_at,
            last_message_id=message_id_of(last.headers),
            relay_position=max(before.relay_position, self._positions.get(before.partition, 0)),
        )
        return PartitionBatch(before, after)
