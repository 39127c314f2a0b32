"""A fault run: traffic, things that break one after the other, and at the end a comparison of everything."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from aiokafka.errors import KafkaError

from lotstream.errors import InputRefused, LotstreamError
from lotstream.settings import Settings
from lotstream.store.audit import Audit
from lotstream.store.postgres import PostgresStore
from lotstream.testing.defining import define
from lotstream.testing.faults.catalogue import CATALOGUE, Fault
from lotstream.testing.faults.crew import Crew
from lotstream.testing.faults.episodes import EPISODES, Episode, Failed, Outcome
from lotstream.testing.faults.invariants import Invariant, Violations
from lotstream.testing.faults.judge import Counts, Logs, judge
from lotstream.testing.faults.log_ends import open_log_ends
from lotstream.testing.faults.proxy import DatabaseProxy
from lotstream.testing.faults.scene import Scene
from lotstream.testing.faults.sender import Sender
from lotstream.testing.faults.servers import Servers
from lotstream.testing.faults.shop import Shop
from lotstream.testing.faults.stage import RECOVERED_S_MAX, Stage
from lotstream.testing.faults.watch import Watch
from lotstream.testing.load import site

#: Shortest and longest pause between two faults, in seconds.
PAUSE_S = (0.2, 1.5)


@dataclass(frozen=True)
class Plan:
    """How long, with what, and from which seed."""

    seconds: float
    seed: int
    workers: int = 2
    #: Records a second.
    rate: float = 60.0
    #: Names of the faults and episodes to draw from; empty means all faults.
    only: tuple[str, ...] = ()
    #: Play what only an operator can put right when the time is over.
    episodes: bool = False


@dataclass
class Report:
    """What a run came to."""

    plan: Plan
    violations: Violations
    seconds: float = 0.0
    #: What was compared; None when it did not come to that.
    counts: Counts | None = None
    #: Times the invariants of every instant were looked at.
    looks: int = 0
    #: Fault → recovery after each, in seconds.
    faults: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    episodes: list[Outcome] = field(default_factory=list)
    #: Fault or episode → why it could not be done here.
    left_out: dict[str, str] = field(default_factory=dict)
    #: Exit code of workers → how often.
    exits: Counter[int] = field(default_factory=Counter)

    def recoveries(self) -> list[float]:
        """Return all recoveries, sorted, in seconds."""
        return sorted(seconds for each in self.faults.values() for seconds in each)


class FaultsUnknown(InputRefused):
    """A fault was asked for that there is not."""

    advice = "Leave --only out, or name faults as the table of a run does."


def check(plan: Plan) -> None:
    """Raise `FaultsUnknown` when a plan names what is neither a fault nor an episode."""
    unknown = set(plan.only) - {fault.name for fault in CATALOGUE} - {episode.name for episode in EPISODES}
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
        self._report = Report(plan, Violations())
        shop = Shop(plan.seed)
        self._scene = Scene(
            settings, Random(plan.seed), Crew(settings, folder), servers, proxy, shop,
            Sender(settings.kafka_bootstrap, shop, rate=plan.rate), self._report.violations,
        )  # fmt: skip

    def stop(self) -> None:
        """Break nothing more, and go on to the comparison."""
        self._stopped.set()

    async def run(self) -> Report:
        """Break things for as long as planned, then compare everything; after each episode once more."""
        scene, report = self._scene, self._report
        async with Audit(scene.servers.postgres_url) as audit, open_log_ends(scene.settings) as log:
            stage = Stage(scene, audit, log, Logs(), self._plan.workers)
            sending = asyncio.create_task(scene.sender.run())
            try:
                await self._begin(stage)
                await self._break_things(stage)
                await stage.rest()
                await self._judge(stage)
                for episode in self._episodes():
                    await self._play(episode, stage)
            finally:
                await scene.crew.leave_all()
                await _end(sending)
        report.exits = scene.crew.exits
        return report

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
        watching = asyncio.create_task(watch.run())
        began = time.monotonic()
        deck: list[Fault] = []
        while (left := began + self._plan.seconds - time.monotonic()) > 0 and not self._stopped.is_set():
            deck = [fault for fault in deck or self._new_deck() if fault.takes_s <= left]
            if deck:
                await self._break(deck.pop(), stage)
            await asyncio.sleep(min(left, self._scene.draw.uniform(*PAUSE_S)))
        self._report.seconds = time.monotonic() - began
        self._report.looks = watch.looks
        await _end(watching)

    def _new_deck(self) -> list[Fault]:
        """Return every fault once, shuffled: each kind comes as often as any other."""
        wanted = [fault for fault in CATALOGUE if not self._plan.only or fault.name in self._plan.only]
        deck = []
        for fault in wanted:
            why = fault.cannot(self._scene)
            if why is None:
                deck.append(fault)
            else:
                self._report.left_out[fault.name] = why
        self._scene.draw.shuffle(deck)
        return deck

    async def _break(self, fault: Fault, stage: Stage) -> None:
        self._tell(fault.name)
        self._scene.well_from_now()
        try:
            await fault.act(self._scene)
        except (LotstreamError, OSError) as error:
            # What could not be broken says nothing about the hub; that it comes back is checked all the same.
            self._report.left_out[fault.name] = f"it failed once: {error}"
        try:
            async with asyncio.timeout(RECOVERED_S_MAX):
                await stage.caught_up()
        except TimeoutError:
            self._report.violations.add(
                Invariant.LAG, f"{RECOVERED_S_MAX:.0f} s after {fault.name} the log was not decided"
            )
        took = self._scene.since_well_s()
        self._report.faults[fault.name].append(took)
        self._tell(f"  back after {took:.1f} s")
        if fault.mend is not None:
            await fault.mend(self._scene)
        for instance, code in self._scene.crew.refused:
            self._report.violations.add(Invariant.STAYS_UP, f"{instance} ended with {code} after {fault.name}")
            self._scene.crew.join(instance)
        self._scene.crew.refused.clear()

    def _episodes(self) -> list[Episode]:
        if not self._plan.episodes:
            return []
        return [episode for episode in EPISODES if not self._plan.only or episode.name in self._plan.only]

    async def _play(self, episode: Episode, stage: Stage) -> None:
        """Play one episode, let traffic in again, and compare everything."""
        self._tell(episode.name)
        why = episode.cannot(stage)
        if why is not None:
            self._report.left_out[episode.name] = why
            return
        try:
            refusal, remedy = await episode.act(stage)
        except (Failed, LotstreamError, KafkaError, OSError) as failed:
            self._report.violations.add(Invariant.STAYS_UP, f"{episode.name}: {str(failed) or repr(failed)}")
            await stage.stop_workers()
            return
        stage.start_workers()
        await stage.traffic(PAUSE_S[1])
        await stage.rest()
        await self._judge(stage)
        self._report.episodes.append(Outcome(episode.name, refusal, remedy))

    async def _judge(self, stage: Stage) -> None:
        self._report.counts = await judge(
            stage.settings, self._scene.servers.postgres_url, stage.audit, stage.log, logs=stage.logs,
            acknowledged=self._scene.sender.acknowledged, violations=self._report.violations, tell=self._tell,
        )  # fmt: skip


async def _end(task: asyncio.Task[None]) -> None:
    """Cancel what goes on until it is cancelled; raises what it died of before, since nothing was looked at then."""
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()
