"""Promises of goods that somebody else takes: whoever loses them is allocated again in the same decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lotstream.domain.changing import hand_back
from lotstream.domain.codes import NotUsed
from lotstream.domain.draft import Draft
from lotstream.domain.events import Freed, OrderAllocated, ReservationFreed
from lotstream.domain.filling import fill
from lotstream.domain.model import Order, OrderKey, OrderLine, Reservation, RowKey
from lotstream.domain.reservations import copy_order, drop_freed, give_back
from lotstream.domain.sums import state_of
from lotstream.domain.waiting import queue_key

#: A line that loses nothing: its order, and its id.
Keeping = tuple[OrderKey, str]
#: What each order gives back.
Losers = dict[OrderKey, list[Freed]]


def orders_promised(draft: Draft, sku: str, lot: str | None) -> list[Order]:
    """Return the open orders that have anything of a lot promised, as they are now, in queue order."""
    ledger = draft.ledger
    orders = [draft.orders.get(key) or ledger.orders[key] for key in ledger.promised().of([(sku, lot)])]
    return sorted(orders, key=queue_key)


def promised_to_others(draft: Draft, row: RowKey, *, keeping: Keeping) -> int:
    """Return what is promised of a row to other lines than one, and not picked by them."""
    return sum(part.quantity - part.picked for _, _, part in _promises(draft, row, keeping=keeping))


def lose(draft: Draft, row: RowKey, quantity: int, *, keeping: Keeping, losers: Losers) -> None:
    """Take a quantity of a row back from lines that have not picked it, the back of the queue first."""
    for order, line, part in reversed(list(_promises(draft, row, keeping=keeping))):
        if quantity <= 0:
            return
        after = draft.orders.setdefault(order.key, order if order.key in draft.orders else copy_order(order))
        freed = give_back(line, min(quantity, part.quantity - part.picked), [part])
        drop_freed(after, freed)
        hand_back(draft, freed)
        losers.setdefault(order.key, []).extend(freed)
        quantity -= sum(loss.quantity for loss in freed)


def _promises(draft: Draft, row: RowKey, *, keeping: Keeping) -> Iterator[tuple[Order, OrderLine, Reservation]]:
    for order in orders_promised(draft, row.sku, row.lot):
        for line in order.lines:
            for part in line.reservations if (order.key, line.line) != keeping else ():
                if part.row == row and part.quantity > part.picked:
                    yield order, line, part


def freed_events(draft: Draft, losers: Losers) -> list[ReservationFreed]:
    """Return what the losers give back, in queue order."""
    orders = sorted((draft.orders[key] for key in losers), key=queue_key)
    for order in orders:
        order.state = state_of(order, decided=True)
    return [ReservationFreed(order.key, order.state, tuple(losers[order.key]), NotUsed.RESERVED) for order in orders]


def allocate_again(draft: Draft, lost: Sequence[ReservationFreed], *, skus: Iterable[str]) -> list[OrderAllocated]:
    """Decide those who lost something anew, at once and in queue order, and whoever else waits for these SKUs."""
    return fill(draft, skus, moved=[event.key for event in lost])
