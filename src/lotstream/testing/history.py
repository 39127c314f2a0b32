"""What the database answers a hub about the past, worked out from what a test keeps of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lotstream.domain.model import Answer, Document, Gone, Left, Order, OrderKey, Question, Shipment


@dataclass(frozen=True)
class Past:
    """What is kept of one owner's past outside of memory."""

    documents: Iterable[Document | None]
    #: Finds an order, open or closed.
    order: Callable[[OrderKey], Order | None]

    def answers(self, questions: Iterable[Question]) -> dict[Question, Answer]:
        """Return an answer for each question."""
        documents = [*self.documents]
        return {question: self._gone(question, documents) for question in questions}

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
