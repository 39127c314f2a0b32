"""What is read for people: quantities of then, in the units of today."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from lotstream.domain.model import Item
from lotstream.domain.recounting import now
from lotstream.store.codec import decode
from lotstream.store.connection import Database
from lotstream.store.sql import queries

SQL = queries("recounted")
T = TypeVar("T")


async def counted_now(database: Database, owner: str, things: Iterable[T]) -> list[T]:
    """Return an owner's orders or documents as they are written, in the units of today."""
    items = {row["sku"]: decode(row["body"], Item) for row in await database.fetch(SQL["rebased"], owner)}
    return [now(items, thing) for thing in things] if items else [*things]
