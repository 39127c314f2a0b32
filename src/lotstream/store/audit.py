"""What the hub's tables say, row by row and as they are: for whoever checks them against something else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from lotstream.domain.model import Order
from lotstream.store.codec import decode
from lotstream.store.connection import Address
from lotstream.store.recounted import counted_now
from lotstream.store.session import Session
from lotstream.store.sql import queries

SQL = queries("audit")

#: Rows of the long tables read at once.
ROWS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class ClaimSeen:
    """How far a partition is."""

    log: int
    next_offset: int
    epoch: int
    relay_position: int


@dataclass(frozen=True, slots=True)
class IntakeSeen:
    """What became of one record."""

    log: int
    partition: int
    offset: int
    outcome: str
    source: str | None
    message_id: str | None
    owner: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class StockSeen:
    """One stock row; quantities in smallest units."""

    owner: str
    sku: str
    lot: str | None
    site: str
    location: str
    status: str
    on_hand: int
    reserved: int


@dataclass(frozen=True, slots=True)
class ShippedSeen:
    """What left for one order line out of one lot under one shipment; smallest units."""

    owner: str
    shipment: str
    source: str
    order: str
    line: str
    sku: str
    lot: str | None
    quantity: int


class Audit(Session):
    """Reads the hub's tables; opened and closed as an async context manager."""

    def __init__(self, url: str, *, timeout_s: float = 60.0) -> None:
        super().__init__(Address(url=url, app="lotstream-audit", call_s=timeout_s))

    async def claims(self) -> dict[int, ClaimSeen]:
        """Return how far each partition is; partitions that nobody ever held are left out."""
        rows = await self._database.fetch(SQL["claims"])
        return {
            row["partition"]: ClaimSeen(row["log"], row["next_offset"], row["epoch"], row["relay_position"])
            for row in rows
        }

    async def intake(self) -> AsyncIterator[IntakeSeen]:
        """Yield what became of every record, in the order of the log."""
        last = IntakeSeen(0, 0, -1, "", None, None, None, None)
        while True:
            rows = await self._database.fetch(SQL["intake"], last.log, last.partition, last.offset, ROWS_AT_ONCE)
            for row in rows:
                last = IntakeSeen(**dict(row))
                yield last
            if len(rows) < ROWS_AT_ONCE:
                return

    async def outbox(self) -> AsyncIterator[tuple[str, str]]:
        """Yield topic and id of every outgoing message, in the order in which they were decided."""
        last: tuple[int, ...] = (0, 0, -1, -1)
        while True:
            rows = await self._database.fetch(SQL["outbox"], *last, ROWS_AT_ONCE)
            for row in rows:
                yield row["topic"], row["id"]
            if len(rows) < ROWS_AT_ONCE:
                return
            last = (rows[-1]["log"], rows[-1]["partition"], rows[-1]["offset"], rows[-1]["index"])

    async def messages_of(self, log: int, stretches: Mapping[int, tuple[int, int]]) -> list[tuple[str, str]]:
        """Return topic and id of the messages of a log's records; per partition, from an offset to below another."""
        rows = await self._database.fetch(
            SQL["messages_of"], log, list(stretches),
            [first for first, _ in stretches.values()], [end for _, end in stretches.values()],
        )  # fmt: skip
        return [(row["topic"], row["id"]) for row in rows]

    async def stock(self) -> list[StockSeen]:
        """Return the stock rows that are not empty."""
        return [StockSeen(**dict(row)) for row in await self._database.fetch(SQL["stock"])]

    async def orders(self) -> AsyncIterator[tuple[str, Order]]:
        """Yield owner and order, of all orders."""
        for owner in await self._database.fetch(SQL["owners"]):
            rows = await self._database.fetch(SQL["orders"], owner["owner"])
            orders = (decode(row["body"], Order) for row in rows)
            for order in await counted_now(self._database, owner["owner"], orders):
                yield owner["owner"], order

    async def shipped(self) -> list[ShippedSeen]:
        """Return what left, by shipment, order line and lot."""
        return [ShippedSeen(**dict(row)) for row in await self._database.fetch(SQL["shipped"])]

    async def over_promised(self) -> int:
        """Return how many stock rows have more promised than is there."""
        return int(await self._database.value(SQL["over_promised"]))
