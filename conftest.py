"""What holds for all tests: how much each property is tried, and that a test of a limit reaches it.

LOTSTREAM_TEST_LENGTH is short (as without it), long or nightly; `make test`, `make test-long`, `make nightly` set it.
Which test reaches which limit stands in `tests/limits.py`.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings
from prometheus_client import REGISTRY

EXAMPLES = {"short": 100, "long": 2_000, "nightly": 50_000}

# How wide the terminal of whoever runs them is, is not for the tests to say.
os.environ.pop("COLUMNS", None)

for name, examples in EXAMPLES.items():
    # No deadline, and no word on slow examples: how fast the machine is proves nothing about the property.
    slow = [HealthCheck.too_slow]
    settings.register_profile(name, max_examples=examples, deadline=None, print_blob=True, suppress_health_check=slow)
settings.load_profile(os.environ.get("LOTSTREAM_TEST_LENGTH", "short"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Fail a test that is marked as one of a limit and does not reach it."""
    limits = [marker.args[0] for marker in item.iter_markers("limit") if "seen" not in marker.kwargs]
    before = {limit: _reached(limit) for limit in limits}
    yield
    if idle := [limit for limit in limits if _reached(limit) <= before[limit]]:
        pytest.fail(f"lotstream_limit_reached_total did not go up for {', '.join(idle)}")


def _reached(limit: str) -> float:
    return REGISTRY.get_sample_value("lotstream_limit_reached_total", {"limit": limit}) or 0
