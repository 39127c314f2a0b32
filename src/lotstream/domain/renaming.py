"""An item gets another SKU: everything of it goes along, and the old SKU goes on meaning it."""

from __future__ import annotations

from dataclasses import replace

from lotstream.domain.codes import Code, Refused
from lotstream.domain.commands import Moment, RenameItem
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, ItemRenamed
from lotstream.domain.ledger import Ledger
from lotstream.domain.letting_go import let_all_go
from lotstream.domain.model import Item, Tracking
from lotstream.domain.relotting import orders_of_item, rows_of_item
from lotstream.domain.shelves import derived_of
from lotstream.domain.waiting import SKU


def rename_item(ledger: Ledger, command: RenameItem, moment: Moment) -> tuple[Event, ...]:
    """Decide item.renamed; told again it changes nothing. Orders held for the new SKU go on in the same decision.

    Whoever waits for goods under the new SKU is served with the next part of what the owner has to look at again.
    """
    if command.sku == command.to_sku:
        return ()
    item = _item_meant(ledger, command)
    former = (*(sku for sku in item.former if sku != command.to_sku), item.sku)
    now = replace(item, sku=command.to_sku, former=former)
    rows = rows_of_item(ledger, item.sku, command.to_sku)
    orders = tuple(sorted(order.key for order in orders_of_item(ledger, item.sku)))
    draft = Draft(ledger, moment)
    draft.items[now.sku] = now
    at = command.occurred_at or moment.recorded_at
    event = ItemRenamed(item.sku, now, command.by, at, command.reason, rows, orders)
    return event, *let_all_go(draft, [(SKU, now.sku)])


def _item_meant(ledger: Ledger, command: RenameItem) -> Item:
    """Return the item that is to be called otherwise; raises `Refused` where it cannot be."""
    item = ledger.items.get(command.sku)
    if item is None:
        raise Refused(Code.UNKNOWN_ITEM, "sku", f"{command.sku} is not defined; check the item.")
    names, to_sku = ledger.names(), command.to_sku
    now = to_sku if names is None else names.sku(to_sku)
    taken = now != to_sku or to_sku in ledger.items or derived_of(ledger).sites_of.get(to_sku)
    # A SKU that it had itself it may have again.
    if taken and now != command.sku:
        message = f"{to_sku} is or was another item; choose another SKU."
        raise Refused(Code.CONFLICTING_CONTENT, "to_sku", message)
    if item.tracking is Tracking.SERIAL:
        message = f"{item.sku} is tracked by serial number; its units are known by its SKU, which has to stay."
        raise Refused(Code.FIELD_INVALID, "sku", message)
    return item
