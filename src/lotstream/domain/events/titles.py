"""Goods changed their owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lotstream.domain.events.goods import GoodsBooked
from lotstream.domain.model import Serial, Title


@dataclass(frozen=True, slots=True)
class TitleReleased:
    """Goods left the ledger of their owner; until the other has them they are between the two."""

    site: str
    number: str
    by: str | None
    at: datetime
    title: Title
    #: Units as they are afterwards, where their numbers were told.
    units: tuple[Serial, ...] = ()


@dataclass(frozen=True, slots=True)
class TitleAccepted:
    """Goods came into the ledger of their new owner."""

    site: str
    number: str
    from_owner: str
    by: str | None
    at: datetime
    lines: tuple[GoodsBooked, ...]
