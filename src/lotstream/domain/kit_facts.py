"""What a kit may be made of: items that are no kits themselves, in whole smallest units of each; and recipes."""

from __future__ import annotations

from decimal import Decimal

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Item, Tracking
from lotstream.domain.quantities import smallest


def check_kit(ledger: Ledger, item: Item) -> Refusal | None:
    """Refuse a kit that holds itself or another kit, or a component in what is no whole number of its smallest unit.

    A component that nobody has defined yet is no reason: orders for the kit wait until it is. The same is asked the
    other way round of an item that is a component already and would become a kit.
    """
    for sku, quantity in item.kit.items():
        refused = _check_component(ledger, item, sku)
        component = ledger.items.get(sku)
        if refused is None:
            units = smallest(quantity, 1 if component is None else 10**component.decimals, f"item.kit.{sku}")
            # Without the component its decimals are not known, and any number above zero may come out whole.
            fine = component is None and isinstance(units, Refusal) and units.code is Code.NOT_A_MULTIPLE
            refused = units if isinstance(units, Refusal) and not fine else None
            if component is not None and component.tracking is Tracking.SERIAL and not refused:
                refused = _check_whole(sku, quantity)
        if refused is not None:
            return refused
    return _check_users(ledger, item)


def _check_whole(sku: str, quantity: Decimal) -> Refusal | None:
    """Refuse a part of a unit that has a serial number."""
    if quantity == int(quantity):
        return None
    message = f"{sku} is tracked by serial number; send a whole number of them."
    return Refusal(Code.NOT_A_MULTIPLE, f"item.kit.{sku}", message)


def _check_component(ledger: Ledger, item: Item, sku: str) -> Refusal | None:
    component = ledger.items.get(sku)
    if sku == item.sku:
        return Refusal(Code.FIELD_INVALID, f"item.kit.{sku}", f"{sku} is a kit with itself in it; leave it out.")
    if component is not None and component.kit:
        message = f"{sku} is a kit itself; send what it is made of instead."
        return Refusal(Code.FIELD_INVALID, f"item.kit.{sku}", message)
    return None


def _check_users(ledger: Ledger, item: Item) -> Refusal | None:
    """Refuse to make a kit of what is in a kit already."""
    if not item.kit:
        return None
    users = sorted(kit.sku for kit in ledger.items.values() if item.sku in kit.kit)
    if not users:
        return None
    message = f"{item.sku} is in the kit {users[0]}; a kit is made of items that are no kits."
    return Refusal(Code.FIELD_INVALID, "item.kit", message)


def check_part(ledger: Ledger, item: Item, known: Item) -> Refusal | None:
    """Refuse a component to be counted in steps of which a kit has parts; as it was known it came out whole."""
    for kit in ledger.items.values():
        quantity = kit.kit.get(item.sku)
        if quantity is None or _is_whole(item, quantity) or not _is_whole(known, quantity):
            continue
        name = "decimals" if item.decimals < known.decimals else "tracking"
        message = f"{item.sku} is in the kit {kit.sku}, {quantity:f} of it; its {name} cannot change to what has none."
        return Refusal(Code.FIELD_INVALID, f"item.{name}", message)
    return None


def _is_whole(item: Item, quantity: Decimal) -> bool:
    """Tell whether a kit may hold so much of an item."""
    step = 1 if item.tracking is Tracking.SERIAL else 10**item.decimals
    return not isinstance(smallest(quantity, step, ""), Refusal)


def check_recipe(item: Item) -> Refusal | None:
    """Refuse a recipe with less than nothing of an ingredient, or with the item itself: re-work needs no recipe."""
    for sku, quantity in (item.recipe or {}).items():
        if sku == item.sku:
            message = f"{sku} is an ingredient of itself; leave it out: it may be worked over without."
            return Refusal(Code.FIELD_INVALID, f"item.recipe.{sku}", message)
        if not quantity.is_finite() or quantity < 0:
            message = f"{quantity} of {sku} is no amount; send a number above 0, or 0 for any amount."
            return Refusal(Code.FIELD_INVALID, f"item.recipe.{sku}", message)
    return None
