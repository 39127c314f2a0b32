"""One batch decided in memory: every record's events, rows and messages, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from lotstream.contracts.cloudevents import HUB_SOURCE, message_id_of
from lotstream.contracts.decode import Decoded, Undecodable
from lotstream.contracts.outgoing import Outgoing, answer, messages, refused
from lotstream.domain.agenda import is_due
from lotstream.domain.apply import apply
from lotstream.domain.broadcasts import apply_broadcast, decide_broadcast
from lotstream.domain.codes import DeadLetterCode, Refusal
from lotstream.domain.commands import (
    AcceptTitle,
    AnswerBroadcast,
    ChangeSettings,
    Command,
    ContinueDay,
    DefineCustomer,
    DefineItem,
    DefineOwner,
    Moment,
    PlaceOrder,
)
from lotstream.domain.decide import decide
from lotstream.domain.events import (
    Event,
    OrderChanged,
    OrderRecorded,
    PersonsErased,
    RecallOpened,
    ShipmentConfirmed,
    ShipmentImported,
    ShipmentVoided,
    TitleReleased,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.movements import MOVES
from lotstream.hub.aside import may_take_long
from lotstream.hub.continuing import note_part
from lotstream.hub.dead_letters import dead_letter
from lotstream.hub.ids import CONTINUED, decision_id, outgoing_id
from lotstream.hub.kpis import count
from lotstream.hub.lot_rows import lot_rows
from lotstream.hub.persons import erased, named
from lotstream.hub.recall_runs import recall_runs
from lotstream.hub.records import EVERYBODY, Entry
from lotstream.hub.state import PartitionState
from lotstream.hub.titles import heard, released
from lotstream.hub.told import answered_by, number_of, why_no_answer, why_not
from lotstream.hub.traces import shipment_lines
from lotstream.ops.limits import reached
from lotstream.store.journal import journal_row
from lotstream.store.rows import Batch, Broadcast, IntakeRow, MessageKey, OutboxRow, Outcome, PartitionBatch
from lotstream.store.state import state_rows

#: Log numbers stand above offsets in ``Moment.arrival``.
OFFSET_BITS = 48
#: Commands that change rules: what they make due is gathered up, so that a thousand of them cost one walk.
RULES = (DefineOwner, ChangeSettings, DefineItem, DefineCustomer)
#: Why a record is dead-lettered that was not read for no reason of its own.
NOT_READ = Undecodable(DeadLetterCode.SCHEMA, "", "Not read.")
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
    #: The last broadcast whose sender was answered.
    answered: int
    last: Entry
    #: Journal rows, outgoing messages, shipment lines and lines of lots' histories of the record at hand.
    events: int = 0
    messages: int = 0
    shipped: int = 0
    became: int = 0


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
        told: Mapping[int, Broadcast],
        continued_orders_max: int,
    ) -> None:
        self._states = states
        #: The numbered rows that broadcasts must agree with.
        self._told = told
        self._continued_orders_max = continued_orders_max
        self._ledgers = ledgers
        self._seen = seen
        #: Messages that this batch does or refuses; copies inside one batch count.
        self.done: set[MessageKey] = set()
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

    def take(self, entries: Sequence[Entry], *, orders_min: int) -> int:
        """Decide the next records of the batch up to one that may take long; returns how many were decided."""
        for number, entry in enumerate(entries):
            if self._may_take_long(entry, orders_min):
                return number
            self._decide_one(self._head(entry), entry)
        return len(entries)

    def take_long(self, entries: Sequence[Entry], *, orders_min: int) -> int:
        """Decide the next record of the batch however long it takes, and those like it; returns how many."""
        for number, entry in enumerate(entries):
            if number and not self._may_take_long(entry, orders_min):
                return number
            self._decide_one(self._head(entry), entry)
        return len(entries)

    def finish(self) -> Batch:
        """Return what one commit has to write."""
        self.batch.partitions = [self._advance(head) for head in self._heads.values()]
        self.batch.state = state_rows(self._touched.values(), self.batch.journal)
        return self.batch

    def _may_take_long(self, entry: Entry, orders_min: int) -> bool:
        decoded = entry.decoded
        if decoded is None or decoded.owner is None:
            return False
        return may_take_long(self._ledgers[decoded.owner], decoded.command, orders_min=orders_min)

    def _head(self, entry: Entry) -> _Head:
        head = self._heads.get(entry.partition)
        if head is None:
            state = self._states[entry.partition]
            head = _Head(state, state.claim.chain, state.claim.broadcast_seen, state.claim.broadcast_answered, entry)
            self._heads[entry.partition] = head
        head.last = entry
        head.events = head.messages = head.shipped = head.became = 0
        return head

    def _decide_one(self, head: _Head, entry: Entry) -> None:
        condemned = self._condemned.get((entry.partition, entry.offset))
        if entry.key == EVERYBODY:
            self._everybody(head, entry, condemned)
        elif entry.decoded is None or entry.decoded.owner is None:
            # Condemned all the same: the database has refused even the reason why it could not be read.
            self._dead_letter(head, entry, condemned or entry.undecodable or NOT_READ)
        elif self._is_repeat((entry.decoded.source, entry.decoded.message_id)):
            self._intake(entry, Outcome.DUPLICATE)
        elif condemned is not None:
            self._dead_letter(head, entry, condemned)
        else:
            self._command(head, entry, entry.decoded, self._ledgers[entry.decoded.owner])
        self._note_heard(entry)

    def _note_heard(self, entry: Entry) -> None:
        decoded = entry.decoded
        if decoded is not None and type(decoded.command) is AcceptTitle and decoded.source == HUB_SOURCE:
            heard(self.batch, decoded.command, decoded.owner or "")

    def _is_repeat(self, key: MessageKey) -> bool:
        return key in self._seen or key in self.done

    def _command(self, head: _Head, entry: Entry, decoded: Decoded, ledger: Ledger) -> None:
        if is_due(ledger, rules=not isinstance(decoded.command, RULES)):
            self._continue(head, entry, decoded.command, ledger)
        moment = _moment(head.state, entry)
        decided = decide(ledger, decoded.command, moment)
        if isinstance(decided, Refusal):
            self._refuse(head, entry, decoded, ledger, decided)
            return
        if decoded.person is not None:
            named(self.batch, ledger, decided, decoded.person)
        if isinstance(decoded.command, ContinueDay):
            note_part(decided)
        for event in decided:
            self._take(head, entry, ledger, event, moment)
        self.done.add((decoded.source, decoded.message_id))
        if decided:
            self._touched[ledger.owner] = ledger
        self._intake(entry, Outcome.DONE)
        self._answer(head, entry, decoded, None)

    def _continue(self, head: _Head, entry: Entry, command: Command, ledger: Ledger) -> None:
        """Decide a part of what an owner has to look at again, before the command that touches it."""
        if isinstance(command, ContinueDay):
            return
        moment = _moment(head.state, entry, part=CONTINUED)
        decided = decide(ledger, ContinueDay(self._continued_orders_max), moment)
        for event in () if isinstance(decided, Refusal) else note_part(decided):
            self._take(head, entry, ledger, event, moment)
            self._touched[ledger.owner] = ledger

    def _take(self, head: _Head, entry: Entry, ledger: Ledger, event: Event, moment: Moment) -> None:
        self._journal(head, entry, ledger.owner, event)
        state = order_state(event)
        if state is not None:
            self.orders[state] += 1
        apply(ledger, event)
        for message in messages(ledger, event, moment):
            self._publish(head, entry, message)
        if type(event) is PersonsErased:
            erased(self.batch, ledger.owner, event)
        elif type(event) is TitleReleased:
            released(self.batch, ledger, event)
        # Most events move nothing, and every order comes through here.
        if type(event) in MOVES:
            became = lot_rows(
                event, owner=ledger.owner, partition=entry.partition, offset=entry.offset, first=head.became,
                recorded_at=entry.recorded_at,
            )  # fmt: skip
            head.became += len(became)
            self.batch.lot_history += became
            count(self.batch.kpis, ledger, event, entry.recorded_at)
        if isinstance(event, RecallOpened):
            self.batch.recall_runs += recall_runs(
                ledger, event, partition=entry.partition, offset=entry.offset, first=0, asked_at=entry.recorded_at
            )
        if isinstance(event, ShipmentConfirmed | ShipmentImported | ShipmentVoided):
            rows = shipment_lines(ledger, event, entry.partition, entry.offset, first=head.shipped)
            head.shipped += len(rows)
            self.batch.shipment_lines += rows

    def _everybody(self, head: _Head, entry: Entry, condemned: Undecodable | None) -> None:
        """Take a numbered command for every partition into the partition's own state; an old number changes nothing."""
        answer_to = answered_by(entry)
        if answer_to is not None and entry.decoded is not None:
            self._answer_broadcast(head, entry, entry.decoded, answer_to, condemned)
            return
        number = number_of(entry)
        if number is not None and number <= head.broadcast_seen:
            self._intake(entry, Outcome.DUPLICATE)
        elif (forged := why_not(entry, self._told.get(number or 0), seen=head.broadcast_seen)) is not None:
            self._disown(head, entry, condemned or entry.undecodable or forged)
        else:
            # Heard, whatever becomes of it: what nobody can read must not keep back what was told after it.
            head.broadcast_seen += 1
            reason = condemned or entry.undecodable
            if reason is None and entry.decoded is not None:
                self._broadcast(head, entry, entry.decoded)
            else:
                self._dead_letter(head, entry, reason or NOT_READ)
                # By its name the intake shows that this number was heard.
                name = {"source": HUB_SOURCE, "message_id": f"{number}/{entry.partition}"}
                self.batch.intake[-1] = structs.replace(self.batch.intake[-1], **name)

    def _broadcast(self, head: _Head, entry: Entry, decoded: Decoded) -> None:
        moment = _moment(head.state, entry)
        decided = decide_broadcast(head.state.sites, decoded.command, moment, number=head.broadcast_seen)
        self.done.add((decoded.source, decoded.message_id))
        if isinstance(decided, Refusal):
            self._intake(entry, Outcome.REFUSED, decided)
            return
        for event in decided:
            self._journal(head, entry, None, event)
            apply_broadcast(head.state.sites, event)
        self._intake(entry, Outcome.DONE)

    def _answer_broadcast(
        self, head: _Head, entry: Entry, decoded: Decoded, command: AnswerBroadcast, condemned: Undecodable | None
    ) -> None:
        """Answer whoever told every partition something: all of them have passed it."""
        if command.number <= head.answered:
            self._intake(entry, Outcome.DUPLICATE)
            return
        forged = why_no_answer(entry, command.number, seen=head.broadcast_seen, answered=head.answered)
        if condemned is not None or forged is not None:
            self._disown(head, entry, condemned or forged or NOT_READ)
            return
        head.answered += 1
        self.done.add((decoded.source, decoded.message_id))
        outcome = Outcome.DONE if command.refusal is None else Outcome.REFUSED
        self._intake(entry, outcome, command.refusal)
        self._answer(head, entry, decoded, command.refusal)

    def _refuse(self, head: _Head, entry: Entry, decoded: Decoded, ledger: Ledger, refusal: Refusal) -> None:
        self.done.add((decoded.source, decoded.message_id))
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

    def _disown(self, head: _Head, entry: Entry, reason: Undecodable) -> None:
        """Dead-letter what is not the hub's own although it says so; the intake keeps no name that is not true."""
        self._dead_letter(head, replace(entry, decoded=None), reason)

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

    def _advance(self, head: _Head) -> PartitionBatch:
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
