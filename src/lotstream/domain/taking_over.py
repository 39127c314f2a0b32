"""Promises of goods that somebody else takes: whoever loses them is allocated again in the same decision."""

from __future__ import annotations

from collections.abc import Iterator

from lotstream.domain.changing import hand_back
from lotstream.domain.codes import NotUsed
from lotstream.domain.draft import Draft
from lotstream.domain.events import Freed
from lotstream.domain.model import Order, OrderKey, OrderLine, PackRule, Reservation, RowKey
from lotstream.domain.moving import orders_promised
from lotstream.domain.reservations import copy_order, drop_freed, give_back
from lotstream.domain.settling import Loser
from lotstream.domain.sums import state_of
from lotstream.domain.waiting import queue_key

#: What each order gives back.
Losses = dict[OrderKey, list[Freed]]


def promised_to_others(draft: Draft, row: RowKey, *, keeping: OrderKey) -> int:
    """Return what is promised of a row to other orders than one, and not picked by them."""
    return sum(part.quantity - part.picked for _, _, part in _promises(draft, row, keeping=keeping))


def take_from_others(draft: Draft, row: RowKey, quantity: int, *, keeping: OrderKey, losses: Losses) -> None:
    """Make a quantity of a row free that other orders have not picked, the back of the queue first, packs whole."""
    for order, line, part in reversed(list(_promises(draft, row, keeping=keeping))):
        if quantity <= 0:
            return
        rule = draft.ledger.settings.pack_rule
        rule = rule if rule is PackRule.PARTIAL_PACKS else PackRule.NEVER_OVER
        freed = give_back(line, min(quantity, part.quantity - part.picked), [part], rule=rule)
        hand_back(draft, freed)
        losses.setdefault(order.key, []).extend(freed)
        quantity -= sum(loss.quantity for loss in freed)


def losers_of(draft: Draft, losses: Losses) -> list[Loser]:
    """Return the orders that gave something back, in queue order, to be settled."""
    orders = sorted((draft.ledger.orders[key] for key in losses), key=queue_key)
    return [_loser(draft, order, losses[order.key]) for order in orders]


def _loser(draft: Draft, order: Order, freed: list[Freed]) -> Loser:
    after = draft.orders[order.key] = copy_order(order)
    drop_freed(after, freed)
    after.state = state_of(after, decided=True)
    return Loser(after, after.state, tuple(freed), NotUsed.RESERVED)


def _promises(draft: Draft, row: RowKey, *, keeping: OrderKey) -> Iterator[tuple[Order, OrderLine, Reservation]]:
    for order in orders_promised(draft, [(row.sku, row.lot)]):
        for line in order.lines if order.key != keeping else ():
            for part in line.reservations:
                if part.row == row and part.quantity > part.picked:
                    yield order, line, part
