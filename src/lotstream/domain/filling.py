"""Who gets stock: the site of an order, the orders that wait in their queue, and what they are given."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from lotstream.domain.allocation import decide_order
from lotstream.domain.draft import Draft
from lotstream.domain.events import LineDecision, OrderAllocated
from lotstream.domain.kits import anything_shipped, skus_of, wants_any_of
from lotstream.domain.model import Order, OrderKey, OrderLine, OrderState, PackRule
from lotstream.domain.reservations import copy_order, note_reserved
from lotstream.domain.shelves import derived_of
from lotstream.domain.sums import OVER, backordered, state_of
from lotstream.domain.waiting import queue_key, skus_wanted

AT_ONCE = "at_once"
ON_REQUEST = "on_request"

Assigned = tuple[str | None, bool, tuple[LineDecision, ...]]
"""The site of an order, whether the ledger chose it among several, and what was decided there."""


def assign(draft: Draft, order: Order, *, lines: Iterable[OrderLine] | None = None) -> Assigned:
    """Decide the open lines of an order (or those given) at its one site; returns the site and the decisions.

    An order that names no site, and whose customer has none, goes where most of it can be filled: most lines wholly,
    then most units, then the owner's ranking. While nothing can be filled anywhere it has no site yet. Once nothing of
    it is promised or has left at a site that was chosen so, one is chosen anew, by all that the order still wants.
    """
    if order.site is not None and not may_leave(order):
        return order.site, order.site_chosen, decide_order(draft, order, order.site, lines=lines)
    customer = draft.customer(order.customer)
    if customer is not None and customer.site is not None:
        return customer.site, False, decide_order(draft, order, customer.site, lines=lines)
    lines = None if lines is None or order.site is not None else tuple(lines)
    sites = possible_sites(draft, order)
    if len(sites) == 1:
        return sites[0], False, decide_order(draft, order, sites[0], lines=lines)
    site, decisions = _best(draft, order, sites, lines=lines)
    return site, site is not None, decisions


def may_leave(order: Order) -> bool:
    """Tell whether the ledger may choose another site for an order than the one it has."""
    return order.site_chosen and not any(line.reservations or anything_shipped(line) for line in order.lines)


def possible_sites(draft: Draft, order: Order) -> list[str]:
    """Return the sites that may fill an order that names none, in the order they are tried."""
    ranked = draft.ledger.settings.sites or sorted(draft.ledger.sites.sites)
    if ranked:
        return list(ranked)
    return sorted(set().union(*(draft.sites_of(sku) for line in order.lines for sku in skus_of(line))))


def _best(
    draft: Draft, order: Order, sites: list[str], *, lines: tuple[OrderLine, ...] | None
) -> tuple[str | None, tuple[LineDecision, ...]]:
    best: tuple[tuple[int, int], str] | None = None
    for site in sites:
        mark = draft.mark()
        decisions = decide_order(draft, order, site, lines=lines)
        if not any(decision.backordered for decision in decisions):
            return site, decisions
        draft.undo(mark)
        score = _score(decisions)
        if best is None or score > best[0]:
            best = (score, site)
    if best is None or best[0] == (0, 0):
        return None, decide_order(draft, order, best[1] if best is not None else "", lines=lines)
    return best[1], decide_order(draft, order, best[1], lines=lines)


def _score(decisions: tuple[LineDecision, ...]) -> tuple[int, int]:
    whole_lines = sum(decision.backordered == 0 for decision in decisions)
    return whole_lines, units_reserved(decisions)


def units_reserved(decisions: Iterable[LineDecision]) -> int:
    """Return the smallest units that decisions promise."""
    return sum(reservation.quantity for decision in decisions for reservation in decision.reserved)


def _has_kits(order: Order) -> bool:
    return any(line.parts for line in order.lines)


def promised_on_top(order: Order, decisions: Iterable[LineDecision]) -> int:
    """Return what decisions promise to an order of what its lines want, without what packs go over by."""
    wanted = {line.line: backordered(line) for line in order.lines}
    return sum([wanted[decision.line] - decision.backordered for decision in decisions])


def _state_with(draft: Draft, order: Order, decisions: tuple[LineDecision, ...], got: int) -> OrderState:
    """Return the state of an order with ``got`` smallest units promised to it by decisions on top of what it has."""
    if _has_kits(order):
        # Of kits the same units are a whole one or a part of one, by what is promised and picked already.
        after = copy_order(order)
        note_reserved(after, decisions)
        return state_of(after, decided=True)
    over = draft.ledger.settings.pack_rule is PackRule.COVER
    return state_of(order, decided=True, promise=promised_on_top(order, decisions) if over else got)


def allocate(draft: Draft, order: Order, *, lines: Iterable[OrderLine] | None = None) -> OrderAllocated | None:
    """Decide an order that is recorded already; None when that changes nothing."""
    site, chosen, decisions = assign(draft, order, lines=lines)
    got = units_reserved(decisions)
    state = _state_with(draft, order, decisions, got)
    if got == 0 and state is order.state:
        return None
    return OrderAllocated(order.key, state, site, decisions, chosen)


def fill(
    draft: Draft, skus: Iterable[str], *, without: OrderKey | None = None, moved: Iterable[OrderKey] = ()
) -> list[OrderAllocated]:
    """Give what is free of some SKUs to the orders that want them, in queue order.

    Orders that were ``moved`` off their stock are always decided again at once; those that merely wait, only for an
    owner who allocates at once. ``without`` is the order this decision is about.
    """
    waiting = derived_of(draft.ledger).waiting
    at_once = draft.ledger.settings.allocate == AT_ONCE
    wanted = {sku for sku in skus if moved or (at_once and (draft.orders or waiting.anybody(sku)))}
    supply = draft.supplies(wanted)
    queue = _queue(draft, waiting_for(draft, supply) if at_once else [], moved)
    return serve(draft, queue, supply, without=without)


def waiting_for(draft: Draft, skus: Collection[str]) -> list[OrderKey]:
    """Return the orders that want any of some SKUs, in queue order, with those that want it since this decision."""
    waiting = derived_of(draft.ledger).waiting.for_skus(skus)
    new = [order.key for order in draft.orders.values() if not skus_wanted(order).isdisjoint(skus)]
    return _queue(draft, waiting, new)


def serve(
    draft: Draft, queue: Iterable[OrderKey], supply: dict[str, int], *, without: OrderKey | None = None
) -> list[OrderAllocated]:
    """Give a supply, by SKU, to orders in the order they stand in, as far as it goes; ``supply`` is used up."""
    events = []
    for key in queue:
        if all(units <= 0 for units in supply.values()):
            break
        order = draft.orders.get(key) or draft.ledger.orders[key]
        if key == without or order.held is not None or order.state in OVER:
            continue
        event = allocate(draft, order, lines=[line for line in order.lines if wants_any_of(line, supply)])
        if event is not None:
            use_up(supply, event)
            events.append(event)
    return events


def _queue(draft: Draft, waiting: list[OrderKey], moved: Iterable[OrderKey]) -> list[OrderKey]:
    both = set(moved)
    if not both:
        return waiting
    orders = [draft.orders.get(key) or draft.ledger.orders[key] for key in both.union(waiting)]
    return [order.key for order in sorted(orders, key=queue_key)]


def use_up(supply: dict[str, int], event: OrderAllocated) -> None:
    """Take what was promised off a supply, by SKU."""
    for decision in event.decisions:
        for reservation in decision.reserved:
            if reservation.row.sku in supply:
                supply[reservation.row.sku] -= reservation.quantity
