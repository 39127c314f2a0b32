"""Slots in the order of use, kept sorted while they come and go."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from lotstream.domain.model import Policy
from lotstream.domain.order_of_use import UseKey, use_key
from lotstream.domain.slot import Slot


class Segment:
    """Slots of one tier in the order of use, kept from last to first: what is used up is taken from the end."""

    __slots__ = ("_keys", "_lives", "slots")

    def __init__(self, *, by_expiry: bool) -> None:
        self.slots: list[Slot] = []
        self._keys: list[UseKey] = []
        self._lives: list[int] | None = [] if by_expiry else None

    def fill(self, entries: list[tuple[UseKey, Slot]]) -> None:
        """Take over slots that are sorted from last to first."""
        self.slots = [slot for _, slot in entries]
        self._keys = [key for key, _ in entries]
        if self._lives is not None:
            self._lives = [-slot.expires for slot in self.slots]

    def add(self, key: UseKey, slot: Slot) -> None:
        """Put a slot where it belongs."""
        at = self._position(key)
        self.slots.insert(at, slot)
        self._keys.insert(at, key)
        if self._lives is not None:
            self._lives.insert(at, -slot.expires)

    def remove(self, key: Callable[[], UseKey], slot: Slot) -> None:
        """Take a slot out; its key is only worked out when it is not the first in the order of use."""
        at = len(self.slots) - 1
        if self.slots[at] is not slot:
            at = self._position(key())
        del self.slots[at]
        del self._keys[at]
        if self._lives is not None:
            del self._lives[at]

    def start(self, cutoff: int) -> int:
        """Return the index of the first slot, in the order of use, that does not expire before a day."""
        if self._lives is None:
            return len(self.slots) - 1
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
    """Slots in the order of one policy, and of one list of tie breaks."""

    __slots__ = ("_by_rank", "policy", "segments", "tie_break")

    def __init__(self, policy: Policy, tie_break: tuple[str, ...], slots: Iterable[Slot]) -> None:
        self.policy = policy
        self.tie_break = tie_break
        #: In the order of use.
        self.segments: list[Segment] = []
        self._by_rank: dict[tuple[int, bool], Segment] = {}
        ranked: dict[tuple[int, bool], list[tuple[UseKey, Slot]]] = {}
        for slot in slots:
            tier, lotless, key = self.key(slot)
            ranked.setdefault((tier, lotless), []).append((key, slot))
        for rank, entries in ranked.items():
            entries.sort(key=lambda entry: entry[0], reverse=True)
            self._segment(rank).fill(entries)

    def add(self, slot: Slot) -> None:
        """Put a slot where it belongs."""
        tier, lotless, key = self.key(slot)
        self._segment((tier, lotless)).add(key, slot)

    def remove(self, slot: Slot) -> None:
        """Take a slot out."""
        segment = self._by_rank[slot.place.tier, slot.lotless]
        segment.remove(lambda: self.key(slot)[2], slot)

    def key(self, slot: Slot) -> tuple[int, bool, UseKey]:
        """Return the place of any slot in this order of use."""
        return use_key(slot, self.policy, self.tie_break)

    def __len__(self) -> int:
        return sum(len(segment.slots) for segment in self.segments)

    def __iter__(self) -> Iterator[Slot]:
        for segment in self.segments:
            yield from reversed(segment.slots)

    def _segment(self, rank: tuple[int, bool]) -> Segment:
        segment = self._by_rank.get(rank)
        if segment is None:
            segment = self._by_rank[rank] = Segment(by_expiry=self.policy is Policy.FEFO)
            self.segments = [self._by_rank[known] for known in sorted(self._by_rank)]
        return segment
