"""The inbound log's number: one process at a time may change it, and only while nobody works under it.

Workers share a session lock for as long as they live; a command that begins another log, or puts a restored database
right, holds it alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from asyncpg.exceptions import LockNotAvailableError

from lotstream.errors import LogChanged, LogInUse, LotstreamError
from lotstream.store.claim import Log
from lotstream.store.connection import Address, connect, translated
from lotstream.store.journal import GENESIS
from lotstream.store.session import Session
from lotstream.store.sql import queries

if TYPE_CHECKING:
    from asyncpg import Record

SQL = queries("logs")

FREE_WITHIN_S: Final = 5.0
"""How long the lock of a process that has just ended may take to be given back."""


class Why(StrEnum):
    """What began a log."""

    RESIZED = "resized"
    ADOPTED = "adopted"


@dataclass(frozen=True, slots=True)
class Start:
    """Where one partition of a new log is read from."""

    partition: int
    next_offset: int = 0
    #: Of the record before ``next_offset``, where the topic has one.
    append_time: datetime | None = None
    message_id: str | None = None


@asynccontextmanager
async def hold_log(url: str, *, app: str, timeout_s: float) -> AsyncIterator[None]:
    """Be the only one who may change the log for the time of the block.

    Raises `LogInUse`, naming them, while workers or connectors run.
    """
    wait_s = min(FREE_WITHIN_S, timeout_s)
    connection = await connect(Address(url=url, app=app, call_s=timeout_s + wait_s, lock_s=wait_s))
    try:
        try:
            with translated():
                await connection.execute(SQL["lock"])
        except LotstreamError as error:
            if isinstance(error.__cause__, LockNotAvailableError):
                with translated():
                    raise _in_use(await connection.fetch(SQL["sharers"])) from error
            raise
        with translated():
            if connectors := await connection.fetch(SQL["sharers"]):
                raise _in_use(connectors)
        yield
    finally:
        await connection.close()


class Logs(Session):
    """The log's number, its partitions and where they begin; opened and closed as an async context manager."""

    def __init__(self, url: str, *, app: str, timeout_s: float) -> None:
        super().__init__(Address(url=url, app=app, call_s=timeout_s))

    async def begin(
        self, log: Log, starts: Iterable[Start], *, after: Log, epochs: Mapping[int, int], why: Why
    ) -> None:
        """Let every partition go on under another log number, in one transaction.

        Raises `LogChanged` when the log is no longer ``after``, or a claim was taken since its epoch was read: somebody
        else was faster, or works without the lock.
        """
        rows = sorted(starts, key=lambda start: start.partition)
        partitions, offsets = [row.partition for row in rows], [row.next_offset for row in rows]
        times, ids = [row.append_time for row in rows], [row.message_id for row in rows]
        async with self._database.transaction() as connection:
            found = await connection.fetchrow(SQL["log"])
            if found is None or Log(*found) != after:
                raise LogChanged(f"The log is no longer number {after.number} with {after.partitions} partitions.")
            held = {row["partition"]: row["epoch"] for row in await connection.fetch(SQL["epochs"], after.number)}
            if taken := sorted(p for p, epoch in epochs.items() if held.get(p) != epoch):
                raise LogChanged(f"Partitions {taken} were taken over by a worker meanwhile.")
            await connection.execute(SQL["begin"], log.number, log.partitions)
            await connection.execute(SQL["starts"], log.number, partitions, offsets, why)
            await connection.execute(SQL["claims"], log.number, partitions, offsets, times, ids, GENESIS)

    async def first_offsets(self, log: int) -> dict[int, int]:
        """Return where the partitions of a log begin; one that is not named begins at 0."""
        return {row["partition"]: row["first_offset"] for row in await self._database.fetch(SQL["first_offsets"], log)}

    async def broadcasts_seen(self) -> dict[int, int]:
        """Return the last broadcast that each partition has seen, of all partitions that were ever read."""
        return {row["partition"]: row["broadcast_seen"] for row in await self._database.fetch(SQL["seen"])}

    async def note_published(self, log: int, positions: Mapping[int, int]) -> None:
        """Note that everything below a position is published, per partition; no position is lowered."""
        await self._database.execute(SQL["published"], log, list(positions), list(positions.values()))

    async def unpublished(self, log: int, positions: Mapping[int, int]) -> tuple[int, datetime | None]:
        """Return how many messages lie at or above their partition's position, and when the oldest was recorded."""
        row = await self._database.row(SQL["oldest"], log, list(positions), list(positions.values()))
        return (row["messages"], row["recorded_at"]) if row else (0, None)

    async def put_broadcast_back(self, number: int, *, type: str, body: bytes) -> bool:
        """Number a command again that the database has lost; False when the number is there.

        Its business key is not known any more: the same command given once more gets a number of its own and changes
        nothing.
        """
        status = await self._database.execute(SQL["broadcast_missing"], number, type, f"restored/{number}", body)
        return status.endswith(" 1")


def _in_use(rows: Iterable[Record]) -> LogInUse:
    who = ", ".join(f"{row['name']} on {row['host']}" for row in rows)
    return LogInUse(f"Somebody still works with the inbound log: {who or 'a worker'}.")
