"""Lines that order kits: counted, promised and taken back by whole kits over the lots of every component.

Kits that stand assembled come first, in their order of use. What they leave is made of components: each is looked for
like a line of its own (its item's policy, minimum life, packs, lots), for as many kits as the scarcest allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from math import lcm
from typing import NamedTuple

from lotstream.domain.checks import terms_of
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.draft import Draft
from lotstream.domain.events import Freed, LineDecision
from lotstream.domain.kits import promised_kits, promised_parts, shipped_parts, whole_kits
from lotstream.domain.model import Item, KitPart, Order, OrderLine, Reservation
from lotstream.domain.quantities import smallest
from lotstream.domain.reservations import give_back, latest_first
from lotstream.domain.terms import lots_max

#: Decides one line: the draft, its order, the line, what is wanted and at which site.
Decide = Callable[..., LineDecision]


def parts_of(draft: Draft, item: Item) -> tuple[KitPart, ...] | Refusal:
    """Return the components of a kit in smallest units; refuses one that is not known or does not come out whole."""
    parts = []
    for sku, quantity in sorted(item.kit.items()):
        component = draft.item(sku)
        if component is None:
            message = f"{item.sku} is a kit with {sku} in it, which is not defined; define the item."
            return Refusal(Code.UNKNOWN_ITEM, sku, message)
        each = smallest(quantity, 10**component.decimals, f"kit.{sku}")
        if isinstance(each, Refusal):
            return each
        parts.append(KitPart(sku, each, 10**item.decimals))
    return tuple(parts)


def parts_named(item: Item) -> tuple[KitPart, ...]:
    """Return the components of a kit that cannot be counted yet, by name only."""
    return tuple([KitPart(sku, 1, 1) for sku in sorted(item.kit)])


def as_part(draft: Draft, line: OrderLine, sku: str) -> OrderLine:
    """Return the part of a kit line that concerns one SKU as a line of its own, with the same reservations in it.

    What the line asks of a lot (minimum life, policy, place, single lot) it asks of each component; a lot, a pack size
    or a serial number that it names is one of the assembled kit.
    """
    item = draft.known_item(sku)
    own = copy(line)
    own.parts = ()
    own.reservations = [part for part in line.reservations if part.row.sku == sku]
    own.unit, own.unit_factor = item.base_unit, 10**item.decimals
    if sku == line.sku:
        return own
    own.sku, own.lot, own.serial, own.pack_size = sku, None, None, None
    for part in line.parts:
        if part.sku == sku:
            own.shipped = part.shipped
            own.ordered, own.cancelled = (units // part.kit * part.each for units in (line.ordered, line.cancelled))
    return own


class _Tried(NamedTuple):
    """What a goal of so many kits came to."""

    #: Of the assembled kits, then of each component.
    decisions: tuple[LineDecision, ...]
    got: int


def decide_kit(decide: Decide, draft: Draft, order: Order, line: OrderLine, *, wanted: int, site: str) -> LineDecision:
    """Promise up to ``wanted`` smallest units of a kit to a line: whole kits, and whole multiples of its unit."""
    have = line.ordered - line.cancelled - wanted
    step = _step(draft, line)

    def attempt(goal: int) -> _Tried:
        return _try(decide, draft, order, line, goal=goal, site=site)

    mark, goal = draft.mark(), _whole(wanted, step, have=have)
    first = tried = attempt(goal)
    aim, less = goal, step
    # What packs go over by is no part of what is wanted, so that it need not make whole units.
    while tried.got <= wanted and (kept := _whole(tried.got, step, have=have)) < tried.got:
        draft.undo(mark)
        if kept >= aim:
            # Packs that cover what is aimed at come to more again: less is aimed at each time, so that it ends.
            kept, less = _whole(max(aim - less, 0), step, have=have), 2 * less
        aim, tried = kept, attempt(kept)
    too_little = tried.got < wanted and not draft.ledger.settings.allow_partial
    if too_little or (tried.got < goal and lots_max(line, draft.customer(order.customer)) == 1):
        draft.undo(mark)
        tried = attempt(0)
    return _together(line, tried, first, left=max(wanted - tried.got, 0))


def _step(draft: Draft, line: OrderLine) -> int:
    """Return the smallest units of a kit that a line gets whole multiples of."""
    kit = line.parts[0].kit
    in_base_units = line.unit == draft.known_item(line.sku).base_unit
    return kit if in_base_units or not draft.ledger.settings.whole_unit else lcm(kit, line.unit_factor)


def _whole(quantity: int, step: int, *, have: int) -> int:
    return max(quantity - (have + quantity) % step, 0)


def _try(decide: Decide, draft: Draft, order: Order, line: OrderLine, *, goal: int, site: str) -> _Tried:
    own, got = _assembled(decide, draft, order, line, goal=goal, site=site)
    if got >= goal or line.lot is not None or line.serial is not None or line.pack_size is not None:
        return _Tried((own,), got)
    parts, more = _from_parts(decide, draft, order, line, goal=goal - got, site=site)
    return _Tried((own, *parts), got + more)


def _assembled(
    decide: Decide, draft: Draft, order: Order, line: OrderLine, *, goal: int, site: str
) -> tuple[LineDecision, int]:
    """Promise kits that stand assembled, whole ones only."""
    own, kit = as_part(draft, line, line.sku), line.parts[0].kit
    if goal == 0:
        terms = terms_of(draft, order, own, site=site)
        return LineDecision(line.line, (), 0, terms.policy, terms.policy_from, ()), 0
    mark = draft.mark()
    decision = decide(draft, order, own, wanted=goal, site=site)
    got = _units(decision)
    if got % kit == 0:
        return decision, got
    draft.undo(mark)
    # Packs that go over what was aimed at would come to as much again.
    return _assembled(decide, draft, order, line, goal=got - got % kit if got <= goal else 0, site=site)


def _from_parts(
    decide: Decide, draft: Draft, order: Order, line: OrderLine, *, goal: int, site: str
) -> tuple[tuple[LineDecision, ...], int]:
    """Promise components for up to ``goal`` smallest units of a kit, each exactly what the kits take of it."""
    have = promised_parts(line)
    have.update(shipped_parts(line))
    before = whole_kits(line.parts, have)
    first: tuple[LineDecision, ...] = ()
    while goal > 0:
        mark = draft.mark()
        decisions, units = [], Counter(have)
        for part in line.parts:
            short = (before + goal) // part.kit * part.each - have[part.sku]
            if short > 0:
                mine = as_part(draft, line, part.sku)
                decisions.append(_naming(part.sku, decide(draft, order, mine, wanted=short, site=site)))
                units[part.sku] += _units(decisions[-1])
        first = first or tuple(decisions)
        can = whole_kits(line.parts, units) - before
        if can >= goal:
            return tuple(decisions), goal
        draft.undo(mark)
        goal = can
    return tuple([_taken_back(decision) for decision in first]), 0


def _units(decision: LineDecision) -> int:
    return sum([reservation.quantity for reservation in decision.reserved])


def _naming(sku: str, decision: LineDecision) -> LineDecision:
    return replace(decision, considered=tuple([replace(record, sku=sku) for record in decision.considered]))


def _taken_back(decision: LineDecision) -> LineDecision:
    return replace(
        decision, reserved=(), considered=tuple([replace(record, taken=0) for record in decision.considered])
    )


def _together(line: OrderLine, tried: _Tried, first: _Tried, *, left: int) -> LineDecision:
    """Return one decision for a line out of those on its parts; what was looked at is kept also when nothing came."""
    looked_at = tried.decisions if tried.got else tuple([_taken_back(decision) for decision in first.decisions])
    own = looked_at[0]
    not_used = Counter[str]()
    for decision in looked_at:
        not_used.update(decision.not_used)
    return replace(
        own,
        line=line.line,
        reserved=tuple([reservation for decision in tried.decisions for reservation in decision.reserved]),
        backordered=left,
        considered=tuple([record for decision in looked_at for record in decision.considered]),
        not_used=dict(sorted(not_used.items())),
    )


def give_back_latest(draft: Draft, order: Order, line: OrderLine, surplus: int, *, site: str) -> list[Freed]:
    """Return what to free so that a line gives a surplus back from the end of the order of use; kits as whole kits."""
    if line.parts:
        return give_back_kits(draft, order, line, surplus, site=site)
    return give_back(line, surplus, _latest_first(draft, order, line, site=site), rule=draft.ledger.settings.pack_rule)


def give_back_kits(draft: Draft, order: Order, line: OrderLine, surplus: int, *, site: str) -> list[Freed]:
    """Return what to free so that a kit line gives back a quantity of kits: unpicked ones and components first.

    Components that belong to no whole kit afterwards go with them, as far as they are not picked; with a surplus of 0
    only those do.
    """
    kit, own = line.parts[0].kit, as_part(draft, line, line.sku)
    units = promised_parts(line)
    assembled, made = units[line.sku], promised_kits(line) - units[line.sku]
    surplus = min(surplus + -surplus % kit, assembled + made)
    unpicked = sum([part.quantity - part.picked for part in own.reservations])
    of_parts = min(surplus, _unpicked_kits(line, made))
    of_own = min(surplus - of_parts, unpicked - unpicked % kit)
    more = min(surplus - of_parts - of_own, made - of_parts)
    of_parts, of_own = of_parts + more, surplus - of_parts - more
    freed = (
        []
        if of_own == 0
        else give_back(own, of_own, _latest_first(draft, order, own, site=site), rule=draft.ledger.settings.pack_rule)
    )
    back = _components_back(draft, order, line, made - of_parts, site=site, unpicked_only=of_parts == 0)
    # A pack goes back as a whole, also where less would do: what is left may then make fewer kits.
    while (less := made - of_parts - _made_without(line, back)) > 0 and of_parts < _unpicked_kits(line, made):
        of_parts = min(of_parts + less, _unpicked_kits(line, made))
        back = _components_back(draft, order, line, made - of_parts, site=site, unpicked_only=False)
    return freed + back


def _components_back(
    draft: Draft, order: Order, line: OrderLine, kept: int, *, site: str, unpicked_only: bool
) -> list[Freed]:
    """Return what to free of components so that a line keeps those of so many kits beside what has left for it."""
    units, freed = promised_parts(line), []
    whole = (whole_kits(line.parts, shipped_parts(line)) + kept) // line.parts[0].kit
    for part in line.parts:
        mine = as_part(draft, line, part.sku)
        less = units[part.sku] + part.shipped - whole * part.each
        if unpicked_only:
            less = min(less, sum([one.quantity - one.picked for one in mine.reservations]))
        if less > 0:
            latest = _latest_first(draft, order, mine, site=site)
            freed += give_back(mine, less, latest, rule=draft.ledger.settings.pack_rule)
    return freed


def _made_without(line: OrderLine, freed: list[Freed]) -> int:
    """Return how many kits the components of a line make without what is freed, beside those that have left."""
    shipped, left = shipped_parts(line), promised_parts(line)
    left.update(shipped)
    for loss in freed:
        left[loss.row.sku] -= loss.quantity
    return whole_kits(line.parts, left) - whole_kits(line.parts, shipped)


def kept_kits(line: OrderLine) -> int:
    """Return how much of a kit a line keeps when it gives back what nobody has picked anything of."""
    units = promised_parts(line)
    own = sum([part.quantity - part.picked for part in line.reservations if part.row.sku == line.sku])
    whole = promised_kits(line)
    return whole - _unpicked_kits(line, whole - units[line.sku]) - (own - own % line.parts[0].kit)


def _unpicked_kits(line: OrderLine, made: int) -> int:
    """Return how many of the kits that components make can be given back without touching what is picked."""
    picked = Counter[str]()
    for reservation in line.reservations:
        picked[reservation.row.sku] += reservation.picked
    shipped = shipped_parts(line)
    gone = whole_kits(line.parts, shipped)
    # The most kits that any component's picked goods belong to have to stay.
    begun = max([-(-(picked[part.sku] + part.shipped) // part.each) * part.kit for part in line.parts])
    return max(made - max(begun - gone, 0), 0)


def _latest_first(draft: Draft, order: Order, line: OrderLine, *, site: str) -> list[Reservation]:
    return latest_first(draft, terms_of(draft, order, line, site=site), line)
