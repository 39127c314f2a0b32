"""Trade item numbers (GTIN): the same number is written with 8, 12, 13 or 14 digits."""

from __future__ import annotations

from typing import Final

#: Digits that a trade item number is compared with (GS1 General Specifications, section 3.3.2: right-justified, filled
#: with zeros).
GTIN_DIGITS: Final = 14


def gtin_14(digits: str) -> str:
    """Return a trade item number with 14 digits, as it is compared; zeros in front mean nothing."""
    return digits.zfill(GTIN_DIGITS)
