"""Lots were recalled, consignees were listed and have answered, a recall was closed."""

from __future__ import annotations

from dataclasses import dataclass

from lotstream.domain.model import Consignee, Recall, RecallRule, SoldLot


@dataclass(frozen=True, slots=True)
class RecallOpened:
    """A recall was opened, or a drill of one was held, or it was told again with more to it; as it is afterwards."""

    recall: Recall
    #: What it says of goods that are still to come, where it says so for the first time.
    rule: RecallRule | None = None
    #: What of it was sold to other owners, of those who are told of it now.
    sold: tuple[SoldLot, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsigneesListed:
    """Consignees of a recall that are written to, some for the first time; as they are afterwards."""

    recall: str
    consignees: tuple[Consignee, ...]
    #: What is written to them.
    reason: str | None = None
    subject: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class RecallAnswered:
    """A consignee has answered; he and the recall as they are afterwards."""

    recall: Recall
    consignee: Consignee


@dataclass(frozen=True, slots=True)
class RecallClosed:
    """Nothing more is expected of a recall; as it is afterwards."""

    recall: Recall
