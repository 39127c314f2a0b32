"""Talking to a running hub as an outside system would, and waiting for what it makes of each record."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any, Self
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaProducer

from lotstream.contracts.cloudevents import headers_for
from lotstream.contracts.inbound import type_of
from lotstream.contracts.produce import inbound
from lotstream.contracts.topics import INBOUND
from lotstream.domain.slots import partition_of
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.defining import define

SOURCE = "test"
LOOK_EVERY_S = 0.02
#: Longest that anything is waited for, in seconds: a machine with more to do than these tests is slow, and not wrong.
PATIENCE_S = 120.0


class HubClient:
    """Sends records to the inbound topic and reads the tables."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer = AIOKafkaProducer(
            bootstrap_servers=settings.kafka_bootstrap, max_request_size=settings.inbound_bytes_max
        )
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def __aenter__(self) -> Self:
        await self._producer.start()
        self._pool = await asyncpg.create_pool(
            self._settings.postgres_url, min_size=1, max_size=4, server_settings={"search_path": "lotstream"}
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producer.stop()
        if self._pool is not None:
            await self._pool.close()

    async def send(self, name: str, body: Mapping[str, object], *, message_id: str | None = None) -> dict[str, Any]:
        """Send a command and return its intake row."""
        record = inbound(name, body, source=SOURCE, message_id=message_id or uuid4().hex)
        return await self.send_raw(record.value, key=record.key, headers=record.headers)

    async def send_raw(
        self,
        value: bytes | None,
        *,
        key: bytes,
        headers: Iterable[tuple[str, bytes]] | None = None,
        name: str = "order.placed",
        partition: int | None = None,
    ) -> dict[str, Any]:
        """Send any bytes and return the intake row of the record."""
        headers = headers or headers_for(type_of(name), id=uuid4().hex, source=SOURCE)
        target = partition_of(key, self._settings.partitions) if partition is None else partition
        sent = await self._producer.send_and_wait(INBOUND.name, value, key, partition=target, headers=list(headers))
        return await self.row(
            'SELECT * FROM intake WHERE partition = $1 AND "offset" = $2', sent.partition, sent.offset
        )

    async def define_site(self, site: str) -> None:
        """Have every partition know a site before anything is told of it: what left of an unknown one is refused."""
        async with PostgresStore(self._settings.postgres_url, timeout_s=PATIENCE_S) as store:
            body = json.dumps({"site": site}).encode()
            await define(store, type_of("site.defined"), f"{site}/1", body, partitions=self._settings.partitions)

    async def row(self, query: str, *args: object) -> dict[str, Any]:
        """Wait until a query has a row, and return it."""
        async with asyncio.timeout(PATIENCE_S):
            while (row := await self._database().fetchrow(query, *args)) is None:
                await asyncio.sleep(LOOK_EVERY_S)
        return dict(row)

    async def rows(self, query: str, *args: object) -> list[dict[str, Any]]:
        """Return the rows of a query as they are now."""
        return [dict(row) for row in await self._database().fetch(query, *args)]

    def _database(self) -> asyncpg.Pool[asyncpg.Record]:
        if self._pool is None:
            raise RuntimeError("The client is not open.")
        return self._pool
