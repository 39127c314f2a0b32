"""Which goods a message means: a lot at one of two sites, and what it weighs where its item is weighed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, Final

NORTH: Final = "NORTH"
SOUTH: Final = "SOUTH"
SKUS: Final = ("A", "B")
WEIGHED: Final = "B"
"""No two units of it weigh the same, at some of the owners."""
BINS: Final = {NORTH: ("SHELF-1", "SHELF-2", "SHELF-3"), SOUTH: ("DEPOT-1", "DEPOT-2")}
"""Places that are held and released; the plain owners have theirs elsewhere."""
CAGE: Final = "CAGE"
"""A place in the north that nobody picks from."""
LOTS: Final = 4

AT_NORTH: Final = 0.75
"""Share of what is said that is about the larger site."""
WEIGHED_SHARE: Final = 0.5
"""Share of owners that weigh an item."""
KNOWN_SHARE: Final = 0.85
"""Share of goods that are spoken of and have come."""
TOLD_SHARE: Final = 0.8
"""Share of lines of weighed goods that say what they weigh."""


class Goods:
    """Draws goods."""

    def __init__(self, random: Random, owners: Sequence[str]) -> None:
        self._random = random
        self._weighing = {owner for owner in owners if random.random() < WEIGHED_SHARE}
        #: What has come of each owner: SKU, lot and bin, by site.
        self._came: dict[tuple[str, str], list[tuple[str, str, str]]] = {}

    def is_weighed(self, owner: str, sku: str) -> bool:
        """Tell whether an owner's item is weighed."""
        return sku == WEIGHED and owner in self._weighing

    def site(self) -> str:
        """Return one of the two sites."""
        return NORTH if self._random.random() < AT_NORTH else SOUTH

    def bin(self, site: str) -> str:
        """Return a place of a site."""
        return self._random.choice(BINS[site])

    def there(self, owner: str, site: str) -> dict[str, str]:
        """Return SKU, lot and place of goods: mostly of some that came to a site."""
        came = self._came.get((owner, site))
        if came and self._random.random() < KNOWN_SHARE:
            return dict(zip(("sku", "lot", "location"), self._random.choice(came), strict=True))
        sku, lot = self._random.choice(SKUS), self._random.randint(1, LOTS)
        return {"sku": sku, "lot": f"L{lot}", "location": self.bin(site)}

    def lot(self, owner: str) -> dict[str, str]:
        """Return SKU and number of a lot: mostly of one that came."""
        there = self.there(owner, self.site())
        return {"sku": there["sku"], "lot": there["lot"]}

    def line(
        self, owner: str, site: str, *, called: str = "quantity", least: int = 1, most: int = 30
    ) -> dict[str, Any]:
        """Return a line about goods in a bin, with how much of them under the name it is called."""
        there, units = self.there(owner, site), self._random.randint(least, most)
        return {"line": "1", **there, called: str(units), **self.weight(owner, there["sku"], units)}

    def remember(self, owner: str, site: str, line: dict[str, Any]) -> None:
        """Take note of goods that come to a place."""
        self._came.setdefault((owner, site), []).append((line["sku"], line["lot"], line["location"]))

    def received(self, owner: str, site: str, line: int, *, today: date) -> dict[str, Any]:
        """Return a line of goods that come in, of a lot that may have come before with another last day."""
        lot, units, sku = self._random.randint(1, LOTS), self._random.randint(5, 40), self._random.choice(SKUS)
        expires = today + timedelta(days=lot * 10 if lot > 1 else self._random.randint(0, 1))
        places = (*BINS[site], *BINS[site], *([CAGE] if site == NORTH else []))
        came = {
            "line": str(line), "sku": sku, "quantity": str(units), "lot": f"L{lot}", "expires": expires.isoformat(),
            "location": self._random.choice(places), **self.weight(owner, sku, units),
        }  # fmt: skip
        self.remember(owner, site, came)
        return came

    def weight(self, owner: str, sku: str, units: int) -> dict[str, str]:
        """Return what so many units weigh, as a message says it; nothing where nobody says it."""
        if not units or not self.is_weighed(owner, sku) or self._random.random() >= TOLD_SHARE:
            return {}
        return {"weight_kg": f"{units * self._random.randint(1_800, 2_400) / 1000:.3f}"}
