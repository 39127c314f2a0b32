"""What waves change: by which task the floor is told of a promise. What is promised stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lotstream.domain.applying.documents import keep
from lotstream.domain.applying.rows import order_touched
from lotstream.domain.events import (
    JoinedTask,
    TasksJoinedWave,
    TasksLeftWave,
    WaveCancelled,
    WaveReleased,
    WaveTasksChanged,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import WAITS, InWave, Order, Reservation


def _joined(ledger: Ledger, event: TasksJoinedWave) -> None:
    order = ledger.orders[event.key]
    for joined, part in _parts(order, event.tasks):
        part.wave = InWave(event.wave, joined.wave_task)
    ledger.waved()
    order_touched(ledger, order)


def _left(ledger: Ledger, event: TasksLeftWave) -> None:
    order = ledger.orders[event.key]
    for left, part in _parts(order, event.tasks):
        part.wave = None if left.alone else WAITS
    order_touched(ledger, order)


def _parts(order: Order, tasks: tuple[JoinedTask, ...]) -> Iterator[tuple[JoinedTask, Reservation]]:
    named = {(one.line, one.task, one.row): one for one in tasks}
    for line in order.lines:
        for part in line.reservations:
            one = named.get((line.line, part.task, part.row))
            if one is not None:
                yield one, part


def _known(ledger: Ledger, event: WaveReleased | WaveCancelled) -> None:
    keep(ledger, event.wave)


def _told(_ledger: Ledger, _event: WaveTasksChanged) -> None:
    """Do nothing: what the tasks come to is said at the promises they are of."""


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    TasksJoinedWave: _joined,
    WaveReleased: _known,
    WaveCancelled: _known,
    TasksLeftWave: _left,
    WaveTasksChanged: _told,
}
