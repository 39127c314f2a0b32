"""Who waits for what: the queue of backorders by SKU, and the orders that are held."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import datetime

from lotstream.domain.model import Order, OrderKey, OrderState
from lotstream.domain.sums import OVER, backordered

#: Priority (high first), then when it was placed, then arrival, then name: a total order.
QueueKey = tuple[int, datetime, int, OrderKey]


_NOTHING: frozenset[str] = frozenset()


def queue_key(order: Order) -> QueueKey:
    """Return an order's place in the queue."""
    return (-order.priority, order.placed_at, order.arrival, order.key)


def skus_wanted(order: Order) -> frozenset[str]:
    """Return the SKUs of which an order still wants something; none while it is held or when it is over."""
    if order.state is OrderState.ALLOCATED or order.held is not None or order.state in OVER:
        return _NOTHING
    return frozenset([line.sku for line in order.lines if backordered(line)])


class Waiting:
    """The queue of each SKU in order, kept up to date order by order."""

    __slots__ = ("_places", "_queues", "held")

    def __init__(self) -> None:
        self._queues: dict[str, list[QueueKey]] = {}
        self._places: dict[OrderKey, tuple[QueueKey, frozenset[str]]] = {}
        #: Orders that a missing fact or a person holds up.
        self.held: set[OrderKey] = set()

    def note(self, order: Order) -> None:
        """Put an order where it belongs after it was changed in any way."""
        key, wanted = order.key, skus_wanted(order)
        before = self._places.pop(key, None)
        if before is not None:
            self._leave(*before)
        if wanted:
            self._join(queue_key(order), wanted)
        if order.held is not None and order.state not in OVER:
            self.held.add(key)
        else:
            self.held.discard(key)

    def anybody(self, sku: str) -> bool:
        """Tell whether any order waits for a SKU."""
        return sku in self._queues

    def skus(self) -> list[str]:
        """Return every SKU that any order waits for."""
        return sorted(self._queues)

    def for_skus(self, skus: Iterable[str]) -> list[OrderKey]:
        """Return the orders that wait for any of these SKUs, in queue order."""
        queues = [queue for sku in skus if (queue := self._queues.get(sku))]
        if len(queues) == 1:
            return [place[3] for place in queues[0]]
        return [place[3] for place in sorted(set().union(*queues))]

    def everybody(self) -> list[OrderKey]:
        """Return every order that waits for anything, in queue order."""
        return [place[3] for place in sorted(place for place, _ in self._places.values())]

    def _join(self, place: QueueKey, skus: frozenset[str]) -> None:
        self._places[place[3]] = (place, skus)
        for sku in skus:
            insort(self._queues.setdefault(sku, []), place)

    def _leave(self, place: QueueKey, skus: frozenset[str]) -> None:
        for sku in skus:
            queue = self._queues[sku]
            del queue[bisect_left(queue, place)]
            if not queue:
                del self._queues[sku]
