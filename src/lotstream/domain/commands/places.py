"""Goods are put away, and tasks of the floor are done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lotstream.domain.commands.stock import MoveStock


@dataclass(frozen=True, slots=True)
class PutAway(MoveStock):
    """putaway.done: goods that came in are in their bins; its number is the ``move``."""

    #: The task of the floor that was done by it.
    task: str | None = None


@dataclass(frozen=True, slots=True)
class FinishTask:
    """task.done: something that moves no goods was done on the floor."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    task: str
    kind: str
