"""An order is closed short: what has been shipped is all there will be."""

from __future__ import annotations

from lotstream.domain.cancelling import cancel_order, end_lines, still_open
from lotstream.domain.codes import Code, Refused
from lotstream.domain.commands import CancelOrder, CloseOrder, Moment
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, OrderClosed
from lotstream.domain.kits import anything_shipped
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderState
from lotstream.domain.sums import Stage, stage_of
from lotstream.domain.versions import compare_versions


def close_order(ledger: Ledger, command: CloseOrder, moment: Moment) -> tuple[Event, ...]:
    """Decide order.closed.

    What is still open is cancelled: unpicked goods are free at once, picked ones want a put-back task. An order of
    which nothing was shipped is cancelled by it, one of which something was is closed. What is packed is refused.
    """
    order = ledger.order(command.key)
    if order is None:
        message = f"Order {command.key.order} is not known; check its number and source."
        raise Refused(Code.UNKNOWN_ORDER, "order", message)
    if order.state in (OrderState.CANCELLED, OrderState.CLOSED):
        return ()
    if compare_versions(command.version, order.version) == -1:
        message = f"Version {command.version} is older than {order.version}, which is recorded; nothing was closed."
        raise Refused(Code.STALE_VERSION, "version", message)
    if not any(anything_shipped(line) for line in order.lines):
        return cancel_order(ledger, CancelOrder(command.key, command.version), moment)
    _packed(order)
    return _close(Draft(ledger, moment), order, command.version)


def _packed(order: Order) -> None:
    if not any(stage_of(line) is Stage.PACKED for line in order.lines):
        return
    message = f"Some of order {order.key.order} is packed; have it unpacked or shipped first."
    raise Refused(Code.ALREADY_PICKED, "order", message)


def _close(draft: Draft, order: Order, version: str | None) -> tuple[Event, ...]:
    cancelled, served = end_lines(draft, order, version, still_open(order.lines))
    closed = OrderClosed(order.key, OrderState.CLOSED, version, cancelled.lines, cancelled.freed)
    return closed, *served
