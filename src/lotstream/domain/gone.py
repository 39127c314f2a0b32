"""What has left of lots that are recalled: whoever recalls them is told at once how much, and to how many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from lotstream.domain.codes import Code
from lotstream.domain.events import DiscrepancyNoted
from lotstream.domain.model import Left, Lot

if TYPE_CHECKING:
    from lotstream.domain.draft import Draft


def note_gone(draft: Draft, lots: Iterable[Lot], recall: str) -> Iterator[DiscrepancyNoted]:
    """Yield what a person is told of each recalled lot of which anything has left; raises `NotLoaded`."""
    for lot in lots:
        gone = draft.ledger.answer(Left(lot.sku, lot.lot))
        if gone.quantity:
            item = draft.known_item(lot.sku)
            units = Decimal(gone.quantity).scaleb(-item.decimals)
            with_whom = f"{_count(gone.orders, 'order')} for {_count(gone.customers, 'customer')}"
            what = f"{units:f} {item.base_unit} of lot {lot.lot} of {lot.sku}"
            message = f"{what} left with {with_whom}; `lotstream lot history` names them."
            about = {"recall": recall, "sku": lot.sku, "lot": lot.lot}
            yield DiscrepancyNoted(Code.ALREADY_SHIPPED.value, message, about, units)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
