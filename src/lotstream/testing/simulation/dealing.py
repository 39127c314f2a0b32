"""What owners say of goods that lie there: they sell them to each other, and count them, told late too.

These are what one worker's memory does not know: goods that come into another ledger by a record of the hub's own, and
what has become of a bin before, which the database is asked for. Drawn by chances of its own, so that the rest of a
seed stays what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

#: How often an owner says such a thing when it says anything.
SAID: Final = 0.15
#: How long ago a count may have been made, in seconds; none of the goods are older.
AGO_S: Final = 20.0

#: Tells one message of an owner: its type, the owner, and its body.
Tell = Callable[..., None]


class Dealing:
    """Draws sales and counts."""

    def __init__(
        self, random: Random, owners: Sequence[str], *, site: str, skus: Sequence[str], bins: Sequence[str]
    ) -> None:
        self._random = random
        self._owners = owners
        self._site = site
        self._skus = skus
        self._bins = bins
        self._number = 0

    def say(self, owner: str, tell: Tell, *, now: datetime) -> bool:
        """Let an owner sell or count something, or neither; tells whether it did."""
        if self._random.random() >= SAID:
            return False
        self._number += 1
        # Now and then under a number that was there before.
        number = 1 if self._random.random() < 0.1 else self._number
        if self._random.random() < 0.5:
            self._sell(owner, tell, number)
        else:
            self._count(owner, tell, number, now=now)
        return True

    def _sell(self, owner: str, tell: Tell, number: int) -> None:
        tell(
            "title.released", owner, site=self._site, happened=self._random.random() < 0.7, title=f"T-{number}",
            to_owner=self._random.choice(self._owners), lines=[self._line("quantity", 1)],
        )  # fmt: skip

    def _count(self, owner: str, tell: Tell, number: int, *, now: datetime) -> None:
        ago = timedelta(seconds=self._random.uniform(0.0, AGO_S))
        told_late = {"as_of": (now - ago).isoformat()} if self._random.random() < 0.5 else {}
        tell(
            "stock.counted", owner, site=self._site, happened=True, count=f"C-{number}", by="counter",
            lines=[self._line("counted", 0)], **told_late,
        )  # fmt: skip

    def _line(self, quantity: str, least: int) -> dict[str, object]:
        return {
            "line": "1", "sku": self._random.choice(self._skus), "lot": f"L{self._random.randint(1, 4)}",
            "location": self._random.choice(self._bins), quantity: str(self._random.randint(least, 30)),
        }  # fmt: skip
