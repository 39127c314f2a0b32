"""What of an owner is due by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OwnerClock:
    """When an owner has to be looked at next, whoever holds its partition then."""

    #: None: nothing is due.
    due_at: datetime | None = None
    #: Looks decided so far; the next one's message id is made of it.
    tick: int = 0
    #: True while somebody is told what may be sold.
    watched: bool = False
