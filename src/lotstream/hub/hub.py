"""The worker's heart: takes polled batches to Postgres and hands what is committed to the relay."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import structlog
from aiokafka import ConsumerRecord

from lotstream.hub.aside import Aside, OnThread
from lotstream.hub.claim import Claims, Prove, Seek
from lotstream.hub.clock import Clock
from lotstream.hub.commit import CommitUnit, Decided
from lotstream.hub.ledgers import LedgerStore
from lotstream.hub.log_check import LogReader
from lotstream.hub.observe import observe_batch
from lotstream.hub.pipeline import Pipeline
from lotstream.hub.portions import owner_of, portions
from lotstream.hub.records import Entry, Polled, read_records
from lotstream.hub.relay import Relay
from lotstream.hub.seam import Kafka
from lotstream.hub.state import PartitionState
from lotstream.ops.limits import reached
from lotstream.settings import Settings
from lotstream.store.claim import Log
from lotstream.store.seam import Store

logger = structlog.get_logger(__name__)

#: Bytes of headers and framing allowed for beside a message's value.
ENVELOPE_BYTES = 4096


class Hub:
    """Everything one worker process has of the hub; Faust's hooks call into it."""

    def __init__(
        self, settings: Settings, store: Store, log: Log, ledgers: LedgerStore, *, kafka: Kafka, topic: str,
        die: Callable[[BaseException], None], aside: Aside | None = None,
    ) -> None:  # fmt: skip
        self.settings = settings
        self.store = store
        self.log = log
        self.kafka = kafka
        self.topic = topic
        self.ledgers = ledgers
        ledgers.bytes_max, ledgers.load_bytes_max = settings.ledger_bytes_max, settings.ledger_load_bytes_max
        #: Partitions with a finished claim; only these are fetched and decided.
        self.states: dict[int, PartitionState] = {}
        self.die = die
        self.clock = Clock(store, skew_max_s=settings.clock_skew_max_s)
        self.relay = Relay(
            store, kafka, app=settings.app, instance=settings.instance, log=log,
            batches_max=settings.relay_batches_max, timeout_s=settings.relay_timeout_s, clock=self.clock,
        )  # fmt: skip
        reader = LogReader(kafka, topic=topic, log=log, timeout_s=settings.claim_timeout_s)
        self._claims = Claims(
            store, self.relay, reader, ledgers=ledgers, states=self.states, log=log, clock=self.clock,
            attempts_max=settings.claim_attempts_max,
        )  # fmt: skip
        unit = CommitUnit(
            store, ledgers, self.states, reread=self._claims.reread, positions=self.relay.positions,
            behind=lambda sites: bool(self.clock.days_due(sites)),
            message_bytes_max=settings.outgoing_bytes_max - ENVELOPE_BYTES,
            continued_orders_max=settings.continued_orders_max, own_bytes_max=settings.message_bytes_max,
            aside=aside or OnThread(),
        )  # fmt: skip
        self._pipeline = Pipeline(
            unit, deliver=self._deliver, constraint_failures_max=settings.constraint_failures_max, die=die
        )
        self._claiming: asyncio.Task[dict[int, int]] | None = None
        self._deciding: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._room.set()

    async def claim(self, partitions: set[int], *, prove: Prove, seek: Seek) -> dict[int, int]:
        """Take partitions over, seek to their next offsets and return these.

        Runs in a task of its own that Faust cannot cancel, and ends the process when it takes longer than
        ``claim_timeout_s``: Faust would otherwise keep heartbeating and process nothing. What is still to be published
        has the time besides that the relay gives it.
        """
        self._room.set()
        self._claiming = asyncio.create_task(self._claim(partitions, prove, seek))
        return await asyncio.shield(self._claiming)

    async def _claim(self, partitions: set[int], prove: Prove, seek: Seek) -> dict[int, int]:
        try:
            async with asyncio.timeout(self.settings.claim_timeout_s) as limit:
                await self.clock.sync()
                return await self._claims.take(partitions, prove=prove, seek=seek, grant=partial(_extend, limit))
        except BaseException as error:
            if isinstance(error, TimeoutError):
                reached("claim_timeout_s")
            self.die(error)
            raise

    async def drain(self) -> None:
        """Finish the take-over and the batch at hand, publish, and release every claim; any error ends the process."""
        try:
            while under_way := self._under_way():
                await asyncio.wait(under_way)
            await self.written()
            await self._claims.release()
        except Exception as error:
            self.die(error)
            raise

    def _under_way(self) -> list[asyncio.Task[Any]]:
        """Return what has to end before claims are given back; deciding ends by beginning to write."""
        tasks = (self._claiming, self._deciding, self._pipeline.writing)
        return [task for task in tasks if task is not None and not task.done()]

    async def room_for_batch(self) -> None:
        """Wait until the batch read last has been taken up: one is decided while the next is read, no more."""
        await self._room.wait()

    def epochs(self) -> dict[int, int]:
        """Return the epoch of every held partition."""
        return {partition: state.claim.epoch for partition, state in self.states.items()}

    async def read(
        self, records: Mapping[Any, Sequence[ConsumerRecord[Any, Any]]], *, epochs: dict[int, int]
    ) -> Polled:
        """Decode what a poll under these epochs brought; between two partitions, other work goes on."""
        entries: list[Entry] = []
        read_s = 0.0
        for tp in sorted(records):
            started = time.perf_counter()
            entries += read_records(
                {tp: records[tp]}, partitions=self.log.partitions, bytes_max=self.settings.message_bytes_max
            )
            read_s += time.perf_counter() - started
            await asyncio.sleep(0)
        self._room.clear()
        return Polled(entries, epochs, read_s)

    async def process(self, polled: Polled) -> None:
        """Decide one batch and begin to write it, whatever happens to the agent meanwhile; any error ends the process.

        It returns when the batch before is in Postgres: the next may be decided while this one is being written.
        """
        self._room.set()
        self._deciding = asyncio.create_task(self._process(polled))
        await asyncio.shield(self._deciding)

    async def _process(self, polled: Polled) -> None:
        try:
            now = self.epochs()
            # What was polled before a rebalance is read again by whoever holds the partition now.
            entries = [e for e in polled.entries if now.get(e.partition) == polled.epochs.get(e.partition, 0)]
            if not entries:
                return
            self.clock.check(max(entry.recorded_at for entry in entries))
            read_s = polled.read_s
            for portion in await self._portions(entries):
                if not self.ledgers.has_room_beside(map(owner_of, portion)):
                    await self.written()
                await self._pipeline.commit(portion, read_s=read_s)
                read_s = 0.0
        except BaseException as error:
            self.die(error)
            raise

    async def _portions(self, entries: list[Entry]) -> list[list[Entry]]:
        """Cut a poll into batches whose owners and records fit into memory; nearly always it is one."""
        owners = {owner for entry in entries if (owner := owner_of(entry)) is not None}
        weights = await self.ledgers.weights(owners, source=self.store)
        limits = self.settings
        return list(
            portions(entries, weights, owners_bytes_max=limits.ledger_bytes_max, batch_bytes_max=limits.batch_bytes_max)
        )

    async def written(self) -> None:
        """Wait until everything that was decided is in Postgres and handed over."""
        await self._pipeline.written()

    async def _deliver(self, written: Decided) -> None:
        await self._hand_over(written)
        observe_batch(written)
        self.ledgers.shrink()

    async def _hand_over(self, written: Decided) -> None:
        """Queue what is in Postgres for publishing; a partition whose today is behind waits for its day.opened."""
        await self.relay.put(written.batch, kept_back=written.kept_back)

    async def keep_positions(self) -> None:
        """Copy relay positions to Postgres while nothing is committed: Kafka forgets them after its retention."""
        noted: dict[int, int] = {}
        while True:
            await asyncio.sleep(self.settings.idle_position_s)
            for partition, state in list(self.states.items()):
                position = self.relay.position(partition)
                if position > max(noted.get(partition, 0), state.claim.relay_position):
                    await self.store.note_relay_position(state.claim, position)
                    noted[partition] = position

    def published(self) -> dict[int, int]:
        """Return the relay position per held partition: what Kafka may be told as the group's offset."""
        return {p: o for p, o in self.relay.positions().items() if p in self.states}


def _extend(limit: asyncio.Timeout, by_s: float) -> None:
    """Let a limit end so many seconds from now, unless it ends later."""
    limit.reschedule(max(limit.when() or 0.0, asyncio.get_running_loop().time() + by_s))
