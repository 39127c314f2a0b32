"""Where another log began, as Kafka keeps it: what a database lacks that was restored to before it.

A mark is an offset of a consumer group of its own, one for each log, on the inbound topic's partitions. Kafka keeps it
for its offset retention (a week by default) and deletes it together with the topic.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aiokafka import AIOKafkaConsumer, OffsetAndMetadata, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from lotstream.contracts.topics import INBOUND
from lotstream.hub.logs.reading import kafka_answers
from lotstream.settings import Settings
from lotstream.store.claim import Log
from lotstream.store.logs import Start, Why


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a log began."""

    log: Log
    why: Why
    starts: tuple[Start, ...]
    #: Per partition of the log before it, the offset below which everything was decided under that one.
    decided: Mapping[int, int]


async def note_beginning(settings: Settings, beginning: Beginning) -> None:
    """Keep in Kafka how a log begins; call it before the database knows. Raises `KafkaUnreachable`."""
    noted = {
        TopicPartition(INBOUND.name, start.partition): OffsetAndMetadata(start.next_offset, _written(beginning, start))
        for start in beginning.starts
    }
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap, group_id=_group(settings, beginning.log.number),
        enable_auto_commit=False, request_timeout_ms=int(settings.request_timeout_s * 1000),
    )  # fmt: skip
    with kafka_answers():
        try:
            async with asyncio.timeout(settings.request_timeout_s):
                await consumer.start()
                consumer.assign(list(noted))
                await consumer.commit(noted)
        finally:
            await consumer.stop()


async def read_beginning(settings: Settings, number: int, *, partitions: int) -> Beginning | None:
    """Return how a log began on a topic that has so many partitions now; None when Kafka does not know, or not all.

    Raises `KafkaUnreachable`.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    wanted = [TopicPartition(INBOUND.name, partition) for partition in range(partitions)]
    with kafka_answers():
        try:
            async with asyncio.timeout(settings.request_timeout_s):
                await admin.start()
                offsets = await admin.list_consumer_group_offsets(_group(settings, number), partitions=wanted)
        finally:
            await admin.close()
    noted = {tp.partition: (at.offset, json.loads(at.metadata)) for tp, at in offsets.items() if at.offset >= 0}
    count, why = next(((said["partitions"], said["why"]) for _, said in noted.values()), (0, ""))
    if not count or set(noted) != set(range(count)):
        return None
    starts = [Start(p, offset, _time(said["time"]), said["id"]) for p, (offset, said) in sorted(noted.items())]
    decided = {p: said["decided"] for p, (_, said) in noted.items() if said["decided"] is not None}
    return Beginning(Log(number, count), Why(why), tuple(starts), decided)


def _written(beginning: Beginning, start: Start) -> str:
    said = {
        "why": beginning.why,
        "partitions": beginning.log.partitions,
        "decided": beginning.decided.get(start.partition),
        "time": start.append_time and start.append_time.isoformat(),
        "id": start.message_id,
    }
    return json.dumps(said)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _group(settings: Settings, number: int) -> str:
    return f"{settings.app}-log-{number}"
