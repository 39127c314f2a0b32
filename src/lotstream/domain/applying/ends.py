"""What events about beginnings and ends change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lotstream.domain.applying.documents import keep, shipment_under
from lotstream.domain.applying.rows import know_lot, order_touched
from lotstream.domain.events import ComparisonRecorded, OwnerClosed, PersonsErased, ShipmentImported, SnapshotTaken
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Serial, SerialKey, SerialState


def _persons_erased(ledger: Ledger, event: PersonsErased) -> None:
    """Keep the request; the ledger knows keys alone, and the table of personal data is none of its own."""
    keep(ledger, event.notice)


def _told(ledger: Ledger, event: SnapshotTaken | ComparisonRecorded) -> None:
    keep(ledger, event.notice)


def _owner_closed(ledger: Ledger, _event: OwnerClosed) -> None:
    ledger.settings = replace(ledger.settings, closed=True)
    ledger.touched.owner = True


def _shipment_imported(ledger: Ledger, event: ShipmentImported) -> None:
    for lot in event.lots:
        know_lot(ledger, lot)
    for one in event.shipped:
        for number in one.serials:
            key, who = SerialKey(number, one.sku), (event.key.source, event.key.order, one.line)
            left = (event.shipment, event.at, event.customer)
            ledger.know_serial(Serial(key, SerialState.SHIPPED, one.row, *who, *left))
    shipment = shipment_under(ledger, event.shipment, site=event.site)
    shipment.parts = (*shipment.parts, event.part)
    if event.order.key in ledger.orders:
        # What was taken back of it has opened it again.
        ledger.orders[event.order.key] = event.order
    order_touched(ledger, event.order)


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    PersonsErased: _persons_erased,
    SnapshotTaken: _told,
    ComparisonRecorded: _told,
    OwnerClosed: _owner_closed,
    ShipmentImported: _shipment_imported,
}
