"""Claims: who may write for a partition, and from where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from lotstream.errors import NotMigrated
from lotstream.store.claim import Claim, Log
from lotstream.store.codec import decode_days, decode_numbers
from lotstream.store.connection import Database
from lotstream.store.journal import GENESIS
from lotstream.store.sql import queries

if TYPE_CHECKING:
    from asyncpg import Record

SQL = queries("claims")

SEAL_BYTES: Final = 32
"""Bytes of the key that the hub seals its own messages with."""


class Claims:
    """The claim rows, and the log they count in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self) -> datetime:
        """Return the database's clock, aware."""
        now: datetime = await self._database.value(SQL["now"])
        return now

    async def begin_log(self, partitions: int) -> Log:
        """Write down the inbound log when there is none yet, and return the one there is."""
        await self._database.value(SQL["begin_log"], partitions)
        await self.seal()
        return await self.log()

    async def seal(self) -> bytes:
        """Return the key that the hub seals its own messages with, the same for every worker and every log.

        It is made once, by whoever asks first, and kept with the settings that were agreed on: a backup has it too.
        """
        kept: str | None = await self._database.value(SQL["seal"])
        if kept is None:
            await self._database.value(SQL["make_seal"], token_hex(SEAL_BYTES))
            kept = await self._database.value(SQL["seal"])
        return bytes.fromhex(kept or "")

    async def log(self) -> Log:
        """Return the inbound log's number and partition count; raises `NotMigrated` when there is none."""
        row = await self._database.row(SQL["log"])
        if row is None:
            raise NotMigrated("The database does not know the inbound log yet.")
        return Log(number=row["log"], partitions=row["partitions"])

    async def read(self, partitions: Iterable[int]) -> dict[int, Claim]:
        """Return the claim rows of partitions, making those that are missing."""
        wanted = sorted(set(partitions))
        rows = await self._database.fetch(SQL["read"], wanted)
        if len(rows) < len(wanted):
            await self._database.value(SQL["make"], wanted, GENESIS)
            rows = await self._database.fetch(SQL["read"], wanted)
        claims = {row["partition"]: as_claim(row) for row in rows}
        if len(claims) < len(wanted):
            raise NotMigrated("The database does not know the inbound log yet.")
        return claims

    async def take(self, read: Claim, *, holder: str) -> Claim | None:
        """Raise the epoch of a claim as it was read and become its holder; None when somebody else was faster."""
        row = await self._database.row(SQL["take"], read.partition, read.epoch, read.log, holder)
        return as_claim(row) if row else None

    async def release(self, claim: Claim, *, relay_position: int) -> bool:
        """Give a claim back under the same epoch; False when it is no longer ours."""
        return await self._database.row(SQL["release"], *_ours(claim), relay_position) is not None

    async def note_relay_position(self, claim: Claim, position: int) -> None:
        """Copy a relay position; a claim that is no longer ours is left alone, and no position is lowered."""
        await self._database.value(SQL["note_relay_position"], *_ours(claim), position)


def _ours(claim: Claim) -> tuple[int, int, int, str | None]:
    return claim.partition, claim.log, claim.epoch, claim.holder


def as_claim(row: Record) -> Claim:
    """Return a claim row as a record."""
    return Claim(**{**row, "today": decode_days(row["today"]), "turned": decode_numbers(row["turned"])})
