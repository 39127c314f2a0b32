"""Reading stretches of topics outside any consumer group, from one offset to below another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from lotstream.errors import KafkaUnreachable
from lotstream.ops.topics import open_topics
from lotstream.settings import Settings

#: Longest one poll waits for records, in milliseconds.
LOOK_MS = 500
READ_COMMITTED = "read_committed"

Records = dict[TopicPartition, list[ConsumerRecord[Any, Any]]]


class Stretch(NamedTuple):
    """Offsets of one partition: the first to read, and the first not to read."""

    start: int
    end: int


async def read_stretches(
    settings: Settings, stretches: Mapping[TopicPartition, Stretch], *, records_max: int | None = None
) -> AsyncIterator[Records]:
    """Yield the committed records of stretches, poll by poll, each partition in order.

    Raises `KafkaUnreachable` when nothing moves for ``request_timeout_s``.
    """
    left = {tp: stretch.end for tp, stretch in stretches.items() if stretch.start < stretch.end}
    if not left:
        return
    async with _consumer(settings) as consumer:
        consumer.assign(list(left))
        for tp in left:
            consumer.seek(tp, stretches[tp].start)
        while left:
            async with asyncio.timeout(settings.request_timeout_s):
                records = await _poll(consumer, left, records_max)
            if records:
                yield records


async def _poll(consumer: AIOKafkaConsumer, left: dict[TopicPartition, int], records_max: int | None) -> Records:
    """Return the next records, and take those partitions out of ``left`` that have been read to their end."""
    while True:
        found = await consumer.getmany(*left, timeout_ms=LOOK_MS, max_records=records_max)
        records = {tp: [r for r in batch if r.offset < left[tp]] for tp, batch in found.items()}
        # By position and not by record: markers of transactions stand at the end of a topic too.
        done = [tp for tp, end in left.items() if await consumer.position(tp) >= end]
        for tp in done:
            del left[tp]
        if done or any(records.values()):
            return {tp: batch for tp, batch in records.items() if batch}


async def stretches_since(
    settings: Settings, topics: Sequence[str], *, since: datetime
) -> dict[TopicPartition, Stretch]:
    """Return what topics hold that was appended at or after a time, to their present ends."""
    async with open_topics(settings.kafka_bootstrap, timeout_s=settings.request_timeout_s) as cluster:
        found = await cluster.read(topics)
    tps = [TopicPartition(topic.name, p) for topic in found.values() for p in range(topic.partitions)]
    async with _consumer(settings) as consumer, asyncio.timeout(settings.request_timeout_s):
        ends = await consumer.end_offsets(tps)
        first = await consumer.offsets_for_times({tp: int(since.timestamp() * 1000) for tp in tps})
    return {tp: Stretch(at.offset, ends[tp]) for tp, at in first.items() if at is not None}


@asynccontextmanager
async def _consumer(settings: Settings) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap, enable_auto_commit=False, auto_offset_reset="none",
        isolation_level=READ_COMMITTED, request_timeout_ms=int(settings.request_timeout_s * 1000),
    )  # fmt: skip
    with kafka_answers():
        try:
            await consumer.start()
            yield consumer
        finally:
            await consumer.stop()


@contextmanager
def kafka_answers() -> Iterator[None]:
    """Turn what Kafka's client raises, and a time limit that has passed, into `KafkaUnreachable`."""
    try:
        yield
    except (KafkaError, TimeoutError) as error:
        raise KafkaUnreachable(f"Kafka does not answer: {str(error) or type(error).__name__}.") from error
