"""Whole kits that go into a package: what of their picked components, and of assembled ones, goes in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import PackedLine
from lotstream.domain.draft import Draft
from lotstream.domain.model import OrderLine, Reservation
from lotstream.domain.quantities import smallest, unit_factor

#: Goods that are picked and not packed, with their order line.
PickedPart = tuple[OrderLine, Reservation]


def kit_line(said: PackedLine, parts: Sequence[PickedPart]) -> OrderLine | None:
    """Return the line of kits that a quantity of whole kits is told of; None where goods are told one by one.

    A task, a lot or a SKU of a component says which goods are meant, in units of those.
    """
    lines = {line.line: line for line, _ in parts}
    if len(lines) != 1 or said.quantity is None or said.task is not None or said.lot is not None:
        return None
    (line,) = lines.values()
    return line if line.parts and said.sku in (None, line.sku) else None


def packed_kits(
    draft: Draft, line: OrderLine, quantity: Decimal, parts: Sequence[PickedPart], *, unit: str | None, path: str
) -> dict[str, int] | Refusal:
    """Return the smallest units of each SKU that make the kits which are told: assembled ones first."""
    item = draft.known_item(line.sku)
    factor = unit_factor(item, unit)
    if factor is None:
        return Refusal(Code.UNKNOWN_UNIT, f"{path}.unit", f"{item.sku} has no unit {unit}; send one it has.")
    kits = smallest(quantity, factor, f"{path}.quantity")
    if isinstance(kits, Refusal):
        return kits
    loose = Counter[str]()
    for _, part in parts:
        loose[part.row.sku] += part.picked - part.packed
    own = min(kits, loose[line.sku])
    if (kits - own) % line.parts[0].kit:
        message = f"{quantity:f} of {line.sku} are no whole kits; name the components that went in."
        return Refusal(Code.NOT_A_MULTIPLE, f"{path}.quantity", message)
    made = (kits - own) // line.parts[0].kit
    amounts = {line.sku: own} | {part.sku: made * part.each for part in line.parts}
    return {sku: units for sku, units in amounts.items() if units}
