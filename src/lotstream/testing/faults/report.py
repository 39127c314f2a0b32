"""What a fault run was asked for, and what it came to."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from lotstream.testing.faults.invariants import Violations
from lotstream.testing.faults.judge import Counts


@dataclass(frozen=True)
class Plan:
    """How long, with what, and from which seed."""

    seconds: float
    seed: int
    workers: int = 2
    #: Records a second.
    rate: float = 60.0
    #: Names of the faults and episodes to draw from; empty means all.
    only: tuple[str, ...] = ()
    #: End when each kind has come once, if that is before the time is over.
    once: bool = False
    #: Shortest and longest pause between two faults, in seconds.
    pause_s: tuple[float, float] = (0.2, 1.5)


@dataclass(frozen=True)
class Recovery:
    """How long the hub took after the cause had gone, until an order that each owner placed then was through."""

    #: Until PostgreSQL had what was decided, in seconds.
    decided_s: float
    #: Until a read_committed reader had every message of it, in seconds.
    published_s: float


@dataclass(frozen=True)
class Played:
    """How an episode went."""

    name: str
    #: How the hub refused, and what the operator did.
    refusal: str
    remedy: str


@dataclass
class Report:
    """What a run came to."""

    plan: Plan
    violations: Violations = field(default_factory=Violations)
    seconds: float = 0.0
    #: What was compared at the end; None when it did not come to that.
    counts: Counts | None = None
    #: Times that everything was compared, the end included.
    comparisons: int = 0
    #: Times the invariants of every instant were looked at.
    looks: int = 0
    #: What was done, by its kind, and the recovery after each.
    done: dict[str, list[Recovery]] = field(default_factory=lambda: defaultdict(list))
    episodes: list[Played] = field(default_factory=list)
    #: Kind → why it came to nothing, each time it was tried.
    failed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    #: Kind → why it cannot be done on this machine.
    left_out: dict[str, str] = field(default_factory=dict)
    #: Kinds there was no time for.
    no_time: list[str] = field(default_factory=list)
    #: Times the reader that stays on had to connect anew.
    reconnections: int = 0
    #: PostgreSQL's version, as the server says it.
    postgres: str = ""
    #: Exit code of workers → how often.
    exits: Counter[int] = field(default_factory=Counter)

    def recoveries(self) -> list[Recovery]:
        """Return all recoveries."""
        return [recovery for each in self.done.values() for recovery in each]


def share(values: list[float], part: float) -> float:
    """Return the least value that at least this part of the values does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]
