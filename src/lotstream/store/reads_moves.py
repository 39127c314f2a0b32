"""What people ask the database about goods between sites, between owners, and about counts that wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from lotstream.domain.model import (
    COUNT_PENDING,
    TRANSFER,
    CountPending,
    Document,
    Item,
    Receipt,
    Title,
    Transfer,
    document_class,
)
from lotstream.store.codec import decode
from lotstream.store.recounted import counted_now
from lotstream.store.session import Questions
from lotstream.store.sql import queries

SQL = queries("moves")


@dataclass(frozen=True, slots=True)
class BinToCount:
    """What of a lot lies in a bin, and why it should be counted; quantities in smallest units."""

    sku: str
    lot: str | None
    site: str
    location: str
    on_hand: int
    expires: date | None
    #: In the owner's currency; None when nobody has said what the lot cost.
    value: Decimal | None
    #: None: never.
    counted_at: datetime | None
    #: Since it was counted last.
    movements: int
    differences: int
    risk: Decimal


class MoveReads(Questions):
    """Questions about documents, each one query; opened and closed as an async context manager."""

    async def owners(self, kind: str, number: str | None, *, owner: str | None) -> list[str]:
        """Return the owners that have a document of a kind, of a number where one is given, sorted."""
        return [row["owner"] for row in await self._database.fetch(SQL["document_owners"], kind, number, owner)]

    async def transfers(self, owner: str, *, open_only: bool, after: str = "", rows_max: int) -> list[Transfer]:
        """Return an owner's transfers after a number, in the order of their numbers."""
        found = await self._documents(owner, TRANSFER, open_only=open_only, after=after, rows_max=rows_max)
        return cast(list[Transfer], found)

    async def transfer(self, owner: str, number: str) -> Transfer | None:
        """Return a transfer; None when nothing is known of it."""
        return cast("Transfer | None", await self._document(owner, TRANSFER, number))

    async def titles(self, owner: str, *, after: str = "", rows_max: int) -> list[tuple[Title, frozenset[str]]]:
        """Return what an owner gave to others after a number, each with the lines that the other ledger has."""
        rows = await self._database.fetch(SQL["titles"], owner, after, rows_max)
        titles = await counted_now(self._database, owner, [decode(row["body"], Title) for row in rows])
        return [(title, _lines(row["accepted"])) for title, row in zip(titles, rows, strict=True)]

    async def count_plan(self, owner: str, *, site: str | None, today: date, rows_max: int) -> list[BinToCount]:
        """Return the bins of an owner that should be counted, the riskiest first."""
        rows = await self._database.fetch(SQL["count_plan"], owner, site, today, rows_max)
        return [BinToCount(**row) for row in rows]

    async def counts_waiting(self, owner: str, *, after: str = "", rows_max: int) -> list[CountPending]:
        """Return an owner's counts after a number that wait for a second counter, in the order of their numbers."""
        found = await self._documents(owner, COUNT_PENDING, open_only=True, after=after, rows_max=rows_max)
        return cast(list[CountPending], found)

    async def items(self, owner: str, skus: Iterable[str]) -> dict[str, Item]:
        """Return items by SKU, those that were never defined left out."""
        rows = await self._database.fetch(SQL["items"], owner, sorted(skus))
        return {row["sku"]: decode(row["body"], Item) for row in rows}

    async def _documents(self, owner: str, kind: str, *, open_only: bool, after: str, rows_max: int) -> list[Document]:
        rows = await self._database.fetch(SQL["documents"], owner, kind, after, open_only, rows_max)
        return await counted_now(self._database, owner, [decode(row["body"], document_class(kind)) for row in rows])

    async def _document(self, owner: str, kind: str, number: str) -> Document | None:
        rows = await self._database.fetch(SQL["document"], owner, kind, number)
        found = await counted_now(self._database, owner, [decode(row["body"], document_class(kind)) for row in rows])
        return found[0] if found else None


def _lines(accepted: str | None) -> frozenset[str]:
    return frozenset() if accepted is None else frozenset(decode(accepted, Receipt).lines)
