"""One moment of the whole database, read piece by piece while the hub goes on writing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from lotstream.errors import NotMigrated
from lotstream.store.claim import Log
from lotstream.store.claims import SQL as CLAIMS_SQL
from lotstream.store.codec import decode_days, decode_numbers
from lotstream.store.connection import Address, connect, translated
from lotstream.store.sql import queries

if TYPE_CHECKING:
    from asyncpg import Record
    from asyncpg.cursor import Cursor

    from lotstream.store.connection import Connection

    Row: TypeAlias = Record
    """A row as the driver gives it: its columns by name or number."""

SQL = queries("verify")

PIECE_ROWS: Final = 2_000
"""Rows that are read at once."""

RECORD_TABLES: Final = ("intake", "journal", "outbox", "dead_letter", "shipment_line", "lot_history", "recall_run")
"""Tables whose rows belong to one record of the inbound topic."""

OWNER_TABLES: Final = (
    *("owner", "item", "customer", "lot", "stock", "sales_order", "receipt", "serial", "early_cancel"),
    *("person", "continuing", "owner_clock", "availability", "last_shipped", "kpi", "stock_weight"),
)
"""Tables whose rows belong to one owner."""


@dataclass(frozen=True, slots=True)
class ClaimSeen:
    """What a claim says of its partition's records; as in `lotstream.store.rows.Claim`."""

    partition: int
    log: int
    next_offset: int
    today: dict[str, date]
    chain: bytes
    broadcast_seen: int
    append_time: datetime | None
    last_append_time: datetime | None
    last_message_id: str | None
    relay_position: int
    turned: dict[str, int]
    broadcast_answered: int


class Rows:
    """Rows of one query, a piece at a time."""

    def __init__(self, cursor: Cursor[Record]) -> None:
        self._cursor = cursor

    async def piece(self) -> list[Record]:
        """Return the next rows, none when all were read; raises `PostgresUnreachable`."""
        with translated():
            return await self._cursor.fetch(PIECE_ROWS)

    async def __aiter__(self) -> AsyncIterator[Record]:
        """Yield every row."""
        while piece := await self.piece():
            for row in piece:
                yield row


class Snapshot:
    """All tables as they are at one moment, whatever is committed meanwhile."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def now(self) -> datetime:
        """Return the moment, aware."""
        now: datetime = (await self._fetch(SQL["now"]))[0][0]
        return now

    async def log(self) -> Log:
        """Return the inbound log; raises `NotMigrated` when there is none."""
        rows = await self._fetch(CLAIMS_SQL["log"])
        if not rows:
            raise NotMigrated("The database does not know the inbound log yet.")
        return Log(number=rows[0]["log"], partitions=rows[0]["partitions"])

    async def claims(self) -> dict[int, ClaimSeen]:
        """Return all claims by partition."""
        rows = await self._fetch(SQL["claims"])
        return {row["partition"]: _claim(row) for row in rows}

    async def starts(self) -> dict[tuple[int, int], int]:
        """Return the first offset by (log, partition), where it is not 0 or where the log is not the first."""
        return {(row["log"], row["partition"]): row["first_offset"] for row in await self._fetch(SQL["starts"])}

    async def intake_kept(self) -> dict[tuple[int, int], int]:
        """Return the first offset whose intake row is kept, by (log, partition), where older ones were pruned."""
        return {(row["log"], row["partition"]): row["first_offset"] for row in await self._fetch(SQL["intake_kept"])}

    async def broadcasts(self) -> dict[int, Record]:
        """Return number, type and body of all broadcasts, by number."""
        return {row["number"]: row for row in await self._fetch(SQL["broadcasts"])}

    async def places(self) -> set[tuple[int, int]]:
        """Return every (log, partition) of which any table has rows."""
        found: set[tuple[int, int]] = set()
        for table in RECORD_TABLES:
            found.update((row["log"], row["partition"]) for row in await self._of_table("places", table))
        return found

    async def told(self) -> set[int]:
        """Return every partition that knows of sites or locations."""
        return {row["partition"] for row in await self._fetch(SQL["told"])}

    async def owners(self) -> set[str]:
        """Return every owner of whom any table of state has rows."""
        found: set[str] = set()
        for table in OWNER_TABLES:
            found.update(row["owner"] for row in await self._of_table("owners", table))
        return found

    async def of_record(self, table: str, log: int, partition: int) -> Rows:
        """Return a partition's rows of one of `RECORD_TABLES`, the offset first, in the order of offset and index."""
        return await self._rows(table, log, partition)

    async def of_owner(self, table: str, owner: str) -> Rows:
        """Return an owner's rows of one of `OWNER_TABLES`, in the order of their key."""
        return await self._rows(table, owner)

    async def of_partition(self, table: str, partition: int) -> Rows:
        """Return a partition's rows of ``site`` or ``location``, in the order of their key."""
        return await self._rows(table, partition)

    async def _of_table(self, query: str, table: str) -> Iterable[Record]:
        return await self._fetch(SQL[query].format(table=table))

    async def _rows(self, query: str, *args: Any) -> Rows:  # noqa: ANN401 - whatever the query takes
        with translated():
            return Rows(await self._connection.cursor(SQL[query], *args))

    async def _fetch(self, query: str) -> list[Record]:
        with translated():
            return await self._connection.fetch(query)


@asynccontextmanager
async def snapshot(url: str, *, timeout_s: float) -> AsyncIterator[Snapshot]:
    """Give the database as it is now; raises `PostgresUnreachable`, `NotMigrated` or `SettingInvalid`.

    ``timeout_s`` is the longest that one piece of rows may take. Nothing is locked, and nothing can be written through
    it; but the server cannot clear away what changes meanwhile.
    """
    connection = await connect(
        Address(url=url, app="lotstream-verify", call_s=timeout_s, idle_s=None, by_key_only=True)
    )
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield Snapshot(connection)
    finally:
        await connection.close()


def _claim(row: Record) -> ClaimSeen:
    return ClaimSeen(**{**row, "today": decode_days(row["today"]), "turned": decode_numbers(row["turned"])})
