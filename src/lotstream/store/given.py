"""What of some lots was given to other owners: it has not left the house, and their ledgers have it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lotstream.domain.model import LotName, Title
from lotstream.store.codec import decode
from lotstream.store.connection import Database
from lotstream.store.sql import queries

if TYPE_CHECKING:
    from asyncpg import Record

SQL: Final = queries("given")


@dataclass(frozen=True, slots=True)
class Given:
    """Smallest units of a lot that a sale gave to another owner."""

    sku: str
    lot: str
    #: The sale's number, the same in both ledgers.
    title: str
    quantity: int
    to_owner: str
    #: What the other owner calls the item.
    to_sku: str


async def given_to_others(database: Database, owner: str, lots: Sequence[LotName]) -> list[Given]:
    """Return what of some lots was given to other owners, by lot and sale."""
    rows = await database.fetch(SQL["given"], owner, *zip(*lots, strict=True)) if lots else []
    return [_given(row) for row in rows]


def _given(row: Record) -> Given:
    title = decode(row["body"], Title)
    called = {line.row.sku: line.sku for line in title.lines}
    sku = row["sku"]
    return Given(sku, row["lot"], row["title"], row["quantity"], title.to_owner, called.get(sku, sku))
