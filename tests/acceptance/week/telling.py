"""What all steps of an owner do: they tell the hub, and write into the books what has to come of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.acceptance.week.books import Books
from tests.acceptance.week.hub import Hub, Refused
from tests.acceptance.week.records import Lot, Promise, Row, Step
from tests.acceptance.week.said import Goods


class Telling:
    """An owner with its books."""

    def __init__(self, name: str, hub: Hub, today: date) -> None:
        self.name = name
        self.hub = hub
        self.books = Books(today)
        self.step = Step("", "")
        self._minute = 0

    # ---- facts ------------------------------------------------------------------------------------------------------

    def define(self, what: str, **body: object) -> None:
        """Tell a fact that the books need not know."""
        self._tell(f"{what}.defined", body)

    def change_settings(self, **body: object) -> None:
        """Change what the owner chose; the books need not know."""
        self._tell("settings.changed", body)

    # ---- what all of these do ---------------------------------------------------------------------------------------

    def at(self) -> str:
        """Return the business time of the next document: a minute after the one before."""
        self._minute += 1
        start = datetime.combine(self.books.today, datetime.min.time(), tzinfo=UTC)
        return (start + timedelta(hours=8, minutes=self._minute)).isoformat()

    def _floor(self, name: str, site: str, body: dict[str, Any], *, refused: Refused | None = None) -> None:
        said = {"site": site, "happened": refused is None, "by": "scanner-4", **body}
        # None: when the record is taken in.
        at = said.pop("at", self.at())
        if at is not None:
            said["occurred_at"] = at
        self._tell(name, said, refused=refused)

    def _tell(self, name: str, body: dict[str, Any], *, refused: Refused | None = None) -> None:
        at = body.get("occurred_at")
        self.books.at = None if at is None else datetime.fromisoformat(at)
        self.step.told += 1
        self.step.refused += refused is not None
        self.hub.tell(name, {"owner": self.name, **body}, refused=refused)

    def _note(self, code: str, sku: str | None = None, lot: str | None = None) -> None:
        self.books.note(code, sku, lot)

    def _row(self, goods: Goods, site: str) -> Row:
        """Return where goods lie, by the number that their lot has now."""
        return goods.row(site)._replace(lot=goods.called and self.books.now(goods.sku, goods.called))

    def _know(self, goods: Goods, received: date, *, came: str) -> Lot | None:
        if goods.called is None:
            return None
        return self.books.know(
            goods.sku,
            self.books.now(goods.sku, goods.called),
            expires=goods.expires,
            made=goods.made,
            supplier=goods.supplier,
            supplier_lot=goods.supplier_lot,
            received=received,
            came=came,
        )

    def _change(self, row: Row, by: int, *, change: str, document: str) -> None:
        """Book more or less in a row; what is promised of it and is not there any more is lost."""
        if by:
            self.books.come(row, by, change=change, document=document)
        self._lose_what_is_gone(row)

    def _lose_what_is_gone(self, row: Row) -> None:
        """Take back what is promised of a row beyond what is there, the last promised first."""
        short = self.books.reserved()[row] - max(self.books.rows[row], 0)
        losing = [promise for _, _, promise in self.books.promises() if promise.row == row]
        for promise in reversed(losing):
            less = max(min(short, promise.quantity - promise.picked), 0)
            promise.quantity -= less
            short -= less
        self.books.drop_empty()
        self.books.fill([row.sku])

    def _withdraw(self, sku: str, lot: str, *, picked_too: bool) -> None:
        def mine(promise: Promise) -> bool:
            return (promise.row.sku, promise.row.lot) == (sku, lot)

        self.books.fill(self.books.lose(mine, picked_too=picked_too))

    def _withdraw_unusable(self) -> None:
        self.books.fill(self.books.lose(lambda promise: not self.books.usable(promise.row)))

    def fill_all(self) -> None:
        """Promise to whoever waits what has come free."""
        self.books.fill({line.sku for order in self.books.orders.values() for line in order.lines.values()})

    def turn_the_day(self) -> None:
        """Take back what was promised of lots that have expired, and count them as lost."""
        self._withdraw_unusable()
        self.books.expire()
        self.books.warn()
