"""What people ask the database about goods that do not keep, and about how fast goods go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lotstream.domain.model import Hold, Item
from lotstream.store.codec import decode
from lotstream.store.session import Questions
from lotstream.store.sql import queries

SQL = queries("goods")


@dataclass(frozen=True, slots=True)
class ExpiringLot:
    """A lot that expires, and what lies of it at one site in the item's smallest units."""

    sku: str
    lot: str
    expires: date
    made: date | None
    holds: tuple[Hold, ...]
    site: str
    #: None when the item was never defined.
    item: Item | None
    on_hand: int
    reserved: int


class ExpiryReads(Questions):
    """Questions about what will not keep, each one query; opened and closed as an async context manager."""

    async def expiring(
        self, owner: str, *, until: date, sku: str | None = None, site: str | None = None, rows_max: int
    ) -> list[ExpiringLot]:
        """Return lots with stock that expire by a day, by site, those that expire first, at most ``rows_max``."""
        rows = await self._database.fetch(SQL["expiring"], owner, until, sku, site, rows_max)
        return [
            ExpiringLot(
                **{
                    **row,
                    "holds": decode(row["holds"], tuple[Hold, ...]),
                    "item": None if row["item"] is None else decode(row["item"], Item),
                }
            )
            for row in rows
        ]

    async def used(self, owner: str, *, since: datetime) -> dict[str, int]:
        """Return what has left of each SKU since a time, in smallest units."""
        return {row["sku"]: row["quantity"] for row in await self._database.fetch(SQL["used"], owner, since)}
