"""Pick tasks from events: what the pickers of an order must now do differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from lotstream.contracts.quantities import base_text
from lotstream.contracts.sending import Outgoing, in_parts, item_of
from lotstream.contracts.topics import PICK_TASKS
from lotstream.domain.by_lot import is_by_lot, place_of_lot
from lotstream.domain.commands import Moment
from lotstream.domain.events import (
    Became,
    Carried,
    Freed,
    JoinedTask,
    LineDecision,
    LotSwapped,
    PickUndone,
    Relocated,
    Undone,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import OrderKey, Reservation, RowKey

TYPE = "lotstream.pick_tasks.v1"
#: What a task by lot says of where to go.
_NO_BIN: Final[dict[str, Any]] = {"location": None, "package": None}


def pick_tasks(
    ledger: Ledger,
    key: OrderKey,
    moment: Moment,
    *,
    freed: Sequence[Freed] = (),
    decisions: Sequence[LineDecision] = (),
    swapped: LotSwapped | None = None,
) -> Iterator[Outgoing]:
    """Return the tasks of one event, one message per site; nothing when no task changed, or waves tell of them.

    What was given back comes first, so that a bin is free before somebody else is sent to it.
    """
    by_site: dict[str, list[dict[str, Any]]] = {}
    lots = ledger.sites.lot_tasks
    freed = [loss for loss in freed if _was_told(loss)] if freed else ()
    if lots:
        yield from _by_lot(ledger, key, moment, freed=freed, created=[*_created(decisions, swapped)])
    for back in (loss for loss in freed if loss.wave is None):
        if lots and is_by_lot(back.task):
            continue
        left = _left(ledger, key, back.line, back.task)
        action = "change" if left else "cancel"
        task = _task(ledger, key, back.row, task=back.task, action=action, line=back.line, quantity=left)
        by_site.setdefault(back.row.site, []).append(task)
    for line, reserved in _created(decisions, swapped):
        if reserved.wave is not None or (lots and is_by_lot(reserved.task)):
            continue
        row = reserved.row
        task = _task(ledger, key, row, task=reserved.task, action="create", line=line, quantity=reserved.quantity)
        task["serials"] = reserved.serials
        by_site.setdefault(row.site, []).append(task)
    for site, tasks in by_site.items():
        yield from _messages(ledger, key, site, tasks, moment)


def _was_told(loss: Freed) -> bool:
    """Tell whether the floor had a task for any of what is given back: goods that left without one had none."""
    return not loss.untold or loss.quantity > loss.picked


def _by_lot(
    ledger: Ledger,
    key: OrderKey,
    moment: Moment,
    *,
    freed: Sequence[Freed],
    created: Sequence[tuple[str, Reservation]],
) -> Iterator[Outgoing]:
    """Return the tasks that name no bin, each once, with what it comes to now; nothing of those that come to the same.

    What was promised of one bin in place of another one is no news to a floor that was told of neither.
    """
    more: dict[tuple[str, str], int] = {}
    rows: dict[tuple[str, str], RowKey] = {}
    #: Tasks of which units come or go that are named by their numbers.
    numbered: set[tuple[str, str]] = set()
    for loss in (loss for loss in freed if loss.wave is None and is_by_lot(loss.task)):
        more[loss.line, loss.task] = more.get((loss.line, loss.task), 0) - loss.quantity
        rows[loss.line, loss.task] = loss.row
        numbered |= {(loss.line, loss.task)} if loss.serials else set()
    for line, part in created:
        if part.wave is None and is_by_lot(part.task):
            more[line, part.task] = more.get((line, part.task), 0) + part.quantity
            rows[line, part.task] = part.row
            numbered |= {(line, part.task)} if part.serials else set()
    tasks: dict[str, list[dict[str, Any]]] = {}
    for (line, name), units in more.items():
        row, left = rows[line, name], _left(ledger, key, line, name)
        serials = _serials(ledger, key, line, name) if (line, name) in numbered else ()
        if units or serials:
            action = "cancel" if not left else "create" if left == units else "change"
            task = _task(ledger, key, row, task=name, action=action, line=line, quantity=left)
            tasks.setdefault(row.site, []).append(task | _NO_BIN | {"serials": serials})
    for site, told in tasks.items():
        yield from _messages(ledger, key, site, sorted(told, key=_taken_back_first), moment)


def _taken_back_first(task: dict[str, Any]) -> int:
    return ("cancel", "change", "create").index(task["action"])


def _messages(
    ledger: Ledger, key: OrderKey, site: str, tasks: list[dict[str, Any]], moment: Moment
) -> Iterator[Outgoing]:
    body = {
        "owner": ledger.owner,
        "site": site,
        "source": key.source,
        "order": key.order,
        "decision": moment.decision,
        "tasks": tasks,
    }
    return in_parts(PICK_TASKS.name, key.order, TYPE, body, "tasks")


def _created(decisions: Sequence[LineDecision], swapped: LotSwapped | None) -> Iterator[tuple[str, Reservation]]:
    """Return what is promised anew, with the line it is promised to."""
    for decision in decisions:
        for reserved in decision.reserved:
            yield decision.line, reserved
    if swapped is not None:
        for taken in swapped.taken:
            yield swapped.line, taken


def moved_task(ledger: Ledger, carried: Carried, move: Relocated, moment: Moment) -> Iterator[Outgoing]:
    """Return the task of goods that went to another bin with their promise: the same task, and where to go now.

    Where some that is not picked stayed behind, the task is for that, and there is another for what went along.
    """
    key, line, name = carried.key, carried.line, carried.to_task or carried.task
    if is_by_lot(carried.task) or _told_by_wave(ledger, carried, move.to, task=name):
        return
    left = _left(ledger, key, line, carried.task)
    tasks = [_task(ledger, key, move.to, task=name, action="change", line=line, quantity=left)]
    if carried.to_task is not None:
        tasks = [
            _task(ledger, key, move.row, task=carried.task, action="change", line=line, quantity=left),
            _task(ledger, key, move.to, task=name, action="create", line=line, quantity=carried.quantity),
        ]
    yield from _messages(ledger, key, move.to.site, tasks, moment)


def relotted_tasks(
    ledger: Ledger, orders: Iterable[OrderKey], rows: Iterable[Became], moment: Moment
) -> Iterator[Outgoing]:
    """Return the tasks for goods that are of another lot now: the same tasks, and the lot to look for."""
    moved = {one.to for one in rows}
    for key in orders:
        tasks: dict[tuple[str, str, str], dict[str, Any]] = {}
        for line in ledger.orders[key].lines:
            for part in line.reservations:
                if part.row in moved and part.quantity > part.picked and part.wave is None:
                    left = _left(ledger, key, line.line, part.task)
                    task = _task(ledger, key, part.row, task=part.task, action="change", line=line.line, quantity=left)
                    numbers = {"serials": _serials(ledger, key, line.line, part.task)}
                    no_bin = _NO_BIN if is_by_lot(part.task) else {}
                    tasks[part.row.site, line.line, part.task] = task | numbers | no_bin
        for site in dict.fromkeys(site for site, *_ in tasks):
            yield from _messages(ledger, key, site, [task for place, task in tasks.items() if place[0] == site], moment)


def _told_by_wave(ledger: Ledger, carried: Carried, to: RowKey, *, task: str) -> bool:
    lines = [line for line in ledger.orders[carried.key].lines if line.line == carried.line]
    parts = [part for line in lines for part in line.reservations]
    return any(part.wave is not None for part in parts if part.task == task and part.row == to)


def joined_tasks(ledger: Ledger, key: OrderKey, tasks: Sequence[JoinedTask], moment: Moment) -> Iterator[Outgoing]:
    """Return that tasks of an order's own are cancelled: a wave tells of what they were for."""
    yield from _alone(ledger, key, [(one, 0) for one in tasks if one.alone], "cancel", moment)


def left_tasks(ledger: Ledger, key: OrderKey, tasks: Sequence[JoinedTask], moment: Moment) -> Iterator[Outgoing]:
    """Return that an order has tasks of its own again, under the ids that they had before."""
    parts = {
        (line.line, part.task, part.row): part.quantity
        for line in ledger.orders[key].lines
        for part in line.reservations
    }
    alone = [(one, parts[one.line, one.task, one.row]) for one in tasks if one.alone]
    yield from _alone(ledger, key, alone, "create", moment)


def untold_tasks(ledger: Ledger, event: PickUndone, moment: Moment) -> Iterator[Outgoing]:
    """Yield tasks of goods that had left without one, were taken back, and are in their bins again."""
    tasks = {(one.line, one.task, one.row): one for one in event.undone if one.untold}
    yield from _alone(
        ledger, event.key, [(one, _open(ledger, event.key, one)) for one in tasks.values()], "create", moment
    )


def _open(ledger: Ledger, key: OrderKey, undone: Undone) -> int:
    """Return what of a task is to be picked, with what was undone of it before."""
    parts = [part for part in _parts(ledger, key, undone.line, undone.task) if part.row == undone.row]
    return sum(part.quantity - part.picked for part in parts)


def _alone(
    ledger: Ledger, key: OrderKey, tasks: Sequence[tuple[JoinedTask | Undone, int]], action: str, moment: Moment
) -> Iterator[Outgoing]:
    units: dict[tuple[str, str, RowKey], int] = {}
    for one, quantity in tasks:
        # A task that names no bin is told once for all that it has in several.
        name = (one.line, one.task, place_of_lot(one.row) if is_by_lot(one.task) else one.row)
        units[name] = units.get(name, 0) + quantity
    told = [
        _task(ledger, key, row, task=task, action=action, line=line, quantity=quantity)
        | (_NO_BIN if is_by_lot(task) else {})
        for (line, task, row), quantity in units.items()
    ]
    if told:
        yield from _messages(ledger, key, tasks[0][0].row.site, told, moment)


def _left(ledger: Ledger, key: OrderKey, line: str, task: str) -> int:
    """Return what a task comes to now; goods of one task that stand at two staging places are two reservations.

    Of goods that left without it, and stand picked again, it was never for those.
    """
    parts = _parts(ledger, key, line, task)
    return sum(part.quantity - part.picked if part.untold else part.quantity for part in parts)


def _serials(ledger: Ledger, key: OrderKey, line: str, task: str) -> tuple[str, ...]:
    """Return the numbers of the units that a task comes to now."""
    return tuple(number for part in _parts(ledger, key, line, task) for number in part.serials)


def _parts(ledger: Ledger, key: OrderKey, line: str, task: str) -> Iterator[Reservation]:
    order = ledger.order(key)
    lines = (one for one in (order.lines if order else ()) if one.line == line)
    return (part for one in lines for part in one.reservations if part.task == task)


def _task(
    ledger: Ledger, key: OrderKey, row: RowKey, *, task: str, action: str, line: str, quantity: int
) -> dict[str, Any]:
    item = item_of(ledger, row.sku)
    lot = ledger.lots.get((row.sku, row.lot)) if row.lot is not None else None
    text = base_text(quantity, item.decimals)
    return {
        "task": task,
        "action": action,
        "line": line,
        "sku": row.sku,
        "lot": row.lot,
        "expires": lot.expires if lot is not None else None,
        "location": row.location,
        "package": row.package,
        "quantity": text,
        "unit": item.base_unit,
        "serials": (),
        "for": ({"order": key.order, "line": line, "quantity": text},),
    }
