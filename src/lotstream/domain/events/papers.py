"""Lots were inspected, their papers came or were withdrawn, and it was recorded how they were kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lotstream.domain.model import ConditionKind, Inspection, LotDocument, LotName, Notice


@dataclass(frozen=True, slots=True)
class LotInspected:
    """Somebody has looked at a lot; the hold that follows from it, or ends by it, is an event of its own."""

    notice: Notice
    sku: str
    lot: str
    inspection: Inspection

    @property
    def number(self) -> str:
        """Return its number."""
        return self.inspection.number

    @property
    def reason(self) -> str | None:
        """Return why it failed, or what was seen."""
        return self.inspection.reason

    @property
    def by(self) -> str | None:
        """Return who inspected it."""
        return self.inspection.by

    @property
    def at(self) -> datetime | None:
        """Return when it was inspected."""
        return self.inspection.at


@dataclass(frozen=True, slots=True)
class LotDocumented:
    """A lot has these papers from now on."""

    sku: str
    lot: str
    #: All of them, as they are afterwards.
    documents: tuple[LotDocument, ...]
    #: Those that were told of, and whether they came or were withdrawn.
    told: tuple[LotDocument, ...]
    withdrawn: bool
    by: str | None
    at: datetime
    #: Papers have numbers of their own, and nobody says why they come.
    number: None = None
    reason: None = None


@dataclass(frozen=True, slots=True)
class ConditionRecorded:
    """It was recorded how goods were kept; the holds that follow from it are events of their own."""

    notice: Notice
    site: str
    kind: ConditionKind
    value: Decimal | None
    location: str | None
    package: str | None
    #: The lots it is about; of a place those that are at risk.
    lots: tuple[LotName, ...]
    #: Those that are on hold because of it.
    held: tuple[LotName, ...]
    from_at: datetime | None
    until: datetime | None
    reason: str | None
    by: str | None
    at: datetime
