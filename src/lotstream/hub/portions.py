"""Cutting what one poll brought into batches that fit into memory: by the owners they load, and by their bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from lotstream.hub.records import Entry
from lotstream.ops.limits import reached, used

OWNERS_SHARE: Final = 2
"""One batch's owners may fill the bound on memory divided by this: those of the batch before are still in use."""


def portions(
    entries: Sequence[Entry], weights: Mapping[str, int], *, owners_bytes_max: int, batch_bytes_max: int
) -> Iterator[list[Entry]]:
    """Yield the entries in their order, in as few batches as keep both bounds; a single record may be above either.

    ``weights`` are the estimated bytes of each owner. Records of a partition have to be decided in order, so that two
    large owners that take turns make many small batches: slow, and never more than fits.
    """
    portion: list[Entry] = []
    owners: set[str] = set()
    owners_bytes = bytes_ = 0
    for entry in entries:
        owner = owner_of(entry)
        more = weights[owner] if owner is not None and owner not in owners else 0
        size = len(entry.value or b"")
        limit = None
        if owners_bytes + more > owners_bytes_max // OWNERS_SHARE:
            limit = "ledger_bytes_max"
        elif bytes_ + size > batch_bytes_max:
            limit = "batch_bytes_max"
        if portion and limit is not None:
            reached(limit)
            used("batch_bytes_max", bytes_)
            yield portion
            portion, owners, owners_bytes, bytes_ = [], set(), 0, 0
            more = weights[owner] if owner is not None else 0
        portion.append(entry)
        owners_bytes += more
        bytes_ += size
        if owner is not None:
            owners.add(owner)
    if portion:
        used("batch_bytes_max", bytes_)
        yield portion


def owner_of(entry: Entry) -> str | None:
    """Return whose record it is; None for one that could not be read or concerns every partition."""
    return entry.decoded.owner if entry.decoded is not None else None
