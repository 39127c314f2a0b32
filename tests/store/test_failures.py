"""What a store says when its server is away, slow, or takes a session from it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from lotstream.domain.model import StockRow
from lotstream.errors import InstanceLockLost, InstanceTaken, PostgresUnreachable, SettingInvalid
from lotstream.store import connection as connections
from lotstream.store.connection import SCHEMA, Address, Database
from lotstream.store.postgres import PostgresStore
from tests.store.build import ROW, batch, claim, with_stock, write


@pytest_asyncio.fixture
async def operator(database_url: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """Somebody else's session on the same database."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": SCHEMA})
    yield connection
    await connection.close()


async def test_closed_store_does_not_answer() -> None:
    """A store that is not open says so."""
    with pytest.raises(PostgresUnreachable, match="not open"):
        await PostgresStore("postgresql:///x").now()


@pytest.mark.parametrize("url", ["postgresql://127.0.0.1:1/x", "postgresql:///x?host=/nowhere"])
async def test_absent_server_does_not_answer(url: str) -> None:
    """A server that is not there is something to try again."""
    with pytest.raises(PostgresUnreachable):
        await PostgresStore(url).open()


async def test_address_that_is_none_is_a_setting() -> None:
    """An address that cannot be read is a wrong setting."""
    with pytest.raises(SettingInvalid):
        await PostgresStore("127.0.0.1:5432").open()


async def test_lost_session_is_reported(store: PostgresStore, operator: asyncpg.Connection[asyncpg.Record]) -> None:
    """When the server ends the session that holds the instance lock, whoever waits for that is told."""
    await store.lock_instance("lotstream/w-1", timeout_s=1.0)
    await operator.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    with pytest.raises(InstanceLockLost):
        await store.wait_lock_lost()


async def test_closed_store_gives_the_lock_back(database_url: str, store: PostgresStore) -> None:
    """A store that is closed leaves its instance id free, and that is no loss."""
    async with PostgresStore(database_url) as first:
        await first.lock_instance("lotstream/w-1", timeout_s=1.0)
        with pytest.raises(InstanceTaken):
            await store.lock_instance("lotstream/w-1", timeout_s=0.1)
    await store.lock_instance("lotstream/w-1", timeout_s=5.0)


async def test_row_locked_by_another_is_not_waited_for_long(
    database_url: str, store: PostgresStore, operator: asyncpg.Connection[asyncpg.Record]
) -> None:
    """A claim somebody keeps locked ends the call within its limit, and nothing is written."""
    mine = await claim(store)
    async with operator.transaction(), PostgresStore(database_url, timeout_s=1.5) as hasty:
        await operator.execute("SELECT FROM claim WHERE partition = 0 FOR UPDATE")
        with pytest.raises(PostgresUnreachable):
            await hasty.commit(batch(mine))
    assert (await store.claims([0]))[0] == mine


async def test_a_transaction_of_many_calls_has_the_time_of_all(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction ends within the limit on one call, unless it is said to be as much as several; each has its own."""
    monkeypatch.setattr(connections, "CLIENT_GRACE_S", 0.0)
    database = Database(Address(url=database_url, app="test", call_s=1.0))
    await database.open()
    try:
        async with database.transaction(calls=100) as connection:
            await _five_calls(connection)
        with pytest.raises(PostgresUnreachable):
            async with database.transaction() as connection:
                await _five_calls(connection)
    finally:
        await database.close()


async def _five_calls(connection: Any) -> None:  # noqa: ANN401 - whatever runs a statement
    for _ in range(5):
        await connection.execute("SELECT pg_sleep(0.25)")


async def test_take_over_waits_for_the_commit_before_it(
    store: PostgresStore, operator: asyncpg.Connection[asyncpg.Record]
) -> None:
    """A claim cannot be taken between a former holder's first statement and its COMMIT."""
    read = (await store.claims([0]))[0]
    transaction = operator.transaction()
    await transaction.start()
    await operator.execute("UPDATE claim SET next_offset = 7 WHERE partition = 0")
    taking = asyncio.create_task(store.take_claim(read, holder="worker-2"))
    while not await operator.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
        assert not taking.done()
    await transaction.commit()
    taken = await taking
    assert taken is not None
    assert taken.next_offset == 7


async def test_frozen_transaction_is_ended_by_the_server(store: PostgresStore) -> None:
    """Sessions of a store carry limits, so that a worker frozen inside a transaction holds its rows for seconds."""
    database = store._database
    assert await database.value("SHOW idle_in_transaction_session_timeout") == "5s"
    assert await database.value("SHOW lock_timeout") == "2500ms"
    assert await database.value("SHOW statement_timeout") == "5s"


async def test_programming_error_passes_through(store: PostgresStore) -> None:
    """An error that has no name here is not taken for a server that does not answer."""
    with pytest.raises(asyncpg.PostgresSyntaxError):
        await store._database.fetch("SELEC 1")


async def test_pruning_waits_for_nobody(store: PostgresStore, operator: asyncpg.Connection[asyncpg.Record]) -> None:
    """A stock row that somebody is writing is left alone, so that pruning and a commit cannot wait for each other."""
    await write(store, batch(await claim(store), ledger=with_stock(StockRow(ROW))))
    async with operator.transaction():
        await operator.execute("UPDATE stock SET on_hand = 5")
        assert await store.prune_empty_stock() == 0
