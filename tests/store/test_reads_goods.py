"""What became of goods is found as it was written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
import pytest_asyncio

from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Hold, HoldKind, Item, Lot, LotMore, OrderKey, ReceiptKey, StockRow
from lotstream.domain.move import Move, MoveKind
from lotstream.errors import InputRefused
from lotstream.store.postgres import PostgresStore
from lotstream.store.reads_goods import BEGINNING, GoodsReads, HistoryLine, LotFacts, PageEnd
from lotstream.store.rows import LotHistoryRow
from lotstream.store.state import state_rows
from tests.store.build import OWNER, ROW, T0, batch, claim
from tests.store.test_records import LINE

STAGED = ROW._replace(location="STAGING")
CAME = LotHistoryRow(
    OWNER, 0, 0, 0, T0, T0, Move(MoveKind.RECEIVED, ROW.sku, ROW.lot, ROW, 24, line="1"), ReceiptKey("receipt", "R-1"),
    None, "scanner-4",
)  # fmt: skip
TAKEN = LotHistoryRow(
    OWNER, 0, 0, 1, T0 + timedelta(hours=1), T0,
    Move(MoveKind.PICKED, ROW.sku, ROW.lot, ROW, 12, STAGED, "1", "task", "t-1"), None, OrderKey("edi", "PO-1"), None,
)  # fmt: skip
HELD = LotHistoryRow(
    OWNER, 0, 0, 2, T0 + timedelta(days=1), T0,
    Move(MoveKind.HELD, ROW.sku, ROW.lot, document="hold", number="H-1", reason="wet"), None, None, None,
)  # fmt: skip
LOOSE = LotHistoryRow(OWNER, 0, 0, 3, T0, T0, Move(MoveKind.FOUND, "BAG", None, ROW, 1), None, None, None)
LEFT = msgspec.structs.replace(LINE, shipped_at=T0 + timedelta(hours=1))


@pytest_asyncio.fixture
async def reads(database_url: str, store: PostgresStore) -> AsyncIterator[GoodsReads]:
    """Reads on a database with the history of one lot of 24, of which 12 were picked and shipped, and 2 voided."""
    written = batch(await claim(store))
    others = [msgspec.structs.replace(CAME, index=9, owner="zenith"), LOOSE]
    written.lot_history = [CAME, TAKEN, HELD, *others]
    back = msgspec.structs.replace(LEFT, index=1, quantity=2, sign=-1, shipped_at=T0 + timedelta(hours=2))
    written.shipment_lines = [LEFT, back, msgspec.structs.replace(LEFT, index=2, lot="L24B")]
    await store.commit(written)
    async with GoodsReads(database_url) as opened:
        yield opened


def told(lines: list[HistoryLine]) -> list[tuple[object, ...]]:
    """Return what a test looks at of each line."""
    return [(line.kind, line.quantity, line.location, line.to_location, line.document, line.number) for line in lines]


async def test_a_lots_history_has_what_stayed_and_what_left(reads: GoodsReads) -> None:
    """Receipt, pick, shipment, void and hold come oldest first; within a record the pick comes before the shipment."""
    lines = await reads.lot_history(OWNER, ROW.sku, ROW.lot, rows_max=9)
    assert told(lines) == [
        ("received", 24, "TOR-A-01", None, "receipt", "R-1"),
        ("picked", 12, "TOR-A-01", "STAGING", "task", "t-1"),
        ("shipped", -12, "DOOR-3", None, "shipment", "S-1"),
        ("voided", 2, "DOOR-3", None, "shipment", "S-1"),
        ("held", 0, None, None, "hold", "H-1"),
    ]
    assert (lines[0].by, lines[0].recorded_at, lines[4].reason) == ("scanner-4", T0, "wet")
    assert [(line.source, line.order, line.customer) for line in lines[1:3]] == [
        ("edi", "PO-1", None), ("edi", "PO-1", "C-7"),
    ]  # fmt: skip


async def test_a_history_is_read_page_by_page(reads: GoodsReads) -> None:
    """Pages of every size have each line once, also when the place they go on from is read from text."""
    whole = await reads.lot_history(OWNER, ROW.sku, ROW.lot, rows_max=9)
    for size in (1, 2, 3):
        lines: list[HistoryLine] = []
        after = BEGINNING
        while page := await reads.lot_history(OWNER, ROW.sku, ROW.lot, after=after, rows_max=size):
            assert len(page) <= size
            lines += page
            after = PageEnd.read(page[-1].place.text())
        assert lines == whole


async def test_goods_without_a_lot_have_a_history(reads: GoodsReads) -> None:
    """Without a lot the goods of the SKU that have none are meant, and no other."""
    assert told(await reads.lot_history(OWNER, "BAG", None, rows_max=9)) == [
        ("found", 1, "TOR-A-01", None, None, None)
    ]  # fmt: skip
    assert await reads.lot_history(OWNER, ROW.sku, None, rows_max=9) == []


async def test_owners_of_a_lot_are_found(reads: GoodsReads) -> None:
    """Every owner of whom something became of the lot is named; one alone when it is asked for."""
    assert await reads.owners_of_lot(ROW.sku, ROW.lot, owner=None) == [OWNER, "zenith"]
    assert await reads.owners_of_lot(ROW.sku, ROW.lot, owner="zenith") == ["zenith"]
    assert await reads.owners_of_lot(ROW.sku, ROW.lot, owner="zen") == []
    assert await reads.owners_of_lot("BAG", None, owner=None) == [OWNER]


async def test_what_is_known_of_a_lot(reads: GoodsReads, store: PostgresStore) -> None:
    """Dates, supplier, holds, item and what is on hand; of a lot nobody has defined there is nothing, and no error."""
    assert await reads.lot(OWNER, ROW.sku, ROW.lot) == LotFacts(None, None, None, None, None, (), None, 0)
    ledger, hold = Ledger(OWNER, Sites()), Hold("H-1", HoldKind.HOLD, "wet")
    ledger.items[ROW.sku] = Item(ROW.sku)
    ledger.lots[ROW.sku, "L24A"] = Lot(ROW.sku, "L24A", date(2027, 6, 1), None, None, "S-3", "24A", (hold,))
    for row in (ROW, STAGED):
        ledger.stock[row] = StockRow(row, 6)
        ledger.touched.stock.add(row)
    ledger.touched.items.add(ROW.sku)
    ledger.touched.lots.add((ROW.sku, "L24A"))
    await store.commit(batch((await store.claims([0]))[0], ledger=ledger))
    facts = await reads.lot(OWNER, ROW.sku, ROW.lot)
    assert facts == LotFacts(date(2027, 6, 1), None, None, "S-3", "24A", (hold,), Item(ROW.sku), 12)


@pytest.mark.parametrize("text", ["", "yesterday/1/2/3/0/1", "2026-09-01T08:00:00+00:00/1/2", "2026-09-01/1/2/3/0/x"])
def test_another_text_names_no_place(text: str) -> None:
    """A place that no page ended with is refused in words."""
    with pytest.raises(InputRefused, match="names no place"):
        PageEnd.read(text)


def test_a_place_without_a_zone_is_in_utc() -> None:
    """A time that says no zone is read as UTC, so that it can be compared."""
    assert PageEnd.read("2026-09-01T08:00:00/1/2/3/0/1") == PageEnd(datetime(2026, 9, 1, 8, tzinfo=UTC), 1, 2, 3, 0, 1)


async def test_lots_are_found_by_any_number(database_url: str, store: PostgresStore) -> None:
    """By their own number, by their supplier's, and of one item of an owner by the one they had before."""
    ledger = Ledger(OWNER, Sites())
    lots = [
        Lot("TEA", "24A", supplier="S-3", supplier_lot="24A"), Lot("TEA", "24A-2", supplier="S-4", supplier_lot="24A"),
        Lot("JAM", "24A"), Lot("TEA", "NEW", more=LotMore(aliases=("OLD",))), Lot("TEA", "OTHER"),
    ]  # fmt: skip
    ledger.lots = {(lot.sku, lot.lot): lot for lot in lots}
    ledger.touched.lots.update(ledger.lots)
    written = batch(await claim(store))
    written.state = state_rows([ledger], [])
    await store.commit(written)
    async with GoodsReads(database_url) as reads:
        found = await reads.lots_called("24A", owner=None, sku=None)
        assert [(one.owner, one.sku, one.lot) for one in found] == [
            (OWNER, "JAM", "24A"), (OWNER, "TEA", "24A"), (OWNER, "TEA", "24A-2"),
        ]  # fmt: skip
        assert [one.text for one in found[1:]] == ["lot 24A of TEA from S-3", "lot 24A-2 of TEA from S-4"]
        assert [one.lot for one in await reads.lots_called("24A", owner=OWNER, sku="JAM")] == ["24A"]
        assert await reads.lots_called("24A", owner="zenith", sku=None) == []
        assert await reads.lots_called("OLD", owner=OWNER, sku="TEA") == []
        assert [one.lot for one in await reads.lots_called("OLD", owner=OWNER, sku="TEA", former=True)] == ["NEW"]
