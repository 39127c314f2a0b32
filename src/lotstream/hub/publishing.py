"""Sending outbox rows: grouped by topic and partition into whole record batches, each awaited.

One future per record batch instead of one per record: sending record by record took most of a relay's time.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from lotstream.contracts.cloudevents import HUB_SOURCE, headers_for
from lotstream.domain.slots import partition_of
from lotstream.errors import RelayFailed
from lotstream.store.rows import OutboxRow

Target = tuple[str, int]
#: Keys whose partition is remembered: an order's messages come in quick succession.
KEYS_REMEMBERED_MAX = 65_536


async def publish(producer: AIOKafkaProducer, rows: Iterable[OutboxRow]) -> None:
    """Send rows and wait until each has arrived; rows of one key keep their order.

    Raises whatever Kafka answers: the caller treats any failure as final.
    """
    groups = await _grouped(producer, rows)
    waiting = [
        await producer.send_batch(builder, topic, partition=partition)
        for (topic, partition), group in groups.items()
        for builder in _batches(producer, group)
    ]
    await asyncio.gather(*waiting)


async def _grouped(producer: AIOKafkaProducer, rows: Iterable[OutboxRow]) -> dict[Target, list[OutboxRow]]:
    groups: dict[Target, list[OutboxRow]] = defaultdict(list)
    counts: dict[str, int] = {}
    for row in rows:
        count = counts.get(row.topic) or len(await producer.partitions_for(row.topic))
        counts[row.topic] = count
        groups[row.topic, _partition(row.key, count)].append(row)
    return groups


@lru_cache(maxsize=KEYS_REMEMBERED_MAX)
def _partition(key: bytes | None, count: int) -> int:
    return 0 if key is None else partition_of(key, count)


def _batches(producer: AIOKafkaProducer, rows: Sequence[OutboxRow]) -> Iterable[BatchBuilder]:
    """Fill record batches; a new one begins when the last is full."""
    builder = producer.create_batch()
    for row in rows:
        if not _append(builder, row):
            yield builder
            builder = producer.create_batch()
            if not _append(builder, row):
                raise RelayFailed(f"Message {row.id} does not fit into a record batch of its own.")
    yield builder


def message_headers(row: OutboxRow) -> list[tuple[str, bytes]]:
    """Return the headers a message is published with."""
    # A list: a row read back from the outbox and one just made both have a tuple, which aiokafka does not take.
    return list(row.headers or headers_for(row.type, id=row.id, source=HUB_SOURCE, time=row.recorded_at))


def _append(builder: BatchBuilder, row: OutboxRow) -> bool:
    return builder.append(timestamp=None, key=row.key, value=row.value, headers=message_headers(row)) is not None
