"""What a batch names or asks that memory does not have: read from Postgres before it is decided."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from lotstream.domain.commands import Command
from lotstream.domain.history import MAY_ASK, asks_history, documents_answered, orders_answered, questions
from lotstream.domain.ledger import Sites
from lotstream.domain.model import Question
from lotstream.domain.named import documents_opened, orders_named, receipts_named, serials_named
from lotstream.domain.recounting import counted_now
from lotstream.domain.within import documents_within, orders_within, serials_within
from lotstream.hub.aside import may_take_long
from lotstream.hub.ledgers import LedgerStore
from lotstream.hub.records import Entry
from lotstream.store.rows import OwnerOrder, OwnerReceipt, OwnerSerial
from lotstream.store.seam import Store

KeyT = TypeVar("KeyT")
#: Has a decision ask what it asks of the past, where that holds nobody up.
Away = Callable[[Callable[[], tuple[Question, ...]]], Awaitable[tuple[Question, ...]]]


@dataclass(frozen=True, slots=True)
class Named:
    """Closed orders, receipts and serial numbers that a batch has looked up or made: in memory until it is in Postgres.

    In the order of the records, as everything that decides which owners are used last: a run can be repeated exactly.
    """

    orders: dict[OwnerOrder, None] = field(default_factory=dict)
    receipts: dict[OwnerReceipt, None] = field(default_factory=dict)
    serials: dict[OwnerSerial, None] = field(default_factory=dict)


def named_by(entries: list[Entry]) -> Named:
    """Return what the commands of a batch name."""
    return Named(_named(entries, orders_named), _named(entries, receipts_named), _named(entries, serials_named))


def asks_to_look_back(entry: Entry) -> bool:
    """Tell whether a record can only be decided when all before it is written."""
    decoded = entry.decoded
    return decoded is not None and decoded.owner is not None and asks_history(decoded.command, entry.recorded_at)


class Lookup:
    """Reads what records name or ask into the ledgers of their owners."""

    def __init__(self, store: Store, ledgers: LedgerStore, *, away: Away, orders_min: int) -> None:
        self._store = store
        self._ledgers = ledgers
        #: Has something asked aside, of an owner with so many orders and stock rows.
        self._away = away
        self._orders_min = orders_min

    async def load(self, entries: list[Entry], named: Named, sites: Mapping[str, Sites]) -> None:
        """Read what a batch needs and memory lacks: whole owners, then documents and closed orders by key.

        ``entries`` are those that may be asked about; ``sites`` is by owner what its partition knows of sites.
        """
        opened = _named(entries, documents_opened)
        await self._ledgers.need(sites, source=self._store)
        await self._load_documents(named, opened)
        for owner, receipt in opened:
            document = self._ledgers[owner].receipts[receipt]
            named.orders.update(((owner, key), None) for key in orders_within(document))
            named.serials.update(((owner, number), None) for number in serials_within(document))
        orders = [name for name in named.orders if self._unknown(name)]
        if orders:
            for (owner, key), order in (await self._store.closed_orders(orders)).items():
                ledger = self._ledgers[owner]
                ledger.closed[key] = None if order is None else counted_now(ledger, order)
        serials = [name for name in named.serials if name[1] not in self._ledgers[name[0]].serials]
        if serials:
            for (owner, number), units in (await self._store.serials(serials)).items():
                self._ledgers[owner].serials[number] = units

    async def look_back(self, entries: Iterable[Entry], named: Named) -> None:
        """Read what a record asks of the past, and what that tells of; it is the first of its batch if any does."""
        for entry in [one for one in entries if one.decoded is not None and type(one.decoded.command) in MAY_ASK]:
            if entry.decoded is not None and asks_to_look_back(entry):
                ledger = self._ledgers[entry.decoded.owner or ""]
                ask = partial(questions, ledger, entry.decoded.command, entry.recorded_at)
                # What is told late is decided once to see what it changes: that takes as long as deciding it.
                is_long = may_take_long(ledger, entry.decoded.command, orders_min=self._orders_min)
                asked = await self._away(ask) if is_long else ask()
                ledger.history = await self._store.history(ledger.owner, asked) if asked else {}
                told_of = [(ledger.owner, key) for key in documents_answered(ledger, entry.decoded.command)]
                await self._read(told_of)
                named.receipts.update(dict.fromkeys(told_of))
                of = dict.fromkeys((ledger.owner, key) for key in orders_answered(ledger, entry.decoded.command))
                named.orders.update(of)
                unknown = [name for name in of if self._unknown(name)]
                for (_, key), order in (await self._store.closed_orders(unknown) if unknown else {}).items():
                    ledger.closed[key] = counted_now(ledger, order)

    async def _load_documents(self, named: Named, opened: dict[OwnerReceipt, None]) -> None:
        """Read the documents that are named; of those that are opened also what they tell of, and so on."""
        await self._read(named.receipts)
        wanted = [*opened]
        while wanted:
            within = [
                (owner, one) for owner, key in wanted for one in documents_within(self._ledgers[owner].receipts[key])
            ]
            wanted = [name for name in dict.fromkeys(within) if name not in opened]
            opened.update(dict.fromkeys(wanted))
            await self._read(wanted)
        named.receipts.update(opened)

    async def _read(self, documents: Iterable[OwnerReceipt]) -> None:
        missing = [(owner, key) for owner, key in documents if key not in self._ledgers[owner].receipts]
        for (owner, key), booked in (await self._store.receipts(missing) if missing else {}).items():
            self._ledgers[owner].receipts[key] = counted_now(self._ledgers[owner], booked)

    def _unknown(self, name: OwnerOrder) -> bool:
        owner, key = name
        ledger = self._ledgers[owner]
        return key not in ledger.orders and key not in ledger.closed


def _named(entries: Iterable[Entry], of: Callable[[Command], tuple[KeyT, ...]]) -> dict[tuple[str, KeyT], None]:
    """Return (owner, key) of everything that the commands of a batch name."""
    return {
        (entry.decoded.owner, key): None
        for entry in entries
        if entry.decoded is not None and entry.decoded.owner is not None
        for key in of(entry.decoded.command)
    }
