"""Is what a peer came to right? Fast but wrong is said so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from benchmarks.peers.expected import Due, Expected, Shelf, Take
from benchmarks.peers.outcome import OrderName, Outcome
from benchmarks.peers.stage import Positions, Run


@dataclass(frozen=True)
class Verdict:
    """What is wrong, each as a count; all of them 0 is right."""

    orders: int
    #: Orders below the position that nothing was said of, and those above it that something was said of.
    missing: int
    too_many: int
    #: Orders whose tasks or state were told more than once.
    doubled: int
    #: Lines that got more than they ordered, or not all of it although there was stock.
    unbalanced: int
    #: Stock rows of which more is promised than there is.
    over_reserved: int
    #: Orders with other lots, places or quantities than first expired, first out gives.
    other_lots: int
    #: Stock rows that say something else than what orders were promised.
    rows_off: int

    @property
    def right(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults()

    def faults(self) -> dict[str, int]:
        """Return what is wrong, by name."""
        counts = {
            "missing": self.missing,
            "too many": self.too_many,
            "doubled": self.doubled,
            "unbalanced lines": self.unbalanced,
            "over-reserved rows": self.over_reserved,
            "other lots": self.other_lots,
            "stock rows off": self.rows_off,
        }
        return {name: count for name, count in counts.items() if count}

    def __str__(self) -> str:
        return "right" if self.right else ", ".join(f"{count} {name}" for name, count in self.faults().items())


def check(expected: Expected, outcome: Outcome, run: Run, positions: Positions) -> Verdict:
    """Compare an outcome with what orders below the positions must come to."""
    due = _due(expected, run, positions)
    names = {(each.owner, each.order) for each in due}
    with_tasks = {(each.owner, each.order) for each in due if each.takes}
    promised = _promised(outcome)
    return Verdict(
        orders=len(due),
        missing=len(with_tasks - outcome.takes.keys()) + _states_missing(outcome, due),
        too_many=len(outcome.takes.keys() - names),
        doubled=sum(count > 1 for count in outcome.told.values()) + _states_doubled(outcome),
        unbalanced=sum(_unbalanced(each, outcome.takes.get((each.owner, each.order), ())) for each in due),
        over_reserved=sum(units > expected.on_hand.get(shelf, 0) for shelf, units in promised.items()),
        other_lots=sum(_other_lots(outcome, each) for each in due),
        rows_off=_rows_off(outcome, promised),
    )


def _due(expected: Expected, run: Run, positions: Positions) -> list[Due]:
    return [
        each
        for partition, orders in expected.due.items()
        for each in orders[: max(0, positions.get(partition, 0) - run.starts[partition])]
    ]


def _promised(outcome: Outcome) -> Counter[Shelf]:
    promised: Counter[Shelf] = Counter()
    for (owner, _), takes in outcome.takes.items():
        for _, sku, lot, location, quantity in takes:
            promised[owner, sku, lot, location] += quantity
    return promised


def _states_missing(outcome: Outcome, due: list[Due]) -> int:
    states = outcome.states
    return 0 if states is None else sum(each.order not in states for each in due)


def _states_doubled(outcome: Outcome) -> int:
    return 0 if outcome.states is None else sum(count > 1 for count in outcome.states.values())


def _unbalanced(due: Due, takes: tuple[Take, ...]) -> int:
    got: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for line, *_, quantity in takes:
        got[line] += quantity
    for line, *_, quantity in due.takes:
        wanted[line] += quantity
    return sum(got[line] > ordered or got[line] < wanted[line] for line, ordered in due.ordered.items())


def _other_lots(outcome: Outcome, due: Due) -> bool:
    name: OrderName = (due.owner, due.order)
    return name in outcome.takes and sorted(outcome.takes[name], key=str) != sorted(due.takes, key=str)


def _rows_off(outcome: Outcome, promised: Counter[Shelf]) -> int:
    if outcome.reserved is None:
        return 0
    shelves = outcome.reserved.keys() | promised.keys()
    return sum(outcome.reserved.get(shelf, 0) != promised[shelf] for shelf in shelves)
