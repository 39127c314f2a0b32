"""Who waits for what: the queue of backorders by SKU, and the orders that are held."""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from lotstream.domain.gtins import gtin_14
from lotstream.domain.model import Order, OrderKey, OrderState
from lotstream.domain.sums import OVER, backordered

#: Priority (high first), then when it was placed, then arrival, then name: a total order.
QueueKey = tuple[int, datetime, int, OrderKey]

#: What a held order may miss: the kind of name, and the name.
Fact = tuple[str, str]
SKU = "sku"
GTIN = "gtin"
CUSTOMER = "customer"

_NOTHING: frozenset[str] = frozenset()
_NO_FACTS: frozenset[Fact] = frozenset()


def queue_key(order: Order) -> QueueKey:
    """Return an order's place in the queue."""
    return (-order.priority, order.placed_at, order.arrival, order.key)


def skus_wanted(order: Order) -> frozenset[str]:
    """Return the SKUs of which an order still wants something; none while it is held, or ahead of its day, or over."""
    if order.state is OrderState.ALLOCATED or order.held is not None or order.ahead or order.state in OVER:
        return _NOTHING
    wanted = [line for line in order.lines if backordered(line)]
    parts = [part.sku for line in wanted for part in line.parts]
    return frozenset([line.sku for line in wanted] + parts)


def facts_missed(order: Order) -> frozenset[Fact]:
    """Return the items and the customer that a held order may be waiting for, by the names it gives them."""
    lines = [line for line in order.lines if line.quantity_sent is not None]
    goods = [(SKU, line.sku) if line.sku else (GTIN, gtin_14(line.gtin or "")) for line in lines]
    goods += [(SKU, part.sku) for line in lines for part in line.parts]
    return frozenset([*goods, (CUSTOMER, order.customer or "")])


class Waiting:
    """The queue of each SKU in order, kept up to date order by order."""

    __slots__ = ("_customers", "_ending", "_ends", "_held", "_missed", "_places", "_queues")

    def __init__(self) -> None:
        self._queues: dict[str, list[QueueKey]] = {}
        self._customers: dict[str, list[QueueKey]] = {}
        self._places: dict[OrderKey, tuple[QueueKey, frozenset[str], str | None]] = {}
        #: Orders that a missing fact or a person holds up, and what they miss.
        self._held: dict[OrderKey, frozenset[Fact]] = {}
        self._missed: dict[Fact, set[OrderKey]] = {}
        #: Open orders by their last day, the earliest first; most orders have none.
        self._ending: list[tuple[date, OrderKey]] = []
        self._ends: dict[OrderKey, date] = {}

    @property
    def count(self) -> int:
        """How many orders wait for goods, or for a fact or a person."""
        return len(self._places) + len(self._held)

    def note(self, order: Order) -> None:
        """Put an order where it belongs after it was changed in any way."""
        key, wanted = order.key, skus_wanted(order)
        before = self._places.pop(key, None)
        if before is not None:
            self._leave(*before)
        if wanted:
            self._join(queue_key(order), wanted, order.customer)
        if order.cancel_after is not None or key in self._ends:
            self._note_end(order)
        for fact in self._held.pop(key, _NO_FACTS):
            self._found(fact, key)
        if order.held is not None and order.state not in OVER:
            facts = self._held[key] = facts_missed(order)
            for fact in facts:
                self._missed.setdefault(fact, set()).add(key)

    def _note_end(self, order: Order) -> None:
        before = self._ends.pop(order.key, None)
        if before is not None:
            del self._ending[bisect_left(self._ending, (before, order.key))]
        if order.cancel_after is not None and order.state not in OVER:
            self._ends[order.key] = order.cancel_after
            insort(self._ending, (order.cancel_after, order.key))

    def ending_before(self, day: date) -> list[OrderKey]:
        """Return the open orders whose last day is before a day."""
        return [key for _, key in self._ending[: bisect_left(self._ending, (day,))]]

    def held_for(self, facts: Iterable[Fact]) -> set[OrderKey]:
        """Return the held orders that miss any of these facts."""
        return set().union(*(self._missed.get(fact, ()) for fact in facts))

    def held(self) -> list[OrderKey]:
        """Return the orders that a missing fact or a person holds up."""
        return list(self._held)

    def anybody(self, sku: str) -> bool:
        """Tell whether any order waits for a SKU."""
        return sku in self._queues

    def anybody_of(self, customer: str) -> bool:
        """Tell whether any order of a customer waits for anything."""
        return customer in self._customers

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
        return [place[3] for place in sorted(place for place, _, _ in self._places.values())]

    def behind(self, after: QueueKey | None, *, skus: Iterable[str], customers: Iterable[str]) -> Iterator[QueueKey]:
        """Return the places behind one of the orders that wait for any of these SKUs or are of these customers.

        In queue order; an order that is in several of these queues comes as often. Only what is asked for is merged.
        """
        queues = [queue for sku in skus if (queue := self._queues.get(sku))]
        queues += [queue for customer in customers if (queue := self._customers.get(customer))]
        return heapq.merge(*(_from(queue, after) for queue in queues))

    def _found(self, fact: Fact, key: OrderKey) -> None:
        held = self._missed[fact]
        held.discard(key)
        if not held:
            del self._missed[fact]

    def _join(self, place: QueueKey, skus: frozenset[str], customer: str | None) -> None:
        self._places[place[3]] = (place, skus, customer)
        for sku in skus:
            insort(self._queues.setdefault(sku, []), place)
        if customer is not None:
            insort(self._customers.setdefault(customer, []), place)

    def _leave(self, place: QueueKey, skus: frozenset[str], customer: str | None) -> None:
        for sku in skus:
            _remove(self._queues, sku, place)
        if customer is not None:
            _remove(self._customers, customer, place)


def _from(queue: list[QueueKey], after: QueueKey | None) -> Iterator[QueueKey]:
    start = 0 if after is None else bisect_right(queue, after)
    return (queue[at] for at in range(start, len(queue)))


def _remove(queues: dict[str, list[QueueKey]], name: str, place: QueueKey) -> None:
    queue = queues[name]
    del queue[bisect_left(queue, place)]
    if not queue:
        del queues[name]
