"""Faust's transport, so that a batch is one event and Postgres says where reading goes on.

Stock Faust loses the records of a batch when an agent raises and overwrites seeks made in its signals; its
`seek_to_committed` is the one seek it leaves alone, so partitions are claimed there. Verified on 0.15.3.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from aiokafka import ConsumerRecord, OffsetAndMetadata, TopicPartition
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import IllegalStateError, NoOffsetForPartitionError, OffsetOutOfRangeError
from faust.transport.base import Fetcher as FaustFetcher
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, AppT
from faust.types.tuples import ConsumerMessage
from mode import Service
from yarl import URL

from lotstream.errors import LogMismatch
from lotstream.hub.ledgers import FAUST_LOGGER
from lotstream.hub.records import Polled
from lotstream.ops.limits import reached, used

if TYPE_CHECKING:
    from lotstream.hub.hub import Hub

#: Longest one poll waits for records, in seconds; a rebalance waits for it to end.
POLL_S = 0.5
#: Longest the broker holds back an answer to a fetch, in milliseconds. A partition whose records were taken a moment
#: after the request went out is not part of it, and its next records wait until it is answered.
FETCH_WAIT_MS = 50
#: Pause while no partition is claimed, in seconds.
UNCLAIMED_S = 0.05

Records = dict[TopicPartition, list[ConsumerRecord[Any, Any]]]


def hub_of(app: AppT) -> Hub:
    """Return the hub that a Faust app was built for."""
    return cast("Hub", app.hub)  # type: ignore[attr-defined]


class ConsumerThread(driver.AIOKafkaConsumerThread):
    """The Kafka consumer in its own thread, so that heartbeats go on while a batch is decided."""

    logger = FAUST_LOGGER

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Faust takes round robin when no table has a changelog; sticky keeps partitions (and their owners in memory)
        # where they are.
        consumer._partition_assignment_strategy = (StickyPartitionAssignor,)
        # Faust has 1,500.
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        # Faust has no setting for it, and 50 MB a broker is much for a worker of many brokers.
        consumer._fetch_max_bytes = hub_of(self.app).settings.fetch_bytes_max
        return consumer

    async def prove_membership(self, partitions: set[int]) -> None:
        """Commit the group offsets again as they are: the broker refuses it from anybody whose generation is over."""
        await self.call_thread(self._prove_membership, partitions)

    async def _prove_membership(self, partitions: set[int]) -> None:
        consumer = self._ensure_consumer()
        topic = hub_of(self.app).topic
        offsets = {}
        for partition in partitions:
            tp = TopicPartition(topic, partition)
            offsets[tp] = OffsetAndMetadata(await consumer.committed(tp) or 0, "")
        await consumer.commit(offsets)


class Consumer(driver.Consumer):
    """A consumer whose offsets come from Postgres and go to Kafka only as advice."""

    logger = FAUST_LOGGER

    _thread: ConsumerThread
    #: Polls that have ended: one that ends beneath a seek may have moved the position after it.
    _polls = 0

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Claim the assigned partitions and seek to what Postgres says comes next."""
        hub = hub_of(self.app)
        assigned = {tp.partition for tp in self.assignment() if tp.topic == hub.topic}
        positions = await hub.claim(assigned, prove=self._thread.prove_membership, seek=self._go_to)
        return self._offsets(positions)

    async def _go_to(self, positions: Mapping[int, int]) -> None:
        """Seek, and once more when a poll that began under earlier claims has ended meanwhile."""
        polls = None
        while polls != self._polls:
            polls = self._polls
            await self._thread.seek_wait(self._offsets(positions))

    def _offsets(self, positions: Mapping[int, int]) -> dict[TP, int]:
        topic = hub_of(self.app).topic
        return {TP(topic, partition): offset for partition, offset in positions.items()}

    async def commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:
        """Tell Kafka how far Postgres is, for tools that show lag; nothing reads it back."""
        hub = hub_of(self.app)
        held = {tp.partition for tp in self.assignment()}
        offsets = {TP(hub.topic, p): n for p, n in hub.published().items() if p in held}
        return await self._thread.commit(offsets) if offsets else False

    async def wait_empty(self) -> None:
        """Finish the batch at hand and its relay, then give the claims back."""
        await hub_of(self.app).drain()

    async def poll(self) -> tuple[Records, dict[int, int]]:
        """Return the next records of claimed partitions and the epochs they were read under.

        Raises `LogMismatch` when the log has been cut.
        """
        if not self.flow_active:
            await self.wait(cast(Any, self.can_resume_flow))
        epochs = hub_of(self.app).epochs()
        claimed = {tp for tp in self._get_active_partitions() if tp.partition in epochs}
        if not claimed:
            await asyncio.sleep(UNCLAIMED_S)
            return {}, {}
        records = await self._read(claimed)
        self._polls += 1
        return await self._without_stale(records, epochs), epochs

    async def _read(self, claimed: set[TP]) -> Records:
        try:
            return dict(await self._thread.getmany(claimed, timeout=POLL_S))
        except NoOffsetForPartitionError:
            # Left over from before the claim: Kafka has no offset of ours and none is wanted.
            return {}
        except OffsetOutOfRangeError as error:
            raise LogMismatch(
                f"The inbound topic does not have the offset that comes next in Postgres ({error})."
            ) from error

    async def _without_stale(self, records: Records, epochs: Mapping[int, int]) -> Records:
        """Leave out partitions that were claimed anew while the poll lasted, and go back where their claims begin.

        aiokafka lets a poll wait through a whole rebalance and then hands it what was read after the claim's seek.
        Nothing else reads, so that each such claim is still where it began.
        """
        states = hub_of(self.app).states
        stale = {
            tp for tp in records if tp.partition in states and states[tp.partition].claim.epoch != epochs[tp.partition]
        }
        if stale:
            # An assignment that is gone again is claimed and sought anew.
            with suppress(IllegalStateError):
                await self._thread.seek_wait(
                    self._offsets({tp.partition: states[tp.partition].claim.next_offset for tp in stale})
                )
        return {tp: found for tp, found in records.items() if tp.partition in states and tp not in stale}

    def lag(self) -> dict[int, int]:
        """Return records per claimed partition that are in the log and not yet in Postgres."""
        lag = {}
        for partition, state in hub_of(self.app).states.items():
            end = self._highwater(partition)
            lag[partition] = max(0, end - state.written) if end is not None else 0
        return lag

    def _highwater(self, partition: int) -> int | None:
        tp = TP(hub_of(self.app).topic, partition)
        consumer = self._thread._consumer
        if consumer is None or tp not in self.assignment():
            return None
        return cast("int | None", consumer.highwater(TopicPartition(*tp)))

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Do nothing: Faust's livelock check reads stream offsets that batches do not have."""


class Fetcher(FaustFetcher):
    """Polls whole batches and hands each to the agent as one event."""

    logger = FAUST_LOGGER

    @Service.task
    async def _fetcher(self) -> None:
        consumer = cast(Consumer, self.app.consumer)
        try:
            while not (self.should_stop or consumer.should_stop):
                await self._deliver(consumer)
        except asyncio.CancelledError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, reading on would leave a gap
            hub_of(self.app).die(error)
        finally:
            self.set_shutdown()

    async def _deliver(self, consumer: Consumer) -> None:
        hub = hub_of(self.app)
        await hub.room_for_batch()
        records, epochs = await consumer.poll()
        if records and consumer.flow_active:
            _note(records, batch_records_max=hub.settings.batch_records_max)
            polled = await hub.read(records, epochs=epochs)
            # A rebalance may have begun meanwhile; whoever holds the partitions after it seeks to what comes next.
            if consumer.flow_active:
                await self.app.topics.on_message(_as_message(self.app, polled))


def _note(records: Records, *, batch_records_max: int) -> None:
    """Show how much a poll brought beside what it may bring."""
    polled = [record for found in records.values() for record in found]
    used("batch_records_max", len(polled))
    used("fetch_bytes_max", sum(len(record.value or b"") for record in polled))
    if len(polled) >= batch_records_max:
        reached("batch_records_max")


def _as_message(app: AppT, polled: Polled) -> ConsumerMessage:
    """Wrap a batch as the message of its first record, which is what Faust routes and counts."""
    first = polled.entries[0]
    tp = TP(hub_of(app).topic, first.partition)
    return ConsumerMessage(
        tp.topic, tp.partition, first.offset, 0.0, 1, None, None, cast(Any, polled), None, 0, 0, tp,
        generation_id=app.consumer_generation_id,
    )  # fmt: skip


class Transport(driver.Transport):
    """`lotstream://host:port`: Kafka by aiokafka, with this hub's consumer and fetcher."""

    Consumer = Consumer
    Fetcher = Fetcher

    def __init__(self, url: list[URL], app: AppT, loop: asyncio.AbstractEventLoop | None = None) -> None:
        super().__init__(url, app, loop)
