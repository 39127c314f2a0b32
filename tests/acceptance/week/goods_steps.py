"""Steps of an owner's goods: they come, move, change, go to another site, become another owner's."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from tests.acceptance.week.hub import Refused
from tests.acceptance.week.records import DAMAGED, GOOD, QUARANTINE, Row
from tests.acceptance.week.said import Arrived, Goods, day, filled
from tests.acceptance.week.telling import Telling


class GoodsSteps(Telling):
    """What happens to goods."""

    # ---- goods come, move and change --------------------------------------------------------------------------------

    def open_balance(self, site: str, balance: str, goods: list[Goods], *, received: date) -> None:
        """Take over stock as it is found; nobody is told."""
        lines = [{**one.said(str(n)), "received": day(received)} for n, one in enumerate(goods, 1)]
        said = {"site": site, "balance": balance, "occurred_at": self.at(), "lines": lines}
        self._tell("balance.opened", said)
        for one in goods:
            lot = self._know(one, received, came="balance")
            if lot is not None:
                self.books.pay(lot, one.cost, one.units)
                self.books.came_in(self._row(one, site))
            self.books.come(one.row(site), one.units, change=None, document=balance)
        self.books.fill(one.sku for one in goods)

    def receive(
        self, site: str, receipt: str, goods: list[Goods], *, wrong: str | None = None, asked: Refused | None = None,
        repeated: bool = False, odd: str | None = None, said: list[dict[str, Any]] | None = None, **more: object,
    ) -> None:  # fmt: skip
        """Have goods come in; ``wrong`` is why they go to quarantine, ``asked`` why they are refused.

        ``odd`` is what is noted of goods that are booked as they are told. ``said`` is what the message says of them
        when it is not written from the goods.
        """
        lines = said or [one.said(str(n)) for n, one in enumerate(goods, 1)]
        self._floor("stock.received", site, {"receipt": receipt, "lines": lines, **more}, refused=asked)
        if asked is not None or repeated:
            return
        if odd is not None:
            self._note(odd, goods[0].sku, goods[0].called)
        for one in goods:
            row = self._row(one, site)
            if wrong is not None:
                row = row._replace(status=QUARANTINE)
                self._note(wrong, one.sku, one.called)
            # Of a lot that is new its facts are known even so, unless they contradict each other.
            new = (row.sku, row.lot) not in self.books.lots
            told = replace(one, made=None, expires=None) if wrong == "field_invalid" else one
            lot = self._know(told, self.books.today, came="receipt") if wrong is None or new else None
            if lot is not None and one.cost is not None:
                lot.cost += Decimal(one.cost) * one.quantity
                lot.cost_units += one.units
            self.books.come(row, one.units, change="received", document=receipt)
            if lot is not None:
                self.books.came_in(row)
            paid = None if one.cost is None else Decimal(one.cost) * one.quantity
            worth = self.books.cost(row.sku, row.lot, one.units) or Decimal(0)
            self.books.judge(received=one.units, received_value=worth if paid is None else paid)
        self.books.fill(one.sku for one in goods)

    def announce(self, site: str, expected: str, goods: list[Goods]) -> None:
        """Tell what should come."""
        lines = [
            {
                "line": str(n),
                "sku": one.sku,
                "quantity": str(one.quantity),
                "lot": one.lot,
                "expires": day(one.expires),
            }
            for n, one in enumerate(goods, 1)
        ]
        self._tell("receipt.expected", {"site": site, "expected": expected, "supplier": "SUP-1", "lines": lines})
        self.books.awaited[expected] = Counter({(one.sku, one.called): one.units for one in goods})

    def close_receipt(
        self, site: str, receipt: str | None, expected: str, goods: list[Goods], *, why: Refused | None = None
    ) -> None:
        """Close a receipt on which these goods came; without one, the rest of the announcement does not come."""
        said = filled({"receipt": receipt, "expected": expected})
        self._floor("receipt.closed", site, said, refused=why)
        came: dict[tuple[str, str | None], list[int]] = {}
        for one in goods:
            sums = came.setdefault((one.sku, one.called), [0, 0])
            sums[0] += one.units
            sums[1] += one.units if one.status == DAMAGED else 0
        if why is None:
            self.books.close(receipt, expected, came)

    def uncountable(self, site: str, receipt: str, goods: Goods, *, code: str) -> None:
        """Have goods come in that cannot be counted: they are kept whole in a discrepancy."""
        self._floor("stock.received", site, {"receipt": receipt, "lines": [goods.said("1")]})
        self._note(code, goods.sku, goods.lot)

    def adjust(
        self, site: str, number: str, row: Row, by: int, *, asked: Refused | None = None, **more: object
    ) -> None:
        """Book goods that are more or less than the books say."""
        line = {"line": "1", "sku": row.sku, "lot": row.lot, "location": row.place, "quantity": str(by), **more}
        self._floor("stock.adjusted", site, {"adjustment": number, "lines": [filled(line)]}, refused=asked)
        if asked is not None:
            return
        if self.books.rows[row] + by < 0:
            self._note("not_available", row.sku, row.lot)
        if more.get("code") in {"expired", "spoiled"}:
            self.books.throw_away(row, -by)
        self._change(row, by, change="adjusted", document=number)

    def count(
        self, site: str, number: str, row: Row, found: int, *, since: int = 0, waits: bool = False,
        why: Refused | None = None, **more: object,
    ) -> None:  # fmt: skip
        """Book what was found in a bin, and what came ``since``; one that ``waits`` is booked when it is approved."""
        line = filled({"line": "1", "sku": row.sku, "lot": row.lot, "location": row.place, "counted": str(found)})
        self._floor("stock.counted", site, {"count": number, "lines": [line], **more}, refused=why)
        if why is None and not waits:
            self._counted(number, row, found + since, since=since)

    def approve(
        self, site: str, number: str, row: Row, found: int | None, *, by: str, why: Refused | None = None
    ) -> None:
        """Have somebody else count what differs much; None: it is to be forgotten."""
        lines = [] if found is None else [{"line": "1", "counted": str(found)}]
        body = {"count": number, "approved": found is not None, "lines": lines, "by": by}
        self._floor("count.approved", site, body, refused=why)
        if why is None and found is not None:
            self._counted(number, row, found)

    def _counted(self, number: str, row: Row, found: int, *, since: int = 0) -> None:
        difference = found - self.books.rows[row]
        right = {"count_lines": 1, "count_lines_right": int(not difference)}
        self.books.judge(**right, counted_off=abs(difference), counted_system=self.books.rows[row] - since)
        if difference:
            self._note("count_difference", row.sku, row.lot)
        self._change(row, difference, change="counted", document=number)

    def move(
        self, site: str, number: str, row: Row, to: str, quantity: int, *, asked: Refused | None = None, **more: object
    ) -> None:
        """Have goods that nobody is promised come to another bin."""
        line = {"line": "1", "sku": row.sku, "lot": row.lot, "location": row.place, "to": to, "quantity": str(quantity)}
        self._floor("stock.moved", site, {"move": number, "lines": [filled(line)], **more}, refused=asked)
        if asked is None:
            self.books.go(row, row._replace(place=to), quantity, change="moved", document=number)
            self.books.fill([row.sku])

    def put_away(self, site: str, number: str, row: Row, to: str, quantity: int, *, task: str) -> None:
        """Have goods be put into their bin, as a task said."""
        line = {"line": "1", "sku": row.sku, "lot": row.lot, "location": row.place, "to": to, "quantity": str(quantity)}
        self._floor("putaway.done", site, {"putaway": number, "task": task, "lines": [filled(line)]})
        self.books.go(row, row._replace(place=to), quantity, change="moved", document=number)
        self.books.fill([row.sku])

    def change_status(self, site: str, number: str, row: Row, to: str, quantity: int) -> None:
        """Have goods that nobody is promised be found in another condition."""
        line = {
            "line": "1", "sku": row.sku, "lot": row.lot, "location": row.place, "quantity": str(quantity),
            "status": row.status, "to_status": to,
        }  # fmt: skip
        self._floor("stock.status_changed", site, {"change": number, "lines": [filled(line)]})
        self.books.go(row, row._replace(status=to), quantity, change="status_changed", document=number)
        self.books.fill([row.sku])

    # ---- between sites and owners -----------------------------------------------------------------------------------

    def send(self, number: str, row: Row, quantity: int, to: str, *, why: Refused | None = None) -> None:
        """Have goods that nobody is promised leave for another site."""
        line = {"line": "1", "sku": row.sku, "lot": row.lot, "location": row.place, "quantity": str(quantity)}
        body = {"transfer": number, "to_site": to, "lines": [filled(line)]}
        self._floor("transfer.shipped", row.site, body, refused=why)
        if why is None:
            self.books.send(row, quantity, to, document=number)

    def arrive(
        self, number: str, site: str, goods: list[Arrived], *, final: bool = False, why: Refused | None = None
    ) -> None:
        """Have goods of a transfer come off the truck; what is missing at the end is written off."""
        lines = [
            {"line": str(n), "transfer_line": "1", "quantity": str(one.quantity), "location": one.place}
            | ({} if one.status == GOOD else {"status": one.status})
            for n, one in enumerate(goods, 1)
        ]
        self._floor("transfer.received", site, {"transfer": number, "final": final, "lines": lines}, refused=why)
        if why is not None:
            return
        for one in goods:
            row = one.left._replace(site=site, place=one.place, status=one.status)
            if self.books.arrive(row, one.quantity, document=number):
                self._note("more_than_shipped", row.sku, row.lot)
            if one.status == DAMAGED:
                self._note("damaged", row.sku, row.lot)
        if final and self.books.write_off(number):
            self._note("not_available", goods[0].left.sku, goods[0].left.lot)
        self.books.fill([one.left.sku for one in goods])

    def sell(self, number: str, row: Row, quantity: int, to: Telling, *, why: Refused | None = None) -> None:
        """Have goods that nobody is promised be another owner's from now on."""
        line = {"line": "1", "sku": row.sku, "lot": row.lot, "location": row.place, "quantity": str(quantity)}
        body = {"title": number, "to_owner": to.name, "lines": [filled(line)]}
        self._floor("title.released", row.site, body, refused=why)
        if why is not None:
            return
        sale = f"{self.name}/{number}"
        self.books.come(row, -quantity, change="title_released", document=sale)
        lot = self.books.lot_of(row)
        theirs = to.books.know(row.sku, str(row.lot), expires=lot.expires, supplier=lot.supplier, came="title")
        theirs.received = theirs.received or lot.received
        to.books.at = self.books.at
        to.books.come(row, quantity, change="title_accepted", document=sale)
        to.books.judge(received=quantity)
        to.books.fill([row.sku])
