"""How a lot is chosen: the total order in which the stock of a SKU is used.

Smaller tiers come first; for lot-tracked goods stock with a lot comes before stock without one; then the policy; then
the tie breaks asked for; and at last received, lot, location, package, pack size, status, returned, so that two rows
never stand level and the order of rows in a file never matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotstream.domain.expiry import NEVER
from lotstream.domain.model import Policy

if TYPE_CHECKING:
    from lotstream.domain.candidate import Candidate

#: Policies by which what expires first is used first; the fewest packages are chosen from such a queue.
BY_EXPIRY = (Policy.FEFO, Policy.MIN_PACKAGES)
TIE_BREAKS = ("received", "lot", "location", "smallest_qty")

UseKey = tuple[object, ...]


def use_key(candidate: Candidate, policy: Policy, tie_break: tuple[str, ...]) -> tuple[int, bool, UseKey]:
    """Return a candidate's place in the order of use under a policy: tier, without a lot, and the rest."""
    rest = (*_policy_key(candidate, policy), *(_tie_key(candidate, name) for name in tie_break), *_last_key(candidate))
    return (candidate.place.tier, candidate.lotless, rest)


def _policy_key(candidate: Candidate, policy: Policy) -> tuple[int | str, ...]:
    if policy in BY_EXPIRY:
        return (candidate.expires,)
    if policy is Policy.FIFO:
        return (candidate.received, candidate.expires)
    if policy is Policy.LIFO:
        return (_newest_first(candidate.received),)
    if policy is Policy.NEWEST_EXPIRY:
        return (_newest_first(candidate.expires),)
    return (candidate.place.sequence, candidate.key.location)


def _newest_first(ordinal: int) -> int:
    return 0 if ordinal == NEVER else -ordinal


def _tie_key(candidate: Candidate, name: str) -> int | tuple[int, str] | str:
    if name == "received":
        return candidate.received
    if name == "lot":
        return candidate.key.lot or ""
    if name == "location":
        return (candidate.place.sequence, candidate.key.location)
    return candidate.free_seen


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
