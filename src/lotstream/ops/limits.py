"""How much of each limit is in use, for Prometheus: one series per limit, named as the setting that holds it.

A limit that is reached makes something wait, cuts it into parts or refuses it; nothing grows instead. What each of them
bounds and does stands in `lotstream.ops.limit_notes`, from which the reference page is made.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from prometheus_client import Counter, Gauge

LIMIT: Final = Gauge("lotstream_limit", "What a limit is set to, by the name of its setting or option.", ["limit"])
USED: Final = Gauge("lotstream_limit_used", "What was in use of a limit when it was last looked at.", ["limit"])
REACHED: Final = Counter(
    "lotstream_limit_reached",
    "Times a limit was reached, so that something waited, was cut into parts, was put off or was refused.",
    ["limit"],
)


def declare(values: Mapping[str, object], names: Mapping[str, object]) -> None:
    """Publish what limits are set to: those of ``values`` that ``names`` has, each from the start with a count of 0."""
    for name in names.keys() & values.keys():
        value = values[name]
        if isinstance(value, int | float):
            LIMIT.labels(name).set(value)
            REACHED.labels(name)


def used(name: str, amount: float) -> None:
    """Take note of how much of a limit is in use."""
    USED.labels(name).set(amount)


def reached(name: str, times: int = 1) -> None:
    """Count that a limit was reached."""
    REACHED.labels(name).inc(times)


def used_from_now(name: str) -> None:
    """Show the seconds since now as what is in use of a limit, at every look; for what ends with the process."""
    began = time.monotonic()
    USED.labels(name).set_function(lambda: time.monotonic() - began)
