"""What must be true of a hub at rest, recomputed from its tables and topics without the hub's own code."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

import asyncpg

from lotstream.testing.kafka import read_all

#: Topics the hub publishes to.
PUBLISHED = (
    "lotstream.pick-tasks",
    "lotstream.order-status",
    "lotstream.ship-confirmations",
    "lotstream.alerts",
    "lotstream.answers",
    "lotstream.inbound.dlq",
)


@dataclass(frozen=True, slots=True)
class Books:
    """Counts taken from the tables of a hub."""

    intake_rows: int
    offsets_twice_or_missing: int
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
            intake_rows=await connection.fetchval("SELECT count(*) FROM intake"),
            offsets_twice_or_missing=await connection.fetchval(
                'SELECT coalesce(sum(abs(n - last)), 0) FROM (SELECT count(*) n, max("offset") + 1 AS last, c.next_offset '
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
