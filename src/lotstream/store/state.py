"""Rows that say how things are now, by table: only what a ledger names as touched.

All but one kind replace what is there. An order recorded for the first time is added like a journal row instead: that
takes half the time, and the database refuses a second one under the same key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple
from datetime import date
from typing import Final

from lotstream.domain.events import LocationDefined, OrderRecorded, SiteDefined
from lotstream.domain.kpis import Figures
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import PLAIN, Document, Order, OrderKey, OwnerClock, ReceiptKey, SerialKey, StockRow
from lotstream.domain.progress import Progress
from lotstream.domain.recounting import to_write
from lotstream.domain.slots import slot
from lotstream.store.codec import decode, encode_all, encode_names, encode_text
from lotstream.store.rows import Batch, JournalRow, PersonRow, Row, StateRows, TitleRow

Owner = tuple[str, int]
"""An owner's name and slot, which every row of state begins with."""

STOCK_COLUMNS: Final = (
    *("owner", "slot", "sku", "lot", "site", "location", "package", "pack_size", "status", "returned"),
    *("on_hand", "reserved", "promised_elsewhere", "received"),
)
"""Columns of a stock row, in the order of its tuples."""

ORDER_COLUMNS: Final = ("owner", "slot", "source", "order", "open", "state", "body")
"""Columns of an order, in the order of its tuples."""


def state_rows(ledgers: Iterable[Ledger], journal: Iterable[JournalRow]) -> StateRows:
    """Return rows of all that ledgers name as touched; ``journal`` holds the events that touched it."""
    rows = StateRows()
    recorded, whole = _journaled_orders(journal)
    for ledger in ledgers:
        owner, stock = _owner(ledger), ledger.stock
        is_rebased = (ledger.derived or ledger.index()).rebased
        rows.stock.extend([_stock(owner, stock[key]) for key in ledger.touched.stock])
        for key in ledger.touched.orders:
            name = ledger.owner, key
            # What says by which unit it counts is not as it was in the event.
            body = None if is_rebased else whole.get(ledger.owner, {}).get(key)
            (rows.recorded if name in recorded else rows.changed).append(_order(owner, ledger, key, body))
        for query, more in _touched(ledger).items():
            rows.replaced.setdefault(query, []).extend(more)
    return rows


def shared_rows(batch: Batch) -> dict[str, list[Row]]:
    """Return what a batch changes beside owners' state, by query: personal data, sites, locations, sums of a day."""
    return {
        "person": _persons(batch.persons),
        "forget_persons": _forgotten(batch.persons),
        "title_due": _titles(batch.titles),
        "forget_titles": [(row.title,) for row in batch.titles if row.body is None],
        "site": _sites(batch.journal),
        "location": _locations(batch.journal),
        "kpi": _kpis(batch.kpis),
    }


def _journaled_orders(
    journal: Iterable[JournalRow],
) -> tuple[set[tuple[str | None, OrderKey]], dict[str | None, dict[OrderKey, bytes | None]]]:
    """Return the orders recorded for the first time, and by owner the JSON of each whose last event holds all of it.

    An event of no one order may change any: a lot that is called otherwise changes all that name it.
    """
    recorded: set[tuple[str | None, OrderKey]] = set()
    whole: dict[str | None, dict[OrderKey, bytes | None]] = {}
    for row in journal:
        if row.order is None:
            whole.pop(row.owner, None)
            continue
        whole.setdefault(row.owner, {})[row.order] = row.whole
        if row.type == OrderRecorded.__name__:
            recorded.add((row.owner, row.order))
    return recorded, whole


def _touched(ledger: Ledger) -> dict[str, Iterable[Row]]:
    touched, owner = ledger.touched, _owner(ledger)
    return {
        "owner": [(*owner, encode_text(ledger.settings))] if touched.owner else [],
        "item": [(*owner, sku, encode_text(ledger.items[sku])) for sku in touched.items],
        "customer": [(*owner, name, encode_text(ledger.customers[name])) for name in touched.customers],
        "last_shipped": [(*owner, *key, ledger.last_shipped[key]) for key in touched.last_shipped],
        "lot": [_lot(owner, ledger, key) for key in touched.lots],
        **(_weights(ledger) if touched.weights else {}),
        "receipt": [(*owner, *key, encode_text(_receipt(ledger, key))) for key in touched.receipts],
        "serial": [_serial(owner, ledger, key) for key in sorted(touched.serials)],
        "continuing": [_progress(owner, ledger.progress)] if touched.progress else [],
        "owner_clock": [_clock(owner, ledger.clock)] if touched.clock else [],
        "availability": [(*owner, *name, ledger.told[name]) for name in touched.told],
        "early_cancel": [_cancel(owner, ledger, key) for key in touched.cancels if key in ledger.cancels],
        "forget_early_cancels": [(ledger.owner, *key) for key in touched.cancels if key not in ledger.cancels],
    }


def _owner(ledger: Ledger) -> Owner:
    return ledger.owner, slot(ledger.owner.encode())


def _lot(owner: Owner, ledger: Ledger, key: tuple[str, str]) -> Row:
    lot = ledger.lots[key]
    holds = encode_all(lot.holds)
    more = encode_text(lot.more or PLAIN)
    return (*owner, *key, lot.expires, lot.made, lot.received, lot.supplier, lot.supplier_lot, holds, more)


def _stock(owner: Owner, row: StockRow) -> Row:
    return (*owner, *row.key, row.on_hand, row.reserved, row.promised_elsewhere, row.received)


def _weights(ledger: Ledger) -> dict[str, Iterable[Row]]:
    owner, weights, touched = _owner(ledger), ledger.weights, ledger.touched.weights
    return {
        "stock_weight": [(*owner, *key, weights[key]) for key in touched if key in weights],
        "forget_weights": [(ledger.owner, *key) for key in touched if key not in weights],
    }


def _order(owner: Owner, ledger: Ledger, key: OrderKey, whole: bytes | None) -> Row:
    """Return an order's row; ``whole`` is its JSON when the last event about it has held all of it."""
    order = ledger.orders.get(key)
    is_open = order is not None
    order = order or _closed(ledger, key)
    body = encode_text(to_write(ledger, order)) if whole is None else whole.decode()
    return (*owner, *key, is_open, order.state, body)


def _closed(ledger: Ledger, key: OrderKey) -> Order:
    order = ledger.closed[key]
    if order is None:
        raise LookupError(f"Order {key.order} of {key.source} was touched and is neither open nor closed.")
    return order


def _receipt(ledger: Ledger, key: ReceiptKey) -> Document:
    receipt = ledger.receipts[key]
    if receipt is None:
        raise LookupError(f"The {key.kind} {key.number} was touched and is not there.")
    return to_write(ledger, receipt)


def _serial(owner: Owner, ledger: Ledger, key: SerialKey) -> Row:
    unit = ledger.serials[key.number][key.sku]
    return (*owner, *key, unit.state, encode_text(unit))


def _cancel(owner: Owner, ledger: Ledger, key: OrderKey) -> Row:
    version, lines = ledger.cancels[key]
    return (*owner, *key, version, encode_names(lines))


def _progress(owner: Owner, progress: Progress) -> Row:
    return (*owner, progress.number, progress.step, progress.is_due, encode_text(progress))


def _clock(owner: Owner, clock: OwnerClock) -> Row:
    return (*owner, clock.tick, clock.due_at, clock.watched)


def _persons(rows: Iterable[PersonRow]) -> list[Row]:
    return [
        (owner, slot(owner.encode()), person, body.decode())
        for (owner, person), body in _last(rows).items()
        if body is not None
    ]


def _forgotten(rows: Iterable[PersonRow]) -> list[Row]:
    return [name for name, body in _last(rows).items() if body is None]


def _last(rows: Iterable[PersonRow]) -> dict[tuple[str, str], bytes | None]:
    """Return what becomes of each person in the end: one batch may bring data, erase it, and bring it anew."""
    return {(row.owner, row.person): row.body for row in rows}


def _titles(rows: Iterable[TitleRow]) -> list[Row]:
    due = ((row.title, row.owner, row.body) for row in rows if row.body is not None)
    return [(title, owner, slot(owner.encode()), body.decode()) for title, owner, body in due]


def _kpis(counted: Mapping[tuple[str, date], Figures]) -> list[Row]:
    return [(owner, slot(owner.encode()), day, *astuple(figures)) for (owner, day), figures in counted.items()]


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
