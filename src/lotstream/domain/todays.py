"""Which today counts for an order, and what hangs on it: that its day has not come, or that its last day is over."""

from __future__ import annotations

from lotstream.domain.ahead import first_day
from lotstream.domain.draft import Draft
from lotstream.domain.kit_lines import kept_kits
from lotstream.domain.model import Order, OrderLine
from lotstream.domain.shelves import derived_of
from lotstream.domain.sums import picked


def today_of(draft: Draft, order: Order) -> int:
    """Return today, as an ordinal, at an order's site: its own, its customer's, else the first in the ranking.

    Where an owner has no site at all it is the record's own date.
    """
    customer = draft.customer(order.customer)
    site = order.site or (None if customer is None else customer.site)
    ranked = draft.ledger.settings.sites or sorted(draft.ledger.sites.sites)
    return draft.today(site or next(iter(ranked), ""))


def is_over(draft: Draft, order: Order) -> bool:
    """Tell whether an order's last day is over and something of it is still open."""
    if order.cancel_after is None or today_of(draft, order) <= order.cancel_after.toordinal():
        return False
    return any(is_open(line) for line in order.lines)


def is_open(line: OrderLine) -> bool:
    """Tell whether anything of a line may still be cancelled by a date."""
    return line.quantity_sent is not None or unpicked(line) > 0


def unpicked(line: OrderLine) -> int:
    """Return the smallest units of a line that are neither picked nor shipped nor cancelled; of kits, not begun."""
    return line.ordered - line.cancelled - line.shipped - (kept_kits(line) if line.parts else picked(line))


def is_ahead(draft: Draft, order: Order) -> bool:
    """Tell whether the day on which an order is decided has not come yet."""
    day = first_day(draft.ledger.settings, draft.customer(order.customer), order)
    return day > 0 and today_of(draft, order) < day


def day_has_come(draft: Draft) -> list[Order]:
    """Return the orders that have waited for their day and need not wait any longer, as they came to know it."""
    ledger = draft.ledger
    ahead = derived_of(ledger).ahead
    if ahead is None:
        return []
    latest = max(draft.today(site) for site in (*ledger.sites.sites, ""))
    orders = (ledger.orders[key] for key in ahead.until(latest))
    return [order for order in orders if order.held is None and not is_ahead(draft, order)]
