"""Holds, papers and hazards are found as they were written."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from lotstream.domain.events import LocationDefined
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import (
    PLAIN,
    Hold,
    HoldKind,
    Item,
    Location,
    Lot,
    LotDocument,
    LotMore,
    OwnerHold,
    RowKey,
    Serial,
    SerialKey,
    SerialState,
    Settings,
    StockRow,
)
from lotstream.store.postgres import PostgresStore
from lotstream.store.reads_papers import PaperReads
from tests.store.build import OWNER, T0, batch, claim

HOLD = Hold("H-1", HoldKind.QUARANTINE, "wet", "qa-1", T0)
PAPERS = LotMore(documents=(LotDocument("organic", "1"),))


@pytest_asyncio.fixture
async def reads(database_url: str, store: PostgresStore) -> AsyncIterator[PaperReads]:
    """Reads on a database where something of everything is on hold."""
    ledger = Ledger(OWNER, Sites(), settings=Settings(holds=(OwnerHold(HOLD, "S-3"),)))
    row, unit = RowKey("ACID", "L1", "TOR", "A1"), RowKey("PUMP", "L2", "TOR", "A2", status="quarantine")
    ledger.items = {"ACID": Item("ACID", hazard="acid"), "PUMP": Item("PUMP")}
    ledger.lots = {
        ("ACID", "L1"): Lot("ACID", "L1", holds=(HOLD,), more=PAPERS), ("PUMP", "L2"): Lot("PUMP", "L2"),
    }  # fmt: skip
    ledger.stock = {row: StockRow(row, 24), unit: StockRow(unit, 1)}
    key = SerialKey("S1", "PUMP")
    ledger.serials = {"S1": {"PUMP": Serial(key, SerialState.IN_STOCK, unit, holds=(HOLD,), apart=True)}}
    touched = ledger.touched
    touched.owner, touched.items, touched.lots = True, set(ledger.items), set(ledger.lots)
    touched.stock, touched.serials = set(ledger.stock), {key}
    place = Location("TOR", "CAGE", hold=True, holds=(HOLD,))
    await store.commit(batch(await claim(store), ledger=ledger, events=[LocationDefined(place)]))
    async with PaperReads(database_url) as opened:
        yield opened


async def test_holds_are_found_on_whatever_they_lie(reads: PaperReads) -> None:
    """On a supplier's goods, on lots with what there is of them, on units where they lie, and on places."""
    assert await reads.owners() == [OWNER]
    found = await reads.held(OWNER, rows_max=9)
    assert [(one.supplier, one.sku, one.lot, one.serial, one.on_hand, one.hold) for one in found] == [
        ("S-3", None, None, None, None, HOLD),
        (None, "ACID", "L1", None, 24, HOLD),
        (None, "PUMP", "L2", "S1", None, HOLD),
    ]
    assert [one.sku for one in await reads.held(OWNER, sku="PUMP", rows_max=9)] == ["PUMP"]
    assert len(await reads.held(OWNER, rows_max=2)) == 2
    assert await reads.held("nobody", rows_max=9) == []
    places = await reads.places_held()
    assert [(one.site, one.location, one.hold.id) for one in places] == [("TOR", "CAGE", ""), ("TOR", "CAGE", "H-1")]


async def test_papers_and_hazards_are_found(reads: PaperReads) -> None:
    """Papers of a lot, and goods of a hazard class wherever they lie, of one owner or of all."""
    assert await reads.papers(OWNER, "ACID", "L1") == PAPERS
    assert await reads.papers(OWNER, "ACID", "L9") == PLAIN
    (found,) = await reads.hazards(rows_max=9)
    assert (found.owner, found.item.hazard, found.lot, found.location, found.on_hand) == (OWNER, "acid", "L1", "A1", 24)
    assert await reads.hazards(owner="nobody", rows_max=9) == []
