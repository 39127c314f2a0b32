"""What may be sold was told, and when an owner is to be looked at again."""

from __future__ import annotations

from dataclasses import dataclass

from lotstream.domain.model import OwnerClock


@dataclass(frozen=True, slots=True)
class Figure:
    """Smallest units of a SKU that may be sold at a site for a channel."""

    sku: str
    site: str
    channel: str
    quantity: int


@dataclass(frozen=True, slots=True)
class AvailabilityTold:
    """What may be sold is no longer what was told last."""

    #: Those that changed, by SKU, site and channel.
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class ClockSet:
    """An owner is to be looked at by the clock, or has been."""

    clock: OwnerClock
    #: What may be sold is told as it is, although something else is due later.
    all_told: bool = False
