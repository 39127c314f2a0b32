"""What an order's own rules forbid it to keep once it has less than they ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain
from math import lcm

from lotstream.domain.checks import terms_of
from lotstream.domain.draft import Draft
from lotstream.domain.events import Freed, LineDecision
from lotstream.domain.kit_lines import give_back_kits
from lotstream.domain.looking import CONSIDERED_MAX
from lotstream.domain.model import Order, OrderLine, ShipPolicy
from lotstream.domain.packs import exactly
from lotstream.domain.reservations import give_back, latest_first
from lotstream.domain.sums import backordered, promised
from lotstream.domain.terms import lots_max


def unmet(draft: Draft, order: Order) -> list[Freed]:
    """Return the unpicked promises that an order's own rules forbid it to keep, from the end of the order of use.

    To be shipped complete it keeps everything it wants or nothing. A line that may not be filled in part, or takes one
    lot, keeps all or nothing. A line in another unit keeps whole multiples of it, and a line of kits no component that
    belongs to no whole kit.
    """
    some = [line for line in order.lines if line.reservations and (line.parts or backordered(line))]
    if order.ship_policy is ShipPolicy.COMPLETE and any(backordered(line) for line in order.lines):
        return [loss for line in order.lines for loss in _unpicked(line)]
    return [loss for line in some for loss in _unmet(draft, order, line)]


def _unmet(draft: Draft, order: Order, line: OrderLine) -> list[Freed]:
    if not backordered(line):
        return _not_picked(give_back_kits(draft, order, line, 0, site=line.reservations[0].row.site))
    settings, item = draft.ledger.settings, draft.known_item(line.sku)
    multiple = line.unit_factor if settings.whole_unit and line.unit != item.base_unit else 1
    if line.parts:
        multiple = lcm(multiple, line.parts[0].kit)
    wanted = line.ordered - line.cancelled
    has = line.shipped + promised(line)
    if not settings.allow_partial or (takes_one_lot(draft, order, line) and has < wanted - wanted % multiple):
        return _unpicked(line)
    if line.parts:
        site = line.reservations[0].row.site
        return _not_picked(give_back_kits(draft, order, line, has % multiple, site=site))
    return _odd(draft, order, line, multiple=multiple, has=has) if has % multiple else []


def _odd(draft: Draft, order: Order, line: OrderLine, *, multiple: int, has: int) -> list[Freed]:
    """Return what a line has beyond whole multiples of its unit; of packed goods more, when packs stay whole."""
    unpicked = sum(part.quantity - part.picked for part in line.reservations)
    terms = terms_of(draft, order, line, site=line.reservations[0].row.site)
    latest = latest_first(draft, terms, line)
    surplus, freed = has % multiple, []
    while surplus:
        freed = give_back(line, min(surplus, unpicked), latest, rule=exactly(draft.ledger.settings.pack_rule))
        given = sum(loss.quantity for loss in freed)
        odd = (has - given) % multiple
        surplus = given + odd if odd and given < unpicked else 0
    return freed


def _not_picked(freed: Iterable[Freed]) -> list[Freed]:
    kept = (
        replace(loss, quantity=loss.quantity - loss.picked, left=loss.left + loss.picked, picked=0) for loss in freed
    )
    return [loss for loss in kept if loss.quantity]


def _unpicked(line: OrderLine) -> list[Freed]:
    return [loss for part in line.reservations for loss in give_back(line, part.quantity - part.picked, [part])]


def takes_one_lot(draft: Draft, order: Order, line: OrderLine) -> bool:
    """Tell whether a line is filled from one lot or not at all."""
    return lots_max(line, draft.customer(order.customer)) == 1


def joined(order: Order, *parts: Iterable[LineDecision]) -> tuple[LineDecision, ...]:
    """Return decisions about the lines of an order as one, in the order of its lines.

    Of a line that was decided twice the last counts, with what the one before it promised and nobody gave back.
    """
    by_line: dict[str, LineDecision] = {}
    for decision in chain.from_iterable(parts):
        before = by_line.get(decision.line)
        by_line[decision.line] = _added_to(before, decision) if before is not None and before.reserved else decision
    return tuple(by_line[line.line] for line in order.lines if line.line in by_line)


def _added_to(before: LineDecision, decision: LineDecision) -> LineDecision:
    taken = [record for record in before.considered if record.taken]
    considered = (*taken, *decision.considered)[:CONSIDERED_MAX]
    return replace(decision, reserved=before.reserved + decision.reserved, considered=considered)
