"""Workers that are to die at a point: only that counts, whatever else ends them, and a miss is called a miss."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from random import Random
from typing import ClassVar, cast

import pytest
import pytest_asyncio

from lotstream.errors import ExitCode
from lotstream.ops.crash import VARIABLE, CrashPoint
from lotstream.settings import Settings
from lotstream.testing.faults import crashes, crew
from lotstream.testing.faults.crashes import NOT_REACHED, crash_at, crash_in_revocation
from lotstream.testing.faults.crew import CLAIMED, Crew
from lotstream.testing.faults.invariants import Violations
from lotstream.testing.faults.proxy import DatabaseProxy
from lotstream.testing.faults.scene import Scene
from lotstream.testing.faults.sender import Sender
from lotstream.testing.faults.servers import Servers
from lotstream.testing.faults.shop import Shop

WORKER = "w"
KILLED = -signal.SIGKILL


class Process:
    """A worker that is not there: it claims at once, and ends when it is told to or as the script says."""

    #: Environments of all starts, and how those that are armed end: an exit code, or None to run on.
    starts: ClassVar[list[Mapping[str, str]]] = []
    armed_ends: ClassVar[list[int | None]] = []

    def __init__(self, settings: Settings, *, instance: str, log: Path, extra: Mapping[str, str]) -> None:
        self._log = log
        self._extra = extra
        self._code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def start(self) -> None:
        """Claim, and end where the script says so."""
        Process.starts.append(self._extra)
        with self._log.open("ab") as lines:
            lines.write(CLAIMED)
        end = Process.armed_ends.pop(0) if VARIABLE in self._extra and Process.armed_ends else None
        if end is not None:
            self._code.set_result(end)

    def send(self, number: signal.Signals) -> None:
        """End by a signal; one that is armed dies in its revocation."""
        if not self._code.done():
            revoked = self._extra.get(VARIABLE, "").startswith(CrashPoint.IN_REVOCATION)
            self._code.set_result(0 if number is signal.SIGTERM and not revoked else KILLED)

    async def wait(self) -> int:
        """Return how it ended."""
        return await self._code


@pytest_asyncio.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """A scene with one such worker, in which waits are short."""
    monkeypatch.setattr(crew, "WorkerProcess", Process)
    monkeypatch.setattr(crew, "PAUSE_S", 0.001)
    monkeypatch.setattr(Process, "starts", [])
    monkeypatch.setattr(Process, "armed_ends", [])
    shop = Shop(1)
    made = Scene(
        Settings(), Random(1), Crew(Settings(), tmp_path), cast("Servers", None), cast("DatabaseProxy", None), shop,
        Sender("", shop, rate=1), Violations(),
    )  # fmt: skip
    made.crew.join(WORKER)
    await made.crew.wait_claimed(WORKER)
    yield made
    await made.crew.leave_all()


def _armed(scene: Scene) -> list[bool]:
    return [VARIABLE in start for start in Process.starts]


async def test_a_worker_that_dies_at_its_point_is_started_again_unarmed(scene: Scene) -> None:
    """One armed start, one death by it, and the next start passes every point."""
    Process.armed_ends = [KILLED]
    assert await crash_at(scene, CrashPoint.AFTER_COMMIT) is None
    await scene.crew.wait_claimed(WORKER)
    assert _armed(scene) == [False, True, False]


async def test_another_end_on_the_way_is_not_taken_for_the_crash(scene: Scene) -> None:
    """A worker that ends with 5 and with 7 before it comes to its point is armed again until it dies there."""
    Process.armed_ends = [ExitCode.UNREACHABLE, ExitCode.STOPPED, KILLED]
    assert await crash_at(scene, CrashPoint.AFTER_COMMIT) is None
    await scene.crew.wait_claimed(WORKER)
    assert _armed(scene) == [False, True, True, True, False]


async def test_a_point_that_is_not_reached_ends_in_a_plain_kill_that_says_so(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the longest wait the worker is killed from outside, and what was done has a name of its own."""
    monkeypatch.setattr(crashes, "ARMED_S", 0.05)
    assert await crash_at(scene, CrashPoint.AFTER_COMMIT) == NOT_REACHED
    await scene.crew.wait_claimed(WORKER)
    assert scene.crew.exits[KILLED] == 2
    assert _armed(scene)[-1] is False


async def test_a_worker_that_was_asked_too_early_is_asked_again_until_it_dies_giving_back(scene: Scene) -> None:
    """One that had ended in order before it gave anything back is started armed once more."""
    Process.armed_ends = [ExitCode.OK]
    assert await crash_in_revocation(scene) is None
    await scene.crew.wait_claimed(WORKER)
    assert _armed(scene) == [False, True, True, False]
    assert (scene.crew.exits[ExitCode.OK], scene.crew.exits[KILLED]) == (1, 2)
