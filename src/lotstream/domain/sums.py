"""What an order line comes to: per line, allocated + picked + shipped + backordered + cancelled = ordered (+ over)."""

from __future__ import annotations

from lotstream.domain.kits import anything_shipped, begun_kits, picked_kits, promised_kits
from lotstream.domain.model import Order, OrderLine, OrderState

#: States in which an order is over and moves from the open orders to the closed ones.
OVER = frozenset({OrderState.SHIPPED, OrderState.CLOSED, OrderState.CANCELLED, OrderState.REJECTED})


def promised(line: OrderLine) -> int:
    """Return the smallest units promised to a line, picked ones included; kits in kits."""
    if line.parts:
        return promised_kits(line)
    total = 0
    for reservation in line.reservations:
        total += reservation.quantity
    return total


def picked(line: OrderLine) -> int:
    """Return the smallest units picked for a line and not shipped; kits in kits."""
    return picked_kits(line) if line.parts else sum([reservation.picked for reservation in line.reservations])


def backordered(line: OrderLine) -> int:
    """Return the smallest units a line still wants; never below 0, also when more was shipped than ordered."""
    still = line.ordered - line.cancelled - line.shipped - promised(line)
    return max(still, 0)


def state_of(order: Order, *, decided: bool, promise: int = 0) -> OrderState:
    """Return the state that an order's quantities say, with ``promise`` smallest units promised on top of them.

    ``decided`` is true when its allocation has just been decided; without it an order that never was stays received.
    """
    if order.held is not None:
        return OrderState.HELD
    taken = left = gone = 0
    for line in order.lines:
        if line.parts:
            promise, taken, gone = (
                promise + promised_kits(line),
                taken + begun_kits(line),
                gone + anything_shipped(line),
            )
        else:
            for reservation in line.reservations:
                promise += reservation.quantity
                taken += reservation.picked
            gone += line.shipped
        left += max(line.ordered - line.cancelled - line.shipped, 0)
    if left == 0:
        return OrderState.SHIPPED if gone else OrderState.CANCELLED
    if gone:
        return OrderState.PARTLY_SHIPPED
    if taken:
        return OrderState.PICKED if taken == promise else OrderState.PICKING
    if promise:
        return OrderState.ALLOCATED if promise == left else OrderState.PARTLY_ALLOCATED
    if order.state is OrderState.RECEIVED and not decided:
        return OrderState.RECEIVED
    return OrderState.BACKORDERED
