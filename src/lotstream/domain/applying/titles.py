"""What the change of goods from owner to owner changes in each ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.applying.documents import keep, receipt_under
from lotstream.domain.applying.rows import book_row, change_row, know_lot
from lotstream.domain.events import TitleAccepted, TitleReleased
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import TITLE, Booked, ReceiptKey, Serial, SerialKey, SerialState


def _released(ledger: Ledger, event: TitleReleased) -> None:
    keep(ledger, event.title)
    for line in event.title.lines:
        change_row(ledger, line.row, on_hand=-line.quantity)
    for unit in event.units:
        ledger.know_serial(unit)


def _accepted(ledger: Ledger, event: TitleAccepted) -> None:
    document = receipt_under(ledger, ReceiptKey(TITLE, event.number), site=event.site)
    for line in event.lines:
        document.lines[line.line] = Booked(line.row, line.quantity)
        if line.lot is not None:
            know_lot(ledger, line.lot)
        book_row(ledger, line)
        for number in line.serials:
            ledger.know_serial(Serial(SerialKey(number, line.row.sku), SerialState.IN_STOCK, line.row))


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {TitleReleased: _released, TitleAccepted: _accepted}
