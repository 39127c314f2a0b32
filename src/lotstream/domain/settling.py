"""After a loss: each order is decided again in queue order, and keeps nothing that its own rules forbid it to keep.

A promise may be lost to a hold, to expiry, to a count. What an order has left can then be something it would never have
been given: half of an order that ships complete, three pieces of a case of six, a part of a line that takes one lot or
nothing. So an order that lost something is decided again with what it kept, and where its rules are still not met it
gives back what is not picked, for others to have. What is picked stays with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass, field, replace

from lotstream.domain.bins_kept import keep_elsewhere
from lotstream.domain.changing import hand_back
from lotstream.domain.codes import NotUsed
from lotstream.domain.draft import Draft
from lotstream.domain.events import (
    BinChange,
    BinsChanged,
    Event,
    Freed,
    LineDecision,
    OrderAllocated,
    ReservationFreed,
)
from lotstream.domain.filling import AT_ONCE, allocate, fill, use_up, waiting_for
from lotstream.domain.keeping import joined, unmet
from lotstream.domain.kits import skus_of, wants_any_of
from lotstream.domain.model import Order, OrderKey, OrderLine, OrderState, Reallocate
from lotstream.domain.reservations import copy_order, drop_freed, line_called, note_reserved
from lotstream.domain.sums import OVER, backordered, state_of
from lotstream.domain.waiting import queue_key


@dataclass(slots=True)
class Loser:
    """An order that lost something in the decision under way."""

    #: As it is after all that was decided so far; it is also the draft's.
    order: Order
    #: Its state after what it lost and gave back, before anything was promised to it instead.
    state: OrderState
    freed: tuple[Freed, ...]
    reason: NotUsed
    #: What it gave back because its own rules forbid it to keep it.
    settled: list[Freed] = field(default_factory=list)
    #: All that it lost is promised to it in other bins of the same lots.
    kept: bool = False

    def lines(self) -> list[OrderLine]:
        """Return the lines that lost something."""
        lost = {loss.line for loss in self.freed}
        return [line for line in self.order.lines if line.line in lost]

    def event(self) -> ReservationFreed:
        """Return what happened to its promises."""
        return ReservationFreed(self.order.key, self.state, self.freed, self.reason, tuple(self.settled))


def lose(draft: Draft, order: Order, freed: list[Freed], reason: NotUsed) -> Loser:
    """Take what an order lost off it, for the rest of a decision; whoever calls this settles all losers at the end."""
    after = draft.orders[order.key] = copy_order(order)
    drop_freed(after, freed)
    after.state = state_of(after, decided=True)
    hand_back(draft, freed)
    return Loser(after, after.state, tuple(freed), reason)


def settle(draft: Draft, losers: list[Loser], *, skus: Iterable[str] = ()) -> list[Event]:
    """Decide again, in queue order, the orders that lost something, and serve whoever waits for what came free.

    ``skus`` are those that came free for another reason. Nobody is served before all have lost. Who merely waits is
    served only where the owner allocates at once, and nobody who lost where re-allocation is left to a request.
    """
    wanted = {loss.row.sku for loser in losers for loss in loser.freed}.union(skus)
    if not losers:
        return list(fill(draft, wanted))
    if not _at_once(draft):
        # Whoever lost something is allocated again as a whole; at once he has all he could have of other SKUs already.
        wanted |= skus_wanted(loser.order for loser in losers)
    waiting = waiting_for(draft, wanted) if _at_once(draft) else []
    queue = _in_order(draft, {*waiting, *(loser.order.key for loser in losers)})
    # A line of kits that loses a component may have assembled ones instead.
    wanted.update(sku for loser in losers for line in loser.lines() for sku in skus_of(line))
    supply = draft.supplies(wanted)
    events = settle_in_turn(draft, losers, queue, supply=supply)
    back = skus_given_back(losers)
    if not back or not _at_once(draft) or not _by_itself(draft):
        return events
    return [*events, *fill(draft, back, moved=[loser.order.key for loser in losers])]


def settle_in_turn(
    draft: Draft,
    losers: list[Loser],
    queue: Iterable[OrderKey],
    *,
    supply: dict[str, int],
    let_in: Collection[OrderKey] = (),
) -> list[Event]:
    """Give a supply, by SKU, to the orders of a queue as they stand in it; those who lost something keep their rules.

    All promises that were lost or given back come before the first new one, so that a bin is free before it is promised
    again. ``supply`` is used up. Orders that are ``let_in`` are decided whatever there is, as when they arrive.
    """
    mine = {loser.order.key: loser for loser in losers}
    served: list[OrderAllocated | None] = []
    changes: list[BinChange] = []
    for key in queue:
        loser = mine.get(key)
        if loser is not None and draft.ledger.sites.lot_tasks:
            loser = _kept_elsewhere(draft, loser, supply, changes)
        if loser is not None:
            served.append(_decide_again(draft, loser, supply))
        elif (key in let_in or any(units > 0 for units in supply.values())) and (key not in mine or _at_once(draft)):
            order = draft.orders.get(key) or draft.ledger.orders[key]
            served.append(_serve(draft, order, order.lines, supply, let_in=key in let_in))
    lost = [loser.event() for loser in losers if not loser.kept]
    return [*bins_changed(changes), *lost, *(event for event in served if event is not None)]


def bins_changed(changes: list[BinChange]) -> tuple[BinsChanged, ...]:
    """Return the event that promises by lot are expected in other bins, if any are."""
    return (BinsChanged(tuple(changes)),) if changes else ()


def _kept_elsewhere(draft: Draft, loser: Loser, supply: dict[str, int], changes: list[BinChange]) -> Loser | None:
    """Have a loser keep what other bins have of the lots it lost; None when it loses nothing then."""
    order = loser.order
    freed, found = keep_elsewhere(draft, order, loser.freed, supply)
    if not found:
        return loser
    changes += found
    loser.freed = freed
    loser.state = order.state = state_of(order, decided=True)
    loser.kept = not freed and not unmet(draft, order)
    return None if loser.kept else loser


def skus_wanted(orders: Iterable[Order]) -> set[str]:
    """Return the SKUs of which orders want something still."""
    return {sku for order in orders for line in order.lines if backordered(line) for sku in skus_of(line)}


def skus_given_back(losers: Iterable[Loser]) -> set[str]:
    """Return the SKUs of what losers gave back because of their own rules."""
    return {loss.row.sku for loser in losers for loss in loser.settled}


def _decide_again(draft: Draft, loser: Loser, supply: dict[str, int]) -> OrderAllocated | None:
    """Decide what a loser wants again, have it give back what it may not keep, and decide it once more with that."""
    order, by_itself = loser.order, _by_itself(draft)
    had = {part.task for line in order.lines for part in line.reservations}
    served = _serve(draft, order, order.lines, supply) if by_itself else None
    back = unmet(draft, order)
    if not back:
        return served
    loser.settled += [loss for loss in back if loss.task in had]
    for loss in back:
        supply[loss.row.sku] = supply.get(loss.row.sku, 0) + loss.quantity
    drop_freed(order, back)
    hand_back(draft, back)
    served = _without(order, served, [loss for loss in back if loss.task not in had])
    loser.state, order.state = _state_without(order, served), state_of(order, decided=True)
    again = _serve(draft, order, order.lines, supply) if by_itself else None
    return _joined(order, [event for event in (served, again) if event is not None])


def _state_without(order: Order, served: OrderAllocated | None) -> OrderState:
    """Return the state that an order had before it was promised something in this decision."""
    if served is None:
        return state_of(order, decided=True)
    new = {part.task for decision in served.decisions for part in decision.reserved}
    left = copy_order(order)
    for line in left.lines:
        line.reservations = [part for part in line.reservations if part.task not in new]
    return state_of(left, decided=True)


def _without(order: Order, served: OrderAllocated | None, back: list[Freed]) -> OrderAllocated | None:
    """Return what was promised to an order without what it has given back of that: it was told to nobody."""
    if served is None or not back:
        return served
    less = Counter[str]()
    for loss in back:
        less[loss.task] += loss.quantity
    decisions = tuple([_decided_less(order, decision, less) for decision in served.decisions])
    return replace(served, decisions=decisions) if any(decision.reserved for decision in decisions) else None


def _decided_less(order: Order, decision: LineDecision, less: Counter[str]) -> LineDecision:
    line = line_called(order, decision.line)
    if line is None or not any(part.task in less for part in decision.reserved):
        return decision
    kept = [replace(part, quantity=part.quantity - less[part.task]) for part in decision.reserved]
    return replace(decision, reserved=tuple([part for part in kept if part.quantity]), backordered=backordered(line))


def _joined(order: Order, served: list[OrderAllocated]) -> OrderAllocated | None:
    """Return what was promised to an order as one event, so that it is told once."""
    if not served:
        return None
    decisions = joined(order, *(event.decisions for event in served))
    return OrderAllocated(order.key, order.state, order.site, decisions, order.site_chosen)


def _serve(
    draft: Draft, order: Order, lines: list[OrderLine], supply: dict[str, int], *, let_in: bool = False
) -> OrderAllocated | None:
    """Promise free stock to the lines of an order of which there is a supply, and take note of it for what follows."""
    if order.held is not None or order.state in OVER:
        return None
    wanted = lines if let_in else _supplied(lines, supply)
    served = allocate(draft, order, lines=wanted) if wanted else None
    if served is None:
        return None
    use_up(supply, served)
    if order.key not in draft.orders:
        draft.orders[order.key] = copy_order(order)
    after = draft.orders[order.key]
    # What the order gives back later in the decision is no part of what it was promised here.
    note_reserved(after, [replace(one, reserved=tuple(map(copy, one.reserved))) for one in served.decisions])
    after.site, after.site_chosen, after.state = served.site, served.site_chosen, served.state
    return served


def _supplied(lines: list[OrderLine], supply: dict[str, int]) -> list[OrderLine]:
    return [line for line in lines if wants_any_of(line, supply)]


def _in_order(draft: Draft, keys: set[OrderKey]) -> list[OrderKey]:
    orders = [draft.orders.get(key) or draft.ledger.orders[key] for key in keys]
    return [order.key for order in sorted(orders, key=queue_key)]


def _at_once(draft: Draft) -> bool:
    return draft.ledger.settings.allocate == AT_ONCE


def _by_itself(draft: Draft) -> bool:
    return draft.ledger.settings.reallocate is Reallocate.AUTO
