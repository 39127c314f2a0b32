"""A warehouse made of the ledger alone: scenarios are played in it without Kafka and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime, time

from lotstream.domain.apply import apply
from lotstream.domain.applying.serials import serials_in
from lotstream.domain.booked_under import documents_of
from lotstream.domain.broadcasts import BROADCAST_EVENTS, apply_broadcast, decide_broadcast
from lotstream.domain.codes import Refusal
from lotstream.domain.commands import Command, DefineSite, Moment, OpenDay
from lotstream.domain.decide import BROADCASTS, decide
from lotstream.domain.events import Event, StockCounted
from lotstream.domain.history import documents_answered, orders_answered, questions
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Calendar, Document, Order, OrderKey, ReceiptKey, Serial, SerialKey, Site
from lotstream.domain.move import Move
from lotstream.domain.movements import moves_of
from lotstream.domain.named import documents_opened, orders_named, receipts_named, serials_named
from lotstream.domain.recounting import counted_now, to_write
from lotstream.domain.within import documents_within, orders_within, serials_within
from lotstream.testing.history import Past, move_now
from lotstream.testing.scenarios_messages import SITE

OWNER = "scenario"


class DomainWarehouse:
    """One owner at one site, decided message by message; its journal can be played into a new one."""

    def __init__(self, today: date, *, told: Callable[[Ledger, Event, Moment], None] | None = None) -> None:
        #: Called with each event after it was applied, as what writes messages is; not when a journal is played.
        self._after = told
        self.ledger = Ledger(OWNER, Sites())
        #: Every decision's events in order, as a database would keep them.
        self.journal: list[tuple[Event, ...]] = []
        self._closed: dict[OrderKey, Order] = {}
        #: What is booked under documents, by key.
        self.documents: dict[ReceiptKey, Document] = {}
        self.moved: list[tuple[datetime, Move]] = []
        self.counts: list[StockCounted] = []
        self._serials: dict[str, dict[str, Serial]] = {}
        self._seen: set[str] = set()
        self._arrival = 0
        self._told: dict[str, Command] = {}
        self.tell(DefineSite(Site(SITE, calendar=Calendar.SCRIPTED)))
        self.tell(OpenDay(SITE, today))

    def tell(self, command: Command, *, message: str | None = None) -> Refusal | None:
        """Decide a message and apply what follows; returns its refusal."""
        answer = self.hear(command, message=message)
        return answer if isinstance(answer, Refusal) else None

    def hear(self, command: Command, *, message: str | None = None) -> tuple[Event, ...] | Refusal:
        """Decide a message and apply what follows, which is returned; a message heard before changes nothing."""
        self._arrival += 1
        message = message or f"message-{self._arrival}"
        if message in self._seen:
            return ()
        self._told[message] = command
        moment, events = self.moment(), self.decide(command)
        self._seen.add(message)
        if not isinstance(events, Refusal):
            self._record(events, moment)
        return events

    def decide(self, command: Command) -> tuple[Event, ...] | Refusal:
        """Return what would follow from a command, changing nothing."""
        if isinstance(command, BROADCASTS):
            return decide_broadcast(self.ledger.sites, command, self.moment(), number=self._arrival)
        orders = [*orders_named(command)]
        for receipt in receipts_named(command):
            self.ledger.receipts[receipt] = self._document(receipt)
        documents = [*documents_opened(command)]
        for receipt in documents:
            document = self.ledger.receipts[receipt] = self._document(receipt)
            orders += orders_within(document)
            documents += [one for one in documents_within(document) if one not in documents]
        for order in orders:
            if order not in self.ledger.orders:
                self.ledger.closed[order] = counted_now(self.ledger, self._closed.get(order))
        numbers = (self.ledger.derived or self.ledger.index()).numbers
        told = {number for receipt in documents for number in serials_within(self.ledger.receipts[receipt])}
        for number in {*serials_named(command), *told, *(() if numbers is None else numbers.all())}:
            self._load_serial(number)
        for number in [number for number, units in self._serials.items() if any(one.holds for one in units.values())]:
            self._load_serial(number)
        self.ledger.history = {}
        if asked := questions(self.ledger, command, self.moment().recorded_at):
            documents_now = [*map(self._document, self.documents)]
            past = Past(documents_now, self.order, self.orders, self.moved, self.counts)
            self.ledger.history = past.answers(asked)
            for receipt in documents_answered(self.ledger, command):
                self.ledger.receipts[receipt] = self._document(receipt)
            for order in orders_answered(self.ledger, command):
                if order not in self.ledger.orders:
                    self.ledger.closed[order] = counted_now(self.ledger, self._closed.get(order))
        return decide(self.ledger, command, self.moment())

    def tell_all_again(self) -> None:
        """Deliver every message again under its own id, as a log that is read a second time."""
        for message, command in list(self._told.items()):
            self.tell(command, message=message)

    def restart(self) -> None:
        """Forget everything but the log and the journal, and come back by playing the journal."""
        journal, self.journal = self.journal, []
        self.ledger = Ledger(OWNER, Sites())
        self._closed.clear()
        self.documents.clear()
        self.moved.clear()
        self.counts.clear()
        self._serials.clear()
        for events in journal:
            self._record(events)

    def state(self) -> tuple[object, ...]:
        """Return all that is known, to be compared."""
        ledger = self.ledger
        facts = (ledger.settings, ledger.items, ledger.customers, ledger.lots, ledger.stock, ledger.orders)
        return deepcopy(
            (
                *facts,
                ledger.cancels,
                ledger.progress,
                ledger.clock,
                ledger.told,
                ledger.last_shipped,
                self._closed,
                self.documents,
                self._serials,
                ledger.sites,
            )
        )

    def moment(self) -> Moment:
        """Return the moment of the next decision: midnight of today, UTC."""
        today = self.ledger.sites.today
        day = today.get(SITE, date(2000, 1, 1))
        return Moment(datetime.combine(day, time(), UTC), dict(today), f"{self._arrival:032x}", self._arrival)

    def order(self, key: OrderKey) -> Order | None:
        """Return an order, open or closed."""
        return self.ledger.orders.get(key) or counted_now(self.ledger, self._closed.get(key))

    def orders(self) -> list[Order]:
        """Return every order, open or closed, as they came."""
        closed = {key: counted_now(self.ledger, order) for key, order in self._closed.items()}
        both = {**closed, **self.ledger.orders}
        return sorted(both.values(), key=lambda order: order.arrival)

    def serial(self, key: SerialKey) -> Serial:
        """Return the unit of a serial number; raises `KeyError` when nobody has seen it."""
        return self._serials[key.number][key.sku]

    def _record(self, events: tuple[Event, ...], moment: Moment | None = None) -> None:
        # Copied first: an order in an event is taken over by the ledger and changes with it.
        self.journal.append(deepcopy(events))
        self.counts += [event for event in events if isinstance(event, StockCounted)]
        for event in events:
            self._load(event)
            if isinstance(event, BROADCAST_EVENTS):
                apply_broadcast(self.ledger.sites, event)
            else:
                apply(self.ledger, event)
            self.moved = [(when, move_now(event, move)) for when, move in self.moved]
            at = getattr(event, "at", None) or (None if moment is None else moment.recorded_at)
            self.moved += [(at, move) for move in moves_of(event) if at is not None]
            if self._after is not None and moment is not None:
                self._after(self.ledger, event, moment)
        self._settle()

    def _load(self, event: Event) -> None:
        """Read what an event changes and the ledger has forgotten, as whoever plays a journal must."""
        for unit in serials_in(event):
            self._load_serial(unit.number)
        key = getattr(event, "key", None)
        if isinstance(key, OrderKey) and key not in self.ledger.orders:
            self.ledger.closed.setdefault(key, counted_now(self.ledger, self._closed.get(key)))
        for document in documents_of(event):
            self.ledger.receipts.setdefault(document, self._document(document))

    def _document(self, key: ReceiptKey) -> Document | None:
        return counted_now(self.ledger, self.documents.get(key))

    def _load_serial(self, number: str) -> None:
        self.ledger.serials.setdefault(number, dict(self._serials.get(number, {})))

    def _settle(self) -> None:
        closed = {key: order for key, order in self.ledger.closed.items() if order is not None}
        self._closed.update((key, to_write(self.ledger, order)) for key, order in closed.items())
        self._serials.update((number, units) for number, units in self.ledger.serials.items() if units)
        documents = {key: known for key, known in self.ledger.receipts.items() if known is not None}
        self.documents.update((key, to_write(self.ledger, known)) for key, known in documents.items())
        self.ledger.settle()
