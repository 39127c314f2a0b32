"""Run programs and start again those that ended badly, with a growing pause, as systemd or Kubernetes would."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lotstream.errors import NOT_RESTARTED
from lotstream.local.leash import Leash

PAUSE_S_MIN = 0.5
PAUSE_S_MAX = 30.0
"""Pauses between two starts: the first one, and the longest."""

STEADY_S = 60.0
"""A program that ran this long is well again: its next pause is the shortest."""

GRACE_S = 20.0
"""How long a program may take to end after SIGTERM before it is killed; a worker drains its batch and relay in it."""


@dataclass(frozen=True)
class Program:
    """What is run: a name for people, the command line, and the whole environment (none inherits)."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] | None = None
    #: Where its lines are added; None: they come out among those of the supervisor.
    log: Path | None = None


class What(StrEnum):
    """What happened to a program."""

    STARTED = "started"
    #: It will be started again after a pause.
    FAILED = "failed"
    #: It is not started again.
    ENDED = "ended"


@dataclass(frozen=True)
class Happening:
    """One thing that happened to one program."""

    program: str
    what: What
    pid: int | None = None
    #: As ``subprocess`` counts them: negative for the signal that ended it.
    exit_code: int | None = None
    pause_s: float | None = None


@dataclass(frozen=True)
class Limits:
    """The pauses between starts and the patience at the end, in seconds."""

    pause_s_min: float = PAUSE_S_MIN
    pause_s_max: float = PAUSE_S_MAX
    steady_s: float = STEADY_S
    grace_s: float = GRACE_S

    def pause_s(self, failures: int) -> float:
        """Return the pause after so many failures in a row: doubled each time, up to the longest."""
        return float(min(self.pause_s_max, self.pause_s_min * 2 ** min(failures - 1, 32)))


class Supervisor:
    """Keeps programs running until it is stopped or none of them is to be started again.

    Not started again: a program that ended well, and one whose exit code says that trying again cannot help
    (``errors.NOT_RESTARTED``, among them that another process has its instance id).
    """

    def __init__(
        self,
        programs: Iterable[Program],
        *,
        limits: Limits | None = None,
        tell: Callable[[Happening], None] | None = None,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Take the programs to run; ``tell`` hears what happens, ``pause`` waits between two starts."""
        self._programs = tuple(programs)
        self._limits = limits or Limits()
        self._tell = tell or (lambda _: None)
        self._pause = pause
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._leash: Leash | None = None
        self._stopping = asyncio.Event()

    @property
    def pids(self) -> dict[str, int]:
        """The process ids of the programs that run now, by name."""
        return {name: process.pid for name, process in self._processes.items()}

    async def run(self) -> dict[str, int]:
        """Run until stopped or done, and return each program's last exit code; cancelling it stops the programs too.

        A supervisor that is killed takes its programs with it.
        """
        self._leash = Leash()
        try:
            codes = await asyncio.gather(*(self._keep_running(program) for program in self._programs))
        finally:
            await self.stop()
            await asyncio.to_thread(self._leash.close)
        return {program.name: code for program, code in zip(self._programs, codes, strict=True)}

    async def stop(self) -> None:
        """End every program: SIGTERM, then SIGKILL when its grace is over; nothing is started any more."""
        self._stopping.set()
        await asyncio.gather(*(self._end(process) for process in tuple(self._processes.values())))

    async def _keep_running(self, program: Program) -> int:
        failures = 0
        while True:
            started = time.monotonic()
            code = await self._run_once(program)
            if self._stopping.is_set() or code in NOT_RESTARTED:
                self._tell(Happening(program.name, What.ENDED, exit_code=code))
                return code
            failures = 1 if time.monotonic() - started >= self._limits.steady_s else failures + 1
            pause_s = self._limits.pause_s(failures)
            self._tell(Happening(program.name, What.FAILED, exit_code=code, pause_s=pause_s))
            if await self._stopped_within(pause_s):
                return code

    async def _run_once(self, program: Program) -> int:
        # In a session of its own: Ctrl-C in a terminal reaches the supervisor alone, which then ends them in order.
        with program.log.open("ab") if program.log else nullcontext() as lines:
            process = await asyncio.create_subprocess_exec(
                *program.argv, env=program.env, stdout=lines, stderr=lines, start_new_session=True
            )
        self._processes[program.name] = process
        if self._leash is not None:
            self._leash.hold(process.pid)
        self._tell(Happening(program.name, What.STARTED, pid=process.pid))
        if self._stopping.is_set():
            await self._end(process)
        code = await process.wait()
        if self._leash is not None:
            self._leash.release(process.pid)
        del self._processes[program.name]
        return code

    async def _stopped_within(self, pause_s: float) -> bool:
        """Pause before the next start, and return early when everything is to end."""
        waits = {asyncio.ensure_future(self._pause(pause_s)), asyncio.ensure_future(self._stopping.wait())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return self._stopping.is_set()

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), self._limits.grace_s)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
