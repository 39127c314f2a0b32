"""What ends when it lasts longer than a setting says; each such end is counted before the process goes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition

from lotstream.errors import InstanceTaken, RelayFailed, StopWorker
from lotstream.hub.app import build_app, ledger_store
from lotstream.hub.clock import Clock
from lotstream.hub.hub import Hub
from lotstream.hub.relay import Grant
from lotstream.hub.transport import _note
from lotstream.hub.worker import Worker
from lotstream.settings import Settings
from lotstream.store.claim import Log
from lotstream.store.connection import Address
from lotstream.store.instance import InstanceLock
from lotstream.testing.memory.store import MemoryStore
from lotstream.testing.memory.tables import Tables
from tests.hub.small_hub import SmallHub
from tests.hub.test_limits import in_use, times
from tests.hub.test_relay import ListeningRelay, a_batch, a_claim, a_row

NOW = datetime(2026, 9, 1, tzinfo=UTC)
AT_ONCE_S = 0.01
LONG_S = 60.0


async def forever(*_: object, **__: object) -> None:
    """Never answer."""
    await asyncio.Event().wait()


class Away(MemoryStore):
    """A database that does not answer."""

    now = forever  # type: ignore[assignment]


@pytest.mark.limit("claim_timeout_s")
async def test_a_take_over_that_outlasts_claim_timeout_s_ends_the_process() -> None:
    """Faust would otherwise keep the partitions and process nothing."""
    died: list[BaseException] = []
    hub = a_hub(Away(Tables(clock=lambda: NOW)), Settings(claim_timeout_s=AT_ONCE_S), died)
    with pytest.raises(TimeoutError):
        await hub.claim({0}, prove=forever, seek=forever)
    assert [type(error) for error in died] == [TimeoutError]


async def test_a_take_over_has_the_time_that_publishing_is_granted() -> None:
    """What a worker that died had committed and not published may take its successor longer than claim_timeout_s."""
    died: list[BaseException] = []
    hub = a_hub(MemoryStore(Tables(clock=lambda: NOW)), Settings(claim_timeout_s=AT_ONCE_S), died)

    async def take(*_: object, grant: Grant, **__: object) -> dict[int, int]:
        grant(LONG_S)
        grant(AT_ONCE_S)
        await asyncio.sleep(3 * AT_ONCE_S)
        return {0: 7}

    claims: Any = hub._claims
    claims.take = take
    assert await hub.claim({0}, prove=forever, seek=forever) == {0: 7}
    assert died == []


def a_hub(store: MemoryStore, settings: Settings, died: list[BaseException]) -> Hub:
    """Return the heart of a worker without servers."""
    app = build_app(settings)
    app.finalize()
    nothing: Any = None
    return Hub(settings, store, Log(1, 8), ledger_store(app), kafka=nothing, topic="inbound", die=died.append)


@pytest.mark.limit("relay_timeout_s")
async def test_a_transaction_that_outlasts_relay_timeout_s_ends_the_process() -> None:
    """A producer that blocks is given up; what it was to publish stays in the outbox."""
    relay = ListeningRelay([a_row(0)])
    await relay.resume({0: a_claim(0, 0)}, kept_back=())
    await relay.put(a_batch(0, 0), kept_back=())
    blocked: Any = relay
    blocked._transaction, blocked._timeout_s = forever, Settings(relay_timeout_s=AT_ONCE_S).relay_timeout_s
    blocked._publish = super(ListeningRelay, relay)._publish
    with pytest.raises(RelayFailed):
        await relay.run()
    assert relay.position(0) == 0


@pytest.mark.limit("request_timeout_s")
async def test_an_append_that_outlasts_request_timeout_s_ends_the_process() -> None:
    """What the hub says to every partition is not waited for longer than a request to Kafka may last."""
    hub = SmallHub()
    worker = await hub.start()
    await hub.tell("site.defined", "TOR/1", {"site": "TOR"})
    broadcasts: Any = worker.broadcasts
    broadcasts._appender.append, broadcasts._timeout_s = (
        forever,
        Settings(request_timeout_s=AT_ONCE_S).request_timeout_s,
    )
    with pytest.raises(TimeoutError):
        await worker.look()


@pytest.mark.limit("stop_timeout_s")
async def test_a_stop_that_outlasts_stop_timeout_s_ends_as_a_crash_does() -> None:
    """A worker that cannot finish its batch dies of it; how long it has been at it shows while it lasts."""
    died: list[BaseException] = []
    app: Any = SimpleNamespace(stop=forever)
    hub: Any = SimpleNamespace(die=died.append)
    worker = Worker(Settings(stop_timeout_s=AT_ONCE_S), MemoryStore(Tables(clock=lambda: NOW)), app, hub)
    await worker.end()
    assert [type(error) for error in died] == [TimeoutError]
    assert (in_use("stop_timeout_s") or 0) >= AT_ONCE_S


@pytest.mark.limit("instance_lock_timeout_s")
async def test_an_id_that_stays_taken_is_given_up_after_instance_lock_timeout_s(postgres_url: str) -> None:
    """The second process with an id waits as long as it may; the first one shows how long it waited, too."""
    address = Address(url=postgres_url, app="lotstream")
    first, second = InstanceLock(address), InstanceLock(address)
    await first.acquire("same", timeout_s=5)
    try:
        assert 0 < (in_use("instance_lock_timeout_s") or 0) < 5
        with pytest.raises(InstanceTaken):
            await second.acquire("same", timeout_s=Settings(instance_lock_timeout_s=0.1).instance_lock_timeout_s)
    finally:
        await first.release()


@pytest.mark.limit("clock_skew_max_s")
async def test_a_record_further_ahead_than_clock_skew_max_s_stops_the_worker() -> None:
    """How far ahead of PostgreSQL's clock brokers are shows before it is too far."""
    clock = Clock(MemoryStore(Tables(clock=lambda: NOW)), skew_max_s=Settings(clock_skew_max_s=60).clock_skew_max_s)
    await clock.sync()
    clock.check(NOW + timedelta(seconds=50))
    assert 40 < (in_use("clock_skew_max_s") or 0) <= 50
    with pytest.raises(StopWorker, match="ahead of Postgres's clock"):
        clock.check(NOW + timedelta(seconds=90))


@pytest.mark.limit("batch_records_max")
async def test_a_poll_of_batch_records_max_records_leaves_the_rest_for_the_next() -> None:
    """A poll that brought all it may is counted, one that brought less is not."""
    record: Any = SimpleNamespace(value=b"12345")
    limit, before = Settings(batch_records_max=3).batch_records_max, times("batch_records_max")
    _note({TopicPartition("inbound", 0): [record, record]}, batch_records_max=limit)
    assert (times("batch_records_max"), in_use("fetch_bytes_max")) == (before, 10)
    _note({TopicPartition("inbound", 0): [record] * 2, TopicPartition("inbound", 1): [record]}, batch_records_max=limit)
    assert (times("batch_records_max"), in_use("batch_records_max")) == (before + 1, 3)
