"""What the hub itself appends, and the moment at which anything is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lotstream.domain.codes import Refusal


@dataclass(frozen=True, slots=True)
class Moment:
    """When and as what a record is decided: the only clock the ledger knows."""

    #: Append time of the record, aware.
    recorded_at: datetime
    #: Today per site, already moved forward by day.opened.
    today: dict[str, date]
    #: 128-bit hash (hex) of log number, partition, offset; ids of tasks and messages grow from it.
    decision: str
    #: Grows with every record of the partition.
    arrival: int


@dataclass(frozen=True, slots=True)
class AnswerBroadcast:
    """broadcast.answered: every partition has decided a broadcast and all that followed; who told it is answered."""

    number: int
    #: Message type of the broadcast.
    type: str
    #: Why the partitions refused it; None when it was done.
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class ContinueDay:
    """day.continued: a part of what an owner has to look at again after a new day, a bin on hold, a changed rule."""

    #: Orders looked at, at most; the rest is for the next part.
    orders_max: int


@dataclass(frozen=True, slots=True)
class TickClock:
    """clock.ticked: what hours and seconds decide for an owner is due."""
