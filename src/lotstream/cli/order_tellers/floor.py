"""What was done with an order's goods on the floor and at the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lotstream.cli.order_tellers.words import Story, by_whom, expiry, freed_lines, lot_of, of_row
from lotstream.domain import events
from lotstream.domain.by_lot import is_by_lot, told_by_lot


def _picked(story: Story, event: events.StockPicked) -> Iterator[str]:
    yield f"Picked{by_whom(event.by)}."
    for pick in event.picks:
        yield f"line {pick.line}: {of_row(story, pick.row, pick.quantity)} from {pick.row.location}"


def _started(story: Story, event: events.PickStarted) -> Iterator[str]:
    yield "Somebody is on the way to pick."
    lines = {line.line for line in story.order.lines for part in line.reservations if part.task in event.tasks}
    yield from (f"line {line}" for line in sorted(lines))


def _undone(story: Story, event: events.PickUndone) -> Iterator[str]:
    yield f"Pick undone{by_whom(event.by)}."
    for part in event.undone:
        yield f"line {part.line}: {of_row(story, part.row, part.quantity)} back to {part.row.location}"


def _missing(story: Story, event: events.StockMissing) -> Iterator[str]:
    yield f"Less was found in {event.row.location} than was promised of it{by_whom(event.by)}."
    yield f"line {event.line}: {of_row(story, event.row, event.missing)} not found"


def _packed(story: Story, event: events.OrderPacked) -> Iterator[str]:
    yield f"{'Taken out of' if event.unpacked else 'Packed into'} package {event.package}."
    for part in event.contents:
        yield f"line {part.line}: {of_row(story, part.row, part.quantity)}"


def _swapped(story: Story, event: events.LotSwapped) -> Iterator[str]:
    yield f"Another lot was scanned{by_whom(event.by)}: the line takes {event.scanned}."
    yield from freed_lines(story, event.given)
    for part in event.taken:
        where = "" if told_by_lot(part.task, None) else f" in {part.row.location}"
        yield f"line {event.line}: {of_row(story, part.row, part.quantity)} reserved{where}"


def _shipped(story: Story, event: events.ShipmentConfirmed) -> Iterator[str]:
    yield f"Shipped with {event.shipment}{by_whom(event.by)}."
    for part in event.shipped:
        goods = of_row(story, part.row._replace(sku=part.sku, lot=part.lot), part.quantity)
        yield f"line {part.line}: {goods}{expiry(part.expires)}, from {part.picked_from.location}"


def _returned(story: Story, event: events.GoodsReturned) -> Iterator[str]:
    yield f"Came back with {event.number}{by_whom(event.by)}."
    for line in event.lines:
        named = f"line {line.order_line}" if line.order_line is not None else "not of this order"
        why = f": {line.reason}" if line.reason else ""
        yield f"{named}: {of_row(story, line.row, line.quantity)} to {line.row.location}{why}"


def _voided(story: Story, event: events.ShipmentVoided) -> Iterator[str]:
    yield f"Shipment {event.shipment} was taken back{by_whom(event.by)}{f': {event.reason}' if event.reason else ''}."
    for taken in event.taken_back:
        part = taken.shipped
        goods = of_row(story, part.row._replace(sku=part.sku, lot=part.lot), part.quantity)
        yield f"line {part.line}: {goods} in {taken.staged.location} again"


def _joined(_story: Story, event: events.TasksJoinedWave) -> Iterator[str]:
    yield f"Released for picking with wave {event.wave}."
    yield from _tasks(event.tasks)


def _tasks(tasks: Iterable[events.JoinedTask]) -> Iterator[str]:
    """Yield tasks by line, lot and bin; one by lot, which may be for several bins, once and without."""
    told = (
        f"line {one.line}: {lot_of(one.row)}{'' if is_by_lot(one.wave_task) else f' in {one.row.location}'}"
        for one in tasks
    )
    yield from dict.fromkeys(told)


def _left(_story: Story, event: events.TasksLeftWave) -> Iterator[str]:
    yield f"Taken out of wave {event.wave} again."
    yield from _tasks(event.tasks)


#: The words for each event of this room.
TELLERS: dict[type, Callable[[Story, Any], Iterator[str]]] = {
    events.StockPicked: _picked,
    events.PickStarted: _started,
    events.PickUndone: _undone,
    events.StockMissing: _missing,
    events.OrderPacked: _packed,
    events.LotSwapped: _swapped,
    events.ShipmentConfirmed: _shipped,
    events.GoodsReturned: _returned,
    events.ShipmentVoided: _voided,
    events.TasksJoinedWave: _joined,
    events.TasksLeftWave: _left,
}
