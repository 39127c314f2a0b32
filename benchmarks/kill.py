"""How long nothing is committed after a worker was killed: from SIGKILL to the next commit in the partitions it held.

Workers run under the supervisor of `lotstream up`, which starts a killed one again under the same instance id after its
shortest pause (half a second, counted in). Orders come at a steady pace meanwhile. With two workers the group leaves
the killed one's partitions to it until its session is over, so that the other is not disturbed.

    python benchmarks/kill.py --kills 10
    python benchmarks/kill.py --kills 10 --workers 2

Kafka and PostgreSQL are embedded ones in a folder that is removed afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import signal
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
from aiokafka import AIOKafkaProducer

from lotstream.cli.local_hub import prepare, programs, settings_at
from lotstream.cli.output import progress
from lotstream.local import LocalStack
from lotstream.local.folders import temporary_folder
from lotstream.local.supervise import PAUSE_S_MIN, Limits, Supervisor
from lotstream.settings import Settings
from lotstream.store.claim import Claim
from lotstream.store.postgres import PostgresStore
from lotstream.testing.defining import define
from lotstream.testing.kafka import produce
from lotstream.testing.load import Load, catalogue, orders, site

LOOK_EVERY_S = 0.02
ORDERS_PER_S = 200
BURST_S = 0.1
#: Commits that are waited for between two kills, so that every kill meets a worker that works.
CALM_COMMITS = 20
#: Each kill is a first failure: no pause is longer than the shortest.
LIMITS = Limits(pause_s_min=PAUSE_S_MIN, pause_s_max=PAUSE_S_MIN)
LOAD = Load(orders=ORDERS_PER_S, owners=64, skus=10, units=10_000_000)


class Kills:
    """Kills workers one after the other and times how long their partitions stand still."""

    def __init__(
        self, settings: Settings, store: PostgresStore, supervisor: Supervisor, *, instances: dict[str, str]
    ) -> None:
        self._settings = settings
        self._store = store
        self._supervisor = supervisor
        #: Instance id of each program.
        self._instances = instances

    async def run(self, kills: int) -> list[float]:
        """Return the seconds of each kill."""
        taken = []
        for number in range(kills):
            await self._calm()
            name, pid = sorted(self._supervisor.pids.items())[number % len(self._supervisor.pids)]
            held = await self._held_by(name)
            os.kill(pid, signal.SIGKILL)
            killed = time.monotonic()
            await self._until_moved(held)
            taken.append(time.monotonic() - killed)
            progress(f"{name} of {len(held)} partitions: {taken[-1]:.2f} s")
        return taken

    async def _claims(self) -> dict[int, Claim]:
        return await self._store.claims(range(self._settings.partitions))

    async def _held_by(self, program: str) -> dict[int, int]:
        """Return the next offsets of the partitions that a worker holds; a holder is app, instance id and a random."""
        worker = f"{self._settings.app}-{self._instances[program]}"
        claims = await self._claims()
        return {p: c.next_offset for p, c in claims.items() if (c.holder or "").rpartition("-")[0] == worker}

    async def _until_moved(self, offsets: dict[int, int]) -> None:
        # What the killed worker had committed when it was killed may become visible a moment later: it does not count.
        epochs = {p: claim.epoch for p, claim in (await self._claims()).items()}
        while True:
            claims = await self._claims()
            if any(claims[p].epoch > epochs[p] and claims[p].next_offset > offset for p, offset in offsets.items()):
                return
            await asyncio.sleep(LOOK_EVERY_S)

    async def _calm(self) -> None:
        """Wait until every worker is there and has committed some."""
        commits, last = 0, -1
        while commits < CALM_COMMITS:
            claims = await self._claims()
            reached = sum(claim.next_offset for claim in claims.values())
            workers = {claim.holder for claim in claims.values() if not claim.released}
            everybody = len(workers) == len(self._supervisor.pids)
            commits = commits + (reached > last) if everybody else 0
            last = reached
            await asyncio.sleep(LOOK_EVERY_S)


@asynccontextmanager
async def steady_orders(bootstrap: str) -> AsyncIterator[None]:
    """Offer orders at a steady pace while the block runs."""

    async def offer(producer: AIOKafkaProducer) -> None:
        first, burst = 0, round(ORDERS_PER_S * BURST_S)
        while True:
            for record in orders(replace(LOAD, orders=burst), first=first):
                await producer.send(record.topic, record.value, record.key, headers=list(record.headers))
            first += burst
            await asyncio.sleep(BURST_S)

    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        offering = asyncio.create_task(offer(producer))
        try:
            yield
        finally:
            offering.cancel()


async def import_s() -> float:
    """Return how long a worker's program takes to start before it does anything, on this machine as busy as it is."""
    began = time.monotonic()
    program = await asyncio.create_subprocess_exec(sys.executable, "-c", "import lotstream.hub.worker")
    await program.wait()
    return time.monotonic() - began


async def measure(*, kills: int, workers: int) -> dict[str, Any]:
    """Run it on embedded servers; returns the figures with what they were measured on."""
    folder = temporary_folder()
    stack = LocalStack(folder, temporary=True)
    try:
        settings = settings_at(await stack.start()).model_copy(update={"instance": "kill", "http_port": 0})
        await prepare(settings)
        logged = [
            replace(p, log=Path(folder) / f"{p.name}.log", env={**(p.env or {}), "LOTSTREAM_LOG_FORMAT": "json"})
            for p in programs(settings, workers=workers, connectors=())
        ]
        instances = {p.name: (p.env or {})["LOTSTREAM_INSTANCE"] for p in logged}
        supervisor = Supervisor(logged, limits=LIMITS)
        running = asyncio.create_task(supervisor.run())
        async with PostgresStore(settings.postgres_url) as store:
            await define(store, *site(), partitions=settings.partitions)
            await produce(settings.kafka_bootstrap, catalogue(LOAD))
            async with steady_orders(settings.kafka_bootstrap):
                imported_s = await import_s()
                taken = await Kills(settings, store, supervisor, instances=instances).run(kills)
        await supervisor.stop()
        await running
    finally:
        await stack.stop()
    return {
        "kills": kills,
        "workers": workers,
        "kill_to_next_commit_s": {
            "min": round(min(taken), 2),
            "median": round(statistics.median(taken), 2),
            "max": round(max(taken), 2),
        },
        "each_s": [round(seconds, 2) for seconds in taken],
        "of_that_supervisor_pause_s": LIMITS.pause_s_min,
        "of_that_starting_python_with_all_modules_s": round(imported_s, 2),
        "load_average": os.getloadavg()[0],
        "partitions": settings.partitions,
        "offered_orders_per_s": ORDERS_PER_S,
        "machine": f"{platform.machine()}, {psutil.cpu_count()} cores",
        "python": platform.python_version(),
    }


def main() -> None:
    """Measure and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    sys.stdout.write(json.dumps(asyncio.run(measure(kills=options.kills, workers=options.workers)), indent=2) + "\n")


if __name__ == "__main__":
    main()
