"""What goods cost: an average per lot, carried from what came in, through what was made of it, to what leaves.

Kept are sums, the cost and the units it is the cost of, so that the order in which goods came in never matters. Where
nobody has said what something cost, it is unknown: a cost that is too low is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from lotstream.domain.lot_facts import with_more
from lotstream.domain.model import PLAIN, Lot

#: A share of a sum is cut here: in the owner's currency, far below what anybody pays for a unit.
STEP: Final = Decimal("1E-9")
TOLD: Final = Decimal("1E-6")
_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)


def priced(price: Decimal, units: int, *, factor: int) -> Decimal:
    """Return what smallest units cost at a price for ``factor`` of them."""
    return _EXACT.divide(_EXACT.multiply(price, units), factor)


def cost_of(lot: Lot | None, quantity: int) -> Decimal | None:
    """Return what smallest units of a lot have cost, in the owner's currency; None when nobody has said."""
    more = PLAIN if lot is None else lot.more or PLAIN
    if more.cost_total is None or more.cost_units <= 0:
        return None
    return _EXACT.divide(_EXACT.multiply(more.cost_total, quantity), more.cost_units).quantize(STEP, context=_EXACT)


def paid_for(each: Decimal, quantity: Decimal) -> Decimal:
    """Return what a quantity costs of which one costs ``each``."""
    return _EXACT.multiply(each, quantity)


def told_cost(lot: Lot | None, *, decimals: int) -> Decimal | None:
    """Return what one base unit of a lot has cost, as people are told it: six digits, half to even."""
    cost = cost_of(lot, 10**decimals)
    return None if cost is None else as_told(cost)


def as_told(cost: Decimal) -> Decimal:
    """Return a cost as people are told it: six digits, half to even."""
    return cost.quantize(TOLD, context=_EXACT)


def total_of(costs: Iterable[Decimal | None]) -> Decimal | None:
    """Return what several things cost together; None when the cost of one is unknown."""
    total = Decimal(0)
    for cost in costs:
        if cost is None:
            return None
        total = _EXACT.add(total, cost)
    return total


def take_cost(lot: Lot, cost: Decimal, units: int) -> Lot:
    """Return a lot without smallest units that have cost so much together; nothing is known when none are left."""
    more = lot.more or PLAIN
    left = more.cost_units - units
    if more.cost_total is None or left <= 0:
        return with_more(lot, cost_total=None, cost_units=0)
    return with_more(lot, cost_total=_EXACT.subtract(more.cost_total, cost), cost_units=left)


def shares(cost: Decimal, parts: Sequence[Decimal]) -> list[Decimal]:
    """Return a cost shared out by the size of parts, each cut at `STEP`; the last has what is left."""
    whole = sum(parts, Decimal(0))
    found: list[Decimal] = []
    for part in parts[:-1]:
        share = _EXACT.divide(_EXACT.multiply(cost, part), whole)
        found.append(share.quantize(STEP, context=_EXACT))
    return [*found, _EXACT.subtract(cost, sum(found, Decimal(0)))] if parts else []


def add_cost(lot: Lot, cost: Decimal | None, units: int) -> Lot:
    """Return a lot with more smallest units that have cost so much together; with None it stays as it is."""
    if cost is None or units <= 0:
        return lot
    more = lot.more or PLAIN
    total = cost if more.cost_total is None else _EXACT.add(more.cost_total, cost)
    return with_more(lot, cost_total=total, cost_units=more.cost_units + units)
