"""What a line looks at: candidates in the order of use, and what it passes over on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from lotstream.domain.candidate import Candidate
from lotstream.domain.codes import NotUsed
from lotstream.domain.draft import Draft
from lotstream.domain.order_of_use import SMALLEST, level_again
from lotstream.domain.queue import Segment
from lotstream.domain.shelf import Shelf
from lotstream.domain.terms import Terms

#: Stock rows kept with a decision as those looked at first.
CONSIDERED_MAX = 8

Take = tuple[Candidate, int]


class Passed:
    """Candidates a line passed over: the first few by name, all of them by count."""

    __slots__ = ("counts", "first")

    def __init__(self, counts: dict[str, int]) -> None:
        self.counts = counts
        self.first: list[tuple[Candidate, NotUsed]] = []

    def count(self, reason: NotUsed, rows: int) -> None:
        """Count candidates that were not used."""
        if rows:
            self.counts[reason] = self.counts.get(reason, 0) + rows

    def note(self, candidate: Candidate, reason: NotUsed) -> None:
        """Take note of a candidate that was not used."""
        self.count(reason, 1)
        if len(self.first) < CONSIDERED_MAX:
            self.first.append((candidate, reason))

    def note_short(self, segment: Segment, *, start: int, terms: Terms) -> None:
        """Take note of the candidates before ``start`` in the order of use, all of which expire too early."""
        candidates = segment.candidates
        expired = 0 if terms.expired_ok else len(candidates) - 1 - segment.start(terms.ship)
        short = len(candidates) - 1 - start - expired
        self.count(NotUsed.EXPIRED, expired)
        self.count(NotUsed.SHORT_LIFE, short)
        room = CONSIDERED_MAX - len(self.first)
        for candidate in islice(reversed(candidates), min(room, expired + short)):
            self.first.append((candidate, terms.life(candidate) or NotUsed.SHORT_LIFE))


def usable(draft: Draft, shelf: Shelf, terms: Terms, passed: Passed) -> Iterator[Candidate]:
    """Return the candidates a line looks at, in the order of use; what expires too early is passed over in one step.

    Where the order hangs on what is free, it is what is free after all that was decided so far: whether orders are
    decided in one decision or in several must not show.
    """
    found = _usable(draft, shelf, terms, passed)
    if SMALLEST not in shelf.settings.tie_break:
        return found
    return level_again(found, terms.policy, shelf.settings.tie_break, draft.free)


def _usable(draft: Draft, shelf: Shelf, terms: Terms, passed: Passed) -> Iterator[Candidate]:
    if terms.lot is not None:
        passed.count(NotUsed.OTHER_LOT, len(shelf.queue(terms.policy)) - shelf.usable_of(terms.lot))
        return iter(draft.of_lot(shelf, terms.policy, terms.lot))
    if not draft.is_in_line(shelf, terms.cutoff):
        return draft.altered_candidates(shelf, terms.policy)
    segments = shelf.queue(terms.policy).segments
    if len(segments) == 1 and not terms.cutoff:
        return draft.walk_on(shelf, segments[0], len(segments[0].candidates) - 1)
    return _queued(draft, shelf, terms, passed)


def _queued(draft: Draft, shelf: Shelf, terms: Terms, passed: Passed) -> Iterator[Candidate]:
    for segment in shelf.queue(terms.policy).segments:
        start = len(segment.candidates) - 1
        if terms.cutoff and (first := segment.start(terms.cutoff)) < start:
            passed.note_short(segment, start=first, terms=terms)
            start = first
        yield from draft.walk_on(shelf, segment, start)


def fitting(candidates: Iterable[Candidate], terms: Terms, passed: Passed) -> Iterator[Candidate]:
    """Yield the candidates that do for a line, taking note of the others."""
    if not terms.asks:
        yield from candidates
        return
    for candidate in candidates:
        reason = terms.refuse(candidate)
        if reason is None:
            yield candidate
        else:
            passed.note(candidate, reason)
