"""Is the inbound topic still the log that Postgres has read so far? Any mismatch stops the worker; nothing is reset."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord

from lotstream.contracts.cloudevents import message_id_of
from lotstream.errors import LogMismatch
from lotstream.hub.seam import Extent, Kafka
from lotstream.store.claim import Claim, Log


class LogReader:
    """Looks at the ends of the inbound topic and at single records of it, outside the consumer group."""

    def __init__(self, kafka: Kafka, *, topic: str, log: Log, timeout_s: float) -> None:
        self._kafka = kafka
        self._topic = topic
        self._log = log
        self._timeout_s = timeout_s

    async def check(self, claims: Mapping[int, Claim]) -> None:
        """Raise `LogMismatch` unless every claim fits the topic as it is now.

        Next offset must lie between the log's start and end, and the record before it must have the append time and
        message id that the claim row holds (it may have been deleted by retention together with all before it).
        """
        async with asyncio.timeout(self._timeout_s):
            sight = await self._kafka.look({partition: claim.next_offset for partition, claim in claims.items()})
        self._check_partitions(sight.partitions)
        for partition, claim in claims.items():
            _check(sight.extents[partition], claim)

    def _check_partitions(self, found: int) -> None:
        if not found:
            raise LogMismatch(f"The topic {self._topic} does not exist.")
        if found != self._log.partitions:
            raise LogMismatch(
                f"The topic {self._topic} has {found} partitions and Postgres knows {self._log.partitions}: only "
                "`lotstream topics resize` may change the count."
            )


def _check(extent: Extent, claim: Claim) -> None:
    if not extent.start <= claim.next_offset <= extent.end:
        raise LogMismatch(
            f"Partition {claim.partition} holds offsets {extent.start} to {extent.end}, and Postgres wants "
            f"{claim.next_offset} next."
        )
    if extent.before is not None:
        _compare(extent.before, claim)


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
