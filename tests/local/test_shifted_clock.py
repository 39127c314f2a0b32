from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lotstream.local.shifted_clock import ShiftedClock, build_library

DAY_S = 86_400
ASK = """
import sys, time
for _ in sys.stdin:
    print(time.time(), time.monotonic(), flush=True)
"""


@pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="it takes Linux and a C compiler to shift a clock"
)
def test_a_process_sees_its_wall_clock_jump_and_its_time_spans_stay_right(tmp_path: Path) -> None:
    """A shift of a day is seen at once, can be taken back, and leaves the monotonic clock alone."""
    library = build_library(tmp_path)
    assert library is not None
    clock = ShiftedClock(library, tmp_path / "clock")
    with subprocess.Popen(
        [sys.executable, "-c", ASK], env={**os.environ, **clock.environment},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        for shift in (0, DAY_S, 0, -DAY_S):
            clock.shift(shift)
            process.stdin.write("?\n")
            process.stdin.flush()
            wall, monotonic = map(float, process.stdout.readline().split())
            assert wall == pytest.approx(time.time() + shift, abs=60)
            assert monotonic == pytest.approx(time.monotonic(), abs=60)
        process.stdin.close()


def test_without_a_compiler_there_is_no_such_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing compiles, the caller is told so and can leave the fault out."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert build_library(tmp_path) is None
