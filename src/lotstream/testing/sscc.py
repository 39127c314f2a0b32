"""Serial Shipping Container Codes for goods that never leave a machine."""

from __future__ import annotations

from typing import Final

DEMO_COMPANY: Final = "9521234"
"""A company prefix under 952, the GS1 prefix kept for demonstrations and examples: no carton in the world has one."""

SERIAL_DIGITS: Final = 17 - len(DEMO_COMPANY)
"""Digits left for the extension digit and the serial reference together."""


def demo_sscc(number: int) -> str:
    """Return the 18 digits of the ``number``-th demo container; numbers start over after ten thousand million."""
    serial = f"{number % 10**SERIAL_DIGITS:0{SERIAL_DIGITS}d}"
    digits = f"{serial[0]}{DEMO_COMPANY}{serial[1:]}"
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """Return the check digit of a GS1 key: weights 3 and 1 from the right (GS1 General Specifications, 7.9)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)
