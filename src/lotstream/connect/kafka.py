"""The way to the inbound topic: idempotent, acknowledged by all replicas, tried again within limits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from lotstream.connect.delivery import Message
from lotstream.connect.retry import RetryPolicy
from lotstream.contracts.produce import Record, inbound
from lotstream.contracts.topics import INBOUND
from lotstream.errors import KafkaUnreachable, TopicsDiffer
from lotstream.ops.limits import reached, used
from lotstream.ops.topics import BROKERS_KNOWN_MS, open_topics

CLOSING_S: Final = 5.0
"""Seconds that a producer which failed gets to close."""

log = structlog.get_logger(__name__)


class KafkaPublisher:
    """Appends messages to the inbound topic; the key is the owner, the partitioner murmur2 as the hub expects.

    After a failure the producer is replaced: an idempotent producer that gave a batch up has a gap in its sequence and
    would be refused from then on. What it had appended is appended again under the same message ids.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        client_id: str,
        policy: RetryPolicy,
        record_bytes_max: int,
        timeout_s: float = 10.0,
        topic: str = INBOUND.name,
    ) -> None:
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._policy = policy
        self._record_bytes_max = record_bytes_max
        self._timeout_s = timeout_s
        self._topic = topic
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def open(self) -> None:
        """Connect; raises `KafkaUnreachable`, or `TopicsDiffer` when there is no inbound topic.

        The topic is looked for first: a producer that asks for a missing one would have some brokers make it, with a
        number of partitions that is not the hub's.
        """
        async with open_topics(self._bootstrap, timeout_s=self._timeout_s) as topics:
            if self._topic not in await topics.read([self._topic]):
                raise TopicsDiffer(f"There is no topic {self._topic}.")
        try:
            await self._ready()
        except (KafkaError, OSError, TimeoutError) as error:
            raise _unreachable(error) from error

    async def close(self) -> None:
        """Close the producer; what it has not appended is given up."""
        await self._discard(self._producer)

    def size(self, message: Message) -> int:
        """Return the bytes a message takes as a record's value."""
        return len(_record(message).value)

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append messages and return when the broker has acknowledged every one.

        Raises `KafkaUnreachable` when it has not within the retry policy.
        """
        if not messages:
            return
        records = [_record(message) for message in messages]
        tried = 0
        try:
            async for attempt in self._policy.attempts(_may_pass):
                with attempt:
                    tried = attempt.retry_state.attempt_number
                    used("publish_attempts_max", tried)
                    await self._append(records)
        except (KafkaError, OSError, TimeoutError) as error:
            if _may_pass(error):
                reached("publish_attempts_max" if tried >= self._policy.attempts_max else "publish_s_max")
            elif isinstance(error, MessageSizeTooLargeError):
                used("inbound_bytes_max", max(len(record.value) for record in records))
                reached("inbound_bytes_max")
            raise _unreachable(error) from error

    async def check(self) -> str | None:
        """Return what is wrong with Kafka as one sentence, or None."""
        try:
            async with open_topics(self._bootstrap, timeout_s=self._timeout_s) as topics:
                await topics.brokers()
        except KafkaUnreachable as error:
            return str(error)
        return None

    async def _append(self, records: Sequence[Record]) -> None:
        producer = await self._ready()
        try:
            async with asyncio.timeout(self._timeout_s):
                sent = [
                    await producer.send(self._topic, record.value, key=record.key, headers=list(record.headers))
                    for record in records
                ]
                answers = await asyncio.gather(*sent, return_exceptions=True)
            for answer in answers:
                if isinstance(answer, BaseException):
                    raise answer
        except (KafkaError, OSError, TimeoutError) as error:
            log.warning("publishing_failed", client=self._client_id, error=str(error) or type(error).__name__)
            await self._discard(producer)
            raise

    async def _ready(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._bootstrap,
                    client_id=self._client_id,
                    acks="all",
                    enable_idempotence=True,
                    max_request_size=self._record_bytes_max,
                    request_timeout_ms=round(self._timeout_s * 1000),
                    metadata_max_age_ms=BROKERS_KNOWN_MS,
                )
                try:
                    async with asyncio.timeout(self._timeout_s):
                        await producer.start()
                except BaseException:
                    await _closed(producer)
                    raise
                self._producer = producer
            return self._producer

    async def _discard(self, producer: AIOKafkaProducer | None) -> None:
        if producer is None:
            return
        if self._producer is producer:
            self._producer = None
        await _closed(producer)


def _record(message: Message) -> Record:
    return inbound(message.type, message.body, source=message.source, message_id=message.message_id)


async def _closed(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(CLOSING_S):
            await producer.stop()
    except (KafkaError, OSError, TimeoutError) as error:
        log.warning("producer_not_closed", error=str(error) or type(error).__name__)


def _may_pass(error: BaseException) -> bool:
    """Tell whether trying again may help."""
    return isinstance(error, OSError | TimeoutError) or (isinstance(error, KafkaError) and bool(error.retriable))


def _unreachable(error: BaseException) -> KafkaUnreachable:
    return KafkaUnreachable(f"Kafka did not take the messages: {str(error) or type(error).__name__}.")
