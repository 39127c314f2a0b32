"""Is the inbound topic still the log that Postgres has read so far? Any mismatch stops the worker; nothing is reset."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from lotstream.contracts.cloudevents import message_id_of
from lotstream.errors import LogMismatch
from lotstream.store.rows import Claim, Log


class LogReader:
    """Looks at the ends of the inbound topic and at single records of it, outside the consumer group."""

    def __init__(self, *, bootstrap: str, topic: str, log: Log, timeout_s: float) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._log = log
        self._timeout_s = timeout_s

    async def check(self, claims: Mapping[int, Claim]) -> None:
        """Raise `LogMismatch` unless every claim fits the topic as it is now.

        Next offset must lie between the log's start and end, and the record before it must have the append time and
        message id that the claim row holds (it may have been deleted by retention together with all before it).
        """
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, enable_auto_commit=False, auto_offset_reset="none",
            request_timeout_ms=int(self._timeout_s * 1000),
        )  # fmt: skip
        async with asyncio.timeout(self._timeout_s):
            await consumer.start()
            try:
                await self._check(consumer, claims)
            finally:
                await consumer.stop()

    async def _check(self, consumer: AIOKafkaConsumer, claims: Mapping[int, Claim]) -> None:
        await consumer._client.force_metadata_update()
        self._check_partitions(consumer.partitions_for_topic(self._topic))
        tps = {TopicPartition(self._topic, partition): claim for partition, claim in claims.items()}
        starts, ends = await consumer.beginning_offsets(tps), await consumer.end_offsets(tps)
        wanted = {}
        for tp, claim in tps.items():
            if not starts[tp] <= claim.next_offset <= ends[tp]:
                raise LogMismatch(
                    f"Partition {tp.partition} holds offsets {starts[tp]} to {ends[tp]}, and Postgres wants "
                    f"{claim.next_offset} next."
                )
            if claim.next_offset > starts[tp]:
                wanted[tp] = claim
        for tp, record in (await _read_before(consumer, wanted)).items():
            _compare(record, wanted[tp])

    def _check_partitions(self, found: set[int] | None) -> None:
        if not found:
            raise LogMismatch(f"The topic {self._topic} does not exist.")
        if len(found) != self._log.partitions:
            raise LogMismatch(
                f"The topic {self._topic} has {len(found)} partitions and Postgres knows {self._log.partitions}: only "
                "`lotstream topics resize` may change the count."
            )


async def _read_before(
    consumer: AIOKafkaConsumer, wanted: Mapping[TopicPartition, Claim]
) -> dict[TopicPartition, ConsumerRecord[Any, Any]]:
    """Return the record before each claim's next offset."""
    found: dict[TopicPartition, ConsumerRecord[Any, Any]] = {}
    missing = set(wanted)
    consumer.assign(list(wanted))
    for tp, claim in wanted.items():
        consumer.seek(tp, claim.next_offset - 1)
    while missing:
        for tp, records in (await consumer.getmany(*missing, timeout_ms=500)).items():
            found[tp] = records[0]
            missing.discard(tp)
            consumer.pause(tp)
    return found


def _compare(record: ConsumerRecord[Any, Any], claim: Claim) -> None:
    appended_at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    message_id = message_id_of(record.headers)
    if record.offset != claim.next_offset - 1 or (appended_at, message_id) != (
        claim.last_append_time,
        claim.last_message_id,
    ):
        raise LogMismatch(
            f"Record {claim.next_offset - 1} of partition {claim.partition} is {message_id} of {appended_at}, and "
            f"Postgres has read {claim.last_message_id} of {claim.last_append_time} there: the topic was replaced."
        )
