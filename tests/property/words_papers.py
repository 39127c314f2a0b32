"""Messages about holds on owners and units, and about inspections and papers of lots."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from lotstream.domain.commands import (
    Command,
    DocumentLot,
    FinishTask,
    InspectLot,
    LiftOwnerHold,
    LiftSerialHold,
    PlaceOwnerHold,
    PlaceSerialHold,
    PutAway,
    RecordCondition,
    StockLine,
)
from lotstream.domain.model import ConditionKind, Hold, HoldKind, LotDocument, Stage
from tests.property.vocabulary import BINS, LOTS, NUMBERS
from tests.property.words_lots import LotWords


class PaperWords(LotWords):
    """Draws messages about holds, inspections and papers."""

    def hold_owner(self) -> Command:
        """All that an owner, or a supplier of his, has is held."""
        kind = self.mostly(HoldKind.HOLD, *HoldKind)
        return PlaceOwnerHold(Hold(f"h{self.number(1, 2)}", kind, by=self.by()), self.mostly("SUP", None))

    def let_owner_go(self) -> Command:
        """All that an owner, or a supplier of his, has is let go."""
        return LiftOwnerHold(self.mostly(None, "h1"), self.mostly("SUP", None), self.by())

    def hold_unit(self) -> Command:
        """One unit is held by its serial number."""
        kind = self.mostly(HoldKind.HOLD, *HoldKind)
        hold = Hold(f"h{self.number(1, 2)}", kind, by=self.by())
        return PlaceSerialHold(hold, self.mostly(None, "S", "A"), self.one(NUMBERS))

    def let_unit_go(self) -> Command:
        """Holds of one unit are lifted."""
        return LiftSerialHold(self.mostly(None, "h1"), self.mostly(None, "S"), self.one(NUMBERS), self.by())

    def inspect(self) -> Command:
        """Somebody has looked at a lot."""
        stage = self.mostly(Stage.INBOUND, Stage.OUTBOUND)
        passed, sku = self.mostly(True, False), self.mostly("A", "S", None)
        return InspectLot(f"Q{self.number(1, 6)}", sku, self.one(LOTS), stage, passed, self.by())

    def document(self) -> Command:
        """Papers of a lot come or are withdrawn."""
        today = self._house.sites.today["S1"]
        ends = self.mostly(None, today + timedelta(days=self.number(0, 3)))
        paper = LotDocument(self.mostly("coa", "organic"), f"P{self.number(1, 2)}", None, ends)
        return DocumentLot(self.mostly("A", "S", None), self.one(LOTS), (paper,), self.mostly(False, False, True))

    def record(self) -> Command:
        """It is recorded how goods were kept."""
        location, lot, package = self.one((("A1", None, None), (None, self.one(LOTS), None), (None, None, "P1")))
        kind, hold = self.mostly(ConditionKind.TEMPERATURE, ConditionKind.SHOCK), self.mostly(None, True, False)
        number, value = f"T{self.number(1, 4)}", Decimal(self.number(0, 30))
        return RecordCondition(
            self.mostly("S1", "S9"), self.happened(), self.by(), None, number, kind, value, self.mostly(location, "B9")
            if location else None, self.mostly("A", None) if lot else None, lot, package, hold=hold,
        )  # fmt: skip

    # ---- Where goods may lie ----------------------------------------------------------------------------------------

    def put_away(self) -> Command:
        """Goods come to a bin."""
        rows = sorted(self._books.ledger.stock, key=str)
        if not rows:
            return PutAway("S1", self.happened(), None, None, "P0", ())
        row = self.one(rows)
        line = StockLine("1", row.sku, row.lot, row.location, Decimal(self.number(1, 9)), to=self.one(BINS))
        return PutAway(row.site, self.happened(), None, None, f"P{self.number(1, 9)}", (line,), self.mostly(None, "t"))

    def finish(self) -> Command:
        """A task of the floor is done."""
        site, kind = self.mostly("S1", "S9"), self.mostly("count", "inspect")
        return FinishTask(site, self.happened(), None, None, f"T{self.number(1, 3)}", kind)
