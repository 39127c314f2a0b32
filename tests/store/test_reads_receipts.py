"""Announcements and receipts are found as they were written."""

from __future__ import annotations

from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Expected, ExpectedLine, Lot, LotName, Receipt, ReceiptKey, expected_key
from lotstream.store.postgres import PostgresStore
from lotstream.store.reads_receipts import LotKnown, Place, ReceiptReads
from lotstream.store.state import state_rows
from tests.store.build import OWNER, T0, batch, claim

OPEN = Expected(expected_key("ASN-2"), "TOR", lines=(ExpectedLine("closed", "TEA", 5),))
OVER = Expected(expected_key("ASN-1"), "TOR", lines=OPEN.lines, closed=True, closed_at=T0)
CAME = Receipt(ReceiptKey("receipt", "told"), "TOR", expected="ASN-2")
DONE = Receipt(ReceiptKey("receipt", "R-1"), "TOR", told=1, closed_at=T0)


async def test_what_is_open_is_found_apart_from_what_is_closed(database_url: str, store: PostgresStore) -> None:
    """Announcements and receipts in the order of their numbers; what is open may speak of what is told and closed."""
    ledger = Ledger(OWNER, Sites())
    ledger.receipts.update({one.key: one for one in (OPEN, OVER, CAME, DONE)})
    ledger.touched.receipts.update(ledger.receipts)
    ledger.lots["TEA", "L1"] = Lot("TEA", "L1", supplier_lot="24A")
    ledger.touched.lots.add(("TEA", "L1"))
    written = batch(await claim(store))
    written.state = state_rows([ledger], [])
    await store.commit(written)
    async with ReceiptReads(database_url) as reads:
        assert await reads.receipts(OWNER, open_only=False, rows_max=9) == [OVER, OPEN, DONE, CAME]
        assert await reads.receipts(OWNER, open_only=True, rows_max=9) == [OPEN, CAME]
        assert await reads.receipts(OWNER, open_only=True, after=Place("expected", "ASN-2"), rows_max=9) == [CAME]
        assert (await reads.receipt(OWNER, "R-1"), await reads.receipt(OWNER, "ASN-1")) == (DONE, None)
        assert (await reads.expected(OWNER, "ASN-1"), await reads.expected("zenith", "ASN-1")) == (OVER, None)
        assert await reads.owners_of_receipt("R-1", owner=None) == [OWNER]
        assert await reads.owners_of_receipt("R-9", owner=None) == []
        assert await reads.owners_of_receipt(None, owner="zenith") == []
        assert await reads.lots(OWNER, [LotName("TEA", "L1"), LotName("TEA", "L9")]) == {
            LotName("TEA", "L1"): LotKnown("TEA", "L1", None, "24A", None, None)
        }
