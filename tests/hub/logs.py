"""A hub at rest: brought there by a worker, changed by the command line, and looked over without the hub's own code."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from lotstream.contracts.produce import Record
from lotstream.contracts.topics import INBOUND
from lotstream.errors import ExitCode
from lotstream.hub.kafka import AioKafka
from lotstream.hub.verify import verify
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.testing.kafka import produce
from lotstream.testing.load import site
from lotstream.testing.processes import WorkerProcess
from tests.faults.audit import Books, read_books, read_published

LOOK_EVERY_S = 0.05

long_only = pytest.mark.skipif(
    os.environ.get("LOTSTREAM_TEST_LENGTH", "short") == "short",
    reason="starts several workers one after the other; `make test-long` runs it",
)

GAPS = """
SELECT i.log, i.partition, count(*) AS records, min("offset") AS first, max("offset") + 1 AS end
FROM intake AS i LEFT JOIN log_start AS s USING (log, partition) LEFT JOIN claim AS c USING (log, partition)
GROUP BY i.log, i.partition, s.first_offset, c.next_offset
HAVING min("offset") <> coalesce(s.first_offset, 0) OR max("offset") + 1 - min("offset") <> count(*)
    OR max("offset") + 1 <> coalesce(c.next_offset, max("offset") + 1)
"""
"""Partitions of any log whose records were not all decided, each once."""

OWNERS = "SELECT DISTINCT i.owner, o.slot, i.partition FROM intake i JOIN sales_order o USING (owner) WHERE i.log = $1"
"""Where the records of owners were decided under one log, with the slot that their rows carry."""


async def bring_to_rest(settings: Settings, folder: Path, *, records: Iterable[Record] = ()) -> None:
    """Send records, let a worker decide and publish all there is, and end it in order."""
    await produce(settings.kafka_bootstrap, records)
    worker = WorkerProcess(settings, instance="tested", log=folder / f"{uuid4().hex}.log")
    async with PostgresStore(settings.postgres_url) as store, worker:
        # Asked to end before it listens for that, it would end with another code.
        await logged(worker, "worker_started")
        await at_rest(settings, store)
        assert await worker.stop() == ExitCode.OK


async def define_site(settings: Settings, folder: Path) -> None:
    """Define the site all made-up stock stands at, and let every partition know it before anything comes for it."""
    type_, key, body = site()
    async with PostgresStore(settings.postgres_url) as store:
        await store.add_broadcast(type_, key=key, body=body)
    await bring_to_rest(settings, folder)


async def at_rest(settings: Settings, store: PostgresStore) -> None:
    """Wait until every record and every broadcast is decided, and all of it published."""
    kafka = AioKafka(settings, topic=INBOUND.name)
    while True:
        log = await store.log()
        claims = await store.claims(range(log.partitions))
        numbers = [b.number for b in await store.broadcasts(after=0, limit=10_000)]
        if all(claim.broadcast_seen >= max(numbers, default=0) for claim in claims.values()):
            sight = await kafka.look(dict.fromkeys(claims, 0))
            decided = all(claims[p].next_offset == extent.end for p, extent in sight.extents.items())
            noted = {p: position.offset for p, position in (await kafka.positions(claims)).items()} if decided else {}
            if decided and all(max(noted.get(p, 0), c.relay_position) == c.next_offset for p, c in claims.items()):
                return
        await asyncio.sleep(LOOK_EVERY_S)


async def lose(settings: Settings) -> None:
    """Delete the inbound topic, as by mistake, and return when Kafka knows nothing of it any more."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([INBOUND.name])
        while INBOUND.name in await admin.list_topics():
            await asyncio.sleep(LOOK_EVERY_S)
    finally:
        await admin.close()


async def logged(worker: WorkerProcess, event: str) -> None:
    """Wait until a worker has logged an event."""
    while f'"event": "{event}"' not in worker.log.read_text():
        await asyncio.sleep(LOOK_EVERY_S)


def died(worker: WorkerProcess) -> dict[str, str]:
    """Return the line with which a worker died."""
    lines: list[dict[str, str]] = [
        json.loads(line) for line in worker.log.read_text().splitlines() if line.startswith("{")
    ]
    [line] = [line for line in lines if line["event"] == "worker_died"]
    return line


async def rows(settings: Settings, query: str, *args: object) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    connection = await asyncpg.connect(settings.postgres_url, server_settings={"search_path": "lotstream"})
    try:
        return [tuple(row) for row in await connection.fetch(query, *args)]
    finally:
        await connection.close()


async def sound_books(settings: Settings) -> Books:
    """Return the books of a hub at rest in which nothing is left out, doubled or promised twice."""
    books = await read_books(settings.postgres_url)
    assert await rows(settings, GAPS) == []
    assert [str(difference) for difference in (await verify(settings.postgres_url)).differences] == []
    assert books.done == books.done_ids
    assert books.reserved == books.held_by_orders != {}
    assert set(books.messages.values()) <= {1}
    published = await read_published(settings.kafka_bootstrap)
    # Both ways: what is in the outbox was seen, what was seen is in the outbox, and each once.
    assert published == books.messages
    return books
