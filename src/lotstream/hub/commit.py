"""What happens when a batch commits: duplicates found, owners loaded, records decided, one transaction.

When the database refuses a row, memory is not believed: the owners and the partitions' own state are read again and
the whole batch is tried once more; then it is halved until the guilty record is found and dead-lettered. A CHECK that
still fails, or more such records than `constraint_failures_max` in ten minutes, means that data or memory is wrong and
not the message: the worker stops.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from lotstream.contracts.decode import Undecodable
from lotstream.domain.codes import DeadLetterCode
from lotstream.domain.commands import Command
from lotstream.domain.decide import orders_named, receipts_named
from lotstream.errors import ConstraintViolated, LogMismatch, StopWorker
from lotstream.hub.deciding import Coordinates, Deciding, OutgoingTooLarge
from lotstream.hub.ledgers import LedgerStore
from lotstream.hub.records import Entry, message_keys
from lotstream.hub.state import PartitionState
from lotstream.hub.told import rows_told
from lotstream.ops.batch import BatchWatch
from lotstream.ops.crash import CrashPoint, crash_point
from lotstream.ops.limits import reached, used
from lotstream.ops.metrics import CONSTRAINT_RETRIES, Stage
from lotstream.store.rows import Batch, OwnerOrder
from lotstream.store.seam import Store

KeyT = TypeVar("KeyT")

logger = structlog.get_logger(__name__)

#: Window in which dead letters by constraint are counted, in seconds.
CONSTRAINT_WINDOW_S = 600.0


@dataclass(frozen=True, slots=True)
class Committed:
    """A batch that is in Postgres, and how long its stages took."""

    batch: Batch
    watch: BatchWatch
    #: Decisions on orders by the state they led to.
    orders: Counter[str]


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
        constraint_failures_max: int,
        message_bytes_max: int,
        continued_orders_max: int,
    ) -> None:
        self._store = store
        self._ledgers = ledgers
        self._states = states
        #: Reads claims and sites of partitions again after a failed batch.
        self._reread = reread
        #: Relay positions, copied to Postgres with each batch.
        self._positions = positions
        self._failures_max = constraint_failures_max
        self._message_bytes_max = message_bytes_max
        self._continued_orders_max = continued_orders_max
        self._failures: deque[float] = deque()

    async def commit(self, entries: list[Entry]) -> list[Committed]:
        """Commit records in offset order per partition; more than one result when the batch had to be halved.

        Raises `StopWorker` when memory or data cannot be trusted, `LogMismatch` when an offset is not the expected one.
        """
        self._check_offsets(entries)
        try:
            return [await self._attempt(entries)]
        except ConstraintViolated as error:
            logger.warning(
                "constraint_violated", constraint=error.constraint, detail=error.detail, records=len(entries)
            )
            CONSTRAINT_RETRIES.inc()
            await self._forget(entries)
        return await self._again(entries)

    async def _again(self, entries: list[Entry]) -> list[Committed]:
        try:
            return [await self._attempt(entries)]
        except ConstraintViolated as error:
            await self._forget(entries)
            if len(entries) == 1:
                return [await self._condemn(entries[0], error)]
        half = len(entries) // 2
        return await self._again(entries[:half]) + await self._again(entries[half:])

    async def _condemn(self, entry: Entry, error: ConstraintViolated) -> Committed:
        """Dead-letter the record that the database refuses, unless the fault must lie with us."""
        now = time.monotonic()
        while self._failures and now - self._failures[0] > CONSTRAINT_WINDOW_S:
            self._failures.popleft()
        self._failures.append(now)
        used("constraint_failures_max", len(self._failures))
        if len(self._failures) > self._failures_max:
            reached("constraint_failures_max")
        if error.check or len(self._failures) > self._failures_max:
            raise StopWorker(
                f"The database refuses record {entry.offset} of partition {entry.partition} ({error.constraint}): "
                "memory or data is wrong, not the message."
            ) from error
        logger.error(
            "constraint_dead_letter", partition=entry.partition, offset=entry.offset, constraint=error.constraint
        )
        reason = Undecodable(
            DeadLetterCode.CONSTRAINT, "", f"The database refuses what this record leads to ({error.constraint})."
        )
        return await self._attempt([entry], condemned={(entry.partition, entry.offset): reason})

    async def _attempt(
        self, entries: list[Entry], *, condemned: dict[Coordinates, Undecodable] | None = None
    ) -> Committed:
        """Decide and commit once; records whose messages are too large are condemned and the rest decided again."""
        condemned = dict(condemned or {})
        while True:
            try:
                return await self._once(entries, condemned)
            except OutgoingTooLarge as error:
                reason = Undecodable(DeadLetterCode.TOO_LARGE, "", str(error))
                condemned[error.entry.partition, error.entry.offset] = reason
                await self._forget(entries)

    async def _once(self, entries: list[Entry], condemned: dict[Coordinates, Undecodable]) -> Committed:
        watch = BatchWatch()
        with watch.stage(Stage.DEDUPE):
            seen = await self._store.seen(message_keys(entries))
            told = await rows_told(entries, self._states, store=self._store)
        with watch.stage(Stage.LOAD):
            await self._load(entries)
        with watch.stage(Stage.DECIDE):
            deciding = Deciding(
                self._states, self._ledgers, seen=seen, condemned=condemned, positions=self._positions(),
                message_bytes_max=self._message_bytes_max, told=told,
                continued_orders_max=self._continued_orders_max,
            )  # fmt: skip
            batch = deciding.decide(entries)
        with watch.stage(Stage.COMMIT):
            crash_point(CrashPoint.BEFORE_TRANSACTION)
            await self._store.commit(batch)
        crash_point(CrashPoint.AFTER_COMMIT)
        self._settle(batch, _owners(entries))
        return Committed(batch, watch, deciding.orders)

    async def _load(self, entries: list[Entry]) -> None:
        """Read what the batch needs and memory lacks: whole owners, then closed orders and receipts by key."""
        sites = {e.decoded.owner: self._states[e.partition].sites for e in entries if e.decoded and e.decoded.owner}
        await self._ledgers.need(sites, source=self._store)
        missing = [key for key in _named(entries, orders_named) if self._unknown(key)]
        if missing:
            for (owner, key), order in (await self._store.closed_orders(missing)).items():
                self._ledgers[owner].closed[key] = order
        receipts = list(_named(entries, receipts_named))
        if receipts:
            for (owner, receipt), booked in (await self._store.receipts(receipts)).items():
                self._ledgers[owner].receipts[receipt] = booked

    def _unknown(self, name: OwnerOrder) -> bool:
        owner, key = name
        ledger = self._ledgers[owner]
        return key not in ledger.orders and key not in ledger.closed

    def _settle(self, batch: Batch, owners: set[str]) -> None:
        """Take the committed claims over and let the ledgers forget what is written or was only looked up."""
        for part in batch.partitions:
            self._states[part.after.partition].claim = part.after
        for owner in owners:
            self._ledgers[owner].settle()
        self._ledgers.settled(owners)

    async def _forget(self, entries: list[Entry]) -> None:
        """Drop what a failed batch may have changed in memory: its owners and its partitions' own state."""
        self._ledgers.drop(_owners(entries))
        await self._reread({e.partition for e in entries})

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


def _owners(entries: list[Entry]) -> set[str]:
    return {e.decoded.owner for e in entries if e.decoded and e.decoded.owner}


def _named(entries: Iterable[Entry], of: Callable[[Command], tuple[KeyT, ...]]) -> set[tuple[str, KeyT]]:
    """Return (owner, key) of everything that the commands of a batch name."""
    return {
        (entry.decoded.owner, key)
        for entry in entries
        if entry.decoded is not None and entry.decoded.owner is not None
        for key in of(entry.decoded.command)
    }
