"""A warehouse without goods: reads pick tasks, tells the hub that they are picked and that they have left.

It is a process like any warehouse system's, with no way into the hub but topics. What it has read counts as read only
when the broker has acknowledged every answer to it; after a crash the same answers are sent again under the same ids.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalGenerationError, KafkaError, RebalanceInProgressError
from pydantic import ValidationError

from lotstream.contracts.produce import Record
from lotstream.contracts.sent_tasks import PickTasks
from lotstream.contracts.topics import PICK_TASKS
from lotstream.errors import KafkaUnreachable
from lotstream.testing.warehouse_floor import SOURCE, Floor, Place

LOOK_S: Final = 1.0
"""Longest wait for tasks when there is nothing to do."""

RECORDS_MAX: Final = 500
"""Messages of pick tasks read at a time."""

log = structlog.get_logger(__name__)


class Warehouse:
    """The simulator of one Kafka cluster; several share the work as a consumer group.

    ``pick_s`` is the pace of the only picker: seconds from one pick to the next, 0 for everything at once.
    """

    def __init__(
        self, bootstrap: str, *, pick_s: float = 0.0, group: str = SOURCE, topic: str = PICK_TASKS.name
    ) -> None:
        self._pick_s = pick_s
        self._topic = topic
        self._floor = Floor()
        self._committed: dict[int, int] = {}
        self._next_pick = 0.0
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            # What the hub's relay has begun and not finished is no task yet.
            isolation_level="read_committed",
        )
        self._producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True, acks="all")

    async def run(self) -> None:
        """Pick and ship until cancelled; raises `KafkaUnreachable` when Kafka does not answer."""
        try:
            async with AsyncExitStack() as connections:
                for client in (self._producer, self._consumer):
                    connections.push_async_callback(client.stop)
                    await client.start()
                self._consumer.subscribe([self._topic], listener=_Handover(self._floor, self._committed))
                log.info("warehouse_opened", topic=self._topic, pick_s=self._pick_s)
                while True:
                    await self._work()
        except (KafkaError, OSError) as error:
            raise KafkaUnreachable(f"The warehouse simulator lost Kafka: {error or type(error).__name__}.") from error

    async def _work(self) -> None:
        """Read what came, pick what is due, ship what is complete, and count it as read."""
        await self._read()
        answers = [*self._picks(), *self._floor.ship()]
        await self._send(answers)
        await self._commit()

    async def _read(self) -> None:
        polled = await self._consumer.getmany(timeout_ms=round(self._wait_s() * 1000), max_records=RECORDS_MAX)
        for partition, records in polled.items():
            for record in records:
                self._take(partition.partition, record)

    def _take(self, partition: int, record: ConsumerRecord[bytes, bytes]) -> None:
        try:
            order = PickTasks.model_validate_json(record.value or b"")
        except ValidationError as error:
            # Nothing to pick: a real warehouse system would put it aside for a person, this one says so.
            log.warning("not_pick_tasks", partition=partition, offset=record.offset, problems=error.error_count())
            order = None
        self._floor.take(order, Place(partition, record.offset))

    def _wait_s(self) -> float:
        """Return how long to wait for messages: until the next pick is due, if there is one."""
        if self._floor.next_pick() is None:
            return LOOK_S
        return max(0.0, self._next_pick - time.monotonic())

    def _picks(self) -> Iterable[Record]:
        """Yield the confirmations of the picks that are due."""
        while (pick := self._floor.next_pick()) is not None and time.monotonic() >= self._next_pick:
            self._next_pick = time.monotonic() + self._pick_s
            log.info("picked", order=pick.order, task=pick.task.task, lot=pick.task.lot, location=pick.task.location)
            yield self._floor.confirm(pick)

    async def _send(self, answers: list[Record]) -> None:
        """Send in order and wait until the broker has every answer."""
        waiting = [
            await self._producer.send(answer.topic, answer.value, key=answer.key, headers=list(answer.headers))
            for answer in answers
        ]
        await asyncio.gather(*waiting)

    async def _commit(self) -> None:
        """Count as read what is answered; partitions that went to somebody else meanwhile are answered there again."""
        positions = {p: offset for p, offset in self._floor.positions().items() if self._committed.get(p) != offset}
        if not positions:
            return
        try:
            await self._consumer.commit({TopicPartition(self._topic, p): o for p, o in positions.items()})
        except (CommitFailedError, IllegalGenerationError, RebalanceInProgressError) as error:
            log.warning("positions_not_kept", reason=type(error).__name__)
        else:
            self._committed.update(positions)


class _Handover(ConsumerRebalanceListener):  # type: ignore[misc]
    """Forgets the jobs of partitions that are taken away: whoever gets them reads them again."""

    def __init__(self, floor: Floor, committed: dict[int, int]) -> None:
        self._floor = floor
        self._committed = committed

    async def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        """Forget."""
        partitions = [each.partition for each in revoked]
        self._floor.forget(partitions)
        for partition in partitions:
            self._committed.pop(partition, None)

    async def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        """Do nothing: reading begins where the group stands."""
