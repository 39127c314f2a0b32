"""What events about facts change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lotstream.domain.applying.documents import keep
from lotstream.domain.events import (
    CustomerDefined,
    DayContinued,
    ItemDefined,
    OwnerDefined,
    OwnerHeld,
    OwnerReleased,
    SettingsChanged,
    SupplierDefined,
)
from lotstream.domain.gtins import gtin_14
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Settings, Tracking
from lotstream.domain.numbers import Numbers
from lotstream.domain.places_for import note_rules
from lotstream.domain.progress import Scope
from lotstream.domain.shelves import derived_of, item_changed


def _owner_defined(ledger: Ledger, event: OwnerDefined) -> None:
    _new_settings(ledger, replace(ledger.settings, sites=event.sites, closed=False))


def _settings_changed(ledger: Ledger, event: SettingsChanged) -> None:
    _new_settings(ledger, event.settings)


def _new_settings(ledger: Ledger, settings: Settings) -> None:
    horizon, ledger.settings = ledger.settings.allocate_days_ahead, settings
    ledger.touched.owner = True
    if horizon != settings.allocate_days_ahead:
        ledger.count_days_anew()
    if ledger.orders:
        ledger.look_again(Scope(everything=True))


def _owner_held(ledger: Ledger, event: OwnerHeld) -> None:
    _new_settings(ledger, replace(ledger.settings, holds=(*ledger.settings.holds, event.hold)))


def _owner_released(ledger: Ledger, event: OwnerReleased) -> None:
    left = tuple(known for known in ledger.settings.holds if known.hold.id not in event.holds)
    lifted = event.lifted or ledger.settings.lifted
    recalls = tuple(rule for rule in ledger.settings.recalls if rule.hold.id not in event.holds)
    _new_settings(ledger, replace(ledger.settings, holds=left, lifted=lifted, recalls=recalls))


def _item_defined(ledger: Ledger, event: ItemDefined) -> None:
    gtins = derived_of(ledger).gtins
    known = ledger.items.get(event.item.sku)
    for gtin in known.gtins if known is not None else ():
        gtins.pop(gtin_14(gtin), None)
    gtins.update(dict.fromkeys(map(gtin_14, event.item.gtins), event.item.sku))
    ledger.items[event.item.sku] = event.item
    note_rules(ledger, known, event.item)
    ledger.weighs = ledger.weighs or event.item.catch_weight
    if known is not None and known.documents != event.item.documents:
        item_changed(ledger, event.item.sku)
        if ledger.orders:
            ledger.look_again(Scope(everything=True))
    ledger.touched.items.add(event.item.sku)
    if event.item.tracking is Tracking.SERIAL and derived_of(ledger).numbers is None:
        derived_of(ledger).numbers = Numbers(ledger.orders.values())
    if derived_of(ledger).waiting.anybody(event.item.sku):
        ledger.look_again(ledger.progress.due.with_rules(skus=(event.item.sku,)))


def _customer_defined(ledger: Ledger, event: CustomerDefined) -> None:
    known = ledger.customers.get(event.customer.id)
    ledger.customers[event.customer.id] = event.customer
    ledger.touched.customers.add(event.customer.id)
    waits = known is not None and known.allocate_days_ahead != event.customer.allocate_days_ahead
    waits = waits and ledger.count_days_anew(event.customer.id)
    if waits or derived_of(ledger).waiting.anybody_of(event.customer.id):
        ledger.look_again(ledger.progress.due.with_rules(customers=(event.customer.id,)))


def _supplier_defined(ledger: Ledger, event: SupplierDefined) -> None:
    keep(ledger, event.supplier)


def _day_continued(ledger: Ledger, event: DayContinued) -> None:
    ledger.progress = event.progress
    ledger.touched.progress = True


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    OwnerDefined: _owner_defined,
    SettingsChanged: _settings_changed,
    OwnerHeld: _owner_held,
    OwnerReleased: _owner_released,
    ItemDefined: _item_defined,
    CustomerDefined: _customer_defined,
    SupplierDefined: _supplier_defined,
    DayContinued: _day_continued,
}
