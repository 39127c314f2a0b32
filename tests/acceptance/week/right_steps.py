"""Steps that put right what was told, or say how goods were kept and where shipments are."""

from __future__ import annotations

from decimal import Decimal

from tests.acceptance.week.hub import Refused
from tests.acceptance.week.records import OnRoad, Row
from tests.acceptance.week.said import Goods, filled
from tests.acceptance.week.telling import Telling


class RightSteps(Telling):
    """What is said of things that were booked before."""

    def correct_receipt(
        self, site: str, receipt: str, number: str, goods: Goods, *, units: int | None = None, lot: str | None = None,
        asked: Refused | None = None,
    ) -> None:  # fmt: skip
        """Say that so many of some goods came, or that they were of another lot."""
        line = filled({"line": "1", "quantity": None if units is None else str(units), "lot": lot})
        body = {"receipt": receipt, "correction": number, "reason": "Written down wrongly", "lines": [line]}
        self._floor("receipt.corrected", site, body, refused=asked)
        if asked is not None:
            return
        books, row, price = self.books, goods.row(site), Decimal(goods.cost or 0)
        to, now = row._replace(lot=lot or row.lot), goods.units if units is None else units
        before, after = (
            books.lot_of(row),
            books.know(
                row.sku,
                str(to.lot),
                expires=goods.expires,
                supplier=goods.supplier,
                came="receipt",
                received=books.today,
            ),
        )
        for known, by in ((before, -goods.units), (after, now)):
            known.cost += price * by
            known.cost_units += by
        books.come(row, -goods.units, change="receipt_corrected", document=receipt)
        books.come(to, now, change="receipt_corrected", document=receipt)
        books.judge(received=now - goods.units, received_value=price * (now - goods.units))
        self._lose_what_is_gone(row)

    def rename(self, sku: str, to: str, *, why: Refused | None = None) -> None:
        """Give an item another SKU: everything of it goes along, and what has left keeps the SKU it left under."""
        self._tell("item.renamed", {"sku": sku, "to_sku": to, "by": "desk", "reason": "New catalogue"}, refused=why)
        if why is None:
            self.books.rename(sku, to)

    def keep_badly(self, number: str, site: str, lots: list[tuple[str, str]], **about: object) -> None:
        """Say how goods were kept: the lots that it concerns wait until somebody has looked."""
        self._floor("condition.recorded", site, {"condition": number, **about})
        for name in lots:
            self.books.lots[name].holds[number] = "hold"
            self._withdraw(*name, picked_too=False)
        if lots:
            self._note("on_hold", *(lots[0] if "lot" in about else ()))

    def progress(self, shipment: str, site: str, state: str, *, why: Refused | None = None, **more: object) -> None:
        """Say where a shipment is."""
        self._floor("shipment.progressed", site, {"shipment": shipment, "state": state, **more}, refused=why)
        if why is not None:
            return
        for order in dict.fromkeys(order for order, *_ in self.books.shipments[shipment]):
            self.books.road[shipment, order].append(OnRoad(state, more.get("place")))
        if state in {"lost", "damaged"}:
            self._note(state)

    def break_kit(self, site: str, number: str, kit: Row, kits: int, pieces: list[Goods]) -> None:
        """Take kits apart."""
        body = {
            "breaking": number, "sku": kit.sku, "lot": kit.lot, "quantity": str(kits), "location": kit.place,
            "lines": [one.said(str(n)) for n, one in enumerate(pieces, 1)],
        }  # fmt: skip
        self._floor("kit.broken", site, body)
        self.books.come(kit, -kits, change="kit_broken", document=number)
        for one in pieces:
            self.books.come(one.row(site), one.units, change="kit_broken", document=number)
        self.books.fill([one.sku for one in pieces])

    def do_task(self, site: str, task: str, kind: str, *, why: Refused | None = None) -> None:
        """Say that the floor has done something that moved no goods."""
        self._floor("task.done", site, {"task": task, "kind": kind}, refused=why)
