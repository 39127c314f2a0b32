"""Steps at beginnings and ends: what left before is taken over, books are compared, people are forgotten."""

from __future__ import annotations

from collections import Counter

from tests.acceptance.week.hub import Refused
from tests.acceptance.week.records import TRANSIT, Left
from tests.acceptance.week.said import SHOP, Goods, day, filled, ship_to
from tests.acceptance.week.telling import Telling


class EndSteps(Telling):
    """What happens when an owner comes, closes a month, or leaves."""

    def import_shipment(self, site: str, order: str, shipment: str, goods: Goods, *, why: str | None = None) -> None:
        """Take over what left before the hub was there."""
        said = {"source": SHOP, "order": order, "shipment": shipment, "shipped_at": "2025-01-15T12:00:00Z"}
        line = {"line": "1", "sku": goods.sku, "quantity": str(goods.quantity), "lot": goods.lot}
        lines = [filled({**line, "expires": day(goods.expires)})]
        body = {**said, "site": site, "customer": "C-1", "ship_to": ship_to(order), "lines": lines}
        self._tell("shipment.imported", body, refused=None if why is None else Refused(why, "shipment"))
        if why is not None:
            return
        self.books.know(goods.sku, str(goods.lot), expires=goods.expires)
        self.books.imported[Left(shipment, order, "1", goods.sku, goods.lot)] += goods.units

    def compare(
        self, site: str, number: str, apart: dict[tuple[str, str | None], int], *, covers: str,
        lots: list[Goods] | None = None,
    ) -> None:  # fmt: skip
        """Hold somebody's books against the hub's: they have so much more of some lots, else the same."""
        ours = self.books.on_hand_of(site)
        named = ours if lots is None else {(one.sku, one.lot): ours[one.sku, one.lot] for one in lots}
        theirs = {name: units + apart.get(name, 0) for name, units in named.items()}
        theirs |= {name: more for name, more in apart.items() if name not in ours}
        lines = [filled({"sku": sku, "lot": lot, "quantity": str(units)}) for (sku, lot), units in theirs.items()]
        body = {"site": site, "comparison": number, "covers": covers, "by": "erp", "lines": lines}
        self._tell("comparison.recorded", body)
        for name, more in apart.items():
            self.books.differing[number, *name] = -more
        self.books.equal[number] = len(theirs) - len(apart)

    def snapshot(self, number: str) -> None:
        """Have told what there is now."""
        self._tell("snapshot.requested", {"snapshot": number})
        there = Counter[tuple[object, ...]]()
        for row, units in self.books.rows.items():
            there[row.sku, row.lot, row.site, row.status, row.place.startswith(TRANSIT)] += units
        self.books.snapshots[number] = {name: units for name, units in there.items() if units}

    def leave(self) -> None:
        """Take nothing new in."""
        self._tell("owner.closed", {"reason": "moves out", "by": "portal"})

    def forget(self, request: str, orders: list[str]) -> None:
        """Have those be forgotten whom orders were for."""
        named = [{"source": SHOP, "order": number} for number in orders]
        self._tell("person.erased", {"request": request, "orders": named, "by": "shop"})
        self.books.forgotten.update(orders)
