"""Holds on a lot: placed, with everything promised of it moved to other stock; and lifted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lotstream.domain.changing import hand_back
from lotstream.domain.codes import Code, NotUsed, Refusal
from lotstream.domain.commands import LiftHold, Moment, PlaceHold
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, Freed, HoldLifted, HoldPlaced, ReservationFreed
from lotstream.domain.filling import fill
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Hold, HoldKind, Lot, Order, OrderLine
from lotstream.domain.reservations import copy_order, drop_freed, give_back, give_back_all
from lotstream.domain.slot import hold_reason
from lotstream.domain.sums import state_of
from lotstream.domain.waiting import queue_key


def place_hold(ledger: Ledger, command: PlaceHold, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide hold.placed on a lot.

    What is promised of the lot and not picked is given back, and those orders are allocated again at once, in queue
    order, whether the owner allocates at once or on request. What is picked is kept, but cannot be shipped while the
    hold lasts; a recall takes that as well. The same hold told again changes nothing.
    """
    lot = _find(ledger, command.sku, command.lot)
    if isinstance(lot, Refusal):
        return lot
    if any(hold.id == command.hold for hold in lot.holds):
        return ()
    hold = Hold(command.hold, command.kind, command.reason)
    draft = Draft(ledger, moment)
    held = replace(lot, holds=(*lot.holds, hold))
    draft.know_lot(held)
    reason = hold_reason(held) or NotUsed.HOLD
    moved = _move_off(draft, lot, reason, picked_too=command.kind is HoldKind.RECALL)
    filled = fill(draft, [lot.sku], moved=[event.key for event in moved]) if moved else ()
    return HoldPlaced(lot.sku, lot.lot, hold), *moved, *filled


def _move_off(draft: Draft, lot: Lot, reason: NotUsed, *, picked_too: bool) -> list[ReservationFreed]:
    events = []
    for order in sorted(_promised(draft.ledger.orders.values(), lot), key=queue_key):
        freed = [loss for line in order.lines for loss in _of_lot(line, lot, picked_too=picked_too)]
        if not freed:
            continue
        after = draft.orders[order.key] = copy_order(order)
        drop_freed(after, freed)
        after.state = state_of(after, decided=True)
        hand_back(draft, freed)
        events.append(ReservationFreed(order.key, after.state, tuple(freed), reason))
    return events


def _promised(orders: Iterable[Order], lot: Lot) -> list[Order]:
    return [order for order in orders if any(line.sku == lot.sku and line.reservations for line in order.lines)]


def _of_lot(line: OrderLine, lot: Lot, *, picked_too: bool) -> list[Freed]:
    mine = [part for part in line.reservations if (part.row.sku, part.row.lot) == (lot.sku, lot.lot)]
    if picked_too:
        return give_back_all(line, only=mine)
    return give_back(line, sum(part.quantity - part.picked for part in mine), latest_first=mine)


def lift_hold(ledger: Ledger, command: LiftHold, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide hold.lifted: one hold of a lot, or all of them when none is named; then whoever waits is served."""
    lot = _find(ledger, command.sku, command.lot)
    if isinstance(lot, Refusal):
        return lot
    lifted = tuple(hold.id for hold in lot.holds if command.hold in (None, hold.id))
    if not lifted:
        return ()
    draft = Draft(ledger, moment)
    draft.know_lot(replace(lot, holds=tuple(hold for hold in lot.holds if hold.id not in lifted)))
    return HoldLifted(lot.sku, lot.lot, lifted), *fill(draft, [lot.sku])


def _find(ledger: Ledger, sku: str | None, number: str) -> Lot | Refusal:
    """Return the lot that is meant; without a SKU its number must be enough."""
    if sku is not None:
        found = [lot for lot in (ledger.lots.get((sku, number)),) if lot is not None]
    else:
        found = list(ledger.lots_called(number))
    if not found:
        return Refusal(Code.UNKNOWN_LOT, "lot", f"Lot {number} is not known; check its number and SKU.")
    if len(found) > 1:
        skus = ", ".join(sorted(lot.sku for lot in found))
        return Refusal(Code.FIELD_MISSING, "sku", f"Lot {number} is a lot of {skus}; say which SKU.")
    return found[0]
