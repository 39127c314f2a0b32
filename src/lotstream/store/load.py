"""Reading state back: messages seen, whole owners, closed orders, and what a partition knows of sites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import (
    Answer,
    Customer,
    Document,
    Hold,
    Item,
    Location,
    Lot,
    LotMore,
    Order,
    OrderKey,
    OwnerClock,
    Question,
    ReceiptKey,
    RowKey,
    Serial,
    Settings,
    Site,
    StockRow,
    document_class,
)
from lotstream.domain.progress import Progress
from lotstream.store.claim import Claim
from lotstream.store.codec import decode
from lotstream.store.connection import Database
from lotstream.store.looking_back import look_back
from lotstream.store.rows import MessageKey, OwnerOrder, OwnerReceipt, OwnerSerial, OwnerSize
from lotstream.store.sql import queries

if TYPE_CHECKING:
    from asyncpg import Record

SQL = queries("load")

_SHARED: Final = ("site", "city", "region", "postcode", "country", "scac", "service", "customer")
"""Names on an order that many orders have in common."""


class State:
    """What the hub reads before it decides."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sites(self, claim: Claim) -> Sites:
        """Return sites and locations as of the claim's ``broadcast_seen``, and its today per site."""
        sites = [decode(row["body"], Site) for row in await self._database.fetch(SQL["sites"], claim.partition)]
        rows = await self._database.fetch(SQL["locations"], claim.partition)
        locations = [decode(row["body"], Location) for row in rows]
        return Sites(
            sites={site.id: site for site in sites},
            locations={(location.site, location.id): location for location in locations},
            today=dict(claim.today),
            turned=dict(claim.turned),
        )

    async def seen(self, keys: Sequence[MessageKey]) -> set[MessageKey]:
        """Return those message keys that were done or refused before."""
        if not keys:
            return set()
        sources, ids = zip(*keys, strict=True)
        rows = await self._database.fetch(SQL["seen"], sources, ids)
        return {(row["source"], row["message_id"]) for row in rows}

    async def owner_sizes(self, owners: Sequence[str]) -> dict[str, OwnerSize]:
        """Return how much `ledgers` would load for each owner; rows at zero that are not pruned yet count too."""
        rows = await self._database.fetch(SQL["owner_sizes"], owners)
        return {owner: OwnerSize(*counts) for owner, *counts in rows}

    async def ledgers(self, owners: Mapping[str, Sites]) -> dict[str, Ledger]:
        """Load whole owners, one query per table; an owner nobody has defined is an empty ledger.

        Of serial numbers, of which there is no end, come those that open orders speak of, and those of held stock.
        """
        ledgers = {owner: Ledger(owner=owner, sites=sites) for owner, sites in owners.items()}
        names = sorted(ledgers)
        for table, fill in _FILL.items():
            fill(ledgers, await self._database.fetch(SQL[table], names))
        spoken_of = [
            (name, number)
            for name, ledger in ledgers.items()
            if (numbers := ledger.index().numbers) is not None
            for number in sorted(numbers.all())
        ]
        held = [(row["owner"], row["serial"]) for row in await self._database.fetch(SQL["serials_held"], names)]
        for (name, number), units in (await self.serials([*spoken_of, *held])).items():
            ledgers[name].serials[number] = units
        return ledgers

    async def closed_orders(self, keys: Sequence[OwnerOrder]) -> dict[OwnerOrder, Order | None]:
        """Return closed orders by key; None for a key that the database does not have.

        A key whose order is open is left out: that order is in its owner's ledger.
        """
        found: dict[OwnerOrder, Order | None] = dict.fromkeys(keys)
        if not found:
            return found
        columns = zip(*((owner, key.source, key.order) for owner, key in found), strict=True)
        for row in await self._database.fetch(SQL["orders"], *columns):
            key = row["owner"], OrderKey(row["source"], row["order"])
            if row["open"]:
                del found[key]
            else:
                found[key] = decode(row["body"], Order)
        return found

    async def receipts(self, keys: Sequence[OwnerReceipt]) -> dict[OwnerReceipt, Document | None]:
        """Return what was booked under documents, by key; None for a key that the database does not have."""
        found: dict[OwnerReceipt, Document | None] = dict.fromkeys(keys)
        if not found:
            return found
        columns = zip(*((owner, key.kind, key.number) for owner, key in found), strict=True)
        for row in await self._database.fetch(SQL["receipts"], *columns):
            found[row["owner"], ReceiptKey(row["kind"], row["number"])] = decode(
                row["body"], document_class(row["kind"])
            )
        return found

    async def serials(self, keys: Sequence[OwnerSerial]) -> dict[OwnerSerial, dict[str, Serial]]:
        """Return the units of serial numbers by SKU; nothing under a number that the database does not have."""
        found: dict[OwnerSerial, dict[str, Serial]] = {key: {} for key in keys}
        if not found:
            return found
        for row in await self._database.fetch(SQL["serials"], *zip(*found, strict=True)):
            found[row["owner"], row["serial"]][row["sku"]] = decode(row["body"], Serial)
        return found

    async def history(self, owner: str, questions: Sequence[Question]) -> dict[Question, Answer]:
        """Return what is known of an owner's past, an answer for each question."""
        return await look_back(self._database, owner, questions)


def _fill_owners(ledgers: dict[str, Ledger], rows: list[Record]) -> None:
    for owner, settings in rows:
        ledgers[owner].settings = decode(settings, Settings)


def _fill_items(ledgers: dict[str, Ledger], rows: list[Record]) -> None:
    for owner, sku, body in rows:
        ledgers[owner].items[sku] = decode(body, Item)


def _fill_customers(ledgers: dict[str, Ledger], rows: list[Record]) -> None:
    for owner, customer, body in rows:
        ledgers[owner].customers[customer] = decode(body, Customer)


def _fill_last_shipped(ledgers: dict[str, Ledger], rows: list[Record]) -> None:
    for owner, customer, sku, expires in rows:
        ledgers[owner].last_shipped[customer, sku] = expires


def _fill_lots(ledgers: dict[str, Ledger], rows: list[Record]) -> None:
    # Many lots may have the same few facts in common.
    known: dict[str, LotMore] = {}
    for owner, sku, lot, expires, made, received, supplier, supplier_lot, holds, more in rows:
        ledgers[owner].lots[sku, lot] = Lot(
            sku=sku,
            lot=lot,
            expires=expires,
            made=made,
            received=received,
            supplier=supplier,
            supplier_lot=supplier_lot,
            holds=decode(holds, tuple[Hold, ...]) if holds != "[]" else (),
            more=None if more == "{}" else known.get(more) or known.setdefault(more, decode(more, LotMore)),
        )


def _fill_stock(ledgers: dict[str, Ledger], rows: list[Record]) -> None:
    # A million rows name the same few thousand SKUs and bins: each name is kept once.
    names: dict[object, object] = {}
    once = names.setdefault
    for row in rows:
        owner, *parts, on_hand, reserved, promised_elsewhere, received = row
        key = RowKey._make([once(part, part) if part.__class__ is str else part for part in parts])
        ledgers[owner].stock[key] = StockRow(key, on_hand, reserved, promised_elsewhere, received)


def _fill_weights(ledgers: dict[str, Ledger], rows: list[Record]) -> None:
    for owner, *parts, grams in rows:
        ledger, key = ledgers[owner], RowKey._make(parts)
        row = ledger.stock.get(key)
        ledger.weights[key if row is None else row.key] = grams


def _fill_open_orders(ledgers: dict[str, Ledger], rows: list[Record]) -> None:
    names: dict[object, Any] = {}
    for owner, body in rows:
        order = decode(body, Order)
        # A rebase writes open orders anew: they are of today, as all of memory, and events of them say no other.
        order.rebased = 0
        ledger = ledgers[owner]
        ledger.has_waves = _share_names(order, ledger.stock, names) or ledger.has_waves
        ledger.orders[order.key] = order


def _share_names(order: Order, stock: Mapping[RowKey, StockRow], names: dict[object, Any]) -> bool:
    """Let an order name SKUs, bins and places with the same objects as all others: half of its bytes are names.

    Returns whether a wave tells of any of it, since it looks at every promise.

    With four lines an order took 5.4 kB as it was decoded, and takes 3.0 kB like this (measured with tracemalloc).
    """
    once, waved = names.setdefault, False
    for name in _SHARED:
        value = getattr(order, name)
        if value is not None:
            setattr(order, name, once(value, value))
    for line in order.lines:
        line.line, line.sku = once(line.line, line.line), once(line.sku, line.sku)
        line.unit = once(line.unit, line.unit)
        for reservation in line.reservations:
            row = stock.get(reservation.row)
            reservation.row = once(reservation.row, reservation.row) if row is None else row.key
            waved = waved or reservation.wave is not None
    return waved


def _fill_early_cancels(ledgers: dict[str, Ledger], rows: list[Record]) -> None:
    for owner, source, order, version, lines in rows:
        ledgers[owner].cancels[OrderKey(source, order)] = (version, tuple(lines))


def _fill_progress(ledgers: dict[str, Ledger], rows: list[Record]) -> None:
    for owner, body in rows:
        ledgers[owner].progress = decode(body, Progress)


def _fill_clocks(ledgers: dict[str, Ledger], rows: list[Record]) -> None:
    for owner, due_at, tick, watched in rows:
        ledgers[owner].clock = OwnerClock(due_at, tick, watched)


def _fill_told(ledgers: dict[str, Ledger], rows: list[Record]) -> None:
    for owner, *name, quantity in rows:
        sku, site, channel = name
        ledgers[owner].told[sku, site, channel] = quantity


_FILL = {
    "owners": _fill_owners,
    "items": _fill_items,
    "customers": _fill_customers,
    "last_shipped": _fill_last_shipped,
    "lots": _fill_lots,
    "stock": _fill_stock,
    "weights": _fill_weights,
    "open_orders": _fill_open_orders,
    "early_cancels": _fill_early_cancels,
    "progress": _fill_progress,
    "clocks": _fill_clocks,
    "told": _fill_told,
}
