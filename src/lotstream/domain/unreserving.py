"""What is promised to an order and not picked is given back, because somebody asks for it."""

from __future__ import annotations

from lotstream.domain.cancelling import unknown_line
from lotstream.domain.changing import hand_back
from lotstream.domain.codes import Code, Refused
from lotstream.domain.commands import Moment, UnreserveOrder
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, Freed, PromisesReleased
from lotstream.domain.filling import fill
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderState, ShipPolicy
from lotstream.domain.reservations import copy_order, drop_freed, give_back
from lotstream.domain.sums import OVER, state_of
from lotstream.domain.todays import is_ahead


def unreserve_order(ledger: Ledger, command: UnreserveOrder, moment: Moment) -> tuple[Event, ...]:
    """Decide order.unreserved.

    Goods that are not picked are free at once; where the owner allocates at once they go to whoever else waits, and the
    order itself waits for the next receipt, change or request, or for its day where that has not come. An order to be
    shipped complete gives back every line.
    """
    order = ledger.order(command.key)
    if order is None:
        message = f"Order {command.key.order} is not known; check its number and source."
        raise Refused(Code.UNKNOWN_ORDER, "order", message)
    if order.state is OrderState.CANCELLED:
        return ()
    _shipped(order)
    unknown_line(order, command.lines)
    everything = not command.lines or order.ship_policy is ShipPolicy.COMPLETE
    lines = [line for line in order.lines if everything or line.line in command.lines]
    parts = [(line, part) for line in lines for part in line.reservations]
    freed = tuple(loss for line, part in parts for loss in give_back(line, part.quantity - part.picked, [part]))
    if not freed:
        if parts:
            raise _all_picked(order)
        return ()
    return _release(Draft(ledger, moment), order, freed)


def _shipped(order: Order) -> None:
    if order.state not in OVER:
        return
    raise Refused(Code.ALREADY_SHIPPED, "order", f"Order {order.key.order} has been shipped; nothing is left of it.")


def _all_picked(order: Order) -> Refused:
    message = f"What is promised to order {order.key.order} has been picked; have the picks undone first."
    return Refused(Code.ALREADY_PICKED, "order", message)


def _release(draft: Draft, order: Order, freed: tuple[Freed, ...]) -> tuple[Event, ...]:
    after = draft.orders[order.key] = copy_order(order)
    drop_freed(after, freed)
    after.state = state_of(after, decided=True)
    if after.state is OrderState.BACKORDERED and is_ahead(draft, after):
        after.state, after.ahead = OrderState.RECEIVED, True
    hand_back(draft, list(freed))
    released = PromisesReleased(order.key, after.state, freed, after.ahead)
    return released, *fill(draft, {loss.row.sku for loss in freed}, without=order.key)
