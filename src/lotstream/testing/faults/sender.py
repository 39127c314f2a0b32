"""Sends what the shop says at a steady rate, whatever the brokers do, and remembers what they have acknowledged."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from lotstream.contracts.produce import Record
from lotstream.ops.topics import BROKERS_KNOWN_MS
from lotstream.testing.faults.shop import Shop, value_of

#: Pause between two handfuls of records, in seconds.
EVERY_S = 0.1
#: Longest that Kafka may take to acknowledge a record, in seconds; then it is sent again under the same id.
ACKNOWLEDGED_S = 20.0
#: Pause before a producer is made anew after a failure, in seconds.
AGAIN_S = 0.5


class Sender:
    """One producer, made anew after each failure: an outside system that never gives up."""

    def __init__(self, bootstrap: str, shop: Shop, *, rate: float) -> None:
        self._bootstrap = bootstrap
        self._shop = shop
        self._rate = rate
        self._waiting: deque[Record] = deque()
        self._said = self._done = 0
        self._forget_topic = False
        #: Message ids that Kafka has taken.
        self.acknowledged: set[bytes] = set()
        #: Times a producer had to be made anew.
        self.failures = 0
        #: While it is set nothing new is said; what waits is still sent.
        self.silent = False

    def say(self, records: Iterable[Record]) -> None:
        """Send records beside what the shop says."""
        self._add(list(records))

    def look_at_topic_again(self) -> None:
        """Go on with a new producer, which sees the topic as it is now."""
        self._forget_topic = True

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            try:
                await self._send_all()
            except (KafkaError, TimeoutError, OSError):
                self.failures += 1
                await asyncio.sleep(AGAIN_S)

    async def flush(self) -> None:
        """Wait until everything said so far is acknowledged."""
        said = self._said
        while self._done < said:  # noqa: ASYNC110 - the brokers may be gone for a while
            await asyncio.sleep(EVERY_S)

    async def _send_all(self) -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap, acks="all", enable_idempotence=True,
            request_timeout_ms=round(ACKNOWLEDGED_S * 1000), metadata_max_age_ms=BROKERS_KNOWN_MS,
        )  # fmt: skip
        await producer.start()
        try:
            self._forget_topic = False
            while not self._forget_topic:
                await self._handful(producer)
                await asyncio.sleep(EVERY_S)
        finally:
            # A producer that cannot deliver would wait for it before it ends.
            try:
                async with asyncio.timeout(AGAIN_S):
                    await producer.stop()
            except TimeoutError:
                await producer.client.close()

    async def _handful(self, producer: AIOKafkaProducer) -> None:
        self._say_more()
        batch = list(self._waiting)
        async with asyncio.timeout(ACKNOWLEDGED_S):
            sent = [
                await producer.send(record.topic, value_of(record), record.key, headers=list(record.headers))
                for record in batch
            ]
            await asyncio.gather(*sent)
        for record in batch:
            self.acknowledged.add(dict(record.headers)["ce_id"])
            self._waiting.popleft()
        self._done += len(batch)

    def _say_more(self) -> None:
        wanted = 0 if self.silent else round(self._rate * EVERY_S)
        said = 0
        while said < wanted and len(self._waiting) < self._rate:
            records = self._shop.next()
            self._add(records)
            said += len(records)

    def _add(self, records: list[Record]) -> None:
        self._waiting.extend(records)
        self._said += len(records)
