"""`python -m pytest tests/simulation --seed N` lives through one seed and prints its steps."""

from __future__ import annotations

import os
from typing import Final

import pytest

from lotstream.testing.simulation.runner import NOTHING, Summary, simulate_on_cores

LENGTH: Final = os.environ.get("LOTSTREAM_TEST_LENGTH", "short")

SEEDS: Final = {"short": 100, "long": 1_000, "nightly": 10_000}
"""How many seeds each length of test run lives through."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let one seed be named."""
    parser.addoption("--seed", type=int, default=None, help="Simulate this seed alone and print all its steps.")


@pytest.fixture(scope="session")
def only_seed(request: pytest.FixtureRequest) -> int | None:
    """The one seed that was asked for; None for all of them."""
    seed: int | None = request.config.getoption("seed", default=None)
    return seed


@pytest.fixture(scope="session")
def seeds(only_seed: int | None) -> range:
    """The seeds to live through."""
    if only_seed is not None:
        return range(only_seed, only_seed + 1)
    return range(1, SEEDS[LENGTH] + 1)


@pytest.fixture(scope="session")
def summary(seeds: range) -> Summary:
    """What the seeds of this run have shown."""
    return simulate_on_cores([(seed, NOTHING) for seed in seeds])
