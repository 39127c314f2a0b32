"""Messages about goods that come back: announced, and looked at when they are there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from lotstream.domain.commands import (
    AdjustStock,
    AnnouncedLine,
    Command,
    ExpectReturn,
    InspectedLine,
    InspectReturn,
    ProgressShipment,
    RoadLine,
    StockLine,
)
from lotstream.domain.model import Disposition, Receipt, RoadState, Shipment
from lotstream.domain.paper import RETURN
from tests.property.house import BEGAN
from tests.property.vocabulary import CODES, LOTS, NUMBERS
from tests.property.words_recalls import RecallWords


class ReturnWords(RecallWords):
    """Draws messages about goods that come back for one owner."""

    def progress(self) -> Command:
        """A carrier tells where a shipment is, sometimes of one that has not left, sometimes late."""
        known = [one for one in self._books.shipped().values() if isinstance(one, Shipment)]
        number = self.one(known).key.number if known else "S0"
        at = BEGAN + timedelta(hours=self.number(0, 90))
        lines: tuple[RoadLine, ...] = ()
        packages: tuple[str, ...] = ()
        if self.mostly(False, True):
            lines = tuple(self._part() for _ in range(self.number(1, 2)))
            packages = self.mostly((), (self.one(("P1", "P2")),))
        return ProgressShipment(
            self.site(), self.happened(), None, self.mostly(at, None), number, self.one([*RoadState]),
            lines=lines, packages=packages,
        )  # fmt: skip

    def _part(self) -> RoadLine:
        """Return what a carrier says of a part, sometimes of more than left, or of what did not leave."""
        quantity = self.mostly(Decimal(self.number(0, 4)), None)
        sku = self.mostly(None, self.sku())
        return RoadLine(None, None, self.mostly(None, "1"), sku, self.mostly(None, self.one(LOTS)), None, quantity)

    def adjust_unit(self) -> Command:
        """A unit is gone, or one that was turns up."""
        units, lot = Decimal(self.mostly(-1, 1)), self.mostly("L1", None)
        line = StockLine("1", "S", lot, self.bin(), units, code=self.one(CODES))
        return AdjustStock(self.site(), self.happened(), None, None, f"A{self._count()}", (self._numbered(line),))

    def _numbered(self, line: StockLine) -> StockLine:
        """Return a line that names its units, mostly, or some that are not."""
        numbers = tuple(self.one((*NUMBERS, "s9")) for _ in range(self.mostly(abs(int(line.quantity)), 1)))
        return replace(line, serials=self.mostly(numbers, ()))

    def expect_return(self) -> Command:
        """Somebody announces that goods will come back."""
        key = self.mostly(self.key(), None)
        line = AnnouncedLine("1", self.mostly("A", "S"), self.mostly(None, self.one(LOTS)), Decimal(self.number(1, 3)))
        return ExpectReturn(f"E{self.number(1, 2)}", self.site(), key, self.mostly("C", None), None, (line,))

    def inspect_return(self) -> Command:
        """What came back is looked at, sometimes more than came, sometimes where it does not lie."""
        known = [one for one in self._books.shipped().values() if isinstance(one, Receipt) and one.came]
        number = f"RI{self._count()}"
        if not known:
            line = InspectedLine("1", "1", Decimal(1), None, Disposition.SCRAP)
            return InspectReturn(self.site(), self.happened(), None, None, "RMA0", number, (line,))
        back = self.one(known)
        lines = tuple(
            InspectedLine(
                str(index), one.line, Decimal(self.number(1, max(one.quantity, 1))), None, self.one([*Disposition]),
                self.mostly(None, self.bin()), self.mostly(None, self.bin()), None, self.mostly((), one.serials[:1]),
            )
            for index, one in enumerate(back.came[: self.number(1, 2)])
        )  # fmt: skip
        assert back.key.kind == RETURN
        return InspectReturn(back.site, self.happened(), None, None, back.key.number, number, lines)
