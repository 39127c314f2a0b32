"""Ids that follow from where a record stands in the log, so that deciding it again gives the same ones."""

from __future__ import annotations

from hashlib import blake2b

#: Part of a record's decision that is an owner's own, taken before the command that touches the owner.
CONTINUED = "continued"


def outgoing_id(log: int, partition: int, offset: int, index: int) -> str:
    """Return the 128-bit hex id of an outgoing message: the same record always causes the same ids."""
    return blake2b(b"%d/%d/%d/%d" % (log, partition, offset, index), digest_size=16).hexdigest()


def decision_id(log: int, partition: int, offset: int, part: str = "") -> str:
    """Return the 128-bit hex id of a record's decision, or of a named part of it, from which task ids grow."""
    return blake2b(b"%d/%d/%d%s" % (log, partition, offset, part.encode()), digest_size=16).hexdigest()
