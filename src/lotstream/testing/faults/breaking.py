"""Breaks one thing after the other while the traffic goes on, and looks after each how the hub comes back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

from aiokafka.errors import KafkaError

from lotstream.errors import LotstreamError
from lotstream.testing.faults.catalogue import CATALOGUE, Fault, NotDone
from lotstream.testing.faults.deck import Deck
from lotstream.testing.faults.episodes import EPISODES, Episode, Failed
from lotstream.testing.faults.invariants import Invariant
from lotstream.testing.faults.report import Played, Recovery, Report
from lotstream.testing.faults.stage import RECOVERED_S_MAX, Stage
from lotstream.testing.faults.watch import Watch

#: What breaking something, or an operator's part, may end with.
CAME_TO_NOTHING = (NotDone, LotstreamError, KafkaError, OSError)
KINDS: tuple[Fault | Episode, ...] = (*CATALOGUE, *EPISODES)
"""Everything that a run does to a hub."""


class Breaking:
    """The part of a run in which things break."""

    def __init__(
        self, stage: Stage, report: Report, *, watch: Watch, compare: Callable[[], Awaitable[None]],
        tell: Callable[[str], None], stopped: asyncio.Event, kinds: Iterable[Fault | Episode] = KINDS,
    ) -> None:  # fmt: skip
        """Take what is broken and who looks at it; ``compare`` compares everything at rest."""
        self._stage = stage
        self._scene = stage.scene
        self._report = report
        self._watch = watch
        self._compare = compare
        self._tell = tell
        self._stopped = stopped
        #: Set when something was found of which no later comparison could tell what follows from it.
        self._lost = False
        self._wanted = [kind for kind in kinds if not report.plan.only or kind.name in report.plan.only]

    async def run(self) -> None:
        """Break things until the time is over, each kind once before any comes again."""
        plan, began = self._report.plan, time.monotonic()
        deck = Deck(self._possible(), self._scene.draw, rounds_max=1 if plan.once else None)
        while (left := began + plan.seconds - time.monotonic()) > 0 and not self._stopped.is_set():
            kind = deck.next(left)
            if kind is not None:
                if not await self._do(kind):
                    deck.put_back(kind)
                await self._pause(min(left, self._scene.draw.uniform(*plan.pause_s)))
            elif plan.once:
                break
            else:
                await self._pause(left)
            if self._lost:
                break
        self._report.seconds = time.monotonic() - began
        known = self._report.done.keys() | self._report.failed.keys() | self._report.left_out.keys()
        self._report.no_time = [kind.name for kind in self._wanted if kind.name not in known]

    def _possible(self) -> list[Fault | Episode]:
        """Return what can be done on this machine, and note why the rest cannot."""
        why = {kind.name: kind.cannot(self._scene) for kind in self._wanted}
        self._report.left_out = {name: reason for name, reason in why.items() if reason is not None}
        return [kind for kind in self._wanted if why[kind.name] is None]

    async def _pause(self, seconds: float) -> None:
        """Let traffic go on by itself for a while, or until nothing is to be broken any more."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        except TimeoutError:
            return

    async def _do(self, kind: Fault | Episode) -> bool:
        """Do one thing; returns whether it was done as it is called."""
        self._tell(kind.name)
        if isinstance(kind, Episode):
            return await self._play(kind)
        return await self._break(kind)

    async def _break(self, fault: Fault) -> bool:
        """Break one thing and wait until the hub is back, also when nothing came of it; returns whether it was done."""
        self._scene.well_from_now()
        name: str | None = fault.name
        try:
            name = await fault.act(self._scene) or fault.name
        except CAME_TO_NOTHING as error:
            name = None
            self._note_failure(fault.name, error)
        recovery = await self._recovery(name or fault.name)
        if name is not None:
            self._report.done[name].append(recovery)
        if fault.mend is not None:
            await fault.mend(self._scene)
        self._bring_back_refused(fault)
        return name == fault.name

    async def _recovery(self, name: str) -> Recovery:
        """Have every owner place an order, and wait until all that is in the log with them is decided and published."""
        decided_s, missing = None, "decided"
        try:
            async with asyncio.timeout(RECOVERED_S_MAX):
                ends = await self._stage.roll_call()
                await self._stage.until_decided(ends)
                decided_s, missing = self._scene.since_well_s(), "published"
                await self._stage.until_published(ends)
        except TimeoutError:
            sentence = f"{RECOVERED_S_MAX:.0f} s after {name} the log was not {missing}"
            self._scene.violations.add(Invariant.LAG, sentence)
        published_s = self._scene.since_well_s()
        recovery = Recovery(published_s if decided_s is None else decided_s, published_s)
        self._tell(f"  decided after {recovery.decided_s:.1f} s, published after {recovery.published_s:.1f} s")
        return recovery

    def _bring_back_refused(self, fault: Fault) -> None:
        """Start workers again that have ended for good, which none may after a fault."""
        for instance, code in self._scene.crew.refused:
            self._scene.violations.add(Invariant.STAYS_UP, f"{instance} ended with {code} after {fault.name}")
            self._scene.crew.join(instance)
        self._scene.crew.refused.clear()

    def _note_failure(self, name: str, error: Exception) -> None:
        reason = str(error) or repr(error)
        self._report.failed[name].append(reason)
        self._tell(f"  came to nothing: {reason}")

    async def _play(self, episode: Episode) -> bool:
        """Play one episode between two times of traffic, and compare everything after it."""
        stage = self._stage
        await stage.rest()
        async with self._watch.away():
            try:
                refusal, remedy = await episode.act(stage)
            except (Failed, *CAME_TO_NOTHING) as failed:
                # Half of what is checked is that the hub refuses, the other that the operator's part works.
                self._note_failure(episode.name, failed)
                self._scene.violations.add(Invariant.STAYS_UP, f"{episode.name}: {str(failed) or repr(failed)}")
                self._lost = True
                await stage.stop_workers()
                return True
            self._scene.well_from_now()
            stage.start_workers()
            await stage.traffic(self._report.plan.pause_s[1])
            recovery = await self._recovery(episode.name)
            await stage.rest()
            await self._compare()
            self._lost = self._report.violations.total() > 0
        self._report.done[episode.name].append(recovery)
        self._report.episodes.append(Played(episode.name, refusal, remedy))
        stage.start_workers()
        self._scene.sender.silent = False
        return True
