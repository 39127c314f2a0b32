"""The simulated log does what Kafka does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast
from uuid import uuid4

import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from lotstream.hub.kafka import AioKafka
from lotstream.hub.seam import Kafka
from lotstream.settings import Settings
from lotstream.testing.kafka import read_all
from lotstream.testing.simulation.broker import Broker
from lotstream.testing.simulation.kafka import SimulatedKafka
from lotstream.testing.simulation.loop import Process, SimulatedLoop
from lotstream.testing.simulation.network import DirectServer
from tests.hub.log_conformance import PARTITIONS, LogConformance, Read


class TestKafka(LogConformance):
    """The suite on a real broker."""

    @pytest.fixture
    def outgoing(self) -> str:
        """The name of a topic of its own."""
        return f"out-{uuid4().hex}"

    @pytest_asyncio.fixture
    async def kafka(self, kafka_bootstrap: str, outgoing: str) -> AsyncIterator[Kafka]:
        """Kafka with an inbound topic, an outgoing topic and a group of its own."""
        inbound = f"in-{uuid4().hex}"
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
        await admin.start()
        await admin.create_topics([NewTopic(inbound, PARTITIONS, 1), NewTopic(outgoing, 1, 1)])
        settings = Settings(kafka_bootstrap=kafka_bootstrap, app=f"app-{uuid4().hex}")
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        before = asyncio.all_tasks()
        yield AioKafka(settings, topic=inbound)
        await _end(asyncio.all_tasks() - before)
        await admin.delete_topics([inbound, outgoing])
        await admin.close()

    @pytest.fixture
    def read(self, kafka: Kafka, kafka_bootstrap: str, outgoing: str) -> Read:
        """Reads the outgoing topic from its start."""

        async def ids() -> list[str]:
            return [seen.headers["ce_id"].decode() async for seen in read_all(kafka_bootstrap, outgoing)]

        return ids


class TestSimulatedLog(LogConformance):
    """The suite in memory."""

    @pytest.fixture
    def broker(self) -> Broker:
        """A broker whose transactions are seen as soon as they are ended."""
        return Broker(PARTITIONS, now_ms=lambda: 0, later=lambda does: does())

    @pytest.fixture
    def outgoing(self) -> str:
        """Any name."""
        return "out"

    @pytest.fixture
    def kafka(self, broker: Broker) -> Iterator[Kafka]:
        """The simulated log without a network."""
        loop = SimulatedLoop()
        yield SimulatedKafka(Process("test", loop), DirectServer(), broker)
        loop.close()

    @pytest.fixture
    def read(self, broker: Broker, outgoing: str) -> Read:
        """Reads what was seen."""

        async def ids() -> list[str]:
            return [row.id for row in broker.seen if row.topic == outgoing]

        return ids


async def _end(left: set[asyncio.Task[Any]]) -> None:
    """End what aiokafka leaves behind of a fenced producer: a worker ends there, this process goes on."""
    left.discard(cast("asyncio.Task[Any]", asyncio.current_task()))
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
