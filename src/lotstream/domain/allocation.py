"""Promise exact lots and bins to the lines of an order, and say why these and not others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from lotstream.domain.candidate import Candidate
from lotstream.domain.draft import Draft
from lotstream.domain.events import Considered, LineDecision
from lotstream.domain.fewest import take_fewest
from lotstream.domain.kit_lines import decide_kit
from lotstream.domain.looking import CONSIDERED_MAX, Passed, Take, fitting, usable
from lotstream.domain.lots import few_lots, lots_of, one_lot
from lotstream.domain.model import Customer, Item, Order, OrderLine, Policy, Reservation, ShipPolicy
from lotstream.domain.packs import cut_back, take_in_order
from lotstream.domain.rules_used import rules_used
from lotstream.domain.serials import decide_number
from lotstream.domain.shelf import Shelf
from lotstream.domain.sums import backordered
from lotstream.domain.terms import Terms
from lotstream.domain.zones import take_by_zones


def decide_order(
    draft: Draft, order: Order, site: str, *, lines: Iterable[OrderLine] | None = None
) -> tuple[LineDecision, ...]:
    """Decide the open lines of an order at a site (or those of them given), in the order they were written.

    An order to be shipped complete is given everything it still wants or nothing.
    """
    complete = order.ship_policy is ShipPolicy.COMPLETE
    mark = draft.mark()
    decisions = [
        decide_line(draft, order, line, wanted=wanted, site=site)
        for line in (order.lines if complete or lines is None else lines)
        if (wanted := backordered(line)) > 0
    ]
    if complete and any(decision.backordered for decision in decisions):
        draft.undo(mark)
        wants = {line.line: backordered(line) for line in order.lines}
        decisions = [_taken_back(decision, wants[decision.line]) for decision in decisions]
    return tuple(decisions)


def decide_line(draft: Draft, order: Order, line: OrderLine, *, wanted: int, site: str) -> LineDecision:
    """Promise up to ``wanted`` smallest units of a site's stock to a line."""
    if line.parts:
        return decide_kit(decide_line, draft, order, line, wanted=wanted, site=site)
    if line.serial is not None:
        return decide_number(draft, order, line, wanted=wanted, site=site)
    settings = draft.ledger.settings
    item = draft.known_item(line.sku)
    shelf = draft.shelf(line.sku, site)
    customer = draft.customer(order.customer)
    terms = _terms(draft, shelf, order, line, item=item, customer=customer, site=site)
    multiple = line.unit_factor if settings.whole_unit and line.unit != item.base_unit else 1
    if multiple == 1 and terms.plain and not draft.alters(shelf):
        decision = _from_the_first(draft, line, shelf, terms, wanted=wanted)
        if decision is not None:
            return decision
    passed = Passed(draft.counts(shelf))
    have = line.ordered - line.cancelled - wanted
    goal = whole(wanted, multiple, have=have)
    takes = _chosen(draft, shelf, terms, item, line, goal=goal, wanted=wanted, passed=passed)
    got = sum([quantity for _, quantity in takes])
    kept = min(got, wanted)
    # What packs go over by is no part of what is wanted, so that it need not make whole units.
    while got <= wanted and (kept := whole(got, multiple, have=have)) < got:
        takes, got = cut_back(takes, got - kept, rule=settings.pack_rule)
    if not settings.allow_partial and kept < wanted:
        takes, kept = [], 0
    for candidate, quantity in takes:
        draft.take(candidate, quantity)
    return LineDecision(
        line.line,
        tuple([Reservation(draft.new_task(), candidate.key, quantity) for candidate, quantity in takes]),
        wanted - kept,
        terms.policy,
        terms.policy_from,
        considered(draft, shelf, terms, takes=takes, passed=passed),
        _by_reason(passed.counts),
        rules_used(settings, order, line, terms, item=item, customer=customer),
    )


def _terms(
    draft: Draft, shelf: Shelf, order: Order, line: OrderLine, *, item: Item, customer: Customer | None, site: str
) -> Terms:
    """Return the terms of a line; of lines that ask for nothing they are worked out once for a shelf."""
    where = draft.ledger.sites.sites.get(site)
    usual = customer is None and _asks_for_nothing(order, line)
    if usual and (kept := shelf.terms) is not None and kept[0] is item and kept[1] is where:
        return kept[2]
    terms = Terms(
        shelf.settings,
        order,
        line,
        item=item,
        customer=customer,
        today=shelf.today,
        site=where,
        last_shipped=draft.last_shipped,
    )
    if usual:
        shelf.terms = item, where, terms
    return terms


def _asks_for_nothing(order: Order, line: OrderLine) -> bool:
    return (
        order.ship_date is None
        and line.min_days_left is None
        and line.lot is None
        and order.policy is None
        and order.source_location is None
        and line.ship_date is None
        and line.policy is None
        and line.max_lots is None
        and line.min_pct_left is None
        and line.expires_exact is None
        and line.pack_size is None
        and line.source_location is None
        and not line.single_lot
    )


def _chosen(
    draft: Draft, shelf: Shelf, terms: Terms, item: Item, line: OrderLine, *, goal: int, wanted: int, passed: Passed
) -> list[Take]:
    """Choose stock for a line as its limit of lots, the owner's zones and packs, and its policy say.

    ``goal`` is what ``wanted`` comes to in whole units of the line.
    """
    settings = draft.ledger.settings

    def take(candidates: Iterable[Candidate], units: int) -> list[Take]:
        if settings.zone_rules:
            return take_by_zones(draft, candidates, item, goal=units, rule=settings.pack_rule, passed=passed)
        if terms.policy is Policy.MIN_PACKAGES:
            unit = 10**item.decimals
            return take_fewest(draft, candidates, goal=units, unit=unit, rule=settings.pack_rule, passed=passed)
        return take_in_order(draft, candidates, goal=units, rule=settings.pack_rule, passed=passed)

    if terms.lots_max is None:
        return take(fitting(usable(draft, shelf, terms, passed), terms, passed), wanted)
    held = lots_of(line)
    if terms.lots_max == 1:
        return one_lot(draft, shelf, terms, take, goal=goal, held=held, passed=passed)
    return few_lots(draft, shelf, terms, take, goal=goal, held=held, passed=passed)


def _by_reason(counts: dict[str, int]) -> dict[str, int]:
    """Return counts in an order of their own: that of the shelf hangs on the order in which its rows were loaded."""
    return dict(sorted(counts.items())) if len(counts) > 1 else counts.copy()


def _from_the_first(draft: Draft, line: OrderLine, shelf: Shelf, terms: Terms, *, wanted: int) -> LineDecision | None:
    """Decide a line that asks for nothing, where the first candidate alone can give it all it wants; else None.

    Nine lines of ten end here, at a fraction of what it costs to set out on a walk. It decides what a walk would.
    """
    for segment in shelf.queue(terms.policy).segments:
        if segment.candidates:
            break
    else:
        return None
    first = segment.candidates[-1]
    free = draft.free(first)
    if free < wanted or first.key.pack_size is not None or shelf.stands_aside:
        return None
    draft.take(first, wanted)
    return LineDecision(
        line.line,
        (Reservation(draft.new_task(), first.key, wanted),),
        0,
        terms.policy,
        terms.policy_from,
        (first.used(wanted, free),),
        _by_reason(shelf.counts),
    )


def whole(quantity: int, multiple: int, *, have: int) -> int:
    """Return the most of a quantity that makes whole multiples together with what a line has already."""
    if multiple == 1:
        return quantity
    return max(quantity - (have + quantity) % multiple, 0)


def considered(
    draft: Draft, shelf: Shelf, terms: Terms, *, takes: list[Take], passed: Passed
) -> tuple[Considered, ...]:
    """Return the candidates looked at first, in the order of use, with what became of them."""
    used = [
        (candidate, candidate.used(quantity, draft.free(candidate) + quantity))
        for candidate, quantity in takes[:CONSIDERED_MAX]
    ]
    room = CONSIDERED_MAX - len(used)
    others = [
        (candidate, candidate.not_used(reason, draft.free(candidate))) for candidate, reason in passed.first[:room]
    ]
    aside = islice(draft.aside(shelf, terms.policy), room - len(others))
    others += [
        (candidate, candidate.not_used(candidate.reason, draft.free(candidate)))
        for candidate in aside
        if candidate.reason is not None
    ]
    if not others:
        return tuple([record for _, record in used])
    key = shelf.queue(terms.policy).key
    found = used + others
    return tuple([record for _, record in sorted(found, key=lambda entry: key(entry[0]))])


def _taken_back(decision: LineDecision, wanted: int) -> LineDecision:
    looked_at = tuple(replace(record, taken=0) for record in decision.considered)
    return replace(decision, reserved=(), backordered=wanted, considered=looked_at)
