"""Lines that come from one lot, or from a few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import accumulate, islice

from lotstream.domain.candidate import Candidate
from lotstream.domain.codes import NotUsed
from lotstream.domain.dismissed import Dismissed
from lotstream.domain.draft import Draft
from lotstream.domain.looking import CONSIDERED_MAX, Passed, Take, fitting, usable
from lotstream.domain.model import OrderLine
from lotstream.domain.order_of_use import SMALLEST
from lotstream.domain.shelf import Shelf
from lotstream.domain.terms import Terms

#: Sets of lots that are tried for a line of packs, whose sizes may not come out; loose goods need one.
TRIES_MAX = 200

#: Takes a goal from candidates as the owner's other rules say.
Taker = Callable[[Iterable[Candidate], int], list[Take]]
Lot = str | None


def lots_of(line: OrderLine) -> list[Lot]:
    """Return the lots that a line has: those that have left for it and stayed away, and those promised to it."""
    return list(dict.fromkeys([*lots_gone(line), *(part.row.lot for part in line.reservations)]))


def lots_gone(line: OrderLine) -> list[Lot]:
    """Return the lots that have left for a line and did not come back whole."""
    return [one.lot for one in line.lots_shipped if one.sku == line.sku and one.quantity > one.returned]


def one_lot(
    draft: Draft, shelf: Shelf, terms: Terms, take: Taker, *, goal: int, held: Sequence[Lot], passed: Passed
) -> list[Take]:
    """Take a whole goal from the first lot in the order of use that can fill it; else nothing.

    A line that has something already stays with the lot of that.
    """
    if goal == 0:
        return []
    if held or not _is_plain(draft, terms):
        return _first_lot(draft, shelf, terms, take, goal=goal, held=held, passed=passed)
    walk = draft.dismissed.get((shelf, terms.policy, goal))
    if walk is None:
        walk = Dismissed([*usable(draft, shelf, terms, passed)], first_max=CONSIDERED_MAX)
        draft.dismissed[shelf, terms.policy, goal] = walk
    while walk.at < len(walk.candidates):
        candidate = walk.candidates[walk.at]
        lot = candidate.key.lot
        if lot in walk.lots or draft.free(candidate) <= 0:
            walk.skip()
        elif _is_too_small(draft, shelf, terms, lot, goal=goal):
            walk.dismiss(candidate)
        else:
            break
    passed.count(NotUsed.LOT_TOO_SMALL, len(walk.lots))
    passed.first += [(candidate, NotUsed.LOT_TOO_SMALL) for candidate in walk.first]
    return _first_lot(
        draft, shelf, terms, take, goal=goal, held=held, passed=passed,
        candidates=islice(walk.candidates, walk.at, None), dismissed=walk.lots,
    )  # fmt: skip


def _is_plain(draft: Draft, terms: Terms) -> bool:
    """Tell whether every line that wants as much of one lot looks at the same candidates, in the same order."""
    settings = draft.ledger.settings
    return not (terms.asks or terms.lot or settings.zone_rules or SMALLEST in settings.tie_break)


def _is_too_small(draft: Draft, shelf: Shelf, terms: Terms, lot: Lot, *, goal: int) -> bool:
    """Tell whether a lot has less than a goal, all of it loose, so that a line would be offered all of it."""
    mine = draft.of_lot(shelf, terms.policy, lot)
    loose = all(one.key.package is None and one.key.pack_size is None for one in mine)
    return loose and sum([draft.free(one) for one in mine]) < goal


def _first_lot(
    draft: Draft, shelf: Shelf, terms: Terms, take: Taker, *, goal: int, held: Sequence[Lot], passed: Passed,
    candidates: Iterable[Candidate] | None = None, dismissed: Collection[Lot] = (),
) -> list[Take]:  # fmt: skip
    tried: set[Lot] = set()
    if candidates is None:
        candidates = fitting(usable(draft, shelf, terms, passed), terms, passed)
    for candidate in candidates:
        lot = candidate.key.lot
        # A row that this decision has emptied does not put its lot first: the next request would not see it either.
        if lot in tried or lot in dismissed or draft.free(candidate) <= 0:
            continue
        tried.add(lot)
        if held and held[0] != lot:
            passed.note(candidate, NotUsed.LOT_LIMIT)
            continue
        takes = take(_of_lot(draft, shelf, terms, lot), goal)
        if sum([quantity for _, quantity in takes]) >= goal:
            return takes
        if takes:
            passed.note(candidate, NotUsed.LOT_TOO_SMALL)
    return []


def _of_lot(draft: Draft, shelf: Shelf, terms: Terms, lot: Lot) -> list[Candidate]:
    return [one for one in draft.of_lot(shelf, terms.policy, lot) if not terms.asks or terms.refuse(one) is None]


def few_lots(
    draft: Draft, shelf: Shelf, terms: Terms, take: Taker, *, goal: int, held: Sequence[Lot], passed: Passed
) -> list[Take]:
    """Take a goal from at most ``terms.lots_max`` lots, those that a line has already included.

    It is the first set of lots, each as early in the order of use as can be, that fills the whole goal. Where none
    does, it is the first lots in the order of use, as far as they go.
    """
    candidates = [one for one in fitting(usable(draft, shelf, terms, passed), terms, passed) if draft.free(one) > 0]
    free = Counter[Lot]()
    for candidate in candidates:
        free[candidate.key.lot] += draft.free(candidate)
    others = [lot for lot in free if lot not in held]
    room = max((terms.lots_max or 0) - len(set(held)), 0)
    of_held = sum([units for lot, units in free.items() if lot in held])
    if goal == 0:
        return []
    tries = _sets([free[lot] for lot in others], most=room, goal=goal - of_held)
    for chosen in islice(tries, TRIES_MAX):
        lots = {*held, *(others[at] for at in chosen)}
        takes = take([one for one in candidates if one.key.lot in lots], goal)
        if sum([quantity for _, quantity in takes]) >= goal:
            _note_others(candidates, lots, passed, before=takes[-1][0])
            return takes
    lots = {*held, *others[:room]}
    _note_others(candidates, lots, passed, before=None)
    return take([one for one in candidates if one.key.lot in lots], goal)


def _note_others(candidates: list[Candidate], lots: set[Lot], passed: Passed, *, before: Candidate | None) -> None:
    """Take note of the candidates of other lots, of all or of those before one in the order of use."""
    for candidate in candidates:
        if candidate is before:
            return
        if candidate.key.lot not in lots:
            passed.note(candidate, NotUsed.LOT_LIMIT)


def _sets(free: Sequence[int], *, most: int, goal: int) -> Iterator[tuple[int, ...]]:
    """Yield the sets of at most so many lots that together have a goal free, in the order of use, lot by lot."""
    # The most that any lot from here on has free: where that is too little, nobody need look for the largest.
    peaks = list(accumulate(reversed(free), max, initial=0))[::-1]
    largest = sorted(range(len(free)), key=lambda at: -free[at])
    chosen: list[int] = []
    total, at = 0, 0
    if goal <= 0:
        yield ()
    while True:
        room = most - len(chosen) - 1
        if at < len(free) and room >= 0:
            enough = total + free[at] + room * peaks[at + 1] >= goal
            if enough and total + free[at] + _best(free, largest, after=at, most=room) >= goal:
                chosen.append(at)
                total += free[at]
                if total >= goal:
                    yield tuple(chosen)
            at += 1
        elif chosen:
            at = chosen.pop()
            total -= free[at]
            at += 1
        else:
            return


def _best(free: Sequence[int], largest: Sequence[int], *, after: int, most: int) -> int:
    """Return the most that so many lots behind one have free."""
    return sum(islice((free[at] for at in largest if at > after), most))
