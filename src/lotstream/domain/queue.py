"""Candidates in the order of use, kept sorted while they come and go."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from lotstream.domain.candidate import Candidate
from lotstream.domain.model import Policy
from lotstream.domain.order_of_use import BY_EXPIRY, UseKey, use_key


class Segment:
    """Candidates of one tier in the order of use, kept from last to first: what is used up is taken from the end."""

    __slots__ = ("_keys", "_lives", "candidates")

    def __init__(self, *, by_expiry: bool) -> None:
        self.candidates: list[Candidate] = []
        self._keys: list[UseKey] = []
        self._lives: list[int] | None = [] if by_expiry else None

    def fill(self, entries: list[tuple[UseKey, Candidate]]) -> None:
        """Take over candidates that are sorted from last to first."""
        self.candidates = [candidate for _, candidate in entries]
        self._keys = [key for key, _ in entries]
        if self._lives is not None:
            self._lives = [-candidate.expires for candidate in self.candidates]

    def add(self, key: UseKey, candidate: Candidate) -> None:
        """Put a candidate where it belongs."""
        at = self._position(key)
        self.candidates.insert(at, candidate)
        self._keys.insert(at, key)
        if self._lives is not None:
            self._lives.insert(at, -candidate.expires)

    def remove(self, key: Callable[[], UseKey], candidate: Candidate) -> None:
        """Take a candidate out; its key is only worked out when it is not the first in the order of use."""
        at = len(self.candidates) - 1
        if self.candidates[at] is not candidate:
            at = self._position(key())
        del self.candidates[at]
        del self._keys[at]
        if self._lives is not None:
            del self._lives[at]

    def start(self, cutoff: int) -> int:
        """Return the index of the first candidate, in the order of use, that does not expire before a day."""
        if self._lives is None:
            return len(self.candidates) - 1
        return bisect_right(self._lives, -cutoff) - 1

    def _position(self, key: UseKey) -> int:
        low, high = 0, len(self._keys)
        while low < high:
            middle = (low + high) // 2
            if self._keys[middle] > key:
                low = middle + 1
            else:
                high = middle
        return low


class Queue:
    """Candidates in the order of one policy, and of one list of tie breaks."""

    __slots__ = ("_by_rank", "policy", "segments", "tie_break")

    def __init__(self, policy: Policy, tie_break: tuple[str, ...], candidates: Iterable[Candidate]) -> None:
        self.policy = policy
        self.tie_break = tie_break
        #: In the order of use.
        self.segments: list[Segment] = []
        self._by_rank: dict[tuple[int, bool], Segment] = {}
        ranked: dict[tuple[int, bool], list[tuple[UseKey, Candidate]]] = {}
        for candidate in candidates:
            tier, lotless, key = self.key(candidate)
            ranked.setdefault((tier, lotless), []).append((key, candidate))
        for rank, entries in ranked.items():
            entries.sort(key=lambda entry: entry[0], reverse=True)
            self._segment(rank).fill(entries)

    def add(self, candidate: Candidate) -> None:
        """Put a candidate where it belongs."""
        tier, lotless, key = self.key(candidate)
        self._segment((tier, lotless)).add(key, candidate)

    def remove(self, candidate: Candidate) -> None:
        """Take a candidate out."""
        segment = self._by_rank[candidate.place.tier, candidate.lotless]
        segment.remove(lambda: self.key(candidate)[2], candidate)

    def key(self, candidate: Candidate) -> tuple[int, bool, UseKey]:
        """Return the place of any candidate in this order of use."""
        return use_key(candidate, self.policy, self.tie_break)

    def __len__(self) -> int:
        return sum(len(segment.candidates) for segment in self.segments)

    def __iter__(self) -> Iterator[Candidate]:
        for segment in self.segments:
            yield from reversed(segment.candidates)

    def _segment(self, rank: tuple[int, bool]) -> Segment:
        segment = self._by_rank.get(rank)
        if segment is None:
            segment = self._by_rank[rank] = Segment(by_expiry=self.policy in BY_EXPIRY)
            self.segments = [self._by_rank[known] for known in sorted(self._by_rank)]
        return segment


def resolve(skips: dict[int, int], at: int) -> int:
    """Return the next index that is not used up; paths are shortened, so that long runs are passed in one step."""
    end = at
    while end in skips:
        end = skips[end]
    while at != end:
        skips[at], at = end, skips[at]
    return end
