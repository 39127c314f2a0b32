"""What moved in a bin since a moment: for every store of the hub."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from lotstream.domain.model import Gone, Left, Moved, Since
from lotstream.domain.move import Move, MoveKind
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
