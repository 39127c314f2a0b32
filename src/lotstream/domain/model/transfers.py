"""Goods on the way between sites: what left under a number, and what of it has arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from lotstream.domain.model.keys import ReceiptKey

TRANSFER: Final = "transfer"
"""Kind of the documents under which goods go from site to site."""


class TransferState(StrEnum):
    """The life of a transfer."""

    #: Goods of it are on the way.
    SHIPPED = "shipped"
    #: Nothing of it is on the way.
    RECEIVED = "received"
    #: Somebody said that nothing more will come.
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class TransferLine:
    """Goods of one lot in a transfer, in smallest units; what has not arrived, and is not missing, is on the way."""

    line: str
    sku: str
    lot: str | None
    quantity: int
    received: int = 0
    #: Of what was received, what was not good when it came.
    damaged: int = 0
    #: Written off when the transfer was closed.
    missing: int = 0
    #: Numbers of units that are on the way.
    serials: tuple[str, ...] = ()

    @property
    def under_way(self) -> int:
        """Return what is still to come."""
        return max(self.quantity - self.received - self.missing, 0)


class Arrived(NamedTuple):
    """One line of what was told of an arrival, by which a repeat is known."""

    #: Number of the receipt that it was told under; empty where none was named.
    receipt: str
    line: str
    sku: str
    lot: str | None
    quantity: int
    location: str
    status: str | None
    #: What it says it weighs, in grams; 0: nothing.
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class Transfer:
    """Goods that go from one site to another under a number."""

    key: ReceiptKey
    #: Where they left; empty while only their arrival was told.
    site: str
    to_site: str
    #: Hash of what was told of the departure, by which a repeat is known; empty while it was not told.
    content: str
    lines: tuple[TransferLine, ...]
    state: TransferState = TransferState.SHIPPED
    arrived: tuple[Arrived, ...] = ()
    shipped_at: datetime | None = None
    expected_at: datetime | None = None
    scac: str | None = None
    #: Of what is written: the arrival by which its quantities count (`lotstream.domain.recounting`); 0 in memory.
    rebased: int = 0
