"""What owners say of goods that lie there: they sell them to each other, count them, told late too, and make others.

These are what one worker's memory does not know: goods that come into another ledger by a record of the hub's own, and
what has become of a bin before, which the database is asked for. Drawn by chances of its own, so that the rest of a
seed stays what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from lotstream.testing.simulation.goods import SKUS, Goods

#: How often an owner says such a thing when it says anything.
SAID: Final = 0.2
#: How long ago a count may have been made, in seconds; none of the goods are older.
AGO_S: Final = 20.0

#: Tells one message of an owner: its type, the owner, and its body.
Tell = Callable[..., None]


class Dealing:
    """Draws sales, counts and production."""

    def __init__(self, random: Random, owners: Sequence[str], goods: Goods) -> None:
        self._random = random
        self._owners = owners
        self._goods = goods
        self._number = 0

    def say(self, owner: str, tell: Tell, *, now: datetime) -> bool:
        """Let an owner sell, count or make something, or do nothing of it; tells whether it did."""
        if self._random.random() >= SAID:
            return False
        self._number += 1
        # Now and then under a number that was there before.
        number = 1 if self._random.random() < 0.1 else self._number
        site, chance = self._goods.site(), self._random.random()
        if chance < 0.4:
            self._sell(owner, tell, number, site)
        elif chance < 0.75:
            self._count(owner, tell, number, site, now=now)
        else:
            self._make(owner, tell, number, site)
        return True

    def _sell(self, owner: str, tell: Tell, number: int, site: str) -> None:
        # Now and then to himself, which is nonsense.
        others = [other for other in self._owners if other != owner or self._random.random() < 0.1]
        tell(
            "title.released", owner, site=site, happened=self._random.random() < 0.7, title=f"T-{number}",
            to_owner=self._random.choice(others), lines=[self._goods.line(owner, site)],
        )  # fmt: skip

    def _count(self, owner: str, tell: Tell, number: int, site: str, *, now: datetime) -> None:
        ago = timedelta(seconds=self._random.uniform(0.0, AGO_S))
        told_late = {"as_of": (now - ago).isoformat()} if self._random.random() < 0.5 else {}
        tell(
            "stock.counted", owner, site=site, happened=True, count=f"C-{number}", by="counter",
            lines=[self._goods.line(owner, site, called="counted", least=0)], **told_late,
        )  # fmt: skip

    def _make(self, owner: str, tell: Tell, number: int, site: str) -> None:
        """Make goods of others; a lot may go into itself."""
        units = self._random.randint(1, 12)
        what = self._random.choice([{"sku": self._random.choice(SKUS), "lot": "P1"}, self._goods.lot(owner)])
        made = {
            "line": "2", **what, "quantity": str(units), "location": self._goods.bin(site),
            **self._goods.weight(owner, what["sku"], units),
        }  # fmt: skip
        self._goods.remember(owner, site, made)
        tell(
            "production.recorded", owner, site=site, happened=self._random.random() < 0.7, production=f"M-{number}",
            used=[self._goods.line(owner, site, most=12)], made=[made],
        )  # fmt: skip
