"""Processor time by program: workers, Kafka, PostgreSQL with all its processes, and the bench itself."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Programs:
    """Process ids by the name of what they belong to; a server of its own on another machine has none."""

    kafka: int | None
    postgres: int | None

    def cpu_s(self, workers: Iterable[int]) -> dict[str, float]:
        """Return the processor seconds used so far, by program; only what can be seen from here."""
        programs: Mapping[str, list[int]] = {
            "worker": list(workers),
            "kafka": [] if self.kafka is None else [self.kafka],
            "postgres": [] if self.postgres is None else [self.postgres],
        }
        used = {name: sum(map(family_cpu_s, pids)) for name, pids in programs.items() if pids}
        # Without its children: those are the programs above.
        return {**used, "bench": time.process_time()}


def family_cpu_s(pid: int) -> float:
    """Return the processor seconds of a process, of what it has started, and of what of it has ended.

    PostgreSQL has a process per connection; the seconds of one that ends move to its parent's account.
    """
    parent = psutil.Process(pid)
    total = _own_s(parent)
    for child in parent.children(recursive=True):
        try:
            total += _own_s(child)
        except psutil.NoSuchProcess:
            continue  # It has just ended: its seconds are in the parent's account the next time.
    return total


def between(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Return the seconds used between two readings."""
    return {name: round(seconds - before.get(name, 0.0), 3) for name, seconds in after.items()}


def _own_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)
