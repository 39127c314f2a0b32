"""Tasks of many orders are released together, withdrawn and worked on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lotstream.domain.commands.floor import ConfirmPick, ReportShort, ScanLot, StartPick, UndoPick
from lotstream.domain.model import OrderKey


@dataclass(frozen=True, slots=True)
class ReleaseWave:
    """wave.released: what is promised to these orders is picked together."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    wave: str
    orders: tuple[OrderKey, ...]


@dataclass(frozen=True, slots=True)
class CancelWave:
    """wave.cancelled: tasks of a wave that nobody has begun are withdrawn, and are their orders' own again."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    wave: str


def nobody(wave: str) -> OrderKey:
    """Return what stands in place of an order for goods of a wave that are no order's; no source is without a name."""
    return OrderKey("", wave)


@dataclass(frozen=True, slots=True)
class WorkOnWave:
    """What the floor does, or asks, about tasks of a wave; ``said`` names `nobody` of it in place of an order."""

    wave: str
    said: ConfirmPick | ReportShort | StartPick | UndoPick | ScanLot

    @property
    def happened(self) -> bool:
        """Tell whether it has been done."""
        return self.said.happened
