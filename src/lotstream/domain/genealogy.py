"""Which lots went into which: kept as the direct parents of a lot, followed to any depth, cycles included.

How much of one is in another stands in the history of the lots; here is what a decision needs of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from lotstream.domain.ledger import Ledger
from lotstream.domain.lot_facts import with_more
from lotstream.domain.model import PLAIN, Lot, LotName, RowKey


def made_of(lot: Lot, used: Iterable[RowKey]) -> Lot:
    """Return a lot that goods of rows went into; goods without a lot leave no trace, and no lot is its own parent."""
    more = lot.more or PLAIN
    parents = {LotName(row.sku, row.lot) for row in used if row.lot is not None} | set(more.made_from)
    return with_more(lot, made_from=tuple(sorted(parents - {LotName(lot.sku, lot.lot)})))


def descendants(ledger: Ledger, lots: Iterable[LotName]) -> tuple[LotName, ...]:
    """Return all lots that were made from some lots, directly or through others, without those; sorted."""
    children: dict[LotName, list[LotName]] = {}
    for lot in ledger.lots.values():
        for parent in _parents(ledger, lot):
            children.setdefault(parent, []).append(LotName(lot.sku, lot.lot))
    begin = set(lots)
    seen, waiting = set(begin), list(begin)
    while waiting:
        found = set(children.get(waiting.pop(), ())) - seen
        seen |= found
        waiting += found
    return tuple(sorted(seen - begin))


def _parents(ledger: Ledger, lot: Lot) -> Iterable[LotName]:
    """Return what a lot was made from directly, as it is called now."""
    parents = () if lot.more is None else lot.more.made_from
    names = ledger.names() if parents else None
    return parents if names is None else [names.lot_name(parent) for parent in parents]
