"""Everything the database has of one owner, as of one moment: for an owner who leaves, or who asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

import msgspec

from lotstream.store.connection import Address, connect, translated
from lotstream.store.sql import queries
from lotstream.store.verify import OWNER_TABLES, PIECE_ROWS

SQL = queries("export")

TABLES: Final = (*OWNER_TABLES, "shipment_line", "lot_history", "journal")
"""Tables with rows of one owner, in the order of the export: what is now, what left, what became of lots, decisions."""

IN_JSON: Final = frozenset({"body", "settings", "holds", "more"})
"""Columns that hold JSON as text; in an export they are what the text says."""


class Export:
    """An owner's rows, table by table."""

    def __init__(self, connection: Any, owner: str) -> None:  # noqa: ANN401 - a connection of the driver
        self._connection = connection
        self._owner = owner

    async def as_of(self) -> datetime:
        """Return the moment of which it is."""
        with translated():
            now: datetime = await self._connection.fetchval("SELECT now()")
        return now

    async def is_known(self) -> bool:
        """Tell whether there is anything of the owner."""
        with translated():
            known: bool = await self._connection.fetchval(SQL["known"], self._owner)
        return known

    async def rows(self, table: str) -> AsyncIterator[dict[str, Any]]:
        """Yield the rows of one of `TABLES`; raises `PostgresUnreachable`."""
        with translated():
            cursor = await self._connection.cursor(SQL["rows"].format(table=table), self._owner)
            while piece := await cursor.fetch(PIECE_ROWS):
                for record in piece:
                    yield _shown(msgspec.json.decode(record["row"]))


@asynccontextmanager
async def export_of(url: str, owner: str, *, timeout_s: float) -> AsyncIterator[Export]:
    """Give what there is of an owner at one moment; raises `PostgresUnreachable`. Workers may go on meanwhile."""
    connection = await connect(Address(url=url, app="lotstream-export", call_s=timeout_s, idle_s=None))
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield Export(connection, owner)
    finally:
        await connection.close()


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: msgspec.json.decode(value) if name in IN_JSON and isinstance(value, str) else value
        for name, value in row.items()
    }
