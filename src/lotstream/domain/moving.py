"""Reservations stay where they are, except where their stock may no longer be used: then they move at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lotstream.domain.changing import hand_back
from lotstream.domain.codes import NotUsed, Refusal
from lotstream.domain.commands import ContinueDay, Moment
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, Freed, ReservationFreed
from lotstream.domain.filling import fill
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderLine, Reservation, RowKey
from lotstream.domain.reservations import copy_order, drop_freed, give_back, give_back_all, staged_key
from lotstream.domain.shelves import derived_of
from lotstream.domain.sums import state_of
from lotstream.domain.waiting import queue_key


def move_off(
    draft: Draft,
    objection: Callable[[Reservation], NotUsed | None],
    *,
    picked_too: bool = False,
    also: Iterable[str] = (),
) -> tuple[Event, ...]:
    """Give back every promise there is an objection to, and allocate those orders again at once, in queue order.

    What is picked stays with its order unless ``picked_too``. This does not wait for a request. ``also`` names goods of
    which more may have come free.
    """
    moved: list[ReservationFreed] = []
    for order in _promised_orders(draft):
        freed: list[Freed] = []
        reasons: list[NotUsed] = []
        for line in order.lines:
            for part in line.reservations:
                objected = objection(part)
                unpicked = part.quantity - part.picked
                if objected is None or (unpicked == 0 and not picked_too):
                    continue
                reasons.append(objected)
                freed += give_back_all(line, only=[part]) if picked_too else give_back(line, unpicked, [part])
        if freed:
            moved.append(_free(draft, order, freed, reasons[0]))
    skus = {loss.row.sku for event in moved for loss in event.freed}.union(also)
    return *moved, *fill(draft, skus, moved=[event.key for event in moved])


def take_back(draft: Draft, missing: dict[RowKey, int]) -> list[ReservationFreed]:
    """Give back what rows can no longer keep; the caller has those orders allocated again at once.

    ``missing`` says how many smallest units each row is short of what is promised of it. The back of the queue loses
    first.
    """
    moved: list[ReservationFreed] = []
    for order in reversed(_promised_orders(draft)):
        freed = [
            loss
            for line in reversed(order.lines)
            for part in reversed(line.reservations)
            if (loss := _loss(line, part, missing)) is not None
        ]
        if freed:
            moved.insert(0, _free(draft, order, freed, NotUsed.LOT_TOO_SMALL))
    return moved


def _loss(line: OrderLine, part: Reservation, missing: dict[RowKey, int]) -> Freed | None:
    staged = staged_key(part.row, part.staged_at)
    unpicked = min(missing.get(part.row, 0), part.quantity - part.picked)
    picked = min(missing.get(staged, 0), part.picked)
    if unpicked + picked == 0:
        return None
    for row, units in ((part.row, unpicked), (staged, picked)):
        missing[row] = missing.get(row, 0) - units
    quantity = unpicked + picked
    return Freed(line.line, part.task, part.row, quantity, part.quantity - quantity, picked, part.staged_at)


def _promised_orders(draft: Draft) -> list[Order]:
    """Return the orders that have anything promised, in queue order."""
    promised = [order for order in draft.ledger.orders.values() if any(line.reservations for line in order.lines)]
    return sorted(promised, key=queue_key)


def _free(draft: Draft, order: Order, freed: list[Freed], reason: NotUsed) -> ReservationFreed:
    after = draft.orders[order.key] = copy_order(order)
    drop_freed(after, freed)
    after.state = state_of(after, decided=True)
    hand_back(draft, freed)
    return ReservationFreed(order.key, after.state, tuple(freed), reason)


def continue_day(ledger: Ledger, command: ContinueDay, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide day.continued: what is promised at a site and may no longer be used there today is moved.

    That is what expired with the turn of the day, and what lies in a bin that is on hold or no longer for picking. What
    a bin that was let go makes free goes to whoever waits.
    """
    draft = Draft(ledger, moment)

    def objection(part: Reservation) -> NotUsed | None:
        return draft.candidate(part.row).reason if part.row.site == command.site else None

    return move_off(draft, objection, also=derived_of(ledger).waiting.skus())
