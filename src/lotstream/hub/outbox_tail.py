"""Reading the outbox of a partition back in pieces that fit into memory and into one Kafka transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lotstream.store.rows import OutboxRow
from lotstream.store.seam import Store

PIECE_ROWS_MAX: Final = 2000
"""Messages read back at once."""

PIECE_BYTES_MAX: Final = 16 * 1024 * 1024
"""Bytes of messages read back at once; the message that reaches it is still taken."""

EVERY_ROW: Final = 2**31 - 1
"""A limit that is none: one record's messages are read whole, however many."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Messages of whole records, and the offset below which there are none left out."""

    rows: Sequence[OutboxRow]
    reached: int


async def read_piece(store: Store, partition: int, *, log: int, offset: int, below: int) -> Piece:
    """Return the messages that records from ``offset`` on caused, as many whole records as fit, at least one.

    A record's messages are never divided: the position that is noted with them counts records.
    """
    rows = await store.outbox(
        partition, log=log, offset=offset, below=below, limit=PIECE_ROWS_MAX, bytes_max=PIECE_BYTES_MAX
    )
    if not is_full(rows):
        return Piece(rows, below)
    last = rows[-1].offset
    if rows[0].offset < last:
        return Piece([row for row in rows if row.offset < last], last)
    whole = await store.outbox(partition, log=log, offset=last, below=last + 1, limit=EVERY_ROW)
    return Piece(whole, last + 1)


def is_full(rows: Sequence[OutboxRow]) -> bool:
    """Tell whether a limit was reached: a piece may be cut within its last record, a transaction takes no more."""
    return len(rows) >= PIECE_ROWS_MAX or sum(len(row.value or b"") for row in rows) >= PIECE_BYTES_MAX
