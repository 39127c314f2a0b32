"""Documents between sites are found as they were written."""

from __future__ import annotations

from dataclasses import replace

from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import (
    TITLE,
    TITLE_OUT,
    TRANSFER,
    Booked,
    Item,
    Receipt,
    ReceiptKey,
    RowKey,
    Title,
    TitleLine,
    Transfer,
    TransferLine,
    TransferState,
)
from lotstream.store.postgres import PostgresStore
from lotstream.store.reads_moves import MoveReads
from lotstream.store.state import state_rows
from tests.store.build import OWNER, batch, claim

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
