"""The simulation can fail: bugs that no commit may have, each found by the invariant that it breaks."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice

import pytest

from tests.simulation.conftest import LENGTH, SEEDS
from tests.simulation.mutations import BUGS, FURTHER_BUGS, GOODS_BUGS, SEEDS_MAX, Bug, find

#: Seeds that one process lives through before it says what it found: where it is known where to look, one.
CHUNK = 1 if LENGTH == "short" else 4
CORES = os.cpu_count() or 1
LOOKED_FOR = [*BUGS, *GOODS_BUGS] if LENGTH == "short" else [*BUGS, *GOODS_BUGS, *FURTHER_BUGS]

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """A process per core; each puts the bug in for itself."""
    with ProcessPoolExecutor(CORES, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("bug", LOOKED_FOR, ids=lambda bug: bug.name)
def test_a_bug_is_found(bug: Bug, pool: ProcessPoolExecutor, capsys: pytest.CaptureFixture[str]) -> None:
    """With one bug put in, the invariant that it must break breaks within the seeds of a run; says in which.

    The short runs begin to look where it was last seen, and go on from there; the others take the seeds in turn.
    """
    seeds = deque(range(1, max(SEEDS[LENGTH], SEEDS_MAX) + 1))
    if LENGTH == "short":
        seeds.rotate(1 - bug.seen_in)
    chunks = [list(islice(seeds, at, at + CHUNK)) for at in range(0, len(seeds), CHUNK)]
    for at in range(0, len(chunks), CORES):
        round_ = chunks[at : at + CORES]
        for found in pool.map(find, [bug] * len(round_), round_):
            if found is not None:
                with capsys.disabled():
                    print(f"\n{bug.name}: found in seed {found.seed}: {found.violated}", end=" ")  # noqa: T201
                assert found.violated.invariant in bug.breaks, str(found.violated)
                return
    pytest.fail(f"{bug.name} was not found within {len(seeds)} seeds")
