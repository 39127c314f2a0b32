"""What is asked about the past: lots are recalled, drills are held, persons forgotten, items counted in other units.

The answer is the database's, which must know of everything that was decided before; so each of these begins a batch.
"""

from __future__ import annotations

from random import Random
from typing import Any, Final

from lotstream.testing.simulation.dealing import Tell
from lotstream.testing.simulation.goods import SKUS, Goods

#: How often an owner asks such a thing when it says anything.
SAID: Final = 0.08
#: The one customer that has a number; some orders are its.
CUSTOMER: Final = "C-1"


class LookingBack:
    """Draws recalls and requests of persons, and the persons whom orders are for."""

    def __init__(self, random: Random, goods: Goods) -> None:
        self._random = random
        self._goods = goods
        self._number = 0

    def consignee(self, order: str) -> dict[str, Any]:
        """Return who gets an order: a customer, a person, both, or nobody says so."""
        customer = {"customer": CUSTOMER} if self._random.random() < 0.2 else {}
        person = {"name": f"Receiver of {order}", "city": "Sampletown", "country": "US"}
        return customer | ({"ship_to": person} if self._random.random() < 0.3 else {})

    def say(self, owner: str, tell: Tell, *, orders: list[dict[str, Any]]) -> bool:
        """Let an owner recall a lot, have persons forgotten, or count otherwise, or nothing; tells whether it did."""
        if self._random.random() >= SAID:
            return False
        self._number += 1
        chance = self._random.random()
        if chance < 0.4:
            self._recall(owner, tell)
        elif chance < 0.65:
            unit = {"base_unit": f"part-{self._number}", "numerator": 2, "version": 1 + self._number}
            tell("item.rebased", owner, sku=self._random.choice(SKUS), **unit)
        else:
            named = {"customer": CUSTOMER} if self._random.random() < 0.3 else {"orders": orders}
            tell("person.erased", owner, request=f"E-{self._number}", **named)
        return True

    def _recall(self, owner: str, tell: Tell) -> None:
        # Under one number, so that it is told again of more lots; a drill's number is a drill's for good.
        drill = self._random.random() < 0.6
        recall = "DRILL" if drill else "RC-1"
        tell("lot.recalled", owner, recall=recall, drill=drill, lots=[self._goods.lot(owner)])
