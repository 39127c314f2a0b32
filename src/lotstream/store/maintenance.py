"""What keeps the tables from growing without end."""

from __future__ import annotations

from lotstream.store.connection import Database
from lotstream.store.sql import queries

SQL = queries("maintenance")

EMPTY_ROWS_MAX = 10_000
"""Stock rows one call deletes at most, so that no call holds its rows for long."""


async def prune_empty_stock(database: Database) -> int:
    """Delete stock rows at zero, which no ledger loads; returns how many, at most `EMPTY_ROWS_MAX`.

    Safe beside a commit: a row that gets goods meanwhile is no longer at zero when it is looked at again, and one that
    was deleted is made anew.
    """
    return int((await database.execute(SQL["prune_empty_stock"], EMPTY_ROWS_MAX)).split()[-1])
