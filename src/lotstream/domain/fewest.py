"""The fewest packages: of all ways to fill a line, the one that opens the fewest boxes.

A package is a row that is one (all of it), each pack of a row of packs, and each base unit of loose goods. First come
the fewest packages that come out exactly. Where none do, it is the fewest that cover what is wanted, of those the ones
that go over by the least, and the smallest of them is opened. Where all together are too little, it is all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import gcd

from lotstream.domain.candidate import Candidate
from lotstream.domain.draft import Draft
from lotstream.domain.looking import Passed, Take
from lotstream.domain.model import PackRule
from lotstream.domain.packs import Offer, offers_of, taken_of

#: Sums of packages that are told apart; where there would be more, the largest packages are taken first.
SUMS_MAX = 50_000

#: Packages of one size taken together in one step of the search: the size, and how many.
_Step = tuple[int, int]
#: Stands for a sum that no packages come to.
_TOO_MANY = 2**62


def take_fewest(
    draft: Draft, candidates: Iterable[Candidate], *, goal: int, unit: int, rule: PackRule, passed: Passed
) -> list[Take]:
    """Take a goal from the fewest packages; ``unit`` is the smallest units in one loose piece."""
    offers = offers_of(draft, candidates, rule=rule, passed=passed)
    if sum([offer.free for offer in offers]) <= goal:
        for offer in offers:
            offer.taken = offer.free
        return taken_of(offers)
    boxes, loose = _sizes(offers)
    counts = _fewest(boxes, goal=goal, loose=sum([offer.free for offer in loose]), unit=unit)
    _open(offers, counts, loose, goal=goal, rule=rule)
    return taken_of(offers)


def _sizes(offers: list[Offer]) -> tuple[dict[int, int], list[Offer]]:
    """Return how many packages there are of each size, the size first in the order of use first, and loose goods."""
    boxes: dict[int, int] = {}
    loose = []
    for offer in offers:
        size = _size(offer)
        if size is None:
            loose.append(offer)
        else:
            boxes[size] = boxes.get(size, 0) + offer.free // size
    return boxes, loose


def _size(offer: Offer) -> int | None:
    key = offer.candidate.key
    return offer.free if key.package is not None else key.pack_size


def _fewest(boxes: dict[int, int], *, goal: int, loose: int, unit: int) -> dict[int, int]:
    """Return how many packages of each size to take; what they do not come to is taken loose."""
    if not boxes:
        return {}
    step = gcd(*boxes)
    top = (goal + max(boxes)) // step
    if top > SUMS_MAX:
        return _largest_first(boxes, goal=goal, loose=loose)
    tables, steps = _search(boxes, top=top, step=step)
    fewest = tables[-1]

    def rank(at: int) -> tuple[bool, int, int]:
        """Exact before over; then the fewest packages; then the least over, or the least loose."""
        rest = goal - at * step
        return (rest < 0, fewest[at] + -(-max(rest, 0) // unit), abs(rest))

    enough = [at for at in range(top + 1) if fewest[at] < _TOO_MANY and goal - at * step <= loose]
    return _taken_apart(tables, steps, min(enough, key=rank), step=step)


def _search(boxes: dict[int, int], *, top: int, step: int) -> tuple[list[list[int]], list[_Step]]:
    """Return the fewest packages for each sum of steps, after each group of packages that may be taken or not.

    The sizes that are first in the order of use come last, because the way is read from the end.
    """
    tables = [[0] + [_TOO_MANY] * top]
    steps: list[_Step] = []
    for size, many in reversed(boxes.items()):
        for group in _groups(many):
            far, before = group * size // step, tables[-1]
            steps.append((size, group))
            tables.append(
                before[:far] + [min(alone, other + group) for alone, other in zip(before[far:], before, strict=False)]
            )
    return tables, steps


def _groups(many: int) -> Iterator[int]:
    """Yield numbers of which some make any number up to a bound."""
    group = 1
    while many > 0:
        yield min(group, many)
        many -= group
        group *= 2


def _taken_apart(tables: list[list[int]], steps: list[_Step], at: int, *, step: int) -> dict[int, int]:
    counts: dict[int, int] = {}
    for (size, group), before, after in zip(reversed(steps), reversed(tables[:-1]), reversed(tables), strict=False):
        far = group * size // step
        if at >= far and before[at - far] + group == after[at]:
            counts[size] = counts.get(size, 0) + group
            at -= far
    return counts


def _largest_first(boxes: dict[int, int], *, goal: int, loose: int) -> dict[int, int]:
    """Return the largest packages that fit, and one more where loose goods do not make up for the rest.

    Those that are not needed beside that one stay closed.
    """
    counts: dict[int, int] = {}
    for size in sorted(boxes, reverse=True):
        counts[size] = min(goal // size, boxes[size])
        goal -= counts[size] * size
    if goal > loose:
        more = min(size for size in boxes if counts[size] < boxes[size])
        # It holds more than all smaller ones together that were taken.
        counts = {size: many for size, many in counts.items() if size >= more}
        counts[more] += 1
    return counts


def _open(offers: list[Offer], counts: dict[int, int], loose: list[Offer], *, goal: int, rule: PackRule) -> None:
    """Take as many packages of each size as were chosen, the first in the order of use; the smallest is opened."""
    smallest = min([size for size, many in counts.items() if many], default=0)
    over = sum([size * many for size, many in counts.items()]) - goal
    last: Offer | None = None
    for offer in offers:
        size = _size(offer)
        if size is not None and (many := min(counts.get(size, 0), offer.free // size)):
            counts[size] -= many
            offer.taken = many * size
            goal -= offer.taken
            last = offer if size == smallest else last
    if over > 0 and last is not None and rule is not PackRule.COVER:
        last.taken -= over
    for offer in loose:
        taken = max(min(offer.free, goal), 0)
        offer.taken += taken
        goal -= taken
