"""The journal's hash chain: how a row is linked to the one before it in its partition, and how a chain is walked."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Final

from lotstream.domain.events import Event
from lotstream.store.codec import encode_event, order_of
from lotstream.store.rows import JournalRow

HASH_BYTES: Final = 32
GENESIS: Final = bytes(HASH_BYTES)
"""What the first row of a partition is linked to."""

_place = struct.Struct(">HQIH").pack


def link(previous: bytes, partition: int, offset: int, index: int, type: str, body: bytes) -> bytes:  # noqa: PLR0917
    """Return the hash of a journal row: BLAKE2b-256 over the hash before it, its place, its type and its body."""
    name = type.encode()
    head = previous + _place(partition, offset, index, len(name)) + name
    return blake2b(head + body, digest_size=HASH_BYTES).digest()


def journal_row(
    event: Event,
    *,
    previous: bytes,
    partition: int,
    offset: int,
    index: int,
    owner: str | None,
    recorded_at: datetime,
    today: dict[str, date],
) -> JournalRow:
    """Return the journal row of an event, linked to the row before it; its ``hash`` is the new head of the chain."""
    name, body, whole = encode_event(event)
    return JournalRow(
        partition=partition,
        offset=offset,
        index=index,
        owner=owner,
        type=name,
        body=body,
        hash=link(previous, partition, offset, index, name, body),
        recorded_at=recorded_at,
        # A copy: the partition's own days move on while its batch is still being decided.
        today=dict(today),
        order=order_of(event),
        whole=whole,
    )


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a chain was walked, and the first row that does not fit."""

    head: bytes = GENESIS
    rows: int = 0
    broken: JournalRow | None = None


def walk(rows: Iterable[JournalRow], start: Walk = Walk()) -> Walk:
    """Follow one partition's rows in order and stop at the first whose hash is not what its content says."""
    head, count = start.head, start.rows
    if start.broken is not None:
        return start
    for row in rows:
        expected = link(head, row.partition, row.offset, row.index, row.type, row.body)
        if expected != row.hash:
            return Walk(head=head, rows=count, broken=row)
        head, count = expected, count + 1
    return Walk(head=head, rows=count)
