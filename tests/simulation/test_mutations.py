"""The simulation can fail: ten bugs that no commit may have, each found by an invariant that breaks."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from lotstream.testing.simulation.runner import simulate
from tests.simulation.conftest import LENGTH, SEEDS
from tests.simulation.mutations import MUTATIONS, Mutation

#: Seeds that one process lives through before it says what it found.
CHUNK = 4
CORES = os.cpu_count() or 1
#: Seeds that a bug is looked for in at least; most take one.
SEARCHED_MIN = 300

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """A process per core; each puts the bug in for itself."""
    with ProcessPoolExecutor(CORES, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_bug_is_found(mutation: Mutation, pool: ProcessPoolExecutor, capsys: pytest.CaptureFixture[str]) -> None:
    """With one bug put in, an invariant breaks within the seeds of a run; the test says after how many."""
    seeds = range(1, max(SEEDS[LENGTH], SEARCHED_MIN) + 1)
    chunks = [seeds[at : at + CHUNK] for at in range(0, len(seeds), CHUNK)]
    for at in range(0, len(chunks), CORES):
        round_ = chunks[at : at + CORES]
        found = [broken for broken in pool.map(find, [mutation] * len(round_), round_) if broken is not None]
        if found:
            seed, violation = found[0]
            with capsys.disabled():
                print(f"\n{mutation.__name__}: found after {seed} seeds: {violation}", end=" ")  # noqa: T201 - a result
            return
    pytest.fail(f"{mutation.__name__} was not found within {len(seeds)} seeds")


def find(mutation: Mutation, seeds: range) -> tuple[int, str] | None:
    """Return the first of some seeds in which an invariant breaks with a bug put in, and which invariant it was."""
    with pytest.MonkeyPatch.context() as patch:
        mutation(patch)
        for seed in seeds:
            violation = simulate(seed).violation
            if violation is not None:
                return seed, violation.partition(":")[0]
    return None
