"""A running hub that scenarios are told to: real Kafka and PostgreSQL, and one worker process for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Final, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from lotstream.contracts.cloudevents import HUB_SOURCE
from lotstream.contracts.produce import Record
from lotstream.contracts.sent_tasks import PickTasks
from lotstream.contracts.topics import INBOUND, PICK_TASKS
from lotstream.domain.slots import partition_of
from lotstream.settings import Settings
from lotstream.store.postgres import PostgresStore
from lotstream.store.reads import Reads
from lotstream.store.records import Records
from lotstream.store.rows import IntakeRow
from lotstream.testing.processes import WorkerProcess
from lotstream.testing.scenarios_format import ScenarioError
from lotstream.testing.scenarios_warehouse import tasks_created

#: Pause between two looks at how far the worker is, in seconds; one look serves all that wait.
LOOK_EVERY_S: Final = 0.03
#: Longest that anything is waited for; a worker that was killed is back within some ten seconds.
PATIENCE_S: Final = 120.0
#: Most producers at once: as many senders as a scenario may have, beyond which they take turns.
PRODUCERS_MAX: Final = 16


class RunningHub:
    """A hub that is ready (migrated, with topics), its one worker, and what scenarios look at it with."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.store = PostgresStore(settings.postgres_url)
        self.reads = Reads(settings.postgres_url)
        self.records = Records(settings.postgres_url)
        self._worker = WorkerProcess(settings, instance="scenarios", log=folder / "worker.log")
        #: How often the worker was killed.
        self._killed = 0
        self._killing = asyncio.Lock()
        self._producers: list[AIOKafkaProducer] = []
        self._consumer = AIOKafkaConsumer(
            PICK_TASKS.name,
            bootstrap_servers=settings.kafka_bootstrap,
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        self._admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
        #: Owner → the pick tasks that were created for it, as a warehouse system reads them.
        self._tasks: dict[str, set[str]] = {}
        #: Per partition, the first record that is not decided; looked at while anybody waits.
        self._decided: dict[int, int] = {}
        self._waiting = 0
        self._looked = asyncio.Condition()
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        try:
            for session in (self.store, self.reads, self.records, self._worker):
                await self._open.enter_async_context(session)
            for client in (self._consumer, self._admin):
                await client.start()
                self._open.push_async_callback(client.stop if client is self._consumer else client.close)
            for _ in range(PRODUCERS_MAX):
                producer = AIOKafkaProducer(
                    bootstrap_servers=self.settings.kafka_bootstrap, acks="all", enable_idempotence=True,
                    max_request_size=self.settings.inbound_bytes_max,
                )  # fmt: skip
                await producer.start()
                self._open.push_async_callback(producer.stop)
                self._producers.append(producer)
            for loop in (self._collect, self._look):
                task = asyncio.create_task(loop())
                self._open.push_async_callback(_end, task)
        except BaseException:
            await self._open.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def send(self, records: Sequence[Record], *, sender: int = 0) -> list[int]:
        """Append one sender's records in their order; returns their offsets. Raises what Kafka answers."""
        producer = self._producers[sender % PRODUCERS_MAX]
        waiting = [
            await producer.send(record.topic, record.value, record.key, headers=list(record.headers))
            for record in records
        ]
        return [(await sent).offset for sent in waiting]

    def partition(self, owner: str) -> int:
        """Return the partition an owner lives in."""
        return partition_of(owner.encode(), self.settings.partitions)

    async def decided(self, owner: str, offset: int) -> None:
        """Wait until a record of an owner is decided and committed; raises `ScenarioError` when that takes too long."""
        partition = self.partition(owner)
        self._waiting += 1
        try:
            async with asyncio.timeout(PATIENCE_S), self._looked:
                while self._decided.get(partition, 0) <= offset:
                    await self._looked.wait()
        except TimeoutError as error:
            raise self._stalled(f"record {offset} of partition {partition}") from error
        finally:
            self._waiting -= 1

    async def answer(self, number: int) -> IntakeRow:
        """Wait for the answer to what every partition was told, which comes when all that follows is decided."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while (answer := await self.records.intake((HUB_SOURCE, str(number)))) is None:  # noqa: ASYNC110 - the worker writes it
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError as error:
            raise self._stalled(f"number {number} of what every partition was told") from error
        return answer

    async def tasks(self, owner: str) -> set[str]:
        """Return the pick tasks created for an owner, when all that is decided has been published and read."""
        inbound = TopicPartition(INBOUND.name, self.partition(owner))
        claim = (await self.store.claims([inbound.partition]))[inbound.partition]
        try:
            async with asyncio.timeout(PATIENCE_S):
                while await self._published(inbound) < claim.next_offset:  # noqa: ASYNC110 - the worker publishes
                    await asyncio.sleep(LOOK_EVERY_S)
                ends = await self._consumer.end_offsets(self._consumer.assignment())
                while any([await self._consumer.position(tp) < end for tp, end in ends.items()]):  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError as error:
            raise self._stalled("what it has to publish") from error
        return self._tasks.get(owner, set())

    async def _published(self, inbound: TopicPartition) -> int:
        offsets = await self._admin.list_consumer_group_offsets(f"{self.settings.app}-relay", partitions=[inbound])
        return int(offsets[inbound].offset)

    def deadlocks(self) -> int:
        """Return how often a worker has spoken of a deadlock so far."""
        log = self._worker.log
        return log.read_text("utf-8").lower().count("deadlock") if log.exists() else 0

    async def crash(self) -> None:
        """Kill the worker with SIGKILL and start it again; scenarios that ask for it at one moment share one crash."""
        asked_at = self._killed
        async with self._killing:
            if self._killed == asked_at:
                await self._worker.kill()
                self._killed += 1
                await self._worker.start()

    async def _look(self) -> None:
        """See how far the worker is, for everybody who waits."""
        while True:
            if self._waiting:
                claims = await self.store.claims(range(self.settings.partitions))
                async with self._looked:
                    self._decided = {partition: claim.next_offset for partition, claim in claims.items()}
                    self._looked.notify_all()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _collect(self) -> None:
        """Read pick tasks as a warehouse system does."""
        while True:
            for records in (await self._consumer.getmany(timeout_ms=100)).values():
                for record in records:
                    owner = PickTasks.model_validate_json(record.value).owner
                    self._tasks.setdefault(owner, set()).update(tasks_created(record.value))

    def _stalled(self, what: str) -> ScenarioError:
        lines = self._worker.log.read_text("utf-8").splitlines() if self._worker.log.exists() else []
        return ScenarioError(
            f"the hub is not through with {what} after {PATIENCE_S:g} s; the worker's last words: "
            f"{lines[-1] if lines else 'none'}"
        )


async def _end(task: asyncio.Task[None]) -> None:
    """End a loop that never ends by itself; what it died of is raised."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
