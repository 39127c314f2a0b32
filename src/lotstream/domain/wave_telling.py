"""How the floor is told of promises where waves are: which wait to be told, and which tasks of waves have changed.

Called for every decision of an owner with waves, or at a site that tells by waves only. All that a decision does to a
wave is told at once at its end, since a hold may cost a hundred orders their part of one task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lotstream.domain.by_lot import is_by_lot
from lotstream.domain.codes import Refusal
from lotstream.domain.events import (
    Event,
    Freed,
    ItemRenamed,
    LotCorrected,
    LotsMerged,
    LotSwapped,
    OrderAllocated,
    OrderCancelled,
    OrderChanged,
    OrderClosed,
    OrderRecorded,
    PromisesReleased,
    ReservationFreed,
    ShipmentConfirmed,
    ShipmentVoided,
    StockMoved,
    WaveTask,
    WaveTasksChanged,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import WAITS, InWave, OrderKey, Reservation, RowKey
from lotstream.domain.wave_parts import by_task, orders_in, parts_of

Decided = tuple[Event, ...] | Refusal

#: What each event gives back.
FREED: dict[type, Callable[[Any], tuple[Freed, ...]]] = {
    OrderChanged: lambda event: event.freed,
    OrderCancelled: lambda event: event.freed,
    OrderClosed: lambda event: event.freed,
    PromisesReleased: lambda event: event.freed,
    ReservationFreed: lambda event: (*event.freed, *event.settled),
    LotSwapped: lambda event: event.given,
}


def tell_by_wave(ledger: Ledger, decided: tuple[Event, ...]) -> tuple[Event, ...]:
    """Return what was decided, with promises that wait for a wave marked, and what becomes of the tasks of waves."""
    for promise in _new_promises(decided) if ledger.sites.by_wave else ():
        if promise.row.site in ledger.sites.by_wave and promise.wave is None:
            promise.wave = WAITS
    return (*decided, *_changed(ledger, decided)) if ledger.has_waves else decided


def _new_promises(decided: tuple[Event, ...]) -> Iterator[Reservation]:
    for event in decided:
        if isinstance(event, OrderRecorded | OrderChanged | OrderAllocated):
            yield from (part for decision in event.decisions for part in decision.reserved)
        elif isinstance(event, ShipmentVoided):
            yield from (taken.promise for taken in event.taken_back if taken.promise is not None)


def _changed(ledger: Ledger, decided: tuple[Event, ...]) -> list[WaveTasksChanged]:
    """Return the tasks of waves that come to something else, wave by wave."""
    waves: dict[str, dict[str, WaveTask]] = {}
    for told, row in (mark for event in decided for mark in _marks(ledger, event)):
        if told is not None and told != WAITS:
            waves.setdefault(told.wave, {}).setdefault(told.task, WaveTask(told.task, row))
    for told, row in (mark for event in decided for mark in _taken(event)):
        if told is not None and told != WAITS:
            known = by_task(parts_of(orders_in(ledger, told.wave), told.wave))
            task = WaveTask(told.task, row, told.task not in known)
            waves.setdefault(told.wave, {}).setdefault(told.task, task)
    return [_event(wave, tuple(tasks.values())) for wave, tasks in waves.items()]


def _taken(event: Event) -> Iterator[tuple[InWave | None, RowKey]]:
    """Yield by which task of a wave promises are told that are swapped in, or that part from those of their task."""
    if isinstance(event, LotSwapped):
        yield from ((part.wave, part.row) for part in event.taken)
    elif isinstance(event, StockMoved):
        yield from ((one.to_wave, move.to) for move in event.moves for one in move.carried)


def _event(wave: str, tasks: tuple[WaveTask, ...]) -> WaveTasksChanged:
    return WaveTasksChanged(wave, tasks[0].row.site, tasks)


def _marks(ledger: Ledger, event: Event) -> Iterator[tuple[InWave | None, RowKey]]:
    """Yield by which task of a wave promises were told that an event takes back, takes along or ships."""
    freed = FREED.get(type(event))
    if freed is not None:
        yield from ((loss.wave, loss.row) for loss in freed(event))
    elif isinstance(event, StockMoved):
        for move in event.moves:
            marks = ((_told(ledger, one.key, one.line, one.task, move.row), move.to) for one in move.carried)
            # Nobody was told of a bin by a task that names none.
            yield from ((told, to) for told, to in marks if told is None or not is_by_lot(told.task))
    elif isinstance(event, ItemRenamed | LotCorrected | LotsMerged):
        yield from _relotted(ledger, event)
    elif isinstance(event, ShipmentConfirmed):
        for part in event.shipped:
            if part.row == part.picked_from and part.task is not None:
                yield _told(ledger, event.key, part.line, part.task, part.row), part.row


def _relotted(ledger: Ledger, event: ItemRenamed | LotCorrected | LotsMerged) -> Iterator[tuple[InWave | None, RowKey]]:
    """Yield by which task of a wave promises are told whose goods are of another lot now."""
    to = {one.row: one.to for one in event.rows}
    for key in event.orders:
        parts = (part for line in ledger.orders[key].lines for part in line.reservations)
        yield from ((part.wave, to[part.row]) for part in parts if part.row in to and part.quantity > part.picked)


def _told(ledger: Ledger, key: OrderKey, line: str, task: str, row: RowKey) -> InWave | None:
    order = ledger.orders.get(key)
    lines = () if order is None else order.lines
    parts = (part for one in lines if one.line == line for part in one.reservations)
    # What names no bin may have been brought to another one in the same decision.
    return next((part.wave for part in parts if part.task == task and (is_by_lot(task) or part.row == row)), None)
