"""Sites that reserve by lot: the floor is told of one task for each line and lot, and names the bin when it picks.

Inside, a promise is of a row here as everywhere, so that the sums of rows hold. Its bin is the ledger's own note, put
right without a word when goods move or are picked from another one. A task's id says that it names no bin: so a task
stays what it was told as, whatever its site says later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import Final

from lotstream.domain.events import (
    Event,
    LotSwapped,
    OrderAllocated,
    OrderCancelled,
    OrderChanged,
    OrderClosed,
    OrderRecorded,
    PromisesReleased,
    ReservationFreed,
    ShipmentConfirmed,
    StockPicked,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import WAITS, InWave, Order, OrderKey, OrderLine, Reservation, RowKey
from lotstream.domain.reservations import join_parts

_MARK: Final = "lot-"

_Lot = tuple[OrderKey, str, str, str | None, str, InWave | None]
"""An order line, the SKU and lot promised to it at a site, and how the floor is told of that."""


def is_by_lot(task: str) -> bool:
    """Tell whether a task names no bin."""
    return task.startswith(_MARK)


def told_by_lot(task: str, wave: InWave | None) -> bool:
    """Tell whether the floor was told of a promise, by a task of its own or of a wave, without a bin."""
    return is_by_lot(task if wave is None or wave == WAITS else wave.task)


def by_lot(task: str) -> str:
    """Return the id of a task that names no bin."""
    return task if is_by_lot(task) else _MARK + task


def place_of_lot(row: RowKey) -> RowKey:
    """Return what all rows of a lot at a site have in common, by which a task that names no bin is known."""
    return RowKey(row.sku, row.lot, row.site, "")


@dataclass(slots=True)
class _Telling:
    """What is known of the tasks of orders in the middle of what was decided."""

    ledger: Ledger
    #: Given back so far, by order, line and task.
    gone: Counter[tuple[OrderKey, str, str]] = field(default_factory=Counter)
    #: Tasks that were begun, or of which goods have left, in this decision.
    begun: set[tuple[OrderKey, str]] = field(default_factory=set)
    made: dict[_Lot, str] = field(default_factory=dict)


def tell_by_lot(ledger: Ledger, decided: tuple[Event, ...]) -> tuple[Event, ...]:
    """Return what was decided, with new promises at sites that reserve by lot told as one task for a line and lot.

    A task that nobody has begun grows by what is promised of its lot anew; what somebody has begun stays as he was told
    it, and there is another task for the rest.
    """
    telling = _Telling(ledger)
    for event in decided:
        _name_tasks(telling, event)
        _note(telling, event)
    return decided


def _name_tasks(telling: _Telling, event: Event) -> None:
    for key, line, promise in _promises(event):
        site = promise.row.site
        if site not in telling.ledger.sites.by_lot:
            continue
        wave = promise.wave
        if wave is None and site in telling.ledger.sites.by_wave:
            wave = WAITS
        place = (key, line, promise.row.sku, promise.row.lot, site, wave)
        task = _open_task(telling, place) if wave in (None, WAITS) else None
        promise.task = task or by_lot(promise.task)
        telling.made.setdefault(place, promise.task)


def _promises(event: Event) -> Iterator[tuple[OrderKey, str, Reservation]]:
    if isinstance(event, OrderRecorded | OrderChanged | OrderAllocated):
        key = event.key if isinstance(event, OrderAllocated) else event.order.key
        for decision in event.decisions:
            yield from ((key, decision.line, promise) for promise in decision.reserved)
    elif isinstance(event, LotSwapped):
        yield from ((event.key, event.line, promise) for promise in event.taken)


def _open_task(telling: _Telling, place: _Lot) -> str | None:
    """Return the task that a line has of a lot already and nobody has begun; None when there is none."""
    made = telling.made.get(place)
    if made is not None:
        return made
    key, line, sku, lot, site, wave = place
    order = telling.ledger.orders.get(key)
    parts = [part for one in _lines(order, line) for part in one.reservations if is_by_lot(part.task)]
    parts = [part for part in parts if (part.row.sku, part.row.lot, part.row.site) == (sku, lot, site)]
    left: Counter[str] = Counter()
    for part in parts:
        left[part.task] += part.quantity
    for part in parts:
        same = [other for other in parts if other.task == part.task]
        begun = any(other.picked or other.started or other.wave != wave for other in same)
        gone = telling.gone[key, line, part.task]
        if not begun and (key, part.task) not in telling.begun and left[part.task] > gone:
            return part.task
    return None


def _lines(order: Order | None, line: str) -> list[OrderLine]:
    return [] if order is None else [one for one in order.lines if one.line == line]


def _note(telling: _Telling, event: Event) -> None:
    """Note what an event does to the tasks of its order."""
    if isinstance(event, ReservationFreed | OrderChanged | OrderCancelled | OrderClosed | PromisesReleased):
        key = event.order.key if isinstance(event, OrderChanged) else event.key
        more = event.settled if isinstance(event, ReservationFreed) else ()
        for loss in (*event.freed, *more):
            telling.gone[key, loss.line, loss.task] += loss.quantity
    elif isinstance(event, StockPicked):
        telling.begun.update((event.key, pick.task) for pick in event.picks)
    elif isinstance(event, ShipmentConfirmed):
        telling.begun.update((event.key, part.task) for part in event.shipped if part.task is not None)
    elif isinstance(event, LotSwapped):
        for loss in event.given:
            telling.gone[event.key, loss.line, loss.task] += loss.quantity


def join_tasks(lines: Iterable[OrderLine]) -> None:
    """Make one reservation of what tasks by lot have in one bin, after promises were added to them.

    The promises of an event stay as they are: it is told of after it was applied.
    """
    for line in lines:
        if len(line.reservations) > 1:
            line.reservations = [copy(part) for part in line.reservations]
            join_parts(line)
