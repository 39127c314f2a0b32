"""Commands that concern every partition, numbered without gaps; and the owners that have a part of them to decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lotstream.store.connection import Database
from lotstream.store.rows import Broadcast, BroadcastOutcome, ClockDue, Outcome, OwnerPart
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

    async def numbered(self, numbers: Collection[int]) -> dict[int, Broadcast]:
        """Return the broadcasts with these numbers; those that do not exist are left out."""
        rows = await self._database.fetch(SQL["numbered"], sorted(numbers))
        return {row["number"]: Broadcast(*row) for row in rows}

    async def due(self, partitions: Collection[int], *, limit: int) -> list[OwnerPart]:
        """Return owners of partitions with something left to look at again."""
        return [OwnerPart(*row) for row in await self._database.fetch(SQL["due"], sorted(partitions), limit)]

    async def clocks_due(self, partitions: Collection[int], *, limit: int) -> list[ClockDue]:
        """Return owners of partitions whose time has come, by the database's clock."""
        rows = await self._database.fetch(SQL["clocks_due"], sorted(partitions), limit)
        return [ClockDue(*row) for row in rows]

    async def titles_due(self, partitions: Collection[int], *, limit: int) -> list[tuple[str, str, int, bytes]]:
        """Return title, owner, slot and message of what owners of partitions have to be told."""
        rows = await self._database.fetch(SQL["titles_due"], sorted(partitions), limit)
        return [(row["title"], row["owner"], row["slot"], row["body"].encode()) for row in rows]

    async def behind(self, turns: Mapping[int, int], *, since: str, limit: int) -> list[OwnerPart]:
        """Return owners from one on, in order, that are not through with their partition's turn."""
        rows = await self._database.fetch(SQL["behind"], list(turns.keys()), list(turns.values()), limit, since)
        return [OwnerPart(*row) for row in rows]

    async def passed(self) -> int:
        """Return the last broadcast that every partition has decided and that no owner has anything left of."""
        number: int | None = await self._database.value(SQL["passed"])
        return number or 0

    async def outcomes(self, *, after: int, through: int, source: str, partition: int) -> list[BroadcastOutcome]:
        """Return what a partition made of the broadcasts above one number and up to another, in order."""
        rows = await self._database.fetch(SQL["outcomes"], after, through, source, str(partition))
        return [
            BroadcastOutcome(number, name, None if outcome is None else Outcome(outcome), *why)
            for number, name, outcome, *why in rows
        ]
