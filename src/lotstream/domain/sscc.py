"""Serial Shipping Container Codes: the numbers of cartons and pallets.

Eighteen digits (GS1 General Specifications, application identifier 00): an extension digit, the company prefix, a
serial number filled up to seventeen digits, and a check digit of weights 3 and 1 in turn.
"""

from __future__ import annotations

#: Digits before the check digit.
_DIGITS = 17


def check_digit(digits: str) -> str:
    """Return the check digit of the seventeen digits before it."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def sscc(prefix: str, extension: int, serial: int) -> str | None:
    """Return the code of a company's serial number; None when the serial numbers of its prefix are used up."""
    room = _DIGITS - 1 - len(prefix)
    if serial >= 10**room:
        return None
    digits = f"{extension}{prefix}{serial:0{room}d}"
    return f"{digits}{check_digit(digits)}"


def is_wrong(code: str) -> bool:
    """Tell whether something looks like such a code, of eighteen digits, and has another check digit."""
    looks_like = len(code) == _DIGITS + 1 and code.isascii() and code.isdigit()
    return looks_like and code[-1] != check_digit(code[:-1])


def is_prefix(text: str) -> bool:
    """Tell whether a text can be a company prefix: 4 to 12 digits."""
    return 4 <= len(text) <= 12 and text.isascii() and text.isdigit()
