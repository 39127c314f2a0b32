"""How goods are said in messages, and where they go."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.acceptance.week.records import GOOD, Row

SHOP = "shop"
GONE = {"scrap": "scrapped", "send_back": "sent_back"}


@dataclass(frozen=True)
class Goods:
    """A line of goods in a message."""

    sku: str
    quantity: int
    place: str
    lot: str | None = None
    expires: date | None = None
    made: date | None = None
    supplier: str | None = None
    status: str = GOOD
    unit: str | None = None
    #: Base units in one ``unit``.
    factor: int = 1
    #: What one ``unit`` has cost.
    cost: str | None = None
    serials: tuple[str, ...] = ()
    supplier_lot: str | None = None
    #: The number of the lot where the message names none.
    becomes: str | None = None
    #: Further fields of the line.
    more: dict[str, Any] = field(default_factory=dict)

    def row(self, site: str) -> Row:
        """Return where they lie."""
        return Row(self.sku, self.called, site, self.place, self.status)

    @property
    def called(self) -> str | None:
        """Return the number that their lot has."""
        return self.lot or self.becomes

    @property
    def units(self) -> int:
        """Return how many base units they are."""
        return self.quantity * self.factor

    def said(self, line: str) -> dict[str, Any]:
        """Return them as a line of a message."""
        said = {
            "line": line, "sku": self.sku, "quantity": str(self.quantity), "unit": self.unit, "lot": self.lot,
            "expires": day(self.expires), "made": day(self.made), "supplier": self.supplier, "location": self.place,
            "status": None if self.status == GOOD else self.status, "cost": self.cost,
            "serials": list(self.serials) or None,
            "supplier_lot": self.supplier_lot, **self.more,
        }  # fmt: skip
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True)
class Arrived:
    """Goods of a transfer that came off the truck."""

    #: Where they had left.
    left: Row
    quantity: int
    place: str
    status: str = GOOD


def ship_to(number: str) -> dict[str, Any]:
    """Return where an order goes."""
    city = ("Sampletown", "Exampleville")[len(number) % 2]
    return {"name": f"Receiver {number}", "street": [f"{number} Example Street"], "city": city, "country": "US"}


def day(value: date | None) -> str | None:
    """Return a day as messages have it."""
    return None if value is None else value.isoformat()


def filled(body: dict[str, Any]) -> dict[str, Any]:
    """Return what a message says without what it leaves open."""
    return {name: value for name, value in body.items() if value is not None}
