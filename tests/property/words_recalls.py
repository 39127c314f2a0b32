"""Messages about recalls: lots are recalled or a drill of it is held, consignees answer, recalls are closed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from lotstream.domain.commands import AnswerRecall, CloseRecall, Command, LotAnswered, RecallLots
from lotstream.domain.model import Consignee, ConsigneeAnswer
from tests.property.house import TODAY
from tests.property.vocabulary import LOTS
from tests.property.words_lots import LotWords


class RecallWords(LotWords):
    """Draws messages about recalls for one owner."""

    def recall(self) -> Command:
        """Lots are recalled, by name or by what they have in common, sometimes as a drill."""
        number, drill = self.mostly(f"h{self.number(1, 2)}", "d1"), self.mostly(False, False, True)
        if self.mostly(True, False):
            lots = tuple((sku, self.one(LOTS)) for sku in self.mostly(("A",), ("A", "S"), (None,)))
            return RecallLots(number, "found unsafe", lots, drill=drill, by=self.by())
        made_from = self.mostly(None, TODAY - timedelta(days=self.number(1, 90)))
        return RecallLots(
            number, None, (), self.mostly(None, "A"), self.mostly("SUP", None), self.mostly(None, "24A"), made_from,
            self.mostly(None, TODAY), drill, self.by(),
        )  # fmt: skip

    def answer_recall(self) -> Command:
        """Somebody who was written to says what he did, sometimes what cannot be."""
        known = [one for one in self._books.shipped().values() if isinstance(one, Consignee)]
        if not known or self.mostly(False, False, False, True):
            return AnswerRecall("h1", "0" * 16, ConsigneeAnswer.INFORMED)
        consignee = self.one(known)
        lots = tuple(
            LotAnswered(got.sku, got.lot, Decimal(self.number(0, got.quantity)), Decimal(self.mostly(0, 1)))
            for got in consignee.to.lots
        )
        answer = self.one([*ConsigneeAnswer])
        return AnswerRecall(consignee.recall, consignee.to.id, answer, self.mostly(lots, ()), self.by())

    def close_recall(self) -> Command:
        """A recall is closed, sometimes one that nobody has opened."""
        return CloseRecall(self.mostly("h1", "h2", "d1"), self.by())
