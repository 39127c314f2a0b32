"""What every message about the floor begins with, as the ledger's commands take it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, TypedDict


class FloorHead(TypedDict):
    """Where something was done or is asked for, by whom and when."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None


class OfFloor(Protocol):
    """A message about the floor."""

    @property
    def site(self) -> str:
        """Where it was done."""

    @property
    def happened(self) -> bool:
        """It has been done, and is not only asked for."""

    @property
    def by(self) -> str | None:
        """Who says so."""

    @property
    def occurred_at(self) -> datetime | None:
        """Business time; None for the record's own."""


def head_of(body: OfFloor) -> FloorHead:
    """Return what a message begins with, as keywords of its command."""
    return {"site": body.site, "happened": body.happened, "by": body.by, "occurred_at": body.occurred_at}
