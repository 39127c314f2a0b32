"""How a shelf looks in the middle of a decision, beyond quantities taken from its queues.

Ten thousand lines may be decided on one altered shelf, so whatever is worked out from all that is altered is kept until
something else is.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping

from lotstream.domain.candidate import Candidate, Standing
from lotstream.domain.expiry import NEVER
from lotstream.domain.model import Policy, RowKey
from lotstream.domain.queue import Queue, Segment
from lotstream.domain.shelf import Shelf


class Altered:
    """The candidates of one shelf that do not stand where the shelf has them."""

    __slots__ = ("_aside_by", "_counts", "_first_shut", "_gone", "_lots", "_opened_by", "aside", "opened", "shut")

    def __init__(self) -> None:
        #: Candidates that may be used now although the shelf's queues do not have them.
        self.opened: dict[RowKey, Candidate] = {}
        #: Candidates that may no longer be used as the shelf has them.
        self.shut: dict[RowKey, Candidate] = {}
        #: Candidates that stand aside now.
        self.aside: dict[RowKey, Candidate] = {}
        #: Those opened and those aside, by lot.
        self._lots: dict[str | None, dict[RowKey, Candidate]] = {}
        #: Worked out from the above: see the functions of these names.
        self._opened_by: dict[Policy, Segment] = {}
        self._aside_by: dict[Policy, list[Candidate]] = {}
        self._counts: dict[str, int] | None = None
        self._gone: dict[Segment, dict[int, int]] = {}
        self._first_shut = NEVER

    def place(self, candidate: Candidate) -> None:
        """Take note of a candidate that stands elsewhere than the shelf has it, or that the shelf does not have."""
        key = candidate.key
        among = self.opened if candidate.reason is None else self.aside
        if among.get(key) is not candidate:
            among[key] = self._lots.setdefault(key.lot, {})[key] = candidate
            self._is_other_now()

    def shut_out(self, known: Mapping[RowKey, Candidate]) -> None:
        """Take note of candidates that are no longer as the shelf has them."""
        self.shut.update(known)
        queued = [candidate.expires for candidate in known.values() if candidate.standing is Standing.QUEUED]
        self._first_shut = min([self._first_shut, *queued])
        self._gone.clear()
        self._is_other_now()

    def first_shut(self) -> int:
        """Return the day on which the first expires of what the shelf's queues have and nobody may use."""
        return self._first_shut

    def forget(self, key: RowKey) -> None:
        """Forget how a row stands, because it is about to stand otherwise."""
        self.opened.pop(key, None)
        self.aside.pop(key, None)
        self._lots.get(key.lot, {}).pop(key, None)
        self._is_other_now()

    def of_lot(self, lot: str | None) -> dict[RowKey, Candidate]:
        """Return the candidates of a lot that are not as the shelf has them; they may be used, or stand aside."""
        return dict(self._lots.get(lot, {}))

    def opened_by(self, policy: Policy, queue: Queue) -> Segment:
        """Return those opened, in the order of use, from last to first."""
        segment = self._opened_by.get(policy)
        if segment is None:
            segment = self._opened_by[policy] = Segment(by_expiry=False)
            segment.candidates = sorted(self.opened.values(), key=queue.key, reverse=True)
        return segment

    def aside_by(self, policy: Policy, queue: Queue) -> list[Candidate]:
        """Return all that stand aside now, in the order of use."""
        found = self._aside_by.get(policy)
        if found is None:
            kept = (candidate for candidate in queue if candidate.key not in self.shut)
            merged = heapq.merge(kept, sorted(self.aside.values(), key=queue.key), key=queue.key)
            found = self._aside_by[policy] = list(merged)
        return found

    def gone_from(self, segment: Segment) -> dict[int, int]:
        """Return how to pass over those of a queue's candidates that are shut, as far as somebody has met them."""
        return self._gone.setdefault(segment, {})

    def counts(self, shelf: Shelf) -> dict[str, int]:
        """Return the shelf's counts of rows not used, put right."""
        if self._counts is None:
            self._counts = self._count(shelf)
        return self._counts.copy()

    def _count(self, shelf: Shelf) -> dict[str, int]:
        counts = dict(shelf.counts)
        for key in {*self.shut, *self.opened}:
            before = shelf.candidates.get(key)
            reason = None if before is None else before.counted_as()
            if reason is not None:
                counts[reason] -= 1
        for aside in [candidate.reason for candidate in self.aside.values() if candidate.reason is not None]:
            counts[aside] = counts.get(aside, 0) + 1
        return {reason: count for reason, count in counts.items() if count}

    def _is_other_now(self) -> None:
        self._counts = None
        self._opened_by.clear()
        self._aside_by.clear()
