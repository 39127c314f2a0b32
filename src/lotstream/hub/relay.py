"""Publishing what is committed: one Kafka transaction for whatever waits, its positions in the same transaction.

The relay position of a partition is the inbound offset below which everything is published. It lives in Kafka, in group
`<app>-relay` on the inbound topic's own partitions, and is copied to Postgres with the next batch. aiokafka commits a
transaction although one send failed, so every send is awaited before the positions; any failure or time limit is final.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from lotstream import __version__
from lotstream.errors import ClaimLost, LogMismatch, RelayFailed
from lotstream.hub.clock import Clock
from lotstream.hub.observe import observe_published
from lotstream.hub.outbox_tail import is_full, read_piece
from lotstream.hub.seam import TIMES_MAX, Kafka, Position, Producer
from lotstream.ops import limits
from lotstream.ops.crash import CrashPoint, crash_point
from lotstream.ops.metrics import RELAY_SECONDS
from lotstream.store.claim import Claim, Log
from lotstream.store.rows import Batch, OutboxRow
from lotstream.store.seam import Store

logger = structlog.get_logger(__name__)

MESSAGES_A_LIMIT: Final = 50_000
"""Messages that the limit on a transaction's time is meant for; one that publishes more may last longer."""

Grant = Callable[[float], None]
"""Called with the seconds that something may last which is about to begin."""

RESTORED = "Keep all workers stopped and run `lotstream db restored`."


@dataclass(slots=True)
class Outgoing:
    """What one transaction publishes: the rows of batches, and per partition the position reached with them."""

    rows: Sequence[OutboxRow]
    positions: dict[int, int] = field(default_factory=dict)
    #: Partitions whose outbox is read from Postgres up to an offset, since earlier batches were kept back.
    catch_up: dict[int, int] = field(default_factory=dict)

    def and_then(self, following: Outgoing) -> Outgoing:
        """Return this and a following batch, which has nothing to catch up, as one."""
        return Outgoing([*self.rows, *following.rows], self.positions | following.positions, self.catch_up)


class Relay:
    """One transactional producer per process; ``batches_max`` batches wait behind those that are being published."""

    def __init__(
        self, store: Store, kafka: Kafka, *, app: str, instance: str, log: Log, batches_max: int, timeout_s: float,
        clock: Clock,
    ) -> None:  # fmt: skip
        self._store = store
        self._kafka = kafka
        self._log = log
        self._clock = clock
        self._timeout_s = timeout_s
        #: Never used twice: a new process fences the old one by the id noted in its claims.
        self.transactional_id = f"{app}-{instance}-{uuid.uuid4().hex}"
        self._producer: Producer | None = None
        self._queue: asyncio.Queue[Outgoing] = asyncio.Queue(maxsize=batches_max)
        self._positions: dict[int, int] = {}
        #: Per partition, the offset below which everything is queued or published.
        self._queued: dict[int, int] = {}

    async def start(self) -> None:
        """Initialise this process's transactional id; once, never again."""
        if self._producer is None:
            self._producer = self._kafka.producer(self.transactional_id)
            async with asyncio.timeout(self._timeout_s):
                await self._producer.start()

    async def stop(self) -> None:
        """Close the producer; what is not published stays in the outbox."""
        if self._producer is not None:
            await self._producer.stop()

    async def fence(self, holder: str) -> None:
        """Initialise another holder's transactional id: its late relay fails and its open transaction is aborted."""
        producer = self._kafka.producer(holder)
        async with asyncio.timeout(self._timeout_s):
            await producer.start()
            await producer.stop()
        logger.info("fenced", holder=holder)

    def position(self, partition: int) -> int:
        """Return the inbound offset below which everything of a partition is published."""
        return self._positions[partition]

    def positions(self) -> dict[int, int]:
        """Return the relay position of every partition taken over."""
        return dict(self._positions)

    @property
    def batches_behind(self) -> int:
        """How many committed batches wait behind the one that is being published."""
        return self._queue.qsize()

    async def put(self, batch: Batch, *, kept_back: Collection[int]) -> None:
        """Queue a committed batch; waits while ``batches_max`` batches wait behind those that are being published.

        What partitions in ``kept_back`` publish stays in the outbox; it goes out with their next batch that is not.
        """
        outgoing = Outgoing([])
        for part in batch.partitions:
            partition, reached = part.after.partition, part.after.next_offset
            if partition in kept_back:
                continue
            follows = self._queued[partition] == part.before.next_offset
            (outgoing.positions if follows else outgoing.catch_up)[partition] = reached
            self._queued[partition] = reached
        outgoing.rows = [row for row in batch.outbox if row.partition in outgoing.positions]
        if self._queue.full():
            limits.reached("relay_batches_max")
        await self._queue.put(outgoing)

    async def run(self) -> None:
        """Publish queued batches until cancelled; raises `RelayFailed` when Kafka refuses or takes too long.

        All that waits goes out together: a transaction takes Kafka about as long for one batch as for three, and small
        batches come faster than that.
        """
        while True:
            together, batches = await self._queue.get(), 1
            while not (self._queue.empty() or is_full(together.rows)):
                following = self._queue.get_nowait()
                if following.catch_up:
                    await self._go_out(together, batches)
                    together, batches = following, 1
                else:
                    together, batches = together.and_then(following), batches + 1
            await self._go_out(together, batches)

    async def _go_out(self, outgoing: Outgoing, batches: int) -> None:
        """Publish what so many queued batches have made."""
        await self.catch_up(outgoing.catch_up)
        if outgoing.positions:
            await self._publish(outgoing)
        for _ in range(batches):
            self._queue.task_done()

    async def finish(self) -> None:
        """Wait until everything queued is published."""
        await self._queue.join()

    async def resume(
        self, claims: Mapping[int, Claim], *, kept_back: Collection[int], grant: Grant = lambda _: None
    ) -> None:
        """Read the positions of partitions just taken over and publish the rest of their outbox.

        ``grant`` is told of each transaction before it begins: whoever waits has to give it its time.
        Raises `LogMismatch` when a position is above next offset, or under a later log: Postgres was restored to an
        earlier point. Unless somebody else has taken the partition meanwhile and published further; that raises
        `ClaimLost`.
        """
        noted = await self._noted_positions(claims)
        for partition, claim in claims.items():
            position = max(noted.get(partition, 0), claim.relay_position)
            if position > claim.next_offset:
                await self._check_still_held(claim)
                raise LogMismatch(
                    f"Partition {partition} has published up to {position} and Postgres is only at "
                    f"{claim.next_offset}: the database was restored to an earlier point.",
                    what_to_do=RESTORED,
                )
            self._positions[partition] = self._queued[partition] = position
        known = dict(self._positions)
        ends = {p: claim.next_offset for p, claim in claims.items() if p not in kept_back}
        await self.catch_up(ends, grant=grant)
        self._queued.update(ends)
        # Kafka forgets positions that nobody notes for long; by them alone a restored database is found out.
        forgotten = {p: known[p] for p in claims.keys() - noted.keys() if known[p] and self._positions[p] == known[p]}
        if forgotten:
            await self._publish(Outgoing([], forgotten))

    async def _check_still_held(self, claim: Claim) -> None:
        now = (await self._store.claims([claim.partition]))[claim.partition]
        if (now.epoch, now.holder) != (claim.epoch, claim.holder):
            raise ClaimLost(f"Partition {claim.partition} was taken over by {now.holder} while it was being claimed.")

    async def catch_up(self, ends: Mapping[int, int], *, grant: Grant = lambda _: None) -> None:
        """Publish the outbox of partitions from their positions up to an offset each, as stored.

        As many partitions as fit go into one Kafka transaction: a take-over has dozens of tails of a few messages.
        """
        together = Outgoing([])
        for partition, to in ends.items():
            position = self._positions[partition]
            while position < to:
                piece = await read_piece(self._store, partition, log=self._log.number, offset=position, below=to)
                together.rows = [*together.rows, *piece.rows]
                together.positions[partition] = position = piece.reached
                if is_full(together.rows):
                    grant(self._limit_s(together))
                    await self._publish(together)
                    together = Outgoing([])
        if together.positions:
            grant(self._limit_s(together))
            await self._publish(together)

    async def _publish(self, outgoing: Outgoing) -> None:
        """Publish rows and positions in one Kafka transaction; a batch without output moves the position too."""
        try:
            with RELAY_SECONDS.time():
                async with asyncio.timeout(self._limit_s(outgoing)):
                    await self._transaction(outgoing)
        except Exception as error:
            if isinstance(error, TimeoutError):
                limits.reached("relay_timeout_s")
            raise RelayFailed(f"Publishing failed: {error!r}.") from error
        crash_point(CrashPoint.AFTER_RELAY)
        self._positions.update(outgoing.positions)
        observe_published(outgoing.rows, self._clock.now())

    def _limit_s(self, outgoing: Outgoing) -> float:
        """Return how long a transaction may last: one record may lead to very many messages, which go out together."""
        return self._timeout_s * min(TIMES_MAX, 1 + len(outgoing.rows) // MESSAGES_A_LIMIT)

    async def _transaction(self, outgoing: Outgoing) -> None:
        producer = self._producer
        if producer is None:
            raise RelayFailed("The relay was never started.")
        await producer.begin()
        await producer.send(outgoing.rows)
        crash_point(CrashPoint.INSIDE_RELAY)
        noted = f"{self._log.number} {__version__}"
        await producer.note({p: Position(offset, noted) for p, offset in outgoing.positions.items()})
        await producer.commit()

    async def _noted_positions(self, partitions: Iterable[int]) -> dict[int, int]:
        """Return the positions Kafka holds under this log number."""
        async with asyncio.timeout(self._timeout_s):
            positions = await self._kafka.positions(partitions)
        numbers = {partition: int(position.noted.partition(" ")[0]) for partition, position in positions.items()}
        if (newest := max(numbers.values(), default=0)) > self._log.number:
            raise LogMismatch(
                f"Messages were published under log number {newest} and Postgres is at {self._log.number}: the "
                "database was restored to an earlier point.",
                what_to_do=RESTORED,
            )
        return {p: position.offset for p, position in positions.items() if numbers[p] == self._log.number}
