"""Serial Shipping Container Codes for goods that never leave a machine."""

from __future__ import annotations

from typing import Final

from lotstream.domain.sscc import check_digit

__all__ = ["DEMO_COMPANY", "check_digit", "demo_sscc"]

DEMO_COMPANY: Final = "9521234"
"""A company prefix under 952, the GS1 prefix kept for demonstrations and examples: no carton in the world has one."""

SERIAL_DIGITS: Final = 17 - len(DEMO_COMPANY)
"""Digits left for the extension digit and the serial reference together."""


def demo_sscc(number: int) -> str:
    """Return the 18 digits of the ``number``-th demo container; numbers start over after ten thousand million."""
    serial = f"{number % 10**SERIAL_DIGITS:0{SERIAL_DIGITS}d}"
    digits = f"{serial[0]}{DEMO_COMPANY}{serial[1:]}"
    return digits + check_digit(digits)
