"""Commands that concern every partition, numbered without gaps."""

from __future__ import annotations

from lotstream.store.connection import Database
from lotstream.store.rows import Broadcast
from lotstream.store.sql import queries

SQL = queries("broadcasts")


class Broadcasts:
    """The numbered rows that each partition's holder appends once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, type: str, *, key: str, body: bytes) -> int:
        """Number a command; the same type and key again returns the number it has.

        Numbers are given one at a time: a reader that has seen a number has seen every smaller one, which a sequence
        does not promise.
        """
        async with self._database.transaction() as connection:
            await connection.execute(SQL["lock"])
            number: int | None = await connection.fetchval(SQL["find"], type, key)
            if number is None:
                number = await connection.fetchval(SQL["add"], type, key, body)
            return number

    async def after(self, number: int, *, limit: int) -> list[Broadcast]:
        """Return broadcasts with a number above one, in order."""
        return [Broadcast(*row) for row in await self._database.fetch(SQL["after"], number, limit)]
