"""What a peer came to, read where its readers would: committed messages in Kafka, or committed rows in PostgreSQL."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

import asyncpg
import msgspec
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from benchmarks.peers.expected import Shelf, Take
from benchmarks.peers.stage import Run
from lotstream.contracts.topics import PICK_TASKS

#: Longest that reading back one run may take, in seconds: an open transaction would keep readers waiting.
READ_S_MAX = 120.0
POLL_MS = 200

OrderName = tuple[str, str]
"""Owner and order."""

OUTBOX = """
SELECT convert_from(key, 'UTF8') AS key, topic, value FROM lotstream.outbox ORDER BY log, partition, "offset", index
"""
OUTBOX_ROWS_AT_ONCE = 2000
RESERVED = "SELECT owner, sku, lot, location, reserved FROM lotstream.stock WHERE reserved <> 0"


class _Task(msgspec.Struct):
    """A pick task, as far as it says what is promised."""

    line: str
    sku: str
    lot: str | None
    location: str
    quantity: str
    action: str


class _PickTasks(msgspec.Struct):
    """The tasks of an order."""

    owner: str
    order: str
    tasks: list[_Task]


_read_tasks = msgspec.json.Decoder(_PickTasks).decode


@dataclass
class Outcome:
    """What is promised to whom."""

    takes: dict[OrderName, tuple[Take, ...]] = field(default_factory=dict)
    #: How often tasks were made for an order, and its state told; None where states are not told one by one.
    told: Counter[OrderName] = field(default_factory=Counter)
    states: Counter[str] | None = field(default_factory=Counter)
    #: What stock rows say is reserved; None where they cannot be read.
    reserved: dict[Shelf, int] | None = None

    def add_tasks(self, value: bytes) -> None:
        """Take in the tasks of one order."""
        message = _read_tasks(value)
        name = (message.owner, message.order)
        tasks = message.tasks
        takes = tuple((task.line, task.sku, task.lot, task.location, int(task.quantity)) for task in tasks)
        self.takes[name] = (*self.takes.get(name, ()), *takes)
        self.told[name] += 1


async def read_messages(run: Run) -> Outcome:
    """Return what a read_committed reader of the outgoing topics sees of a run."""
    outcome = Outcome()
    async with asyncio.timeout(READ_S_MAX):
        async for record in _committed(run.kafka_bootstrap, run.written):
            if record.topic == PICK_TASKS.name:
                outcome.add_tasks(record.value or b"{}")
            elif outcome.states is not None:
                outcome.states[(record.key or b"").decode()] += 1
    return outcome


async def read_outbox(run: Run) -> Outcome:
    """Return what stands in the outbox, and what stock rows say is reserved."""
    outcome = Outcome()
    connection = await asyncpg.connect(run.postgres_url)
    try:
        async with connection.transaction():
            async for row in connection.cursor(OUTBOX, prefetch=OUTBOX_ROWS_AT_ONCE):
                if row["topic"] == PICK_TASKS.name:
                    outcome.add_tasks(row["value"])
                elif outcome.states is not None:
                    outcome.states[row["key"]] += 1
        outcome.reserved = reserved_rows(await connection.fetch(RESERVED))
    finally:
        await connection.close()
    return outcome


def reserved_rows(rows: Iterable[asyncpg.Record]) -> dict[Shelf, int]:
    """Return what is reserved by stock row."""
    return {(row["owner"], row["sku"], row["lot"], row["location"]): row["reserved"] for row in rows}


async def _committed(bootstrap: str, starts: dict[TopicPartition, int]) -> AsyncIterator[ConsumerRecord[bytes, bytes]]:
    """Yield the committed records of partitions from given offsets to their present ends."""
    ends = await _ends(bootstrap, starts)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, isolation_level="read_committed", enable_auto_commit=False,
        auto_offset_reset="none",
    )  # fmt: skip
    await consumer.start()
    try:
        consumer.assign(list(starts))
        for tp, start in starts.items():
            consumer.seek(tp, start)
        while not all([await consumer.position(tp) >= end for tp, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=POLL_MS)).values():
                for record in records:
                    yield record
    finally:
        await consumer.stop()


async def _ends(bootstrap: str, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
    # Of all records, not of the committed ones: a transaction's markers may stand in some partitions only, so far.
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_uncommitted")
    await consumer.start()
    try:
        ends: dict[TopicPartition, int] = await consumer.end_offsets(list(partitions))
        return ends
    finally:
        await consumer.stop()
