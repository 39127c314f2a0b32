"""The horizon of allocation: an order that leaves later than so many days from now waits for its day.

How many days is found on the order, else its customer, else the owner's settings; where none of them says, no order
waits. An order waits as a whole, for the first of its lines to come within the horizon; a line without a ship date
leaves as soon as it can.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from datetime import date

from lotstream.domain.model import Customer, Order, OrderKey, Settings


def horizon_of(settings: Settings, customer: Customer | None, order: Order) -> tuple[int, str] | None:
    """Return how many days ahead an order is decided, and who says so; None where nobody does."""
    if order.allocate_days_ahead is not None:
        return order.allocate_days_ahead, "order"
    if customer is not None and customer.allocate_days_ahead is not None:
        return customer.allocate_days_ahead, "customer"
    return None if settings.allocate_days_ahead is None else (settings.allocate_days_ahead, "settings")


def ships_on(order: Order) -> date | None:
    """Return the day the first of an order's open lines leaves; None when one of them leaves as soon as it can."""
    days = [
        line.ship_date or order.ship_date
        for line in order.lines
        if line.cancelled < line.ordered or line.quantity_sent is not None
    ]
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None


def first_day(settings: Settings, customer: Customer | None, order: Order) -> int:
    """Return the first day on which an order is decided, as an ordinal; 0 for any day."""
    horizon = horizon_of(settings, customer, order)
    day = None if horizon is None else ships_on(order)
    return 0 if horizon is None or day is None else max(day.toordinal() - horizon[0], 0)


class Ahead:
    """Open orders that wait for their day, the earliest first."""

    __slots__ = ("_days", "_queue")

    def __init__(self) -> None:
        self._days: dict[OrderKey, int] = {}
        self._queue: list[tuple[int, OrderKey]] = []

    def note(self, order: Order, day: int | None) -> None:
        """Put an order where its first day, an ordinal, belongs; None: it waits no longer."""
        before = self._days.pop(order.key, None)
        if before is not None:
            del self._queue[bisect_left(self._queue, (before, order.key))]
        if day is not None:
            self._days[order.key] = day
            insort(self._queue, (day, order.key))

    def until(self, day: int) -> Iterable[OrderKey]:
        """Return the orders whose first day is not after a day, an ordinal."""
        return [key for _, key in self._queue[: bisect_right(self._queue, day, key=lambda entry: entry[0])]]

    def everybody(self) -> Iterable[OrderKey]:
        """Return all that wait for their day."""
        return list(self._days)
