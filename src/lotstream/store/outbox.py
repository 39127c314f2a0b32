"""Reading the outbox back for the relay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from lotstream.store.codec import decode_headers
from lotstream.store.connection import Database
from lotstream.store.rows import OutboxRow
from lotstream.store.sql import queries

if TYPE_CHECKING:
    from asyncpg import Record

SQL = queries("outbox")

ANY_BYTES: Final = 2**62
"""A limit of bytes that is none."""


class Outbox:
    """Outgoing messages, published as stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(
        self, partition: int, *, log: int, offset: int, below: int, limit: int, bytes_max: int | None = None
    ) -> list[OutboxRow]:
        """Return rows with ``offset`` ≤ their offset < ``below``, in order; a limit may cut the last record."""
        rows = await self._database.fetch(
            SQL["read"], log, partition, offset, below, limit, ANY_BYTES if bytes_max is None else bytes_max
        )
        return [_row(row) for row in rows]

    async def oldest(self, positions: Mapping[int, int], *, log: int) -> datetime | None:
        """Return when the oldest message at or above its partition's position was recorded; None when all are below."""
        oldest: datetime | None = await self._database.value(
            SQL["oldest"], log, list(positions), list(positions.values())
        )
        return oldest


def _row(row: Record) -> OutboxRow:
    return OutboxRow(**{**row, "headers": decode_headers(row["headers"])})
