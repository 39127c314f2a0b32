"""What is known of lots beyond their goods: inspections, certificates, the conditions they were kept in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from lotstream.domain.model import ConditionKind, LotDocument, Stage


@dataclass(frozen=True, slots=True)
class InspectLot:
    """lot.inspected: somebody has looked at a lot, which passed or failed."""

    inspection: str
    #: None: the lot's number is enough.
    sku: str | None
    lot: str
    stage: Stage
    passed: bool
    by: str | None = None
    occurred_at: datetime | None = None
    measured: dict[str, str] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentLot:
    """lot.documented: certificates and other papers of a lot are there, or count no longer."""

    sku: str | None
    lot: str
    documents: tuple[LotDocument, ...]
    withdrawn: bool = False
    by: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordCondition:
    """condition.recorded: how goods were kept, in a place, on a package, or of a lot wherever it is."""

    site: str
    happened: bool
    by: str | None
    occurred_at: datetime | None
    condition: str
    kind: ConditionKind
    value: Decimal | None = None
    location: str | None = None
    sku: str | None = None
    lot: str | None = None
    package: str | None = None
    from_at: datetime | None = None
    until: datetime | None = None
    reason: str | None = None
    #: None: the limits of the items decide.
    hold: bool | None = None
