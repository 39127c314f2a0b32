"""An order arrives: it is checked, recorded, held or promised stock; a repeat of one is told from a change."""

from __future__ import annotations

from lotstream.domain.changing import place_again
from lotstream.domain.codes import Code, Refused, granted, stop_if
from lotstream.domain.commands import Moment, PlaceOrder
from lotstream.domain.dates import cancel_rest, end_changed
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, OrderRecorded
from lotstream.domain.filling import AT_ONCE, assign
from lotstream.domain.ledger import Ledger
from lotstream.domain.letting_go import BY_A_FACT, why_held_still
from lotstream.domain.lines import Held, build_lines, check_ahead
from lotstream.domain.model import Order, OrderState
from lotstream.domain.noticing import note_held
from lotstream.domain.reservations import note_reserved
from lotstream.domain.sums import state_of
from lotstream.domain.todays import is_ahead, is_over
from lotstream.domain.versions import compare_versions

#: Code of an order that only tries the way: it is recorded, and never takes stock.
TEST = "test"
_TEST_MESSAGE = "This is a test order; it is recorded and never takes stock."


def place_order(ledger: Ledger, command: PlaceOrder, moment: Moment) -> tuple[Event, ...]:
    """Decide order.placed.

    A new order is recorded. What keeps it from going on holds it, with the code of the reason: an unknown item, unit or
    customer, or that it is a test. An owner who allocates at once has it promised stock in the same decision; orders
    that wait have been offered before whatever is free. An order that leaves later than its horizon waits for its day
    first. One whose cancellation came first is recorded as cancelled, unless it is newer than that, and one whose last
    day is over is cancelled at once.
    """
    known = ledger.order(command.key)
    draft = Draft(ledger, moment)
    order = order_from(draft, command)
    note_held(order, known, moment.recorded_at)
    if known is not None:
        return granted(end_changed(draft, place_again(draft, known, order)))
    if command.key in ledger.cancels:
        _cancel_beforehand(draft, order)
    if is_over(draft, order):
        return OrderRecorded(order), cancel_rest(draft, order)
    order.ahead = order.state is OrderState.RECEIVED and is_ahead(draft, order)
    if order.state is not OrderState.RECEIVED or order.ahead or ledger.settings.allocate != AT_ONCE:
        return (OrderRecorded(order),)
    order.site, order.site_chosen, decisions = assign(draft, order)
    note_reserved(order, decisions)
    order.state = state_of(order, decided=True)
    return (OrderRecorded(order, decisions),)


def order_from(draft: Draft, command: PlaceOrder) -> Order:
    """Return the order that a message describes, with nothing promised to it yet."""
    _check(draft, command)
    built = granted(build_lines(draft, command.lines))
    lines, held = built
    if command.test:
        held = (TEST, _TEST_MESSAGE)
    held = held or why_held(draft, command.customer)
    moment = draft.moment
    return Order(
        command.key,
        command.version,
        command.placed_at or moment.recorded_at,
        moment.arrival,
        command.content,
        command.customer,
        command.site,
        OrderState.RECEIVED if held is None else OrderState.HELD,
        None if held is None else held[0],
        None if held is None else held[1],
        command.policy,
        command.priority,
        command.ship_policy,
        command.ship_date,
        command.deliver_by,
        command.cancel_after,
        command.source_location,
        command.test,
        command.person,
        command.city,
        command.region,
        command.postcode,
        command.country,
        command.scac,
        command.service,
        command.references,
        lines,
        allocate_days_ahead=command.allocate_days_ahead,
    )


def why_held(draft: Draft, customer: str | None) -> Held | None:
    """Return why an order cannot go on for its customer's sake, or None."""
    if customer is None or draft.customer(customer) is not None:
        return None
    return Code.UNKNOWN_CUSTOMER.value, f"Customer {customer} is not defined; define it."


def _check(draft: Draft, command: PlaceOrder) -> None:
    if command.site is not None and command.site not in draft.ledger.sites.sites:
        message = f"Site {command.site} is not defined; define it, or leave the site out."
        raise Refused(Code.FIELD_INVALID, "site", message)
    if command.placed_at is not None and command.placed_at.tzinfo is None:
        raise Refused(Code.FIELD_INVALID, "placed_at", "The time has no zone; send it with one.")
    stop_if(check_ahead(command.allocate_days_ahead, "allocate_days_ahead"))


def _cancel_beforehand(draft: Draft, order: Order) -> None:
    version, named = draft.ledger.cancels[order.key]
    if compare_versions(version, order.version) == -1:
        return
    for line in order.lines:
        if not named or line.line in named:
            line.cancelled, line.quantity_sent, line.pack_size_sent = line.ordered, None, None
    if all(line.cancelled == line.ordered and line.quantity_sent is None for line in order.lines):
        order.held = order.held_message = order.held_since = None
        order.state = OrderState.CANCELLED
    elif order.held in BY_A_FACT:
        # It may have been held for what is not wanted any more.
        order.held, order.held_message = why_held_still(draft, order) or (None, None)
        order.state = OrderState.RECEIVED if order.held is None else OrderState.HELD
        note_held(order, None, draft.moment.recorded_at)
