"""What a bench finds, and how many measurements become one figure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from lotstream.store.measuring import Written


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: median, 99th percentile and the longest, in milliseconds."""

    count: int
    p50_ms: float
    p99_ms: float
    max_ms: float


@dataclass(frozen=True, slots=True)
class DrainRound:
    """How fast a backlog was decided and published once everything ran."""

    workers: int
    #: Orders put into the log.
    orders: int
    #: Those decided and committed, and published, after the clock started, and how long that took.
    decided: int
    decided_s: float
    published: int
    published_s: float
    #: Batches committed meanwhile.
    batches: Spread
    #: Processor seconds by program.
    cpu_s: dict[str, float]
    #: By the whole round, start and end of the workers included.
    written: Written

    @property
    def decided_per_s(self) -> float:
        """Orders decided and committed per second."""
        return self.decided / self.decided_s

    @property
    def published_per_s(self) -> float:
        """Orders whose messages a read_committed reader sees, per second."""
        return self.published / self.published_s


@dataclass(frozen=True, slots=True)
class LatencyRound:
    """How long orders took from the log to a readable pick task while so many were offered every second."""

    workers: int
    offered_per_s: float
    #: What the generator reached; below what was offered it has lost its step and the round says little.
    sent_per_s: float
    orders: int
    #: From the broker's append time, which has a resolution of a millisecond.
    from_append: Spread
    #: From when the order was due to be sent: a generator that was held up counts as waiting.
    from_schedule: Spread
    batches: Spread
    cpu_s: dict[str, float]


def spread(values_ms: Sequence[float]) -> Spread:
    """Return the spread of measurements in milliseconds; zeros when there are none."""
    if not values_ms:
        return Spread(0, 0.0, 0.0, 0.0)
    ordered = sorted(values_ms)
    return Spread(len(ordered), percentile(ordered, 0.50), percentile(ordered, 0.99), ordered[-1])


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the smallest measurement that so large a share lies at or below (nearest rank); sorted, not empty."""
    rank = max(1, -(-len(ordered) * share // 1))
    return ordered[int(rank) - 1]


def min_median_max(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the three figures that rounds are reported by."""
    return min(values), statistics.median(values), max(values)
