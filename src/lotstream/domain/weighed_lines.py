"""Lines of picks and shipments that say what their goods weigh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code
from lotstream.domain.model import Item
from lotstream.domain.weights import FIELD, Weighed, grams, not_weighed, spread

WeighedT = TypeVar("WeighedT", bound=Weighed)
PartT = TypeVar("PartT")


def weigh_parts(
    verdicts: Verdicts, item: Item | None, weight_kg: Decimal | None, parts: Sequence[PartT], path: str
) -> Sequence[PartT]:
    """Return parts of one line with what it says they weigh together.

    Asked, the weight of an item that has none is refused; what has happened is booked without it, and told to a person.
    """
    if weight_kg is None or not parts or item is None:
        return parts
    refused = not_weighed(item, path)
    if refused is not None:
        verdicts.object(refused.code, refused.field, refused.message, {"sku": item.sku})
        return parts
    return spread(parts, grams(weight_kg))


def told_once(
    verdicts: Verdicts, lines: Sequence[tuple[int, WeighedT]], path: str = "lines"
) -> list[tuple[int, WeighedT]]:
    """Return lines of a message, where one became several: what it says they weigh is then the weight of none."""
    found = list[tuple[int, WeighedT]]()
    indexes = [index for index, _ in lines]
    for index, line in lines:
        if line.weight_kg is None or indexes.count(index) == 1:
            found.append((index, line))
            continue
        message = "Kits are not weighed; tell the weight of each component."
        if index not in [before for before, _ in found]:
            verdicts.object(Code.FIELD_INVALID, f"{path}.{index}.{FIELD}", message, {})
        found.append((index, replace(line, weight_kg=None)))  # type: ignore[type-var]  # lines are dataclasses
    return found
