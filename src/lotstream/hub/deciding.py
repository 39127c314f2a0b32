"""One batch decided in memory: every record's events, rows and messages, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from msgspec import structs

from lotstream.contracts.cloudevents import HUB_SOURCE
from lotstream.contracts.decode import Decoded, Undecodable
from lotstream.contracts.outgoing import answer, messages, refused
from lotstream.contracts.refused_facts import as_sent
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
)
from lotstream.domain.ledger import Ledger
from lotstream.hub.aside import may_take_long
from lotstream.hub.continuing import note_part
from lotstream.hub.ids import CONTINUED, decision_id
from lotstream.hub.persons import named
from lotstream.hub.records import EVERYBODY, Entry
from lotstream.hub.state import PartitionState
from lotstream.hub.titles import heard, why_not_sealed
from lotstream.hub.told import answered_by, number_of, why_no_answer, why_not
from lotstream.hub.written import NOTED, Head, OutgoingTooLarge, PartTooLarge, Written
from lotstream.store.rows import Batch, Broadcast, MessageKey, Outcome
from lotstream.store.state import state_rows

#: Log numbers stand above offsets in ``Moment.arrival``.
OFFSET_BITS = 48
#: Commands that change rules: what they make due is gathered up, so that a thousand of them cost one walk.
RULES = (DefineOwner, ChangeSettings, DefineItem, DefineCustomer)
#: Why a record is dead-lettered that was not read for no reason of its own.
NOT_READ = Undecodable(DeadLetterCode.SCHEMA, "", "Not read.")
#: Said of a record that is decided without the part before it, which leads to a message that no topic takes.
WITHOUT_PART = Undecodable(DeadLetterCode.TOO_LARGE, "", "Decided without what was to be looked at again before it.")
#: Outcome of an order message that was refused.
REFUSED = "refused"
Coordinates = tuple[int, int]
"""(partition, offset) of an input record."""


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
        seal: bytes,
        continued_orders_max: int,
        own_bytes_max: int,
    ) -> None:
        self._states = states
        #: The numbered rows that broadcasts must agree with.
        self._told = told
        #: What the hub's own messages to an owner are sealed with.
        self._seal = seal
        self._continued_orders_max = continued_orders_max
        self._ledgers = ledgers
        self._seen = seen
        #: Messages that this batch does or refuses; copies inside one batch count.
        self.done: set[MessageKey] = set()
        #: Records that were decided before and must not be done, with the reason.
        self._condemned = condemned
        self._heads: dict[int, Head] = {}
        self._touched: dict[str, Ledger] = {}
        self._written = Written(positions, message_bytes_max, own_bytes_max=own_bytes_max)
        self.batch = self._written.batch
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
        self.batch.partitions = [self._written.advance(head) for head in self._heads.values()]
        self.batch.state = state_rows(self._touched.values(), self.batch.journal)
        return self.batch

    def _may_take_long(self, entry: Entry, orders_min: int) -> bool:
        decoded = entry.decoded
        if decoded is None or decoded.owner is None:
            return False
        return may_take_long(self._ledgers[decoded.owner], decoded.command, orders_min=orders_min)

    def _head(self, entry: Entry) -> Head:
        head = self._heads.get(entry.partition)
        if head is None:
            state = self._states[entry.partition]
            head = Head(state, state.claim.chain, state.claim.broadcast_seen, state.claim.broadcast_answered, entry)
            self._heads[entry.partition] = head
        head.last = entry
        head.events = head.messages = head.shipped = head.became = 0
        return head

    def _decide_one(self, head: Head, entry: Entry) -> None:
        condemned = self._condemned.get((entry.partition, entry.offset))
        sale = entry.decoded.command if entry.decoded is not None else None
        if type(sale) is AcceptTitle and self._is_forged(head, entry, sale):
            return
        if entry.key == EVERYBODY:
            self._everybody(head, entry, condemned)
        elif entry.decoded is None or entry.decoded.owner is None:
            # Condemned all the same: the database has refused even the reason why it could not be read.
            self._written.dead_letter(head, entry, condemned or entry.undecodable or NOT_READ)
        elif self._is_repeat((entry.decoded.source, entry.decoded.message_id)):
            self._written.intake(entry, Outcome.DUPLICATE)
        elif condemned is not None and condemned is not WITHOUT_PART:
            self._written.dead_letter(head, entry, condemned)
        else:
            ledger = self._ledgers[entry.decoded.owner]
            self._command(head, entry, entry.decoded, ledger, go_on=condemned is None)

    def _is_forged(self, head: Head, entry: Entry, sale: AcceptTitle) -> bool:
        """Dead-letter what bears the hub's name and not its seal; what does is heard, whatever becomes of it."""
        decoded = entry.decoded
        if decoded is None or decoded.source != HUB_SOURCE:
            return False
        forged = why_not_sealed(decoded, sale, entry.value or b"", seal=self._seal)
        if forged is None:
            heard(self.batch, sale, decoded.owner or "")
            return False
        self._disown(head, entry, forged)
        return True

    def _is_repeat(self, key: MessageKey) -> bool:
        return key in self._seen or key in self.done

    def _command(self, head: Head, entry: Entry, decoded: Decoded, ledger: Ledger, *, go_on: bool) -> None:
        if go_on and is_due(ledger, rules=not isinstance(decoded.command, RULES)):
            self._continue(head, entry, decoded.command, ledger)
        moment = _moment(head.state, entry)
        decided = decide(ledger, decoded.command, moment)
        if isinstance(decided, Refusal):
            self._refuse(head, entry, decoded, ledger, as_sent(decoded, decided))
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
        self._written.intake(entry, Outcome.DONE)
        self._answer(head, entry, decoded, None)

    def _continue(self, head: Head, entry: Entry, command: Command, ledger: Ledger) -> None:
        """Decide a part of what an owner has to look at again, before the command that touches it."""
        if isinstance(command, ContinueDay):
            return
        moment = _moment(head.state, entry, part=CONTINUED)
        decided = decide(ledger, ContinueDay(self._continued_orders_max), moment)
        try:
            for event in () if isinstance(decided, Refusal) else note_part(decided):
                self._take(head, entry, ledger, event, moment)
                self._touched[ledger.owner] = ledger
        except OutgoingTooLarge as error:
            raise PartTooLarge(entry, error.size, error.size_max) from error

    def _take(self, head: Head, entry: Entry, ledger: Ledger, event: Event, moment: Moment) -> None:
        self._written.journal(head, entry, ledger.owner, event)
        state = order_state(event)
        if state is not None:
            self.orders[state] += 1
        apply(ledger, event)
        for message in messages(ledger, event, moment):
            self._written.publish(head, entry, message)
        if type(event) in NOTED:
            self._written.note(head, entry, ledger, event)

    def _everybody(self, head: Head, entry: Entry, condemned: Undecodable | None) -> None:
        """Take a numbered command for every partition into the partition's own state; an old number changes nothing."""
        answer_to = answered_by(entry)
        if answer_to is not None and entry.decoded is not None:
            self._answer_broadcast(head, entry, entry.decoded, answer_to, condemned)
            return
        number = number_of(entry)
        if number is not None and number <= head.broadcast_seen:
            self._written.intake(entry, Outcome.DUPLICATE)
        elif (forged := why_not(entry, self._told.get(number or 0), seen=head.broadcast_seen)) is not None:
            self._disown(head, entry, condemned or entry.undecodable or forged)
        else:
            # Heard, whatever becomes of it: what nobody can read must not keep back what was told after it.
            head.broadcast_seen += 1
            reason = condemned or entry.undecodable
            if reason is None and entry.decoded is not None:
                self._broadcast(head, entry, entry.decoded)
            else:
                self._written.dead_letter(head, entry, reason or NOT_READ)
                # By its name the intake shows that this number was heard.
                name = {"source": HUB_SOURCE, "message_id": f"{number}/{entry.partition}"}
                self.batch.intake[-1] = structs.replace(self.batch.intake[-1], **name)

    def _broadcast(self, head: Head, entry: Entry, decoded: Decoded) -> None:
        moment = _moment(head.state, entry)
        decided = decide_broadcast(head.state.sites, decoded.command, moment, number=head.broadcast_seen)
        self.done.add((decoded.source, decoded.message_id))
        if isinstance(decided, Refusal):
            self._written.intake(entry, Outcome.REFUSED, as_sent(decoded, decided))
            return
        for event in decided:
            self._written.journal(head, entry, None, event)
            apply_broadcast(head.state.sites, event)
        self._written.intake(entry, Outcome.DONE)

    def _answer_broadcast(
        self, head: Head, entry: Entry, decoded: Decoded, command: AnswerBroadcast, condemned: Undecodable | None
    ) -> None:
        """Answer whoever told every partition something: all of them have passed it."""
        if command.number <= head.answered:
            self._written.intake(entry, Outcome.DUPLICATE)
            return
        forged = why_no_answer(entry, command.number, seen=head.broadcast_seen, answered=head.answered)
        if condemned is not None or forged is not None:
            self._disown(head, entry, condemned or forged or NOT_READ)
            return
        head.answered += 1
        self.done.add((decoded.source, decoded.message_id))
        outcome = Outcome.DONE if command.refusal is None else Outcome.REFUSED
        self._written.intake(entry, outcome, command.refusal)
        self._answer(head, entry, decoded, command.refusal)

    def _refuse(self, head: Head, entry: Entry, decoded: Decoded, ledger: Ledger, refusal: Refusal) -> None:
        self.done.add((decoded.source, decoded.message_id))
        for message in refused(ledger, decoded.command, refusal, _moment(head.state, entry)):
            self._written.publish(head, entry, message)
        if isinstance(decoded.command, PlaceOrder):
            self.orders[REFUSED] += 1
        self._written.intake(entry, Outcome.REFUSED, refusal)
        self._answer(head, entry, decoded, refusal)

    def _answer(self, head: Head, entry: Entry, decoded: Decoded, refusal: Refusal | None) -> None:
        message = answer(decoded, refusal, _moment(head.state, entry))
        if message is not None:
            self._written.publish(head, entry, message)

    def _disown(self, head: Head, entry: Entry, reason: Undecodable) -> None:
        """Dead-letter what is not the hub's own although it says so; the intake keeps no name that is not true."""
        self._written.dead_letter(head, replace(entry, decoded=None), reason)


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
