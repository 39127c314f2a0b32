"""Which orders have something of a lot promised: asked when a lot may no longer be used, or less of it is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lotstream.domain.model import Order, OrderKey
from lotstream.domain.sums import OVER

#: A lot of one SKU; None for stock without a lot.
LotKey = tuple[str, str | None]

_NOTHING: frozenset[LotKey] = frozenset()


class Promised:
    """The open orders by the lots promised to them, kept up to date order by order."""

    __slots__ = ("_lots", "_orders", "pairs")

    def __init__(self, orders: Iterable[Order]) -> None:
        self._lots: dict[OrderKey, frozenset[LotKey]] = {}
        self._orders: dict[LotKey, set[OrderKey]] = {}
        #: How many pairs of an order and a lot there are.
        self.pairs = 0
        for order in orders:
            self.note(order)

    def note(self, order: Order) -> None:
        """Put an order where it belongs after it was changed in any way."""
        before, now = self._lots.get(order.key, _NOTHING), _lots_of(order)
        if before == now:
            return
        if now:
            self._lots[order.key] = now
        else:
            del self._lots[order.key]
        self.pairs += len(now) - len(before)
        for lot in before - now:
            self._leave(lot, order.key)
        for lot in now - before:
            self._orders.setdefault(lot, set()).add(order.key)

    def of(self, lots: Iterable[LotKey]) -> Iterator[OrderKey]:
        """Return the orders that have anything of these lots promised, each once and in no order."""
        return iter(set().union(*(self._orders.get(lot, ()) for lot in lots)))

    def _leave(self, lot: LotKey, key: OrderKey) -> None:
        orders = self._orders[lot]
        orders.discard(key)
        if not orders:
            del self._orders[lot]


def _lots_of(order: Order) -> frozenset[LotKey]:
    if order.state in OVER:
        return _NOTHING
    return frozenset([(part.row.sku, part.row.lot) for line in order.lines for part in line.reservations])
