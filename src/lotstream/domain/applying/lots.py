"""What changes when goods are of another lot than before, or something else is known of a lot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from lotstream.domain.applying.documents import keep
from lotstream.domain.applying.rows import change_row, know_lot, note_received, order_touched
from lotstream.domain.booked_under import document_of
from lotstream.domain.events import Became, ItemRenamed, LotCorrected, LotsMerged, LotSplit
from lotstream.domain.gtins import gtin_14
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Item, Lot, LotMore, LotName, Notice, Order
from lotstream.domain.names import Names
from lotstream.domain.relotting import Called, orders_of, orders_of_item, renamed
from lotstream.domain.shelves import derived_of, row_changed


def _lot_corrected(ledger: Ledger, event: LotCorrected) -> None:
    _note(ledger, event)
    now = LotName(event.lot.sku, event.lot.lot)
    know_lot(ledger, event.lot)
    if now != event.was:
        become(ledger, {event.was: now}, event.rows)


def _lots_merged(ledger: Ledger, event: LotsMerged) -> None:
    _note(ledger, event)
    know_lot(ledger, event.lot)
    now = LotName(event.lot.sku, event.lot.lot)
    become(ledger, dict.fromkeys(event.was, now), event.rows)


def _lot_split(ledger: Ledger, event: LotSplit) -> None:
    _note(ledger, event)
    for lot in event.lots if event.whole is None else (event.whole, *event.lots):
        know_lot(ledger, lot)
    for one in event.rows:
        change_row(ledger, one.row, on_hand=-one.quantity)
        change_row(ledger, one.to, on_hand=one.quantity)


def _note(ledger: Ledger, event: LotCorrected | LotsMerged | LotSplit) -> None:
    keep(ledger, Notice(document_of(event), event.content))


def _item_renamed(ledger: Ledger, event: ItemRenamed) -> None:
    old, now = ledger.items[event.sku], event.item
    # What is left of it is its name, so that nobody else may have it, and how it was counted.
    ledger.items[old.sku] = Item(
        old.sku, old.version, old.tracking, old.base_unit, old.decimals, rebased=old.rebased
    )  # fmt: skip
    _know_item(ledger, now)
    derived = derived_of(ledger)
    derived.gtins.update(dict.fromkeys(map(gtin_14, now.gtins), now.sku))
    ledger.touched.items.add(old.sku)
    mine = [lot for lot in ledger.lots.values() if lot.sku == old.sku]
    called = {LotName(lot.sku, lot.lot): LotName(now.sku, lot.lot) for lot in mine}
    names = Names.of({LotName(old.sku, ""): LotName(now.sku, "")})
    for lot in mine:
        know_lot(ledger, names.now(lot))
    _move_rows(ledger, event.rows)
    for order in list(orders_of_item(ledger, old.sku)):
        _renamed(ledger, order, names)
    for was, is_now in called.items():
        know_lot(ledger, Lot(was.sku, was.lot, more=LotMore(into=is_now)))
    _name_elsewhere(ledger, old.sku, names)
    _names_changed(ledger)
    ledger.look_again(ledger.progress.due.with_rules(skus=(now.sku,)))


def _name_elsewhere(ledger: Ledger, sku: str, names: Names) -> None:
    """Call an item by its new SKU where kits, recipes and customers name it, and where people were told of it."""
    for item in list(ledger.items.values()):
        if (now := names.now(item)) is not item and item.sku != sku:
            _know_item(ledger, now)
    for customer in list(ledger.customers.values()):
        if (theirs := names.now(customer)) is not customer:
            ledger.customers[customer.id] = theirs
            ledger.touched.customers.add(customer.id)
    hinted = tuple(sorted(names.sku(one) for one in ledger.progress.hinted))
    if hinted != ledger.progress.hinted:
        ledger.progress = replace(ledger.progress, hinted=hinted)
        ledger.touched.progress = True
    for (who, of), day in list(ledger.last_shipped.items()):
        if of == sku:
            ledger.last_shipped[who, names.sku(sku)] = day
            ledger.touched.last_shipped.add((who, names.sku(sku)))


def _know_item(ledger: Ledger, item: Item) -> None:
    ledger.items[item.sku] = item
    ledger.touched.items.add(item.sku)


def become(ledger: Ledger, called: Called, rows: Iterable[Became]) -> None:
    """Make goods those of another lot, which is known, with all that is promised of them and all that names them."""
    _move_rows(ledger, rows)
    names = Names.of(called)
    for order in list(orders_of(ledger, called)):
        _renamed(ledger, order, names)
    for was, is_now in called.items():
        know_lot(ledger, Lot(was.sku, was.lot, more=LotMore(into=is_now)))
    _names_changed(ledger)


def _move_rows(ledger: Ledger, rows: Iterable[Became]) -> None:
    for one in rows:
        row = ledger.stock[one.row]
        promised, elsewhere, received = row.reserved, row.promised_elsewhere, row.received
        change_row(ledger, one.to, on_hand=one.quantity, reserved=promised)
        note_received(ledger, one.to, received)
        change_row(ledger, one.row, on_hand=-one.quantity, reserved=-promised)
        row.promised_elsewhere -= elsewhere
        ledger.stock[one.to].promised_elsewhere += elsewhere
        row_changed(ledger, one.row)
        row_changed(ledger, one.to)


def _renamed(ledger: Ledger, order: Order, names: Names) -> None:
    now = ledger.orders[order.key] = renamed(names, order)
    order_touched(ledger, now)


def _names_changed(ledger: Ledger) -> None:
    derived = derived_of(ledger)
    derived.names = Names(ledger.items, ledger.lots) or None
    derived.affected = None


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    LotCorrected: _lot_corrected,
    LotsMerged: _lots_merged,
    ItemRenamed: _item_renamed,
    LotSplit: _lot_split,
}
