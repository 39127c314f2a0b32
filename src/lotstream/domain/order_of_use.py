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
    from lotstream.domain.slot import Slot

#: Policies that can be asked for; MIN_PACKAGES is refused by name until it is there.
SUPPORTED = (Policy.FEFO, Policy.FIFO, Policy.LIFO, Policy.CLOSEST, Policy.NEWEST_EXPIRY)
TIE_BREAKS = ("received", "lot", "location", "smallest_qty")

UseKey = tuple[object, ...]


def use_key(slot: Slot, policy: Policy, tie_break: tuple[str, ...]) -> tuple[int, bool, UseKey]:
    """Return a slot's place in the order of use under a policy: tier, without a lot, and the rest."""
    rest = (*_policy_key(slot, policy), *(_tie_key(slot, name) for name in tie_break), *_last_key(slot))
    return (slot.place.tier, slot.lotless, rest)


def _policy_key(slot: Slot, policy: Policy) -> tuple[int | str, ...]:
    if policy is Policy.FEFO:
        return (slot.expires,)
    if policy is Policy.FIFO:
        return (slot.received, slot.expires)
    if policy is Policy.LIFO:
        return (_newest_first(slot.received),)
    if policy is Policy.NEWEST_EXPIRY:
        return (_newest_first(slot.expires),)
    return (slot.place.sequence, slot.key.location)


def _newest_first(ordinal: int) -> int:
    return 0 if ordinal == NEVER else -ordinal


def _tie_key(slot: Slot, name: str) -> int | tuple[int, str] | str:
    if name == "received":
        return slot.received
    if name == "lot":
        return slot.key.lot or ""
    if name == "location":
        return (slot.place.sequence, slot.key.location)
    return slot.free_seen


def _last_key(slot: Slot) -> UseKey:
    key = slot.key
    return (
        slot.received,
        key.lot or "",
        slot.place.sequence,
        key.location,
        key.package or "",
        key.pack_size or 0,
        key.status,
        key.returned,
    )
