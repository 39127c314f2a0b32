"""What is told of goods before and after they come in."""

from __future__ import annotations

from decimal import Decimal

from lotstream.domain.commands import (
    CloseReceipt,
    Command,
    CorrectReceipt,
    DefineSupplier,
    ExpectReceipt,
    GoodsAnnounced,
    LineWrong,
)
from lotstream.domain.goods import RECEIPT
from lotstream.domain.model import Supplier
from tests.property.vocabulary import EXPIRES, LOTS, NUMBERS
from tests.property.words_lots import LotWords


class ReceiptWords(LotWords):
    """Words about suppliers, announcements and receipts."""

    def define_supplier(self) -> Command:
        """A supplier brings nothing that lives too short."""
        version = self.number(1, 3)
        least = self.mostly(None, 0, 2)
        return DefineSupplier(Supplier("V1", version, min_days_left=least, min_pct_left=Decimal(version)))

    def expect(self) -> Command:
        """Goods are announced, of a lot or of any."""
        lines = tuple(
            GoodsAnnounced(str(at), self.mostly("A", "S", "NO"), self.units(), lot=self.mostly(None, "L1", "L2"))
            for at in range(self.number(1, 2))
        )
        version = self.mostly(None, "1", "2")
        return ExpectReceipt(self.site(), self._announcement(), self.mostly(None, "V1"), None, version, lines)

    def close_receipt(self) -> Command:
        """A receipt is closed, or what is left of an announcement is given up."""
        number = self.mostly(self._receipt(), None)
        expected = self._announcement() if number is None else self.mostly(None, self._announcement())
        return CloseReceipt(self.site(), self.happened(), "dock", None, number, expected)

    def correct_receipt(self) -> Command:
        """Lines of a receipt were told wrongly."""
        return CorrectReceipt(
            self.site(), self.happened(), "dock", None, self._receipt(), f"c{self.number(1, 9)}", None,
            self.several(self._wrong, 2),
        )  # fmt: skip

    def _wrong(self, line: str) -> LineWrong:
        return LineWrong(
            line,
            self.mostly(None, Decimal(self.number(0, 9))),
            sku=self.seldom(None, None, "S", "W"),
            lot=self.mostly(None, *LOTS),
            expires=self.seldom(None, EXPIRES["L1"], EXPIRES["L3"]),
            supplier=self.seldom(None, "V1"),
            cost=self.seldom(None, Decimal("0.75")),
            status=self.mostly(None, "good", "damaged"),
            serials=self.seldom((), NUMBERS[:1], ("s9",)),
            misread=self.seldom((), NUMBERS[1:2]),
        )

    def _receipt(self) -> str:
        known = [key.number for key in self._books.documents if key.kind == RECEIPT]
        return self.mostly(self.one(known), "R0") if known else "R0"

    def _announcement(self) -> str:
        return f"ASN{self.number(1, 2)}"
