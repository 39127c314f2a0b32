"""Which orders have something promised that is told by a wave: asked when the wave is worked on, or loses something."""

from __future__ import annotations

from collections.abc import Iterable

from lotstream.domain.model import WAITS, Order, OrderKey
from lotstream.domain.sums import OVER

_NOTHING: frozenset[str] = frozenset()


class Waved:
    """The open orders by the waves their promises are told by, kept up to date order by order."""

    __slots__ = ("_orders", "_waves")

    def __init__(self, orders: Iterable[Order]) -> None:
        self._waves: dict[OrderKey, frozenset[str]] = {}
        self._orders: dict[str, set[OrderKey]] = {}
        for order in orders:
            self.note(order)

    def note(self, order: Order) -> None:
        """Put an order where it belongs after it was changed in any way."""
        before, now = self._waves.pop(order.key, _NOTHING), _waves_of(order)
        if now:
            self._waves[order.key] = now
        for wave in before - now:
            self._orders[wave].discard(order.key)
            if not self._orders[wave]:
                del self._orders[wave]
        for wave in now - before:
            self._orders.setdefault(wave, set()).add(order.key)

    def orders(self, wave: str) -> Iterable[OrderKey]:
        """Return the orders that have anything promised that is told by a wave, in no order."""
        return self._orders.get(wave, ())


def _waves_of(order: Order) -> frozenset[str]:
    if order.state in OVER:
        return _NOTHING
    told = [part.wave for line in order.lines for part in line.reservations]
    return frozenset([by.wave for by in told if by is not None and by != WAITS])
