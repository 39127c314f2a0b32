"""Publishing to a real broker: the claims here are about what Kafka holds afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.partitioner import murmur2

from lotstream.connect import Message, body_of, order_placed
from lotstream.connect.kafka import KafkaPublisher
from lotstream.connect.retry import RetryPolicy
from lotstream.contracts.decode import decode
from lotstream.contracts.inbound_orders import OrderPlaced
from lotstream.errors import KafkaUnreachable, TopicsDiffer
from lotstream.ops.topics import Topic, open_topics
from lotstream.settings import Settings

PARTITIONS = 8


def message(owner: str, order: str, *, lines: int = 1) -> Message:
    """Return a message that places an order of an owner."""
    wanted = [{"line": str(number), "sku": "CER-001", "quantity": 1} for number in range(lines)]
    return order_placed(body_of(OrderPlaced, {"owner": owner, "source": "erp", "order": order, "lines": wanted}))


def publisher(
    bootstrap: str, topic: str, *, policy: RetryPolicy | None = None, timeout_s: float = 10
) -> KafkaPublisher:
    """Return a publisher to a topic."""
    return KafkaPublisher(
        bootstrap,
        client_id="test",
        policy=policy or RetryPolicy(),
        record_bytes_max=4 * 1024 * 1024,
        timeout_s=timeout_s,
        topic=topic,
    )


@pytest.fixture
async def topic(kafka_bootstrap: str) -> str:
    """A topic of this test."""
    name = f"inbound-{uuid4().hex}"
    async with open_topics(kafka_bootstrap) as topics:
        await topics.create([Topic(name, partitions=PARTITIONS, replication=1)])
    return name


@asynccontextmanager
async def opened(publisher: KafkaPublisher) -> AsyncIterator[KafkaPublisher]:
    """Open a publisher for a block."""
    await publisher.open()
    try:
        yield publisher
    finally:
        await publisher.close()


async def records(bootstrap: str, topic: str, *, count: int) -> list[ConsumerRecord]:
    """Return the first records of a topic."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(120):
            return [await consumer.getone() for _ in range(count)]
    finally:
        await consumer.stop()


async def test_messages_arrive_as_the_hub_reads_them(kafka_bootstrap: str, topic: str) -> None:
    """Each record is keyed by owner, lies in the partition of the key's murmur2 hash and decodes to what was sent."""
    sent = [message(f"owner-{n % 3}", f"A{n}") for n in range(12)]
    async with opened(publisher(kafka_bootstrap, topic)) as published:
        await published.publish(sent)
    found = await records(kafka_bootstrap, topic, count=12)
    assert {record.partition for record in found} == {
        (murmur2(record.key) & 0x7FFFFFFF) % PARTITIONS for record in found
    }
    decoded = [decode(record.headers, record.value) for record in found]
    assert {(d.source, d.message_id) for d in decoded} == {(m.source, m.message_id) for m in sent}
    assert {record.key.decode() for record in found} == {"owner-0", "owner-1", "owner-2"}


async def test_messages_of_one_owner_keep_their_order(kafka_bootstrap: str, topic: str) -> None:
    """A change published behind its order lies behind it in the log."""
    async with opened(publisher(kafka_bootstrap, topic)) as published:
        await published.publish([message("acme", f"A{n}") for n in range(50)])
    found = await records(kafka_bootstrap, topic, count=50)
    orders = [decode(record.headers, record.value).message_id.split("/")[1] for record in found]
    assert orders == [f"A{n}" for n in range(50)]


async def test_a_topic_that_is_not_there_is_not_made(kafka_bootstrap: str) -> None:
    """A missing inbound topic is said in words, since a broker would make it with a wrong number of partitions."""
    name = f"inbound-{uuid4().hex}"
    with pytest.raises(TopicsDiffer, match=name):
        await publisher(kafka_bootstrap, name).open()
    async with open_topics(kafka_bootstrap) as topics:
        assert await topics.read([name]) == {}


@pytest.mark.limit("publish_attempts_max")
async def test_a_broker_that_is_gone_is_given_up_within_the_policy() -> None:
    """After the attempts that the policy names, publishing raises what a supervisor understands."""
    policy = RetryPolicy(attempts_max=2, pause_s_min=0.01, pause_s_max=0.01)
    gone = publisher("127.0.0.1:9", "inbound", policy=policy, timeout_s=2)
    with pytest.raises(KafkaUnreachable, match="did not take the messages"):
        await gone.publish([message("acme", "A1")])
    assert "does not answer" in (await gone.check() or "")
    await gone.close()


@pytest.mark.limit("publish_s_max")
async def test_a_broker_that_is_gone_is_given_up_after_publish_s_max() -> None:
    """However many attempts are allowed, publishing ends when the time for it is over."""
    policy = RetryPolicy(attempts_max=1_000_000, total_s_max=0.05, pause_s_min=0.01, pause_s_max=0.01)
    gone = publisher("127.0.0.1:9", "inbound", policy=policy, timeout_s=2)
    with pytest.raises(KafkaUnreachable, match="did not take the messages"):
        await gone.publish([message("acme", "A1")])
    await gone.close()


@pytest.mark.limit("inbound_bytes_max")
async def test_a_record_above_inbound_bytes_max_is_refused_by_the_broker(kafka_bootstrap: str) -> None:
    """The topic takes no larger record than the setting says; its producer hears of it and does not try again."""
    name = f"inbound-{uuid4().hex}"
    limit = Settings(inbound_bytes_max=2048).inbound_bytes_max
    async with open_topics(kafka_bootstrap) as topics:
        await topics.create([Topic(name, partitions=1, replication=1, config={"max.message.bytes": str(limit)})])
    async with opened(publisher(kafka_bootstrap, name)) as publishing:
        with pytest.raises(KafkaUnreachable, match="did not take the messages"):
            await publishing.publish([message("acme", "A1", lines=100)])


async def test_after_a_failure_the_next_publishing_starts_anew(kafka_bootstrap: str, topic: str) -> None:
    """A producer that failed is replaced, and everything is appended under the same ids."""
    async with opened(publisher(kafka_bootstrap, topic)) as published:
        await published.publish([message("acme", "A1")])
        failing = published._producer
        assert failing is not None

        async def fail(*_: object, **__: object) -> None:
            raise ConnectionError("the line is cut")

        failing.send = fail
        await published.publish([message("acme", "A2")])
        assert published._producer is not failing
    found = await records(kafka_bootstrap, topic, count=2)
    assert {decode(record.headers, record.value).message_id.split("/")[1] for record in found} == {"A1", "A2"}


async def test_nothing_to_publish_needs_no_broker() -> None:
    """A delivery of which all is refused can be settled while Kafka is away."""
    await publisher("127.0.0.1:9", "inbound", timeout_s=1).publish([])
