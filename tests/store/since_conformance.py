"""What moved in a bin since a moment: for every store of the hub."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from lotstream.domain.events import RowChange, StockCounted
from lotstream.domain.model import Booked, CountsSince, CountsTold, CountTold, Gone, Left, Moved, Since
from lotstream.domain.move import Move, MoveKind
from lotstream.hub.lot_rows import lot_rows
from lotstream.store.journal import journal_row
from lotstream.store.rows import LotHistoryRow
from lotstream.store.seam import Store
from tests.store.build import OWNER, ROW, T0, batch, claim
from tests.store.test_records import LINE

LATER = T0 + timedelta(minutes=5)


class SinceConformance:
    """Questions about one bin."""

    async def test_what_moved_in_a_bin_since_a_moment_is_added_up(self, store: Store) -> None:
        """What came, less what left, by business time, in one condition or in any; what moved nothing is left out."""
        here = ROW
        away, bad = here._replace(location="STAGING"), here._replace(status="damaged")
        moves = [
            (T0, Move(MoveKind.RECEIVED, here.sku, here.lot, here, 50)),
            (LATER, Move(MoveKind.RECEIVED, here.sku, here.lot, here, 24)),
            (LATER, Move(MoveKind.PICKED, here.sku, here.lot, here, 10, away)),
            (LATER, Move(MoveKind.UNDONE, here.sku, here.lot, away, 3, here)),
            (LATER, Move(MoveKind.STATUS_CHANGED, here.sku, here.lot, here, 2, bad)),
            (LATER, Move(MoveKind.COUNTED, here.sku, here.lot, here, -99)),
            (LATER, Move(MoveKind.RECEIVED, here.sku, "OTHER", here._replace(lot="OTHER"), 5)),
            (LATER, Move(MoveKind.RECEIVED, here.sku, None, here._replace(lot=None), 7)),
            (LATER, Move(MoveKind.HELD, here.sku, here.lot)),
        ]
        written = batch(await claim(store))
        written.lot_history = [
            LotHistoryRow(owner, 0, 0, index, at, T0, move, None, None, None)
            for index, (owner, (at, move)) in enumerate((owner, one) for one in moves for owner in (OWNER, "other"))
        ]
        left = msgspec.structs.replace(
            LINE, sku=here.sku, lot=here.lot, site=here.site, location=here.location, status="good", quantity=4,
            shipped_at=LATER,
        )  # fmt: skip
        others: list[dict[str, Any]] = [
            {"sign": -1, "quantity": 1}, {"shipped_at": T0}, {"location": "STAGING"}, {"location": None, "site": None},
            {"owner": "other"}, {"lot": None},
        ]  # fmt: skip
        written.shipment_lines = [left] + [
            msgspec.structs.replace(left, index=index, **other) for index, other in enumerate(others, 1)
        ]
        await store.commit(written)
        place = (here.site, here.location)
        asked = [
            Since(here.sku, here.lot, *place, None, T0), Since(here.sku, here.lot, *place, "good", T0),
            Since(here.sku, here.lot, *place, "damaged", T0), Since(here.sku, None, *place, None, T0),
            Since(here.sku, here.lot, here.site, "STAGING", None, T0), Since(here.sku, here.lot, *place, None, LATER),
        ]  # fmt: skip
        sums = [24 - 10 + 3 - 4 + 1, 24 - 10 + 3 - 2 - 4 + 1, 2, 7 - 4, 10 - 3 - 4, 0]
        answers = await store.history(OWNER, [*asked, Left("X", "Y")])
        assert answers == {Left("X", "Y"): Gone(0, 0, 0)} | dict(zip(asked, map(Moved, sums), strict=True))

    async def test_counts_of_a_lot_since_a_moment_are_found_as_they_were_told(self, store: Store) -> None:
        """Those that say what there was then or later of that lot; what others and earlier ones say is not."""
        before, later = T0 - timedelta(minutes=5), T0 + timedelta(minutes=5)
        booked = {"1": Booked(ROW, 90), "2": Booked(ROW._replace(location="B-2", status="damaged"), 3)}
        events = [
            StockCounted(ROW.site, "C-1", "ann", T0, booked, (RowChange("1", ROW, -10),), whole=("1",)),
            StockCounted(ROW.site, "C-2", "ann", later, {"1": Booked(ROW, 80)}, (), as_of=before),
            StockCounted(ROW.site, "C-3", "ann", before, {"1": Booked(ROW, 70)}, ()),
            StockCounted(ROW.site, "C-4", "ann", T0, {"1": Booked(ROW._replace(lot=None), 60)}, ()),
            StockCounted(ROW.site, "C-1", None, T0, {}, (RowChange("1", ROW, 10),)),
        ]
        written = batch(await claim(store))
        for offset, event in enumerate(events):
            row = journal_row(
                event, previous=b"", partition=0, offset=offset, index=0, owner=OWNER, recorded_at=T0, today={}
            )
            written.journal += [row, msgspec.structs.replace(row, index=1, owner="other")]
            written.lot_history += lot_rows(
                event, owner=OWNER, partition=0, offset=offset, first=0, recorded_at=T0
            )  # fmt: skip
        await store.commit(written)
        asked = [CountsSince(ROW.sku, ROW.lot, T0), CountsSince(ROW.sku, None, T0), CountsSince("X", None, T0)]
        here = CountTold("C-1", "1", T0, T0, ROW.site, ROW.location, None, None, None)
        there = here._replace(line="2", location="B-2", status="damaged")
        assert await store.history(OWNER, asked) == {
            asked[0]: CountsTold((here, there)),
            asked[1]: CountsTold((here._replace(number="C-4", status=ROW.status),)),
            asked[2]: CountsTold(()),
        }
        (early,) = [*(await store.history(OWNER, [asked[0]._replace(since=before)])).values()]
        assert isinstance(early, CountsTold)
        assert [one.number for one in early.of] == ["C-2", "C-3", "C-1", "C-1"]
