"""Allocation is requested: for some orders, or for all that wait."""

from __future__ import annotations

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import Moment, RequestAllocation
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event
from lotstream.domain.filling import allocate
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order
from lotstream.domain.shelves import derived_of
from lotstream.domain.sums import OVER
from lotstream.domain.waiting import queue_key


def request_allocation(ledger: Ledger, command: RequestAllocation, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide allocation.requested: the orders named, or all that wait, in queue order; held ones are passed over."""
    if command.orders:
        named = _named(ledger, command)
        if isinstance(named, Refusal):
            return named
        orders = sorted(named, key=queue_key)
    else:
        orders = [ledger.orders[key] for key in derived_of(ledger).waiting.everybody()]
    draft = Draft(ledger, moment)
    decided = (allocate(draft, order) for order in orders)
    return tuple(event for event in decided if event is not None)


def _named(ledger: Ledger, command: RequestAllocation) -> list[Order] | Refusal:
    orders = []
    for index, key in enumerate(dict.fromkeys(command.orders)):
        order = ledger.order(key)
        if order is None:
            message = f"Order {key.order} is not known; check its number and source."
            return Refusal(Code.UNKNOWN_ORDER, f"orders.{index}", message)
        if order.state not in OVER and order.held is None:
            orders.append(order)
    return orders
