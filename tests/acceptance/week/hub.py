"""The week's way to the hub: messages are sent in bursts, and each has to come to what was foretold of it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from lotstream.contracts.produce import Record, inbound
from lotstream.settings import Settings
from lotstream.store.connection import SCHEMA
from lotstream.store.postgres import PostgresStore
from lotstream.testing.defining import define
from lotstream.testing.kafka import Seen, produce, read_all
from lotstream.testing.processes import WorkerProcess

SOURCE = "week"
LOOK_EVERY_S = 0.02
#: Longest that anything is waited for, in seconds.
PATIENCE_S = 60.0

DECIDED = "SELECT message_id, outcome, code, field, message FROM intake WHERE source = $1 AND message_id = ANY($2)"
TO_DO = "SELECT count(*) FROM continuing WHERE due"
SENT = "SELECT count(*) FROM outbox WHERE topic = $1"
REPEATED = "SELECT count(*) FROM intake WHERE source = $1 AND outcome = 'duplicate'"


class Refused(NamedTuple):
    """What a message has to be refused with."""

    code: str
    field: str


class Hub:
    """A worker, its log and its database, as somebody outside sees them."""

    def __init__(self, settings: Settings, store: PostgresStore, folder: Path) -> None:
        self.settings = settings
        self.log = folder / "worker.log"
        self.worker = WorkerProcess(settings, instance="week", log=self.log)
        self.sent: list[Record] = []
        self.broadcasts: list[tuple[str, str, bytes]] = []
        self._store = store
        self._queue: dict[str, tuple[Record, Refused | None]] = {}
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

    async def broadcast(self, name: str, key: str, body: Mapping[str, object]) -> None:
        """Tell every partition something and wait until each has decided it."""
        said = (f"lotstream.{name}.v1", key, json.dumps(body).encode())
        self.broadcasts.append(said)
        await define(self._store, *said, partitions=self.settings.partitions)

    def tell(self, name: str, body: Mapping[str, object], *, refused: Refused | None = None) -> None:
        """Put a message into the next burst, with what has to become of it."""
        number = f"{len(self.sent) + len(self._queue):05d}/{name}"
        self._queue[number] = (inbound(name, body, source=SOURCE, message_id=number), refused)

    async def settle(self) -> None:
        """Send what is queued, wait until all of it is decided, and compare with what was foretold."""
        records = [record for record, _ in self._queue.values()]
        await produce(self.settings.kafka_bootstrap, records)
        rows = await self._until(DECIDED, SOURCE, list(self._queue), count=len(records))
        wrong = {}
        for row in rows:
            _, refused = self._queue[row["message_id"]]
            came_to = Refused(row["code"], row["field"]) if row["outcome"] == "refused" else row["outcome"]
            if came_to != (refused or "done"):
                wrong[row["message_id"]] = (came_to, row["message"], "foretold", refused or "done")
        assert wrong == {}
        self.sent += records
        self._queue.clear()
        await self.rest()

    async def rest(self) -> None:
        """Wait until nothing is left to be decided."""
        async with asyncio.timeout(PATIENCE_S):
            while await self.value(TO_DO):
                await asyncio.sleep(LOOK_EVERY_S)

    async def again(self) -> int:
        """Send everything once more as it was; returns how many records were known to be repeats."""
        before = await self.value(REPEATED, SOURCE)
        for said in self.broadcasts:
            await define(self._store, *said, partitions=self.settings.partitions)
        await produce(self.settings.kafka_bootstrap, self.sent)
        async with asyncio.timeout(PATIENCE_S):
            while (known := await self.value(REPEATED, SOURCE) - before) < len(self.sent):
                await asyncio.sleep(LOOK_EVERY_S)
        await self.rest()
        return int(known)

    async def rows(self, query: str, *args: object) -> list[dict[str, Any]]:
        """Return the rows of a query as they are now."""
        return [dict(row) for row in await self._database().fetch(query, *args)]

    async def value(self, query: str, *args: object) -> Any:  # noqa: ANN401 - whatever the column holds
        """Return the first column of the first row of a query."""
        return await self._database().fetchval(query, *args)

    async def heard(self, topic: str) -> list[tuple[str, dict[str, Any]]]:
        """Return every message of an outgoing topic, as its type and its body, in the order of each key."""
        seen: list[Seen] = []
        async with asyncio.timeout(PATIENCE_S):
            while len(seen) < await self.value(SENT, topic):
                seen = [record async for record in read_all(self.settings.kafka_bootstrap, topic)]
        return [(record.headers["ce_type"].decode(), json.loads(record.value or b"{}")) for record in seen]

    async def tables(self, names: tuple[str, ...]) -> Counter[tuple[str, str]]:
        """Return all rows of tables as text, each with how often it is there."""
        found = Counter[tuple[str, str]]()
        for name in names:
            found.update((name, row["text"]) for row in await self.rows(f"SELECT {name}::text AS text FROM {name}"))
        return found

    async def _until(self, query: str, *args: object, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(PATIENCE_S):
            while len(rows := await self.rows(query, *args)) < count:
                await asyncio.sleep(LOOK_EVERY_S)
        return rows

    def _database(self) -> asyncpg.Pool[asyncpg.Record]:
        assert self._pool is not None, "the hub is not open"
        return self._pool
