"""The store in memory does what the one on PostgreSQL does: the same suite, and what only it can do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio

from lotstream.domain.model import StockRow
from lotstream.testing.memory import MemoryStore, Tables
from tests.store.build import OWNER, PARTITIONS, ROW, batch, claim, empty_ledger, with_stock, write
from tests.store.conformance import StoreConformance


@pytest.fixture
def tables() -> Tables:
    """A database with nothing in it."""
    return Tables()


@pytest_asyncio.fixture
async def open_store(tables: Tables) -> Callable[[], Awaitable[MemoryStore]]:
    """Opens stores on one database."""

    async def opened() -> MemoryStore:
        store = MemoryStore(tables)
        await store.begin_log(PARTITIONS)
        return store

    return opened


@pytest_asyncio.fixture
async def store(open_store: Callable[[], Awaitable[MemoryStore]]) -> MemoryStore:
    """A store on an empty database whose log is begun."""
    return await open_store()


class TestMemoryStore(StoreConformance):
    """The conformance suite in memory."""


async def test_a_backup_brings_back_what_was_then(store: MemoryStore, tables: Tables) -> None:
    """Tables restored from a backup are as they were when it was made, and the backup stays what it was."""
    mine = await claim(store)
    backup = tables.copy()
    await write(store, batch(mine, ledger=with_stock(StockRow(ROW, 5))))
    tables.restore(backup)
    assert (await store.claims([0]))[0] == mine
    assert (await store.ledgers({OWNER: empty_ledger().sites}))[OWNER].stock == {}
    await write(store, batch(mine, ledger=with_stock(StockRow(ROW, 7))))
    assert backup.rows["stock"] == {}


async def test_a_statement_nobody_wrote_down_is_refused(store: MemoryStore) -> None:
    """A statement that is not answered here stops the test that uses it instead of answering with nothing."""
    with pytest.raises(NotImplementedError, match="SELECT 1"):
        await store._database.fetch("SELECT 1")
