"""Allocation is requested: for some orders, or for all that wait."""

from __future__ import annotations

from collections import Counter

from lotstream.domain.changing import hand_back
from lotstream.domain.codes import Code, Refused
from lotstream.domain.commands import Moment, RequestAllocation
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, OrderChanged
from lotstream.domain.filling import allocate, assign
from lotstream.domain.kits import anything_shipped
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, RowKey
from lotstream.domain.reservations import copy_order, drop_freed, give_back_all, note_reserved
from lotstream.domain.shelves import derived_of
from lotstream.domain.sums import OVER, backordered, state_of
from lotstream.domain.todays import day_has_come
from lotstream.domain.waiting import queue_key


def request_allocation(ledger: Ledger, command: RequestAllocation, moment: Moment) -> tuple[Event, ...]:
    """Decide allocation.requested: the orders named, or all that wait, in queue order; held ones are passed over.

    An order whose day has not come waits for it, unless it is named.
    """
    draft = Draft(ledger, moment)
    if command.orders:
        named = _named(ledger, command)
        orders = sorted(named, key=queue_key)
    else:
        orders = _everybody(draft)
    decided = (_again(draft, order) or allocate(draft, order) for order in orders)
    return tuple(event for event in decided if event is not None)


def _everybody(draft: Draft) -> list[Order]:
    """Return all orders that wait for goods, in queue order, those among them whose day has come."""
    ledger = draft.ledger
    waiting = [ledger.orders[key] for key in derived_of(ledger).waiting.everybody()]
    come = day_has_come(draft)
    return sorted([*waiting, *come], key=queue_key) if come else waiting


def _again(draft: Draft, order: Order) -> OrderChanged | None:
    """Decide an order that has a part of what it wants as if it were new, where the owner has that done.

    None where it is to be filled up: it wants nothing more, or has nothing, or something of it is picked or has left.
    """
    if not draft.ledger.settings.reassign_partial or not _stands_partly(order):
        return None
    after = copy_order(order)
    freed = [loss for line in order.lines for loss in give_back_all(line)]
    drop_freed(after, freed)
    hand_back(draft, freed)
    # So that a unit it gave back by its number is found to be nobody's.
    draft.orders[order.key] = after
    after.site, after.site_chosen, decisions = assign(draft, after)
    note_reserved(after, decisions)
    if _held_by(after) == _held_by(order):
        # What was handed back was taken again, to the last unit.
        del draft.orders[order.key]
        return None
    after.state = state_of(after, decided=True)
    return OrderChanged(after, tuple(freed), decisions)


def _stands_partly(order: Order) -> bool:
    parts = [part for line in order.lines for part in line.reservations]
    begun = any(part.picked for part in parts) or any(anything_shipped(line) for line in order.lines)
    return bool(parts) and not begun and any(backordered(line) for line in order.lines)


def _held_by(order: Order) -> Counter[tuple[str, RowKey]]:
    held = Counter[tuple[str, RowKey]]()
    for line in order.lines:
        for part in line.reservations:
            held[line.line, part.row] += part.quantity
    return held


def _named(ledger: Ledger, command: RequestAllocation) -> list[Order]:
    orders = []
    for index, key in enumerate(dict.fromkeys(command.orders)):
        order = ledger.order(key)
        if order is None:
            message = f"Order {key.order} is not known; check its number and source."
            raise Refused(Code.UNKNOWN_ORDER, f"orders.{index}", message)
        if order.state not in OVER and order.held is None:
            orders.append(order)
    return orders
