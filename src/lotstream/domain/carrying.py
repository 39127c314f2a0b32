"""Promises go along with their goods, to another bin or in another condition."""

from __future__ import annotations

from lotstream.domain.events import (
    BinChange,
    Carried,
)
from lotstream.domain.model import Order, OrderLine, Reservation, RowKey
from lotstream.domain.reservations import join_parts


def carry(order: Order, row: RowKey, to: RowKey, one: Carried) -> None:
    """Take a promise along to another row; what is picked of it stays told by the bin it was picked from."""
    for line in (line for line in order.lines if line.line == one.line):
        parts = [part for part in line.reservations if part.task == one.task and part.row == row]
        parts = [part for part in parts if part.quantity - part.picked >= one.quantity]
        if parts:
            # Of two parts of a task the one that goes along as a whole is meant: the other is there for its own.
            _carry(line, min(parts, key=lambda part: part.quantity - part.picked), to, one)
            join_parts(line)
            return
    raise LookupError(f"task {one.task} of order {order.key.order} is not there to be taken along")


def change_bin(order: Order, change: BinChange) -> None:
    """Note at an order that some of a promise is expected in another row."""
    carry(order, change.row, change.to, Carried(change.key, change.line, change.task, change.quantity))


def _carry(line: OrderLine, part: Reservation, to: RowKey, one: Carried) -> None:
    wave = one.to_wave or part.wave
    if part.quantity == one.quantity:
        part.row, part.wave = to, wave
        return
    part.quantity -= one.quantity
    at = next(index for index, other in enumerate(line.reservations) if other is part)
    started = part.started and one.to_task is None
    along = Reservation(one.to_task or part.task, to, one.quantity, wave=wave, started=started)
    line.reservations.insert(at + 1, along)
