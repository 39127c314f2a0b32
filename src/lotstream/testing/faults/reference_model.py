"""What the plain reference keeps: stock, lots, and orders with their lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

STAGING = "STAGING"
OVER = ("shipped", "cancelled")

#: SKU, lot, location.
Place = tuple[str, str, str]
#: Source and number.
OrderId = tuple[str, str]


class Refused(Exception):
    """A command is not done; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Stock:
    """What lies in one place of one lot."""

    on_hand: int = 0
    reserved: int = 0


@dataclass
class Lot:
    """When a lot expires and came in, and what forbids its use."""

    expires: date
    received: date
    holds: set[str] = field(default_factory=set)


@dataclass
class Part:
    """What is promised to a line out of one place; ``picked`` of it stands at the staging place."""

    place: Place
    quantity: int
    picked: int = 0


@dataclass
class Line:
    """One line of an order."""

    line: str
    sku: str
    wanted: int
    #: 0 as long as the item is not known.
    ordered: int = 0
    cancelled: int = 0
    shipped: int = 0
    parts: list[Part] = field(default_factory=list)

    def open(self) -> int:
        """Return what the line still wants."""
        return self.ordered - self.cancelled - self.shipped - sum(part.quantity for part in self.parts)


@dataclass
class Order:
    """An order as far as it has come."""

    key: OrderId
    version: int
    content: dict[str, Any]
    #: Its place in the queue.
    turn: tuple[Any, ...]
    lines: list[Line]
    held: bool = False
    shipments: set[str] = field(default_factory=set)

    def state(self) -> str:
        """Return the state that the quantities say."""
        if self.held:
            return "held"
        parts = [part for line in self.lines for part in line.parts]
        promised, picked = sum(part.quantity for part in parts), sum(part.picked for part in parts)
        shipped = any(line.shipped for line in self.lines)
        left = sum(line.ordered - line.cancelled - line.shipped for line in self.lines)
        if left == 0:
            return "shipped" if shipped else "cancelled"
        if shipped:
            return "partly_shipped"
        if picked:
            return "picked" if picked == promised else "picking"
        if promised:
            return "allocated" if promised == left else "partly_allocated"
        return "backordered"
