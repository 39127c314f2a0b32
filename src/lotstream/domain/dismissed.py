"""Lots that lines of one decision have found too small, so that the next line need not look at them again."""

from __future__ import annotations

from lotstream.domain.candidate import Candidate


class Dismissed:
    """Lots that are too small for a quantity, one after the other in the order of use, as far as lines have looked.

    Thousands of lines may want one lot each in one decision: what the first found out the next need not find out again.
    It holds until anything of the shelf is given back, or taken from a lot that was dismissed (`Draft.dismissed`).
    """

    __slots__ = ("_first_max", "at", "candidates", "first", "lots")

    def __init__(self, candidates: list[Candidate], *, first_max: int) -> None:
        self._first_max = first_max
        #: All that lines may use, in the order of use.
        self.candidates = candidates
        #: Where the first lot stands that is not dismissed.
        self.at = 0
        self.lots: set[str | None] = set()
        #: The first candidates of theirs that stood next.
        self.first: list[Candidate] = []

    def skip(self) -> None:
        """Go on behind a candidate that has nothing free, or is of a lot that is dismissed."""
        self.at += 1

    def dismiss(self, candidate: Candidate) -> None:
        """Dismiss the lot of the candidate that stands next."""
        self.lots.add(candidate.key.lot)
        if len(self.first) < self._first_max:
            self.first.append(candidate)
        self.at += 1
