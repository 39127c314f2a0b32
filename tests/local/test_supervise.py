"""The supervisor starts again what failed, leaves alone what must not be started again, and ends what it started."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from lotstream.errors import ExitCode
from lotstream.local.supervise import Happening, Limits, Program, Supervisor, What

FOREVER = "import signal; signal.pause()"
STUBBORN = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
with open("{ready}", "w") as ready:
    ready.write("deaf")
signal.pause()
"""


def python(code: str, *, name: str = "worker") -> Program:
    """Return a program that runs some Python."""
    return Program(name, (sys.executable, "-I", "-S", "-c", code), env=dict(os.environ))


class Clock:
    """Records pauses instead of waiting; ends the supervisor after so many of them."""

    def __init__(self, pauses_max: int) -> None:
        self.paused_s: list[float] = []
        self.enough = asyncio.Event()
        self.pauses_max = pauses_max

    async def pause(self, pause_s: float) -> None:
        self.paused_s.append(pause_s)
        if len(self.paused_s) >= self.pauses_max:
            self.enough.set()
            await asyncio.Event().wait()


async def test_a_failing_program_is_started_again_with_growing_pauses() -> None:
    """Each failure in a row doubles the pause, up to the longest."""
    clock = Clock(pauses_max=5)
    supervisor = Supervisor(
        [python("raise SystemExit(7)")], limits=Limits(pause_s_min=0.5, pause_s_max=3.0), pause=clock.pause
    )
    running = asyncio.create_task(supervisor.run())
    await clock.enough.wait()
    await supervisor.stop()
    assert clock.paused_s == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert await running == {"worker": 7}


async def test_a_program_that_ran_steadily_starts_over_with_the_shortest_pause() -> None:
    """After a steady run the failures before it do not count."""
    clock = Clock(pauses_max=3)
    supervisor = Supervisor([python("raise SystemExit(7)")], limits=Limits(steady_s=0.0), pause=clock.pause)
    running = asyncio.create_task(supervisor.run())
    await clock.enough.wait()
    await supervisor.stop()
    await running
    assert clock.paused_s == [0.5, 0.5, 0.5]


@pytest.mark.parametrize("code", [ExitCode.OK, ExitCode.INSTANCE_TAKEN, ExitCode.SETUP])
async def test_what_must_not_be_started_again_is_left_alone(code: ExitCode) -> None:
    """Neither a good end nor a taken instance id is followed by another start."""
    told: list[Happening] = []
    supervisor = Supervisor([python(f"raise SystemExit({int(code)})")], tell=told.append)
    assert await supervisor.run() == {"worker": code}
    assert [happening.what for happening in told] == [What.STARTED, What.ENDED]


async def test_a_killed_program_is_started_again() -> None:
    """``kill -9`` counts as a failure: the program is there again, under another pid."""
    pids: list[int] = []
    twice = asyncio.Event()

    def tell(happening: Happening) -> None:
        if happening.pid is not None:
            pids.append(happening.pid)
            if len(pids) == 1:
                os.kill(happening.pid, signal.SIGKILL)
            else:
                twice.set()

    supervisor = Supervisor([python(FOREVER)], limits=Limits(pause_s_min=0.0), tell=tell)
    running = asyncio.create_task(supervisor.run())
    await twice.wait()
    assert supervisor.pids == {"worker": pids[1]}
    await supervisor.stop()
    assert await running == {"worker": -signal.SIGTERM}
    assert pids[0] != pids[1]


async def test_a_program_that_ignores_the_polite_signal_is_killed(tmp_path: Path) -> None:
    """When its grace is over, SIGKILL ends what SIGTERM did not."""
    ready = tmp_path / "ready"
    os.mkfifo(ready)
    supervisor = Supervisor([python(STUBBORN.format(ready=ready))], limits=Limits(grace_s=0.05))
    running = asyncio.create_task(supervisor.run())
    assert await asyncio.to_thread(ready.read_text) == "deaf"
    await supervisor.stop()
    assert await running == {"worker": -signal.SIGKILL}


async def test_a_pause_ends_when_everything_is_to_end() -> None:
    """Stopping does not wait for the next start of a failed program."""
    failed = asyncio.Event()
    limits = Limits(pause_s_min=3600.0, pause_s_max=3600.0)
    supervisor = Supervisor([python("raise SystemExit(7)")], limits=limits, tell=lambda told: _note(told, failed))
    running = asyncio.create_task(supervisor.run())
    await failed.wait()
    await supervisor.stop()
    assert await running == {"worker": 7}


async def test_one_failing_program_leaves_the_others_alone() -> None:
    """Programs are started again one by one."""
    clock = Clock(pauses_max=2)
    programs = [python("raise SystemExit(7)", name="broken"), python(FOREVER, name="well")]
    told: list[Happening] = []
    supervisor = Supervisor(programs, tell=told.append, pause=clock.pause)
    running = asyncio.create_task(supervisor.run())
    await clock.enough.wait()
    assert list(supervisor.pids) == ["well"]
    await supervisor.stop()
    assert await running == {"broken": 7, "well": -signal.SIGTERM}
    assert [each.what for each in told if each.program == "well"] == [What.STARTED, What.ENDED]


async def test_a_cancelled_supervisor_ends_its_programs() -> None:
    """Ctrl-C cancels ``run``; nothing it started is left."""
    started = asyncio.Event()
    supervisor = Supervisor([python(FOREVER)], tell=lambda _: started.set())
    running = asyncio.create_task(supervisor.run())
    await started.wait()
    program = psutil.Process(supervisor.pids["worker"])
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not program.is_running()


def _note(told: Happening, failed: asyncio.Event) -> None:
    if told.what is What.FAILED:
        failed.set()
