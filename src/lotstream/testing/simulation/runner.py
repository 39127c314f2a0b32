"""Living through seeds: one of them with all its steps, or many of them on all cores."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import structlog

from lotstream.testing.simulation.world import Outcome, World

CHUNK: Final = 20
"""Seeds that one process is given at once."""

CHAOS_S: Final = 30.0
"""How long faults come in each seed, in made-up seconds."""

ORDERS: Final = 40
"""Orders placed in each seed."""

LAST_STEPS: Final = 40
"""Steps that the report of a violation ends with."""


@dataclass(slots=True)
class Summary:
    """What many seeds have shown."""

    seeds: int = 0
    failed: list[Outcome] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    crashed_at: set[str] = field(default_factory=set)

    def add(self, outcome: Outcome) -> None:
        """Count a seed in."""
        self.seeds += 1
        self.counts += outcome.counts
        self.crashed_at |= outcome.crashed_at
        if outcome.violation is not None:
            self.failed.append(outcome)

    def merge(self, other: Summary) -> None:
        """Count the seeds of another summary in."""
        self.seeds += other.seeds
        self.failed += other.failed
        self.counts += other.counts
        self.crashed_at |= other.crashed_at


def simulate(seed: int) -> Outcome:
    """Live through one seed and return what it has shown; the same seed always shows the same."""
    with _silence():
        world = World(seed)
        violation = world.run(chaos_s=CHAOS_S, orders=ORDERS)
    return Outcome(seed, str(violation) if violation is not None else None, world.steps, world.counts, world.crashed_at)


def simulate_all(seeds: Iterable[int]) -> Summary:
    """Live through seeds one after the other."""
    summary = Summary()
    for seed in seeds:
        summary.add(simulate(seed))
    return summary


def simulate_on_all_cores(seeds: Sequence[int]) -> Summary:
    """Live through seeds in as many processes as there are cores."""
    summary = Summary()
    chunks = [seeds[at : at + CHUNK] for at in range(0, len(seeds), CHUNK)]
    # Started anew and not forked: whoever runs this may have threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        for part in pool.map(simulate_all, chunks):
            summary.merge(part)
    return summary


def report(outcome: Outcome, *, steps: int | None = LAST_STEPS) -> str:
    """Return what a seed has shown, with its last steps or all of them, and how to see it again."""
    return "\n".join(_lines(outcome, steps))


def _lines(outcome: Outcome, steps: int | None) -> Iterator[str]:
    shown = outcome.steps if steps is None else outcome.steps[-steps:]
    for at_s, who, what, result in shown:
        yield f"{at_s:10.4f}  {who:<14} {what} {result}".rstrip()
    counts = ", ".join(f"{count} {name}" for name, count in sorted(outcome.counts.items()))
    yield f"seed {outcome.seed}: {len(outcome.steps)} steps; {counts}"
    yield f"seed {outcome.seed}: {outcome.violation or 'every invariant held after every step'}"
    if outcome.violation is not None:
        yield f"see it again: python -m lotstream.testing.simulation --seed {outcome.seed}"


@contextmanager
def _silence() -> Iterator[None]:
    """Keep the workers' own log lines, of which there are thousands, from being written."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"), processors=[_drop])
    try:
        yield
    finally:
        structlog.configure(**before)


def _drop(*_: object) -> str:
    raise structlog.DropEvent
