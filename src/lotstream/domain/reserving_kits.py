"""A person promises a lot of one component to a line that orders kits: the rest of those kits is promised with it.

A line never holds half a kit, so whoever names the lot of one component gets as many whole kits as that quantity makes,
with the other components as they would be chosen anyway; all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lotstream.domain.allocation import decide_line
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import ReserveStock
from lotstream.domain.draft import Draft
from lotstream.domain.events import LineDecision
from lotstream.domain.kit_lines import as_part
from lotstream.domain.kits import promised_parts, shipped_parts, whole_kits
from lotstream.domain.model import KitPart, Order, OrderLine
from lotstream.domain.quantities import smallest, unit_factor
from lotstream.domain.sums import backordered, promised

#: Takes a goal of smallest units of what a line wants at a site, by name; None when nothing of it is there.
TakeNamed = Callable[[OrderLine, int, str], LineDecision | Refusal | None]


def part_meant(draft: Draft, line: OrderLine, command: ReserveStock) -> KitPart | Refusal | None:
    """Return the component of a kit line that a request names, by its SKU or by a lot of it; None for other goods."""
    if command.sku is not None:
        return next((part for part in line.parts if part.sku == command.sku), None)
    if command.lot is None or draft.lot(line.sku, command.lot) is not None:
        return None
    found = [part for part in line.parts if draft.lot(part.sku, command.lot) is not None]
    if len(found) > 1:
        skus = ", ".join(part.sku for part in found)
        return Refusal(Code.FIELD_MISSING, "sku", f"Lot {command.lot} is a lot of {skus}; say which SKU.")
    return found[0] if found else None


def kits_wanted(draft: Draft, line: OrderLine, part: KitPart, command: ReserveStock) -> int | Refusal:
    """Return how much of the kit a quantity of one component makes, in smallest units; refuses what makes no whole."""
    item, kit_item = draft.known_item(part.sku), draft.known_item(line.sku)
    factor = unit_factor(item, command.unit)
    if factor is None:
        return Refusal(Code.UNKNOWN_UNIT, "unit", f"{item.sku} has no unit {command.unit}; send one it has.")
    units = smallest(command.quantity, factor, "quantity")
    if isinstance(units, Refusal):
        return units
    kits, rest = divmod(units, part.each)
    kits *= part.kit
    # A line that was dropped before anybody knew its unit has no factor, and wants nothing.
    in_packs = draft.ledger.settings.whole_unit and line.unit_factor and line.unit != kit_item.base_unit
    if rest or (in_packs and (promised(line) + line.shipped + kits) % line.unit_factor):
        message = f"Line {line.line} gets whole kits; send a quantity of {item.sku} that makes whole ones."
        return Refusal(Code.NOT_A_MULTIPLE, "quantity", message)
    if kits > backordered(line):
        message = f"Line {line.line} wants no more kits than what it still lacks; send less, or change the order."
        return Refusal(Code.MORE_THAN_ORDERED, "quantity", message)
    return kits


def take_kits(
    draft: Draft, order: Order, line: OrderLine, part: KitPart, take: TakeNamed, *, kits: int, site: str
) -> LineDecision | Refusal | None:
    """Promise kits with one component as it is named and the others as they are chosen; all of them or none."""
    mark = draft.mark()
    named = take(as_part(draft, line, part.sku), kits // part.kit * part.each, site)
    if not isinstance(named, LineDecision):
        return named
    decisions = [_naming(part.sku, named)]
    have = promised_parts(line)
    have.update(shipped_parts(line))
    whole = whole_kits(line.parts, have)
    for other in (other for other in line.parts if other.sku != part.sku):
        short = (whole + kits) // other.kit * other.each - have[other.sku]
        if short > 0:
            decision = decide_line(draft, order, as_part(draft, line, other.sku), wanted=short, site=site)
            if sum(reservation.quantity for reservation in decision.reserved) < short:
                draft.undo(mark)
                message = f"Less is free of {other.sku} than so many kits take; take less, or wait for it."
                return Refusal(Code.NOT_AVAILABLE, "quantity", message)
            decisions.append(_naming(other.sku, decision))
    return replace(
        named,
        line=line.line,
        reserved=tuple(reservation for decision in decisions for reservation in decision.reserved),
        backordered=backordered(line) - kits,
        considered=tuple(record for decision in decisions for record in decision.considered),
    )


def _naming(sku: str, decision: LineDecision) -> LineDecision:
    return replace(decision, considered=tuple(replace(record, sku=sku) for record in decision.considered))
