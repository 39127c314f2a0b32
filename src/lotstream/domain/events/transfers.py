"""Goods went from site to site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lotstream.domain.events.goods import GoodsBooked
from lotstream.domain.events.stock import Relocated, RowChange
from lotstream.domain.model import Serial, Transfer


@dataclass(frozen=True, slots=True)
class TransferShipped:
    """Goods left a site, and are on the way to another."""

    site: str
    number: str
    by: str | None
    at: datetime
    #: As it is afterwards.
    transfer: Transfer
    moves: tuple[Relocated, ...]
    #: What is not on the way because its arrival was told, and booked as found, before.
    arrived: tuple[RowChange, ...] = ()
    #: Units as they are afterwards, where their numbers were told.
    units: tuple[Serial, ...] = ()


@dataclass(frozen=True, slots=True)
class TransferReceived:
    """Goods of a transfer arrived, or will not come any more."""

    site: str
    number: str
    receipt: str | None
    by: str | None
    at: datetime
    transfer: Transfer
    moves: tuple[Relocated, ...] = ()
    #: What arrived beyond what is known to have left.
    over: tuple[GoodsBooked, ...] = ()
    #: What is written off, because nothing more will come.
    missing: tuple[RowChange, ...] = ()
    units: tuple[Serial, ...] = ()
