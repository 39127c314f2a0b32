"""Goods that somebody has announced to send back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from lotstream.domain.model.keys import ReceiptKey
from lotstream.domain.model.orders import OrderKey

RETURN_EXPECTED: Final = "return_expected"
"""Kind of the numbers under which returns are announced."""


class ExpectedBack(NamedTuple):
    """Smallest units of an item, and of a lot where one is said, that are announced, and what of them came."""

    line: str
    sku: str
    lot: str | None
    quantity: int
    reason: str | None = None
    returned: int = 0


@dataclass(frozen=True, slots=True)
class ReturnExpected:
    """A return that is announced."""

    key: ReceiptKey
    site: str
    #: The order it left with, or the customer it left for where nobody knows the order.
    order: OrderKey | None
    customer: str | None
    due: date | None
    #: Hash of what was told of it, by which a repeat is known.
    content: str
    lines: tuple[ExpectedBack, ...]
    #: Of what is written: the arrival by which its quantities count (`lotstream.domain.recounting`); 0 in memory.
    rebased: int = 0


def return_expected_key(number: str) -> ReceiptKey:
    """Return the key of a return that is announced."""
    return ReceiptKey(RETURN_EXPECTED, number)
