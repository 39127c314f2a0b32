"""What an order's last day does to it: what is open when that day is over is no longer wanted."""

from __future__ import annotations

from lotstream.domain.cancelling import cancel_lines, left_over
from lotstream.domain.changing import hand_back
from lotstream.domain.codes import Refusal
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, Freed, LineCancelled, OrderCancelled, OrderChanged
from lotstream.domain.filling import fill
from lotstream.domain.kit_lines import give_back_kits, kept_kits
from lotstream.domain.model import Order, OrderLine
from lotstream.domain.reservations import copy_order, drop_freed, give_back, give_back_all
from lotstream.domain.sums import promised, state_of
from lotstream.domain.todays import is_open, is_over, unpicked

#: Code of an order that was cancelled because its last day is over.
CANCELLED_AFTER = "cancelled_after"


def cancel_rest(draft: Draft, order: Order) -> OrderCancelled:
    """Cancel what nobody has picked of an order whose last day is over; picked and packed goods stay, and go."""
    lines = [line for line in order.lines if is_open(line)]
    cancelled = tuple(LineCancelled(line.line, unpicked(line)) for line in lines)
    freed = [loss for line in lines if line.reservations for loss in _not_begun(draft, order, line)]
    after = draft.orders[order.key] = copy_order(order)
    drop_freed(after, freed)
    cancel_lines(after, cancelled)
    after.state = state_of(after, decided=True)
    freed += left_over(after)
    hand_back(draft, freed)
    return OrderCancelled(order.key, after.state, None, cancelled, tuple(freed), CANCELLED_AFTER)


def _not_begun(draft: Draft, order: Order, line: OrderLine) -> list[Freed]:
    """Return what a line gives back: what is not picked; of kits those not begun, and what is of no kit that is."""
    if not line.parts:
        return [loss for part in line.reservations for loss in give_back(line, part.quantity - part.picked, [part])]
    kept = kept_kits(line)
    if kept == 0:
        return give_back_all(line)
    return give_back_kits(draft, order, line, promised(line) - kept, site=line.reservations[0].row.site)


def end_changed(draft: Draft, decided: tuple[Event, ...] | Refusal) -> tuple[Event, ...] | Refusal:
    """Return what was decided of an order that came again; what is open of it is cancelled if its last day is over."""
    if isinstance(decided, Refusal) or not decided or not isinstance(decided[0], OrderChanged):
        return decided
    order = decided[0].order
    if not is_over(draft, order):
        return decided
    cancelled = cancel_rest(draft, order)
    return *decided, cancelled, *fill(draft, {loss.row.sku for loss in cancelled.freed}, without=order.key)
