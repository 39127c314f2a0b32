"""The last released code as programs: its wheel stands before today's code on their path, all else is the same."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from itertools import cycle
from pathlib import Path

import asyncpg
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from lotstream.contracts.topics import INBOUND
from lotstream.settings import Settings
from lotstream.testing.kafka import log_end
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import Ran, run_lotstream

[WHEEL] = (Path(__file__).parent / "released").glob("*.whl")
VERSION = WHEEL.name.split("-")[1]
#: How much later a worker is frozen than the time before, and after how many times it begins anew.
STEP_S = 0.01
STEPS = 20
LOOK_EVERY_S = 0.02


def path_with(folder: Path) -> str:
    """Return a PYTHONPATH on which the released code in a folder comes first."""
    return os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))


async def run_released(folder: Path, settings: Settings, *arguments: str) -> Ran:
    """Run a command of the released code."""
    return await run_lotstream(settings, *arguments, PYTHONPATH=path_with(folder))


class ReleasedWorker(WorkerProcess):
    """A worker of the released code."""

    def __init__(self, folder: Path, settings: Settings, *, instance: str, log: Path) -> None:
        super().__init__(settings, instance=instance, log=log)
        self._folder = folder

    def _environment(self) -> dict[str, str]:
        return {**super()._environment(), "PYTHONPATH": path_with(self._folder)}


async def kill_while_unpublished(
    worker: WorkerProcess, settings: Settings, *, send_more: Callable[[], Awaitable[None]]
) -> int:
    """Kill a worker at a moment when it has committed more than it has published; returns how many records more.

    It gets a few records and is frozen a little later each time until that is so.
    """
    steps = cycle(range(STEPS))
    while True:
        await send_more()
        await asyncio.sleep(next(steps) * STEP_S)
        os.kill(worker.pid, signal.SIGSTOP)
        if behind := await unpublished(settings):
            await worker.kill()
            return behind
        os.kill(worker.pid, signal.SIGCONT)


async def unpublished(settings: Settings) -> int:
    """Return how many records are committed whose messages are not published yet."""
    positions = await _positions(settings)
    return sum(row["next_offset"] - positions.get(row["partition"], 0) for row in await claims(settings))


async def told(settings: Settings, number: int) -> None:
    """Wait until every partition has decided a broadcast."""
    while sum(row["broadcast_seen"] >= number for row in await claims(settings)) < settings.partitions:
        await asyncio.sleep(LOOK_EVERY_S)


async def decided(settings: Settings) -> None:
    """Wait until all records that there are are decided."""
    end = await log_end(settings.kafka_bootstrap, INBOUND.name)
    while sum(row["next_offset"] for row in await claims(settings)) < end:
        await asyncio.sleep(LOOK_EVERY_S)


async def held_by(settings: Settings, workers: int) -> None:
    """Wait until the partitions are held by so many workers."""
    while True:
        rows = await claims(settings)
        if not any(row["released"] for row in rows) and len({row["holder"] for row in rows}) == workers:
            return
        await asyncio.sleep(LOOK_EVERY_S)


async def claims(settings: Settings) -> list[asyncpg.Record]:
    """Return the claim rows as they are, whichever version made the table."""
    connection = await asyncpg.connect(settings.postgres_url)
    try:
        return await connection.fetch("SELECT * FROM lotstream.claim")
    finally:
        await connection.close()


async def _positions(settings: Settings) -> dict[int, int]:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        wanted = [TopicPartition(INBOUND.name, number) for number in range(settings.partitions)]
        noted = await admin.list_consumer_group_offsets(f"{settings.app}-relay", partitions=wanted)
    finally:
        await admin.close()
    return {tp.partition: max(0, one.offset) for tp, one in noted.items()}
