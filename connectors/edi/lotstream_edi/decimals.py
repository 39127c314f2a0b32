"""Decimal numbers as X12 writes them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

CHARS_MAX: Final = 30
"""Characters of a number that is read; X12 has at most 18."""

_DECIMAL = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")


def read_decimal(written: str) -> Decimal | None:
    """Return a number of type R, exact; None when it is none, or longer than any number of an order."""
    return Decimal(written) if len(written) <= CHARS_MAX and _DECIMAL.fullmatch(written) else None
