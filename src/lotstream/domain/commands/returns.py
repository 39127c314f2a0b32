"""Goods that come back are announced, and looked at when they are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lotstream.domain.model import Disposition, OrderKey


@dataclass(frozen=True, slots=True)
class InspectedLine:
    """What becomes of some goods of a line of a return."""

    line: str
    #: The line of the return they came with.
    return_line: str
    quantity: Decimal
    unit: str | None
    disposition: Disposition
    #: Where they lie; None: where the return put them.
    location: str | None = None
    #: The bin they come to; None: where they lie.
    to: str | None = None
    reason: str | None = None
    #: Numbers of these units; none: all that the return told and nobody has looked at, where these are all of them.
    serials: tuple[str, ...] = ()
    #: What they weigh, in kilograms, where they were weighed.
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True)
class InspectReturn:
    """return.inspected: what came back is restocked, set apart, scrapped, or sent back."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    #: The return's number.
    return_: str
    inspection: str
    lines: tuple[InspectedLine, ...]


@dataclass(frozen=True, slots=True)
class AnnouncedLine:
    """What is announced to come back."""

    line: str
    sku: str
    lot: str | None
    quantity: Decimal
    unit: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ExpectReturn:
    """return.expected: somebody will send goods back."""

    return_: str
    site: str
    key: OrderKey | None
    customer: str | None
    due: date | None
    lines: tuple[AnnouncedLine, ...]
