"""What is true of every sound ledger, checked from the outside by plain sums."""

from __future__ import annotations

from collections import Counter

from lotstream.domain.agenda import is_due
from lotstream.domain.commands import RequestAllocation
from lotstream.domain.draft import Draft
from lotstream.domain.events import (
    BalanceOpened,
    Event,
    GoodsReturned,
    OrderAllocated,
    OrderChanged,
    ShipmentConfirmed,
    StockAdjusted,
    StockCounted,
    StockFound,
    StockMissing,
    StockReceived,
    WaveTasksChanged,
)
from lotstream.domain.filling import AT_ONCE
from lotstream.domain.keeping import unmet
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, Policy, RowKey
from lotstream.domain.places import STAGING
from lotstream.domain.shelf import Shelf
from lotstream.domain.shelves import candidate_for
from lotstream.domain.sums import OVER, backordered, promised
from lotstream.testing.scenarios_domain import DomainWarehouse


def check_rows(ledger: Ledger) -> None:
    """Promises fit into what is there, and what orders hold is what rows have reserved."""
    held: Counter[RowKey] = Counter()
    for order in ledger.orders.values():
        assert order.state not in OVER
        for line in order.lines:
            for part in line.reservations:
                assert 0 <= part.picked <= part.quantity
                assert part.quantity > 0
                held[part.row] += part.quantity - part.picked
                if part.picked:
                    held[part.row._replace(location=part.staged_at or STAGING)] += part.picked
    for key, row in ledger.stock.items():
        assert row.key == key
        assert 0 <= row.reserved <= max(row.on_hand, 0), row
        assert row.reserved == held.pop(key, 0), row
    assert not +held


def check_lines(orders: list[Order]) -> None:
    """Allocated, picked, shipped, backordered and cancelled make what was ordered (and what went over it)."""
    for order in orders:
        for line in order.lines:
            over = max(line.shipped + line.cancelled + promised(line) - line.ordered, 0)
            assert promised(line) + line.shipped + backordered(line) + line.cancelled == line.ordered + over
            assert order.test is False or not line.reservations


def check_lots(ledger: Ledger, journal: list[tuple[Event, ...]]) -> None:
    """What came in and was found, less what left, is what is there: per SKU and lot."""
    units: Counter[tuple[str, str | None]] = Counter()
    for event in (event for decision in journal for event in decision):
        if isinstance(event, StockReceived | BalanceOpened):
            for line in event.lines:
                units[line.row.sku, line.row.lot] += line.quantity
        elif isinstance(event, StockAdjusted | StockCounted):
            for change in event.changes:
                units[change.row.sku, change.row.lot] += change.quantity
        elif isinstance(event, GoodsReturned):
            for returned in event.lines:
                units[returned.row.sku, returned.row.lot] += returned.quantity
        elif isinstance(event, StockMissing):
            units[event.row.sku, event.row.lot] -= event.booked
        elif isinstance(event, StockFound):
            units[event.row.sku, event.row.lot] += event.quantity
        elif isinstance(event, ShipmentConfirmed):
            for gone in event.shipped:
                units[gone.sku, gone.lot] -= gone.quantity
    there: Counter[tuple[str, str | None]] = Counter()
    for row in ledger.stock.values():
        there[row.key.sku, row.key.lot] += row.on_hand
    assert {key: count for key, count in units.items() if count} == {
        key: count for key, count in there.items() if count
    }


def check_served(warehouse: DomainWarehouse) -> None:
    """Where orders are served at once, nobody waits for what he could have.

    Packed goods are left out: whole packs and whole cases may fit together only once somebody took loose goods away.
    So is an owner who is being looked at part by part: those behind the last part have not been offered anything yet.
    """
    if warehouse.ledger.settings.allocate != AT_ONCE or is_due(warehouse.ledger):
        return
    packed = {key.sku for key in warehouse.ledger.stock if key.pack_size is not None}
    late = warehouse.decide(RequestAllocation(()))
    assert isinstance(late, tuple)
    for event in late:
        if warehouse.ledger.settings.reassign_partial and isinstance(event, OrderChanged):
            # A request, and nothing else, decides an order anew that has a part of what it wants; what that gives back
            # goes to others.
            return
        if isinstance(event, WaveTasksChanged):
            continue
        assert isinstance(event, OrderAllocated)
        assert {part.row.sku for decision in event.decisions for part in decision.reserved} <= packed
        assert any(decision.reserved for decision in event.decisions)


def check_kept(warehouse: DomainWarehouse) -> None:
    """No order keeps what its own rules forbid it to keep: to be shipped complete, in whole cases, of one lot."""
    draft = Draft(warehouse.ledger, warehouse.moment())
    for order in warehouse.ledger.orders.values():
        assert unmet(draft, order) == [], order


def check_derived(ledger: Ledger) -> None:
    """What is kept up to date row by row is what one would work out afresh from the rows and orders."""
    derived = ledger.derived
    assert derived is not None
    twin = Ledger(ledger.owner, ledger.sites, ledger.settings, ledger.items, ledger.customers, ledger.lots)
    twin.stock, twin.orders = ledger.stock, ledger.orders
    fresh = twin.index()
    assert {place: set(rows) for place, rows in derived.rows.items() if rows} == {
        place: set(rows) for place, rows in fresh.rows.items()
    }
    assert derived.gtins == fresh.gtins
    assert derived.waiting.everybody() == fresh.waiting.everybody()
    assert derived.waiting._held == fresh.waiting._held
    assert derived.waiting._missed == fresh.waiting._missed
    assert derived.waiting._customers == fresh.waiting._customers
    # Asked for here, it is kept up to date from then on.
    kept, again = ledger.promised(), twin.promised()
    assert (kept._orders, kept.pairs) == (again._orders, again.pairs)
    for number in sorted({number for _, number in ledger.lots}):
        assert sorted(lot.sku for lot in ledger.lots_called(number)) == sorted(
            lot.sku for lot in twin.lots_called(number)
        )
    for sku in ledger.items:
        assert derived.waiting.for_skus([sku]) == fresh.waiting.for_skus([sku])
    for (sku, site), shelf in derived.shelves.items():
        if shelf.settings is ledger.settings and shelf.stamp is ledger.sites.stamp:
            _check_shelf(ledger, shelf, list(fresh.rows.get((sku, site), {})))


def _check_shelf(ledger: Ledger, shelf: Shelf, rows: list[RowKey]) -> None:
    again = Shelf(shelf.settings, shelf.stamp, today=shelf.today)
    for key in rows:
        again.add(candidate_for(ledger, ledger.stock[key]))
    assert shelf.free == again.free
    assert shelf.counts == again.counts
    assert shelf.stands_aside == again.stands_aside
    assert {lot: set(found) for lot, found in shelf.by_lot.items()} == {
        lot: set(found) for lot, found in again.by_lot.items()
    }
    for policy in (Policy.FEFO, Policy.FIFO, Policy.CLOSEST):
        assert [one.key for one in shelf.queue(policy)] == [one.key for one in again.queue(policy)]
        assert [one.key for one in shelf.aside(policy)] == [one.key for one in again.aside(policy)]
