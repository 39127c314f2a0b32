"""An order, or some of its lines, are cancelled; a cancellation may overtake its order."""

from __future__ import annotations

from collections.abc import Iterable

from lotstream.domain.changing import hand_back, too_late
from lotstream.domain.codes import Code, Refused, stop_if
from lotstream.domain.commands import CancelOrder, Moment
from lotstream.domain.draft import Draft
from lotstream.domain.events import CancelRemembered, Event, Freed, LineCancelled, OrderCancelled
from lotstream.domain.filling import fill
from lotstream.domain.kits import skus_of
from lotstream.domain.ledger import Ledger
from lotstream.domain.letting_go import let_go
from lotstream.domain.model import Order, OrderLine, OrderState, ShipPolicy
from lotstream.domain.reservations import copy_order, drop_freed, give_back_all, line_called
from lotstream.domain.sums import OVER, Stage, stage_of, state_of
from lotstream.domain.versions import compare_versions


def cancel_order(ledger: Ledger, command: CancelOrder, moment: Moment) -> tuple[Event, ...]:
    """Decide order.cancelled.

    What is not picked is free at once and goes to whoever waits; what is picked stays where it stands, free, and wants
    a put-back task. What has been shipped or packed is refused: a whole order if any of it has, single lines if they
    have. A cancellation of an order nobody knows is remembered until the order arrives.
    """
    order = ledger.order(command.key)
    if order is None:
        return _remember(ledger, command)
    if compare_versions(command.version, order.version) == -1:
        message = f"Version {command.version} is older than {order.version}, which is recorded; nothing was cancelled."
        raise Refused(Code.STALE_VERSION, "version", message)
    if order.state is OrderState.CANCELLED:
        return ()
    _too_late(order, command)
    unknown_line(order, command.lines)
    named = [line for line in order.lines if not command.lines or line.line in command.lines]
    lines = still_open(named)
    if not lines:
        return ()
    cancelled, following = end_lines(Draft(ledger, moment), order, command.version, lines)
    return cancelled, *following


def still_open(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """Return the lines of which something may still be cancelled."""
    return [line for line in lines if line.cancelled + line.shipped < line.ordered or line.quantity_sent is not None]


def unknown_line(order: Order, lines: tuple[str, ...]) -> None:
    """Refuse a line that an order does not have."""
    for index, line in enumerate(lines):
        if line_called(order, line) is None:
            message = f"Order {order.key.order} has no line {line}; name lines it has, or none for all."
            raise Refused(Code.FIELD_INVALID, f"lines.{index}", message)


def _too_late(order: Order, command: CancelOrder) -> None:
    """Refuse what is packed or has left: of a whole order if any of it has, of single lines if they themselves have."""
    if not command.lines or order.state in OVER:
        stop_if(too_late(order))
        _line_too_late(order, order.lines)
        return
    _line_too_late(order, [line for line in order.lines if line.line in command.lines])


def _line_too_late(order: Order, lines: list[OrderLine]) -> None:
    for line in lines:
        stage, name = stage_of(line), f"Line {line.line} of order {order.key.order}"
        if stage >= Stage.PARTLY_SHIPPED:
            raise Refused(Code.ALREADY_SHIPPED, "lines", f"{name} has been shipped; ask for a return instead.")
        if stage is Stage.PACKED:
            raise Refused(Code.ALREADY_PICKED, "lines", f"{name} is packed; have it unpacked first.")


def _remember(ledger: Ledger, command: CancelOrder) -> tuple[Event, ...]:
    version, lines = command.version, tuple(dict.fromkeys(command.lines))
    known = ledger.cancels.get(command.key)
    if known is not None:
        if compare_versions(version, known[0]) == -1:
            return ()
        version = known[0] if version is None else version
        lines = () if not lines or not known[1] else tuple(dict.fromkeys(known[1] + lines))
    if known == (version, lines):
        return ()
    return (CancelRemembered(command.key, version, lines),)


def end_lines(
    draft: Draft, order: Order, version: str | None, lines: list[OrderLine]
) -> tuple[OrderCancelled, tuple[Event, ...]]:
    """Cancel what is open of an order's lines; returns that, and what follows for the order itself and who waits."""
    cancelled = tuple(
        # More may have left than was counted: of an order that was held because its unit is unknown, say.
        [LineCancelled(line.line, max(line.ordered - line.cancelled - line.shipped, 0)) for line in lines]
    )
    freed = tuple(loss for line in lines for loss in give_back_all(line))
    after = copy_order(order)
    drop_freed(after, freed)
    cancel_lines(after, cancelled)
    after.state = state_of(after, decided=False)
    freed += left_over(after)
    hand_back(draft, list(freed))
    event = OrderCancelled(order.key, after.state, version, cancelled, freed)
    going_on = let_go(draft, after) if after.state is OrderState.HELD else ()
    draft.orders[order.key] = after
    skus = {loss.row.sku for loss in freed}
    if after.ship_policy is ShipPolicy.COMPLETE:
        # What is left of it may be complete now.
        skus.update(sku for line in after.lines for sku in skus_of(line))
    # Its own other lines may have what was given back, in their turn, unless they have been decided just now.
    return event, (*going_on, *fill(draft, skus, without=order.key if going_on else None))


def left_over(after: Order) -> tuple[Freed, ...]:
    """Return what an order that is over gives back, changing it: what was picked for lines beyond what they wanted."""
    if after.state not in OVER:
        return ()
    freed = tuple(loss for line in after.lines for loss in give_back_all(line))
    drop_freed(after, freed)
    return freed


def cancel_lines(order: Order, lines: tuple[LineCancelled, ...]) -> None:
    """Mark quantities as cancelled; an order with nothing left is no longer held."""
    for cancelled in lines:
        line = line_called(order, cancelled.line)
        if line is None:
            raise LookupError(f"line {cancelled.line} of order {order.key.order} is not there to be cancelled")
        line.cancelled += cancelled.quantity
        line.quantity_sent = line.pack_size_sent = None
    if all(line.cancelled + line.shipped >= line.ordered and line.quantity_sent is None for line in order.lines):
        order.held = order.held_message = order.held_since = None
        order.held_told = False
