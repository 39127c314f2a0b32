"""Messages about lots as such: what was known of them was wrong."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from lotstream.domain.commands import (
    Command,
    CorrectLot,
    KitPiece,
    MadeLine,
    MergeLots,
    RebaseItem,
    RecordProduction,
    RenameItem,
    SplitLine,
    SplitLot,
    SplitPart,
)
from tests.property.house import TODAY
from tests.property.vocabulary import LOTS
from tests.property.words import Words

#: Numbers that lots have only by being corrected.
NEW_NUMBERS = ("N1", "N2")


class LotWords(Words):
    """Draws messages about lots as such."""

    def any_lot(self) -> str:
        """A lot by a number it has, had or may get."""
        return self.one((*LOTS, *NEW_NUMBERS))

    def produce(self) -> Command:
        """Goods are made of others, of their own item too."""
        used = self.several(lambda line: KitPiece(line, sku := self.sku(), self.lot(sku), self.bin(), self.units()))
        made = self.several(
            lambda line: MadeLine(
                f"m{line}", sku := self.sku(), self.lot(sku), self.bin(), self.units(), cost=self.cost()
            )
        )
        return RecordProduction(
            self.site(), self.happened(), None, None, f"PR{self.mostly(self._count(), 1)}", used, made, self.cost()
        )

    def merge_lots(self) -> Command:
        """Lots are one."""
        lots = self.several(lambda _: self.any_lot())
        number, take = f"LM{self.mostly(self._count(), 1)}", self.mostly("earliest", None)
        return MergeLots(number, self.seldom(self.sku(), None), lots, self.any_lot(), take=take)

    def rename_item(self) -> Command:
        """An item has another SKU."""
        return RenameItem(self.seldom("K", self.sku()), self.seldom("K2", self.sku()))

    def rebase_item(self) -> Command:
        """An item is counted in another unit."""
        numerator, denominator = self.mostly((self.number(1, 3), 1), (self.number(0, 2), self.number(1, 3)))
        unit, version = self.one(("each", "piece", "box")), self.number(1, 9)
        return RebaseItem(self.seldom("K", self.sku()), version, unit, 0, numerator, denominator)

    def split_lot(self) -> Command:
        """A part of a lot is a lot of its own."""
        place = self.seldom(self.bin(), "STAGING")
        line = SplitLine(place, self.units(), status=self.mostly(None, "good"))
        part = SplitPart(self.mostly(f"P{self.number(1, 3)}", self.any_lot()), (line,))
        return SplitLot(self.site(), f"LS{self.mostly(self._count(), 1)}", self.sku(), self.any_lot(), (part,))

    def cost(self) -> Decimal | None:
        """What something has cost."""
        return self.mostly(Decimal(self.number(0, 9)), None)

    def correct_lot(self) -> Command:
        """What was known of a lot was wrong."""
        facts: list[dict[str, Any]] = [
            {"to_lot": self.mostly(self.one(NEW_NUMBERS), self.any_lot())},
            {"expires": TODAY + timedelta(days=self.number(-2, 40))},
            {"made": TODAY - timedelta(days=self.number(-1, 30))},
            {"supplier": "S1", "cost": Decimal(self.number(1, 9))},
            {"clear": ("expires",)},
        ]
        said = {name: value for fact in self.several(lambda _: self.one(facts)) for name, value in fact.items()}
        if "expires" in said and "clear" in said:
            del said["clear"]
        number = f"LC{self.mostly(self._count(), 1)}"
        return CorrectLot(number, self.seldom(self.sku(), None), self.any_lot(), **said)
