"""What waits, is cut or ends when a limit of the hub is reached."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest
from prometheus_client import REGISTRY

from lotstream.errors import ConstraintViolated, ExitCode, PostgresUnreachable, StopWorker
from lotstream.hub.app import build_app
from lotstream.hub.claim import Claims
from lotstream.hub.clock import Clock
from lotstream.hub.pipeline import Pipeline
from lotstream.hub.records import Entry
from lotstream.hub.transport import ConsumerThread
from lotstream.settings import Settings
from lotstream.store.claim import Claim, Log
from lotstream.store.migrate import migrate
from lotstream.store.postgres import PostgresStore
from tests.hub.test_relay import ListeningRelay, a_batch, a_claim, a_row

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SLEEP = "SELECT pg_sleep($1)"
TAKE, SHARE = "SELECT pg_advisory_lock(1)", "SELECT pg_advisory_xact_lock_shared(1)"
LOOK_EVERY_S = 0.005


def times(limit: str) -> float:
    """Return how often a limit was reached in this process."""
    return REGISTRY.get_sample_value("lotstream_limit_reached_total", {"limit": limit}) or 0


def in_use(limit: str) -> float | None:
    """Return what was in use of a limit when it was last looked at."""
    return REGISTRY.get_sample_value("lotstream_limit_used", {"limit": limit})


@pytest.mark.limit("relay_batches_max")
async def test_the_commit_waits_for_a_relay_that_is_relay_batches_max_behind() -> None:
    """With two batches queued the third waits until one is published; nothing is queued beyond the limit."""
    relay = ListeningRelay([a_row(offset) for offset in range(9)])
    await relay.resume({0: a_claim(0, 0)}, kept_back=())
    before = times("relay_batches_max")
    await relay.put(a_batch(0, 0), kept_back=())
    await relay.put(a_batch(1, 1), kept_back=())
    third = asyncio.create_task(relay.put(a_batch(2, 2), kept_back=()))
    await asyncio.sleep(0)
    assert (third.done(), relay.batches_behind) == (False, 2)
    assert times("relay_batches_max") == before + 1
    running = asyncio.create_task(relay.run())
    await third
    await relay.finish()
    running.cancel()
    assert [rows for rows, _ in relay.transactions] == [[0, 1], [2]]


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """Give a connection beside those of the store."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


class Rivals:
    """Claims that somebody else is always faster to take."""

    def __init__(self) -> None:
        self.tried = 0

    async def claims(self, partitions: Iterable[int]) -> dict[int, Claim]:
        return {partition: a_claim(partition, 0) for partition in partitions}

    async def take_claim(self, read: Claim, *, holder: str) -> None:
        self.tried += 1

    async def now(self) -> datetime:
        return NOW


@pytest.mark.limit("claim_attempts_max")
async def test_a_take_over_gives_up_after_claim_attempts_max() -> None:
    """A claim that keeps changing hands is tried as often as the setting says; then the worker ends."""
    rivals: Any = Rivals()
    relay, unused = ListeningRelay([]), None

    async def prove(_: set[int]) -> None:
        """Be a member."""

    async def nothing(*_: object) -> None:
        """Start nothing and fence nobody."""

    stubbed: Any = relay
    stubbed.start = stubbed.fence = nothing
    loose: Any = unused
    claims = Claims(
        rivals, relay, loose, ledgers=loose, states={}, log=Log(1, 8), clock=Clock(rivals, skew_max_s=1),
        attempts_max=Settings(claim_attempts_max=3).claim_attempts_max,
    )  # fmt: skip
    before = times("claim_attempts_max")
    with pytest.raises(StopWorker, match="changing hands"):
        await claims.take({0}, prove=prove, seek=nothing)
    assert (rivals.tried, in_use("claim_attempts_max")) == (3, 3)
    assert times("claim_attempts_max") == before + 1


@pytest.mark.limit("postgres_connections_max")
async def test_a_call_waits_for_one_of_postgres_connections_max(postgres_url: str) -> None:
    """Three calls at a time over two connections: two are at work, the third waits, and all are answered."""
    await migrate(postgres_url)
    settings = Settings(postgres_connections_max=2)
    before = times("postgres_connections_max")
    async with (
        connected(postgres_url) as somebody,
        PostgresStore(postgres_url, connections_max=settings.postgres_connections_max, timeout_s=60) as store,
    ):
        await somebody.execute(TAKE)
        calls = [asyncio.create_task(store._database.value(SHARE)) for _ in range(3)]
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while await somebody.fetchval(waiting) < 2:
            await asyncio.sleep(LOOK_EVERY_S)
        assert (store.connections_in_use, [call.done() for call in calls]) == (2, [False] * 3)
        await somebody.execute("SELECT pg_advisory_unlock_all()")
        await asyncio.gather(*calls)
        assert store.connections_in_use == 0
    assert times("postgres_connections_max") == before + 1


@pytest.mark.limit("postgres_timeout_s")
async def test_a_call_longer_than_postgres_timeout_s_is_given_up(postgres_url: str) -> None:
    """A statement that lasts too long is ended by the server, and its caller hears that PostgreSQL does not answer."""
    await migrate(postgres_url)
    settings = Settings(postgres_timeout_s=0.1)
    async with PostgresStore(postgres_url, timeout_s=settings.postgres_timeout_s) as store:
        with pytest.raises(PostgresUnreachable) as failed:
            await store._database.value(SLEEP, 30)
    assert failed.value.exit_code is ExitCode.UNREACHABLE


@pytest.mark.limit("fetch_bytes_max", seen="`lotstream_limit_used` after each poll")
@pytest.mark.limit("session_timeout_s", seen="Kafka counts it")
async def test_kafka_is_asked_for_no_more_than_the_settings_say() -> None:
    """Faust polls batch_records_max records, and the consumer fetches fetch_bytes_max, within the timeouts set."""
    settings = Settings(
        batch_records_max=7, fetch_bytes_max=2048, inbound_bytes_max=4096, session_timeout_s=11, request_timeout_s=21
    )
    app = build_app(settings)
    app.finalize()
    hub: Any = type("OnlySettings", (), {"settings": settings})()
    app.hub = hub
    assert app.conf.broker_max_poll_records == 7
    thread: Any = ConsumerThread.__new__(ConsumerThread)
    thread.app, thread.transport = app, app.transport
    thread.consumer = type("NotTransactional", (), {"in_transaction": False})()
    consumer = thread._create_worker_consumer(app.transport)
    # It was never started, and needs no closing.
    consumer._closed = True
    assert (consumer._fetch_max_bytes, consumer._max_partition_fetch_bytes) == (2048, 4096)
    assert (consumer._session_timeout_ms, consumer._request_timeout_ms) == (11_000, 21_000)


class Refusing:
    """A commit unit over a database that refuses every record whose value is ``bad``."""

    async def decide(self, entries: list[Entry], *, condemned: Any, **_: object) -> Any:  # noqa: ANN401 - nothing real
        good = bool(condemned) or all(entry.value != b"bad" for entry in entries)
        return SimpleNamespace(entries=entries, good=good, done=())

    async def write(self, decided: Any) -> None:  # noqa: ANN401 - nothing real
        if not decided.good:
            raise ConstraintViolated("intake_message")

    async def forget(self, entries: Iterable[Entry]) -> None:
        """Forget nothing: there is no memory."""


async def hand_over(_: object) -> None:
    """Hand over to nobody."""


@pytest.mark.limit("constraint_failures_max")
async def test_above_constraint_failures_max_it_is_not_the_messages_fault() -> None:
    """As many records as the limit says are dead-lettered for a constraint; the next one stops the worker."""
    unit: Any = Refusing()
    died: list[BaseException] = []
    failures_max = Settings(constraint_failures_max=2).constraint_failures_max
    pipeline = Pipeline(unit, deliver=hand_over, constraint_failures_max=failures_max, die=died.append)
    before = times("constraint_failures_max")
    for offset in range(2):
        await pipeline.commit([a_record(offset, b"good"), a_record(offset, b"bad")])
        await pipeline.written()
    assert (in_use("constraint_failures_max"), times("constraint_failures_max")) == (2, before)
    await pipeline.commit([a_record(2, b"bad")])
    with pytest.raises(StopWorker, match="not the message"):
        await pipeline.written()
    assert [type(error) for error in died] == [StopWorker]
    assert times("constraint_failures_max") == before + 1


def a_record(offset: int, value: bytes) -> Entry:
    """Return a record that nobody has read."""
    return Entry(0, offset, NOW, None, value, ())
