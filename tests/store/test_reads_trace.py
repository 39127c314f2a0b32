"""Lots are followed through what was made of them, both ways, at any depth, under any name and in circles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import msgspec
import pytest
import pytest_asyncio

from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Item, Lot, LotMore, LotName, ReceiptKey, RowKey, StockRow
from lotstream.domain.move import Move, MoveKind
from lotstream.store.postgres import PostgresStore
from lotstream.store.reads_trace import Amount, Trace, TraceReads
from lotstream.store.rows import LotHistoryRow
from tests.store.build import OWNER, T0, batch, claim
from tests.store.test_records import LINE


def lot(name: str) -> LotName:
    """Lots of one letter are ingredients, others bars."""
    return LotName("ING" if len(name) == 1 else "BAR", name)


def record(offset: int, kind: MoveKind, *amounts: tuple[str, int]) -> list[LotHistoryRow]:
    """What one production did to lots: below zero for what it took; an empty name stands for goods without a lot."""
    rows = []
    for index, (name, quantity) in enumerate(amounts):
        sku, number = ("BOX", None) if not name else lot(name)
        row = RowKey(sku, number, "TOR", "P-1")
        known = kind if kind is MoveKind.SPLIT else MoveKind.USED if quantity < 0 else MoveKind.MADE
        move = Move(known, sku, number, row, quantity, line=str(index))
        rows.append(
            LotHistoryRow(OWNER, 0, offset, index, T0, T0, move, ReceiptKey("production", f"P{offset}"), None, None)
        )
    return rows


MADE = MoveKind.MADE
STORY = [
    *record(0, MADE, ("A", -5), ("", -2), ("old", 10)),
    *record(1, MADE, ("new", -4), ("B", -1), ("C2", 8)),
    # What is worked over comes back into a lot that it was made of.
    *record(2, MADE, ("C2", -8), ("A", 3)),
    *record(3, MoveKind.SPLIT, ("C2", -2), ("C3", 2)),
]


@pytest_asyncio.fixture
async def reads(database_url: str, store: PostgresStore) -> AsyncIterator[TraceReads]:
    """A story in which lot `old` of the bars is called `new` by now; other movements beside it, and another owner."""
    others = [msgspec.structs.replace(row, owner="zenith", offset=0, index=50 + at) for at, row in enumerate(STORY)]
    row = RowKey("ING", "A", "TOR", "P-1")
    moved = LotHistoryRow(OWNER, 0, 0, 99, T0, T0, Move(MoveKind.ADJUSTED, "ING", "A", row, 7), None, None, None)
    ledger = Ledger(OWNER, Sites())
    ledger.items = {"ING": Item("ING", base_unit="kg", decimals=1)}
    ledger.lots = {
        lot("old"): Lot("BAR", "old", more=LotMore(into=lot("mid"))),
        lot("mid"): Lot("BAR", "mid", more=LotMore(into=lot("new"))),
        lot("new"): Lot("BAR", "new", expires=date(2027, 1, 1), more=LotMore(aliases=("mid", "old"))),
    }
    ledger.stock[row] = StockRow(row, 30)
    ledger.touched.items, ledger.touched.lots, ledger.touched.stock = {"ING"}, set(ledger.lots), {row}
    written = batch(await claim(store), ledger=ledger)
    written.lot_history = [*STORY, *others, moved]
    written.shipment_lines = [msgspec.structs.replace(LINE, sku="BAR", lot="C2", quantity=6)]
    await store.commit(written)
    async with TraceReads(database_url) as opened:
        yield opened


def depths(trace: Trace) -> dict[str, int]:
    """Each lot with its level."""
    return {name.lot: one.depth for name, one in trace.lots.items()}


async def test_what_was_made_of_a_lot(reads: TraceReads) -> None:
    """Every lot further on has its level, what is there and what has left; a circle ends where it began."""
    trace = await reads.trace(OWNER, lot("A"), forward=True)
    assert depths(trace) == {"A": 0, "new": 1, "C2": 2, "C3": 3}
    assert [(step.number, step.used, step.made) for step in trace.steps] == [
        ("P0", (Amount("ING", "A", 5), Amount("BOX", None, 2)), (Amount("BAR", "new", 10),)),
        ("P1", (Amount("BAR", "new", 4), Amount("ING", "B", 1)), (Amount("BAR", "C2", 8),)),
        ("P2", (Amount("BAR", "C2", 8),), (Amount("ING", "A", 3),)),
        ("P3", (Amount("BAR", "C2", 2),), (Amount("BAR", "C3", 2),)),
    ]
    assert (trace.lots[lot("A")].on_hand, trace.lots[lot("C2")].shipped) == (30, 6)
    assert trace.complete
    assert trace.items == {"ING": Item("ING", base_unit="kg", decimals=1)}


async def test_what_a_lot_was_made_of(reads: TraceReads) -> None:
    """Backward all ingredients are found, through circles too."""
    trace = await reads.trace(OWNER, lot("C3"), forward=False)
    assert depths(trace) == {"C3": 0, "C2": 1, "new": 2, "B": 2, "A": 3}


@pytest.mark.parametrize("name", ["old", "mid", "new"])
async def test_a_lot_is_found_by_every_name(reads: TraceReads, name: str) -> None:
    """Corrected lots are one lot: what was made under the old number, and used under the new one."""
    trace = await reads.trace(OWNER, lot(name), forward=True)
    assert trace.start == lot("new")
    assert trace.lots[lot("new")].former == (lot("mid"), lot("old"))
    assert [step.number for step in trace.steps] == ["P1", "P2", "P3", "P0"]
    assert (await reads.trace(OWNER, lot(name), forward=False)).steps[0].number == "P0"


async def test_a_trace_ends_where_it_is_told_to(reads: TraceReads) -> None:
    """At a depth, and at so many lots, it ends and says that there is more; of an unknown lot there is nothing."""
    shallow = await reads.trace(OWNER, lot("A"), forward=True, depth_max=1)
    assert (depths(shallow), shallow.complete) == ({"A": 0, "new": 1}, False)
    few = await reads.trace(OWNER, lot("A"), forward=True, lots_max=2)
    assert (depths(few), few.complete) == ({"A": 0, "new": 1}, False)
    nothing = await reads.trace(OWNER, LotName("X", "Y"), forward=True)
    assert (nothing.steps, list(nothing.lots), nothing.complete) == ([], [LotName("X", "Y")], True)
