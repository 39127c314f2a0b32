"""What the database answers a hub about the past, worked out from what a test keeps of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lotstream.domain.erasing import persons_of
from lotstream.domain.model import (
    Answer,
    Document,
    Gone,
    Left,
    Named,
    Order,
    OrderKey,
    PersonsOf,
    Question,
    Shipment,
)


@dataclass(frozen=True)
class Past:
    """What is kept of one owner's past outside of memory."""

    documents: Iterable[Document | None]
    #: Finds an order, open or closed.
    order: Callable[[OrderKey], Order | None]
    #: Every order, open or closed.
    orders: Callable[[], Iterable[Order]]

    def answers(self, questions: Iterable[Question]) -> dict[Question, Answer]:
        """Return an answer for each question."""
        documents = [*self.documents]
        return {
            question: self._gone(question, documents) if isinstance(question, Left) else self._named(question)
            for question in questions
        }

    def _named(self, asked: PersonsOf) -> Named:
        theirs = (order for order in self.orders() if order.customer == asked.customer)
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


def _consignee(key: OrderKey, order: Order | None) -> object:
    return key if order is None else order.customer or order.person or key
