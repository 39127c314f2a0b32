"""Where the inbound topic ends and how far the relay is, read from Kafka as any outside tool would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from lotstream.contracts.topics import INBOUND
from lotstream.settings import Settings

ASK_S_MAX = 10.0

#: What asking servers that are being broken may raise; the question is put again.
NO_ANSWER = (KafkaError, TimeoutError, OSError)


class LogEnds:
    """Asks Kafka about the inbound topic; every call raises one of `NO_ANSWER` when Kafka does not answer."""

    def __init__(self, settings: Settings, consumer: AIOKafkaConsumer, admin: AIOKafkaAdminClient) -> None:
        self._consumer = consumer
        self._admin = admin
        self._group = f"{settings.app}-relay"
        self._tps: list[TopicPartition] = []
        self.resize(settings.partitions)

    def resize(self, partitions: int) -> None:
        """Look at so many partitions from now on."""
        self._tps = [TopicPartition(INBOUND.name, partition) for partition in range(partitions)]

    async def ends(self) -> dict[int, int]:
        """Return the offset after the last record of each partition."""
        async with asyncio.timeout(ASK_S_MAX):
            ends = await self._consumer.end_offsets(self._tps)
        return {tp.partition: end for tp, end in ends.items()}

    async def positions(self) -> dict[int, int]:
        """Return the relay position of each partition that has one."""
        async with asyncio.timeout(ASK_S_MAX):
            noted = await self._admin.list_consumer_group_offsets(self._group, partitions=self._tps)
        return {tp.partition: position.offset for tp, position in noted.items() if position.offset >= 0}


@asynccontextmanager
async def open_log_ends(settings: Settings) -> AsyncIterator[LogEnds]:
    """Connect for the time of the block."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap, enable_auto_commit=False, isolation_level="read_uncommitted"
    )
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await consumer.start()
    await admin.start()
    try:
        yield LogEnds(settings, consumer, admin)
    finally:
        await admin.close()
        await consumer.stop()
