"""Inbound messages about goods that are put away, and about tasks of the floor that are done."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lotstream.contracts.fields import Inbound, Instant, Name, OwnerId
from lotstream.contracts.inbound_stock import StockMovedLine
from lotstream.contracts.limits import LINES_MAX
from lotstream.contracts.sent_floor import FloorTaskKind


class _OnTheFloor(Inbound):
    owner: OwnerId = Field(description="Whose goods.")
    site: Name = Field(description="Where it was done.")
    happened: bool = Field(description="True: it has been done and is booked. False: somebody asks before doing it.")
    by: Name | None = Field(default=None, description="Who or which scanner says so.")
    occurred_at: Instant | None = Field(default=None, description="Business time; null means the record's own time.")


class PutawayDone(_OnTheFloor):
    """Goods that came in were put into their bins, the ones that were hinted or others."""

    putaway: Name = Field(description="Number of the document; the same line of it is booked once.")
    task: Name | None = Field(default=None, description="The task of the floor that was done.")
    lines: Annotated[tuple[StockMovedLine, ...], Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="What was put where."
    )


class TaskDone(_OnTheFloor):
    """A task of the floor was done. Goods that were moved by it are booked with it, as by `putaway.done`."""

    task: Name = Field(description="The task's id; the same task again changes nothing.")
    kind: FloorTaskKind = Field(description="What was to be done.")
    lines: Annotated[tuple[StockMovedLine, ...], Field(max_length=LINES_MAX)] = Field(
        default=(), description="What was moved by it; empty when nothing was."
    )
