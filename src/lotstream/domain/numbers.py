"""Which open orders speak of which serial numbers: by naming them, or by having picked their units."""

from __future__ import annotations

from collections.abc import Iterable, KeysView

from lotstream.domain.model import Order, OrderKey
from lotstream.domain.sums import OVER

_NOTHING: frozenset[str] = frozenset()


class Numbers:
    """The open orders by the serial numbers they speak of, kept up to date order by order."""

    __slots__ = ("_numbers", "_orders")

    def __init__(self, orders: Iterable[Order]) -> None:
        self._numbers: dict[OrderKey, frozenset[str]] = {}
        self._orders: dict[str, set[OrderKey]] = {}
        for order in orders:
            self.note(order)

    def note(self, order: Order) -> None:
        """Put an order where it belongs after it was changed in any way."""
        before, now = self._numbers.pop(order.key, _NOTHING), _spoken_of(order)
        if now:
            self._numbers[order.key] = now
        for number in before - now:
            orders = self._orders[number]
            orders.discard(order.key)
            if not orders:
                del self._orders[number]
        for number in now - before:
            self._orders.setdefault(number, set()).add(order.key)

    def all(self) -> KeysView[str]:
        """Return every number that an open order speaks of."""
        return self._orders.keys()

    def orders(self, number: str) -> list[OrderKey]:
        """Return the open orders that speak of a number, sorted."""
        return sorted(self._orders.get(number, ()))


def _spoken_of(order: Order) -> frozenset[str]:
    if order.state in OVER:
        return _NOTHING
    named = [line.serial for line in order.lines if line.serial is not None]
    picked = [number for line in order.lines for part in line.reservations for number in part.serials]
    return frozenset(named + picked)
