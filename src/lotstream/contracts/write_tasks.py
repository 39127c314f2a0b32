"""Pick tasks from events: what the pickers of an order must now do differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lotstream.contracts.quantities import base_text
from lotstream.contracts.sending import Outgoing, encode, item_of
from lotstream.contracts.topics import PICK_TASKS
from lotstream.domain.commands import Moment
from lotstream.domain.events import Carried, Freed, LineDecision, LotSwapped
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import OrderKey, Reservation, RowKey

TYPE = "lotstream.pick_tasks.v1"


def pick_tasks(
    ledger: Ledger,
    key: OrderKey,
    moment: Moment,
    *,
    freed: Sequence[Freed] = (),
    decisions: Sequence[LineDecision] = (),
    swapped: LotSwapped | None = None,
) -> Iterator[Outgoing]:
    """Return the tasks of one event, one message per site; nothing when no task changed.

    What was given back comes first, so that a bin is free before somebody else is sent to it.
    """
    by_site: dict[str, list[dict[str, Any]]] = {}
    for back in freed:
        left = _left(ledger, key, back)
        action = "change" if left else "cancel"
        task = _task(ledger, key, back.row, task=back.task, action=action, line=back.line, quantity=left)
        by_site.setdefault(back.row.site, []).append(task)
    for line, reserved in _created(decisions, swapped):
        row = reserved.row
        task = _task(ledger, key, row, task=reserved.task, action="create", line=line, quantity=reserved.quantity)
        task["serials"] = reserved.serials
        by_site.setdefault(row.site, []).append(task)
    for site, tasks in by_site.items():
        yield _message(ledger, key, site, tasks, moment)


def _message(ledger: Ledger, key: OrderKey, site: str, tasks: list[dict[str, Any]], moment: Moment) -> Outgoing:
    body = {
        "owner": ledger.owner,
        "site": site,
        "source": key.source,
        "order": key.order,
        "decision": moment.decision,
        "tasks": tasks,
    }
    return Outgoing(PICK_TASKS.name, key.order, TYPE, encode(body))


def _created(decisions: Sequence[LineDecision], swapped: LotSwapped | None) -> Iterator[tuple[str, Reservation]]:
    """Return what is promised anew, with the line it is promised to."""
    for decision in decisions:
        for reserved in decision.reserved:
            yield decision.line, reserved
    if swapped is not None:
        for taken in swapped.taken:
            yield swapped.line, taken


def moved_task(ledger: Ledger, carried: Carried, to: RowKey, moment: Moment) -> Iterator[Outgoing]:
    """Return the task of goods that went to another bin with their promise: the same task, and where to go now."""
    task = _task(
        ledger, carried.key, to, task=carried.task, action="change", line=carried.line, quantity=carried.quantity
    )
    yield _message(ledger, carried.key, to.site, [task], moment)


def _left(ledger: Ledger, key: OrderKey, back: Freed) -> int:
    """Return what a task comes to now; goods of one task that stand at two staging places are two reservations."""
    order = ledger.order(key)
    return sum(
        reservation.quantity
        for line in (order.lines if order else ())
        if line.line == back.line
        for reservation in line.reservations
        if reservation.task == back.task
    )


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
