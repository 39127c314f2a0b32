"""Reservations stay where they are, except where their stock may no longer be used: then they move at once."""

from __future__ import annotations

from collections.abc import Callable

from lotstream.domain.changing import hand_back
from lotstream.domain.codes import NotUsed, Refusal
from lotstream.domain.commands import ContinueDay, Moment
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, Freed, ReservationFreed
from lotstream.domain.filling import fill
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, Reservation
from lotstream.domain.reservations import copy_order, drop_freed, give_back, give_back_all
from lotstream.domain.sums import state_of
from lotstream.domain.waiting import queue_key


def move_off(
    draft: Draft, objection: Callable[[Reservation], NotUsed | None], *, picked_too: bool = False
) -> tuple[Event, ...]:
    """Give back every promise there is an objection to, and allocate those orders again at once, in queue order.

    What is picked stays with its order unless ``picked_too``. This does not wait for a request.
    """
    promised = [order for order in draft.ledger.orders.values() if any(line.reservations for line in order.lines)]
    moved: list[ReservationFreed] = []
    for order in sorted(promised, key=queue_key):
        event = _move_order(draft, order, objection, picked_too=picked_too)
        if event is not None:
            moved.append(event)
    if not moved:
        return ()
    skus = {loss.row.sku for event in moved for loss in event.freed}
    return *moved, *fill(draft, skus, moved=[event.key for event in moved])


def _move_order(
    draft: Draft, order: Order, objection: Callable[[Reservation], NotUsed | None], *, picked_too: bool
) -> ReservationFreed | None:
    freed: list[Freed] = []
    reason: NotUsed | None = None
    for line in order.lines:
        for part in line.reservations:
            objected = objection(part)
            if objected is None:
                continue
            reason = reason or objected
            if picked_too:
                freed += give_back_all(line, only=[part])
            else:
                freed += give_back(line, part.quantity - part.picked, latest_first=[part])
    if not freed or reason is None:
        return None
    after = draft.orders[order.key] = copy_order(order)
    drop_freed(after, freed)
    after.state = state_of(after, decided=True)
    hand_back(draft, freed)
    return ReservationFreed(order.key, after.state, tuple(freed), reason)


def continue_day(ledger: Ledger, command: ContinueDay, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide day.continued: what is promised at a site and may no longer be used there today is moved.

    That is what expired with the turn of the day, and what lies in a bin that is on hold or no longer for picking.
    """
    draft = Draft(ledger, moment)

    def objection(part: Reservation) -> NotUsed | None:
        return (
            draft.candidate(part.row).reason if part.row.site == command.site and part.picked < part.quantity else None
        )

    return move_off(draft, objection)
