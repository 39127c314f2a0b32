"""What the turn of a day does to orders: what is open after an order's last day is no longer wanted."""

from __future__ import annotations

from datetime import date

from lotstream.domain.cancelling import cancel_lines
from lotstream.domain.changing import hand_back
from lotstream.domain.draft import Draft
from lotstream.domain.events import LineCancelled, OrderCancelled
from lotstream.domain.model import Order, OrderLine
from lotstream.domain.reservations import copy_order, drop_freed, give_back
from lotstream.domain.sums import picked, state_of

#: Code of an order that was cancelled because its last day is over.
CANCELLED_AFTER = "cancelled_after"


def site_counted(draft: Draft, order: Order) -> str | None:
    """Return the site whose today counts for an order: its own, its customer's, else the first in the ranking."""
    customer = draft.customer(order.customer)
    site = order.site or (None if customer is None else customer.site)
    ranked = draft.ledger.settings.sites or sorted(draft.ledger.sites.sites)
    return site or next(iter(ranked), None)


def is_over(draft: Draft, order: Order) -> bool:
    """Tell whether an order's last day is over and something of it is still open."""
    if order.cancel_after is None or (site := site_counted(draft, order)) is None:
        return False
    if date.fromordinal(draft.today(site)) <= order.cancel_after:
        return False
    return any(_open(line) for line in order.lines)


def cancel_rest(draft: Draft, order: Order) -> OrderCancelled:
    """Cancel what nobody has picked of an order whose last day is over; picked and packed goods stay, and go."""
    lines = [line for line in order.lines if _open(line)]
    cancelled = tuple(LineCancelled(line.line, _unpicked(line)) for line in lines)
    parts = [(line, part) for line in lines for part in line.reservations]
    freed = [loss for line, part in parts for loss in give_back(line, part.quantity - part.picked, [part])]
    after = draft.orders[order.key] = copy_order(order)
    drop_freed(after, freed)
    cancel_lines(after, cancelled)
    after.state = state_of(after, decided=True)
    hand_back(draft, freed)
    return OrderCancelled(order.key, after.state, None, cancelled, tuple(freed), CANCELLED_AFTER)


def _open(line: OrderLine) -> bool:
    return line.quantity_sent is not None or _unpicked(line) > 0


def _unpicked(line: OrderLine) -> int:
    return line.ordered - line.cancelled - line.shipped - picked(line)
