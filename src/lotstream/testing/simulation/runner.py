"""Living through seeds: one of them with all its steps, or many of them on all cores."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from lotstream.testing.simulation.outcome import Outcome, Script
from lotstream.testing.simulation.world import World

Life = tuple[int, Script]
"""A seed, and what is arranged beside what it draws."""

NOTHING: Final = Script()
"""Nothing is arranged."""

CHUNK: Final = 20
"""Seeds that one process is given at once."""

LAST_STEPS: Final = 40
"""Steps that the report of a violation ends with."""


@dataclass(slots=True)
class Summary:
    """What many seeds have shown."""

    seeds: int = 0
    failed: list[Outcome] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    #: How often somebody stood at each await of the hub and each call over a seam, and how often it was killed there.
    stood: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    #: (steps, seed) of the shortest life in which somebody stood at a place.
    shortest: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, outcome: Outcome) -> None:
        """Count a seed in."""
        length = len(outcome.steps), outcome.seed
        failed = [outcome] if outcome.violation is not None else []
        self.merge(
            Summary(1, failed, outcome.counts, outcome.stood, outcome.killed, dict.fromkeys(outcome.stood, length))
        )

    def merge(self, other: Summary) -> None:
        """Count the seeds of another summary in."""
        self.seeds += other.seeds
        self.failed += other.failed
        self.counts.update(other.counts)
        self.stood.update(other.stood)
        self.killed.update(other.killed)
        for place, length in other.shortest.items():
            self.shortest[place] = min(length, self.shortest.get(place, length))

    def missed(self) -> list[Life]:
        """Return a life for each place where somebody stood and nobody was killed: the shortest, with that aim."""
        missed = [place for place in self.stood if not self.killed[place]]
        return [(self.shortest[place][1], Script(aim=place)) for place in missed]


def simulate(seed: int, script: Script = NOTHING) -> Outcome:
    """Live through one seed and return what it has shown; the same seed always shows the same."""
    with _silence():
        return World(seed, script).run()


def simulate_all(lives: Iterable[Life]) -> Summary:
    """Live through seeds one after the other."""
    summary = Summary()
    for seed, script in lives:
        summary.add(simulate(seed, script))
    return summary


def simulate_on_cores(lives: Sequence[Life], *, cores: int | None = None) -> Summary:
    """Live through seeds in as many processes as there are cores, or in so many."""
    if cores == 1 or len(lives) <= CHUNK:
        return simulate_all(lives)
    summary = Summary()
    chunks = [lives[at : at + CHUNK] for at in range(0, len(lives), CHUNK)]
    # Started anew and not forked: whoever runs this may have threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores or os.cpu_count(), mp_context=context) as pool:
        for part in pool.map(simulate_all, chunks):
            summary.merge(part)
    return summary


def report(outcome: Outcome, *, steps: int | None = LAST_STEPS) -> str:
    """Return what a seed has shown, with its last steps or all of them, and how to see it again."""
    return "\n".join(_lines(outcome, steps))


def report_failed(outcome: Outcome) -> str:
    """Return the last steps of a seed in which an invariant broke; all of them go into a file that is named."""
    path = steps_folder() / f"seed-{outcome.seed}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report(outcome, steps=None) + "\n", encoding="utf-8")
    return f"{report(outcome)}\nall {len(outcome.steps)} steps: {path}"


def steps_folder() -> Path:
    """Return where the steps of failed seeds are written."""
    return Path(tempfile.gettempdir()) / "lotstream-simulation"


def _lines(outcome: Outcome, steps: int | None) -> Iterator[str]:
    shown = outcome.steps if steps is None else outcome.steps[-steps:]
    for at_s, who, what, result in shown:
        yield f"{at_s:10.4f}  {who:<14} {what} {result}".rstrip()
    counts = ", ".join(f"{count} {name}" for name, count in sorted(outcome.counts.items()))
    yield f"seed {outcome.seed}: {len(outcome.steps)} steps; {counts}"
    yield f"seed {outcome.seed}: {outcome.violation or 'every invariant held after every step'}"
    if outcome.violation is not None:
        yield f"see it again: python -m lotstream.testing.simulation --seed {outcome.seed}{outcome.script}"


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
