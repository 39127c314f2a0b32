"""What an order line comes to: per line, allocated + picked + shipped + backordered + cancelled = ordered (+ over)."""

from __future__ import annotations

from enum import IntEnum

from lotstream.domain.kits import anything_shipped, begun_kits, picked_kits, promised_kits
from lotstream.domain.model import Order, OrderLine, OrderState, Settings

#: States in which an order is over and moves from the open orders to the closed ones.
OVER = frozenset({OrderState.SHIPPED, OrderState.CLOSED, OrderState.CANCELLED, OrderState.REJECTED})


class Stage(IntEnum):
    """How far one line has come; later stages are larger. What may still be changed hangs on it."""

    NOTHING = 0
    PROMISED = 1
    PICKING = 2
    PICKED = 3
    PACKED = 4
    PARTLY_SHIPPED = 5
    SHIPPED = 6


def stage_of(line: OrderLine) -> Stage:
    """Return how far a line has come: the furthest that any of its goods have, and whether all of them have."""
    promise = taken = packed = 0
    for reservation in line.reservations:
        promise += reservation.quantity
        taken += reservation.picked
        packed += reservation.packed
    if packed:
        return Stage.PACKED
    if anything_shipped(line):
        return Stage.PARTLY_SHIPPED if promise or backordered(line) else Stage.SHIPPED
    if taken:
        return Stage.PICKED if taken == promise else Stage.PICKING
    return Stage.PROMISED if promise else Stage.NOTHING


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


def most_of(settings: Settings, line: OrderLine) -> int:
    """Return the smallest units a line may come to in all: what is ordered, and the allowance for picking more."""
    ordered = line.ordered - line.cancelled
    return ordered + int(ordered * settings.over_pick_pct / 100) if settings.over_pick_pct else ordered


def state_of(order: Order, *, decided: bool, promise: int = 0) -> OrderState:
    """Return the state that an order's quantities say, with ``promise`` smallest units promised on top of them.

    ``decided`` is true when its allocation has just been decided; without it an order that never was stays received
    while it has nothing.
    """
    if order.held is not None:
        return OrderState.HELD
    taken = left = gone = over = 0
    for line in order.lines:
        if line.parts:
            promise, taken, gone = (
                promise + promised_kits(line),
                taken + begun_kits(line),
                gone + anything_shipped(line),
            )
        else:
            mine, wants = 0, line.ordered - line.cancelled - line.shipped
            for reservation in line.reservations:
                mine += reservation.quantity
                taken += reservation.picked
            promise += mine
            gone += line.shipped
            if mine > wants:
                over += mine - max(wants, 0)
        left += max(line.ordered - line.cancelled - line.shipped, 0)
    if left == 0:
        return OrderState.SHIPPED if gone else OrderState.CANCELLED
    if gone:
        return OrderState.PARTLY_SHIPPED
    if taken:
        if taken != promise:
            return OrderState.PICKING
        return OrderState.PACKED if _is_packed(order) else OrderState.PICKED
    if promise:
        return OrderState.ALLOCATED if promise - over == left else OrderState.PARTLY_ALLOCATED
    if order.state is OrderState.RECEIVED and not decided:
        return OrderState.RECEIVED
    return OrderState.BACKORDERED


def _is_packed(order: Order) -> bool:
    """Tell whether all that is promised to an order is in cartons or on pallets."""
    return all(part.packed == part.quantity for line in order.lines for part in line.reservations)
