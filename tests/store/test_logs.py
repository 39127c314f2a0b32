"""The inbound log changes its number only while nobody works under it, and every partition goes on where it may."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import pytest_asyncio

from lotstream import __version__
from lotstream.errors import LogChanged, LogHeld, LogInUse
from lotstream.store.claim import Log
from lotstream.store.exchanges import Exchanges
from lotstream.store.journal import GENESIS
from lotstream.store.logs import Logs, Start, Why, hold_log
from lotstream.store.postgres import PostgresStore
from tests.store.build import PARTITIONS, T0, batch, claim, message, write

FIRST = Log(1, PARTITIONS)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest_asyncio.fixture
async def logs(database_url: str) -> AsyncIterator[Logs]:
    """The log of a database."""
    async with Logs(database_url, app="test", timeout_s=5.0) as logs:
        yield logs


async def test_partitions_go_on_under_the_next_number(store: PostgresStore, logs: Logs) -> None:
    """Under the next number a partition keeps its chain and what it has seen, is nobody's, and new ones begin empty."""
    written = await write(store, batch(await claim(store), records=3))
    next_log = Log(2, 2 * PARTITIONS)
    starts = [Start(0, 3, NOW, "m-3"), *(Start(partition) for partition in range(1, 2 * PARTITIONS))]
    await logs.begin(next_log, starts, after=FIRST, epochs={}, why=Why.RESIZED)

    claims = await store.claims(range(2 * PARTITIONS))
    assert await store.log() == next_log
    assert {c.log for c in claims.values()} == {2}
    old, new = claims[0], claims[2 * PARTITIONS - 1]
    assert (old.next_offset, old.relay_position, old.last_append_time, old.last_message_id) == (3, 3, NOW, "m-3")
    assert (old.chain, old.broadcast_seen, old.today) == (written.chain, written.broadcast_seen, written.today)
    assert (old.epoch, old.holder, old.released) == (written.epoch + 1, None, True)
    assert (new.next_offset, new.chain, new.broadcast_seen, new.epoch) == (0, GENESIS, 0, 0)
    assert (await logs.first_offsets(2))[0] == 3


async def test_of_two_that_begin_a_log_one_is_refused(store: PostgresStore, logs: Logs) -> None:
    """Whoever begins a log after somebody else did is refused, and nothing of it is written."""
    starts = [Start(partition) for partition in range(PARTITIONS)]
    await logs.begin(Log(2, PARTITIONS), starts, after=FIRST, epochs={}, why=Why.ADOPTED)
    with pytest.raises(LogChanged):
        await logs.begin(Log(2, PARTITIONS), starts, after=FIRST, epochs={}, why=Why.ADOPTED)
    assert (await store.log()).number == 2


async def test_a_log_is_not_begun_over_a_worker_that_came_meanwhile(store: PostgresStore, logs: Logs) -> None:
    """A claim taken since it was looked at, by a worker that does not share the lock, keeps another from beginning."""
    seen = (await claim(store)).epoch - 1
    with pytest.raises(LogChanged, match=r"Partitions \[0\] were taken"):
        await logs.begin(Log(2, PARTITIONS), [Start(0)], after=FIRST, epochs={0: seen}, why=Why.RESIZED)
    assert await store.log() == FIRST


async def test_the_log_is_not_held_while_a_worker_lives(database_url: str, store: PostgresStore) -> None:
    """Whoever wants to change the log while a worker lives is told the worker's name."""
    await store.lock_instance("lotstream/w-1", timeout_s=1.0)
    with pytest.raises(LogInUse, match=rf"lotstream/w-1 {re.escape(__version__)} on "):
        async with hold_log(database_url, app="test", timeout_s=1.0):
            pass


async def test_the_log_is_not_held_while_a_connector_lives(database_url: str, store: PostgresStore) -> None:
    """A connector that is open is told by its name too: it may append at any moment."""
    async with Exchanges(database_url):
        with pytest.raises(LogInUse, match="lotstream-connect on "):
            async with hold_log(database_url, app="test", timeout_s=1.0):
                pass


async def test_no_worker_starts_while_the_log_is_held(
    database_url: str, store: PostgresStore, open_store: Callable[[], Awaitable[PostgresStore]]
) -> None:
    """A worker that starts while a command holds the log gives up as if a server did not answer, and tries again."""
    async with hold_log(database_url, app="test", timeout_s=1.0):
        with pytest.raises(LogHeld):
            await store.lock_instance("lotstream/w-1", timeout_s=0.2)
    await (await open_store()).lock_instance("lotstream/w-1", timeout_s=1.0)


async def test_published_positions_are_never_lowered(store: PostgresStore, logs: Logs) -> None:
    """Noting what is published moves a position up, and not down, and only under the log it belongs to."""
    await write(store, batch(await claim(store), records=3))
    await logs.note_published(1, {0: 2})
    await logs.note_published(1, {0: 1})
    await logs.note_published(2, {0: 3})
    assert (await store.claims([0]))[0].relay_position == 2


async def test_messages_of_former_logs_are_pruned(store: PostgresStore, logs: Logs) -> None:
    """Old messages of former logs go too, also those of partitions that the topic does not have any more."""
    for partition in range(PARTITIONS):
        written = batch(await claim(store, partition))
        written.outbox = [msgspec.structs.replace(message(0), partition=partition)]
        await write(store, written)
    starts = [Start(partition) for partition in range(PARTITIONS // 2)]
    await logs.begin(Log(2, PARTITIONS // 2), starts, after=FIRST, epochs={}, why=Why.ADOPTED)
    pruned = [await store.prune_outbox(p, below=0, before=T0 + timedelta(days=1)) for p in range(PARTITIONS // 2)]
    assert pruned == [2] * (PARTITIONS // 2)


async def test_a_broadcast_is_put_back_once(store: PostgresStore, logs: Logs) -> None:
    """A command that the database has lost is there again under its number; one that is there stays as it is."""
    assert await store.add_broadcast("t.v1", key="A/1", body=b"{}") == 1
    assert not await logs.put_broadcast_back(1, type="t.v1", body=b"other")
    assert await logs.put_broadcast_back(2, type="t.v1", body=b"lost")
    assert [(row.number, row.body) for row in await store.broadcasts(after=0, limit=9)] == [(1, b"{}"), (2, b"lost")]
