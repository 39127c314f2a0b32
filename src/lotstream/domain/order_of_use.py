"""How a lot is chosen: the total order in which the stock of a SKU is used.

Smaller tiers come first; for lot-tracked goods stock with a lot comes before stock without one; then the policy; then
the tie breaks asked for; and at last received, lot, location, package, pack size, status, returned, so that two rows
never stand level and the order of rows in a file never matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from lotstream.domain.expiry import NEVER
from lotstream.domain.model import Policy
from lotstream.domain.places import LAST

if TYPE_CHECKING:
    from lotstream.domain.candidate import Candidate

#: Policies by which what expires first is used first; the fewest packages are chosen from such a queue.
BY_EXPIRY = (Policy.FEFO, Policy.MIN_PACKAGES)
#: The tie break by what is free, which every promise changes.
SMALLEST = "smallest_qty"
TIE_BREAKS = ("received", "lot", "location", SMALLEST)

UseKey = tuple[object, ...]


def use_key(
    candidate: Candidate, policy: Policy, tie_break: tuple[str, ...], *, free: int | None = None
) -> tuple[int, bool, UseKey]:
    """Return a candidate's place in the order of use under a policy: tier, without a lot, and the rest.

    ``free`` is what is free of it now, where that is not what its shelf saw.
    """
    free = candidate.free_seen if free is None else free
    ties = [_tie_key(candidate, name, free) for name in tie_break]
    return (candidate.place.tier, candidate.lotless, (*_policy_key(candidate, policy), *ties, *_last_key(candidate)))


def level_again(
    candidates: Iterable[Candidate], policy: Policy, tie_break: tuple[str, ...], free: Callable[[Candidate], int]
) -> Iterator[Candidate]:
    """Yield candidates in the order of use by what is free of each now; they come in the order of what was free once.

    Only those change places that stand level but for that, so only those are looked at together.
    """
    before = tie_break[: tie_break.index(SMALLEST)]

    def level(candidate: Candidate) -> UseKey:
        ties = [_tie_key(candidate, name, 0) for name in before]
        return (candidate.place.tier, candidate.lotless, *_policy_key(candidate, policy), *ties)

    for _, same in groupby(candidates, key=level):
        yield from sorted(same, key=lambda one: use_key(one, policy, tie_break, free=free(one)))


def _policy_key(candidate: Candidate, policy: Policy) -> tuple[int | str, ...]:
    if policy in BY_EXPIRY:
        return (candidate.expires,)
    if policy is Policy.FIFO:
        return (candidate.received, candidate.expires)
    if policy is Policy.LIFO:
        return (_newest_first(candidate.received),)
    if policy is Policy.NEWEST_EXPIRY:
        return (_newest_first(candidate.expires),)
    sequence = candidate.place.sequence
    # Bins that were only named have no place in the sequence: among them the name decides.
    return (sequence, candidate.key.location if sequence == LAST else "")


def _newest_first(ordinal: int) -> int:
    return 0 if ordinal == NEVER else -ordinal


def _tie_key(candidate: Candidate, name: str, free: int) -> int | tuple[int, str] | str:
    if name == "received":
        return candidate.received
    if name == "lot":
        return candidate.key.lot or ""
    if name == "location":
        return (candidate.place.sequence, candidate.key.location)
    return free


def _last_key(candidate: Candidate) -> UseKey:
    key = candidate.key
    return (
        candidate.received,
        key.lot or "",
        candidate.place.sequence,
        key.location,
        key.package or "",
        key.pack_size or 0,
        key.status,
        key.returned,
    )
