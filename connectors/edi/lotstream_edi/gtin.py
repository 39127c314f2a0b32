"""GS1 trade item numbers: the check digit, and one length for all of them."""

from __future__ import annotations

from typing import Final

LENGTHS: Final = (8, 12, 13, 14)
"""Digits of GTIN-8, UPC, EAN and GTIN-14."""


def is_number(value: str) -> bool:
    """Tell whether a value has the form of a trade item number: 8, 12, 13 or 14 digits."""
    return len(value) in LENGTHS and value.isascii() and value.isdecimal()


def has_right_check_digit(number: str) -> bool:
    """Tell whether the last digit is the one that follows from the others (GS1 General Specifications, 7.9)."""
    return check_digit(number[:-1]) == number[-1]


def check_digit(digits: str) -> str:
    """Return the check digit of the digits before it: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def padded(number: str) -> str:
    """Return a number as 14 digits."""
    return number.zfill(14)
