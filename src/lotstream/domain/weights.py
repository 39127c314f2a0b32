"""What goods weigh, as it is told: kilograms outside, whole grams inside, and only of items that are weighed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Context, Decimal
from typing import Any, Final, Protocol, TypeVar

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.events import LineCorrected
from lotstream.domain.model import Item, Receipt, RowKey

GRAM: Final = Decimal("0.001")
"""In kilograms; nothing is weighed finer."""

WEIGHT_MAX_KG: Final = 1_000_000_000
"""Nothing is heavier."""

FIELD: Final = "weight_kg"
_EXACT: Final = Context(prec=60)


class Weighed(Protocol):
    """A line of a message that may say what its goods weigh."""

    @property
    def weight_kg(self) -> Decimal | None:
        """What they weigh."""


PartT = TypeVar("PartT")


def kilograms(weight_g: int) -> Decimal:
    """Return a weight as people are told it."""
    return Decimal(weight_g).scaleb(-3)


def said_weight(line: Weighed) -> tuple[str, ...]:
    """Return what a line says of its weight, by which a repeat is known; nothing where it says nothing."""
    return () if line.weight_kg is None else (f"{line.weight_kg.normalize():f} kg",)


def check_weight(weight_kg: Decimal, field: str) -> Refusal | None:
    """Refuse what nothing can weigh."""
    if not weight_kg.is_finite():
        return Refusal(Code.FIELD_INVALID, field, "The weight is not a number; send kilograms.")
    if weight_kg <= 0:
        return Refusal(Code.NOT_POSITIVE, field, f"The weight is {weight_kg:f} kg; send one above zero.")
    if weight_kg > WEIGHT_MAX_KG:
        return Refusal(Code.TOO_LARGE, field, f"The weight is above {WEIGHT_MAX_KG} kg; check it.")
    if weight_kg != weight_kg.quantize(GRAM, context=_EXACT):
        message = f"{weight_kg:f} kg are no whole number of grams; send at most three decimals."
        return Refusal(Code.NOT_A_MULTIPLE, field, message)
    return None


def check_package_weight(weight_kg: Decimal | None, field: str) -> Refusal | None:
    """Refuse what no package can weigh."""
    if weight_kg is None or weight_kg >= 0:
        return None
    message = f"A package of {weight_kg:f} kg weighs less than nothing; send its weight, or none."
    return Refusal(Code.FIELD_INVALID, field, message)


def grams(weight_kg: Decimal) -> int:
    """Return a weight in grams that `check_weight` has found right."""
    return int(weight_kg.scaleb(3, context=_EXACT))


def told_grams(item: Item, weight_kg: Decimal | None) -> int:
    """Return what a line tells of the weight of its goods, in grams; 0 where it tells none, or they have none."""
    return 0 if weight_kg is None or not item.catch_weight else grams(weight_kg)


def not_weighed(item: Item, path: str) -> Refusal | None:
    """Object to the weight of an item that has none."""
    if item.catch_weight:
        return None
    message = f"{item.sku} is not weighed; define it with catch_weight, or leave its weight out."
    return Refusal(Code.FIELD_INVALID, f"{path}.{FIELD}", message)


def nobody_weighed(
    weights: Mapping[RowKey, int], item: Item, rows: Iterable[RowKey], weight_kg: Decimal | None
) -> bool:
    """Tell whether goods of some rows are of an item that is weighed, and have no weight, told or known."""
    return item.catch_weight and weight_kg is None and any(row not in weights for row in rows)


def weight_corrected(item: Item | None, receipt: Receipt, change: LineCorrected) -> int:
    """Return what a line of a receipt weighs that is of an item now: as told, else what it did, by its quantity."""
    if item is None or not item.catch_weight:
        return 0
    before, now = receipt.lines[change.line].quantity, change.booked.quantity
    before_g = receipt.weights.get(change.line, 0)
    return change.weight_g or (before_g * now // before if before else 0)


def shares(weight_g: int, quantities: Sequence[int]) -> list[int]:
    """Return a weight shared out by quantities, each share rounded down; the last one takes the rest."""
    whole = sum(quantities)
    found = [weight_g * quantity // whole for quantity in quantities[:-1]]
    return [*found, weight_g - sum(found)] if quantities else []


def spread(parts: Iterable[PartT], weight_g: int) -> list[PartT]:
    """Return parts of one line with the weight that was told of it, by their quantities."""
    mine: list[Any] = list(parts)
    grams = shares(weight_g, [part.quantity for part in mine])
    return [replace(part, weight_g=one) for part, one in zip(mine, grams, strict=True)]
