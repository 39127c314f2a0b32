"""One recall that moves tens of thousands of promises, through a running hub: nobody is thrown out, all goes on."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from lotstream.contracts.produce import Record, inbound
from lotstream.errors import ExitCode
from lotstream.settings import Settings
from lotstream.testing.bench.hub import BenchHub, bench_hub
from lotstream.testing.bench.processors import Programs
from lotstream.testing.figures import read_figures
from lotstream.testing.kafka import produce
from lotstream.testing.load import Load, orders
from lotstream.testing.processes import WorkerProcess
from tests.hub.logs import long_only, rows, sound_books

ORDERS: Final = 100_000 if os.environ.get("LOTSTREAM_TEST_LENGTH") == "nightly" else 30_000
SESSION_S: Final = 6.0
"""The shortest that a broker takes, in seconds."""

LOOK_EVERY_S: Final = 0.05
OWNER: Final = "owner-000"
LOAD: Final = Load(ORDERS, owners=1, skus=1, lots=3, units=3 * ORDERS, lines=1)
LAST: Final = 1_500
"""Orders that come right before a recall: some of them are being written while it is decided."""

EPOCHS: Final = "SELECT partition, epoch FROM claim"
HELD: Final = "SELECT lot, sum(reserved) FROM stock WHERE owner = $1 GROUP BY lot HAVING sum(reserved) > 0"
MOVED: Final = """
SELECT count(*) FROM journal WHERE owner = $1 AND type = 'ReservationFreed' AND body LIKE '%"SKU-0000","' || $2 || '"%'
"""


@pytest_asyncio.fixture
async def hub(hub_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BenchHub]:
    """A hub with three lots of one item, of which any one is enough for all orders, and no worker."""
    settings = Settings(**{**hub_settings.model_dump(), "session_timeout_s": SESSION_S})
    folder = tmp_path_factory.mktemp("large")
    async with bench_hub(settings, programs=Programs(None, None), folder=folder) as hub:
        await hub.prepare([LOAD])
        yield hub


@long_only
@pytest.mark.timeout(1200)
async def test_a_worker_outlives_a_decision_longer_than_its_session(
    hub: BenchHub, capsys: pytest.CaptureFixture[str]
) -> None:
    """All orders are promised another lot in one decision, while the worker keeps its claims and its pages answer.

    When the worker is killed before any of it is published, the next one publishes all of it as it takes over.
    """
    log = hub.folder / "worker.log"
    worker = WorkerProcess(hub.settings, instance="large", log=log)
    await worker.start()
    await produce(hub.settings.kafka_bootstrap, orders(LOAD))
    await hub.published_to(await hub.log_end())
    epochs = await rows(hub.settings, EPOCHS)
    async with _pages(log) as answers_s:
        began_s = time.monotonic()
        await produce(hub.settings.kafka_bootstrap, itertools.chain(_more(1), [_recall("L0")]))
        await hub.decided_to(await hub.log_end())
        took_s = time.monotonic() - began_s
    assert sorted(await rows(hub.settings, EPOCHS)) == sorted(epochs)
    await worker.kill()

    async with WorkerProcess(hub.settings, instance="large", log=log) as worker:
        await hub.published_to(await hub.log_end())
        await produce(hub.settings.kafka_bootstrap, itertools.chain(_more(2), [_recall("L1")]))
        await hub.published_to(await hub.log_end())
        assert await worker.stop() == ExitCode.OK
    everybody = ORDERS + 2 * LAST
    assert await rows(hub.settings, MOVED, OWNER, "L0") == [(ORDERS + LAST,)]
    assert await rows(hub.settings, MOVED, OWNER, "L1") == [(everybody,)]
    assert [lot for lot, _ in await rows(hub.settings, HELD, OWNER)] == ["L2"]
    await sound_books(hub.settings)
    with capsys.disabled():
        print(  # noqa: T201 - the figures are what a reader of the run wants to see
            f"\n{ORDERS + LAST} lines of one lot recalled: decided and written in {took_s:.1f} s "
            f"(session {SESSION_S:.0f} s), /metrics answered within {max(answers_s):.2f} s"
        )


def _more(round_: int) -> Iterator[Record]:
    """Yield orders that come later."""
    return orders(replace(LOAD, orders=LAST), first=ORDERS + (round_ - 1) * LAST)


def _recall(lot: str) -> Record:
    body = {"owner": OWNER, "recall": f"R-{lot}", "lots": [{"sku": "SKU-0000", "lot": lot}]}
    return inbound("lot.recalled", body, source="quality", message_id=f"recall/{lot}")


@asynccontextmanager
async def _pages(log: Path) -> AsyncIterator[list[float]]:
    """Ask a worker for its page of metrics for the time of a block; yields the seconds it took each time."""
    took_s: list[float] = []

    async def look() -> None:
        while True:
            began_s = time.monotonic()
            await read_figures(log)
            took_s.append(time.monotonic() - began_s)
            await asyncio.sleep(LOOK_EVERY_S)

    looking = asyncio.create_task(look())
    try:
        yield took_s
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
