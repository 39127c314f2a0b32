"""What must never be: the eight invariants of the commit, and what a broken one is reported as."""

from __future__ import annotations

from enum import IntEnum


class Invariant(IntEnum):
    """The invariants of the commit, by the numbers that all reports use."""

    #: Every record below next offset has exactly one intake row, and no other has one.
    INTAKE = 1
    #: What came in less what left is there, per lot; what lines hold is what rows have reserved.
    SUMS = 2
    #: 0 ≤ reserved ≤ max(on hand, 0).
    RESERVED = 3
    #: An independent run over the same log decides the same.
    REFERENCE = 4
    #: What readers see is what the outbox holds, each message once and in order.
    PUBLISHED = 5
    #: Epochs only grow, and nothing is written under an old one.
    EPOCHS = 6
    #: Relay position ≤ next offset ≤ end of the log, and everything below the position is published.
    POSITIONS = 7
    #: Lag returns to zero in a stated time after the last fault; nobody dies of what is no fault.
    LAG = 8


class Violated(AssertionError):
    """An invariant does not hold."""

    def __init__(self, invariant: Invariant, message: str) -> None:
        # As given: it is made again in another process.
        super().__init__(invariant, message)
        self.invariant = invariant
        self.message = message

    def __str__(self) -> str:
        """Return which invariant it is, and what was found."""
        return f"Invariant {int(self.invariant)} ({self.invariant.name.lower()}): {self.message}"


def must(true: bool, invariant: Invariant, message: str) -> None:
    """Raise `Violated` unless a condition holds."""
    if not true:
        raise Violated(invariant, message)
