"""What was decided about an order itself: taken in, changed, promised, cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lotstream.cli.order_tellers.words import Story, because, decision_lines, freed_lines, of_row
from lotstream.domain import events
from lotstream.domain.codes import NotUsed
from lotstream.domain.events import LineDecision
from lotstream.domain.model import Order, ShipPolicy


def _recorded(story: Story, event: events.OrderRecorded) -> Iterator[str]:
    yield f"The order was taken in{_held(event.order)}."
    yield from _decided(story, event.order, event.decisions)


def _changed(story: Story, event: events.OrderChanged) -> Iterator[str]:
    yield f"The order was changed, or let go on{_held(event.order)}."
    yield from freed_lines(story, event.freed)
    yield from _decided(story, event.order, event.decisions)


def _allocated(story: Story, event: events.OrderAllocated) -> Iterator[str]:
    promised = any(decision.reserved for decision in event.decisions)
    at = f" at {event.site}" if event.site else ""
    yield f"Stock was promised{at}." if promised else f"Nothing could be promised{at}."
    yield from _decided(story, story.order, event.decisions)


def _cancelled(story: Story, event: events.OrderCancelled) -> Iterator[str]:
    yield "Cancelled: its last day is over." if event.reason else "Cancelled."
    yield from (f"line {one.line}: {story.quantity(one.line, one.quantity)} not wanted any more" for one in event.lines)
    yield from freed_lines(story, event.freed)


def _closed(story: Story, event: events.OrderClosed) -> Iterator[str]:
    yield "Closed short: nothing more is shipped."
    yield from (f"line {one.line}: {story.quantity(one.line, one.quantity)} not shipped" for one in event.lines)
    yield from freed_lines(story, event.freed)


def _released(story: Story, event: events.PromisesReleased) -> Iterator[str]:
    yield "Promises were given back, as somebody asked."
    yield from freed_lines(story, event.freed)


def _remembered(_story: Story, _event: events.CancelRemembered) -> Iterator[str]:
    yield "A cancellation came before the order, and was kept for it."


def _noticed(_story: Story, event: events.HeldNoticed) -> Iterator[str]:
    yield f"It was still held after {event.hours} hours, and its sender was told."


def _freed(story: Story, event: events.ReservationFreed) -> Iterator[str]:
    less = event.reason == NotUsed.LOT_TOO_SMALL
    yield f"Promises were taken back: {'less is there than was promised' if less else because(event.reason)}."
    yield from freed_lines(story, event.freed)
    if event.settled:
        yield "The order may not keep a part of what is left:"
        yield from freed_lines(story, event.settled)


def _held(order: Order) -> str:
    return f", and is held: {(order.held_message or order.held).rstrip('.')}" if order.held else ""


def _decided(story: Story, order: Order, decisions: Iterable[LineDecision]) -> Iterator[str]:
    decisions = tuple(decisions)
    yield from decision_lines(story, decisions)
    nothing = decisions and not any(decision.reserved for decision in decisions)
    if nothing and order.ship_policy is ShipPolicy.COMPLETE:
        yield "the order ships complete: nothing is promised until all of its lines can be filled"


def _imported(story: Story, event: events.ShipmentImported) -> Iterator[str]:
    yield f"It left with shipment {event.shipment} on {event.at:%Y-%m-%d}, before the hub was there."
    yield from (f"line {one.line}: {of_row(story, one.row, one.quantity)} had left" for one in event.shipped)


#: The words for each event of this room.
TELLERS: dict[type, Callable[[Story, Any], Iterator[str]]] = {
    events.OrderRecorded: _recorded,
    events.OrderChanged: _changed,
    events.OrderAllocated: _allocated,
    events.OrderCancelled: _cancelled,
    events.OrderClosed: _closed,
    events.PromisesReleased: _released,
    events.CancelRemembered: _remembered,
    events.HeldNoticed: _noticed,
    events.ReservationFreed: _freed,
    events.ShipmentImported: _imported,
}
