"""The warehouse simulator on a real Kafka: what it reads counts when it is answered, and a repeat is a copy."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from lotstream.contracts.topics import INBOUND
from lotstream.ops.topics import Topic, open_topics
from lotstream.testing.warehouse import Warehouse


@pytest.fixture
def group() -> str:
    """A consumer group of its own for each test."""
    return f"warehouse-{uuid4().hex}"


@pytest_asyncio.fixture
async def topic(kafka_bootstrap: str) -> str:
    """A topic of pick tasks of its own, and the inbound topic, which tests share."""
    name = f"pick-tasks-{uuid4().hex}"
    async with open_topics(kafka_bootstrap) as topics:
        there = await topics.read([INBOUND.name])
        await topics.create(
            [Topic(each, partitions=1, replication=1) for each in (name, INBOUND.name) if each not in there]
        )
    return name


@pytest_asyncio.fixture
async def answers(kafka_bootstrap: str, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A reader of the inbound topic from its present end."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka_bootstrap, auto_offset_reset="latest")
    await consumer.start()
    partitions = [TopicPartition(INBOUND.name, number) for number in consumer.partitions_for_topic(INBOUND.name) or {0}]
    consumer.assign(partitions)
    for partition in partitions:
        await consumer.position(partition)
    yield consumer
    await consumer.stop()


def tasks(order: str, *task_ids: str) -> bytes:
    """Return a message with one created task per id."""
    created = [
        {
            "task": task, "action": "create", "line": str(number), "sku": "A", "lot": "L1", "expires": "2027-01-31",
            "location": "A-1", "package": None, "quantity": "5", "unit": "each", "serials": [],
            "for": [{"order": order, "line": str(number), "quantity": "5"}],
        }
        for number, task in enumerate(task_ids, start=1)
    ]  # fmt: skip
    body = {"owner": f"o-{order}", "site": "S", "source": "shop", "order": order, "decision": order, "tasks": created}
    return json.dumps(body).encode()


async def send(bootstrap: str, topic: str, *messages: bytes, commit: bool = True) -> None:
    """Write messages in one Kafka transaction, as the hub's relay does, and commit or abort it."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=f"test-{uuid4().hex}")
    await producer.start()
    try:
        await producer.begin_transaction()
        for message in messages:
            await producer.send_and_wait(topic, message, partition=0)
        await (producer.commit_transaction() if commit else producer.abort_transaction())
    finally:
        await producer.stop()


async def heard(answers: AIOKafkaConsumer, order: str, *, shipments: int) -> Counter[str]:
    """Read until so many shipments of an owner have come; returns all its message ids with how often each came."""
    ids: Counter[str] = Counter()
    while sum(count for id_, count in ids.items() if id_.startswith("shipment/")) < shipments:
        record: Any = await answers.getone()
        if record.key == f"o-{order}".encode():
            ids[dict(record.headers)["ce_id"].decode()] += 1
    return ids


async def position(bootstrap: str, topic: str, group: str) -> int | None:
    """Return the group's position in the topic."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        committed: int | None = await consumer.committed(TopicPartition(topic, 0))
        return committed
    finally:
        await consumer.stop()


class Open:
    """A warehouse that is open while the block runs."""

    def __init__(self, bootstrap: str, topic: str, group: str, *, pick_s: float = 0.0) -> None:
        self.running = asyncio.ensure_future(Warehouse(bootstrap, topic=topic, group=group, pick_s=pick_s).run())

    async def __aenter__(self) -> None:
        """Nothing to wait for: what it does is heard on the inbound topic."""

    async def __aexit__(self, *_: object) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)


async def test_tasks_become_picks_and_a_shipment(
    kafka_bootstrap: str, topic: str, group: str, answers: AIOKafkaConsumer
) -> None:
    """Two tasks of a committed transaction are answered by two picks and one shipment, each once."""
    order = uuid4().hex
    await send(kafka_bootstrap, topic, tasks(order, f"{order}-1", f"{order}-2"))
    async with Open(kafka_bootstrap, topic, group):
        ids = await heard(answers, order, shipments=1)
    assert sorted(id_.split("/")[0] for id_ in ids) == ["pick", "pick", "shipment"]
    assert set(ids.values()) == {1}


async def test_tasks_of_an_aborted_transaction_are_not_picked(
    kafka_bootstrap: str, topic: str, group: str, answers: AIOKafkaConsumer
) -> None:
    """What the relay took back was never told: only the tasks of the second, committed transaction are answered."""
    order = uuid4().hex
    await send(kafka_bootstrap, topic, tasks(order, f"{order}-aborted"), commit=False)
    await send(kafka_bootstrap, topic, tasks(order, f"{order}-told"))
    async with Open(kafka_bootstrap, topic, group):
        ids = await heard(answers, order, shipments=1)
    assert f"pick/{order}-told" in ids
    assert f"pick/{order}-aborted" not in ids


async def test_a_message_that_is_no_task_does_not_stop_the_warehouse(
    kafka_bootstrap: str, topic: str, group: str, answers: AIOKafkaConsumer
) -> None:
    """Half a message is passed over; the tasks behind it are picked and shipped."""
    order = uuid4().hex
    good = tasks(order, f"{order}-1")
    await send(kafka_bootstrap, topic, good[: len(good) // 2], good)
    async with Open(kafka_bootstrap, topic, group):
        ids = await heard(answers, order, shipments=1)
    assert f"pick/{order}-1" in ids


async def test_after_a_restart_unanswered_tasks_come_again_under_the_same_ids(
    kafka_bootstrap: str, topic: str, group: str, answers: AIOKafkaConsumer
) -> None:
    """A warehouse that went away in the middle of a job leaves it unread; the next one sends the first pick again."""
    order = uuid4().hex
    await send(kafka_bootstrap, topic, tasks(order, f"{order}-1", f"{order}-2"))
    async with Open(kafka_bootstrap, topic, group, pick_s=3600.0):
        first: Any = await answers.getone()
    assert dict(first.headers)["ce_id"] == f"pick/{order}-1".encode()
    assert await position(kafka_bootstrap, topic, group) in {None, 0}
    async with Open(kafka_bootstrap, topic, group):
        ids = await heard(answers, order, shipments=1)
    assert {f"pick/{order}-1", f"pick/{order}-2"} < set(ids)


async def test_after_a_restart_answered_tasks_do_not_come_again(
    kafka_bootstrap: str, topic: str, group: str, answers: AIOKafkaConsumer
) -> None:
    """What was answered counts as read: a second warehouse of the group begins behind it."""
    before, after = uuid4().hex, uuid4().hex
    await send(kafka_bootstrap, topic, tasks(before, f"{before}-1"))
    async with Open(kafka_bootstrap, topic, group):
        await heard(answers, before, shipments=1)
        await send(kafka_bootstrap, topic, tasks(after, f"{after}-1"))
        await heard(answers, after, shipments=1)
    # The second job was read in a later round than the first, so the first one's position is kept by now.
    again = uuid4().hex
    await send(kafka_bootstrap, topic, tasks(again, f"{again}-1"))
    keys: set[bytes] = set()
    async with Open(kafka_bootstrap, topic, group):
        while f"o-{again}".encode() not in keys:
            record: Any = await answers.getone()
            keys.add(record.key)
    assert f"o-{before}".encode() not in keys
