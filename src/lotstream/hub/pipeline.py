"""The next batch is decided while the one before it is being written.

Postgres needs about as long to write a batch as Python needs to decide one, and each waited for the other. So memory
goes ahead by one batch, and by one only: a batch begins to be written when the one before it is in Postgres. When that
one is refused, both are forgotten and decided again from their records, and nothing of the later one was ever told.

When the database refuses a row, memory is not believed: the owners and the partitions' own state are read again and
the whole batch is tried once more; then it is halved until the guilty record is found and dead-lettered. A CHECK that
still fails, or more such records than `constraint_failures_max` in ten minutes, means that data or memory is wrong and
not the message: the worker stops.

A record that leads to too large a message divides its batch: what comes before it is written first, then it is taken by
itself and dead-lettered. Were the batch decided again for each, nothing of it would be written until the last one is
found, and whoever takes the partition over meanwhile would begin anew.

A record that asks the database what has become of goods before, a recall above all, begins a batch of its own, and that
is decided when the one before it is in Postgres: every run reads the same there.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import chain

import structlog

from lotstream.contracts.decode import Undecodable
from lotstream.domain.codes import DeadLetterCode
from lotstream.errors import ConstraintViolated, StopWorker
from lotstream.hub.commit import CommitUnit, Decided
from lotstream.hub.deciding import WITHOUT_PART, Coordinates
from lotstream.hub.lookup import asks_to_look_back
from lotstream.hub.records import Entry
from lotstream.hub.written import OutgoingTooLarge, PartTooLarge
from lotstream.ops.limits import reached, used
from lotstream.ops.metrics import CONSTRAINT_RETRIES

logger = structlog.get_logger(__name__)

#: Window in which dead letters by constraint are counted, in seconds.
CONSTRAINT_WINDOW_S = 600.0

Condemned = dict[Coordinates, Undecodable]


class Pipeline:
    """Takes batches to Postgres one after the other, each decided while the one before it is being written."""

    def __init__(
        self, unit: CommitUnit, *, deliver: Callable[[Decided], Awaitable[None]], constraint_failures_max: int,
        die: Callable[[BaseException], None],
    ) -> None:  # fmt: skip
        self._unit = unit
        #: Hands over what is in Postgres; may wait while its taker is behind.
        self._deliver = deliver
        self._failures_max = constraint_failures_max
        self._failures: deque[float] = deque()
        self._die = die
        #: Held while memory is decided in, or put right after a failure.
        self._memory = asyncio.Lock()
        #: How often memory has been put right; what was decided before that is void.
        self._recoveries = 0
        #: Entries decided last, or being decided.
        self._last: list[Entry] = []
        self._writing: Decided | None = None
        self._write: asyncio.Task[None] | None = None

    async def commit(self, entries: list[Entry], *, read_s: float = 0.0) -> None:
        """Decide records and begin to write them once the batch before is in Postgres; `written` waits for the rest.

        Raises `StopWorker` when memory or data cannot be trusted, `LogMismatch` when an offset is not the expected one.
        """
        left = [*reversed(_divided(entries))]
        while left:
            if asks_to_look_back(left[-1][0]):
                # The database answers, and it must know of everything that was decided before.
                await self.written()
            left += reversed(await self._begin(left.pop(), read_s=read_s))
            read_s = 0.0

    async def _begin(self, entries: list[Entry], *, read_s: float) -> list[list[Entry]]:
        """Decide records and begin to write them; returns the batches to take instead, when they have to be divided."""
        condemned: Condemned = {}
        try:
            while (decided := await self._decide(entries, condemned, read_s=read_s)) is None:
                pass
        except ConstraintViolated as error:
            await self._recover(entries, error)
            return []
        except OutgoingTooLarge as error:
            return _around(error.entry, entries)
        self._writing = decided
        self._write = asyncio.create_task(self._write_alone(decided))
        return []

    @property
    def writing(self) -> asyncio.Task[None] | None:
        """The transaction begun last, done or not; None before the first."""
        return self._write

    async def written(self) -> None:
        """Wait until the batch that is being written is in Postgres and handed over; raises what kept it from that."""
        if self._write is not None:
            await asyncio.shield(self._write)

    async def _decide(self, entries: list[Entry], condemned: Condemned, *, read_s: float) -> Decided | None:
        """Decide a batch and wait until the one before it is in Postgres; None when it has to be decided again.

        What goes wrong counts only when the batch before stands: when that one is refused, this one was decided on top
        of what never was. Raises `OutgoingTooLarge` when there are other records beside the one that is too large.
        """
        decided, failure = None, None
        async with self._memory:
            recoveries, self._last = self._recoveries, entries
            done = self._writing.done if self._writing is not None else ()
            try:
                decided = await self._unit.decide(entries, condemned=condemned, done=done, read_s=read_s)
            except Exception as error:  # noqa: BLE001 - raised below, unless the batch before was refused
                failure = error
        await self.written()
        if self._recoveries != recoveries:
            return None
        if isinstance(failure, OutgoingTooLarge):
            await self._unit.forget(entries)
            _condemn_too_large(condemned, failure, among=entries)
        elif failure is not None:
            raise failure
        return decided

    async def _write_alone(self, decided: Decided) -> None:
        """Write a batch in a task of its own; any error ends the process."""
        try:
            try:
                await self._unit.write(decided)
            except ConstraintViolated as error:
                await self._recover(decided.entries, error)
            else:
                await self._deliver(decided)
        except BaseException as error:
            self._die(error)
            raise
        finally:
            self._writing = None

    async def _recover(self, refused: list[Entry], error: ConstraintViolated) -> None:
        """Forget the refused batch and what was decided on top of it, then take the refused one in, bit by bit."""
        logger.warning("constraint_violated", constraint=error.constraint, records=len(refused))
        CONSTRAINT_RETRIES.inc()
        async with self._memory:
            self._recoveries += 1
            await self._unit.forget(chain(refused, self._last))
            await self._again(refused)

    async def _again(self, entries: list[Entry]) -> None:
        """Take a batch in, and each half of it by itself when the database refuses it again."""
        left = [entries]
        while left:
            left += reversed(await self._try(left.pop()))

    async def _try(self, entries: list[Entry]) -> list[list[Entry]]:
        """Take a batch in; returns the batches to take instead, when it has to be divided."""
        try:
            await self._one(entries, {})
        except OutgoingTooLarge as error:
            return _around(error.entry, entries)
        except ConstraintViolated as error:
            await self._unit.forget(entries)
            if len(entries) > 1:
                half = len(entries) // 2
                return [entries[:half], entries[half:]]
            await self._condemn(entries[0], error)
        return []

    async def _one(self, entries: list[Entry], condemned: Condemned) -> None:
        """Take one batch through to the end with nothing under way beside it."""
        decided = None
        while decided is None:
            try:
                decided = await self._unit.decide(entries, condemned=condemned)
            except OutgoingTooLarge as error:
                await self._unit.forget(entries)
                _condemn_too_large(condemned, error, among=entries)
        await self._unit.write(decided)
        await self._deliver(decided)

    async def _condemn(self, entry: Entry, error: ConstraintViolated) -> None:
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
        await self._one([entry], {(entry.partition, entry.offset): reason})


def _divided(entries: list[Entry]) -> list[list[Entry]]:
    """Return batches of which a record that asks what has become of goods before is always the first."""
    starts = [at for at, entry in enumerate(entries) if at == 0 or asks_to_look_back(entry)]
    return [entries[start:end] for start, end in zip(starts, [*starts[1:], len(entries)], strict=False)]


def _condemn_too_large(condemned: Condemned, error: OutgoingTooLarge, *, among: list[Entry]) -> None:
    """Note a record that is to be dead-lettered; raises the error when it is not alone in its batch."""
    if len(among) > 1:
        raise error
    if isinstance(error, PartTooLarge):
        # Its owner goes on: the part is asked for by a record of its own, which is dead-lettered where people see it.
        logger.error(
            "part_left_out", partition=error.entry.partition, offset=error.entry.offset, bytes=error.size,
            bytes_max=error.size_max,
        )  # fmt: skip
        condemned[error.entry.partition, error.entry.offset] = WITHOUT_PART
        return
    reason = Undecodable(DeadLetterCode.TOO_LARGE, "", str(error))
    condemned[error.entry.partition, error.entry.offset] = reason


def _around(entry: Entry, entries: list[Entry]) -> list[list[Entry]]:
    """Return what comes before a record, the record, and what comes after it."""
    at = entries.index(entry)
    return [part for part in (entries[:at], entries[at : at + 1], entries[at + 1 :]) if part]
