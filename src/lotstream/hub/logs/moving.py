"""Records that lie where no worker would read them in order: appended once more, each to its owner's partition.

With another number of partitions an owner's records may lie in two: what came before the change in the old one, what
came after it in the new one. Appending all of them again, the old ones first, behind the commands that every partition
has to know, gives each owner one order again. A repeat is a duplicate by its message id and changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaProducer, ConsumerRecord, TopicPartition

from lotstream.contracts.cloudevents import HUB_SOURCE, headers_for, message_id_of, read_headers
from lotstream.contracts.topics import INBOUND
from lotstream.domain.slots import partition_of
from lotstream.hub.logs.reading import Stretch, kafka_answers, read_stretches
from lotstream.hub.logs.situation import Held
from lotstream.hub.records import EVERYBODY
from lotstream.store.logs import Start

#: Records on their way before they are awaited, and broadcasts read at once.
IN_FLIGHT_MAX = 500
Header = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Moved:
    """Where partitions are read from now on, and what was appended to make it so."""

    starts: dict[int, Start]
    records: int
    broadcasts: int


class Mover:
    """Appends to the inbound topic what has to stand behind everything that was there before."""

    def __init__(self, held: Held, *, before: int, after: int) -> None:
        """Take the numbers of partitions before and after the change."""
        self._held = held
        self._before = before
        self._after = after
        self._producer = AIOKafkaProducer(
            bootstrap_servers=held.settings.kafka_bootstrap, enable_idempotence=True, acks="all",
            max_request_size=held.settings.inbound_bytes_max,
        )  # fmt: skip
        self._in_flight: list[asyncio.Future[Any]] = []

    async def move(self, stretches: Mapping[int, Stretch], *, to: Iterable[int]) -> Moved:
        """Append the broadcasts that the partitions ``to`` have not seen, then the records of stretches.

        What is in a stretch is not read from there any more. Raises `KafkaUnreachable`.
        """
        with kafka_answers():
            try:
                async with asyncio.timeout(self._held.settings.request_timeout_s):
                    await self._producer.start()
                broadcasts = await self._append_broadcasts(sorted(to))
                moved = [await self._append_again(p, stretches[p]) for p in sorted(stretches)]
            finally:
                await self._producer.stop()
        starts = {start.partition: start for start, _ in moved}
        return Moved(starts, sum(records for _, records in moved), broadcasts)

    async def _append_broadcasts(self, partitions: list[int]) -> int:
        """Append to each partition, in order, every number above what it has seen."""
        seen = await self._held.logs.broadcasts_seen()
        above, appended = min((seen.get(p, 0) for p in partitions), default=0), 0
        while batch := await self._held.store.broadcasts(after=above, limit=IN_FLIGHT_MAX):
            for broadcast in batch:
                for p in partitions:
                    if broadcast.number > seen.get(p, 0):
                        headers = headers_for(broadcast.type, id=f"{broadcast.number}/{p}", source=HUB_SOURCE)
                        await self._append(p, EVERYBODY, broadcast.body, headers)
                        appended += 1
            above = batch[-1].number
        await self._flush()
        return appended

    async def _append_again(self, partition: int, stretch: Stretch) -> tuple[Start, int]:
        """Append the records of a stretch where they belong now; returns where the partition goes on, and how many."""
        last: ConsumerRecord[Any, Any] | None = None
        count = 0
        async for records in read_stretches(self._held.settings, {TopicPartition(INBOUND.name, partition): stretch}):
            for record in (record for batch in records.values() for record in batch):
                last = record
                if not _is_hubs(record):
                    await self._append(self._target(record), record.key, record.value, list(record.headers))
                    count += 1
        # Awaited before the next partition's: an owner's older records come first.
        await self._flush()
        if last is None:
            return Start(partition, stretch.end), 0
        appended_at = datetime.fromtimestamp(last.timestamp / 1000, UTC)
        return Start(partition, stretch.end, appended_at, message_id_of(last.headers)), count

    def _target(self, record: ConsumerRecord[Any, Any]) -> int:
        """Return the partition a record belongs in; one that lay wrong before stays there and is refused as before."""
        partition: int = record.partition
        right = partition if record.key in (None, EVERYBODY) else partition_of(record.key, self._after)
        return right if right % self._before == partition % self._before else partition

    async def _append(self, partition: int, key: bytes | None, value: bytes | None, headers: list[Header]) -> None:
        self._in_flight.append(
            await self._producer.send(INBOUND.name, value, key, partition=partition, headers=headers)
        )
        if len(self._in_flight) >= IN_FLIGHT_MAX:
            await self._flush()

    async def _flush(self) -> None:
        async with asyncio.timeout(self._held.settings.request_timeout_s):
            await asyncio.gather(*self._in_flight)
        self._in_flight.clear()


def _is_hubs(record: ConsumerRecord[Any, Any]) -> bool:
    """Tell whether the hub itself says it to every partition: it says that again, and not as a copy."""
    return record.key == EVERYBODY and read_headers(record.headers).source == HUB_SOURCE
