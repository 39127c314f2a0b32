"""One worker process: servers checked, Faust started, everything watched, and one way out.

Nothing is repaired in a running worker. An unexpected error ends the process at once with an exit code that tells the
supervisor whether starting again can help; nothing is lost, because what was not committed is read again.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, NoReturn

import structlog

from lotstream.contracts.topics import INBOUND
from lotstream.errors import ExitCode, LotstreamError, StopWorker
from lotstream.hub.agreed import under_agreement
from lotstream.hub.app import HubApp, build_app, ledger_store
from lotstream.hub.broadcasts import Broadcasts
from lotstream.hub.collector import leave_ledgers_alone
from lotstream.hub.continuing import Continuing
from lotstream.hub.hub import Hub
from lotstream.hub.kafka import AioKafka
from lotstream.hub.maintenance import Maintenance
from lotstream.hub.monitoring import Monitoring
from lotstream.ops.limits import reached, used_from_now
from lotstream.ops.stopping import on_stop_signal
from lotstream.settings import Settings
from lotstream.store.instance import session_name
from lotstream.store.migrate import check_schema
from lotstream.store.postgres import PostgresStore

logger = structlog.get_logger(__name__)


class Worker:
    """A worker's parts and its one way out."""

    def __init__(self, settings: Settings, store: PostgresStore, app: HubApp, hub: Hub) -> None:
        self.settings = settings
        self.store = store
        self.app = app
        self.hub = hub
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        """Ask the worker to finish its batch, give its claims back and end."""
        self._stop.set()

    async def run(self) -> None:
        """Run until asked to stop; any failure ends the process through `die`."""
        continuing = Continuing(
            self.store, self.hub.states, partitions=self.hub.log.partitions,
            owners_max=self.settings.continued_owners_max, orders_max=self.settings.continued_orders_max,
        )  # fmt: skip
        broadcasts = Broadcasts(
            self.store, self.hub.clock, self.hub.states, appender=self.hub.kafka.appender(), continuing=continuing,
            timeout_s=self.settings.request_timeout_s,
        )  # fmt: skip
        self._watch("relay", self.hub.relay.run())
        self._watch("broadcasts", broadcasts.run())
        self._watch("positions", self.hub.keep_positions())
        self._watch("maintenance", Maintenance(self.settings, self.store, published=self.hub.published).run())
        self._watch("instance_lock", self.store.wait_lock_lost())
        self._watch("monitoring", Monitoring(self.settings, self.hub, self.app, self.store).run())
        if not await self._started():
            # Claims taken meanwhile are fenced by their next holder, as after a crash.
            logger.info("worker_stopped", instance=self.settings.instance)
            leave(ExitCode.OK)
        self._watch("faust", self._wait_faust())
        logger.info("worker_started", instance=self.settings.instance, partitions=self.hub.log.partitions)
        await self._stop.wait()
        await self.end()

    async def _started(self) -> bool:
        """Start Faust; False when asked to stop before it has, since a Kafka that does not answer keeps it for long."""
        starting = asyncio.ensure_future(self.app.start())
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not starting.done():
            return False
        await starting
        return True

    async def end(self) -> None:
        """Finish the batch, publish, give claims back; what takes too long ends the process as a crash does."""
        used_from_now("stop_timeout_s")
        try:
            async with asyncio.timeout(self.settings.stop_timeout_s):
                await self._end()
        except TimeoutError as error:
            reached("stop_timeout_s")
            self.hub.die(error)

    async def _end(self) -> None:
        for task in list(self._tasks):
            if task.get_name() in ("faust", "broadcasts"):
                task.cancel()
        await self.app.stop()
        for task in list(self._tasks):
            task.cancel()
        await self.hub.relay.stop()
        logger.info("worker_stopped", instance=self.settings.instance)

    async def _wait_faust(self) -> None:
        await self.app.wait_until_stopped()
        raise StopWorker("Faust stopped by itself.")

    def _watch(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.hub.die(error)


def die(error: BaseException) -> None:
    """Log an error and end the process at once, without the clean-up that could make it worse."""
    code = error.exit_code if isinstance(error, LotstreamError) else ExitCode.STOPPED
    try:
        logger.critical("worker_died", error=str(error), kind=type(error).__name__, exit_code=int(code), exc_info=error)
    finally:
        leave(code)


def leave(code: ExitCode) -> NoReturn:
    """End the process at once, without the clean-up that could wait for something."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        # Whatever becomes of the last words: a log nobody reads must not keep the process alive.
        os._exit(code)


@asynccontextmanager
async def open_worker(settings: Settings) -> AsyncIterator[Worker]:
    """Yield a worker that holds its instance lock.

    Raises `InstanceTaken`, `NotMigrated`, `DatabaseNewer`, `SettingsDiffer` or a `TryAgain`.
    """
    await check_schema(settings.postgres_url)
    name = session_name(settings.app)
    store = PostgresStore(
        settings.postgres_url, app=name, timeout_s=settings.postgres_timeout_s,
        connections_max=settings.postgres_connections_max,
    )  # fmt: skip
    await store.open()
    try:
        await store.lock_instance(f"{settings.app}/{settings.instance}", timeout_s=settings.instance_lock_timeout_s)
        # Under the lock, which keeps anybody from changing it as long as this worker lives.
        settings = await under_agreement(settings)
        app = build_app(settings)
        app.finalize()
        kafka, topic = AioKafka(settings, topic=INBOUND.name), INBOUND.name
        app.hub = Hub(settings, store, await store.log(), ledger_store(app), kafka=kafka, topic=topic, die=die)
        yield Worker(settings, store, app, app.hub)
    finally:
        await store.close()


async def run_worker(settings: Settings) -> None:
    """Run one worker until SIGTERM or SIGINT."""
    async with open_worker(settings) as worker:
        on_stop_signal(worker.stop)
        leave_ledgers_alone()
        await worker.run()
