"""Rows that say how things are now, as the upserts of a commit take them: only what a ledger names as touched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lotstream.domain.events import LocationDefined, SiteDefined
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderKey, Receipt, ReceiptKey, RowKey
from lotstream.domain.slots import slot
from lotstream.store.codec import decode, encode_all, encode_names, encode_text
from lotstream.store.rows import Batch, JournalRow, PersonRow

Row = tuple[Any, ...]


def state_rows(batch: Batch) -> dict[str, list[Row]]:
    """Return what a batch changes, by query: one tuple per row. Queries without rows are left out."""
    rows: dict[str, list[Row]] = {
        "owners": [],
        "items": [],
        "customers": [],
        "lots": [],
        "stock": [],
        "orders": [],
        "receipts": [],
        "early_cancels": [],
        "forget_early_cancels": [],
        "persons": _persons(batch.persons),
        "sites": _sites(batch.journal),
        "locations": _locations(batch.journal),
    }
    for ledger in batch.ledgers:
        for query, added in _touched(ledger).items():
            rows[query] += added
    return {query: values for query, values in rows.items() if values}


def _touched(ledger: Ledger) -> dict[str, Iterable[Row]]:
    touched, owner = ledger.touched, (ledger.owner, slot(ledger.owner.encode()))
    remembered, forgotten = _cancels(ledger)
    return {
        "owners": [(*owner, encode_text(ledger.settings))] if touched.owner else [],
        "items": [(*owner, sku, encode_text(ledger.items[sku])) for sku in touched.items],
        "customers": [(*owner, name, encode_text(ledger.customers[name])) for name in touched.customers],
        "lots": [_lot(owner, ledger, key) for key in touched.lots],
        "stock": [_stock(owner, ledger, key) for key in touched.stock],
        "orders": [_order(owner, ledger, key) for key in touched.orders],
        "receipts": [(*owner, *key, encode_text(_receipt(ledger, key))) for key in touched.receipts],
        "early_cancels": remembered,
        "forget_early_cancels": forgotten,
    }


def _lot(owner: tuple[str, int], ledger: Ledger, key: tuple[str, str]) -> Row:
    lot = ledger.lots[key]
    holds = encode_all(lot.holds)
    return (*owner, *key, lot.expires, lot.made, lot.received, lot.supplier, lot.supplier_lot, holds)


def _stock(owner: tuple[str, int], ledger: Ledger, key: RowKey) -> Row:
    row = ledger.stock[key]
    return (*owner, *key, row.on_hand, row.reserved, row.promised_elsewhere, row.received)


def _order(owner: tuple[str, int], ledger: Ledger, key: OrderKey) -> Row:
    order = ledger.orders.get(key)
    is_open = order is not None
    order = order or _closed(ledger, key)
    return (*owner, *key, is_open, order.state, encode_text(order))


def _closed(ledger: Ledger, key: OrderKey) -> Order:
    order = ledger.closed[key]
    if order is None:
        raise LookupError(f"Order {key.order} of {key.source} was touched and is neither open nor closed.")
    return order


def _receipt(ledger: Ledger, key: ReceiptKey) -> Receipt:
    receipt = ledger.receipts[key]
    if receipt is None:
        raise LookupError(f"The {key.kind} {key.number} was touched and is not there.")
    return receipt


def _cancels(ledger: Ledger) -> tuple[list[Row], list[Row]]:
    """Return the cancellations to remember, and those to forget because their order has come."""
    owner, kept = (ledger.owner, slot(ledger.owner.encode())), ledger.cancels
    remembered = [
        (*owner, *key, kept[key][0], encode_names(kept[key][1])) for key in ledger.touched.cancels if key in kept
    ]
    return remembered, [(ledger.owner, *key) for key in ledger.touched.cancels if key not in kept]


def _persons(rows: Iterable[PersonRow]) -> list[Row]:
    last = {(row.owner, row.person): row.body for row in rows}
    return [(owner, slot(owner.encode()), person, body.decode()) for (owner, person), body in last.items()]


def _sites(journal: Iterable[JournalRow]) -> list[Row]:
    last = {}
    for row in journal:
        if row.type == SiteDefined.__name__:
            site = decode(row.body, SiteDefined).site
            last[row.partition, site.id] = encode_text(site)
    return [(*key, body) for key, body in last.items()]


def _locations(journal: Iterable[JournalRow]) -> list[Row]:
    last = {}
    for row in journal:
        if row.type == LocationDefined.__name__:
            location = decode(row.body, LocationDefined).location
            last[row.partition, location.site, location.id] = encode_text(location)
    return [(*key, body) for key, body in last.items()]
