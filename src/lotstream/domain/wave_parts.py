"""What the tasks of a wave are made of: promises of many orders, each told by the same task as others of its row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lotstream.domain.ledger import Ledger
from lotstream.domain.model import WAVE, Order, OrderLine, ReceiptKey, Reservation
from lotstream.domain.waiting import queue_key


class WavePart(NamedTuple):
    """One promise that a wave tells of."""

    order: Order
    line: OrderLine
    part: Reservation
    #: The task of the wave.
    task: str


def wave_key(wave: str) -> ReceiptKey:
    """Return the key a wave is kept under."""
    return ReceiptKey(WAVE, wave)


def orders_in(ledger: Ledger, wave: str) -> list[Order]:
    """Return the open orders with anything in a wave, in queue order."""
    return sorted((ledger.orders[key] for key in ledger.waved().orders(wave)), key=queue_key)


def parts_of(orders: Iterable[Order], wave: str) -> list[WavePart]:
    """Return what a wave tells of some orders, in the order of the orders."""
    return [
        WavePart(order, line, part, part.wave.task)
        for order in orders
        for line in order.lines
        for part in line.reservations
        if part.wave is not None and part.wave.wave == wave
    ]


def by_task(parts: Iterable[WavePart]) -> dict[str, list[WavePart]]:
    """Return parts by the task of the wave they are told by, in the order in which they come."""
    tasks: dict[str, list[WavePart]] = {}
    for one in parts:
        tasks.setdefault(one.task, []).append(one)
    return tasks


def is_begun(parts: Iterable[WavePart]) -> bool:
    """Tell whether somebody is on the way for a task, or has picked some of it."""
    return any(one.part.picked or one.part.started for one in parts)


def is_open(parts: Iterable[WavePart]) -> bool:
    """Tell whether something of a task is left to be picked."""
    return any(one.part.quantity > one.part.picked for one in parts)
