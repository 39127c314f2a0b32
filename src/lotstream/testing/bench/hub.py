"""The hub under measurement: its workers started and ended, and how far it is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from lotstream.contracts.topics import INBOUND
from lotstream.errors import LotstreamError
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.bench.processors import Programs
from lotstream.testing.defining import define
from lotstream.testing.kafka import log_end, produce
from lotstream.testing.load import Load, catalogue, site
from lotstream.testing.processes import WorkerProcess

#: Pause between two looks at how far the hub is, in seconds.
LOOK_EVERY_S = 0.05
#: Longest without any progress before a round is given up, in seconds.
STALLED_S = 60.0


class BenchStalled(LotstreamError):
    """The workers made no progress for a minute."""

    advice = "A worker that ended has said why in its last words above; one that runs is too slow for this machine."


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the hub was at a moment: records since the topic was made, and the monotonic clock in seconds."""

    records: int
    at_s: float


class BenchHub:
    """A hub that is ready (migrated, with topics, nothing running), and how to watch it."""

    def __init__(
        self, settings: Settings, store: PostgresStore, admin: AIOKafkaAdminClient, *, programs: Programs, folder: Path
    ) -> None:
        self.settings = settings
        self.programs = programs
        self._store = store
        self._admin = admin
        self.folder = folder
        self._pids: list[int] = []
        self.logs: list[Path] = []

    @asynccontextmanager
    async def workers(self, count: int) -> AsyncIterator[None]:
        """Run workers for the time of a block, which begins when each of them holds partitions."""
        running = [
            WorkerProcess(self.settings, instance=f"bench-{n + 1}", log=self.folder / f"worker-{n + 1}.log")
            for n in range(count)
        ]
        for worker in running:
            await worker.start()
        self._pids, self.logs = [worker.pid for worker in running], [worker.log for worker in running]
        try:
            await self._watch(self._holders, count)
            yield
        finally:
            self._pids = []
            for worker in running:
                await worker.stop()

    async def prepare(self, loads: list[Load]) -> None:
        """Define the site of the made-up stock, and the items and stock of every load."""
        async with self.workers(1):
            await define(self._store, *site(), partitions=self.settings.partitions)
            for load in loads:
                await produce(self.settings.kafka_bootstrap, catalogue(load))
            await self.published_to(await self.log_end())

    async def log_end(self) -> int:
        """Return how many records the log has."""
        return await log_end(self.settings.kafka_bootstrap, INBOUND.name)

    async def decided(self) -> int:
        """Return how many records are decided and committed."""
        claims = await self._store.claims(range(self.settings.partitions))
        return sum(claim.next_offset for claim in claims.values())

    async def published(self) -> int:
        """Return how many records are decided and all their messages published."""
        tps = [TopicPartition(INBOUND.name, p) for p in range(self.settings.partitions)]
        offsets = await self._admin.list_consumer_group_offsets(f"{self.settings.app}-relay", partitions=tps)
        return sum(max(0, noted.offset) for noted in offsets.values())

    async def mark(self) -> Mark:
        """Return how far the decisions are now."""
        return Mark(await self.decided(), time.monotonic())

    async def decided_to(self, records: int) -> Mark:
        """Wait until so many records are decided; raises `BenchStalled` when nothing moves."""
        return await self._watch(self.decided, records)

    async def published_to(self, records: int) -> Mark:
        """Wait until so many records are published; raises `BenchStalled` when nothing moves."""
        return await self._watch(self.published, records)

    def cpu_s(self) -> dict[str, float]:
        """Return the processor seconds used so far, by program."""
        return self.programs.cpu_s(self._pids)

    async def _holders(self) -> int:
        """Return how many workers hold partitions, none while one is nobody's."""
        claims = (await self._store.claims(range(self.settings.partitions))).values()
        return 0 if any(claim.released for claim in claims) else len({claim.holder for claim in claims})

    async def _watch(self, look: Callable[[], Awaitable[int]], target: int) -> Mark:
        last, moved = -1, time.monotonic()
        while True:
            reached = await look()
            now = time.monotonic()
            if reached >= target:
                return Mark(reached, now)
            if reached > last:
                last, moved = reached, now
            if now - moved > STALLED_S:
                raise BenchStalled(f"No progress beyond {last} of {target}. Last words: {self._last_words()}")
            await asyncio.sleep(LOOK_EVERY_S)

    def _last_words(self) -> str:
        """Return the last line of each worker's log: the folder is gone when somebody could read it."""
        return " | ".join((log.read_text("utf-8").splitlines() or ["nothing"])[-1] for log in self.logs)


@asynccontextmanager
async def bench_hub(settings: Settings, *, programs: Programs, folder: Path) -> AsyncIterator[BenchHub]:
    """Open what a bench looks at a hub with."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        async with PostgresStore(settings.postgres_url) as store:
            yield BenchHub(settings, store, admin, programs=programs, folder=folder)
    finally:
        await admin.close()
