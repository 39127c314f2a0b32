"""What every test may ask for: the two servers, a database of its own, and Kafka's address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient

from lotstream.cli.local_hub import prepare
from lotstream.local import Addresses, LocalStack
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def hub_servers() -> AsyncIterator[Addresses]:
    """Servers for hubs, one hub after the other: topics have fixed names, so that two cannot share a Kafka.

    Starting and ending both takes 8 s of a processor (measured), and making a hub anew on them 1 s.
    """
    own = LocalStack(temporary_folder(), temporary=True)
    try:
        yield await own.start()
    finally:
        await own.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub_settings(hub_servers: Addresses) -> AsyncIterator[Settings]:
    """A hub ready for workers: a database, topics and groups that nobody has used before."""
    name = f"hub_{uuid4().hex[:8]}"
    await _delete_topics(hub_servers.kafka_bootstrap)
    await _run(hub_servers.postgres_url, f"CREATE DATABASE {name}")
    settings = Settings(
        # A worker that was killed stays in its group until its session is over: the next hub has groups of its own.
        app=name, kafka_bootstrap=hub_servers.kafka_bootstrap,
        postgres_url=urlsplit(hub_servers.postgres_url)._replace(path=f"/{name}").geturl(), partitions=8, http_port=0,
        # Nobody starts a worker of a test again that ended because the machine was slow.
        claim_timeout_s=60.0, stop_timeout_s=60.0,
    )  # fmt: skip
    await prepare(settings)
    yield settings
    await _run(hub_servers.postgres_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def _delete_topics(bootstrap: str) -> None:
    """Delete what another hub has left, and return when it is gone."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        while topics := [topic for topic in await admin.list_topics() if not topic.startswith("__")]:
            await admin.delete_topics(topics)
    finally:
        await admin.close()
