"""What goods weigh that move, in a decision that is made: of items that are weighed, weights go with the goods.

What somebody weighed weighs that. Other goods weigh their share of the row they leave, rounded down, and the last unit
takes the rest with it, so that a row without goods weighs nothing, and nothing is lost. Where a scale shows that there
was more in a row than the books said, or that what is left can only weigh nothing, the difference is corrected there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from lotstream.domain.commands import Command
from lotstream.domain.events import (
    Event,
    GoodsBooked,
    GoodsReturned,
    GoodsWeighed,
    LineCorrected,
    ReceiptCorrected,
    StockCounted,
    WeightChange,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import RowKey
from lotstream.domain.reservations import line_called
from lotstream.domain.told_weights import SAY_WEIGHTS, with_told
from lotstream.domain.weighable import WAYS, Way, change_parts
from lotstream.domain.weights import shares

__all__ = ["SAY_WEIGHTS", "weighed", "with_weights"]


class _Scales:
    """What rows hold and weigh in the middle of a decision."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        #: What rows weigh more than the books said, below zero what they weigh less.
        self.found: Counter[RowKey] = Counter()
        self._rows: dict[RowKey, tuple[int, int]] = {}

    def weighs(self, sku: str | None) -> bool:
        """Tell whether an item is weighed."""
        item = None if sku is None else self.ledger.items.get(sku)
        return item is not None and item.catch_weight

    def weigh(self, way: Way, told_g: int) -> int:
        """Move goods, and return what they weigh."""
        if way.row is not None:
            grams = self._take(way.row, way.quantity, told_g)
        elif way.to is not None and way.weight_g is None and not told_g:
            grams = self._share(way.to, way.quantity)
        else:
            grams = told_g or way.weight_g or 0
        if way.to is not None:
            self._put(way.to, way.quantity, grams)
        return grams

    def correct(self, row: RowKey, more_g: int) -> None:
        """Have the goods of a row weigh more, or less, than they did, where there are any."""
        units, grams = self._row(row)
        more_g = max(more_g, -grams) if units > 0 else -grams
        self._rows[row] = units, grams + more_g
        self.found[row] += more_g

    def weigh_row(self, row: RowKey, told_g: int) -> None:
        """Have the goods of a row weigh what was found when they were weighed together."""
        self.correct(row, told_g - self._row(row)[1])

    def _row(self, row: RowKey) -> tuple[int, int]:
        there = self._rows.get(row)
        if there is None:
            stock = self.ledger.stock.get(row)
            there = (0 if stock is None else stock.on_hand, self.ledger.weights.get(row, 0))
        return there

    def _share(self, row: RowKey, quantity: int) -> int:
        units, grams = self._row(row)
        return grams * quantity // units if units > 0 else 0

    def _take(self, row: RowKey, quantity: int, told_g: int) -> int:
        units, grams = self._row(row)
        taken = told_g or (grams if quantity >= units else grams * quantity // units)
        self._rows[row] = units - quantity, grams - taken
        if units <= quantity or grams < taken:
            # A row without goods weighs nothing, and none less than that.
            self.correct(row, taken - grams)
        return taken

    def _put(self, row: RowKey, quantity: int, put_g: int) -> None:
        units, grams = self._row(row)
        left = units + quantity
        self._rows[row] = left, grams + put_g
        if left <= 0:
            self.correct(row, -(grams + put_g))
        elif units < 0:
            # What makes up for a deficit has left before.
            self.correct(row, -(put_g * -units // quantity))
        elif quantity < 0:
            # And so has what a deficit that comes here takes of what is there.
            self.correct(row, -(grams * -quantity // units))


def with_weights(ledger: Ledger, command: Command, decided: tuple[Event, ...]) -> tuple[Event, ...]:
    """Return what was decided with what the goods in it weigh, and with what a scale showed of the rows they left.

    Asked, a weight that cannot be is refused; what has happened is booked without it, with a discrepancy.
    """
    return weighed(ledger, with_told(ledger, command, decided))


def weighed(ledger: Ledger, told: tuple[Event, ...]) -> tuple[Event, ...]:
    """Return events with what the goods in them weigh, which may be said in them, as `with_weights` does."""
    if not ledger.weighs:
        return told
    scales = _Scales(ledger)
    events = tuple([_weighed(scales, event) for event in told])
    changes = tuple(WeightChange(row, grams) for row, grams in scales.found.items() if grams)
    return (*events, GoodsWeighed(changes)) if changes else events


def _weighed(scales: _Scales, event: Event) -> Event:
    if isinstance(event, ReceiptCorrected):
        return _receipt_corrected(scales, event)
    if isinstance(event, GoodsReturned):
        event = _mean_of_what_left(scales, event)
    event = change_parts(event, lambda part: _part(scales, part))
    for weighed in event.weighed if isinstance(event, StockCounted) else ():
        scales.weigh_row(weighed.row, weighed.weight_g)
    return event


def _part(scales: _Scales, part: Any) -> Any:  # noqa: ANN401 - a part of any event
    """Return a part of an event with what it weighs; the same one where nothing of it is weighed."""
    way = WAYS[type(part)](part)
    if not scales.weighs(way.sku):
        return part
    grams = scales.weigh(way, part.weight_g)
    return part if grams == part.weight_g else replace(part, weight_g=grams)


def _mean_of_what_left(scales: _Scales, event: GoodsReturned) -> GoodsReturned:
    """Have what came back, and nobody weighed, weigh as much as what had left for its order line, on an average."""
    order = None if event.key is None else scales.ledger.known_order(event.key)
    lines = []
    for back in event.lines:
        line = None if order is None or back.order_line is None else line_called(order, back.order_line)
        mean = 0 if line is None or line.parts or not line.shipped else line.shipped_g * back.quantity // line.shipped
        if mean and not back.weight_g and scales.weighs(back.row.sku):
            back = replace(back, weight_g=mean)  # noqa: PLW2901
        lines.append(back)
    return replace(event, lines=tuple(lines))


def _receipt_corrected(scales: _Scales, event: ReceiptCorrected) -> ReceiptCorrected:
    changes = tuple([_line_corrected(scales, change) for change in event.changes])
    return event if changes == event.changes else replace(event, changes=changes)


def _line_corrected(scales: _Scales, change: LineCorrected) -> LineCorrected:
    """Weigh what a receipt should have told: goods that are booked otherwise take their weight along.

    Where all of the line was weighed anew, they weigh the difference as well, or what is there does.
    """
    taken_g = tuple([scales.weigh(Way(row, None, units), 0) for row, units in change.taken])
    there_g = sum(taken_g) + (change.weight_g - change.before_g if change.weight_g else 0)
    if not change.put and change.weight_g:
        scales.correct(change.booked.row, there_g)
    grams = shares(max(there_g, 0), [line.quantity for line in change.put])
    mean = None if not change.taken and not change.weight_g else 0
    put = tuple([_put(scales, line, one, mean) for line, one in zip(change.put, grams, strict=True)])
    return replace(change, taken_g=taken_g if any(taken_g) else (), put=put)


def _put(scales: _Scales, line: GoodsBooked, told_g: int, mean: int | None) -> GoodsBooked:
    if not scales.weighs(line.row.sku):
        return line
    return replace(line, weight_g=scales.weigh(Way(None, line.row, line.quantity, mean), told_g))
