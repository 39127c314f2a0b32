"""A reader of everything the hub publishes that stays on through whatever breaks: read_committed, no group."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import KafkaError

from lotstream.contracts.topics import INBOUND, TOPICS
from lotstream.ops.topics import BROKERS_KNOWN_MS

#: Topic and id of a message.
Message = tuple[str, str]
#: Longest wait of one poll for records, in milliseconds; they are handed over as soon as they are there.
POLL_MS = 100
#: Pause before the reader is made anew after a failure, in seconds.
AGAIN_S = 0.5


class Reader:
    """Counts the messages it has seen, each record once however often it had to connect."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        #: Where it goes on, by topic and partition.
        self._next: dict[tuple[str, int], int] = {}
        self._more = asyncio.Event()
        #: Message → times seen.
        self.seen: Counter[Message] = Counter()
        #: Times it had to be made anew.
        self.failures = 0

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            with suppress(KafkaError, OSError):
                await self._read()
            self.failures += 1
            await asyncio.sleep(AGAIN_S)

    async def until_seen(self, wanted: Collection[Message]) -> None:
        """Wait until every one of these messages was seen."""
        left = [message for message in wanted if message not in self.seen]
        while left:
            self._more.clear()
            await self._more.wait()
            left = [message for message in left if message not in self.seen]

    async def _read(self) -> None:
        consumer = AIOKafkaConsumer(
            *(topic.name for topic in TOPICS if topic is not INBOUND),
            bootstrap_servers=self._bootstrap, isolation_level="read_committed", enable_auto_commit=False,
            auto_offset_reset="earliest", metadata_max_age_ms=BROKERS_KNOWN_MS,
        )  # fmt: skip
        await consumer.start()
        try:
            while True:
                for records in (await consumer.getmany(timeout_ms=POLL_MS)).values():
                    for record in records:
                        self.take(record)
                self.wake()
        finally:
            await consumer.stop()

    def wake(self) -> None:
        """Have those look again who wait for messages."""
        self._more.set()

    def take(self, record: ConsumerRecord[bytes, bytes]) -> None:
        """Count a record, unless it is read a second time, as after a failure."""
        at = (record.topic, record.partition)
        if record.offset < self._next.get(at, 0):
            return
        self._next[at] = record.offset + 1
        headers = dict(record.headers)
        id_ = headers.get("lotstream_dlq_id", headers.get("ce_id")) or b""
        self.seen[record.topic, id_.decode()] += 1


@asynccontextmanager
async def open_reader(bootstrap: str) -> AsyncIterator[Reader]:
    """Have a reader read for the time of the block; raises what it died of."""
    reader = Reader(bootstrap)
    reading = asyncio.create_task(reader.run())
    try:
        yield reader
    finally:
        reading.cancel()
        await asyncio.wait([reading])
        if not reading.cancelled():
            reading.result()
