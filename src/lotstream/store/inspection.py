"""What can be said of a database server before the hub's tables are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lotstream.store.connection import Address, connect, translated
from lotstream.store.sql import queries

SQL = queries("inspection")

VERSION_LEAST: Final = 150_000
"""PostgreSQL 15: the first whose unique constraints can treat nulls as equal, which stock rows need."""


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server as it describes itself."""

    #: As a number that compares: 180001 is 18.1.
    version: int
    version_text: str
    #: Its clock when it was asked, aware.
    clock: datetime
    #: Encoding of the database.
    encoding: str
    #: A commit is on disk before it is acknowledged.
    durable: bool


async def inspect_server(url: str, *, timeout_s: float) -> Server:
    """Ask a server what it is; raises `PostgresUnreachable` or `SettingInvalid`."""
    connection = await connect(Address(url=url, app="lotstream-doctor", call_s=timeout_s, connect_s=timeout_s))
    try:
        with translated():
            return Server(**dict(await connection.fetchrow(SQL["server"]) or {}))
    finally:
        await connection.close()
