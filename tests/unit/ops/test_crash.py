from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from lotstream.ops.crash import VARIABLE, CrashPoint

PASS_TWICE = "from lotstream.ops.crash import CrashPoint, crash_point\n" + "crash_point(CrashPoint.AFTER_COMMIT)\n" * 2


@pytest.mark.parametrize(
    ("wanted", "ending"),
    [
        (None, 0),
        (CrashPoint.AFTER_COMMIT.value, -signal.SIGKILL),
        (f"{CrashPoint.AFTER_COMMIT.value}:2", -signal.SIGKILL),
        (f"{CrashPoint.AFTER_COMMIT.value}:3", 0),
        (CrashPoint.AFTER_RELAY.value, 0),
    ],
)
def test_a_process_dies_only_at_the_point_and_the_passing_that_was_asked_for(wanted: str | None, ending: int) -> None:
    """Without the variable, at another point and before the wanted passing, nothing happens."""
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    if wanted is not None:
        environment[VARIABLE] = wanted
    assert subprocess.run([sys.executable, "-c", PASS_TWICE], env=environment, check=False).returncode == ending
