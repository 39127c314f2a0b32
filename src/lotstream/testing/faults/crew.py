"""The workers of a fault run: started again whenever they end, as a supervisor would, unless they must stay down."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lotstream.errors import NOT_RESTARTED, ExitCode
from lotstream.ops.crash import VARIABLE, CrashPoint
from lotstream.settings import Settings
from lotstream.testing.processes import GRACE_S, WorkerProcess

#: Pause before a worker is started again, in seconds.
PAUSE_S = 0.5
#: What a worker logs when it has taken partitions over, and the longest wait for it, in seconds.
CLAIMED = b'"event": "claimed"'
CLAIMED_S = 15.0
#: Longest wait for a worker that is just being started again, in seconds.
STARTED_S = 15.0


@dataclass
class _Member:
    """One instance id and the process that has it just now."""

    process: WorkerProcess | None = None
    #: Set when nobody wants it to run any more.
    unwanted: asyncio.Event = field(default_factory=asyncio.Event)
    keeping: asyncio.Task[None] | None = None
    #: Environment of every start, and of the next start alone.
    always: dict[str, str] = field(default_factory=dict)
    once: dict[str, str] = field(default_factory=dict)
    #: Environment of every start until it has died at its point.
    armed: dict[str, str] = field(default_factory=dict)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    crashed: asyncio.Event = field(default_factory=asyncio.Event)
    #: Where the log of its last start begins.
    log_from: int = 0


class Crew:
    """Workers by instance id."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        #: Of workers that start from now on.
        self.settings = settings
        self._folder = folder
        self._members: dict[str, _Member] = {}
        #: Exit code → how often.
        self.exits: Counter[int] = Counter()
        #: Workers that ended with a code after which nobody starts them again: (instance, code).
        self.refused: list[tuple[str, int]] = []

    @property
    def instances(self) -> list[str]:
        """Instance ids of the workers that are to run."""
        return list(self._members)

    def join(self, instance: str, *, extra: Mapping[str, str] | None = None) -> None:
        """Have a worker run from now on, with further environment variables if any are given."""
        member = self._members[instance] = _Member(always=dict(extra or {}))
        member.keeping = asyncio.create_task(self._keep(instance, member))

    async def wait_claimed(self, instance: str) -> None:
        """Wait until the process a worker has now, or one after it, has taken partitions over."""
        member, log = self._members[instance], self._log(instance)
        while member.process is None or not _says(log, CLAIMED, member.log_from):  # noqa: ASYNC110 - another process
            await asyncio.sleep(PAUSE_S)

    async def join_and_claim(self, instance: str) -> bool:
        """Have a worker run from now on; returns whether it has taken partitions over within `CLAIMED_S`."""
        self.join(instance)
        try:
            async with asyncio.timeout(CLAIMED_S):
                await self.wait_claimed(instance)
        except TimeoutError:
            return False
        return True

    async def leave(self, instance: str) -> None:
        """End a worker in order and for good; one that does not end in its grace is killed."""
        member = self._members.pop(instance)
        member.unwanted.set()
        if member.process is not None:
            member.process.send(signal.SIGTERM)
        if member.keeping is not None:
            await asyncio.wait([member.keeping], timeout=GRACE_S)
            if member.process is not None:
                member.process.send(signal.SIGKILL)
            await member.keeping

    async def leave_all(self) -> None:
        """End all workers in order and for good."""
        await asyncio.gather(*(self.leave(instance) for instance in self.instances))

    async def kill(self, instance: str, *, next_start: Mapping[str, str] | None = None) -> None:
        """End a worker as a power cut would and wait until it is gone."""
        self._members[instance].once.update(next_start or {})
        await self.send(instance, signal.SIGKILL)

    async def send(self, instance: str, number: signal.Signals) -> None:
        """Send a signal that ends a worker, and wait until it has ended; raises `TimeoutError` when none runs."""
        member = self._members[instance]
        process = await self._running(member)
        member.ended.clear()
        process.send(number)
        await member.ended.wait()

    async def signal(self, instance: str, number: signal.Signals) -> None:
        """Send a signal to a worker; raises `TimeoutError` when none runs."""
        (await self._running(self._members[instance])).send(number)

    async def _running(self, member: _Member) -> WorkerProcess:
        """Return the process of a worker, as soon as it has one: a signal to nobody breaks nothing."""
        async with asyncio.timeout(STARTED_S):
            while member.process is None:  # noqa: ASYNC110 - it is started in its own time
                await asyncio.sleep(PAUSE_S)
        return member.process

    async def arm(self, instance: str, point: CrashPoint, *, passes: int) -> None:
        """Start a worker again so that it dies when it passes a point for the given time, and anew until it has."""
        member = self._members[instance]
        member.crashed.clear()
        member.armed = {VARIABLE: f"{point.value}:{passes}"}
        # One that is being started just now is ended by its keeper, since it is not armed.
        if member.process is not None:
            await self.kill(instance)

    def is_armed(self, instance: str) -> bool:
        """Say whether a worker has still to die at its point."""
        return bool(self._members[instance].armed)

    def disarm(self, instance: str) -> None:
        """Have a worker's next starts pass every point."""
        self._members[instance].armed = {}

    async def wait_crashed(self, instance: str) -> None:
        """Wait until a worker has died at its point; what else ends it meanwhile does not count."""
        await self._members[instance].crashed.wait()

    async def wait_refused(self) -> set[int]:
        """Wait until every worker has refused to run, and return their exit codes."""
        while len(self.refused) < len(self._members):  # noqa: ASYNC110 - each of them ends in its own time
            await asyncio.sleep(PAUSE_S)
        return {code for _, code in self.refused}

    async def wait_exit(self, code: int) -> None:
        """Wait until one more worker has ended with an exit code."""
        before = self.exits[code]
        while self.exits[code] == before:  # noqa: ASYNC110 - each of them ends in its own time
            await asyncio.sleep(PAUSE_S)

    async def second(self, instance: str) -> int:
        """Start a second process under an instance id that is taken, and return its exit code."""
        process = WorkerProcess(self.settings, instance=instance, log=self._folder / f"{instance}-second.log")
        await process.start()
        return await process.wait()

    async def _keep(self, instance: str, member: _Member) -> None:
        while not member.unwanted.is_set():
            once, member.once = member.once, {}
            armed = member.armed
            log = self._log(instance)
            member.log_from = log.stat().st_size if log.exists() else 0
            process = WorkerProcess(self.settings, instance=instance, log=log, extra=member.always | once | armed)
            await process.start()
            member.process = process
            if member.unwanted.is_set():
                process.send(signal.SIGTERM)
            elif armed != member.armed:
                # It was armed, or was no longer, while it was being started.
                process.send(signal.SIGKILL)
            code = await process.wait()
            member.process = None
            self.exits[code] += 1
            if armed and code == -signal.SIGKILL:
                member.armed = {}
                member.crashed.set()
            member.ended.set()
            if code in NOT_RESTARTED and code != ExitCode.OK:
                self.refused.append((instance, code))
                return
            if not member.unwanted.is_set():
                await asyncio.sleep(PAUSE_S)

    def _log(self, instance: str) -> Path:
        return self._folder / f"{instance}.log"


def _says(log: Path, words: bytes, start: int) -> bool:
    """Tell whether a log has words behind a place."""
    if not log.exists():
        return False
    with log.open("rb") as lines:
        lines.seek(start)
        return words in lines.read()
