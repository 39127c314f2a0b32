"""What every test may ask for: the two servers, a database of its own, and Kafka's address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from lotstream.cli.local_hub import prepare
from lotstream.local import LocalStack
from lotstream.local.folders import temporary_folder
from lotstream.settings import Settings


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack() -> AsyncIterator[LocalStack]:
    """One Kafka and one PostgreSQL for the whole run; those the environment points to, when it does.

    A test that kills a server brings its own stack.
    """
    shared = LocalStack.beside_environment(temporary_folder(), temporary=True)
    await shared.start()
    yield shared
    await shared.stop()


@pytest_asyncio.fixture
async def postgres_url(stack: LocalStack) -> AsyncIterator[str]:
    """The address of a fresh, empty database that is dropped after the test."""
    name = f"test_{uuid4().hex}"
    await _run(stack.addresses.postgres_url, f"CREATE DATABASE {name}")
    yield urlsplit(stack.addresses.postgres_url)._replace(path=f"/{name}").geturl()
    await _run(stack.addresses.postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def kafka_bootstrap(stack: LocalStack) -> str:
    """Where Kafka listens; tests share it, so each names its own topics and groups."""
    return stack.addresses.kafka_bootstrap


async def _run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub_settings() -> AsyncIterator[Settings]:
    """A hub ready for workers on servers of its own: topics have fixed names, so hubs cannot share a Kafka."""
    own = LocalStack(temporary_folder(), temporary=True)
    try:
        addresses = await own.start()
        settings = Settings(
            kafka_bootstrap=addresses.kafka_bootstrap, postgres_url=addresses.postgres_url, partitions=8, http_port=0
        )
        await prepare(settings)
        yield settings
    finally:
        await own.stop()
