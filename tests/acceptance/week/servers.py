"""A hub on real servers: a worker as a process of its own, Kafka and PostgreSQL."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from lotstream.contracts.produce import Record
from lotstream.settings import Settings
from lotstream.store.connection import SCHEMA
from lotstream.store.postgres import PostgresStore
from lotstream.testing.defining import define_all
from lotstream.testing.kafka import Seen, produce, read_all
from lotstream.testing.processes import WorkerProcess
from tests.acceptance.week.hub import SOURCE, Broadcast, Hub

LOOK_EVERY_S = 0.02
#: Longest that anything is waited for, in seconds.
PATIENCE_S = 120.0
DECIDED = "SELECT * FROM intake WHERE source = $1 AND message_id = ANY($2) AND outcome <> 'duplicate'"
TO_DO = """
    SELECT (SELECT count(*) FROM continuing WHERE due) + (SELECT count(*) FROM title_due) + (
        SELECT count(*) FROM owner AS o JOIN claim AS k ON k.partition = o.slot % (SELECT partitions FROM hub)
        LEFT JOIN continuing AS c ON c.owner = o.owner
        WHERE coalesce(c.number, 0) < (
            SELECT coalesce(max(t.value::bigint), 0) FROM json_each_text(k.turned::json) AS t
        )
    )"""
"""What is left over, what one owner has to be told of another, and owners that are not through with the last day."""
SENT = "SELECT count(*) FROM outbox WHERE topic = $1"
REPEATED = "SELECT count(*) FROM intake WHERE source = $1 AND outcome = 'duplicate'"


class Servers(Hub):
    """A worker, its log and its database."""

    def __init__(self, settings: Settings, store: PostgresStore, folder: Path) -> None:
        super().__init__()
        self.settings = settings
        self.worker = WorkerProcess(settings, instance="week", log=folder / "worker.log")
        self._store = store
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def open(self) -> None:
        """Connect and start the worker."""
        await self.worker.start()
        self._pool = await asyncpg.create_pool(
            self.settings.postgres_url, min_size=1, max_size=2, server_settings={"search_path": SCHEMA}
        )

    async def close(self) -> None:
        """End the worker and disconnect."""
        await self.worker.stop()
        if self._pool is not None:
            await self._pool.close()

    async def announce(self, said: list[Broadcast]) -> None:
        """Tell every partition something and wait until each has decided all of it."""
        await define_all(self._store, said, partitions=self.settings.partitions)

    async def send(self, records: list[Record]) -> None:
        """Append records to the log."""
        await produce(self.settings.kafka_bootstrap, records)

    async def kill(self) -> None:
        """Have the worker end as by a power cut, and another one take its place."""
        await self.worker.kill()
        await self.worker.start()

    async def moment(self) -> datetime:
        """Return the time now; whatever is sent next is taken in later."""
        now = datetime.now(UTC)
        while datetime.now(UTC) <= now + timedelta(milliseconds=2):
            await asyncio.sleep(0.001)
        return now

    async def decided(self, numbers: list[str]) -> list[dict[str, Any]]:
        """Return what has become of messages, when all of them are decided."""
        async with asyncio.timeout(PATIENCE_S):
            while len(rows := await self._database().fetch(DECIDED, SOURCE, numbers)) < len(numbers):
                await asyncio.sleep(LOOK_EVERY_S)
        return [dict(row) for row in rows]

    async def rest(self) -> None:
        """Wait until nothing is left to be decided."""
        async with asyncio.timeout(PATIENCE_S):
            while await self._database().fetchval(TO_DO):
                await asyncio.sleep(LOOK_EVERY_S)

    async def repeats(self, *, at_least: int = 0) -> int:
        """Return how many messages were known to be repeats, when they are as many as that."""
        async with asyncio.timeout(PATIENCE_S):
            while (known := int(await self._database().fetchval(REPEATED, SOURCE))) < at_least:
                await asyncio.sleep(LOOK_EVERY_S)
        return known

    async def rows(self, table: str, owner: str) -> list[dict[str, Any]]:
        """Return the rows that an owner has in a table."""
        return [dict(row) for row in await self._database().fetch(f"SELECT * FROM {table} WHERE owner = $1", owner)]

    async def heard(self, topic: str) -> list[tuple[str, dict[str, Any]]]:
        """Return every message of an outgoing topic, as its type and its body, in the order of each key."""
        seen: list[Seen] = []
        async with asyncio.timeout(PATIENCE_S):
            while len(seen) < await self._database().fetchval(SENT, topic):
                seen = [record async for record in read_all(self.settings.kafka_bootstrap, topic)]
        return [(record.headers["ce_type"].decode(), json.loads(record.value or b"{}")) for record in seen]

    async def everything(self, tables: tuple[str, ...]) -> Counter[tuple[str, str]]:
        """Return all rows of tables as text, each with how often it is there."""
        found = Counter[tuple[str, str]]()
        for table in tables:
            rows = await self._database().fetch(f"SELECT {table}::text AS text FROM {table}")
            found.update((table, row["text"]) for row in rows)
        return found

    def _database(self) -> asyncpg.Pool[asyncpg.Record]:
        assert self._pool is not None, "the hub is not open"
        return self._pool
