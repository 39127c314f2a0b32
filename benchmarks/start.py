"""How soon a worker is at work, and what memory it takes, behind a million stock rows and 200,000 open orders.

Stock and orders of 500 owners are written straight into PostgreSQL through the store's own commit. Then a worker is
started on them: once with a single order in the log, and then with an order of each owner, twice, so that every owner
has to be in memory at some time. What is resident is that of the worker's process, as the system counts it.

    python benchmarks/start.py
    python benchmarks/start.py --owners 50 --ledger-bytes-max 67108864

Kafka and PostgreSQL are embedded ones in a folder that is removed afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from lotstream.cli.local_hub import prepare, settings_at
from lotstream.cli.output import progress
from lotstream.contracts.cloudevents import message_id_of
from lotstream.contracts.produce import Record
from lotstream.local import LocalStack
from lotstream.local.folders import temporary_folder
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.store.rows import MessageKey
from lotstream.testing.defining import define
from lotstream.testing.figures import read_figures, resident_bytes
from lotstream.testing.kafka import produce
from lotstream.testing.load import site
from lotstream.testing.processes import WorkerProcess
from lotstream.testing.standing import SOURCE, Standing, fill, one_order_each

LOOK_EVERY_S = 0.01
#: Longest without any progress before the run is given up, in seconds.
STALLED_S = 120.0
MB = 1024 * 1024


@dataclass
class Peak:
    """The highest resident memory seen while a block ran."""

    bytes: int = 0
    _watching: asyncio.Task[None] | None = field(default=None, repr=False)


class Start:
    """One worker on a hub full of stock and orders, and what it takes."""

    def __init__(self, settings: Settings, standing: Standing, folder: Path) -> None:
        self._settings = settings
        self._standing = standing
        self._log = folder / "worker.log"
        self._sent: list[MessageKey] = []

    async def run(self) -> dict[str, Any]:
        """Fill the database, start a worker and touch every owner; returns the figures."""
        async with PostgresStore(self._settings.postgres_url) as store:
            # The same member of the group as later: one that left would be waited for until its session is over.
            async with WorkerProcess(self._settings, instance="bench", log=self._log):
                await define(store, *site(), partitions=self._settings.partitions)
            began = time.monotonic()
            await fill(store, self._standing, partitions=self._settings.partitions, tell=progress)
            figures: dict[str, Any] = {"filled_s": round(time.monotonic() - began, 1)}
            owners = self._standing.owner_ids()
            await self._send(one_order_each(owners[:1]))
            began = time.monotonic()
            async with WorkerProcess(self._settings, instance="bench", log=self._log) as worker:
                await self._done(store)
                figures["start_to_first_commit_s"] = round(time.monotonic() - began, 2)
                figures["after_the_first_order"] = await self._look(worker)
                figures["first_touch_of_every_owner"] = await self._touch(store, worker, owners[1:], round_=0)
                figures["second_touch_of_every_owner"] = await self._touch(store, worker, owners, round_=1)
        return figures

    async def _touch(
        self, store: PostgresStore, worker: WorkerProcess, owners: list[str], *, round_: int
    ) -> dict[str, int | float]:
        progress(f"an order for each of {len(owners)} owners")
        async with _peak(worker.pid) as peak:
            began = time.monotonic()
            await self._send(one_order_each(owners, round_=round_))
            await self._done(store)
            seconds = time.monotonic() - began
        return {"s": round(seconds, 2), **await self._look(worker), "resident_mb_peak": round(peak.bytes / MB)}

    async def _look(self, worker: WorkerProcess) -> dict[str, int]:
        await asyncio.sleep(1.5)  # the gauges are filled once a second
        seen = await read_figures(self._log)
        return {
            "owners_in_memory": round(seen["lotstream_owners_in_memory"]),
            "stock_rows_in_memory": round(seen["lotstream_ledger_rows{stock}"]),
            "orders_in_memory": round(seen["lotstream_ledger_rows{orders}"]),
            "owners_loaded": round(seen["lotstream_owners_loaded_total"]),
            "resident_mb": round(resident_bytes(worker.pid) / MB),
        }

    async def _send(self, records: Iterable[Record]) -> None:
        records = list(records)
        await produce(self._settings.kafka_bootstrap, records)
        self._sent = [(SOURCE, message_id_of(record.headers) or "") for record in records]

    async def _done(self, store: PostgresStore) -> None:
        """Wait until everything sent last is committed; raises `TimeoutError` when nothing moves."""
        last, moved = -1, time.monotonic()
        while (done := len(await store.seen(self._sent))) < len(self._sent):
            if done > last:
                last, moved = done, time.monotonic()
            if time.monotonic() - moved > STALLED_S:
                raise TimeoutError(f"No progress beyond {done} of {len(self._sent)} records; see {self._log}.")
            await asyncio.sleep(LOOK_EVERY_S)


@asynccontextmanager
async def _peak(pid: int) -> AsyncIterator[Peak]:
    peak = Peak()

    async def watch() -> None:
        while True:
            peak.bytes = max(peak.bytes, resident_bytes(pid))
            await asyncio.sleep(LOOK_EVERY_S)

    watching = asyncio.create_task(watch())
    try:
        yield peak
    finally:
        watching.cancel()


async def measure(standing: Standing, *, ledger_bytes_max: int | None) -> dict[str, Any]:
    """Run it on embedded servers; returns the figures with what they were measured on."""
    folder = temporary_folder()
    stack = LocalStack(folder, temporary=True)
    try:
        settings = settings_at(await stack.start())
        if ledger_bytes_max is not None:
            settings = settings.model_copy(update={"ledger_bytes_max": ledger_bytes_max})
        await prepare(settings)
        figures = await Start(settings, standing, Path(folder)).run()
    finally:
        await stack.stop()
    return {
        "owners": standing.owners,
        "stock_rows": standing.stock_rows,
        "open_orders": standing.open_orders,
        "lines_per_order": standing.lines,
        "ledger_bytes_max": settings.ledger_bytes_max,
        **figures,
        "machine": f"{platform.machine()}, {psutil.cpu_count()} cores",
        "python": platform.python_version(),
    }


def main() -> None:
    """Measure and print the figures as JSON."""
    usual = Standing()
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--owners", type=int, default=usual.owners)
    parser.add_argument("--orders", type=int, default=usual.orders, help="open orders per owner")
    parser.add_argument("--ledger-bytes-max", type=int, help="another bound on memory than the default")
    options = parser.parse_args()
    standing = Standing(owners=options.owners, orders=options.orders)
    figures = asyncio.run(measure(standing, ledger_bytes_max=options.ledger_bytes_max))
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
