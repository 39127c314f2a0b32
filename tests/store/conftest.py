"""Stores on a database with nothing in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from lotstream.local import LocalStack
from lotstream.store.connection import SCHEMA
from lotstream.store.migrate import migrate
from lotstream.store.postgres import PostgresStore
from tests.store.build import PARTITIONS

pytest.register_assert_rewrite("tests.store.conformance", "tests.store.told_conformance")

TABLES = f"SELECT tablename FROM pg_tables WHERE schemaname = '{SCHEMA}' AND tablename <> 'migration'"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def migrated_url(stack: LocalStack) -> AsyncIterator[str]:
    """The address of a database with the hub's tables, shared by the tests of a module."""
    name, server = f"test_{uuid4().hex}", stack.addresses.postgres_url
    url = urlsplit(server)._replace(path=f"/{name}").geturl()
    await _run(server, f"CREATE DATABASE {name}")
    await migrate(url)
    yield url
    await _run(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture
async def database_url(migrated_url: str) -> AsyncIterator[str]:
    """The address of a database whose tables are empty; emptying them takes a fiftieth of making a new one."""
    yield migrated_url
    connection = await asyncpg.connect(migrated_url, server_settings={"search_path": SCHEMA})
    try:
        tables = [row["tablename"] for row in await connection.fetch(TABLES)]
        # As a replica would, which is the one way past the journal's guard.
        role = "SET session_replication_role = replica;"
        await connection.execute(role + "".join(f"DELETE FROM {table};" for table in tables))
    finally:
        await connection.close()


@pytest_asyncio.fixture
async def open_store(database_url: str) -> AsyncIterator[Callable[[], Awaitable[PostgresStore]]]:
    """Opens stores on one database and closes them after the test."""
    async with AsyncExitStack() as stack:

        async def opened() -> PostgresStore:
            store = await stack.enter_async_context(PostgresStore(database_url, app="test", timeout_s=5.0))
            await store.begin_log(PARTITIONS)
            return store

        yield opened


@pytest_asyncio.fixture
async def store(open_store: Callable[[], Awaitable[PostgresStore]]) -> PostgresStore:
    """A store on an empty database whose log is begun."""
    return await open_store()


async def _run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
