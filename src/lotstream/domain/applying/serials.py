"""Which serial numbers an event changes: they must be in ``ledger.serials`` before it is applied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from lotstream.domain.events import (
    Event,
    ReceiptCorrected,
    ReturnInspected,
    SerialHeld,
    SerialReleased,
    ShipmentImported,
    StockAdjusted,
    TitleReleased,
    TransferReceived,
    TransferShipped,
)
from lotstream.domain.model import SerialKey


def serials_in(event: Event) -> Iterator[SerialKey]:
    """Yield the serial numbers of goods that an event brings in, gives back, picks, ships or holds."""
    if isinstance(event, SerialHeld | SerialReleased):
        yield event.unit.key
    if isinstance(event, TransferShipped | TransferReceived | TitleReleased | StockAdjusted | ReturnInspected):
        yield from (unit.key for unit in event.units)
    if isinstance(event, ReceiptCorrected):
        yield from (unit.key for change in event.changes for unit in change.units)
    if isinstance(event, ShipmentImported):
        yield from (SerialKey(number, one.sku) for one in event.shipped for number in one.serials)
    for field in fields(event):
        parts = getattr(event, field.name)
        for part in parts if isinstance(parts, tuple) else ():
            for number in getattr(part, "serials", ()):
                yield SerialKey(number, part.row.sku)
