"""What happens when a batch commits: duplicates found, owners loaded, records decided, one transaction.

Deciding and writing are apart, so that `lotstream.hub.pipeline` may decide a batch while the one before it is being
written. What the two must not lose of each other is kept here: the messages that a batch being written has done, the
orders and receipts it has closed or looked up, and its owners.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from lotstream.contracts.decode import Undecodable
from lotstream.contracts.limits import MESSAGE_BYTES_MAX
from lotstream.domain.ledger import Sites
from lotstream.domain.model import SerialState
from lotstream.errors import LogMismatch
from lotstream.hub.aside import Aside, OnThread
from lotstream.hub.deciding import WITHOUT_PART, Coordinates, Deciding
from lotstream.hub.ledgers import LedgerStore
from lotstream.hub.lookup import Lookup, Named, named_by
from lotstream.hub.records import Entry, message_keys
from lotstream.hub.state import PartitionState
from lotstream.hub.titles import seal_for
from lotstream.hub.told import rows_told
from lotstream.ops.batch import BatchWatch
from lotstream.ops.crash import CrashPoint, crash_point
from lotstream.ops.metrics import Stage
from lotstream.store.rows import Batch, MessageKey
from lotstream.store.seam import Store

T = TypeVar("T")

RECORDS_AT_ONCE: Final = 25
"""Records decided before the event loop may turn to what else there is: some five milliseconds of work."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A batch that memory has taken in and Postgres has not."""

    entries: list[Entry]
    batch: Batch
    #: Messages it did or refused.
    done: frozenset[MessageKey]
    owners: tuple[str, ...]
    named: Named
    #: Partitions that are behind their today: what they publish waits.
    kept_back: frozenset[int]
    #: Decisions on orders by the state they led to.
    orders: Counter[str]
    watch: BatchWatch


class CommitUnit:
    """Takes batches of records to Postgres; knows nothing of Kafka."""

    def __init__(
        self,
        store: Store,
        ledgers: LedgerStore,
        states: dict[int, PartitionState],
        *,
        reread: Callable[[set[int]], Awaitable[None]],
        positions: Callable[[], dict[int, int]],
        behind: Callable[[Sites], bool],
        message_bytes_max: int,
        continued_orders_max: int,
        own_bytes_max: int = MESSAGE_BYTES_MAX,
        aside: Aside | None = None,
    ) -> None:
        self._store = store
        self._ledgers = ledgers
        self._states = states
        #: Reads claims and sites of partitions again after a failed batch.
        self._reread = reread
        #: Relay positions, copied to Postgres with each batch.
        self._positions = positions
        #: Tells whether a day of some site should have been opened by now.
        self._behind = behind
        self._message_bytes_max = message_bytes_max
        self._continued_orders_max = continued_orders_max
        #: What the hub may say to an owner in one message: no more than is read.
        self._own_bytes_max = own_bytes_max
        #: What batches name that are not in Postgres yet, the one being decided included.
        self._named: list[Named] = []
        #: Where long decisions are made.
        self._aside = aside or OnThread()
        self._lookup = Lookup(store, ledgers, away=self._away, orders_min=self._aside.orders_min)
        #: True while ledgers and sites belong to a decision that is made aside.
        self._is_away = False
        #: Batches that were written meanwhile: memory lets go of what they needed afterwards.
        self._written: list[Decided] = []

    async def decide(
        self,
        entries: list[Entry],
        *,
        condemned: Mapping[Coordinates, Undecodable],
        done: Collection[MessageKey] = (),
        read_s: float = 0.0,
    ) -> Decided:
        """Decide records in offset order per partition and take the outcome into memory.

        ``done`` are the messages of a batch that is still being written; ``read_s`` is how long decoding took. Raises
        `LogMismatch` when an offset is not the expected one and `OutgoingTooLarge`; memory must be forgotten then.
        """
        self._check_offsets(entries)
        watch = BatchWatch()
        watch.add(Stage.DECODE, read_s)
        # Nothing is asked about what is dead-lettered anyway: the question may be what the database refuses.
        asked = [one for one in entries if condemned.get((one.partition, one.offset), WITHOUT_PART) is WITHOUT_PART]
        named = named_by(asked)
        self._named.append(named)
        with watch.stage(Stage.DEDUPE):
            seen = await self._store.seen(message_keys(entries))
            told = await rows_told(entries, store=self._store)
            seal = await seal_for(entries, store=self._store)
        with watch.stage(Stage.LOAD):
            await self._lookup.load(asked, named, self._sites_of(entries))
            await self._lookup.look_back(asked, named)
        with watch.stage(Stage.DECIDE):
            # A decision that is made aside looks up nothing in a table that others change meanwhile.
            ledgers = {owner: self._ledgers[owner] for owner in _owners(entries)}
            deciding = Deciding(
                self._states, ledgers, seen=seen.union(done), condemned=condemned, positions=self._positions(),
                message_bytes_max=self._message_bytes_max, told=told, seal=seal,
                continued_orders_max=self._continued_orders_max, own_bytes_max=self._own_bytes_max,
            )  # fmt: skip
            batch = await self._decide_all(deciding, entries)
            owners = _owners(entries)
            self._advance(batch, owners, named)
        kept_back = frozenset(p.after.partition for p in batch.partitions if self._is_behind(p.after.partition))
        return Decided(entries, batch, frozenset(deciding.done), owners, named, kept_back, deciding.orders, watch)

    async def _decide_all(self, deciding: Deciding, entries: list[Entry]) -> Batch:
        """Decide records one after the other; those that may take long aside, and so what is made of all of them."""
        at, was_long, orders_min = 0, False, self._aside.orders_min
        while at < len(entries):
            next_ones = entries[at : at + RECORDS_AT_ONCE]
            taken = deciding.take(next_ones, orders_min=orders_min)
            # The transaction of the batch before goes on meanwhile.
            await asyncio.sleep(0)
            if taken == 0:
                was_long = True
                taken = await self._away(partial(deciding.take_long, next_ones, orders_min=orders_min))
            at += taken
        return await self._away(deciding.finish) if was_long else deciding.finish()

    async def _away(self, work: Callable[[], T]) -> T:
        """Have something decided aside; what is written meanwhile is let go of when memory is our own again."""
        self._is_away = True
        try:
            return await self._aside.run(work)
        finally:
            self._is_away = False
            written, self._written = self._written, []
            for decided in written:
                self._let_go(decided)

    async def write(self, decided: Decided) -> None:
        """Write a batch in one transaction, and let memory go of what only it needed.

        Raises `ClaimLost` and `ConstraintViolated`; nothing is written then, and memory must be forgotten.
        """
        with decided.watch.stage(Stage.COMMIT):
            crash_point(CrashPoint.BEFORE_TRANSACTION)
            await self._store.commit(decided.batch)
        crash_point(CrashPoint.AFTER_COMMIT)
        for part in decided.batch.partitions:
            self._states[part.after.partition].written = part.after.next_offset
        if self._is_away:
            self._written.append(decided)
        else:
            self._let_go(decided)

    def _let_go(self, decided: Decided) -> None:
        """Let memory go of what only a batch needed that is written now."""
        self._ledgers.settled(decided.owners)
        self._named.remove(decided.named)
        for owner, order in decided.named.orders:
            ledger = self._ledgers[owner]
            if order not in ledger.touched.orders and not any((owner, order) in o.orders for o in self._named):
                ledger.closed.pop(order, None)
        for owner, receipt in decided.named.receipts:
            if not any((owner, receipt) in other.receipts for other in self._named):
                self._ledgers[owner].receipts.pop(receipt, None)
        for owner in decided.owners:
            if owner in self._ledgers:
                self._forget_serials(owner)

    def _forget_serials(self, owner: str) -> None:
        """Let go of serial numbers that no open order speaks of and no batch under way names, but for held stock."""
        ledger = self._ledgers[owner]
        numbers = ledger.derived.numbers if ledger.derived else None
        spoken_of = () if numbers is None else numbers.all()
        if len(ledger.serials) > len(spoken_of):
            for number in ledger.serials.keys() - spoken_of:
                units = ledger.serials[number].values()
                held = any(unit.holds and unit.state is SerialState.IN_STOCK for unit in units)
                if not held and not any((owner, number) in other.serials for other in self._named):
                    del ledger.serials[number]

    async def forget(self, entries: Iterable[Entry]) -> None:
        """Drop what batches that failed may have changed in memory: their owners and their partitions' own state.

        No batch may be decided or written meanwhile; what was decided on top of a failed one is forgotten with it.
        """
        entries = list(entries)
        self._named.clear()
        self._ledgers.drop(_owners(entries))
        await self._reread({e.partition for e in entries})

    def _sites_of(self, entries: Iterable[Entry]) -> dict[str, Sites]:
        return {e.decoded.owner: self._states[e.partition].sites for e in entries if e.decoded and e.decoded.owner}

    def _advance(self, batch: Batch, owners: Iterable[str], named: Named) -> None:
        """Go on in memory from where this batch ends; orders it has closed are looked for there until it is written."""
        for part in batch.partitions:
            self._states[part.after.partition].claim = part.after
        for owner in owners:
            ledger = self._ledgers[owner]
            closed = sorted(key for key in ledger.touched.orders if key in ledger.closed)
            named.orders.update(((owner, key), None) for key in closed)
            named.serials.update(((owner, key.number), None) for key in sorted(ledger.touched.serials))
            named.receipts.update(((owner, key), None) for key in sorted(ledger.touched.receipts))
            ledger.taken()

    def _is_behind(self, partition: int) -> bool:
        return self._behind(self._states[partition].sites)

    def _check_offsets(self, entries: list[Entry]) -> None:
        expected: dict[int, int] = {}
        for entry in entries:
            want = expected.get(entry.partition, self._states[entry.partition].claim.next_offset)
            if entry.offset != want:
                raise LogMismatch(
                    f"Partition {entry.partition} of the inbound topic came with offset {entry.offset} where {want} "
                    "was expected: the topic is compacted, transactional or not the one Postgres knows."
                )
            expected[entry.partition] = want + 1


def _owners(entries: Iterable[Entry]) -> tuple[str, ...]:
    return tuple({e.decoded.owner: None for e in entries if e.decoded and e.decoded.owner})
