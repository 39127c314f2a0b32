"""What must be true of a hub at rest, recomputed from its tables and topics without the hub's own code."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

import asyncpg

from lotstream.testing.kafka import read_all
from lotstream.testing.load import SOURCE

#: Topics the hub publishes to.
PUBLISHED = (
    "lotstream.pick-tasks",
    "lotstream.order-status",
    "lotstream.ship-confirmations",
    "lotstream.inventory",
    "lotstream.alerts",
    "lotstream.answers",
    "lotstream.inbound.dlq",
)


@dataclass(frozen=True, slots=True)
class Books:
    """Counts taken from the tables of a hub."""

    #: Records of the made-up load that were done, and how many of their message ids are different.
    done: int
    done_ids: int
    #: Partitions whose intake has gaps, or does not end where the claim says.
    partitions_with_gaps: int
    orders: int
    #: (owner, sku, lot, location) → reserved in the stock table, and the sum of what orders hold there.
    reserved: dict[tuple[str, ...], int]
    held_by_orders: dict[tuple[str, ...], int]
    on_hand: int
    messages: Counter[str]


async def read_books(postgres_url: str) -> Books:
    """Read a hub's tables."""
    connection = await asyncpg.connect(postgres_url, server_settings={"search_path": "lotstream"})
    try:
        return Books(
            done=await connection.fetchval(
                "SELECT count(*) FROM intake WHERE source = $1 AND outcome = 'done'", SOURCE
            ),
            done_ids=await connection.fetchval(
                "SELECT count(DISTINCT message_id) FROM intake WHERE source = $1 AND outcome = 'done'", SOURCE
            ),
            partitions_with_gaps=await connection.fetchval(
                'SELECT count(*) FROM (SELECT count(*) AS n, max("offset") + 1 AS last, c.next_offset '
                "FROM intake i JOIN claim c USING (log, partition) GROUP BY partition, c.next_offset) p "
                "WHERE n <> last OR last <> next_offset"
            ),
            orders=await connection.fetchval("SELECT count(*) FROM sales_order"),
            reserved=await _reserved(connection),
            held_by_orders=await _held(connection),
            on_hand=await connection.fetchval("SELECT sum(on_hand) FROM stock"),
            messages=Counter(row["id"] for row in await connection.fetch("SELECT id FROM outbox")),
        )
    finally:
        await connection.close()


async def read_published(bootstrap: str) -> Counter[str]:
    """Count the ids of all messages a read_committed reader sees."""
    seen: Counter[str] = Counter()
    for topic in PUBLISHED:
        async for record in read_all(bootstrap, topic):
            seen[record.headers.get("lotstream_dlq_id", record.headers.get("ce_id", b"")).decode()] += 1
    return seen


async def _reserved(connection: asyncpg.Connection[asyncpg.Record]) -> dict[tuple[str, ...], int]:
    rows = await connection.fetch("SELECT owner, sku, lot, location, reserved FROM stock WHERE reserved <> 0")
    return {(row["owner"], row["sku"], row["lot"], row["location"]): row["reserved"] for row in rows}


async def _held(connection: asyncpg.Connection[asyncpg.Record]) -> dict[tuple[str, ...], int]:
    held: Counter[tuple[str, ...]] = Counter()
    for row in await connection.fetch("SELECT owner, body FROM sales_order"):
        for line in json.loads(row["body"])["lines"]:
            for reservation in line.get("reservations", []):
                sku, lot, _, location, *_ = reservation["row"]
                held[row["owner"], sku, lot, location] += reservation["quantity"]
    return dict(held)
