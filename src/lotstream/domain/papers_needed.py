"""Papers without which goods are not shipped: certificates that an item or a customer requires of every lot.

A paper counts through its last day, and one without a last day for ever. Which day it has to count on is the ship date,
or today where there is none.
"""

from __future__ import annotations

from collections.abc import Iterable

from lotstream.domain.expiry import NEVER, papers_reason
from lotstream.domain.model import Customer, Item, Lot, LotDocument


def types_needed(item: Item | None, customer: Customer | None) -> tuple[str, ...]:
    """Return the types of papers that goods need for a customer (None: for whomever), each once."""
    of_item = () if item is None else item.documents
    if customer is None or not customer.documents:
        return of_item
    return tuple(dict.fromkeys((*of_item, *customer.documents)))


def papered_until(lot: Lot | None, types: tuple[str, ...]) -> int:
    """Return the last day, an ordinal, on which a lot has all of some types of papers; 0 when one is not there at all.

    Of several papers of a type the one that counts longest decides. Goods without a lot have no papers.
    """
    return min([_until(lot, type_) for type_ in types], default=NEVER)


def missing(lot: Lot | None, types: Iterable[str], *, ship: int) -> list[str]:
    """Return those of some types of papers that a lot does not have on a day, in their order."""
    return [type_ for type_ in types if papers_reason(_until(lot, type_), ship=ship) is not None]


def papers_of(lot: Lot | None) -> tuple[LotDocument, ...]:
    """Return all papers of a lot."""
    more = None if lot is None else lot.more
    return () if more is None else more.documents


def _until(lot: Lot | None, type_: str) -> int:
    mine = (one for one in papers_of(lot) if one.type == type_)
    days = [NEVER if one.expires is None else one.expires.toordinal() for one in mine]
    return max(days, default=0)
