"""What events about beginnings and ends change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lotstream.domain.applying.rows import know_lot, order_touched
from lotstream.domain.events import ComparisonRecorded, OwnerClosed, PersonsErased, ShipmentImported, SnapshotTaken
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import SHIPMENT, Notice, ReceiptKey, Serial, SerialKey, SerialState, Shipment


def _persons_erased(ledger: Ledger, event: PersonsErased) -> None:
    """Keep the request; the ledger knows keys alone, and the table of personal data is none of its own."""
    _keep(ledger, event.notice)


def _keep(ledger: Ledger, notice: Notice) -> None:
    ledger.receipts[notice.key] = notice
    ledger.touched.receipts.add(notice.key)


def _told(ledger: Ledger, event: SnapshotTaken | ComparisonRecorded) -> None:
    _keep(ledger, event.notice)


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
    name = ReceiptKey(SHIPMENT, event.shipment)
    shipment = ledger.document(name, Shipment)
    if shipment is None:
        shipment = ledger.receipts[name] = Shipment(name, event.site)
    shipment.parts = (*shipment.parts, event.part)
    ledger.touched.receipts.add(name)
    order_touched(ledger, event.order)


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    PersonsErased: _persons_erased,
    SnapshotTaken: _told,
    ComparisonRecorded: _told,
    OwnerClosed: _owner_closed,
    ShipmentImported: _shipment_imported,
}
