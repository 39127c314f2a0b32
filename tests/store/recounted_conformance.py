"""What was counted in another unit is read in the unit of today: for every store of the hub."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from lotstream.domain.events import OrderRecorded
from lotstream.domain.model import (
    Gone,
    GotFrom,
    Item,
    Left,
    LeftFor,
    LookedBack,
    LotGot,
    LotName,
    Moved,
    NotWhole,
    OrderKey,
    OrderState,
    Reach,
    Rebase,
    Since,
    Uneven,
)
from lotstream.domain.move import Move, MoveKind
from lotstream.store.rows import LotHistoryRow
from lotstream.store.seam import Store
from tests.store.build import ORDER, OWNER, ROW, T0, batch, claim, empty_ledger, order, with_order, write
from tests.store.test_records import LINE

#: Arrival of the record with an offset, in the first log.
FIRST = 1 << 48


class RecountedConformance:
    """Questions across two rebases: by 10 with the second record, by 3 to 2 with the fourth."""

    async def test_quantities_of_then_are_read_in_the_units_of_today(self, store: Store) -> None:
        """Lines before, between and after are each taken by their own factor; a void cancels what left before."""
        ledger, row = empty_ledger(), ROW
        ledger.items[row.sku] = Item(
            row.sku, rebased=(Rebase(FIRST + 1, 15, 1, "case"), Rebase(FIRST + 3, 3, 2, "bag"))
        )
        ledger.touched.items.add(row.sku)
        written = batch(await claim(store), records=5, ledger=ledger)
        moves = [
            (0, MoveKind.RECEIVED, 4),
            (2, MoveKind.RECEIVED, 10),
            (4, MoveKind.RETURNED, 1),
            (0, MoveKind.HELD, 0),
        ]
        key = OrderKey(LINE.source, LINE.order)
        written.lot_history = [
            LotHistoryRow(
                OWNER, 0, offset, index, T0 + timedelta(hours=1), T0,
                Move(kind, row.sku, row.lot, row if units else None, units), None, key, None,
            )
            for index, (offset, kind, units) in enumerate(moves)
        ]  # fmt: skip
        line = msgspec.structs.replace(
            LINE, owner=OWNER, sku=row.sku, lot=row.lot, site=row.site, location=row.location, status="good",
            quantity=2, shipped_at=T0 + timedelta(hours=1), customer="C-7",
        )  # fmt: skip
        left = [(0, 2, "#1", 1), (2, 4, "#2", 1), (0, 1, "#3", 1), (4, 15, "#3", -1)]
        written.shipment_lines = [
            msgspec.structs.replace(line, offset=offset, index=index, quantity=units, order=order, sign=sign)
            for index, (offset, units, order, sign) in enumerate(left)
        ]
        await write(store, written)
        lot = LotName(row.sku, row.lot or "")
        asked = (
            Left(*lot), LeftFor("C-7", row.sku, None), Since(row.sku, row.lot, row.site, row.location, None, T0),
            Uneven(row.sku, 1, 3), Uneven(row.sku, 1, 15), Uneven("JAM", 1, 7), Reach((lot,), "", False),
        )  # fmt: skip
        answers = await store.history(OWNER, asked)
        gone, got, moved, thirds, fifteenths, none, reached = (answers[one] for one in asked)
        assert gone == Gone(30 + 6, 2, 1)
        assert got == GotFrom((OrderKey(LINE.source, "#1"), OrderKey(LINE.source, "#2")))
        assert moved == Moved(60 + 15 + 1 - 30 - 6)
        assert (thirds, fifteenths, none) == (NotWhole(1), NotWhole(2), NotWhole(0))
        assert isinstance(reached, LookedBack)
        assert (reached.reached.units, reached.reached.units_of_all) == ({row.sku: 36}, {row.sku: 36})
        assert [one.lots for one in reached.recipients] == [(LotGot(lot.sku, lot.lot, 36, 0),)]

    async def test_an_open_order_that_is_loaded_is_of_today(self, store: Store) -> None:
        """It is written anew by a rebase, and says no more when that was: events of it are the same, whoever decides.

        An order that stayed in memory and one that was read again would otherwise give other journals.
        """
        ledger = with_order(order(state=OrderState.BACKORDERED))
        ledger.items[ROW.sku] = Item(ROW.sku, rebased=(Rebase(FIRST, 10, 1, "case"),))
        ledger.touched.items.add(ROW.sku)
        await write(store, batch(await claim(store), ledger=ledger, events=[OrderRecorded(ledger.orders[ORDER])]))
        loaded = (await store.ledgers({OWNER: ledger.sites}))[OWNER]
        assert loaded.orders == ledger.orders
        assert await store.closed_orders([(OWNER, ORDER)]) == {}
