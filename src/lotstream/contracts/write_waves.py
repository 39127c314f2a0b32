"""Tasks of waves from events: one task for many order lines, and what it comes to for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lotstream.contracts.quantities import base_text
from lotstream.contracts.sending import Outgoing, in_parts, item_of
from lotstream.contracts.topics import PICK_TASKS
from lotstream.contracts.write_tasks import joined_tasks, left_tasks
from lotstream.domain.by_lot import is_by_lot
from lotstream.domain.commands import Moment
from lotstream.domain.events import TasksJoinedWave, TasksLeftWave, WaveCancelled, WaveReleased, WaveTasksChanged
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import RowKey
from lotstream.domain.wave_parts import WavePart, by_task, orders_in, parts_of

TYPE = "lotstream.wave_tasks.v1"


def joined(ledger: Ledger, event: TasksJoinedWave, moment: Moment) -> Iterator[Outgoing]:
    """Return that an order's own tasks are cancelled."""
    return joined_tasks(ledger, event.key, event.tasks, moment)


def left(ledger: Ledger, event: TasksLeftWave, moment: Moment) -> Iterator[Outgoing]:
    """Return that an order has tasks of its own again."""
    return left_tasks(ledger, event.key, event.tasks, moment)


def released(ledger: Ledger, event: WaveReleased, moment: Moment) -> Iterator[Outgoing]:
    """Return all tasks of a wave."""
    wave = event.wave.key.number
    tasks = [_task(ledger, parts[0].part.row, task, "create", parts) for task, parts in _parts(ledger, wave).items()]
    yield from _messages(ledger, event.wave.site, wave, tasks, moment)


def changed(ledger: Ledger, event: WaveTasksChanged, moment: Moment) -> Iterator[Outgoing]:
    """Return the tasks of a wave that came to something else."""
    parts = _parts(ledger, event.wave)
    tasks = []
    for one in event.tasks:
        mine = parts.get(one.task, [])
        action = "create" if one.new else "change"
        row = next((each.part.row for each in mine if each.part.quantity > each.part.picked), one.row)
        tasks.append(_task(ledger, row, one.task, action if mine else "cancel", mine))
    yield from _messages(ledger, event.site, event.wave, tasks, moment)


def cancelled(ledger: Ledger, event: WaveCancelled, moment: Moment) -> Iterator[Outgoing]:
    """Return that tasks of a wave are withdrawn."""
    tasks = [_task(ledger, one.row, one.task, "cancel", []) for one in event.tasks]
    yield from _messages(ledger, event.wave.site, event.wave.key.number, tasks, moment)


def _parts(ledger: Ledger, wave: str) -> dict[str, list[WavePart]]:
    return by_task(parts_of(orders_in(ledger, wave), wave))


def _messages(ledger: Ledger, site: str, wave: str, tasks: list[dict[str, Any]], moment: Moment) -> Iterator[Outgoing]:
    body = {"owner": ledger.owner, "site": site, "wave": wave, "decision": moment.decision, "tasks": tasks}
    return in_parts(PICK_TASKS.name, wave, TYPE, body, "tasks")


def _task(ledger: Ledger, row: RowKey, task: str, action: str, parts: Sequence[WavePart]) -> dict[str, Any]:
    item = item_of(ledger, row.sku)
    lot = ledger.lots.get((row.sku, row.lot)) if row.lot is not None else None
    return {
        "task": task,
        "action": action,
        "sku": row.sku,
        "lot": row.lot,
        "expires": lot.expires if lot is not None else None,
        "location": None if is_by_lot(task) else row.location,
        "package": None if is_by_lot(task) else row.package,
        "quantity": base_text(sum(one.part.quantity for one in parts), item.decimals),
        "picked": base_text(sum(one.part.picked for one in parts), item.decimals),
        "unit": item.base_unit,
        "serials": tuple(number for one in parts for number in one.part.serials),
        "for": tuple(_for(one, item.decimals) for one in parts),
    }


def _for(one: WavePart, decimals: int) -> dict[str, Any]:
    key = one.order.key
    return {
        "source": key.source,
        "order": key.order,
        "line": one.line.line,
        "quantity": base_text(one.part.quantity, decimals),
        "picked": base_text(one.part.picked, decimals),
    }
