"""Messages about goods that go from site to site."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lotstream.domain.commands import (
    AcceptTitle,
    ApproveCount,
    ArrivedLine,
    ChangeSettings,
    Command,
    GoodsLine,
    ReceiveTransfer,
    ReleaseTitle,
    SecondCount,
    ShipTransfer,
)
from lotstream.domain.model import TITLE_OUT, CountApproval, CountPending, Title, Transfer, TransferLine
from tests.property.words import Words


class MovingWords(Words):
    """Draws messages about goods that go from site to site."""

    def send_over(self) -> Command:
        """Goods leave for the other site, sometimes more than there are."""
        lines = self.several(lambda line: self._stock_line(line, self.mostly(self.number(1, 5), 30)))
        site, number = self.site(), self.mostly(f"TR{self._count()}", "TR1")
        to = self.mostly("S2" if site == "S1" else "S1", "S3")
        return ShipTransfer(site, self.happened(), None, None, number, to, lines)

    def sell(self) -> Command:
        """Goods become another owner's, sometimes more than there are."""
        lines = self.several(lambda line: self._stock_line(line, self.mostly(self.number(1, 5), 30)))
        number, owner = self.mostly(f"TI{self._count()}", "TI1"), self._books.ledger.owner
        others = [name for name in self._house.books if name != owner]
        to = self.mostly(self.one([*others, "somebody"]), owner)
        return ReleaseTitle(owner, self.site(), self.happened(), None, None, number, to, lines)

    def buy(self) -> Command:
        """Goods of another owner come in: those that one has sold, or of whom nobody here knows anything."""
        sold = [
            (seller, title)
            for seller, books in self._house.books.items()
            for title in books.kept(TITLE_OUT, Title).values()
            if title.to_owner == self._books.ledger.owner
        ]
        if bool(sold) and self.mostly(True, False):
            return self._bought(*self.one(sold))
        lines = self.several(self._goods)
        number = self.mostly(f"TB{self._count()}", "TB1")
        return AcceptTitle(self.site(), self.happened(), None, None, number, "somebody", lines)

    def _bought(self, seller: str, title: Title) -> Command:
        """What one of them has sold, as the hub tells the other: told twice, or a line of it wrongly, now and then."""
        items = self._house.books[seller].ledger.items
        lines = tuple(
            GoodsLine(
                line.line, line.sku, Decimal(line.quantity).scaleb(-items[line.row.sku].decimals) + self.seldom(0, 1),
                None, line.row.location, lot=line.row.lot, status=line.row.status, serials=line.serials,
            )
            for line in title.lines
        )  # fmt: skip
        number = title.key.number.removeprefix(f"{seller}/")
        return AcceptTitle(title.site, True, None, None, number, seller, lines)

    def careful(self) -> Command:
        """Counts that differ need a second counter from now on, or no longer."""
        rule = self.mostly(CountApproval(units=Decimal(2)), CountApproval(percent=Decimal(50)), None)
        return ChangeSettings(replace(self._books.ledger.settings, count_approval=rule))

    def approve(self) -> Command:
        """Somebody else has counted, and found the same, or something else."""
        known = [one for one in self._books.shipped().values() if isinstance(one, CountPending)]
        if not known:
            return ApproveCount(self.site(), True, "second", None, "C1", True)
        pending = self.one(known)
        lines = []
        for line in pending.lines if self.mostly(True, False) else ():
            item = self._books.ledger.items[line.sku]
            lines.append(SecondCount(line.line, Decimal(line.counted + self.mostly(0, 1)).scaleb(-item.decimals)))
        by, approved = self.mostly("second", None), self.mostly(True, False)
        return ApproveCount(pending.site, True, by, None, pending.key.number, approved, tuple(lines))

    def come_over(self) -> Command:
        """They arrive: all, fewer, more, damaged, elsewhere, or other goods."""
        known = [one for one in self._books.shipped().values() if isinstance(one, Transfer)]
        final, receipt = self.mostly(False, True), self.mostly(f"TA{self._count()}", None)
        if not known or self.mostly(False, True):
            sku = self.sku()
            stray = ArrivedLine("1", self.units(), sku=sku, lot=self.lot(sku), location=self.bin())
            return ReceiveTransfer(self.site(), self.happened(), None, None, "TR1", receipt, final, (stray,))
        transfer = self.one(known)
        lines = tuple(self._arrived(line) for line in transfer.lines if self.mostly(True, False))
        site = self.mostly(transfer.to_site, self.site())
        return ReceiveTransfer(site, self.happened(), None, None, transfer.key.number, receipt, final, lines)

    def _arrived(self, line: TransferLine) -> ArrivedLine:
        item = self._books.ledger.items.get(line.sku)
        units = self.mostly(line.under_way, self.number(1, 5))
        quantity = Decimal(units).scaleb(0 if item is None else -item.decimals)
        serials = self.mostly(line.serials, ())
        status = self.mostly(None, "good", "damaged")
        return ArrivedLine(line.line, quantity, location=self.bin(), status=status, serials=serials)
