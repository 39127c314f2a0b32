"""Kits of kits: a scenario may have them; the ledger is told what such a kit is made of in the end."""

from __future__ import annotations

from decimal import Decimal

from lotstream.testing.scenarios_format import Node, ScenarioError
from lotstream.testing.scenarios_words import number


def taken_apart(items: dict[str, Node]) -> dict[str, Node]:
    """Return items of which those that are kits of kits are made of what is in them in the end.

    Raises `ScenarioError` for a kit that is in itself.
    """
    return {sku: {**item, "kit": _in_the_end(items, sku)} if item.get("kit") else item for sku, item in items.items()}


def _in_the_end(items: dict[str, Node], sku: str, above: tuple[str, ...] = ()) -> dict[str, Decimal]:
    if sku in above:
        raise ScenarioError(f"the kit {sku} is in itself")
    parts: dict[str, Decimal] = {}
    for part, each in items[sku]["kit"].items():
        inside = str(part) in items and items[str(part)].get("kit")
        of = _in_the_end(items, str(part), (*above, sku)) if inside else {str(part): Decimal(1)}
        for one, quantity in of.items():
            parts[one] = parts.get(one, Decimal(0)) + quantity * number(each)
    return parts
