"""What was counted of owners, as the sums that rates are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from lotstream.domain.kpis import Figures
from lotstream.domain.model import Item
from lotstream.store.codec import decode
from lotstream.store.connection import Address, Database
from lotstream.store.session import Session
from lotstream.store.sql import queries

SQL = queries("kpi")


@dataclass(frozen=True, slots=True)
class Period:
    """Days of sites, both ends among them; None: without an end."""

    first: date | None = None
    last: date | None = None

    def has(self, day: date) -> bool:
        """Tell whether a day is in it."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


class Otherwise(NamedTuple):
    """An item that was counted in another unit until some moment; sums over that moment count both alike."""

    owner: str
    sku: str
    unit: str
    #: Its base unit today.
    now: str
    until: datetime


ALWAYS = Period()

RECALLS_MAX: Final = 10_000
"""Recalls and drills that are read, the last ones."""


@dataclass(frozen=True, slots=True)
class RecallTime:
    """How long a recall or a drill took, until all goods were held and everybody who got any was listed."""

    #: Log, partition, offset and index of what asked for it.
    place: tuple[int, int, int, int]
    owner: str
    recall: str
    drill: bool
    asked_at: datetime
    seconds: float


class Kpis:
    """Sums by owner and by day."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def owners(
        self, *, owners_max: int, owner: str | None = None, period: Period = ALWAYS
    ) -> dict[str, Figures]:  # fmt: skip
        """Return what was counted of owners, or of one, in a period: the first so many by name.

        Raises `PostgresUnreachable`.
        """
        rows = await self._database.fetch(SQL["owners"], owner, period.first, period.last, owners_max)
        return {row["owner"]: Figures(*tuple(row)[1:]) for row in rows}

    async def recalls(self, *, owner: str | None = None, period: Period = ALWAYS) -> list[RecallTime]:
        """Return how long recalls and drills took, asked for in a period (UTC), the last first.

        Raises `PostgresUnreachable`.
        """
        rows = await self._database.fetch(SQL["recalls"], owner, period.first, period.last, RECALLS_MAX)
        return [RecallTime(tuple(row)[:4], *tuple(row)[4:]) for row in rows]

    async def counted_otherwise(self, *, owner: str | None = None, period: Period = ALWAYS) -> list[Otherwise]:
        """Return the items that were counted in another unit until some moment of a period, sorted.

        Figures are kept in base units as they were counted; raises `PostgresUnreachable`.
        """
        rows = await self._database.fetch(SQL["rebased"], owner)
        items = [(row["owner"], decode(row["body"], Item)) for row in rows]
        return [
            Otherwise(who, item.sku, one.unit, item.base_unit, one.at)
            for who, item in items
            for one in item.rebased
            if one.at is not None and period.has(one.at.date())
        ]

    async def days(self, owner: str, period: Period) -> dict[date, Figures]:
        """Return what was counted of an owner, day by day; raises `PostgresUnreachable`."""
        rows = await self._database.fetch(SQL["days"], owner, period.first, period.last)
        return {row["day"]: Figures(*tuple(row)[1:]) for row in rows}


class KpiReads(Session):
    """The same for people who ask; opened and closed as an async context manager."""

    def __init__(self, url: str, *, timeout_s: float = 15.0) -> None:
        super().__init__(Address(url=url, app="lotstream-reads", call_s=timeout_s))
        self.kpis = Kpis(self._database)
