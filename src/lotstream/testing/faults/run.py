"""A fault run: traffic, things that break one after the other, and at the end a comparison of everything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random

from lotstream.errors import InputRefused
from lotstream.settings import Settings
from lotstream.store.audit import Audit
from lotstream.store.inspection import inspect_server
from lotstream.store.postgres import PostgresStore
from lotstream.testing.defining import define
from lotstream.testing.faults.breaking import KINDS, Breaking
from lotstream.testing.faults.crew import Crew
from lotstream.testing.faults.judge import Logs, judge
from lotstream.testing.faults.log_ends import open_log_ends
from lotstream.testing.faults.proxy import DatabaseProxy
from lotstream.testing.faults.reader import open_reader
from lotstream.testing.faults.report import Plan, Report
from lotstream.testing.faults.scene import Scene
from lotstream.testing.faults.sender import Sender
from lotstream.testing.faults.servers import Servers
from lotstream.testing.faults.shop import Shop, site, today_at_site
from lotstream.testing.faults.stage import RECOVERED_S_MAX, Stage
from lotstream.testing.faults.watch import Watch


class FaultsUnknown(InputRefused):
    """A fault was asked for that there is not."""

    advice = "Leave --only out, or name faults as the table of a run does."


def check(plan: Plan) -> None:
    """Raise `FaultsUnknown` when a plan names what is neither a fault nor an episode."""
    unknown = set(plan.only) - {kind.name for kind in KINDS}
    if unknown:
        raise FaultsUnknown(f"There is no fault called {', '.join(sorted(unknown))}.")


class FaultRun:
    """One run on servers of its own, whose database is migrated and whose topics are made."""

    def __init__(
        self, settings: Settings, servers: Servers, proxy: DatabaseProxy, plan: Plan, *, folder: Path,
        tell: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._plan = plan
        self._tell = tell
        self._stopped = asyncio.Event()
        self._report = Report(plan)
        shop = Shop(plan.seed, last_day=today_at_site())
        self._scene = Scene(
            settings, Random(plan.seed), Crew(settings, folder), servers, proxy, shop,
            Sender(settings.kafka_bootstrap, shop, rate=plan.rate), self._report.violations,
        )  # fmt: skip

    def stop(self) -> None:
        """Break nothing more, and go on to the comparison."""
        self._stopped.set()

    async def run(self) -> Report:
        """Break things for as long as planned, then compare everything; after each episode once more."""
        scene, settings = self._scene, self._scene.settings
        server = await inspect_server(scene.servers.postgres_url, timeout_s=RECOVERED_S_MAX)
        self._report.postgres = server.version_text
        async with (
            Audit(scene.servers.postgres_url) as audit,
            open_log_ends(settings) as log,
            open_reader(settings.kafka_bootstrap) as reader,
        ):
            stage = Stage(scene, audit, log, Logs(), reader, self._plan.workers)
            sending = asyncio.create_task(scene.sender.run())
            try:
                await self._begin(stage)
                await self._break_things(stage)
                await stage.rest()
                await self._compare(stage)
            finally:
                await scene.crew.leave_all()
                await _end(sending)
            self._report.reconnections = reader.failures
        self._report.exits = scene.crew.exits
        return self._report

    async def _begin(self, stage: Stage) -> None:
        """Have workers run, the site defined and the first goods in the log."""
        sender = self._scene.sender
        sender.silent = True
        stage.start_workers()
        async with PostgresStore(self._scene.servers.postgres_url) as store, asyncio.timeout(RECOVERED_S_MAX):
            await define(store, *site(), partitions=stage.settings.partitions)
        sender.say(self._scene.shop.opening())
        await sender.flush()
        sender.silent = False

    async def _break_things(self, stage: Stage) -> None:
        watch = Watch(stage.audit, stage.log, self._report.violations)
        breaking = Breaking(
            stage, self._report, watch=watch, compare=lambda: self._compare(stage), tell=self._tell,
            stopped=self._stopped,
        )  # fmt: skip
        watching = asyncio.create_task(watch.run())
        try:
            await breaking.run()
        finally:
            self._report.looks = watch.looks
            await _end(watching)

    async def _compare(self, stage: Stage) -> None:
        """Compare everything at rest; `lotstream verify` is a part of it."""
        self._report.comparisons += 1
        self._report.counts = await judge(
            stage.settings, self._scene.servers.postgres_url, stage.audit, stage.log, logs=stage.logs,
            acknowledged=self._scene.sender.acknowledged, days_told=self._scene.days_told,
            seen_live=stage.reader.seen, violations=self._report.violations, tell=self._tell,
        )  # fmt: skip


async def _end(task: asyncio.Task[None]) -> None:
    """Cancel what goes on until it is cancelled; raises what it died of before, since nothing was looked at then."""
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()
