"""However a supervisor ends, its programs end with it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from lotstream.local.leash import note, send

SUPERVISOR = Path(__file__).with_name("supervisor.py")
FOREVER = "import signal; signal.pause()"
GONE_S_MAX = 120


@contextmanager
def supervisor_of(code: str) -> Iterator[tuple[psutil.Process, psutil.Process]]:
    """Run a supervisor of one program and give both."""
    supervisor = subprocess.Popen(
        [sys.executable, str(SUPERVISOR), code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert supervisor.stdout is not None
    try:
        program = psutil.Process(int(supervisor.stdout.readline()))
        yield psutil.Process(supervisor.pid), program
    finally:
        supervisor.kill()
        supervisor.wait()
        supervisor.stdout.close()


def leash_of(supervisor: psutil.Process) -> psutil.Process:
    """Return the process at the other end."""
    (leash,) = [child for child in supervisor.children() if child.cmdline()[-1] == str(supervisor.pid)]
    return leash


def test_a_killed_supervisor_takes_its_programs_with_it() -> None:
    """After ``kill -9`` neither the program nor the process that ended it is left."""
    with supervisor_of(FOREVER) as (supervisor, program):
        leash = leash_of(supervisor)
        supervisor.kill()
        _, alive = psutil.wait_procs([program, leash], timeout=GONE_S_MAX)
    assert alive == []


def test_programs_run_on_when_only_the_leash_is_killed() -> None:
    """Its loss costs nothing while the supervisor lives, which ends the program as ever."""
    with supervisor_of(FOREVER) as (supervisor, program):
        leash_of(supervisor).kill()
        supervisor.send_signal(signal.SIGINT)
        _, alive = psutil.wait_procs([supervisor, program], timeout=GONE_S_MAX)
    assert alive == []


def test_what_has_ended_is_not_ended_again() -> None:
    """A pid that was given back may be somebody else's by now."""
    running: set[int] = set()
    for word in ("+7", "+8", "-7", "-9"):
        note(running, word)
    assert running == {8}


def test_only_programs_that_are_there_are_sent_a_signal() -> None:
    """One that has gone meanwhile is no error."""
    gone = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    gone.wait()
    assert send([gone.pid], 0) == []
