"""What stalls makes the worker wait: nothing piles up in it meanwhile, and it goes on by itself afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg
import psutil
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer

from lotstream.cli.local_hub import prepare
from lotstream.contracts.topics import PICK_TASKS
from lotstream.errors import ExitCode
from lotstream.local import LocalStack
from lotstream.local.folders import temporary_folder
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.defining import define
from lotstream.testing.figures import read_figures, resident_bytes
from lotstream.testing.kafka import produce, read_all
from lotstream.testing.load import Load, catalogue, orders, site
from lotstream.testing.processes import WorkerProcess

LENGTH = os.environ.get("LOTSTREAM_TEST_LENGTH", "short")
#: Orders that wait behind a stall; in the long size they are more than a worker may fetch at a time.
ORDERS = {"short": 400, "long": 50_000, "nightly": 200_000}[LENGTH]
LOAD = Load(orders=ORDERS, owners=4, skus=10, units=10_000_000)
BATCH = 50
LOOK_EVERY_S = 0.05
#: Looks at a worker that is stalled: each is a second after the one before, since the gauges are filled that often.
LOOKS = {"short": 2, "long": 5, "nightly": 5}[LENGTH]
GAUGES_EVERY_S = 1.0
#: Rounds of orders while a reader sleeps, and how many in each: open orders stay in the worker's memory by right.
ROUNDS = 4
A_ROUND = {"short": 400, "long": 2_000, "nightly": 2_000}[LENGTH]
MB = 1024 * 1024
#: What a stalled worker may grow by: what it fetches ahead and the batches that wait, with what Python makes of them.
GROWTH_BYTES_MAX = 160 * MB
#: What a worker may grow by while it is stalled and nothing moves, or from the first to the last round of a few orders:
#: what its allocator does, and those orders. What piled up would be more in the long size.
FLAT_BYTES = 32 * MB
RESIDENT_EVERY_S = 0.05
#: As long as one lock on a table may be waited for: half of `postgres_timeout_s`.
TIMEOUT_S = 60.0


@dataclass
class Hub:
    """A hub with a worker, and the ends by which it is stalled."""

    settings: Settings
    stack: LocalStack
    worker: WorkerProcess
    log: Path
    #: Records sent so far.
    sent: int = 0

    def kafka_pid(self) -> int:
        """Return the process id of the broker."""
        pid = self.stack.kafka_pid
        assert pid is not None
        return pid

    async def send_orders(self, count: int = ORDERS) -> None:
        """Append as many orders as the size of the test says."""
        more = orders(replace(LOAD, orders=count), first=self.sent)
        self.sent += await produce(self.settings.kafka_bootstrap, more)

    async def done(self) -> int:
        """Return how many records are decided."""
        async with connected(self.settings) as postgres:
            found: int = await postgres.fetchval("SELECT count(*) FROM intake WHERE source = 'load'")
            return found

    async def until_done(self, records: int) -> None:
        """Wait until so many records are decided."""
        while await self.done() < records:
            await asyncio.sleep(LOOK_EVERY_S)

    async def until(self, name: str, least: float) -> dict[str, float]:
        """Wait until a figure of the worker is at least so much, and return all of them."""
        while (figures := await read_figures(self.log)).get(name, 0) < least:
            await asyncio.sleep(LOOK_EVERY_S)
        return figures


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """A hub with its catalogue loaded, on servers that may be stopped."""
    stack = LocalStack(temporary_folder(), temporary=True)
    log = tmp_path_factory.mktemp("stalled") / "worker.log"
    try:
        addresses = await stack.start()
        settings = Settings(
            kafka_bootstrap=addresses.kafka_bootstrap, postgres_url=addresses.postgres_url, partitions=4, http_port=0,
            batch_records_max=BATCH, postgres_timeout_s=TIMEOUT_S, relay_timeout_s=TIMEOUT_S, stop_timeout_s=1.0,
            request_timeout_s=TIMEOUT_S, session_timeout_s=45.0, idle_position_s=0.2,
        )  # fmt: skip
        await prepare(settings)
        async with WorkerProcess(settings, instance="stalled", log=log) as worker:
            async with PostgresStore(settings.postgres_url) as store:
                await define(store, *site(), partitions=settings.partitions)
            made = Hub(settings, stack, worker, log)
            made.sent = await produce(settings.kafka_bootstrap, catalogue(LOAD))
            await made.until_done(made.sent)
            yield made
    finally:
        await stack.stop()


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """Give a connection beside the worker's."""
    connection = await asyncpg.connect(settings.postgres_url, server_settings={"search_path": "lotstream"})
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def intake_locked(settings: Settings) -> AsyncIterator[None]:
    """Hold a lock that every commit needs, as a statement that does not end would."""
    async with connected(settings) as postgres, postgres.transaction():
        await postgres.execute("LOCK TABLE intake IN ACCESS EXCLUSIVE MODE")
        yield


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Keep a process from running for as long as the block lasts."""
    process = psutil.Process(pid)
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def resident_peak(hub: Hub) -> AsyncIterator[list[int]]:
    """Give the largest resident memory of the worker while the block lasts, in bytes, as a list of one."""
    peak = [resident_bytes(hub.worker.pid)]

    async def watch() -> None:
        while True:
            await asyncio.sleep(RESIDENT_EVERY_S)
            peak[0] = max(peak[0], resident_bytes(hub.worker.pid))

    watching = asyncio.create_task(watch())
    try:
        yield peak
        peak[0] = max(peak[0], resident_bytes(hub.worker.pid))
    finally:
        watching.cancel()


async def nothing_piles_up(hub: Hub, *, resident: int) -> None:
    """Look at a stalled worker again and again: batches, queue and connections keep their limits, it stays small.

    What it fetches ahead it has after the first look; from then on its memory is flat.
    """
    committed = None
    peaks = []
    for _ in range(LOOKS):
        async with resident_peak(hub) as peak:
            await asyncio.sleep(GAUGES_EVERY_S)
        peaks += peak
        figures = await read_figures(hub.log)
        assert figures["lotstream_limit_used{batch_records_max}"] <= BATCH
        assert figures["lotstream_limit_used{relay_batches_max}"] <= hub.settings.relay_batches_max
        assert figures["lotstream_limit_used{fetch_bytes_max}"] <= hub.settings.fetch_bytes_max
        assert figures["lotstream_limit_used{postgres_connections_max}"] <= hub.settings.postgres_connections_max
        assert figures["lotstream_owners_in_memory"] == LOAD.owners
        assert committed in (None, figures["lotstream_batch_records_count"])
        committed = figures["lotstream_batch_records_count"]
    assert max(peaks) - resident < GROWTH_BYTES_MAX
    assert max(peaks[1:]) - peaks[0] < FLAT_BYTES, peaks


@pytest.mark.timeout(600)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_database_that_stalls_makes_the_worker_wait(hub: Hub) -> None:
    """While no commit can be written one batch is at work and no more is read; then all orders are decided, once."""
    resident = resident_bytes(hub.worker.pid)
    async with intake_locked(hub.settings):
        await hub.send_orders()
        async with connected(hub.settings) as postgres:
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%intake%'"
            while not await postgres.fetchval(waiting):
                await asyncio.sleep(LOOK_EVERY_S)
        await nothing_piles_up(hub, resident=resident)
    await hub.until_done(hub.sent)
    assert await hub.done() == hub.sent


@pytest.mark.timeout(600)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_broker_that_takes_nothing_makes_the_worker_wait(hub: Hub) -> None:
    """While nothing can be published no more is committed than may wait for it; then every message goes out once."""
    resident = resident_bytes(hub.worker.pid)
    with ExitStack() as outage:
        async with intake_locked(hub.settings):
            await hub.send_orders()
            # Fetched before the broker stops, as what it does not have a worker cannot decide; and not committed
            # before it has stopped, as all of it would be published in no time.
            await hub.until("lotstream_limit_used{fetch_bytes_max}", 1)
            outage.enter_context(stopped(hub.kafka_pid()))
        await hub.until("lotstream_limit_used{relay_batches_max}", hub.settings.relay_batches_max)
        await nothing_piles_up(hub, resident=resident)
    await hub.until_done(hub.sent)
    figures = await hub.until("lotstream_limit_reached_total{relay_batches_max}", 1)
    assert figures["lotstream_limit{relay_batches_max}"] == hub.settings.relay_batches_max


async def everything_published(hub: Hub) -> None:
    """Wait until the relay has noted that whatever was sent so far is published."""
    positions: dict[int, int] = {}
    while sum(positions.values()) < hub.sent:
        async with PostgresStore(hub.settings.postgres_url) as store:
            claims = await store.claims(range(hub.settings.partitions))
        positions = {p: claim.relay_position for p, claim in claims.items()}
        await asyncio.sleep(LOOK_EVERY_S)


@pytest.mark.timeout(600)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_reader_that_does_not_read_holds_nobody_up(hub: Hub) -> None:
    """A member of a group that never polls leaves the hub as it is, and reads all of it when it wakes up.

    What it has not read lies in the topic and in no process: one round of orders after the other, the worker stays as
    large as it was after the first.
    """
    bootstrap = hub.settings.kafka_bootstrap
    reader = AIOKafkaConsumer(
        PICK_TASKS.name, bootstrap_servers=bootstrap, group_id="sleeper", auto_offset_reset="earliest",
        isolation_level="read_committed", max_poll_interval_ms=600_000,
    )  # fmt: skip
    await reader.start()
    try:
        await everything_published(hub)
        before = {seen.headers["ce_id"] async for seen in read_all(bootstrap, PICK_TASKS.name)}
        resident, peaks = resident_bytes(hub.worker.pid), []
        for _ in range(ROUNDS):
            async with resident_peak(hub) as peak:
                await hub.send_orders(A_ROUND)
                await hub.until_done(hub.sent)
                await everything_published(hub)
            peaks += peak
        wanted = {seen.headers["ce_id"] async for seen in read_all(bootstrap, PICK_TASKS.name)}
        assert len(wanted - before) == ROUNDS * A_ROUND
        assert max(peaks) - resident < GROWTH_BYTES_MAX
        assert peaks[-1] - peaks[0] < FLAT_BYTES, peaks
        found: set[bytes] = set()
        while found != wanted:
            for records in (await reader.getmany(timeout_ms=1000)).values():
                found |= {dict(record.headers)["ce_id"] for record in records}
    finally:
        await reader.stop()


@pytest.mark.timeout(600)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_stop_during_a_stall_ends_after_stop_timeout_s(hub: Hub) -> None:
    """A worker told to end while its batch cannot be committed ends as after a crash; the next one loses nothing."""
    async with intake_locked(hub.settings):
        await hub.send_orders()
        await hub.until("lotstream_limit_used{postgres_connections_max}", 1)
        assert await hub.worker.stop() == ExitCode.STOPPED
    await hub.worker.start()
    await hub.until_done(hub.sent)
    async with connected(hub.settings) as postgres:
        ends = await postgres.fetchval("SELECT sum(next_offset) FROM claim")
        assert ends == await postgres.fetchval("SELECT count(*) FROM intake")
