"""How packs are taken when a line wants no whole number of them: never over, covered by the least, or broken.

Cover goes three ways through the order of use: whole packs as far as they go without going over; then, while something
is wanted still, one pack more of the size that goes over by the least; then back from the end, giving back whole packs
that are no longer needed. Loose goods are packs of one smallest unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lotstream.domain.candidate import Candidate
from lotstream.domain.codes import NotUsed
from lotstream.domain.draft import Draft
from lotstream.domain.looking import Passed, Take
from lotstream.domain.model import PackRule
from lotstream.domain.quantities import whole_packs


class Offer:
    """A candidate with what of it is free, and what is taken of it so far."""

    __slots__ = ("candidate", "free", "pack", "taken")

    def __init__(self, candidate: Candidate, free: int, *, rule: PackRule) -> None:
        self.candidate = candidate
        #: Smallest units that come together; 1 where packs may be broken.
        self.pack = 1 if rule is PackRule.PARTIAL_PACKS else candidate.key.pack_size or 1
        #: What may be taken: whole packs.
        self.free = free - free % self.pack
        self.taken = 0

    @property
    def left(self) -> int:
        """Return what may still be taken."""
        return self.free - self.taken

    def take(self, goal: int) -> int:
        """Take as much as goes into a goal; returns what is taken now."""
        units = min(self.left, goal)
        units -= units % self.pack
        self.taken += units
        return units

    def give_up(self, surplus: int) -> int:
        """Give back as much as goes into a surplus; returns what is given back."""
        units = min(self.taken, surplus)
        units -= units % self.pack
        self.taken -= units
        return units


def exactly(rule: PackRule) -> PackRule:
    """Return the rule by which a quantity is never gone over: packs are broken where they may be, else kept whole."""
    return rule if rule is PackRule.PARTIAL_PACKS else PackRule.NEVER_OVER


def offers_of(draft: Draft, candidates: Iterable[Candidate], *, rule: PackRule, passed: Passed) -> list[Offer]:
    """Return candidates with what may be taken of them; those with less than a pack are passed over."""
    offers = []
    for candidate in candidates:
        free = draft.free(candidate)
        if free > 0:
            offers.append(Offer(candidate, free, rule=rule))
            if offers[-1].free == 0:
                passed.note(offers.pop().candidate, NotUsed.PACK_SIZE)
    return offers


def taken_of(offers: Iterable[Offer]) -> list[Take]:
    """Return what is taken of offers."""
    return [(offer.candidate, offer.taken) for offer in offers if offer.taken]


def take_in_order(
    draft: Draft, candidates: Iterable[Candidate], *, goal: int, rule: PackRule, passed: Passed
) -> list[Take]:
    """Take from candidates in the order of use until a goal is reached, or covered."""
    if rule is PackRule.COVER:
        return _cover(draft, candidates, goal=goal, passed=passed)
    takes: list[Take] = []
    for candidate in candidates:
        take = min(draft.free(candidate), goal)
        if take > 0 and candidate.key.pack_size is not None and rule is PackRule.NEVER_OVER:
            take -= take % candidate.key.pack_size
            if take == 0:
                passed.note(candidate, NotUsed.PACK_SIZE)
        if take > 0:
            takes.append((candidate, take))
            goal -= take
            if goal == 0:
                break
    return takes


def _cover(draft: Draft, candidates: Iterable[Candidate], *, goal: int, passed: Passed) -> list[Take]:
    offers: list[Offer] = []
    for candidate in candidates:
        free = draft.free(candidate)
        if free <= 0:
            continue
        offers.append(Offer(candidate, free, rule=PackRule.COVER))
        goal -= offers[-1].take(goal)
        if goal == 0:
            break
    if goal:
        go_over(offers, goal)
    for offer in offers:
        if offer.taken == 0:
            passed.note(offer.candidate, NotUsed.PACK_SIZE)
    return taken_of(offers)


def go_over(offers: Sequence[Offer], short: int) -> None:
    """Take one more pack, of the size that goes over by the least, and give back what is no longer needed.

    ``offers`` are those of the order of use with all taken that goes into the goal, and ``short`` is what it still
    wants, so that one pack of any size is enough. Of sizes that go over alike the first in the order of use is taken.
    """
    before = [offer.taken for offer in offers]
    best: tuple[int, list[int]] | None = None
    tried: set[int] = set()
    for offer in offers:
        if offer.left == 0 or offer.pack in tried:
            continue
        tried.add(offer.pack)
        offer.taken += offer.pack
        over = offer.pack - short
        for other in reversed(offers):
            over -= other.give_up(over)
        if best is None or over < best[0]:
            best = over, [one.taken for one in offers]
        _set(offers, before)
    if best is not None:
        _set(offers, best[1])


def _set(offers: Sequence[Offer], taken: Sequence[int]) -> None:
    for offer, units in zip(offers, taken, strict=True):
        offer.taken = units


def cut_back(takes: list[Take], surplus: int, *, rule: PackRule) -> tuple[list[Take], int]:
    """Give at least a surplus back from the end of the order of use, packs as a whole; returns what stays."""
    kept = list(takes)
    while surplus > 0:
        candidate, quantity = kept.pop()
        pack = None if rule is PackRule.PARTIAL_PACKS else candidate.key.pack_size
        less = min(whole_packs(surplus, pack), quantity)
        if less < quantity:
            kept.append((candidate, quantity - less))
        surplus -= less
    return kept, sum([quantity for _, quantity in kept])
