"""The simulation can fail: bugs that no commit may have, each found by the invariant that it breaks."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Final

import pytest

from lotstream.testing.simulation.outcome import Script
from lotstream.testing.simulation.runner import report_failed, simulate
from tests.simulation.conftest import LENGTH
from tests.simulation.mutations import BUGS, FURTHER_BUGS, GOODS_BUGS, SEEDS_MAX, Bug, find

CORES: Final = os.cpu_count() or 1
LOOKED_FOR = [*BUGS, *GOODS_BUGS] if LENGTH == "short" else [*BUGS, *GOODS_BUGS, *FURTHER_BUGS]

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """A process per core; each puts the bug in for itself."""
    with ProcessPoolExecutor(CORES, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("bug", LOOKED_FOR, ids=lambda bug: bug.name)
def test_a_bug_is_found(bug: Bug, pool: ProcessPoolExecutor, capsys: pytest.CaptureFixture[str]) -> None:
    """With one bug put in, the invariant that it must break breaks within a few lives; without it the life is sound.

    The lives are arranged so that what the bug gets wrong comes about in many of them, whatever the code draws.
    """
    for first in range(1, SEEDS_MAX + 1, CORES):
        lives = [range(seed, seed + 1) for seed in range(first, first + CORES)]
        for found in pool.map(find, [bug] * CORES, lives):
            if found is not None:
                with capsys.disabled():
                    print(f"\n{bug.name}: found in seed {found.seed}: {found.violated}", end=" ")  # noqa: T201
                assert found.violated.invariant in bug.breaks, str(found.violated)
                sound = simulate(found.seed, bug.script)
                assert sound.violation is None, report_failed(sound)
                return
    pytest.fail(f"{bug.name} was not found within {SEEDS_MAX} seeds")


def test_no_fault_comes_but_those_that_are_asked_for() -> None:
    """A life for which kinds of fault are named has all of these and none of the others."""
    script = Script(only=("late", "restore"), late=("end transaction", "positions"))
    lives = [simulate(seed, script) for seed in range(1, 4)]
    assert {what for life in lives for _, who, what, _ in life.steps if who == "fault"} == {*script.only}
    assert all(life.violation is None for life in lives)
