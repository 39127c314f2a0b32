"""What is known of lots beyond their goods: inspections, certificates, the conditions they were kept in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from lotstream.domain.model import LotDocument, Stage


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
