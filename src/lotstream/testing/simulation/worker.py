"""A worker process without Faust: the hub, the group's membership, a poll and a stream, as the shell has them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any, Final

from aiokafka.errors import KafkaError

from lotstream.contracts.topics import INBOUND
from lotstream.hub.app import build_app
from lotstream.hub.broadcasts import Broadcasts
from lotstream.hub.continuing import Continuing
from lotstream.hub.hub import Hub
from lotstream.hub.ledgers import LEDGERS, LedgerStore
from lotstream.hub.maintenance import Maintenance
from lotstream.hub.records import Polled
from lotstream.settings import Settings
from lotstream.store.claim import Log
from lotstream.testing.simulation.aside import MadeUpThread
from lotstream.testing.simulation.consumer import Consumer, Fetcher
from lotstream.testing.simulation.database import RemoteStore, remote
from lotstream.testing.simulation.group import Membership
from lotstream.testing.simulation.kafka import SimulatedKafka
from lotstream.testing.simulation.loop import Process

if TYPE_CHECKING:
    from lotstream.testing.simulation.world import World

HEARTBEAT_S: Final = 1.0
"""Pause between two heartbeats, in seconds."""


@cache
def _app() -> Any:  # noqa: ANN401 - a Faust app, which nothing here asks for anything
    app = build_app(Settings())
    app.finalize()
    return app


def new_ledgers() -> LedgerStore:
    """Return an empty table of ledgers."""
    app = _app()
    return LedgerStore(f"{LEDGERS}://", app, app.tables[LEDGERS])


@dataclass(slots=True)
class Shell:
    """What the consumer of one worker knows."""

    membership: Membership | None = None
    rejoin: asyncio.Event = field(default_factory=asyncio.Event)
    #: Heartbeats do not reach the coordinator, although everything else works.
    mute: bool = False


class Worker:
    """One worker process of the simulation."""

    def __init__(self, world: World, settings: Settings, process: Process) -> None:
        self.world = world
        self.settings = settings
        self.process = process
        self.shell = Shell()
        self.ended = world.loop.create_future()
        #: What it ended with; None for a graceful end or a crash.
        self.error: BaseException | None = None
        self.store = RemoteStore(process, world.database, world.tables, loop=world.loop, watch=world)
        self.kafka = SimulatedKafka(process, world.kafka, world.broker)
        self._random = Random(world.random.random())
        self._stop = asyncio.Event()
        self._hub: Hub | None = None
        process.on_crash = self.crash

    def start(self) -> None:
        """Start the process."""
        self._watch("main", self._main())

    def stop(self) -> None:
        """Ask it to end gracefully, as SIGTERM does."""
        self._stop.set()

    def crash(self) -> None:
        """End it here and now, as SIGKILL does."""
        if not self.process.gone:
            self.world.fates.crashed(self.process)
            self._end()

    def die(self, error: BaseException) -> None:
        """End it because of an error, as the hub does."""
        if not self.process.gone and not isinstance(error, asyncio.CancelledError):
            self.error = error
            self.world.died(self, error)
            self._end()

    def _end(self) -> None:
        self.process.kill()
        self.store.end_session()
        if not self.ended.done():
            self.ended.set_result(None)

    @property
    def hub(self) -> Hub:
        """Return the hub; it is there as soon as the database has answered."""
        if self._hub is None:
            raise RuntimeError("The worker has not come up yet.")
        return self._hub

    def has_lost_a_claim(self) -> bool:
        """Tell whether somebody else has taken over a partition that this worker still believes to hold."""
        claims = self.world.tables.rows["claim"]
        return any(claims[(p,)]["epoch"] != epoch for p, epoch in self.hub.epochs().items())

    async def _main(self) -> None:
        store = remote(self.store)
        await store.lock_instance(f"{self.settings.app}/{self.settings.instance}", timeout_s=10.0)
        self._hub = self._new_hub(await store.log())
        continuing = Continuing(
            store, self.hub.states, partitions=self.hub.log.partitions,
            owners_max=self.settings.continued_owners_max, orders_max=self.settings.continued_orders_max,
        )  # fmt: skip
        broadcasts = Broadcasts(
            store, self.hub.clock, self.hub.states, appender=self.kafka.appender(), continuing=continuing,
            timeout_s=self.settings.request_timeout_s,
        )  # fmt: skip
        self._watch("relay", self.hub.relay.run())
        self._watch("broadcasts", broadcasts.run())
        self._watch("positions", self.hub.keep_positions())
        self._watch("maintenance", Maintenance(self.settings, store, published=self.hub.published).run())
        self._watch("instance_lock", store.wait_lock_lost())
        batches: asyncio.Queue[Polled] = asyncio.Queue()
        consumer = Consumer(self, self.hub, batches, random=self._random)
        self._watch("heartbeat", self._heartbeat())
        self._watch("poll", Fetcher(consumer).run())
        self._watch("deciding", self._decide(batches))
        await self._follow_group(consumer)

    def _new_hub(self, log: Log) -> Hub:
        hub = Hub(
            self.settings, remote(self.store), log, new_ledgers(), kafka=self.kafka, topic=INBOUND.name, die=self.die,
            aside=MadeUpThread(Random(self._random.random())),
        )  # fmt: skip
        hub.relay.transactional_id = f"{self.process.name}"
        return hub

    def _watch(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = self.process.spawn(work, name=name)
        task.add_done_callback(self._task_ended, context=self.world.loop.outside())

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.die(error)

    async def _follow_group(self, consumer: Consumer) -> None:
        """Join, claim, and give back when the group says so; until asked to stop."""
        while not self._stop.is_set():
            await self._join(consumer)
            claiming = self.process.spawn(self._claim(consumer), name="claim")
            # A rebalance may come in the middle of a claim: nobody waits for it then but the hub itself.
            await _first(claiming, self.shell.rejoin, self._stop)
            if claiming.done():
                claiming.result()
            await _first(None, self.shell.rejoin, self._stop)
            consumer.flow(on=False)
            await consumer.wait_empty()
        self.world.stopped(self)
        self._end()

    async def _join(self, consumer: Consumer) -> None:
        before = self.shell.membership
        now = self.shell.membership = await self._joined(before.member if before is not None else None)
        self.shell.rejoin.clear()
        consumer.assigned()
        if before is not None:
            self.hub.ledgers.drop_partitions(before.partitions - now.partitions, of=self.hub.log.partitions)

    async def _joined(self, member: int | None) -> Membership:
        while True:
            try:
                return await self.world.coordinator.call(
                    self.process, "join", lambda: self.world.group.join(self.settings.instance, member)
                )
            except KafkaError:
                await asyncio.sleep(HEARTBEAT_S / 2)

    async def _claim(self, consumer: Consumer) -> None:
        await consumer.seek_to_committed()
        consumer.flow(on=not self.shell.rejoin.is_set())

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            membership = self.shell.membership
            if membership is None or self.shell.rejoin.is_set() or self.shell.mute:
                continue
            try:
                await self.world.coordinator.call(
                    self.process,
                    "heartbeat",
                    lambda: self.world.group.heartbeat(membership),  # noqa: B023
                )
            except KafkaError as error:
                if self.shell.membership is membership and error.__class__.__name__ not in _UNHEARD:
                    self.shell.rejoin.set()

    async def _decide(self, batches: asyncio.Queue[Polled]) -> None:
        while True:
            await self.hub.process(await batches.get())


_UNHEARD: Final = frozenset({"KafkaConnectionError", "KafkaTimeoutError"})
"""Errors of heartbeats that say nothing about the membership."""


async def _first(task: asyncio.Task[None] | None, *events: asyncio.Event) -> None:
    """Wait until a task has ended or one of some events has come."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait([*waiting, *([task] if task else [])], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
