"""Quantities as decimal text: exact in both directions, never through a float."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal
from functools import partial

from lotstream.contracts.limits import QUANTITY_DECIMALS_MAX, QUANTITY_WHOLE_DIGITS_MAX

QUANTITY_PATTERN = rf"^-?[0-9]{{1,{QUANTITY_WHOLE_DIGITS_MAX}}}(\.[0-9]{{1,{QUANTITY_DECIMALS_MAX}}})?$"

#: Wide enough for every quantity that matches the pattern: the default context would round at 28 digits.
_EXACT = Context(prec=QUANTITY_WHOLE_DIGITS_MAX + QUANTITY_DECIMALS_MAX)
#: Gives a decimal without trailing zeros, exactly; equal quantities become the same.
normalized = _EXACT.normalize


def decimal_text(value: Decimal) -> str:
    """Write a decimal without exponent and without trailing zeros, so that equal quantities have equal texts."""
    return format(normalized(value), "f")


def base_text(quantity: int, decimals: int) -> str:
    """Write a count of smallest units in base units, where the smallest unit is ``10 ** -decimals`` base units."""
    if decimals == 0:
        return str(quantity)
    whole, rest = divmod(abs(quantity), 10**decimals)
    sign = "-" if quantity < 0 else ""
    return f"{sign}{whole}.{rest:0{decimals}d}".rstrip("0").rstrip(".") if rest else f"{sign}{whole}"


def writer(decimals: int) -> Callable[[int], str]:
    """Return what writes many counts as `base_text` does: `str` for whole units, in which most items are counted."""
    return str if decimals == 0 else partial(base_text, decimals=decimals)
