"""Business documents that goods move under, so that one told twice is booked once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from lotstream.domain.model.stock import RowKey


class ReceiptKey(NamedTuple):
    """The business key of goods that came in: the kind of document and its number."""

    #: ``receipt`` or ``balance``.
    kind: str
    number: str


class Booked(NamedTuple):
    """Where one line of a receipt went, and how much of it in smallest units."""

    row: RowKey
    quantity: int


@dataclass(slots=True)
class Receipt:
    """What has been booked under one receipt, so that a line told twice is not booked twice."""

    key: ReceiptKey
    site: str
    final: bool = False
    lines: dict[str, Booked] = field(default_factory=dict)
