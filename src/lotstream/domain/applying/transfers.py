"""What the way of goods from site to site changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.applying.documents import keep
from lotstream.domain.applying.rows import book_row, change_row, know_lot, note_received
from lotstream.domain.events import Relocated, TransferReceived, TransferShipped
from lotstream.domain.ledger import Ledger


def _shipped(ledger: Ledger, event: TransferShipped) -> None:
    keep(ledger, event.transfer)
    _move(ledger, event.moves)
    for change in event.arrived:
        change_row(ledger, change.row, on_hand=change.quantity)
    for unit in event.units:
        ledger.know_serial(unit)


def _received(ledger: Ledger, event: TransferReceived) -> None:
    keep(ledger, event.transfer)
    _move(ledger, event.moves)
    for line in event.over:
        if line.lot is not None:
            know_lot(ledger, line.lot)
        book_row(ledger, line)
    for change in event.missing:
        change_row(ledger, change.row, on_hand=change.quantity)
    for unit in event.units:
        ledger.know_serial(unit)


def _move(ledger: Ledger, moves: tuple[Relocated, ...]) -> None:
    for move in moves:
        change_row(ledger, move.row, on_hand=-move.quantity)
        change_row(ledger, move.to, on_hand=move.quantity)
        note_received(ledger, move.to, move.received)


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {TransferShipped: _shipped, TransferReceived: _received}
