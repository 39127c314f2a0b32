"""Producing records and reading topics as an outside system would: read_committed, every record with its headers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from lotstream.contracts.produce import Record

#: Records in flight before the oldest is awaited.
IN_FLIGHT_MAX = 5000
#: Longest that a reader waits for the topic's partitions, and the pause between two looks, in seconds.
ASSIGNED_S = 60.0
LOOK_EVERY_S = 0.01


@dataclass(frozen=True, slots=True)
class Seen:
    """One record as a reader of a topic sees it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: dict[str, bytes]
    #: Append time in milliseconds since 1970.
    timestamp_ms: int = 0


async def produce(bootstrap: str, records: Iterable[Record]) -> int:
    """Send records in order with acks from all replicas and return how many; raises what Kafka answers."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=5)
    await producer.start()
    count = 0
    pending: list[asyncio.Future[object]] = []
    try:
        for record in records:
            headers = list(record.headers)
            pending.append(await producer.send(record.topic, record.value, record.key, headers=headers))
            count += 1
            if len(pending) >= IN_FLIGHT_MAX:
                await asyncio.gather(*pending)
                pending.clear()
        await asyncio.gather(*pending)
    finally:
        await producer.stop()
    return count


async def read_all(bootstrap: str, topic: str) -> AsyncIterator[Seen]:
    """Yield every committed record of a topic from its start to its present end.

    The end is that of all records: a commit is answered before its markers stand in every partition, and a reader that
    stopped at the last stable offset could miss the last transaction.
    """
    ends = await _ends(bootstrap, topic)
    async with _reader(bootstrap, topic, isolation_level="read_committed") as consumer:
        while not all([await consumer.position(tp) >= end for tp, end in ends.items()]):
            for tp, records in (await consumer.getmany(timeout_ms=200)).items():
                for r in records:
                    yield Seen(topic, tp.partition, r.offset, r.key, r.value, dict(r.headers), r.timestamp)


async def log_end(bootstrap: str, topic: str) -> int:
    """Return how many records a topic has had, all partitions together."""
    return sum((await _ends(bootstrap, topic)).values())


async def _ends(bootstrap: str, topic: str) -> dict[TopicPartition, int]:
    async with _reader(bootstrap, topic, isolation_level="read_uncommitted") as consumer:
        ends: dict[TopicPartition, int] = await consumer.end_offsets(consumer.assignment())
        return ends


@asynccontextmanager
async def _reader(bootstrap: str, topic: str, *, isolation_level: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Give a consumer without a group that has all partitions of a topic, from their start."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        isolation_level=isolation_level,
        enable_auto_commit=False,
        # Not by a seek: that races with the position the consumer looks up by itself when it starts.
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        async with asyncio.timeout(ASSIGNED_S):
            while not consumer.assignment():  # noqa: ASYNC110 - aiokafka has no event for it
                await asyncio.sleep(LOOK_EVERY_S)
        yield consumer
    finally:
        await consumer.stop()
