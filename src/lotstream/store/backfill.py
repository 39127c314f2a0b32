"""Adding histories of what was decided by code that kept none, from the journal; safe beside workers, and twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from lotstream.domain.events import Event
from lotstream.domain.model import RowKey
from lotstream.store.added import COLUMNS, lot_history_row
from lotstream.store.codec import decode_event
from lotstream.store.connection import Address
from lotstream.store.rows import LotHistoryRow
from lotstream.store.session import Session
from lotstream.store.sql import queries

SQL = queries("backfill")

FIRST_VERSION: Final = "0.1.0"
"""The version that kept no histories."""

RECORDS_MAX: Final = 500
"""Records that are looked at in one transaction."""


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A partition of a log in which histories are missing from a record on."""

    log: int
    partition: int
    next_offset: int


class Told(NamedTuple):
    """An event of an owner, and the record it follows from."""

    offset: int
    recorded_at: datetime
    owner: str
    event: Event


class PlacedLine(NamedTuple):
    """Where the goods of a shipment line left from; which line of its record it is."""

    offset: int
    nth: int
    row: RowKey


class Backfill(Session):
    """What is missing of histories, and adding it; opened and closed as an async context manager."""

    def __init__(self, url: str, *, timeout_s: float = 15.0) -> None:
        super().__init__(Address(url=url, app="lotstream-backfill", call_s=timeout_s))

    async def unfilled(self) -> list[Unfilled]:
        """Return the partitions in which histories are missing."""
        return [Unfilled(*row) for row in await self._database.fetch(SQL["unfilled"], FIRST_VERSION)]

    async def next_records(self, place: Unfilled) -> tuple[int, list[Told]] | None:
        """Return the last of the next records, and what was decided without histories up to it; None at the end.

        Records that have histories are left out.
        """
        key = place.log, place.partition
        last = await self._database.value(SQL["records"], *key, place.next_offset, RECORDS_MAX)
        if last is None:
            return None
        kept = {row["offset"] for row in await self._database.fetch(SQL["kept"], *key, place.next_offset, last)}
        rows = await self._database.fetch(SQL["events"], *key, place.next_offset, last, FIRST_VERSION)
        told = [Told(row["offset"], row["recorded_at"], row["owner"], decode_event(row["type"], row["body"]))
                for row in rows if row["offset"] not in kept]  # fmt: skip
        return last, told

    async def add(
        self, place: Unfilled, became: Sequence[LotHistoryRow], lines: Iterable[PlacedLine], *, last: int
    ) -> Unfilled:
        """Add histories and places, and note that a partition was looked at up to a record; returns what is left."""
        key = place.log, place.partition
        placed = [(line.offset, line.nth, line.row.site, line.row.location, line.row.status) for line in lines]
        async with self._database.transaction() as connection:
            rows = [lot_history_row(place.log, row) for row in became]
            await connection.copy_records_to_table("lot_history", records=rows, columns=COLUMNS["lot_history"])
            if placed:
                await connection.execute(
                    SQL["place_lines"], *key, *(list(column) for column in zip(*placed, strict=True))
                )
            await connection.execute(SQL["filled"], *key, last + 1)
        return Unfilled(*key, last + 1)
