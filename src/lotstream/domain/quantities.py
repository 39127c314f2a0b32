"""Exact quantities: decimals in a unit outside, integers of the item's smallest unit inside."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.model import Item

#: Largest quantity of anything, in smallest units: what every JSON reader still counts exactly.
QUANTITY_MAX = 2**53 - 1
#: Most digits after the point that are looked at.
DIGITS_MAX = 30
#: Why a quantity that has happened is none of its item's: in a unit that nobody has defined, in parts of its smallest
#: unit, too many of it, or none at all. Something has happened, and the other lines of the message with it.
UNCOUNTED: Final = frozenset({Code.UNKNOWN_UNIT, Code.NOT_A_MULTIPLE, Code.TOO_LARGE, Code.NOT_POSITIVE})

#: Why goods of a line cannot be booked whatever has happened with them: nobody knows what they are, or how much.
UNCOUNTABLE: Final = UNCOUNTED | {Code.UNKNOWN_ITEM, Code.FIELD_MISSING}


def unit_factor(item: Item, unit: str | None) -> int | None:
    """Return the smallest units in one of a unit (None: the base unit); None when the item has no such unit."""
    if unit is None or unit == item.base_unit:
        return int(10**item.decimals)
    each = item.units.get(unit)
    return None if each is None else int(each.scaleb(item.decimals))


def check_quantity(quantity: Decimal, field: str, *, positive: bool = True) -> Refusal | None:
    """Refuse what is no quantity in any unit."""
    if not quantity.is_finite():
        return Refusal(Code.FIELD_INVALID, field, "The quantity is not a number; send a decimal number.")
    if positive and quantity <= 0:
        return Refusal(Code.NOT_POSITIVE, field, f"The quantity is {quantity:f}; send one above zero.")
    if abs(quantity) > QUANTITY_MAX:
        return Refusal(Code.TOO_LARGE, field, f"The quantity is above {QUANTITY_MAX}; split it.")
    return None


def smallest(quantity: Decimal, factor: int, field: str, *, positive: bool = True) -> int | Refusal:
    """Return a quantity in smallest units, ``factor`` of which make one of its unit; refuses what does not come out."""
    if not (quantity.is_finite() and 0 < quantity <= QUANTITY_MAX):
        refused = check_quantity(quantity, field, positive=positive)
        if refused is not None:
            return refused
    units = int(quantity)
    if units == quantity:
        units *= factor
    else:
        exact = _exact(quantity, factor)
        if exact is None:
            message = f"{quantity:f} does not come out in the item's base unit and its decimals; send one that does."
            return Refusal(Code.NOT_A_MULTIPLE, field, message)
        units = exact
    if abs(units) > QUANTITY_MAX:
        return Refusal(Code.TOO_LARGE, field, "The quantity comes to more base units than can be counted; split it.")
    return units


def is_uncounted(item: Item, quantity: Decimal, unit: str | None) -> bool:
    """Tell whether a quantity that has happened is none of an item's smallest units, as `UNCOUNTED` says."""
    factor = unit_factor(item, unit)
    units = None if factor is None else smallest(quantity, factor, "")
    return units is None or (isinstance(units, Refusal) and units.code in UNCOUNTED)


def in_base_units(item: Item, units: int) -> Decimal:
    """Return smallest units of an item as a number of its base unit."""
    return Decimal(units).scaleb(-item.decimals)


def whole_packs(quantity: int, pack_size: int | None) -> int:
    """Return the least whole packs that hold a quantity; loose goods (no pack size) come one by one."""
    return quantity if pack_size is None else quantity + -quantity % pack_size


def _exact(quantity: Decimal, factor: int) -> int | None:
    digits = quantity.as_tuple().exponent
    if not isinstance(digits, int) or -digits > DIGITS_MAX:
        return None
    numerator, denominator = quantity.as_integer_ratio()
    units, rest = divmod(numerator * factor, denominator)
    return None if rest else units
