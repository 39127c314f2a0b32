"""What was done with an order's goods on the floor and at the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lotstream.cli.order_tellers.words import Story, by_whom, expiry, freed_lines, of_row
from lotstream.domain import events


def _picked(story: Story, event: events.StockPicked) -> Iterator[str]:
    yield f"Picked{by_whom(event.by)}."
    for pick in event.picks:
        yield f"line {pick.line}: {of_row(story, pick.row, pick.quantity)} from {pick.row.location}"


def _swapped(story: Story, event: events.LotSwapped) -> Iterator[str]:
    yield f"Another lot was scanned{by_whom(event.by)}: the line takes {event.scanned}."
    yield from freed_lines(story, event.given)
    for part in event.taken:
        yield f"line {event.line}: {of_row(story, part.row, part.quantity)} reserved in {part.row.location}"


def _shipped(story: Story, event: events.ShipmentConfirmed) -> Iterator[str]:
    yield f"Shipped with {event.shipment}{by_whom(event.by)}."
    for part in event.shipped:
        goods = of_row(story, part.row._replace(sku=part.sku, lot=part.lot), part.quantity)
        yield f"line {part.line}: {goods}{expiry(part.expires)}, from {part.picked_from.location}"


#: The words for each event of this room.
TELLERS: dict[type, Callable[[Story, Any], Iterator[str]]] = {
    events.StockPicked: _picked,
    events.LotSwapped: _swapped,
    events.ShipmentConfirmed: _shipped,
}
