"""Which orders of an owner are to be decided again, in queue order and only so many at a time.

Four kinds: orders with promises that may no longer be kept (found by their stock, whatever their place in the queue),
orders whose last day is over, orders whose day to be decided has come, and orders that wait for goods which may be
theirs now (from where the walk stopped last time). A part takes the first of all, so that the parts one after the other
give what one decision over all of them would have given.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from lotstream.domain.draft import Draft
from lotstream.domain.filling import AT_ONCE
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, Reservation, RowKey
from lotstream.domain.places import is_staging
from lotstream.domain.progress import Affected, Scope, Walk
from lotstream.domain.shelves import derived_of
from lotstream.domain.todays import day_has_come, is_over
from lotstream.domain.waiting import QueueKey, queue_key


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of a walk looks at."""

    #: In queue order.
    orders: tuple[Order, ...]
    after: QueueKey | None
    #: True when nothing is left of the walk.
    done: bool


def is_due(ledger: Ledger, *, rules: bool = True) -> bool:
    """Tell whether an owner has orders to look at again; without ``rules`` only because its partition was told so."""
    progress = ledger.progress
    return progress.number < ledger.sites.turn or (rules and progress.is_due)


def begin(ledger: Ledger) -> Walk | None:
    """Return a new walk over all that is due; None when nothing is."""
    progress, sites = ledger.progress, ledger.sites
    if not is_due(ledger):
        return None
    behind = tuple(sorted(site for site, number in sites.turned.items() if number > progress.number))
    due = progress.due
    scope = Scope(behind, due.skus, due.customers, due.everything)
    return Walk(scope, max(progress.number, sites.turn), progress.step + 1)


def next_part(draft: Draft, walk: Walk, orders_max: int) -> Part:
    """Return the next orders of a walk, at most so many; nothing may have been decided in the draft yet."""
    places = _each_once(heapq.merge(_affected(draft, walk), _over(draft, walk), _let_in(draft), _waiting(draft, walk)))
    taken = list(islice(places, orders_max))
    done = next(places, None) is None
    ends = [place for place in (*taken[-1:], walk.after) if place is not None]
    orders = tuple(draft.ledger.orders[place[3]] for place in taken)
    return Part(orders, max(ends, default=None), done)


def may_not_be_kept(draft: Draft, walk: Walk, part: Reservation) -> bool:
    """Tell whether a promise at one of the walk's sites is of stock that no line may use; picked goods are kept."""
    if part.quantity == part.picked or not _at_site(walk.scope, part.row.site):
        return False
    return draft.candidate(part.row).reason is not None


def _over(draft: Draft, walk: Walk) -> Iterator[QueueKey]:
    """Return the places of orders whose last day is over by the turn of the walk's sites, as long as any is open."""
    ledger, scope = draft.ledger, walk.scope
    sites = scope.sites if not scope.everything else tuple(ledger.sites.sites)
    if not sites:
        return iter(())
    latest = date.fromordinal(max(draft.today(site) for site in sites))
    ending = [ledger.orders[key] for key in derived_of(ledger).waiting.ending_before(latest)]
    return iter(sorted(queue_key(order) for order in ending if is_over(draft, order)))


def _let_in(draft: Draft) -> Iterator[QueueKey]:
    """Return the places of orders that have waited for their day; where nothing is decided unasked they are asked for.

    They wait for no goods before they are let in, so whatever the walk is about, nobody else would find them.
    """
    if draft.ledger.settings.allocate != AT_ONCE:
        return iter(())
    return iter(sorted(queue_key(order) for order in day_has_come(draft)))


def _each_once(places: Iterator[QueueKey]) -> Iterator[QueueKey]:
    last = None
    for place in places:
        if place != last:
            yield place
        last = place


def _at_site(scope: Scope, site: str) -> bool:
    return scope.everything or site in scope.sites


def _waiting(draft: Draft, walk: Walk) -> Iterator[QueueKey]:
    """Return the places of those who wait and may be served now; nobody is served by itself who waits to be asked."""
    ledger, scope = draft.ledger, walk.scope
    if ledger.settings.allocate != AT_ONCE:
        return iter(())
    waiting = derived_of(ledger).waiting
    skus = waiting.skus() if scope.everything or scope.sites else scope.skus
    with_supply = [sku for sku in skus if waiting.anybody(sku) and draft.supply(sku) > 0]
    return waiting.behind(walk.after, skus=with_supply, customers=scope.customers)


def _affected(draft: Draft, walk: Walk) -> Iterator[QueueKey]:
    """Return the places of orders with promises that may no longer be kept; those that were moved since are left out.

    They are looked for once per walk. What is found may only shrink: what could add to it, another turn, another rule,
    a lot's facts or a place in the queue, makes it be worked out again.
    """
    if not (walk.scope.everything or walk.scope.sites):
        return iter(())
    places = _known_affected(draft, walk).places
    while places and not _is_affected(draft, walk, places[-1]):
        places.pop()
    return (place for place in reversed(places) if _is_affected(draft, walk, place))


def _is_affected(draft: Draft, walk: Walk, place: QueueKey) -> bool:
    order = draft.ledger.orders.get(place[3])
    if order is None:
        return False
    return any(may_not_be_kept(draft, walk, part) for line in order.lines for part in line.reservations)


def _known_affected(draft: Draft, walk: Walk) -> Affected:
    ledger = draft.ledger
    derived, sites = derived_of(ledger), ledger.sites
    known, source = derived.affected, (walk.begun, sites.turn, sites.stamp, ledger.settings)
    if known is None or known.source != source:
        places = _find_affected(draft, _shut_rows(draft, walk))
        known = derived.affected = Affected(source, places)
    return known


def _shut_rows(draft: Draft, walk: Walk) -> set[RowKey]:
    """Return the rows of which something is promised although no line may use them."""
    shut = set()
    for sku, site in derived_of(draft.ledger).rows:
        if _at_site(walk.scope, site):
            for candidate in draft.shelf(sku, site).candidates.values():
                key = candidate.key
                if candidate.row.reserved and candidate.reason is not None and not is_staging(key.location):
                    shut.add(key)
    return shut


def _find_affected(draft: Draft, shut: set[RowKey]) -> list[QueueKey]:
    """Return the places of orders that have something promised of rows and not picked, the last first."""
    if not shut:
        return []
    ledger = draft.ledger
    orders = (ledger.orders[key] for key in ledger.promised().of({(row.sku, row.lot) for row in shut}))
    found = [
        queue_key(order)
        for order in orders
        if any(part.row in shut and part.quantity > part.picked for line in order.lines for part in line.reservations)
    ]
    return sorted(found, reverse=True)
