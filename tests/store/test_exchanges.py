"""Kept deliveries: byte for byte, once, settled, found and removed again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest_asyncio

from lotstream.store.exchange_row import ExchangeRefusal
from lotstream.store.exchanges import Exchanges
from lotstream.store.postgres import PostgresStore
from tests.store.build import T0

BODY = bytes(range(256))
DELIVERY: dict[str, Any] = {
    "sender": "acme.example", "name": "orders/create", "key": "k-1", "received_at": T0,
    "headers": (("x-topic", "orders/create"), ("x-topic", "again")),
}  # fmt: skip


@pytest_asyncio.fixture
async def exchanges(database_url: str) -> AsyncIterator[Exchanges]:
    """Exchanges on a fresh database."""
    async with Exchanges(database_url) as opened:
        yield opened


async def test_delivery_is_kept_byte_for_byte(exchanges: Exchanges) -> None:
    """A delivery is kept with its bytes and headers as they came, pending, and read back by its number."""
    kept = await exchanges.keep("shopify", **DELIVERY, body=BODY)
    assert (kept.verdict, kept.repeats, kept.settled_at) == ("pending", 0, None)
    assert (kept.body, kept.headers, kept.received_at) == (BODY, DELIVERY["headers"], T0)
    assert await exchanges.get(kept.id) == kept
    assert await exchanges.get(kept.id + 1) is None


async def test_same_delivery_is_kept_once(exchanges: Exchanges) -> None:
    """The same key and bytes again are the exchange that is there, marked as repeated, with its settlement."""
    kept = await exchanges.keep("shopify", **DELIVERY, body=BODY)
    await exchanges.settle(kept.id, verdict="accepted", messages=1)
    again = await exchanges.keep("shopify", **DELIVERY, body=BODY)
    assert (again.id, again.repeats, again.verdict, again.messages) == (kept.id, 1, "accepted", 1)
    others = [
        await exchanges.keep("edi", **DELIVERY, body=BODY),
        await exchanges.keep("shopify", **DELIVERY, body=b"other"),
        await exchanges.keep("shopify", **{**DELIVERY, "key": "k-2"}, body=BODY),
    ]
    assert len({kept.id, *(other.id for other in others)}) == 4


async def test_settlement_is_kept(exchanges: Exchanges) -> None:
    """How an exchange ended is read back whole; settling again overwrites."""
    kept = await exchanges.keep("edi", **DELIVERY, body=BODY)
    refusals = (ExchangeRefusal("field_missing", "row 7, column sku", "No SKU.", "PO-9"),)
    await exchanges.settle(kept.id, verdict="refused", refusals=refusals, notes=("a tip", "a gift card"))
    settled = await exchanges.get(kept.id)
    assert settled is not None
    assert (settled.verdict, settled.refusals, settled.notes) == ("refused", refusals, ("a tip", "a gift card"))
    assert settled.settled_at is not None
    await exchanges.settle(kept.id, verdict="accepted", messages=3)
    replayed = await exchanges.get(kept.id)
    assert replayed is not None
    assert (replayed.verdict, replayed.refusals, replayed.notes, replayed.messages) == ("accepted", (), (), 3)


async def test_pending_and_recent(exchanges: Exchanges) -> None:
    """What is not settled comes oldest first, what came last newest first; each connector sees its own."""
    keep = partial(exchanges.keep, "edi", **DELIVERY)
    first, second, third = [await keep(body=body) for body in (b"1", b"2", b"3")]
    await exchanges.keep("shopify", **DELIVERY, body=BODY)
    await exchanges.settle(second.id, verdict="accepted")
    assert [row.id for row in await exchanges.pending("edi", limit=9, bytes_max=99)] == [first.id, third.id]
    assert [row.id for row in await exchanges.pending("edi", limit=1, bytes_max=99)] == [first.id]
    assert [row.id for row in await exchanges.recent("edi", limit=2)] == [third.id, second.id]
    assert [row.id for row in await exchanges.recent("edi", limit=9, verdict="accepted")] == [second.id]
    assert [row.id for row in await exchanges.recent("edi", limit=9, verdict="pending")] == [third.id, first.id]


async def test_pending_stops_at_so_many_bytes(exchanges: Exchanges) -> None:
    """The delivery that brings what is read to the limit of bytes is the last; one always comes."""
    keep = partial(exchanges.keep, "edi", **DELIVERY)
    ids = [(await keep(body=body * 10)).id for body in (b"1", b"2", b"3")]
    for bytes_max, count in ((1, 1), (10, 1), (11, 2), (99, 3)):
        rows = await exchanges.pending("edi", limit=9, bytes_max=bytes_max)
        assert [row.id for row in rows] == ids[:count]


async def test_prune_removes_what_is_settled_and_old(exchanges: Exchanges, store: PostgresStore) -> None:
    """Settled exchanges older than a time go; pending ones go by a time of their own."""
    settled, waiting = [await exchanges.keep("edi", **DELIVERY, body=body) for body in (b"1", b"2")]
    await exchanges.settle(settled.id, verdict="accepted")
    assert await store.prune_exchanges(before=T0) == 0
    assert await store.prune_exchanges(before=T0 + timedelta(seconds=1)) == 1
    assert [row.id for row in await exchanges.recent("edi", limit=9)] == [waiting.id]
    assert await store.prune_untaken(before=T0) == 0
    assert await store.prune_untaken(before=T0 + timedelta(seconds=1)) == 1
    assert await exchanges.recent("edi", limit=9) == []
