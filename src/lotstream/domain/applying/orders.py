"""What events about orders change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotstream.domain.applying.rows import any_order, give_back, order_touched, reserve
from lotstream.domain.by_lot import join_tasks
from lotstream.domain.cancelling import cancel_lines
from lotstream.domain.events import (
    CancelRemembered,
    HeldNoticed,
    OrderAllocated,
    OrderCancelled,
    OrderChanged,
    OrderClosed,
    OrderRecorded,
    PromisesReleased,
    ReservationFreed,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.reservations import drop_freed, note_reserved
from lotstream.domain.shelves import derived_of


def _order_recorded(ledger: Ledger, event: OrderRecorded) -> None:
    order = event.order
    ledger.closed.pop(order.key, None)
    ledger.orders[order.key] = order
    if ledger.cancels.pop(order.key, None) is not None:
        ledger.touched.cancels.add(order.key)
    reserve(ledger, event.decisions)
    order_touched(ledger, order)


def _order_changed(ledger: Ledger, event: OrderChanged) -> None:
    ledger.orders[event.order.key] = event.order
    # It may stand elsewhere in the queue now.
    derived_of(ledger).affected = None
    give_back(ledger, event.freed)
    reserve(ledger, event.decisions)
    if ledger.sites.lot_tasks:
        join_tasks(event.order.lines)
    order_touched(ledger, event.order)


def _order_allocated(ledger: Ledger, event: OrderAllocated) -> None:
    order = ledger.orders[event.key]
    order.state, order.ahead = event.state, False
    order.site, order.site_chosen = event.site, event.site_chosen
    note_reserved(order, event.decisions)
    reserve(ledger, event.decisions)
    if ledger.sites.lot_tasks:
        join_tasks(order.lines)
    order_touched(ledger, order)


def _order_cancelled(ledger: Ledger, event: OrderCancelled | OrderClosed) -> None:
    order = any_order(ledger, event.key)
    drop_freed(order, event.freed)
    cancel_lines(order, event.lines)
    order.state = event.state
    if event.version is not None:
        order.version = event.version
    give_back(ledger, event.freed)
    order_touched(ledger, order)


def _cancel_remembered(ledger: Ledger, event: CancelRemembered) -> None:
    ledger.cancels[event.key] = (event.version, event.lines)
    ledger.touched.cancels.add(event.key)


def _promises_released(ledger: Ledger, event: PromisesReleased) -> None:
    order = any_order(ledger, event.key)
    drop_freed(order, event.freed)
    give_back(ledger, event.freed)
    order.state, order.ahead = event.state, event.ahead
    order_touched(ledger, order)


def _held_noticed(ledger: Ledger, event: HeldNoticed) -> None:
    order = any_order(ledger, event.key)
    order.held_told = True
    order_touched(ledger, order)


def _reservation_freed(ledger: Ledger, event: ReservationFreed) -> None:
    order = any_order(ledger, event.key)
    for freed in (event.freed, event.settled):
        drop_freed(order, freed)
        give_back(ledger, freed)
    order.state = event.state
    order_touched(ledger, order)


#: What each event of this room changes.
APPLIERS: dict[type, Callable[[Ledger, Any], None]] = {
    OrderRecorded: _order_recorded,
    OrderChanged: _order_changed,
    OrderAllocated: _order_allocated,
    OrderCancelled: _order_cancelled,
    OrderClosed: _order_cancelled,
    CancelRemembered: _cancel_remembered,
    HeldNoticed: _held_noticed,
    PromisesReleased: _promises_released,
    ReservationFreed: _reservation_freed,
}
