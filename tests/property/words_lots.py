"""Messages about lots as such: what was known of them was wrong."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from lotstream.domain.commands import Command, CorrectLot
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
