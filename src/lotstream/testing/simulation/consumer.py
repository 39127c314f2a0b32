"""The consumer of one worker: the hub's own polling, claiming and seeking, without Faust's thread beneath.

`lotstream.hub.transport` runs here as it is. What it has of Faust and aiokafka is replaced: assignments come from the
simulated group, records from the simulated log. Like aiokafka's, a poll that waits does so over a whole rebalance and
hands on what is read where somebody has sought meanwhile; and an assignment begins wherever the group's offset was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faust.types import TP
from faust.types.tuples import ConsumerMessage

from lotstream.contracts.topics import INBOUND
from lotstream.hub import transport
from lotstream.hub.hub import Hub
from lotstream.hub.records import Polled

if TYPE_CHECKING:
    from lotstream.testing.simulation.worker import Worker

IDLE_S: Final = (0.005, 0.3)
"""Shortest and longest pause after a fetch that found nothing, in seconds."""

Records = dict[TopicPartition, list[ConsumerRecord[Any, Any]]]


class Thread:
    """What Faust runs in a thread of its own: fetches, seeks and the group's offsets."""

    def __init__(self, worker: Worker, random: Random) -> None:
        self._worker = worker
        self._random = random
        #: Offset of the next record to read, per partition.
        self._positions: dict[int, int] = {}

    def assign(self, partitions: Iterable[int]) -> None:
        """Begin with an assignment, anywhere below the end of the log: nobody reads the group's offsets back."""
        inbound = self._worker.world.broker.inbound
        self._positions = {p: self._random.randint(0, len(inbound[p])) for p in sorted(partitions)}

    async def getmany(self, claimed: Iterable[TP], *, timeout: float) -> Records:
        """Return records of partitions from where they are, as soon as there are any or the time is over."""
        loop = self._worker.world.loop
        until = loop.time() + timeout
        partitions = sorted(tp.partition for tp in claimed)
        while not (found := await self._fetch(partitions)) and loop.time() < until:  # noqa: ASYNC110 - as aiokafka does
            await asyncio.sleep(self._random.uniform(*IDLE_S))
        return {TopicPartition(INBOUND.name, partition): records for partition, records in found.items()}

    async def _fetch(self, partitions: list[int]) -> dict[int, list[ConsumerRecord[Any, Any]]]:
        world, limit = self._worker.world, self._worker.settings.batch_records_max
        from_ = {p: self._positions[p] for p in partitions if p in self._positions}
        try:
            found = await world.kafka.call(
                self._worker.process, "fetch", lambda: world.broker.fetch(from_, limit=limit)
            )
        except KafkaError:
            return {}
        # What was read from where nobody is any more is thrown away.
        fresh = {p: records for p, records in found.items() if self._positions.get(p) == from_[p]}
        self._positions.update({p: records[-1].offset + 1 for p, records in fresh.items()})
        return fresh

    async def seek_wait(self, offsets: Mapping[TP, int]) -> None:
        """Go on reading elsewhere; others may run before it is done."""
        await asyncio.sleep(0)
        self._positions.update(
            {tp.partition: offset for tp, offset in offsets.items() if tp.partition in self._positions}
        )

    async def prove_membership(self, partitions: set[int]) -> None:
        """Commit offsets of the group, which takes them only from members of its present generation."""
        world, membership = self._worker.world, self._worker.shell.membership
        if membership is None:
            raise RuntimeError("Partitions are claimed by nobody's member.")
        await world.coordinator.call(self._worker.process, "prove", lambda: world.group.prove(membership))


class Consumer(transport.Consumer):
    """The hub's consumer, beside which there is nothing of Faust's."""

    _thread: Thread  # type: ignore[assignment]

    def __init__(self, worker: Worker, hub: Hub, batches: asyncio.Queue[Polled], *, random: Random) -> None:
        self._worker = worker
        self._thread = Thread(worker, random)
        self._batches = batches
        self.app: Any = SimpleNamespace(hub=hub, topics=self, consumer_generation_id=0)
        self.flow_active = False
        self.can_resume_flow = asyncio.Event()

    def flow(self, on: bool) -> None:
        """Let records be read and handed on, or not."""
        self.flow_active = on
        (self.can_resume_flow.set if on else self.can_resume_flow.clear)()

    def assigned(self) -> None:
        """Hear of another membership."""
        self._thread.assign(tp.partition for tp in self.assignment())

    def assignment(self) -> set[TP]:
        """Return the partitions that the group has given to this worker."""
        membership = self._worker.shell.membership
        return {TP(INBOUND.name, partition) for partition in membership.partitions} if membership is not None else set()

    def _get_active_partitions(self) -> set[TP]:
        return self.assignment()

    async def wait(self, *events: Any, timeout: float | None = None) -> Any:  # type: ignore[override]  # noqa: ANN401 - as Faust has it
        """Wait for an event."""
        await events[0].wait()

    async def on_message(self, message: ConsumerMessage) -> None:
        """Take what Faust would route to the agent; others may run before it is done."""
        await asyncio.sleep(0)
        await self._batches.put(message.value)  # type: ignore[arg-type]


class Fetcher(transport.Fetcher):
    """The hub's fetcher, which polls until its process ends."""

    def __init__(self, consumer: Consumer) -> None:
        self.app = consumer.app
        self._consumer = consumer

    async def run(self) -> None:
        """Poll, and hand on what was read, until cancelled."""
        while True:
            await self._deliver(self._consumer)
