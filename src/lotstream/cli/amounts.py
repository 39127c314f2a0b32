"""Quantities as commands show them: in base units of their item, as they are kept where nobody knows it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lotstream.domain.model import Item


def base_units(item: Item | None, units: int) -> str:
    """Write smallest units of an item in its base unit."""
    from lotstream.contracts.quantities import base_text

    return base_text(units, 0 if item is None else item.decimals)


def unit_of(item: Item | None) -> str | None:
    """Return the base unit of an item."""
    return None if item is None else item.base_unit
