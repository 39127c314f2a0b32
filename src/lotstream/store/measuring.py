"""What PostgreSQL has written by its own count: rows by table, bytes of write-ahead log, size on disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from lotstream.store.connection import Address, connect, translated
from lotstream.store.sql import queries

SQL = queries("measuring")


@dataclass(frozen=True, slots=True)
class Written:
    """Counters of a server, or what lies between two readings of them."""

    #: Rows inserted, updated and deleted, by table; tables without any are left out.
    rows: dict[str, int]
    wal_bytes: int
    disk_bytes: int

    def since(self, before: Self) -> Written:
        """Return what was written since an earlier reading."""
        rows = {name: count - before.rows.get(name, 0) for name, count in self.rows.items()}
        return Written(
            {name: count for name, count in rows.items() if count},
            self.wal_bytes - before.wal_bytes,
            self.disk_bytes - before.disk_bytes,
        )


async def read_written(url: str) -> Written:
    """Return a server's counters; a session's rows are in them when it has ended.

    Raises `PostgresUnreachable` or `SettingInvalid`.
    """
    connection = await connect(Address(url=url, app="lotstream-bench"))
    try:
        with translated():
            tables = await connection.fetch(SQL["tables"])
            wal, disk = await connection.fetchval(SQL["wal"]), await connection.fetchval(SQL["size"])
    finally:
        await connection.close()
    rows = {row["name"]: row["inserted"] + row["updated"] + row["deleted"] for row in tables}
    return Written(rows, wal, disk)
