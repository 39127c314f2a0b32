"""A task of the floor that moved no goods is done: a bin was looked at, a lot was brought to be inspected."""

from __future__ import annotations

from lotstream.domain.codes import Code, Refused, stop_if
from lotstream.domain.commands import FinishTask, Moment
from lotstream.domain.events import DiscrepancyNoted, Event, TaskDone
from lotstream.domain.goods import site_unknown
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import TASK, Notice, ReceiptKey
from lotstream.domain.notices import content_of


def finish_task(ledger: Ledger, command: FinishTask, moment: Moment) -> tuple[Event, ...]:
    """Decide task.done: who did it and when is kept; the same told again changes nothing."""
    key, content = ReceiptKey(TASK, command.task), content_of((command.site, command.kind))
    known = ledger.document(key, Notice)
    noted: list[DiscrepancyNoted] = []
    if known is not None:
        return () if known.content == content else _other_content(command)
    stop_if(site_unknown(ledger, command.site, noted=noted if command.happened else None))
    at = command.occurred_at or moment.recorded_at
    return TaskDone(Notice(key, content), command.site, command.kind, command.by, at), *noted


def _other_content(command: FinishTask) -> tuple[Event, ...]:
    message = f"Task {command.task} was done already, of another kind or at another site; check its number."
    if not command.happened:
        raise Refused(Code.CONFLICTING_CONTENT, "task", message)
    about = {"task": command.task, "kind": command.kind, "site": command.site}
    return (DiscrepancyNoted(Code.CONFLICTING_CONTENT.value, message, about),)
