"""Kafka as the hub speaks to it, through aiokafka."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, OffsetAndMetadata, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from lotstream.hub.publishing import publish
from lotstream.hub.seam import TIMES_MAX, Extent, Position, Sight
from lotstream.ops.topics import BROKERS_KNOWN_MS
from lotstream.settings import Settings
from lotstream.store.rows import OutboxRow

#: Largest batch of records to one topic partition, in bytes.
PRODUCE_BATCH_BYTES = 1024 * 1024
#: Longest one poll for records waits, in milliseconds; the caller's time limit ends the waiting.
LOOK_MS = 500
#: Pause before a request of a transaction is made again, in milliseconds. A broker that still writes the end of the
#: transaction before refuses the next one for some milliseconds; aiokafka would wait 100.
RETRY_MS = 20


class AioKafka:
    """Kafka through aiokafka; a `lotstream.hub.seam.Kafka`."""

    def __init__(self, settings: Settings, *, topic: str) -> None:
        self._settings = settings
        self._topic = topic
        self._group = f"{settings.app}-relay"

    def producer(self, transactional_id: str) -> AioProducer:
        """Return a producer that is not started yet."""
        return AioProducer(self._settings, transactional_id, topic=self._topic, group=self._group)

    def appender(self) -> AioAppender:
        """Return an appender that is not started yet."""
        return AioAppender(self._settings, topic=self._topic)

    async def positions(self, partitions: Iterable[int]) -> dict[int, Position]:
        """Return the relay positions that are noted for partitions; those without one are left out."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self._settings.kafka_bootstrap)
        await admin.start()
        try:
            wanted = [TopicPartition(self._topic, partition) for partition in partitions]
            offsets = await admin.list_consumer_group_offsets(self._group, partitions=wanted)
        finally:
            await admin.close()
        return {tp.partition: Position(*noted) for tp, noted in offsets.items() if noted.offset >= 0}

    async def look(self, offsets: Mapping[int, int]) -> Sight:
        """Return the inbound topic as it is, with the record before each offset (by partition) that is asked for."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._settings.kafka_bootstrap, enable_auto_commit=False, auto_offset_reset="none",
            request_timeout_ms=int(self._settings.claim_timeout_s * 1000),
        )  # fmt: skip
        await consumer.start()
        try:
            return await self._look(consumer, offsets)
        finally:
            await consumer.stop()

    async def _look(self, consumer: AIOKafkaConsumer, offsets: Mapping[int, int]) -> Sight:
        # A consumer without a subscription asks for no topic's metadata by itself.
        await consumer._client.force_metadata_update()
        found = consumer.partitions_for_topic(self._topic) or set()
        asked = {TopicPartition(self._topic, p): offset for p, offset in offsets.items() if p in found}
        starts, ends = await consumer.beginning_offsets(asked), await consumer.end_offsets(asked)
        there = {tp: offset - 1 for tp, offset in asked.items() if starts[tp] < offset <= ends[tp]}
        before = await _read(consumer, there)
        return Sight(len(found), {tp.partition: Extent(starts[tp], ends[tp], before.get(tp)) for tp in asked})


def produce_batch_bytes(settings: Settings) -> int:
    """Return the largest batch of records to send: a topic's limit is one on batches, not on single messages."""
    return min(PRODUCE_BATCH_BYTES, settings.outgoing_bytes_max)


class AioProducer:
    """A producer with a transactional id; a `lotstream.hub.seam.Producer`."""

    def __init__(self, settings: Settings, transactional_id: str, *, topic: str, group: str) -> None:
        self._topic = topic
        self._group = group
        timeout_ms = int(settings.relay_timeout_s * 1000)
        self._producer = AIOKafkaProducer(
            bootstrap_servers=settings.kafka_bootstrap, transactional_id=transactional_id, acks="all", linger_ms=0,
            max_batch_size=produce_batch_bytes(settings), max_request_size=settings.outgoing_bytes_max,
            transaction_timeout_ms=(TIMES_MAX + 1) * timeout_ms, request_timeout_ms=timeout_ms,
            retry_backoff_ms=RETRY_MS, metadata_max_age_ms=BROKERS_KNOWN_MS,
        )  # fmt: skip

    async def start(self) -> None:
        """Initialise the id: whoever had it before is fenced, and its open transaction is aborted."""
        await self._producer.start()

    async def stop(self) -> None:
        """Close the connections; an open transaction is left to its time limit."""
        try:
            await self._producer.stop()
        finally:
            # A fenced producer raises before it closes its connections.
            await self._producer.client.close()

    async def begin(self) -> None:
        """Begin a transaction."""
        await self._producer.begin_transaction()

    async def send(self, rows: Sequence[OutboxRow]) -> None:
        """Send messages and return when each has arrived; those of one key keep their order."""
        await publish(self._producer, rows)

    async def note(self, positions: Mapping[int, Position]) -> None:
        """Put relay positions into the transaction."""
        offsets = {TopicPartition(self._topic, p): OffsetAndMetadata(*position) for p, position in positions.items()}
        await self._producer.send_offsets_to_transaction(offsets, self._group)

    async def commit(self) -> None:
        """End the transaction: messages and positions are seen, all of them."""
        await self._producer.commit_transaction()


class AioAppender:
    """A producer that adds records to the inbound topic; a `lotstream.hub.seam.Appender`."""

    def __init__(self, settings: Settings, *, topic: str) -> None:
        self._topic = topic
        self._producer = AIOKafkaProducer(
            bootstrap_servers=settings.kafka_bootstrap, enable_idempotence=True, acks="all",
            metadata_max_age_ms=BROKERS_KNOWN_MS,
        )  # fmt: skip

    async def start(self) -> None:
        """Connect."""
        await self._producer.start()

    async def stop(self) -> None:
        """Close the connections."""
        await self._producer.stop()

    async def append(self, partition: int, *, key: bytes, value: bytes, headers: Sequence[tuple[str, bytes]]) -> None:
        """Add one record to a partition and return when it has arrived."""
        await self._producer.send_and_wait(self._topic, value, key, partition=partition, headers=list(headers))


async def _read(
    consumer: AIOKafkaConsumer, offsets: Mapping[TopicPartition, int]
) -> dict[TopicPartition, ConsumerRecord[Any, Any]]:
    """Return the record at each offset."""
    found: dict[TopicPartition, ConsumerRecord[Any, Any]] = {}
    missing = set(offsets)
    consumer.assign(list(offsets))
    for tp, offset in offsets.items():
        consumer.seek(tp, offset)
    while missing:
        for tp, records in (await consumer.getmany(*missing, timeout_ms=LOOK_MS)).items():
            found[tp] = records[0]
            missing.discard(tp)
            consumer.pause(tp)
    return found
