from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from lotstream.errors import PostgresUnreachable
from lotstream.hub.maintenance import Maintenance
from lotstream.settings import Settings
from lotstream.testing.processes import WorkerProcess
from tests.hub.client import HubClient

NOW = datetime(2026, 1, 31, tzinfo=UTC)
SETTINGS = Settings(
    outbox_days=2, intake_days=20, retention_days=30, untaken_days=40, maintenance_s=0.001, maintenance_calls_max=3
)


class FakeStore:
    """A store that writes down what it is asked to delete."""

    def __init__(self, *, left: int = 0, away: int = 0) -> None:
        #: Calls per table that find something.
        self.left = left
        #: Times the database does not answer.
        self.away = away
        self.calls: list[tuple[object, ...]] = []
        self.answered = asyncio.Event()

    async def now(self) -> datetime:
        if self.away:
            self.away -= 1
            raise PostgresUnreachable
        self.answered.set()
        return NOW

    async def prune_outbox(self, partition: int, *, below: int, before: datetime) -> int:
        return self._deleted("outbox", partition, below, before)

    async def prune_intake(self, partition: int, *, before: datetime) -> int:
        return self._deleted("intake", partition, before)

    async def prune_dead_letters(self, *, before: datetime) -> int:
        return self._deleted("dead_letter", before)

    async def prune_empty_stock(self) -> int:
        return self._deleted("stock")

    async def prune_exchanges(self, *, before: datetime) -> int:
        return self._deleted("exchange", before)

    async def prune_untaken(self, *, before: datetime) -> int:
        return self._deleted("untaken", before)

    def _deleted(self, *call: object) -> int:
        self.calls.append(call)
        return int(self.calls.count(call) <= self.left)


def maintenance(store: FakeStore, published: dict[int, int]) -> Maintenance:
    """Return the maintenance of a worker that has published so far."""
    fake: Any = store
    return Maintenance(SETTINGS, fake, published=lambda: published)


async def test_published_messages_go_after_their_days() -> None:
    """Of each held partition, what lies below the published offset and is older than LOTSTREAM_OUTBOX_DAYS goes."""
    store = FakeStore()
    await maintenance(store, {3: 70, 5: 0}).prune()
    before = NOW - timedelta(days=2)
    assert store.calls[::2] == [("outbox", 3, 70, before), ("outbox", 5, 0, before)]


async def test_message_ids_are_remembered_two_days_longer() -> None:
    """Intake rows of each held partition go two days after LOTSTREAM_INTAKE_DAYS have passed."""
    store = FakeStore()
    await maintenance(store, {3: 70, 5: 0}).prune()
    before = NOW - timedelta(days=22)
    assert store.calls[1::2] == [("intake", 3, before), ("intake", 5, before)]


async def test_what_belongs_to_all_is_pruned_by_one_worker() -> None:
    """Only the holder of the first partition prunes empty stock, and what is older than LOTSTREAM_RETENTION_DAYS.

    What nobody has dealt with goes after LOTSTREAM_UNTAKEN_DAYS.
    """
    store = FakeStore()
    await maintenance(store, {0: 9}).prune()
    old, untaken = NOW - timedelta(days=30), NOW - timedelta(days=40)
    assert store.calls[2:] == [("stock",), ("exchange", old), ("dead_letter", old), ("untaken", untaken)]


async def test_deliveries_that_nobody_took_do_not_go_in_silence() -> None:
    """The log warns of them, once a round."""
    with capture_logs() as logged:
        await maintenance(FakeStore(left=1), {0: 9}).prune()
    assert [line["days"] for line in logged if line["event"] == "untaken_deliveries_deleted"] == [40]


@pytest.mark.limit("maintenance_calls_max")
async def test_a_round_is_bounded() -> None:
    """However much there is to delete, a round makes no more than LOTSTREAM_MAINTENANCE_CALLS_MAX calls of a kind."""
    store = FakeStore(left=10)
    await maintenance(store, {0: 9}).prune()
    assert [store.calls.count(call) for call in dict.fromkeys(store.calls)] == [3] * 6


async def test_a_database_that_is_away_puts_maintenance_off() -> None:
    """A round the database does not answer is left out and the next one comes: deleting can wait."""
    store = FakeStore(away=2)
    running = asyncio.create_task(maintenance(store, {}).run())
    await store.answered.wait()
    running.cancel()
    assert store.away == 0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker(hub_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WorkerProcess]:
    """A worker that has little patience with old rows."""
    log: Path = tmp_path_factory.mktemp("worker") / "worker.log"
    hasty = hub_settings.model_copy(update={"maintenance_s": 0.05})
    async with WorkerProcess(hasty, instance="hasty", log=log) as running:
        yield running


async def test_a_running_worker_prunes(client: HubClient) -> None:
    """Messages a worker published go from its outbox once they are old, and those of today stay."""
    old, young = [await client.send_raw(b"no JSON", key=b"owner") for _ in range(2)]
    aged = """UPDATE outbox SET recorded_at = recorded_at - interval '3 days'
              WHERE partition = $1 AND "offset" = $2 RETURNING "offset\""""
    await client.row(aged, old["partition"], old["offset"])
    await client.row('SELECT WHERE NOT EXISTS (SELECT FROM outbox WHERE "offset" = $1)', old["offset"])
    left = await client.rows('SELECT "offset" FROM outbox')
    assert left == [{"offset": young["offset"]}]
