"""Tasks of many orders are released together: one task for each row, so that one walk serves them all.

A wave tells the floor of promises in another way and changes none of them. So the sum of its tasks is what is promised,
whatever happens to the orders later. What somebody has begun stays as it was told.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from typing import Final

from lotstream.domain.by_lot import by_lot, place_of_lot
from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, Refused, stop_if
from lotstream.domain.commands import CancelWave, Moment, ReleaseWave
from lotstream.domain.draft import Draft
from lotstream.domain.events import (
    Event,
    JoinedTask,
    TasksJoinedWave,
    TasksLeftWave,
    WaveCancelled,
    WaveReleased,
    WaveTask,
)
from lotstream.domain.goods import site_unknown
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import WAITS, Order, OrderKey, Reservation, RowKey, Wave, WaveState
from lotstream.domain.sums import OVER
from lotstream.domain.wave_parts import WavePart, by_task, is_begun, is_open, orders_in, parts_of, wave_key

PARTS_MAX: Final = 2_000
"""Promises that one wave tells of; its message names each of them, and has to fit its topic."""


@dataclass(slots=True)
class _Release:
    """What is decided so far about one wave."""

    draft: Draft
    command: ReleaseWave
    verdicts: Verdicts
    #: The task of each row.
    tasks: dict[RowKey, str] = field(default_factory=dict)
    joined: dict[OrderKey, tuple[JoinedTask, ...]] = field(default_factory=dict)

    def object(self, code: Code, path: str, message: str, key: OrderKey) -> None:
        """Object to one of its orders."""
        about = {"wave": self.command.wave, "order": key.order, "source": key.source}
        self.verdicts.object(code, path, message, {**about})


def release_wave(ledger: Ledger, command: ReleaseWave, moment: Moment) -> tuple[Event, ...]:
    """Decide wave.released.

    What is promised to the orders at the site, and nobody has begun to pick, becomes one task for each row; tasks of
    their own that the floor was told of are cancelled. The same wave told again is passed over; other orders under its
    number are refused, or noted and not taken in.
    """
    release = _Release(Draft(ledger, moment), command, Verdicts(command.happened))
    noted = release.verdicts.noted
    stop_if(site_unknown(ledger, command.site, noted=noted if command.happened else None))
    if not command.orders:
        raise Refused(Code.FIELD_MISSING, "orders", "No order is named; send at least one.")
    known = ledger.document(wave_key(command.wave), Wave)
    if known is not None:
        return _again(release, known)
    for index, key in enumerate(command.orders):
        _take_in(release, key, f"orders.{index}")
    return _released(release)


def _again(release: _Release, known: Wave) -> tuple[Event, ...]:
    command, verdicts = release.command, release.verdicts
    if known.content == _content(command):
        return ()
    message = f"Wave {command.wave} is {known.state.value} with other orders; send a wave with another number."
    verdicts.object(Code.CONFLICTING_CONTENT, "wave", message, {"wave": command.wave})
    return tuple(verdicts.noted)


def _content(command: ReleaseWave) -> str:
    said = (command.site, sorted(set(command.orders)))
    return blake2b(repr(said).encode(), digest_size=16).hexdigest()


def _take_in(release: _Release, key: OrderKey, path: str) -> None:
    """Have the tasks of one order join that nobody has begun."""
    order, site = release.draft.ledger.order(key), release.command.site
    if order is None:
        message = f"Order {key.order} is not known; check its number and source."
        release.object(Code.UNKNOWN_ORDER, f"{path}.order", message, key)
        return
    if order.held is not None:
        message = f"Order {key.order} is held ({order.held}); have it released first."
        release.object(Code.ON_HOLD, f"{path}.order", message, key)
        return
    joined = tuple(
        JoinedTask(line, part.task, part.row, _task(release, part.row), alone=part.wave is None)
        for line, part in _not_begun(order, site)
    )
    if not joined:
        message = f"Nothing of order {key.order} at {site} is waiting to be picked outside a wave; leave it out."
        release.object(Code.NOT_RESERVED, f"{path}.order", message, key)
        return
    release.joined[key] = joined
    count = sum(len(tasks) for tasks in release.joined.values())
    if count > PARTS_MAX:
        message = f"The wave would have more than {PARTS_MAX} order lines and bins; release fewer orders at a time."
        raise Refused(Code.TOO_LARGE, "orders", message)


def _not_begun(order: Order, site: str) -> list[tuple[str, Reservation]]:
    """Return the promises whose tasks nobody has begun, and that are in no wave yet, with their lines."""
    if order.state in OVER:
        return []
    parts = [(line.line, part) for line in order.lines for part in line.reservations]
    begun = {part.task for _, part in parts if part.picked or part.started}
    return [
        (line, part)
        for line, part in parts
        if part.row.site == site and part.task not in begun and part.wave in (None, WAITS)
    ]


def _task(release: _Release, row: RowKey) -> str:
    """Return the task for a row; at a site that reserves by lot, for all rows of its lot."""
    lots = row.site in release.draft.ledger.sites.by_lot
    place = place_of_lot(row) if lots else row
    task = release.tasks.get(place)
    if task is None:
        new = release.draft.new_task()
        task = release.tasks[place] = by_lot(new) if lots else new
    return task


def _released(release: _Release) -> tuple[Event, ...]:
    command, noted = release.command, release.verdicts.noted
    if not release.joined:
        return tuple(noted)
    wave = Wave(wave_key(command.wave), command.site, _content(command), tuple(release.joined))
    joined = [TasksJoinedWave(key, command.wave, tasks) for key, tasks in release.joined.items()]
    at = command.occurred_at or release.draft.moment.recorded_at
    return *joined, WaveReleased(wave, command.by, at), *noted


def cancel_wave(ledger: Ledger, command: CancelWave, moment: Moment) -> tuple[Event, ...]:
    """Decide wave.cancelled.

    Tasks that nobody has begun are withdrawn, and what they tell of is told by the orders' own tasks again, or waits
    for another wave where the site tells by waves only. What is begun is refused, or noted, and goes on.
    """
    verdicts = Verdicts(command.happened)
    noted = verdicts.noted
    stop_if(site_unknown(ledger, command.site, noted=noted if command.happened else None))
    wave, about = ledger.document(wave_key(command.wave), Wave), {"wave": command.wave}
    if wave is None or wave.site != command.site:
        message = f"Wave {command.wave} is not known at {command.site}; check its number."
        verdicts.object(Code.NOT_AVAILABLE, "wave", message, {**about})
        return tuple(noted)
    if wave.state is WaveState.CANCELLED:
        return ()
    tasks = by_task(parts_of(orders_in(ledger, command.wave), command.wave))
    still_open = {task: parts for task, parts in tasks.items() if is_open(parts)}
    untouched = {task: parts for task, parts in still_open.items() if not is_begun(parts)}
    if len(untouched) < len(still_open) or not untouched:
        begun = len(still_open) - len(untouched)
        message = f"{begun} tasks of wave {command.wave} are begun and {len(untouched)} are not; finish what is begun."
        if not begun:
            message = f"Nothing of wave {command.wave} is left to be picked."
        verdicts.object(Code.ALREADY_PICKED, "wave", message, {**about})
    if not untouched:
        return tuple(noted)
    at = command.occurred_at or moment.recorded_at
    return *_withdrawn(wave, untouched, command.by, at, alone=wave.site not in ledger.sites.by_wave), *noted


def _withdrawn(
    wave: Wave, tasks: dict[str, list[WavePart]], by: str | None, at: datetime, *, alone: bool
) -> tuple[Event, ...]:
    gone = tuple(WaveTask(task, parts[0].part.row) for task, parts in tasks.items())
    left: dict[OrderKey, list[JoinedTask]] = {}
    for task, parts in tasks.items():
        for order, line, part, _ in parts:
            mine = JoinedTask(line.line, part.task, part.row, task, alone)
            left.setdefault(order.key, []).append(mine)
    cancelled = WaveCancelled(replace(wave, state=WaveState.CANCELLED), gone, by, at)
    return cancelled, *(TasksLeftWave(key, wave.key.number, tuple(mine)) for key, mine in left.items())
