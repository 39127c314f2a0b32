"""A partition with several owners and sites, whose state is written and read as a database would.

What is decided is applied three times: to the ledgers that decide, to others that know nothing but the journal as it is
written, and by ledgers that are read anew, rows in any order, before each decision. All have to agree, always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from random import Random
from typing import Any, NamedTuple, TypeVar

from lotstream.domain.apply import apply
from lotstream.domain.applying.serials import serials_in
from lotstream.domain.booked_under import documents_of
from lotstream.domain.broadcasts import BROADCAST_EVENTS, apply_broadcast, decide_broadcast
from lotstream.domain.codes import Refusal
from lotstream.domain.commands import Command, Moment
from lotstream.domain.decide import BROADCASTS, decide
from lotstream.domain.events import DiscrepancyNoted, Event, StockCounted
from lotstream.domain.history import documents_answered, orders_answered, questions
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import (
    Customer,
    Item,
    Lot,
    Order,
    OrderKey,
    OwnerClock,
    ReceiptKey,
    Serial,
    SerialKey,
    Settings,
    StockRow,
    document_class,
)
from lotstream.domain.move import Move
from lotstream.domain.movements import moves_of
from lotstream.domain.named import documents_opened, orders_named, receipts_named, serials_named
from lotstream.domain.progress import Progress
from lotstream.domain.recounting import counted_now, to_write
from lotstream.domain.within import documents_within, orders_within, serials_within
from lotstream.store.codec import decode, decode_event, encode, encode_event
from lotstream.testing.history import Past

TODAY = date(2026, 9, 1)
#: When the first record was appended; each later one an hour after the one before.
BEGAN = datetime(2026, 9, 1, 8, tzinfo=UTC)

Written = dict[str, dict[Any, Any]]
"""By table, each row's key and what is written of it."""

T = TypeVar("T")


class Told(NamedTuple):
    """A message and what followed from it."""

    owner: str | None
    command: Command
    moment: Moment
    #: Names and JSON of the events; None when it was refused.
    events: tuple[tuple[str, bytes], ...] | None


@dataclass
class Books:
    """One owner's ledger, and what is kept of it outside of memory."""

    ledger: Ledger
    closed: dict[OrderKey, bytes] = field(default_factory=dict)
    documents: dict[ReceiptKey, bytes] = field(default_factory=dict)
    serials: dict[SerialKey, bytes] = field(default_factory=dict)
    #: What became of goods, and when.
    moved: list[tuple[datetime, Move]] = field(default_factory=list)
    #: What was counted, as it was told.
    counts: list[StockCounted] = field(default_factory=list)

    def decide(self, command: Command, moment: Moment) -> tuple[Event, ...] | Refusal:
        """Return what follows from a command, after reading what it names."""
        for name in receipts_named(command):
            self._read_document(name)
        opened = self._opened(command)
        within = [self.ledger.receipts[name] for name in opened]
        for key in (*orders_named(command), *(key for document in within for key in orders_within(document))):
            self._read_order(key)
        numbers = (self.ledger.derived or self.ledger.index()).numbers
        told = {number for document in within for number in serials_within(document)}
        told |= {key.number for key, body in self.serials.items() if b'"holds":' in body}
        for number in sorted({*serials_named(command), *told, *(() if numbers is None else numbers.all())}):
            self._read_serial(number)
        self.ledger.history = {}
        if asked := questions(self.ledger, command, moment.recorded_at):
            past = Past(self.shipped().values(), self._order, self.orders, self.moved, self.counts)
            self.ledger.history = past.answers(asked)
            for name in documents_answered(self.ledger, command):
                self._read_document(name)
            for key in orders_answered(self.ledger, command):
                self._read_order(key)
        return decide(self.ledger, command, moment)

    def play(self, events: Iterable[Event], *, follows: bool = False) -> None:
        """Apply events, and write what they change; who only follows the journal has not read what they concern."""
        for event in events:
            if follows:
                self._read_within(event)
            apply(self.ledger, event)
            self.counts += [event] if isinstance(event, StockCounted) else []
            at = getattr(event, "at", None)
            self.moved += [] if at is None else [(at, move) for move in moves_of(event)]
        self._settle()

    def written(self) -> Written:
        """Return everything that is kept of the owner, as it is written."""
        ledger = self.ledger
        records: dict[str, dict[Any, Any]] = {
            "items": ledger.items, "customers": ledger.customers, "lots": ledger.lots, "stock": ledger.stock,
            "orders": ledger.orders,
        }  # fmt: skip
        tables = {name: {key: encode(record) for key, record in rows.items()} for name, rows in records.items()}
        settled = {"settings": ledger.settings, "progress": ledger.progress, "clock": ledger.clock}
        return {
            **tables, "owner": {name: encode(record) for name, record in settled.items()}, "closed": {**self.closed},
            "documents": {**self.documents}, "serials": {**self.serials}, "cancels": {**ledger.cancels},
            "told": {name: units for name, units in ledger.told.items() if units},
            "last_shipped": {**ledger.last_shipped}, "weights": {**ledger.weights},
        }  # fmt: skip

    def reread(self, sites: Sites, chance: Random) -> Books:
        """Return the same books as a worker has them that was started just now, rows in an order that means nothing."""
        tables = {
            name: dict(chance.sample(sorted(rows.items(), key=repr), len(rows)))
            for name, rows in self.written().items()
        }
        ledger = Ledger(self.ledger.owner, sites)
        for name, kind in _KINDS.items():
            setattr(ledger, name, {key: decode(body, kind) for key, body in tables[name].items()})
        owner = tables["owner"]
        ledger.settings = decode(owner["settings"], Settings)
        ledger.progress = decode(owner["progress"], Progress)
        ledger.clock = decode(owner["clock"], OwnerClock)
        ledger.cancels, ledger.told, ledger.last_shipped = tables["cancels"], tables["told"], tables["last_shipped"]
        ledger.weights = tables["weights"]
        parts = (part for order in ledger.orders.values() for line in order.lines for part in line.reservations)
        ledger.has_waves = any(part.wave is not None for part in parts)
        ledger.index()
        return Books(ledger, tables["closed"], tables["documents"], tables["serials"], self.moved, self.counts)

    def orders(self) -> list[Order]:
        """Return every order, open or closed."""
        return [*self.ledger.orders.values(), *(order for key in self.closed if (order := self._closed(key)))]

    def shipped(self) -> dict[ReceiptKey, Any]:
        """Return what is booked under documents."""
        documents = {key: decode(body, document_class(key.kind)) for key, body in self.documents.items()}
        return {key: counted_now(self.ledger, document) for key, document in documents.items()}

    def _opened(self, command: Command) -> list[ReceiptKey]:
        """Return the documents of which a command needs what they tell of, read as the hub reads them and no others."""
        opened = [*documents_opened(command)]
        for name in opened:
            self._read_document(name)
            opened += [one for one in documents_within(self.ledger.receipts[name]) if one not in opened]
        return opened

    def _read_within(self, event: Event) -> None:
        for unit in serials_in(event):
            self._read_serial(unit.number)
        key = getattr(event, "key", None)
        if isinstance(key, OrderKey):
            self._read_order(key)
        for document in documents_of(event):
            self._read_document(document)

    def kept(self, kind: str, of: type[T]) -> dict[str, T]:
        """Return the documents of a kind by number."""
        written = {key.number: decode(body, of) for key, body in self.documents.items() if key.kind == kind}
        return {number: counted_now(self.ledger, document) for number, document in written.items()}

    def _order(self, key: OrderKey) -> Order | None:
        return self.ledger.orders.get(key) or self._closed(key)

    def _closed(self, key: OrderKey) -> Order | None:
        body = self.closed.get(key)
        return None if body is None else counted_now(self.ledger, decode(body, Order))

    def _read_order(self, key: OrderKey) -> None:
        if key not in self.ledger.orders:
            self.ledger.closed.setdefault(key, self._closed(key))

    def _read_document(self, key: ReceiptKey) -> None:
        if key not in self.ledger.receipts:
            body = self.documents.get(key)
            known = None if body is None else decode(body, document_class(key.kind))
            self.ledger.receipts[key] = counted_now(self.ledger, known)

    def _read_serial(self, number: str) -> None:
        if number not in self.ledger.serials:
            units = {key.sku: decode(body, Serial) for key, body in self.serials.items() if key.number == number}
            self.ledger.serials[number] = units

    def _settle(self) -> None:
        ledger, touched = self.ledger, self.ledger.touched
        for key in touched.orders:
            self.closed.pop(key, None)
            if key not in ledger.orders:
                self.closed[key] = encode(to_write(ledger, ledger.closed[key]))
        self.documents.update((key, encode(to_write(ledger, ledger.receipts[key]))) for key in touched.receipts)
        self.serials.update((name, encode(ledger.serials[name.number][name.sku])) for name in touched.serials)
        ledger.settle()


_KINDS: dict[str, type] = {"items": Item, "customers": Customer, "lots": Lot, "stock": StockRow, "orders": Order}


class House:
    """Some owners in one partition, and the log they are decided by."""

    def __init__(self, *owners: str) -> None:
        self.sites = Sites()
        self.books = {owner: Books(Ledger(owner, self.sites)) for owner in owners}
        self.log: list[Told] = []

    def moment(self) -> Moment:
        """Return the moment of the next record."""
        number = len(self.log) + 1
        return Moment(BEGAN + timedelta(hours=number), dict(self.sites.today), f"{number:032x}", number)

    def decide(self, owner: str | None, command: Command, moment: Moment) -> tuple[Event, ...] | Refusal:
        """Return what follows from a message; changes nothing."""
        if isinstance(command, BROADCASTS):
            return decide_broadcast(self.sites, command, moment, number=moment.arrival)
        assert owner is not None
        return self.books[owner].decide(command, moment)

    def play(self, owner: str | None, events: Iterable[Event], *, follows: bool = False) -> None:
        """Apply what follows from a message."""
        if owner is not None:
            self.books[owner].play(events, follows=follows)
            return
        for event in events:
            assert isinstance(event, BROADCAST_EVENTS)
            apply_broadcast(self.sites, event)

    def reread(self, chance: Random) -> House:
        """Return the same house as a worker has it that was started just now."""
        again = House()
        sites = self.sites
        again.sites = Sites(dict(sites.sites), dict(sites.locations), dict(sites.today), dict(sites.turned))
        again.books = {owner: books.reread(again.sites, chance) for owner, books in self.books.items()}
        again.log = [*self.log]
        return again

    def written(self, owner: str | None = None) -> tuple[Written, ...]:
        """Return everything that is kept of one owner or of all, and of the sites."""
        sites: Written = {
            "sites": {name: encode(site) for name, site in self.sites.sites.items()},
            "locations": {name: encode(place) for name, place in self.sites.locations.items()},
            "days": {**self.sites.today},
            "turned": {**self.sites.turned},
        }
        return sites, *(books.written() for name, books in self.books.items() if owner in (None, name))


def state_hash(written: tuple[Written, ...]) -> str:
    """Return a hash of what is kept, whatever order it is kept in."""
    said = [[(name, sorted(rows.items(), key=repr)) for name, rows in tables.items()] for tables in written]
    return blake2b(repr(said).encode(), digest_size=16).hexdigest()


def same(one: tuple[Written, ...], other: tuple[Written, ...]) -> bool:
    """Tell whether the same is kept, however it is spelled: what has its default value may be left out."""
    return one == other or _read(one) == _read(other)


def _read(written: tuple[Written, ...]) -> list[object]:
    return [
        {name: {key: _read_one(name, key, body) for key, body in rows.items()} for name, rows in tables.items()}
        for tables in written
    ]


def _read_one(table: str, key: Any, body: Any) -> object:  # noqa: ANN401 - keys and bodies of any table
    if table == "documents":
        return decode(body, document_class(key.kind))
    kind = _KINDS.get(table) or {"closed": Order, "serials": Serial}.get(table)
    return body if kind is None else decode(body, kind)


def as_written(events: Iterable[Event]) -> tuple[tuple[str, bytes], ...]:
    """Return events as the journal has them, each of which is read back as what it is."""
    rows = tuple(encode_event(event)[:2] for event in events)
    for event, row in zip(events, rows, strict=True):
        again = decode_event(*row)
        assert again == event
        assert encode_event(again)[:2] == row
    return rows


def as_read(rows: Iterable[tuple[str, bytes]]) -> list[Event]:
    """Return the events of journal rows."""
    return [decode_event(*row) for row in rows]


class Watched:
    """A house of which every decision is made and applied in several ways, which have to agree."""

    def __init__(self, *owners: str) -> None:
        self.house = House(*owners)
        #: Knows nothing but the journal.
        self.follower = House(*owners)
        self.chance = Random(0)

    def tell(
        self, owner: str | None, command: Command, *, once: Callable[[Command], bool] = lambda _: False
    ) -> tuple[Event, ...] | Refusal:
        """Decide a message and apply what follows, which is returned.

        Deciding changes nothing; a worker that was started just now decides the same. ``once`` tells of which commands
        a repeat, under another id, must change nothing.
        """
        house, moment = self.house, self.house.moment()
        before = house.written()
        events = house.decide(owner, command, moment)
        assert house.written() == before, "deciding has changed something"
        anew = house.reread(self.chance)
        told = None if isinstance(events, Refusal) else as_written(events)
        after_start = anew.decide(owner, command, moment)
        assert after_start == events, f"after a start {after_start}, but {events}"
        house.log.append(Told(owner, command, moment, told))
        if isinstance(events, Refusal):
            assert events.field
            assert events.message.endswith(".")
            return events
        house.play(owner, events)
        self.follower.play(owner, as_read(told or ()), follows=True)
        assert same(self.follower.written(owner), house.written(owner)), "played from the journal it is something else"
        # What was not understood is not booked, and may be once something else is known.
        if once(command) and not any(isinstance(event, DiscrepancyNoted) for event in events):
            self._tell_again(owner, command)
        return events if told is None else tuple(as_read(told))

    def begin(self, owner: str | None, command: Command) -> tuple[Event, ...]:
        """Take in a message with which every story begins, unwatched; returns what follows."""
        moment = self.house.moment()
        events = self.house.decide(owner, command, moment)
        assert not isinstance(events, Refusal)
        told = as_written(events)
        self.house.log.append(Told(owner, command, moment, told))
        self.house.play(owner, events)
        self.follower.play(owner, as_read(told), follows=True)
        return events

    def _tell_again(self, owner: str | None, command: Command) -> None:
        again = self.house.reread(self.chance)
        before = state_hash(again.written(owner))
        events = again.decide(owner, command, again.moment())
        if not isinstance(events, Refusal):
            assert all(isinstance(event, DiscrepancyNoted) for event in events), f"told again it does {events}"
            again.play(owner, events)
        assert state_hash(again.written(owner)) == before
