"""How goods and quantities are called in sentences to people: refusals and discrepancies all say it like this."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lotstream.domain.model import Item
from lotstream.domain.quantities import in_base_units


def amount(item: Item, units: int) -> str:
    """Say how much smallest units of an item are: people count it in its base unit, and know that by its name."""
    return f"{in_base_units(item, units).normalize():f} {item.base_unit}"


def counted(number: int, what: str) -> str:
    """Say how many of something there are: 1 unit, 2 units."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def goods_called(sku: str, lot: str | None) -> str:
    """Say which goods are meant, in the middle of a sentence."""
    return sku if lot is None else f"lot {lot} of {sku}"


def begun(words: str) -> str:
    """Write words as a sentence begins with them."""
    return words[:1].upper() + words[1:]


def only(item: Item | None, units: int) -> str:
    """Say how little there is of an item, as a sentence begins with it."""
    return "Nothing of that" if item is None or units == 0 else f"Only {amount(item, units)} of {item.sku}"


def in_words(value: object) -> str:
    """Return what a line says of one thing, as people read it; empty where it says nothing that fits in a few words."""
    if isinstance(value, tuple):
        return ", ".join(one for one in value if isinstance(one, str))
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if isinstance(value, str | date) else ""
