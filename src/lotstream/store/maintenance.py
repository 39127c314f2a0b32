"""What keeps the tables from growing without end."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from lotstream.contracts.cloudevents import HUB_SOURCE
from lotstream.store.connection import Database
from lotstream.store.sql import queries

SQL = queries("maintenance")

PRUNED_ROWS_MAX: Final = 10_000
"""Rows one call looks at and deletes at most, so that no call holds its rows for long."""


class Maintenance:
    """Deletes what nobody reads any more, at most `PRUNED_ROWS_MAX` rows with each call."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def prune_outbox(self, partition: int, *, below: int, before: datetime) -> int:
        """Delete published outbox rows below an offset recorded before a time, oldest first; returns how many."""
        return await self._deleted("prune_outbox", partition, below, before)

    async def prune_empty_stock(self) -> int:
        """Delete stock rows at zero, which no ledger loads; returns how many.

        Safe beside a commit: a row that somebody writes at this moment is left alone, and one that was deleted is made
        anew when goods come back.
        """
        return await self._deleted("prune_empty_stock")

    async def prune_exchanges(self, *, before: datetime) -> int:
        """Delete settled exchanges received before a time, because they hold personal data; returns how many."""
        return await self._deleted("prune_exchanges", before)

    async def prune_untaken(self, *, before: datetime) -> int:
        """Delete exchanges received before a time that nobody has dealt with, some at once; returns how many."""
        return await self._deleted("prune_untaken", before)

    async def prune_intake(self, partition: int, *, before: datetime) -> int:
        """Delete a partition's oldest intake rows recorded before a time; returns how many.

        What is left has no gaps. The row of the last record stays, and so does what a sender will be answered with.
        """
        count: int = await self._database.value(SQL["prune_intake"], PRUNED_ROWS_MAX, partition, before, HUB_SOURCE)
        return count

    async def prune_dead_letters(self, *, before: datetime) -> int:
        """Delete dead letters recorded before a time, because they hold personal data; returns how many."""
        return await self._deleted("prune_dead_letters", before)

    async def _deleted(self, query: str, *args: object) -> int:
        status = await self._database.execute(SQL[query], PRUNED_ROWS_MAX, *args)
        return int(status.split()[-1])
