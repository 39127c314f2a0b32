"""The last released code as programs: its wheel stands before today's code on their path, all else is the same."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from lotstream.contracts.topics import INBOUND
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.processes import WorkerProcess
from tests.cli.conftest import Ran, run_lotstream

[WHEEL] = (Path(__file__).parent / "released").glob("*.whl")
VERSION = WHEEL.name.split("-")[1]
#: Pause in which a worker runs on before it is frozen again.
RUN_ON_S = 0.01


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


async def kill_while_unpublished(worker: WorkerProcess, settings: Settings, store: PostgresStore) -> int:
    """Kill a worker at a moment when it has committed more than it has published; returns how many records more.

    It is frozen, looked at, and runs on for a moment when everything is published.
    """
    while True:
        os.kill(worker.pid, signal.SIGSTOP)
        if behind := await unpublished(settings, store):
            await worker.kill()
            return behind
        os.kill(worker.pid, signal.SIGCONT)
        await asyncio.sleep(RUN_ON_S)


async def unpublished(settings: Settings, store: PostgresStore) -> int:
    """Return how many records are committed whose messages are not published yet."""
    claims = await store.claims(range(settings.partitions))
    positions = await _positions(settings)
    return sum(claim.next_offset - positions.get(partition, 0) for partition, claim in claims.items())


async def _positions(settings: Settings) -> dict[int, int]:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        wanted = [TopicPartition(INBOUND.name, number) for number in range(settings.partitions)]
        noted = await admin.list_consumer_group_offsets(f"{settings.app}-relay", partitions=wanted)
    finally:
        await admin.close()
    return {tp.partition: max(0, one.offset) for tp, one in noted.items()}
