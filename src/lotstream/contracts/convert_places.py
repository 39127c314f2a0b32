"""From messages about goods that are put away, and tasks that are done, to commands of the ledger."""

from __future__ import annotations

from lotstream.contracts.convert_stock import moved_line
from lotstream.contracts.inbound_places import PutawayDone, TaskDone
from lotstream.domain.commands import FinishTask, PutAway


def put_away(body: PutawayDone) -> PutAway:
    """Return the command to book goods into their bins."""
    lines = tuple(moved_line(line) for line in body.lines)
    return PutAway(body.site, body.happened, body.by, body.occurred_at, body.putaway, lines, body.task)


def finish_task(body: TaskDone) -> FinishTask | PutAway:
    """Return the command to take note of a task, or to book what was moved by it under the task's own number."""
    if body.lines:
        lines = tuple(moved_line(line) for line in body.lines)
        return PutAway(body.site, body.happened, body.by, body.occurred_at, body.task, lines, body.task)
    return FinishTask(body.site, body.happened, body.by, body.occurred_at, body.task, body.kind.value)
