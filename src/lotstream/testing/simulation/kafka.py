"""The simulated log as a process sees it; a `lotstream.hub.seam.Kafka`."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from aiokafka.errors import ConcurrentTransactions

from lotstream.hub.seam import Position, Sight
from lotstream.store.rows import OutboxRow
from lotstream.testing.simulation.broker import Broker
from lotstream.testing.simulation.loop import Process
from lotstream.testing.simulation.network import Server

T = TypeVar("T")

AGAIN_S: Final = 0.02
"""Pause before a call is repeated that met a transaction which is just ending, in seconds."""


class SimulatedKafka:
    """What the hub needs of Kafka, over the network."""

    def __init__(self, process: Process, server: Server, broker: Broker) -> None:
        self._process = process
        self._server = server
        self.broker = broker

    def producer(self, transactional_id: str) -> SimulatedProducer:
        """Return a producer that is not started yet."""
        return SimulatedProducer(self, transactional_id)

    def appender(self) -> SimulatedAppender:
        """Return an appender that is not started yet."""
        return SimulatedAppender(self)

    async def positions(self, partitions: Iterable[int]) -> dict[int, Position]:
        """Return the relay positions that are noted for partitions; those without one are left out."""
        wanted = sorted(partitions)
        return await self.call("positions", lambda: self.broker.noted(wanted))

    async def look(self, offsets: Mapping[int, int]) -> Sight:
        """Return the inbound topic as it is, with the record before each offset (by partition) that is asked for."""
        wanted = dict(offsets)
        return await self.call("look", lambda: self.broker.look(wanted))

    async def call(self, what: str, does: Callable[[], T]) -> T:
        """Have the broker do something, again while a transaction is just ending."""
        while True:
            try:
                return await self._server.call(self._process, what, does)
            except ConcurrentTransactions:
                await asyncio.sleep(AGAIN_S)


class SimulatedProducer:
    """A producer with a transactional id; a `lotstream.hub.seam.Producer`."""

    def __init__(self, kafka: SimulatedKafka, transactional_id: str) -> None:
        self._kafka = kafka
        self._broker = kafka.broker
        self._id = transactional_id
        self._epoch = 0

    async def start(self) -> None:
        """Initialise the id: whoever had it before is fenced, and its open transaction is aborted."""
        self._epoch = await self._kafka.call(f"initialise {self._id}", lambda: self._broker.initialise(self._id))

    async def stop(self) -> None:
        """Do nothing: there are no connections; others may run meanwhile."""
        await asyncio.sleep(0)

    async def begin(self) -> None:
        """Do nothing: a transaction begins with what is sent first; others may run meanwhile."""
        await asyncio.sleep(0)

    async def send(self, rows: Sequence[OutboxRow]) -> None:
        """Send messages, each topic by itself, and return when all have arrived."""
        topics: dict[str, list[OutboxRow]] = defaultdict(list)
        for row in rows:
            topics[row.topic].append(row)
        await asyncio.gather(*(self._send(topic, group) for topic, group in topics.items()))

    async def _send(self, topic: str, rows: list[OutboxRow]) -> None:
        what = f"send {len(rows)} to {topic}"
        await self._kafka.call(what, lambda: self._broker.send(self._id, self._epoch, rows))

    async def note(self, positions: Mapping[int, Position]) -> None:
        """Put relay positions into the transaction."""
        noted = dict(positions)
        said = {partition: position.offset for partition, position in noted.items()}
        await self._kafka.call(f"note {said}", lambda: self._broker.note(self._id, self._epoch, noted))

    async def commit(self) -> None:
        """End the transaction: messages and positions are seen, all of them."""
        await self._kafka.call("end transaction", lambda: self._broker.commit(self._id, self._epoch))


class SimulatedAppender:
    """A producer that adds records to the inbound topic; a `lotstream.hub.seam.Appender`."""

    def __init__(self, kafka: SimulatedKafka) -> None:
        self._kafka = kafka

    async def start(self) -> None:
        """Do nothing: there are no connections; others may run meanwhile."""
        await asyncio.sleep(0)

    async def stop(self) -> None:
        """Do nothing: there are no connections; others may run meanwhile."""
        await asyncio.sleep(0)

    async def append(self, partition: int, *, key: bytes, value: bytes, headers: Sequence[tuple[str, bytes]]) -> None:
        """Add one record to a partition and return when it has arrived."""
        await self._kafka.call(
            f"append to {partition}",
            lambda: self._kafka.broker.append(partition, key=key, value=value, headers=headers),
        )
