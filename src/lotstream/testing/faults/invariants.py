"""What must be true of a hub, whatever breaks, and what was found to be otherwise."""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum

#: Sentences kept per invariant; all are counted.
KEPT_MAX = 20


class Invariant(StrEnum):
    """The promises of the commit (docs/concepts/commit.md), and five that a run can check besides."""

    INTAKE = "1 every record below next offset has one intake row, with the right outcome"
    SUMS = "2 sums per lot and line hold; what orders hold is what is reserved"
    PROMISES = "3 0 ≤ reserved ≤ on hand at every instant"
    SAME_LOTS = "4 the plain reference gives the same lots"
    PUBLISHED = "5 what readers see is the outbox, each message once"
    EPOCHS = "6 epochs only grow"
    POSITIONS = "7 relay position ≤ next offset ≤ log end"
    LAG = "8 lag returns to zero in time after each fault"
    NOTHING_LOST = "9 what Kafka acknowledged is in the log"
    VERIFIED = "10 `lotstream verify` finds no difference"
    STAYS_UP = "11 workers stop for good only where an operator must act"
    DAYS = "12 no day is opened before it has begun"
    TOLD = "13 what readers were told comes to what is promised"


class Violations:
    """What was found, by invariant."""

    def __init__(self) -> None:
        self.found: dict[Invariant, list[str]] = defaultdict(list)
        self._counts: dict[Invariant, int] = defaultdict(int)

    def add(self, invariant: Invariant, sentence: str) -> None:
        """Take note of one violation."""
        self._counts[invariant] += 1
        if len(self.found[invariant]) < KEPT_MAX:
            self.found[invariant].append(sentence)

    def count(self, invariant: Invariant) -> int:
        """Return how often an invariant was violated."""
        return self._counts[invariant]

    def total(self) -> int:
        """Return how many violations there were."""
        return sum(self._counts.values())
