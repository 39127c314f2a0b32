"""How far lots have come: read when they are recalled, and again whenever somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from lotstream.domain.model import (
    Departure,
    Departures,
    LookedBack,
    LotGot,
    LotName,
    OrderKey,
    Reached,
    Recipient,
    SoldLot,
)
from lotstream.store.connection import Database
from lotstream.store.sql import queries

if TYPE_CHECKING:
    from asyncpg import Record

SQL = queries("recalls")

RECIPIENTS_MAX: Final = 20_000
"""Consignees that one look finds at most: a decision writes a letter to each, and its transaction has them all."""

ORDERS_NAMED_MAX: Final = 20
"""Orders that a letter names."""


class Recalls:
    """What the database says of lots that have left."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def look_back(self, owner: str, lots: Sequence[LotName], *, after: str, persons: bool) -> LookedBack:
        """Return how far lots have come, and who got any of them, sorted by id, those after one id; their data too."""
        if not lots:
            return LookedBack(Reached(), (), more=False, persons={})
        keys = (*zip(*lots, strict=True),)
        reached = await self._database.fetch(SQL["reached"], owner, *keys)
        found, more, of_all = await self.recipients(owner, lots, after=after)
        sold = await self._database.fetch(SQL["sold"], owner, *keys)
        bodies = await self.persons(owner, found) if persons else {}
        given = tuple(SoldLot(*row) for row in sold)
        return LookedBack(_reached(reached, of_all, _sold(given)), found, more=more, persons=bodies, sold=given)

    async def recipients(
        self, owner: str, lots: Sequence[LotName], *, after: str
    ) -> tuple[tuple[Recipient, ...], bool, int]:
        """Return who got any of some lots, those after one id, whether there are more, and how many there are."""
        keys = (*zip(*lots, strict=True),)
        rows = await self._database.fetch(SQL["recipients"], owner, *keys, after, RECIPIENTS_MAX + 1, ORDERS_NAMED_MAX)
        found = tuple(_recipient(row) for row in rows[:RECIPIENTS_MAX])
        return found, len(rows) > RECIPIENTS_MAX, rows[0]["recipients"] if rows else 0

    async def persons(self, owner: str, recipients: Sequence[Recipient]) -> dict[str, bytes]:
        """Return the personal data of recipients by key, as JSON; none of those who were erased."""
        known = sorted({one.person for one in recipients if one.person is not None})
        bodies = await self._database.fetch(SQL["persons"], owner, known) if known else []
        return {row["person"]: row["body"].encode() for row in bodies}

    async def departures(
        self, owner: str, lots: Sequence[LotName], *, behind: Departure | None = None, rows_max: int
    ) -> Departures:
        """Return with which shipments lots left for which orders, the last one first, those behind one of them."""
        if not lots:
            return Departures((), 0)
        keys = (*zip(*lots, strict=True),)
        after = (None,) * 6 if behind is None else (behind.at, behind.shipment, *behind.order, behind.sku, behind.lot)
        rows = await self._database.fetch(SQL["departures"], owner, *keys, *after, rows_max)
        return Departures(tuple(map(_departure, rows)), rows[0]["total"] if rows else 0)


def _departure(row: Record) -> Departure:
    at, shipment, source, order, sku, lot, quantity, *facts = row
    return Departure(at, shipment, OrderKey(source, order), sku, lot, quantity, *facts[:-1])


def _sold(given: Sequence[SoldLot]) -> dict[str, dict[str, int]]:
    sold: dict[str, dict[str, int]] = {}
    for one in given:
        mine = sold.setdefault(one.owner, {})
        mine[one.sku] = mine.get(one.sku, 0) + one.quantity
    return sold


def _reached(rows: Sequence[Record], recipients: int, sold: dict[str, dict[str, int]]) -> Reached:
    if not rows:
        return Reached(recipients=recipients, sold=sold)
    _, _, _, orders, orders_of_all, customers, customers_of_all = rows[0]
    return Reached(
        {row["sku"]: row["units"] for row in rows if row["units"]}, {row["sku"]: row["units_of_all"] for row in rows},
        orders, orders_of_all, customers, customers_of_all, recipients, sold,
    )  # fmt: skip


def _recipient(row: Record) -> Recipient:
    orders = tuple(OrderKey(*key) for key in zip(row["sources"], row["orders"], strict=True))
    lots = zip(row["skus"], row["lots"], row["quantities"], row["returned"], strict=True)
    return Recipient(
        row["id"], row["customer"], row["person"], row["city"], row["region"], row["postcode"], row["country"], orders,
        row["orders_count"], tuple(LotGot(*lot) for lot in lots),
    )  # fmt: skip
