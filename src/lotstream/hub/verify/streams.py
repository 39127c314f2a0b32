"""Rows of one table and partition, a piece at a time in memory, taken record by record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lotstream.store.verify import Rows

if TYPE_CHECKING:
    from lotstream.store.verify import Row


class Stream:
    """Rows of one table and partition, taken record by record."""

    __slots__ = ("_at", "_piece", "_rows", "first")

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._piece: list[Row] = []
        self._at = 0
        #: The first row of all.
        self.first: Row | None = None

    async def open(self) -> Stream:
        """Read the first piece."""
        self._piece = await self._rows.piece()
        self.first = self._piece[0] if self._piece else None
        return self

    @property
    def head(self) -> int | None:
        """Return the offset of the next row, None at the end."""
        return self._piece[self._at][0] if self._at < len(self._piece) else None

    async def take(self, offset: int) -> Sequence[Row]:
        """Return the rows of one record and go on to the next."""
        if self.head != offset:
            return ()
        taken = []
        while self.head == offset:
            taken.append(self._piece[self._at])
            self._at += 1
            if self._at == len(self._piece):
                self._piece, self._at = await self._rows.piece(), 0
        return taken
