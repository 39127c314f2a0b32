"""What announcements and inspections of returns change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.applying.documents import keep, receipt_under
from lotstream.domain.applying.rows import change_row, note_received
from lotstream.domain.events import (
    CounterfeitSuspected,
    ReturnAnnounced,
    ReturnInspected,
    ShipmentProgressed,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import SHIPMENT, Receipt, ReceiptKey, Shipment
from lotstream.domain.paper import RETURN, RETURN_INSPECTION


def _inspected(ledger: Ledger, event: ReturnInspected) -> None:
    key, returned = ReceiptKey(RETURN_INSPECTION, event.inspection), ReceiptKey(RETURN, event.number)
    receipt_under(ledger, key, site=event.site).lines.update(event.booked)
    keep(ledger, ledger.booked(returned, Receipt)).came = event.came
    for move in event.moves:
        change_row(ledger, move.row, on_hand=-move.quantity)
        change_row(ledger, move.to, on_hand=move.quantity)
        note_received(ledger, move.to, move.received)
    for change in (*event.scrapped, *event.sent_back):
        change_row(ledger, change.row, on_hand=change.quantity)
    for unit in event.units:
        ledger.know_serial(unit)


def _announced(ledger: Ledger, event: ReturnAnnounced) -> None:
    keep(ledger, event.expected)


def _progressed(ledger: Ledger, event: ShipmentProgressed) -> None:
    shipment = keep(ledger, ledger.booked(ReceiptKey(SHIPMENT, event.shipment), Shipment))
    if not event.told:
        shipment.road = event.road
    if event.apart is not None:
        shipment.apart = event.apart


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    ReturnInspected: _inspected,
    ReturnAnnounced: _announced,
    ShipmentProgressed: _progressed,
    CounterfeitSuspected: lambda _ledger, _event: None,
}
