"""Counts waited for a second counter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lotstream.domain.model import CountPending


@dataclass(frozen=True, slots=True)
class CountKept:
    """A count differs by so much that nothing of it is booked before somebody else has counted."""

    site: str
    number: str
    by: str | None
    at: datetime
    pending: CountPending


@dataclass(frozen=True, slots=True)
class CountSettled:
    """Somebody else has counted: it is booked, or forgotten."""

    site: str
    number: str
    by: str | None
    at: datetime
    #: As it is afterwards.
    pending: CountPending
