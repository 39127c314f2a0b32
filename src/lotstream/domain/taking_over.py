"""Promises of goods that somebody else takes: whoever loses them is allocated again in the same decision."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace

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


def promised_to_others(draft: Draft, row: RowKey, *, keeping: Container[OrderKey], losses: Losses) -> int:
    """Return what is promised of a row to other orders than some, not picked by them and not lost before."""
    return sum(left for _, _, _, left in _promises(draft, row, keeping=keeping, losses=losses))


def take_from_others(draft: Draft, row: RowKey, quantity: int, *, keeping: Container[OrderKey], losses: Losses) -> None:
    """Make a quantity of a row free that other orders have not picked, the back of the queue first, packs whole."""
    for order, line, part, left in reversed(list(_promises(draft, row, keeping=keeping, losses=losses))):
        if quantity <= 0:
            return
        rule = draft.ledger.settings.pack_rule
        rule = rule if rule is PackRule.PARTIAL_PACKS else PackRule.NEVER_OVER
        freed = give_back(line, min(quantity, left), [part], rule=rule)
        hand_back(draft, freed)
        _note_lost(losses.setdefault(order.key, []), freed)
        quantity -= sum(loss.quantity for loss in freed)


def _note_lost(lost: list[Freed], freed: list[Freed]) -> None:
    """Add what is lost; more of the same promise is one loss, so that its task is told once."""
    for loss in freed:
        same = (loss.line, loss.task, loss.row)
        for before in [one for one in lost if (one.line, one.task, one.row) == same]:
            lost.remove(before)
            units, numbers = before.quantity, (*before.serials, *loss.serials)
            loss = replace(loss, quantity=loss.quantity + units, left=loss.left - units, serials=numbers)  # noqa: PLW2901
        lost.append(loss)


def losers_of(draft: Draft, losses: Losses) -> list[Loser]:
    """Return the orders that gave something back, in queue order, to be settled."""
    orders = sorted((draft.ledger.orders[key] for key in losses), key=queue_key)
    return [_loser(draft, order, losses[order.key]) for order in orders]


def _loser(draft: Draft, order: Order, freed: list[Freed]) -> Loser:
    after = draft.orders[order.key] = copy_order(order)
    drop_freed(after, freed)
    after.state = state_of(after, decided=True)
    return Loser(after, after.state, tuple(freed), NotUsed.RESERVED)


def _promises(
    draft: Draft, row: RowKey, *, keeping: Container[OrderKey], losses: Losses
) -> Iterator[tuple[Order, OrderLine, Reservation, int]]:
    """Yield what is promised of a row, with how much of it is neither picked nor lost."""
    for order in orders_promised(draft, [(row.sku, row.lot)]):
        lost = losses.get(order.key, ())
        for line in order.lines if order.key not in keeping else ():
            for part in line.reservations:
                named = (line.line, part.task, row)
                gone = sum(loss.quantity for loss in lost if (loss.line, loss.task, loss.row) == named)
                left = part.quantity - part.picked - gone
                if part.row == row and left > 0:
                    yield order, line, part, left
