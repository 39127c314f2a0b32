"""As an ERP does it: one transaction per order, the stock rows locked by SELECT … FOR UPDATE, nothing kept in memory.

The tables are those of an ERP in small: quants (a lot in a place, with what is reserved), moves (a line that wants
something) and move lines (what of which quant it got). Orders come from the same log; where to go on stands in the same
transaction, so every order is placed once. Statements are prepared and few; an ORM on top would multiply them.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections import defaultdict
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition

TOPIC = os.environ.get("PEER_INBOUND", "inbound")
POLL_MS = 200

LOCK = """
SELECT id, sku, quantity - reserved_quantity AS free FROM erp.stock_quant
WHERE owner = $1 AND sku = ANY($2) AND quantity > reserved_quantity
ORDER BY sku, expires, in_date, lot, location FOR UPDATE
"""
RESERVE = """
UPDATE erp.stock_quant AS q SET reserved_quantity = q.reserved_quantity + t.quantity
FROM unnest($1::bigint[], $2::bigint[]) AS t(id, quantity) WHERE q.id = t.id
"""
ORDER = "INSERT INTO erp.sale_order (owner, name, state, body) VALUES ($1, $2, $3, $4)"
MOVE = """
INSERT INTO erp.stock_move (owner, sale_order, line, sku, ordered, reserved)
SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[])
"""
MOVE_LINE = """
INSERT INTO erp.stock_move_line (owner, sale_order, line, quant, quantity)
SELECT $1, $2, * FROM unnest($3::text[], $4::bigint[], $5::bigint[])
"""
NEXT_OFFSETS = "SELECT partition, next_offset FROM lotstream.claim WHERE partition = ANY($1)"
GO_ON = "UPDATE lotstream.claim SET next_offset = $3 WHERE partition = $1 AND next_offset = $2"


class Placing:
    """Places orders one by one."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self._connection = connection

    async def place(self, record: ConsumerRecord[bytes, bytes]) -> None:
        """Place the order of a record in a transaction of its own, unless another process did, after a rebalance."""
        body = json.loads(record.value or b"{}")
        async with self._connection.transaction():
            moved = await self._connection.execute(GO_ON, record.partition, record.offset, record.offset + 1)
            if moved == "UPDATE 1" and "placed_at" in body:
                await self._reserve(body, record.value)

    async def _reserve(self, order: dict[str, Any], body: bytes | None) -> None:
        owner, name = order["owner"], order["order"]
        free: dict[str, list[list[int]]] = defaultdict(list)
        for row in await self._connection.fetch(LOCK, owner, [line["sku"] for line in order["lines"]]):
            free[row["sku"]].append([row["id"], row["free"]])
        moves, takes = [], []
        for line in order["lines"]:
            ordered = wanted = int(line["quantity"])
            for quant in free[line["sku"]]:
                taken = min(quant[1], wanted)
                if taken:
                    quant[1] -= taken
                    wanted -= taken
                    takes.append((line["line"], quant[0], taken))
            moves.append((line["line"], line["sku"], ordered, ordered - wanted))
        state = "assigned" if all(ordered == got for *_, ordered, got in moves) else "partially_available"
        await self._connection.execute(ORDER, owner, name, state, (body or b"").decode())
        await self._connection.execute(MOVE, owner, name, *zip(*moves, strict=True))
        if takes:
            _, quants, taken_of = zip(*takes, strict=True)
            await self._connection.execute(RESERVE, quants, taken_of)
            await self._connection.execute(MOVE_LINE, owner, name, *zip(*takes, strict=True))


class GoingOn(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Goes on where PostgreSQL says."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Do nothing: each order is its own transaction."""

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Seek to where PostgreSQL says."""
        # On a connection of its own: a rebalance comes in the middle of an order's transaction.
        connection = await asyncpg.connect(os.environ["PEER_POSTGRES_URL"])
        try:
            for row in await connection.fetch(NEXT_OFFSETS, [tp.partition for tp in assigned]):
                self._consumer.seek(TopicPartition(TOPIC, row["partition"]), row["next_offset"])
        finally:
            await connection.close()


async def main() -> None:
    """Run until SIGTERM."""
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    connection = await asyncpg.connect(os.environ["PEER_POSTGRES_URL"])
    placing = Placing(connection)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=os.environ["PEER_BOOTSTRAP"], group_id=os.environ["PEER_GROUP"], enable_auto_commit=False,
        auto_offset_reset="earliest",
    )  # fmt: skip
    consumer.subscribe([TOPIC], listener=GoingOn(consumer))
    await consumer.start()
    try:
        while not stopped.is_set():
            for records in (await consumer.getmany(timeout_ms=POLL_MS, max_records=500)).values():
                for record in records:
                    if stopped.is_set():
                        break
                    await placing.place(record)
    finally:
        await consumer.stop()
        await connection.close()


if __name__ == "__main__":
    asyncio.run(main())
