"""How many orders a second the whole path takes: from records in the log to messages a reader sees.

A round loads its orders into the log while no worker runs, then starts the workers and takes the time from the first
commit to the last; so the producer does not compete for the processors, and the figure is what a backlog drains at.
"""

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
from lotstream.testing.defining import define
from lotstream.testing.kafka import produce
from lotstream.testing.load import Load, catalogue, orders, site
from lotstream.testing.processes import WorkerProcess

#: Pause between two looks at how far the hub is, in seconds.
LOOK_EVERY_S = 0.05
#: Longest without any progress before a round is given up, in seconds.
STALLED_S = 60.0


@dataclass(frozen=True, slots=True)
class Round:
    """What one round came to."""

    orders: int
    #: From the first commit to the last, and to the last message published.
    decided_s: float
    published_s: float
    #: Processor seconds of all workers.
    worker_cpu_s: float

    @property
    def decided_per_s(self) -> float:
        """Orders decided and committed per second."""
        return self.orders / self.decided_s

    @property
    def published_per_s(self) -> float:
        """Orders whose messages a read_committed reader sees, per second."""
        return self.orders / self.published_s


class BenchStalled(LotstreamError):
    """The workers made no progress for a minute."""

    advice = "Read the workers' log; the round's folder is named above."


class Bench:
    """Rounds of one load on a hub that is ready: migrated, with topics, nothing running."""

    def __init__(self, settings: Settings, load: Load, *, folder: Path, tell: Callable[[str], None]) -> None:
        self._settings = settings
        self._load = load
        self._folder = folder
        self._tell = tell

    async def run(self, *, workers: int, rounds: int) -> list[Round]:
        """Load the catalogue, then run the rounds; raises `BenchStalled` when nothing moves."""
        self._tell("loading items and stock")
        await self._define_site()
        total = await produce(self._settings.kafka_bootstrap, catalogue(self._load))
        await self._drain(workers, total)
        done = []
        for number in range(rounds):
            self._tell(f"round {number + 1}: loading {self._load.orders} orders")
            first = number * self._load.orders
            await produce(self._settings.kafka_bootstrap, orders(self._load, first=first))
            self._tell(f"round {number + 1}: draining")
            done.append(await self._drain(workers, self._load.orders))
        return done

    async def _define_site(self) -> None:
        """Define the site of the made-up stock and wait until every partition knows it."""
        worker = WorkerProcess(self._settings, instance="bench-site", log=self._folder / "worker-site.log")
        async with PostgresStore(self._settings.postgres_url) as store, worker:
            await define(store, *site(), partitions=self._settings.partitions)

    async def _drain(self, workers: int, records: int) -> Round:
        """Run workers until the log is decided and published."""
        processes = [
            WorkerProcess(self._settings, instance=f"bench-{n + 1}", log=self._folder / f"worker-{n + 1}.log")
            for n in range(workers)
        ]
        async with PostgresStore(self._settings.postgres_url) as store, _admin(self._settings) as admin:
            before = await self._decided(store)
            for process in processes:
                await process.start()
            try:
                began, decided = await self._watch(lambda: self._decided(store), before, before + records)
                target = before + records
                _, published = await self._watch(lambda: self._published(admin), -1, target)
                cpu_s = sum(process.cpu_s() for process in processes)
            finally:
                for process in processes:
                    await process.stop()
        return Round(records, decided - began, published - began, cpu_s)

    async def _watch(self, look: Callable[[], Awaitable[int]], start: int, target: int) -> tuple[float, float]:
        """Return when progress was first seen and when the target was reached, by the monotonic clock."""
        began = 0.0
        last, moved = start, time.monotonic()
        while True:
            reached = await look()
            now = time.monotonic()
            if reached > last:
                began = began or now
                last, moved = reached, now
            if reached >= target:
                return began, now
            if now - moved > STALLED_S:
                raise BenchStalled(f"No progress beyond {last} of {target} records; see {self._folder}.")
            await asyncio.sleep(LOOK_EVERY_S)

    async def _decided(self, store: PostgresStore) -> int:
        claims = await store.claims(range(self._settings.partitions))
        return sum(claim.next_offset for claim in claims.values())

    async def _published(self, admin: AIOKafkaAdminClient) -> int:
        tps = [TopicPartition(INBOUND.name, p) for p in range(self._settings.partitions)]
        offsets = await admin.list_consumer_group_offsets(f"{self._settings.app}-relay", partitions=tps)
        return sum(max(0, noted.offset) for noted in offsets.values())


@asynccontextmanager
async def _admin(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()
