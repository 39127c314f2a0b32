"""Goods are of another lot, or item, than before, and all that is promised of them goes along: nobody loses anything.

The same steps in a decision and in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lotstream.domain.draft import Draft
from lotstream.domain.events import Became
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import LotName, Order, OrderKey, RowKey
from lotstream.domain.names import Names, order_now
from lotstream.domain.reservations import copy_order, join_parts
from lotstream.domain.shelves import derived_of, is_empty

#: Lots as they were called, and what they are called from now on.
Called = Mapping[LotName, LotName]


def rows_of(ledger: Ledger, called: Called) -> tuple[Became, ...]:
    """Return what lies there of some lots, each row with the row that its goods come to, sorted."""
    derived, found = derived_of(ledger), list[Became]()
    for name in called:
        for site in derived.sites_of.get(name.sku, ()):
            for key, row in derived.rows.get((name.sku, site), {}).items():
                if key.lot == name.lot and not is_empty(row):
                    found.append(Became(key, row_now(key, called), row.on_hand))
    return tuple(sorted(found, key=lambda one: [str(part) for part in one.row]))


def row_now(row: RowKey, called: Called) -> RowKey:
    """Return the row that goods of a row come to."""
    now = None if row.lot is None else called.get(LotName(row.sku, row.lot))
    return row if now is None else row._replace(sku=now.sku, lot=now.lot)


def take_along(draft: Draft, called: Called, rows: Iterable[Became]) -> tuple[OrderKey, ...]:
    """Bring goods and promises to their new lots, for the rest of a decision; returns the orders that this changes."""
    for one in rows:
        row = draft.ledger.stock[one.row]
        free = row.on_hand - row.promised_elsewhere - row.reserved
        draft.give(one.row, -free)
        draft.give(one.to, free)
    names, keys = Names.of(called), list[OrderKey]()
    for order in orders_of(draft.ledger, called):
        draft.orders[order.key] = renamed(names, copy_order(order))
        keys.append(order.key)
    return tuple(sorted(keys))


def orders_of(ledger: Ledger, called: Called) -> Iterator[Order]:
    """Yield the open orders that name one of some lots, have something of it, or had."""
    lots = {(name.sku, name.lot) for name in called}
    for order in ledger.orders.values():
        for line in order.lines:
            if (
                (line.sku, line.lot) in lots
                or any((part.row.sku, part.row.lot) in lots for part in line.reservations)
                or any((one.sku, one.lot) in lots for one in line.lots_shipped)
            ):
                yield order
                break


def rows_of_item(ledger: Ledger, sku: str, to_sku: str) -> tuple[Became, ...]:
    """Return all that lies there of an item, each row with the row that its goods come to, sorted."""
    derived = derived_of(ledger)
    rows = [row for site in derived.sites_of.get(sku, ()) for row in derived.rows.get((sku, site), {}).values()]
    found = [Became(row.key, row.key._replace(sku=to_sku), row.on_hand) for row in rows if not is_empty(row)]
    return tuple(sorted(found, key=lambda one: [str(part) for part in one.row]))


def orders_of_item(ledger: Ledger, sku: str) -> Iterator[Order]:
    """Yield the open orders that want an item, have something of it, or had."""
    for order in ledger.orders.values():
        if any(line.sku == sku or any(part.sku == sku for part in line.parts) for line in order.lines):
            yield order


def renamed(names: Names, order: Order) -> Order:
    """Return an order with present names; promises of one task and row are one promise."""
    now = order_now(names, order)
    for line in now.lines:
        join_parts(line)
    return now
