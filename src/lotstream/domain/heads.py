"""What of an order may still change while its goods are packed or under way: its head, never what it wants.

A new priority, another ship date, address or carrier move nothing that somebody has in a carton. Everything else of an
order that is so far on is refused until it is unpacked.
"""

from __future__ import annotations

from dataclasses import replace

from lotstream.domain.erasing import persons_left
from lotstream.domain.model import Order, OrderLine
from lotstream.domain.reservations import copy_line, line_called

_HEAD = (
    "version", "content", "priority", "ship_date", "deliver_by", "cancel_after", "person", "city", "region", "postcode",
    "country", "scac", "service", "references", "allocate_days_ahead",
)  # fmt: skip
#: Of the rest of an order, what a newer version must say alike; a site that is not named is the one it has.
_REST = ("customer", "policy", "ship_policy", "source_location", "test")

_ASKED = (
    "line", "sku", "unit", "unit_factor", "ordered", "lot", "serial", "expires_exact", "min_days_left", "min_pct_left",
    "single_lot", "max_lots", "policy", "pack_size", "source_location", "gtin", "quantity_sent", "pack_size_sent",
    "ship_date",
)  # fmt: skip


def only_head_differs(known: Order, order: Order) -> bool:
    """Tell whether a newer version of an order wants the same goods on the same terms."""
    if rest_differs(known, order):
        return False
    open_lines = [line for line in known.lines if line.cancelled < line.ordered or line.quantity_sent is not None]
    if {line.line for line in open_lines} != {line.line for line in order.lines}:
        return False
    return not any(wants_otherwise(line, line_called(order, line.line)) for line in open_lines)


def rest_differs(known: Order, order: Order) -> bool:
    """Tell whether a newer version says otherwise what goods depend on beside their lines: customer, site, rules."""
    return order.site not in (None, known.site) or any(getattr(order, one) != getattr(known, one) for one in _REST)


def wants_otherwise(known: OrderLine, line: OrderLine | None) -> bool:
    """Tell whether a line of a newer version wants other goods, more or less of them, or on other terms."""
    return line is None or known.cancelled > 0 or _asked(known) != _asked(line)


def with_head_of(known: Order, order: Order) -> Order:
    """Return a copy of an order with the head of its newer version."""
    head = {name: getattr(order, name) for name in _HEAD}
    chosen = known.site_chosen and order.site is None
    return replace(
        known, lines=[copy_line(line) for line in known.lines], site_chosen=chosen,
        persons_before=persons_left(known, order), **head,
    )  # fmt: skip


def _asked(line: OrderLine) -> tuple[object, ...]:
    """Return what a line asks for, without what became of it; the components of a kit are the item's matter."""
    return tuple([getattr(line, name) for name in _ASKED])
