"""What changes when kits are put together or taken apart, and when goods are made of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.applying.documents import keep
from lotstream.domain.applying.rows import book_row, change_row, know_lot
from lotstream.domain.booked_under import document_of
from lotstream.domain.events import KitAssembled, KitBroken, ProductionRecorded
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Booked, Receipt, RowKey, Serial, SerialKey, SerialState


def _made_of(ledger: Ledger, event: KitAssembled | KitBroken | ProductionRecorded) -> None:
    document = keep(ledger, Receipt(document_of(event), event.site, final=True))
    for used in event.used:
        document.lines[used.line] = Booked(used.row, -used.quantity)
        change_row(ledger, used.row, on_hand=-used.quantity)
        _note_numbers(ledger, used.serials, used.row, SerialState.USED)
    for made in event.made:
        document.lines[made.line] = Booked(made.row, made.quantity)
        if made.lot is not None:
            know_lot(ledger, made.lot)
        book_row(ledger, made)
        _note_numbers(ledger, made.serials, made.row, SerialState.IN_STOCK)


def _note_numbers(ledger: Ledger, numbers: tuple[str, ...], row: RowKey, state: SerialState) -> None:
    for number in numbers:
        ledger.know_serial(Serial(SerialKey(number, row.sku), state, row))


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    KitAssembled: _made_of,
    KitBroken: _made_of,
    ProductionRecorded: _made_of,
}
