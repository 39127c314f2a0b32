"""What packing changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.applying.documents import keep
from lotstream.domain.applying.rows import any_order, order_touched
from lotstream.domain.events import OrderPacked, PackagesChanged
from lotstream.domain.ledger import Ledger
from lotstream.domain.reservations import note_packed


def _packages_changed(ledger: Ledger, event: PackagesChanged) -> None:
    for document in (*event.packages, *(() if event.counter is None else (event.counter,))):
        keep(ledger, document)


def _order_packed(ledger: Ledger, event: OrderPacked) -> None:
    order = any_order(ledger, event.key)
    for content in event.contents:
        note_packed(order, content, sign=-1 if event.unpacked else 1)
    order.state = event.state
    order_touched(ledger, order)


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    PackagesChanged: _packages_changed,
    OrderPacked: _order_packed,
}
