"""What the database answers a hub about the past, worked out from what a test keeps of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

from lotstream.domain.erasing import persons_of
from lotstream.domain.events import Event, ItemRebased, StockCounted
from lotstream.domain.model import (
    DEPARTURES_TOLD,
    TITLE_OUT,
    Answer,
    CountsSince,
    Departure,
    Departures,
    Document,
    Gone,
    GotFrom,
    Left,
    LeftFor,
    Moved,
    Named,
    NotWhole,
    Order,
    OrderKey,
    OrdersFound,
    PersonsFrom,
    PersonsOf,
    Question,
    Reach,
    Referenced,
    RowKey,
    Shipment,
    Since,
    Title,
    Uneven,
    WentWith,
)
from lotstream.domain.move import NOT_MOVED, Move
from lotstream.domain.told_late import lines_told
from lotstream.testing.reach import BackLine, LeftLine, look_back

_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When everything left, as documents keep no time of it."""


def came_to(asked: Since, move: Move) -> int:
    """Return what a move brought to the bin that is asked about, below zero for what it took from there."""
    if (move.sku, move.lot) != (asked.sku, asked.lot):
        return 0
    left = move.quantity if _is_there(asked, move.row) else 0
    return (left if move.to is None else -left) + (move.quantity if _is_there(asked, move.to) else 0)


def _is_there(asked: Since, row: RowKey | None) -> bool:
    return (
        row is not None
        and (row.site, row.location) == (asked.site, asked.location)
        and (asked.status in (None, row.status))
    )


def move_now(event: Event, move: Move) -> Move:
    """Return what a move comes to after an event: in new units where its item was counted in others before."""
    if not isinstance(event, ItemRebased) or move.sku not in {event.item.sku, *event.item.former}:
        return move
    last = event.item.rebased[-1]
    return move._replace(quantity=move.quantity * last.numerator // last.denominator)


@dataclass(frozen=True)
class Past:
    """What is kept of one owner's past outside of memory."""

    documents: Iterable[Document | None]
    #: Finds an order, open or closed.
    order: Callable[[OrderKey], Order | None]
    #: Every order, open or closed.
    orders: Callable[[], Iterable[Order]]
    #: What became of goods, and when.
    moves: Iterable[tuple[datetime, Move]] = ()
    #: What was counted, as it was told.
    counts: Iterable[StockCounted] = ()

    def answers(self, questions: Iterable[Question]) -> dict[Question, Answer]:
        """Return an answer for each question."""
        documents = [*self.documents]
        return {question: self._answer(question, documents) for question in questions}

    def _answer(self, question: Question, documents: Sequence[Document | None]) -> Answer:
        if isinstance(question, Reach):
            left = [line for document in documents for line in self._left(document)]
            back = [line for key in {line.order for line in left} for line in _came_back(key, self.order(key))]
            found = look_back(question.lots, left, back, after=question.after)
            return replace(found, reached=replace(found.reached, sold=_sold(question.lots, documents)))
        if isinstance(question, Referenced):
            return self._referenced(question)
        if isinstance(question, WentWith):
            return self._departures(question, documents)
        if isinstance(question, LeftFor):
            return self._got_from(question, documents)
        if isinstance(question, Since):
            return self._moved(question)
        if isinstance(question, CountsSince):
            return lines_told(self.counts, question)
        if isinstance(question, Uneven):
            return self._not_whole(question, documents)
        if isinstance(question, PersonsFrom):
            return self._named_from(question)
        return self._gone(question, documents) if isinstance(question, Left) else self._named(question)

    def _departures(self, asked: WentWith, documents: Sequence[Document | None]) -> Departures:
        units: dict[tuple[str, OrderKey, str, str], int] = {}
        expires: dict[tuple[str, OrderKey, str, str], date | None] = {}
        shipments = [document for document in documents if isinstance(document, Shipment)]
        parts = [(one.key.number, part) for one in shipments for part in one.parts]
        for number, order, left in ((number, part.order, left) for number, part in parts for left in part.shipped):
            if (left.sku, left.lot) in asked.lots:
                key = number, order, left.sku, left.lot or ""
                units[key] = units.get(key, 0) + left.quantity
                expires[key] = left.expires
        found = [self._departure(key, units[key], expires[key]) for key in sorted(units, reverse=True)]
        return Departures(tuple(found[:DEPARTURES_TOLD]), len(found))

    def _departure(self, key: tuple[str, OrderKey, str, str], quantity: int, expires: date | None) -> Departure:
        shipment, order, sku, lot = key
        known = self.order(order)
        customer, _, *place = (None,) * 6 if known is None else _address(known)
        return Departure(_NO_TIME, shipment, order, sku, lot, quantity, expires, customer, *place)

    def _referenced(self, asked: Referenced) -> OrdersFound:
        mine = (order for order in self.orders() if order.references.get(asked.name) == asked.value)
        return OrdersFound(tuple(sorted(order.key for order in mine if order.key.source == asked.source)))

    def _not_whole(self, asked: Uneven, documents: Sequence[Document | None]) -> NotWhole:
        units = [line.quantity for document in documents for line in self._left(document) if line.sku == asked.sku]
        units += [move.quantity for _, move in self.moves if move.sku == asked.sku]
        return NotWhole(sum(one * asked.numerator % asked.denominator != 0 for one in units))

    def _got_from(self, asked: LeftFor, documents: Sequence[Document | None]) -> GotFrom:
        lines = [line for document in documents for line in self._left(document)]
        mine = {
            line.order: None
            for line in lines
            if (line.to[0], line.sku) == (asked.customer, asked.sku) and asked.lot in (None, line.lot)
        }
        return GotFrom(tuple(sorted(mine)))

    def _left(self, document: Document | None) -> Iterator[LeftLine]:
        for part in document.parts if isinstance(document, Shipment) else ():
            order = self.order(part.order)
            to = (None,) * 6 if order is None else _address(order)
            for one in part.shipped:
                yield LeftLine(part.order, one.sku, one.lot, one.quantity, "", to)

    def _moved(self, asked: Since) -> Moved:
        moves = (move for at, move in self.moves if at > asked.after and move.kind not in NOT_MOVED)
        return Moved(sum(came_to(asked, move) for move in moves))

    def _named(self, asked: PersonsOf) -> Named:
        theirs = (order for order in self.orders() if order.customer == asked.customer)
        return Named(tuple(sorted({person for order in theirs for person in persons_of(order)})))

    def _named_from(self, asked: PersonsFrom) -> Named:
        theirs = (order for order in self.orders() if order.key.source == asked.source)
        return Named(tuple(sorted({person for order in theirs for person in persons_of(order)})))

    def _gone(self, lot: Left, documents: Iterable[Document | None]) -> Gone:
        units, orders = 0, set()
        for document in documents:
            for part in document.parts if isinstance(document, Shipment) else ():
                mine = sum(one.quantity for one in part.shipped if (one.sku, one.lot) == lot)
                units += mine
                if mine:
                    orders.add(part.order)
        return Gone(units, len(orders), len({_consignee(key, self.order(key)) for key in orders}))


def _sold(lots: Collection[tuple[str, str]], documents: Iterable[Document | None]) -> dict[str, dict[str, int]]:
    sold: dict[str, dict[str, int]] = {}
    titles = (one for one in documents if isinstance(one, Title) and one.key.kind == TITLE_OUT)
    for buyer, line in [(one.to_owner, line) for one in titles for line in one.lines]:
        if line.row.lot is not None and (line.row.sku, line.row.lot) in lots:
            mine = sold.setdefault(buyer, {})
            mine[line.row.sku] = mine.get(line.row.sku, 0) + line.quantity
    return sold


def _address(order: Order) -> tuple[str | None, ...]:
    return order.customer, order.person, order.city, order.region, order.postcode, order.country


def _came_back(key: OrderKey, order: Order | None) -> Iterator[BackLine]:
    for line in () if order is None else order.lines:
        for one in line.lots_shipped:
            if one.returned:
                yield BackLine(key, one.sku, one.lot, one.returned)


def _consignee(key: OrderKey, order: Order | None) -> object:
    return key if order is None else order.customer or order.person or key
