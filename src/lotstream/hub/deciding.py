"""One batch decided in memory: every record's events, rows and messages, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from lotstream.contracts.cloudevents import message_id_of
from lotstream.contracts.decode import Decoded, Undecodable
from lotstream.contracts.outgoing import Outgoing, answer, messages, refused
from lotstream.domain.apply import apply
from lotstream.domain.broadcasts import apply_broadcast, decide_broadcast
from lotstream.domain.codes import DeadLetterCode, Refusal
from lotstream.domain.commands import ContinueDay, Moment, PlaceOrder
from lotstream.domain.decide import decide
from lotstream.domain.events import (
    CustomerDefined,
    Event,
    ItemDefined,
    OrderChanged,
    OrderRecorded,
    OwnerDefined,
    SettingsChanged,
    ShipmentConfirmed,
)
from lotstream.domain.ledger import Ledger
from lotstream.hub.dead_letters import dead_letter
from lotstream.hub.ids import decision_id, outgoing_id
from lotstream.hub.records import Entry
from lotstream.hub.state import PartitionState
from lotstream.hub.traces import shipment_lines
from lotstream.store.journal import journal_row
from lotstream.store.rows import (
    Batch,
    IntakeRow,
    MessageKey,
    OutboxRow,
    Outcome,
    PartitionBatch,
    PersonRow,
)

#: Log numbers stand above offsets in ``Moment.arrival``.
OFFSET_BITS = 48
#: Events after which waiting orders, or what is promised, may be judged otherwise.
RULES = (OwnerDefined, SettingsChanged, ItemDefined, CustomerDefined)
#: Outcome of an order message that was refused.
REFUSED = "refused"
Coordinates = tuple[int, int]
"""(partition, offset) of an input record."""


class OutgoingTooLarge(Exception):
    """A record leads to a message that no topic takes: the record is dead-lettered instead of being half told."""

    def __init__(self, entry: Entry, size: int, size_max: int) -> None:
        super().__init__(f"It leads to a message of {size} bytes, above the limit of {size_max}.")
        self.entry = entry


@dataclass(slots=True)
class _Head:
    """How far one partition has come within the batch."""

    state: PartitionState
    chain: bytes
    broadcast_seen: int
    last: Entry
    #: Journal rows, outgoing messages and shipment lines of the record at hand.
    events: int = 0
    messages: int = 0
    shipped: int = 0


class Deciding:
    """Decides records one by one, in offset order per partition, and piles up what the commit will write."""

    def __init__(
        self,
        states: Mapping[int, PartitionState],
        ledgers: Mapping[str, Ledger],
        *,
        seen: Collection[MessageKey],
        condemned: Mapping[Coordinates, Undecodable],
        positions: Mapping[int, int],
        message_bytes_max: int,
    ) -> None:
        self._states = states
        self._ledgers = ledgers
        self._seen = set(seen)
        #: Relay position per partition.
        self._positions = positions
        self._message_bytes_max = message_bytes_max
        #: Records that were decided before and must not be done, with the reason.
        self._condemned = condemned
        self._heads: dict[int, _Head] = {}
        self._touched: dict[str, Ledger] = {}
        self.batch = Batch(partitions=[])
        #: Decisions on orders by the state they led to.
        self.orders = Counter[str]()

    def decide(self, entries: list[Entry]) -> Batch:
        """Decide all records and return what one commit has to write."""
        for entry in entries:
            self._decide_one(self._head(entry), entry)
        self.batch.partitions = [self._advance(head) for head in self._heads.values()]
        self.batch.ledgers = list(self._touched.values())
        return self.batch

    def _head(self, entry: Entry) -> _Head:
        head = self._heads.get(entry.partition)
        if head is None:
            state = self._states[entry.partition]
            head = _Head(state, state.claim.chain, state.claim.broadcast_seen, entry)
            self._heads[entry.partition] = head
        head.last = entry
        head.events = head.messages = head.shipped = 0
        return head

    def _decide_one(self, head: _Head, entry: Entry) -> None:
        condemned = self._condemned.get((entry.partition, entry.offset))
        if entry.decoded is None:
            # Condemned all the same: the database has refused even the reason why it could not be read.
            reason = condemned or entry.undecodable or Undecodable(DeadLetterCode.SCHEMA, "", "Not read.")
            self._dead_letter(head, entry, reason)
        elif (entry.decoded.source, entry.decoded.message_id) in self._seen:
            self._intake(entry, Outcome.DUPLICATE)
        elif condemned is not None:
            self._dead_letter(head, entry, condemned)
        elif entry.decoded.owner is None:
            self._broadcast(head, entry, entry.decoded)
        else:
            self._command(head, entry, entry.decoded, self._ledgers[entry.decoded.owner])

    def _command(self, head: _Head, entry: Entry, decoded: Decoded, ledger: Ledger) -> None:
        self._continue_days(head, entry, ledger)
        moment = _moment(head.state, entry)
        decided = decide(ledger, decoded.command, moment)
        if isinstance(decided, Refusal):
            self._refuse(head, entry, decoded, ledger, decided)
            return
        for event in decided:
            self._take(head, entry, ledger, event, moment)
        self._seen.add((decoded.source, decoded.message_id))
        if decided:
            self._touched[ledger.owner] = ledger
        if decoded.person is not None:
            self.batch.persons.append(PersonRow(ledger.owner, decoded.person.key, decoded.person.body))
        self._intake(entry, Outcome.DONE)
        self._answer(head, entry, decoded, None)

    def _continue_days(self, head: _Head, entry: Entry, ledger: Ledger) -> None:
        """Decide an owner's part of days and bins its partition has been told of since it was last touched.

        Deciding it again changes nothing, so a ledger that was just loaded is taken through all its sites once. For
        that to be true a change of rules begins it anew: what they now allow or forbid must not depend on when a worker
        was started.
        """
        sites = head.state.sites
        for site in sites.sites:
            told = (sites.today.get(site), sites.stamp)
            if ledger.continued.get(site) == told:
                continue
            ledger.continued[site] = told
            moment = _moment(head.state, entry, part=site)
            decided = decide(ledger, ContinueDay(site), moment)
            for event in () if isinstance(decided, Refusal) else decided:
                self._take(head, entry, ledger, event, moment)
                self._touched[ledger.owner] = ledger

    def _take(self, head: _Head, entry: Entry, ledger: Ledger, event: Event, moment: Moment) -> None:
        self._journal(head, entry, ledger.owner, event)
        state = order_state(event)
        if state is not None:
            self.orders[state] += 1
        apply(ledger, event)
        if isinstance(event, RULES):
            ledger.continued.clear()
        for message in messages(ledger, event, moment):
            self._publish(head, entry, message)
        if isinstance(event, ShipmentConfirmed):
            rows = shipment_lines(ledger, event, entry.partition, entry.offset, first=head.shipped)
            head.shipped += len(rows)
            self.batch.shipment_lines += rows

    def _broadcast(self, head: _Head, entry: Entry, decoded: Decoded) -> None:
        """Take a numbered command for every partition into the partition's own state; an old number changes nothing."""
        number = int(decoded.message_id.partition("/")[0])
        if number <= head.broadcast_seen:
            self._intake(entry, Outcome.DUPLICATE)
            return
        decided = decide_broadcast(head.state.sites, decoded.command, _moment(head.state, entry))
        self._seen.add((decoded.source, decoded.message_id))
        head.broadcast_seen = number
        if isinstance(decided, Refusal):
            self._intake(entry, Outcome.REFUSED, decided)
            return
        for event in decided:
            self._journal(head, entry, None, event)
            apply_broadcast(head.state.sites, event)
        self._intake(entry, Outcome.DONE)

    def _refuse(self, head: _Head, entry: Entry, decoded: Decoded, ledger: Ledger, refusal: Refusal) -> None:
        self._seen.add((decoded.source, decoded.message_id))
        for message in refused(ledger, decoded.command, refusal, _moment(head.state, entry)):
            self._publish(head, entry, message)
        if isinstance(decoded.command, PlaceOrder):
            self.orders[REFUSED] += 1
        self._intake(entry, Outcome.REFUSED, refusal)
        self._answer(head, entry, decoded, refusal)

    def _answer(self, head: _Head, entry: Entry, decoded: Decoded, refusal: Refusal | None) -> None:
        message = answer(decoded, refusal, _moment(head.state, entry))
        if message is not None:
            self._publish(head, entry, message)

    def _dead_letter(self, head: _Head, entry: Entry, reason: Undecodable) -> None:
        row, message = dead_letter(entry, reason, log=head.state.claim.log, bytes_max=self._message_bytes_max)
        self.batch.dead_letters.append(row)
        self.batch.outbox.append(message)
        self._intake(entry, Outcome.DEAD_LETTERED, reason)

    def _intake(self, entry: Entry, outcome: Outcome, why: Refusal | Undecodable | None = None) -> None:
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

    def _journal(self, head: _Head, entry: Entry, owner: str | None, event: Event) -> None:
        """Keep an event as it was decided; encoded before it is applied, since the ledger takes its parts over."""
        row = journal_row(
            event, previous=head.chain, partition=entry.partition, offset=entry.offset, index=head.events, owner=owner,
            recorded_at=entry.recorded_at, today=head.state.sites.today,
        )  # fmt: skip
        head.chain = row.hash
        head.events += 1
        self.batch.journal.append(row)

    def _publish(self, head: _Head, entry: Entry, message: Outgoing) -> None:
        if len(message.value) > self._message_bytes_max:
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

    def _advance(self, head: _Head) -> PartitionBatch:
        before, last = head.state.claim, head.last
        after = replace(
            before,
            next_offset=last.offset + 1,
            today=dict(head.state.sites.today),
            chain=head.chain,
            broadcast_seen=head.broadcast_seen,
            append_time=max(last.recorded_at, before.append_time or last.recorded_at),
            last_append_time=last.recorded_at,
            last_message_id=message_id_of(last.headers),
            relay_position=max(before.relay_position, self._positions.get(before.partition, 0)),
        )
        return PartitionBatch(before, after)


def order_state(event: Event) -> str | None:
    """Return the state an event brings its order to, or None when it concerns no order."""
    if isinstance(event, OrderRecorded | OrderChanged):
        return event.order.state
    return getattr(event, "state", None)


def _moment(state: PartitionState, entry: Entry, *, part: str = "") -> Moment:
    log = state.claim.log
    return Moment(
        entry.recorded_at,
        state.sites.today,
        decision_id(log, entry.partition, entry.offset, part),
        (log << OFFSET_BITS) + entry.offset,
    )
