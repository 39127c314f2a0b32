"""The journal in the database: only ever added to, and its chain can be walked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import asyncpg
import msgspec
import pytest

from lotstream.domain.events import Event, HoldLifted, OrderChanged, OrderRecorded
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import OrderKey
from lotstream.store.codec import decode_event, encode_text
from lotstream.store.connection import SCHEMA
from lotstream.store.journal import GENESIS, Walk, journal_row, link, walk
from lotstream.store.postgres import PostgresStore
from lotstream.store.rows import JournalRow
from lotstream.store.state import state_rows
from tests.store.build import (
    OWNER,
    T0,
    TODAY,
    batch,
    claim,
    fresh_claim,
    journal_rows,
    order,
    record,
    with_order,
    write,
)


async def _sql(url: str, statement: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url, server_settings={"search_path": SCHEMA})
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "statement", ["UPDATE journal SET body = body", "DELETE FROM journal WHERE false", "TRUNCATE journal"]
)
async def test_journal_cannot_be_changed(store: PostgresStore, database_url: str, statement: str) -> None:
    """Updating, deleting or truncating the journal is refused, whoever asks and even for no row at all."""
    await record(store, await claim(store), order())
    with pytest.raises(asyncpg.RestrictViolationError, match="only ever added to"):
        await _sql(database_url, statement)
    assert [row["count"] for row in await _sql(database_url, "SELECT count(*) FROM journal")] == [1]


async def test_journal_keeps_the_bytes(store: PostgresStore, database_url: str) -> None:
    """A body comes out of the database byte for byte as it was hashed, and says the same event."""
    placed = replace(order(), held_message="Größe „L“ → 12 × 1\u2028kg", references={"note": "\x7f\\\"'\t"})
    mine = await claim(store)
    await write(store, batch(mine, ledger=with_order(placed), events=[OrderRecorded(placed)]))
    (row,) = await _sql(database_url, 'SELECT partition, "offset", index, type, body, hash, today FROM journal')
    assert row["hash"] == link(GENESIS, 0, 0, 0, row["type"], row["body"].encode())
    assert decode_event(row["type"], row["body"]) == OrderRecorded(placed)
    assert row["today"] == '{"TOR":"2026-09-01"}'


async def test_journal_row_is_found_by_its_order(store: PostgresStore, database_url: str) -> None:
    """Events about an order carry its source and number, by which its history is found."""
    await record(store, await claim(store), order("#7"))
    rows = await _sql(database_url, 'SELECT owner, source, "order" FROM journal')
    assert [tuple(row) for row in rows] == [(OWNER, "shopify:acme", "#7")]


def _rows() -> list[JournalRow]:
    return journal_rows(fresh_claim(), [OrderRecorded(order()), OrderChanged(order("#2")), OrderRecorded(order("#3"))])


def test_whole_chain_is_walked() -> None:
    """An untouched chain is walked to its end, in one go or in parts."""
    rows = _rows()
    assert walk(rows) == Walk(head=rows[-1].hash, rows=3)
    assert walk(rows[1:], walk(rows[:1])) == walk(rows)


@pytest.mark.parametrize(
    "change", [{"body": b"{}"}, {"type": "OrderChanged"}, {"offset": 9}, {"index": 9}, {"partition": 9}]
)
def test_change_breaks_the_chain(change: dict[str, object]) -> None:
    """Any change of a row's content or place is found at that row, and the walk goes no further."""
    rows = _rows()
    rows[2] = msgspec.structs.replace(rows[2], **change)
    broken = walk(rows)
    assert (broken.rows, broken.broken, broken.head) == (2, rows[2], rows[1].hash)
    assert walk(rows[:1], broken) == broken


def test_missing_row_breaks_the_chain() -> None:
    """A row taken out is found at the row after it."""
    rows = _rows()
    del rows[1]
    assert walk(rows).broken == rows[1]


def test_journal_row_keeps_its_day() -> None:
    """A row keeps the day it was decided on, although its partition's days move on before the commit."""
    days = dict(TODAY)
    row = journal_row(
        OrderRecorded(order()),
        previous=GENESIS,
        partition=0,
        offset=0,
        index=0,
        owner=OWNER,
        recorded_at=T0,
        today=days,
    )
    days["TOR"] = date(2026, 9, 2)
    assert row.today == TODAY


def test_journal_row_says_which_order_and_the_whole_of_it() -> None:
    """A row of an event that holds an order names it, and has the order's JSON at hand for the table of orders."""
    row = _rows()[0]
    assert row.order == OrderKey("shopify:acme", "#1001")
    assert row.whole is not None
    assert row.body.startswith(b'{"order":' + row.whole)


def test_what_came_after_an_order_was_recorded_is_written_with_it() -> None:
    """An event of no one order may change it in the same batch: the table gets it as it is, not as it was recorded."""
    recorded = order()
    ledger = Ledger(OWNER, Sites())
    ledger.orders[recorded.key] = now = replace(recorded, customer="C-9")
    ledger.touched.orders.add(recorded.key)
    events: list[Event] = [OrderRecorded(recorded), HoldLifted("CER-001", "L24A", ("H-1",))]
    rows = [
        journal_row(
            event, previous=GENESIS, partition=0, offset=0, index=index, owner=OWNER, recorded_at=T0, today=dict(TODAY)
        )
        for index, event in enumerate(events)
    ]
    assert state_rows([ledger], rows[:1]).recorded[0][-1] == encode_text(recorded)
    assert state_rows([ledger], rows).recorded[0][-1] == encode_text(now)
