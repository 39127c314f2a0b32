"""The tables of state: what each has of an owner, or of a partition, against what the journal says."""

from __future__ import annotations

import heapq
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import astuple
from functools import partial
from hashlib import blake2b
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from lotstream.domain.kpis import FIGURES
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    PLAIN,
    Customer,
    Hold,
    Item,
    Location,
    LotMore,
    Order,
    OrderKey,
    OwnerClock,
    RowKey,
    Serial,
    Settings,
    Site,
)
from lotstream.domain.progress import Progress
from lotstream.domain.recounting import of_today, to_write
from lotstream.domain.slots import slot
from lotstream.hub.verify.compare import Body, Comparison, Key, Rows, Table, Values, sort_key
from lotstream.hub.verify.found import NOTHING, Difference, Findings
from lotstream.hub.verify.replay import Replay
from lotstream.hub.verify.sums import LotSums, check_lines, check_promises
from lotstream.store.verify import Snapshot

if TYPE_CHECKING:
    from lotstream.store import verify as store

#: Bytes of the hash that names a person; `lotstream.contracts.convert_orders.person_of` makes it.
PERSON_BYTES: Final = 16

SITE = Table("site", ("site",), ("body",))
LOCATION = Table("location", ("site", "location"), ("body",))
OWNER = Table("owner", (), ("slot", "settings"))
ITEM = Table("item", ("sku",), ("slot", "body"))
CUSTOMER = Table("customer", ("customer",), ("slot", "body"))
LOT = Table(
    "lot", ("sku", "lot"), ("slot", "expires", "made", "received", "supplier", "supplier_lot", "holds", "more")
)  # fmt: skip
STOCK = Table(
    "stock", ("sku", "lot", "location", "site", "package", "pack_size", "status", "returned"),
    ("slot", "on_hand", "reserved", "promised_elsewhere", "received"),
)  # fmt: skip
STOCK_WEIGHT = Table("stock_weight", STOCK.keys, ("slot", "weight_g"))
SALES_ORDER = Table("sales_order", ("source", "order"), ("slot", "open", "state", "body"))
RECEIPT = Table("receipt", ("kind", "number"), ("slot", "body"))
SERIAL = Table("serial", ("serial", "sku"), ("slot", "state", "body"))
EARLY_CANCEL = Table("early_cancel", ("source", "order"), ("slot", "version", "lines"))
CONTINUING = Table("continuing", (), ("slot", "number", "step", "due", "body"))
OWNER_CLOCK = Table("owner_clock", (), ("slot", "tick", "due_at", "watched"))
AVAILABILITY = Table("availability", ("sku", "site", "channel"), ("slot", "quantity"))
LAST_SHIPPED = Table("last_shipped", ("customer", "sku"), ("slot", "expires"))
KPI = Table("kpi", ("day",), ("slot", *FIGURES))
PERSON = Table("person", ("person",), ("slot", "body"))


class OwnerCheck:
    """Compares everything the database has of one owner."""

    def __init__(self, snapshot: Snapshot, replay: Replay, findings: Findings) -> None:
        self._snapshot = snapshot
        self._replay = replay
        self._findings = findings

    async def check(self, owner: str, ledger: Ledger) -> None:
        """Compare an owner's rows in every table, and check the sums over them."""
        number = slot(owner.encode())
        for table, rows in _ROWS.items():
            wanted = ((key, (number, *values)) for key, values in rows(ledger, self._replay))
            found = _found(table, await self._snapshot.of_owner(table.name, owner))
            await Comparison(table, self._findings, given={"owner": owner}).rows(wanted, found)
        await self._persons(owner, number)
        for difference in self._sums(ledger):
            self._findings.add(difference)

    def _sums(self, ledger: Ledger) -> Iterator[Difference]:
        yield from check_promises(ledger)
        yield from self._replay.sums.get(ledger.owner, LotSums()).check(ledger)
        for order in _orders(ledger, self._replay):
            yield from check_lines(ledger.owner, order)

    async def _persons(self, owner: str, number: int) -> None:
        """Check that persons are who they are called: erased ones are gone, and those that are there were not changed.

        The journal has a person's key alone, and that is a hash of the data.
        """
        async for person, found, body in await self._snapshot.of_owner("person", owner):
            self._findings.rows["person"] += 1
            key = {"owner": owner, "person": person}
            self._findings.expect("person", key, "slot", journal=number, found=found)
            named = blake2b(body.encode(), digest_size=PERSON_BYTES, key=owner.encode()).hexdigest()
            self._findings.expect("person", key, "body", journal=person, found=named, note="the key is its hash")
            if (owner, person) in self._replay.erased:
                note = "it was erased, and no order has named the person since"
                self._findings.add(Difference("person", key, None, NOTHING, "personal data", note))


async def check_sites(snapshot: Snapshot, replay: Replay, partition: int, findings: Findings) -> None:
    """Compare what the database has of a partition's sites and locations."""
    sites, given = replay.sites(partition), {"partition": partition}
    wanted: dict[Table, Rows] = {
        SITE: (((site.id,), (Body(site, Site),)) for _, site in sorted(sites.sites.items())),
        LOCATION: ((key, (Body(location, Location),)) for key, location in sorted(sites.locations.items())),
    }
    for table, rows in wanted.items():
        found = _found(table, await snapshot.of_partition(table.name, partition))
        await Comparison(table, findings, given=given).rows(rows, found)


async def _found(table: Table, rows: store.Rows) -> AsyncIterator[tuple[Key, Values]]:
    async for row in rows:
        yield _split(table, row)


def _split(table: Table, row: Any) -> tuple[Key, Values]:  # noqa: ANN401 - a record of any columns
    count = len(table.keys)
    return tuple(row[:count]), tuple(row[count:])


def _owner(ledger: Ledger, replay: Replay) -> Rows:
    if ledger.owner in replay.defined:
        yield (), (Body(ledger.settings, Settings),)


def _items(ledger: Ledger, _: Replay) -> Rows:
    return (((sku,), (Body(item, Item),)) for sku, item in sorted(ledger.items.items()))


def _customers(ledger: Ledger, _: Replay) -> Rows:
    return (((name,), (Body(customer, Customer),)) for name, customer in sorted(ledger.customers.items()))


def _lots(ledger: Ledger, _: Replay) -> Rows:
    for key, lot in sorted(ledger.lots.items()):
        bodies = Body(lot.holds, Hold), Body(lot.more or PLAIN, LotMore)
        yield key, (lot.expires, lot.made, lot.received, lot.supplier, lot.supplier_lot, *bodies)


def _stock(ledger: Ledger, _: Replay) -> Rows:
    rows = {_sorted_by(key): row for key, row in ledger.stock.items()}
    for key in sorted(rows, key=sort_key):
        row = rows[key]
        if row.on_hand or row.reserved or row.promised_elsewhere:
            yield key, (row.on_hand, row.reserved, row.promised_elsewhere, row.received)


def _sorted_by(key: RowKey) -> Key:
    return key.sku, key.lot, key.location, key.site, key.package, key.pack_size, key.status, key.returned


def _weights(ledger: Ledger, _: Replay) -> Rows:
    weights = {_sorted_by(key): grams for key, grams in ledger.weights.items()}
    return ((key, (weights[key],)) for key in sorted(weights, key=sort_key))


def _sales_orders(ledger: Ledger, replay: Replay) -> Rows:
    for order in _orders(ledger, replay):
        is_open = order.key in ledger.orders
        kept = to_write(ledger, order) if is_open else order
        yield order.key, (is_open, order.state, Body(kept, Order, partial(of_today, ledger)))


def _orders(ledger: Ledger, replay: Replay) -> Iterator[Order]:
    """Yield open and closed orders, sorted by key."""
    is_open = (ledger.orders[key] for key in sorted(ledger.orders))
    return heapq.merge(is_open, replay.closed(ledger), key=_order_key)


def _order_key(order: Order) -> OrderKey:
    return order.key


def _receipts(ledger: Ledger, replay: Replay) -> Rows:
    today = partial(of_today, ledger)
    return ((receipt.key, (Body(receipt, type(receipt), today),)) for receipt in replay.receipts(ledger.owner))


def _serials(ledger: Ledger, replay: Replay) -> Rows:
    return ((unit.key, (unit.state, Body(unit, Serial))) for unit in replay.serials(ledger.owner))


def _cancels(ledger: Ledger, _: Replay) -> Rows:
    return ((key, (version, list(lines))) for key, (version, lines) in sorted(ledger.cancels.items()))


def _progress(ledger: Ledger, _: Replay) -> Rows:
    progress = ledger.progress
    if progress != Progress():
        yield (), (progress.number, progress.step, progress.is_due, Body(progress, Progress))


def _clock(ledger: Ledger, _: Replay) -> Rows:
    clock = ledger.clock
    if clock != OwnerClock():
        yield (), (clock.tick, clock.due_at, clock.watched)


def _told(ledger: Ledger, _: Replay) -> Rows:
    return ((name, (quantity,)) for name, quantity in sorted(ledger.told.items()) if quantity)


def _last_shipped(ledger: Ledger, _: Replay) -> Rows:
    return ((key, (expires,)) for key, expires in sorted(ledger.last_shipped.items()))


def _kpis(ledger: Ledger, replay: Replay) -> Rows:
    counted = sorted(replay.counted.get(ledger.owner, {}).items(), key=itemgetter(0))
    return (((day,), astuple(figures)) for (_, day), figures in counted)


_ROWS: dict[Table, Callable[[Ledger, Replay], Rows]] = {
    OWNER: _owner,
    ITEM: _items,
    CUSTOMER: _customers,
    LOT: _lots,
    STOCK: _stock,
    STOCK_WEIGHT: _weights,
    SALES_ORDER: _sales_orders,
    RECEIPT: _receipts,
    SERIAL: _serials,
    EARLY_CANCEL: _cancels,
    CONTINUING: _progress,
    OWNER_CLOCK: _clock,
    AVAILABILITY: _told,
    LAST_SHIPPED: _last_shipped,
    KPI: _kpis,
}
