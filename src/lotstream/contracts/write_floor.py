"""Floor tasks from events: picked goods that go back to a bin, and bins that want a count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any

from lotstream.contracts.quantities import base_text
from lotstream.contracts.sending import Outgoing, encode, item_of
from lotstream.contracts.sent_floor import FloorTaskKind
from lotstream.contracts.topics import FLOOR_TASKS
from lotstream.domain.commands import Moment
from lotstream.domain.events import (
    CountKept,
    Freed,
    GoodsBooked,
    PickUndone,
    PutAwayHinted,
    ShipmentVoided,
    StockMissing,
)
from lotstream.domain.inspecting import WAITS
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import OrderKey, RowKey
from lotstream.domain.reservations import staged_key

TYPE = "lotstream.floor_tasks.v1"

_Task = dict[str, Any]


def put_backs(ledger: Ledger, key: OrderKey, freed: Iterable[Freed], moment: Moment) -> Iterator[Outgoing]:
    """Return the tasks to put back what an order gave back although it was picked, one message per site."""
    by_site: dict[str, list[_Task]] = {}
    for loss in freed:
        if loss.picked:
            task = _put_back(ledger, key, loss, moment)
            by_site.setdefault(loss.row.site, []).append(task)
    for site, tasks in by_site.items():
        yield _message(ledger, site, tasks, moment)


def voided_tasks(ledger: Ledger, event: ShipmentVoided, moment: Moment) -> Iterator[Outgoing]:
    """Return the tasks to put back what came back from a shipment and no order wants."""
    parts = []
    for taken in event.taken_back:
        shipped, left = taken.shipped, taken.shipped.quantity - (taken.promise.quantity if taken.promise else 0)
        if left:
            row, place = shipped.picked_from, taken.staged.location
            parts.append(Freed(shipped.line, shipped.task or "", row, left, 0, left, place))
    return put_backs(ledger, event.key, parts, moment)


def undone_tasks(ledger: Ledger, event: PickUndone, moment: Moment) -> Iterator[Outgoing]:
    """Return the tasks to put back what somebody asked to have undone; nothing when it lies there already."""
    parts = [
        Freed(one.line, one.task, one.row, one.quantity, 0, one.quantity, one.staged.location) for one in event.undone
    ]
    return put_backs(ledger, event.key, () if event.happened else parts, moment)


def count_task(ledger: Ledger, event: StockMissing, moment: Moment) -> Outgoing:
    """Return the task to count a bin that did not hold what was known to be in it."""
    task = _task(ledger, FloorTaskKind.COUNT, event.row, about=event.line, moment=moment)
    return _message(ledger, event.row.site, [task | _for(event.key, event.line)], moment)


def inspect_tasks(ledger: Ledger, site: str, lines: Iterable[GoodsBooked], moment: Moment) -> Iterator[Outgoing]:
    """Return the tasks to inspect lots that have come in and wait for it, once for each line; nothing where none do."""
    tasks = []
    for line in lines:
        if line.lot is not None and any(hold.id == WAITS for hold in line.lot.holds):
            task = _task(ledger, FloorTaskKind.INSPECT, line.row, about=line.line, moment=moment)
            tasks.append(task | {"quantity": base_text(line.quantity, item_of(ledger, line.row.sku).decimals)})
    if tasks:
        yield _message(ledger, site, tasks, moment)


def put_away_tasks(ledger: Ledger, event: PutAwayHinted, moment: Moment) -> Iterator[Outgoing]:
    """Return the tasks to put away what has come in, each with the bin and the reason."""
    tasks = []
    for hint in event.hints:
        task = _task(ledger, FloorTaskKind.PUT_AWAY, hint.row, about=hint.line, moment=moment)
        quantity = base_text(hint.quantity, item_of(ledger, hint.row.sku).decimals)
        tasks.append(task | {"to": hint.to, "quantity": quantity, "reason": hint.reason})
    yield _message(ledger, event.site, tasks, moment)


def recount_tasks(ledger: Ledger, event: CountKept, moment: Moment) -> Outgoing:
    """Return the tasks for somebody else to count what a count found; they say nothing of what anybody found."""
    tasks = [
        _task(
            ledger, FloorTaskKind.COUNT, RowKey(line.sku, line.lot, event.site, line.location, line.package),
            about=f"{event.number}/{line.line}", moment=moment,
        )
        for line in event.pending.lines
    ]  # fmt: skip
    return _message(ledger, event.site, [task | {"line": None} for task in tasks], moment)


def _put_back(ledger: Ledger, key: OrderKey, loss: Freed, moment: Moment) -> _Task:
    staged = staged_key(loss.row, loss.staged_at)
    task = _task(ledger, FloorTaskKind.PUT_BACK, staged, about=loss.task, moment=moment)
    quantity = base_text(loss.picked, item_of(ledger, loss.row.sku).decimals)
    return task | {"to": loss.row.location, "quantity": quantity, **_for(key, loss.line)}


def _for(key: OrderKey, line: str) -> _Task:
    return {"source": key.source, "order": key.order, "line": line}


def _task(ledger: Ledger, kind: FloorTaskKind, row: RowKey, *, about: str, moment: Moment) -> _Task:
    named = (moment.decision, kind.value, about, *(str(part) for part in row))
    return {
        "task": blake2b("\0".join(named).encode(), digest_size=16).hexdigest(),
        "kind": kind,
        "sku": row.sku,
        "lot": row.lot,
        "location": row.location,
        "to": None,
        "package": row.package,
        "quantity": None,
        "unit": item_of(ledger, row.sku).base_unit,
        "source": None,
        "order": None,
        "line": None,
        "reason": None,
    }


def _message(ledger: Ledger, site: str, tasks: list[_Task], moment: Moment) -> Outgoing:
    body = {"owner": ledger.owner, "site": site, "decision": moment.decision, "tasks": tasks}
    return Outgoing(FLOOR_TASKS.name, site, TYPE, encode(body))
