"""What has left of lots: whoever recalls or corrects them is told at once how much, and to how many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lotstream.domain.codes import Code
from lotstream.domain.events import DiscrepancyNoted
from lotstream.domain.model import Gone, Left, Lot, WentWith
from lotstream.domain.names import names_had
from lotstream.domain.quantities import in_base_units
from lotstream.domain.wording import amount, goods_called

if TYPE_CHECKING:
    from lotstream.domain.draft import Draft
    from lotstream.domain.ledger import Ledger


def note_gone(draft: Draft, lots: Iterable[Lot], *, document: str, number: str) -> Iterator[DiscrepancyNoted]:
    """Yield what a person is told of each lot of which anything has left, by every name it left under.

    ``document`` is the kind of what asks, as people are told it. Raises `NotLoaded`.
    """
    for lot in lots:
        item = draft.known_item(lot.sku)
        for sku, called in names_had(item, lot):
            gone = draft.ledger.answer(Left(sku, called), Gone)
            if gone.quantity:
                with_whom = f"{_count(gone.orders, 'order')} for {_count(gone.customers, 'customer')}"
                what = f"{amount(item, gone.quantity)} of {goods_called(sku, called)}"
                message = f"{what} left with {with_whom}; `lotstream lot where` names them."
                about = {document: number, "sku": sku, "lot": called}
                yield DiscrepancyNoted(Code.ALREADY_SHIPPED.value, message, about, in_base_units(item, gone.quantity))


def went_with(ledger: Ledger, lot: Lot) -> WentWith:
    """Return the question with which shipments a lot left, under whatever name."""
    return WentWith(tuple(names_had(ledger.items.get(lot.sku), lot)))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
