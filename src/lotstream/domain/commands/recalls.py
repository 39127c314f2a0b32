"""Lots are recalled, whoever got any of them answers, and the recall is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lotstream.domain.model import ConsigneeAnswer


@dataclass(frozen=True, slots=True)
class RecallLots:
    """lot.recalled: lots may not be used any more, and what is picked of them does not leave."""

    recall: str
    reason: str | None
    #: SKU (None: the number is enough) and lot; without any, all that fit what is said instead.
    lots: tuple[tuple[str | None, str], ...]
    sku: str | None = None
    supplier: str | None = None
    supplier_lot: str | None = None
    made_from: date | None = None
    made_to: date | None = None
    #: Nothing is changed; it is found out and timed how far the lots have come.
    drill: bool = False
    by: str | None = None
    subject: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class LotAnswered:
    """How much of a lot a consignee has sent back, or destroyed, in the item's base unit."""

    sku: str
    lot: str
    returned: Decimal = Decimal(0)
    destroyed: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class AnswerRecall:
    """recall.answered: somebody who was written to says what he did with the goods."""

    recall: str
    consignee: str
    answer: ConsigneeAnswer
    lots: tuple[LotAnswered, ...] = ()
    by: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CloseRecall:
    """recall.closed: nothing more is expected; how well it went is told."""

    recall: str
    by: str | None = None
    occurred_at: datetime | None = None
