"""Documents between sites are found as they were written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import (
    COUNT_PENDING,
    TITLE,
    TITLE_OUT,
    TRANSFER,
    Booked,
    CountPending,
    CountState,
    Item,
    Lot,
    LotMore,
    Receipt,
    ReceiptKey,
    RowKey,
    StockRow,
    Title,
    TitleLine,
    Transfer,
    TransferLine,
    TransferState,
)
from lotstream.domain.move import Move, MoveKind
from lotstream.store.postgres import PostgresStore
from lotstream.store.reads_moves import MoveReads
from lotstream.store.rows import LotHistoryRow
from lotstream.store.state import state_rows
from tests.store.build import OWNER, T0, batch, claim

KEY = ReceiptKey(TRANSFER, "T-2")
OPEN = Transfer(KEY, "TOR", "MTL", "…", (TransferLine("1", "TEA", "L1", 5, received=1),))
OVER = replace(OPEN, key=ReceiptKey(TRANSFER, "T-1"), state=TransferState.CLOSED)


async def test_transfers_are_found_by_owner_number_and_what_is_on_the_way(
    database_url: str, store: PostgresStore
) -> None:
    """Open ones alone unless all are asked for; one by its number; the owners that have any."""
    ledgers = []
    for owner, found in ((OWNER, (OVER, OPEN)), ("zenith", (OPEN,))):
        ledger = Ledger(owner, Sites())
        ledger.items["TEA"] = Item("TEA")
        ledger.receipts.update({one.key: one for one in found})
        ledger.touched.items.add("TEA")
        ledger.touched.receipts.update(ledger.receipts)
        ledgers.append(ledger)
    written = batch(await claim(store))
    written.state = state_rows(ledgers, [])
    await store.commit(written)
    async with MoveReads(database_url) as reads:
        assert await reads.transfers(OWNER, open_only=True, rows_max=9) == [OPEN]
        assert await reads.transfers(OWNER, open_only=False, rows_max=9) == [OVER, OPEN]
        assert await reads.transfers(OWNER, open_only=False, after="T-1", rows_max=9) == [OPEN]
        assert await reads.transfer(OWNER, "T-1") == OVER
        assert await reads.transfer(OWNER, "T-9") is None
        assert await reads.owners(TRANSFER, "T-2", owner=None) == [OWNER, "zenith"]
        assert await reads.owners(TRANSFER, "T-1", owner=None) == [OWNER]
        assert await reads.owners(TRANSFER, None, owner="zenith") == ["zenith"]
        assert (await reads.items(OWNER, ["TEA", "JAM"])).keys() == {"TEA"}


async def test_a_sale_is_found_with_what_the_other_ledger_has_of_it(database_url: str, store: PostgresStore) -> None:
    """Nothing before the buyer has it; its lines once they are booked."""
    row = RowKey("TEA", "L1", "TOR", "A-01")
    sold = Title(ReceiptKey(TITLE_OUT, f"{OWNER}/T-1"), "TOR", "zenith", "…", (TitleLine("1", row, 5, "TEA"),))
    other = replace(sold, key=ReceiptKey(TITLE_OUT, f"{OWNER}/T-2"))
    seller, buyer = Ledger(OWNER, Sites()), Ledger("zenith", Sites())
    seller.receipts.update({sold.key: sold, other.key: other})
    bought = Receipt(ReceiptKey(TITLE, sold.key.number), "TOR", lines={"1": Booked(row, 5)})
    buyer.receipts[bought.key] = bought
    for ledger in (seller, buyer):
        ledger.touched.receipts.update(ledger.receipts)
    written = batch(await claim(store))
    written.state = state_rows([seller, buyer], [])
    await store.commit(written)
    async with MoveReads(database_url) as reads:
        assert await reads.titles(OWNER, rows_max=9) == [(sold, frozenset({"1"})), (other, frozenset())]
        assert await reads.titles(OWNER, after=sold.key.number, rows_max=9) == [(other, frozenset())]


async def test_bins_are_counted_by_risk(database_url: str, store: PostgresStore) -> None:
    """What expires soon, moves much and was found wrong comes before what is quiet; staging and transit never."""
    today = date(2026, 9, 1)
    soon, late = Lot("TEA", "SOON", expires=today + timedelta(days=9)), Lot("TEA", "LATE", expires=today.replace(2028))
    dear = Lot("TEA", "DEAR", more=LotMore(cost_total=Decimal(500), cost_units=10))
    ledger = Ledger(OWNER, Sites())
    quiet = RowKey("TEA", "LATE", "TOR", "A-01")
    rows = [quiet, quiet._replace(lot="SOON", location="A-02"), quiet._replace(lot="DEAR", location="A-03")]
    rows += [quiet._replace(location="STAGING"), quiet._replace(location="TRANSIT/T-1"), quiet._replace(site="MTL")]
    ledger.stock = {row: StockRow(row, 10) for row in rows}
    ledger.lots = {(lot.sku, lot.lot): lot for lot in (soon, late, dear)}
    ledger.touched.stock.update(rows)
    ledger.touched.lots.update(ledger.lots)
    written = batch(await claim(store))
    written.state = state_rows([ledger], [])
    moves = [Move(MoveKind.COUNTED, "TEA", "LATE", quiet, 0), *[Move(MoveKind.ADJUSTED, "TEA", "DEAR", rows[2], 1)] * 6]
    moves.append(Move(MoveKind.FOUND, "TEA", "SOON", rows[1], 1))
    written.lot_history = [
        LotHistoryRow(OWNER, 0, 0, index, T0, T0, move, None, None, None) for index, move in enumerate(moves)
    ]
    await store.commit(written)
    async with MoveReads(database_url) as reads:
        found = await reads.count_plan(OWNER, site="TOR", today=today, rows_max=9)
        assert [(one.location, one.movements, one.differences, one.risk) for one in found] == [
            ("A-02", 0, 1, Decimal("5.00")), ("A-03", 6, 0, Decimal("3.00")), ("A-01", 0, 0, Decimal("0.00")),
        ]  # fmt: skip
        assert [one.counted_at for one in found] == [None, None, T0]
        assert (found[1].value, found[0].value, found[1].on_hand) == (Decimal(500), None, 10)
        assert len(await reads.count_plan(OWNER, site=None, today=today, rows_max=9)) == 4
        assert len(await reads.count_plan(OWNER, site=None, today=today, rows_max=1)) == 1


async def test_counts_that_wait_are_found_until_they_are_decided(database_url: str, store: PostgresStore) -> None:
    """Approved and rejected ones are no longer among them."""
    waits = CountPending(ReceiptKey(COUNT_PENDING, "C-1"), "TOR", "ann", T0, ())
    over = replace(waits, key=ReceiptKey(COUNT_PENDING, "C-2"), state=CountState.REJECTED)
    ledger = Ledger(OWNER, Sites())
    ledger.receipts.update({waits.key: waits, over.key: over})
    ledger.touched.receipts.update(ledger.receipts)
    written = batch(await claim(store))
    written.state = state_rows([ledger], [])
    await store.commit(written)
    async with MoveReads(database_url) as reads:
        assert await reads.counts_waiting(OWNER, rows_max=9) == [waits]
