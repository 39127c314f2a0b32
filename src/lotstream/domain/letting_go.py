"""Held orders go on: by themselves when what was unknown is defined, or because a person says so."""

from __future__ import annotations

from collections.abc import Iterable

from lotstream.domain.codes import Code, Refused
from lotstream.domain.commands import Moment, ReleaseOrder
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, LineDecision, OrderChanged
from lotstream.domain.filling import AT_ONCE, assign
from lotstream.domain.ledger import Ledger
from lotstream.domain.lines import Held, resolve
from lotstream.domain.model import Order, OrderState
from lotstream.domain.noticing import note_held
from lotstream.domain.reservations import copy_order, note_reserved
from lotstream.domain.shelves import derived_of
from lotstream.domain.sums import state_of
from lotstream.domain.todays import is_ahead
from lotstream.domain.waiting import Fact, queue_key

#: Held for a fact that may turn up; everything else waits for a person.
BY_A_FACT = frozenset(
    {Code.UNKNOWN_ITEM, Code.UNKNOWN_UNIT, Code.UNKNOWN_CUSTOMER, Code.NOT_A_MULTIPLE, Code.TOO_LARGE}
)


def let_all_go(draft: Draft, facts: Iterable[Fact]) -> list[Event]:
    """Decide the orders that were held for want of these facts, in queue order, now that they have been learnt."""
    ledger = draft.ledger
    held = [ledger.orders[key] for key in derived_of(ledger).waiting.held_for(facts)]
    events: list[Event] = []
    for order in sorted(held, key=queue_key):
        events += let_go(draft, order)
    return events


def let_go(draft: Draft, order: Order, *, by_a_person: bool = False, served: bool = True) -> tuple[Event, ...]:
    """Decide a held order again; nothing comes of it while what holds it up is still in the way.

    Where it is not ``served`` it waits for goods from then on.
    """
    if order.held not in BY_A_FACT and not by_a_person:
        return ()
    after = copy_order(order)
    reason = why_held_still(draft, after)
    after.held, after.held_message = reason or (None, None)
    note_held(after, order, draft.moment.recorded_at)
    if after == order:
        return ()
    decisions: tuple[LineDecision, ...] = ()
    after.ahead = not any(line.reservations or line.shipped for line in after.lines) and is_ahead(draft, after)
    at_once = draft.ledger.settings.allocate == AT_ONCE and not after.ahead
    if reason is None and at_once and served:
        after.site, after.site_chosen, decisions = assign(draft, after)
        note_reserved(after, decisions)
    after.state = OrderState.RECEIVED
    after.state = state_of(after, decided=at_once)
    return (OrderChanged(after, (), decisions),)


def why_held_still(draft: Draft, order: Order) -> Held | None:
    """Count the lines of a held order that can be counted now, changing them; returns what is still in the way."""
    reasons = [reason for line in order.lines if (reason := resolve(draft, line)) is not None]
    if reasons:
        return reasons[0]
    if order.customer is None or draft.customer(order.customer) is not None:
        return None
    return Code.UNKNOWN_CUSTOMER.value, f"Customer {order.customer} is not defined; define it."


def release_order(ledger: Ledger, command: ReleaseOrder, moment: Moment) -> tuple[Event, ...]:
    """Decide order.released: an order that waits for a person goes on; a missing fact or a test keep it held."""
    order = ledger.order(command.key)
    if order is None:
        message = f"Order {command.key.order} is not known; check its number and source."
        raise Refused(Code.UNKNOWN_ORDER, "order", message)
    if order.held is None:
        return ()
    if order.test:
        raise Refused(Code.FIELD_INVALID, "order", "A test order never takes stock; place it without test.")
    if order.held in BY_A_FACT:
        raise Refused(Code(order.held), "order", order.held_message or "")
    return let_go(Draft(ledger, moment), order, by_a_person=True)
