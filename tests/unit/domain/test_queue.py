"""Candidates of one tier in a queue: where a walk begins, and how they come and go."""

from __future__ import annotations

from datetime import timedelta

from lotstream.domain.candidate import Candidate
from lotstream.domain.model import Lot, Policy, RowKey, StockRow
from lotstream.domain.places import Place
from lotstream.domain.queue import Queue
from tests.unit.domain.build import TODAY

DAY = TODAY.toordinal()


def lot(name: str, days: int, *, received: int = 0) -> Candidate:
    """Five of a lot that expires so many days from today, and was received so many days after the first of all."""
    facts = Lot("TEA", name, expires=TODAY + timedelta(days=days), received=TODAY + timedelta(days=received))
    place = Place(("BIN",), pickable=True, sequence=0, tier=0)
    return Candidate(StockRow(RowKey("TEA", name, "S", "BIN"), on_hand=5), facts, place, lot_tracked=True)


def queue(policy: Policy, *candidates: Candidate) -> Queue:
    """A queue without tie breaks."""
    return Queue(policy, (), candidates)


def test_by_expiry_a_walk_begins_behind_all_that_expire_too_early() -> None:
    """Also behind one that came later: what expires on the day itself is the first to be looked at."""
    line = queue(Policy.FEFO, lot("C", 30), lot("A", 10))
    line.add(lot("B", 20))
    (segment,) = line.segments
    first = {days: segment.candidates[segment.start(DAY + days)].key.lot for days in (0, 10, 11, 20, 21, 30)}
    assert first == {0: "A", 10: "A", 11: "B", 20: "B", 21: "C", 30: "C"}
    assert segment.start(DAY + 31) == -1


def test_where_expiry_is_not_the_order_a_walk_begins_at_the_first() -> None:
    """First in, first out: a lot that is too old may stand anywhere, so every one is looked at."""
    (segment,) = queue(Policy.FIFO, lot("A", 30), lot("B", 10, received=1), lot("C", 30, received=2)).segments
    assert [segment.start(DAY + days) for days in (0, 20, 40)] == [2, 2, 2]


def test_any_candidate_can_be_taken_out() -> None:
    """The first, the last, and one between them; the others stay in their order."""
    for policy in (Policy.FEFO, Policy.FIFO):
        for out in range(3):
            three = [lot(name, 10 + at, received=at) for at, name in enumerate("ABC")]
            line = queue(policy, *three)
            line.remove(three.pop(out))
            assert list(line) == three
            assert line.segments[0].start(DAY + 40) == (-1 if policy is Policy.FEFO else 1)
