"""What was written can be asked for as it was written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest_asyncio

from lotstream.store.postgres import PostgresStore
from lotstream.store.records import Records
from lotstream.store.rows import DeadLetterRow, Outcome, ShipmentLineRow
from tests.store.build import OWNER, T0, after, batch, claim, intake, write

LINE = ShipmentLineRow(
    owner=OWNER, shipment="S-1", partition=0, offset=0, index=0, source="edi", order="PO-1", line="1", sku="CER-001",
    lot="L24A", expires=date(2027, 6, 1), quantity=12, customer="C-7", person="p-1", city="Columbus", postcode="43085",
    country="US", shipped_at=T0, site="TOR", location="DOOR-3", cost=Decimal("1.25"), status="good",
)  # fmt: skip


@pytest_asyncio.fixture
async def records(database_url: str) -> AsyncIterator[Records]:
    """Records on an empty database."""
    async with Records(database_url) as opened:
        yield opened


async def test_lot_is_found_where_it_went(store: PostgresStore, records: Records) -> None:
    """Every line a lot left for is found, oldest first, and nothing of other lots, SKUs and owners."""
    older = msgspec.structs.replace(LINE, index=1, order="PO-0", shipped_at=T0 - timedelta(days=1))
    loose = msgspec.structs.replace(LINE, index=2, lot=None, expires=None, customer=None)
    others = [{"lot": "L24B"}, {"sku": "CER-002"}, {"owner": "other"}]
    written = batch(await claim(store))
    written.shipment_lines = [LINE, older, loose] + [
        msgspec.structs.replace(LINE, index=index, **other) for index, other in enumerate(others, 3)
    ]
    await store.commit(written)
    assert await records.shipped(OWNER, sku="CER-001", lot="L24A", rows_max=9) == [older, LINE]
    assert await records.shipped(OWNER, sku="CER-001", lot="L24A", rows_max=1) == [older]
    assert await records.shipped(OWNER, sku="CER-001", lot=None, rows_max=9) == [loose]


async def test_message_is_found_by_its_id(store: PostgresStore, records: Records) -> None:
    """What became of a message is found by source and id; a copy of it does not hide it."""
    refused = msgspec.structs.replace(
        intake(0, "m-0", outcome=Outcome.REFUSED), code="too_large", field="lines.2", message="Split it."
    )
    written = batch(await claim(store), records=2)
    written.intake = [refused, intake(1, "m-0", outcome=Outcome.DUPLICATE)]
    await store.commit(written)
    assert await records.intake(("shopify:acme", "m-0")) == refused
    assert await records.intake(("edi", "m-0")) is None


async def test_dead_letters_are_counted_and_listed(store: PostgresStore, records: Records) -> None:
    """Records that could not be understood are listed newest first, byte for byte, and counted by reason."""
    first = DeadLetterRow(0, 0, b"\xff", b"\x00{", (("ce_type", b"x"),), "not_json", None, "No JSON.", T0)
    second = msgspec.structs.replace(
        first, offset=1, code="schema", field="lines", recorded_at=T0 + timedelta(seconds=1)
    )
    third = msgspec.structs.replace(second, offset=2, value=None, headers=())
    written = batch(await claim(store), records=3)
    written.dead_letters = [first, second, third]
    await store.commit(written)
    assert await records.dead_letters(rows_max=9) == [third, second, first]
    assert await records.dead_letters(rows_max=1) == [third]
    assert await records.dead_letters_by_code() == {"not_json": 1, "schema": 2}


async def test_claims_are_listed(store: PostgresStore, records: Records) -> None:
    """All claims are listed as they are, by partition."""
    second = await claim(store, 1)
    first = after(batch(await claim(store, 0), records=4))
    await write(store, batch(replace(first, next_offset=0), records=4))
    assert [(c.partition, c.next_offset, c.holder) for c in await records.claims()] == [
        (0, 4, first.holder),
        (1, 0, second.holder),
    ]
