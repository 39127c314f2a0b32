"""Reservations stay where they are, except where their stock may no longer be used: then they move at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from lotstream.domain.agenda import Part, begin, may_not_be_kept, next_part
from lotstream.domain.changing import hand_back
from lotstream.domain.codes import NotUsed, Refusal
from lotstream.domain.commands import ContinueDay, Moment
from lotstream.domain.draft import Draft
from lotstream.domain.events import DayContinued, Event, Freed, ReservationFreed
from lotstream.domain.filling import fill, serve
from lotstream.domain.kits import skus_of
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderLine, Reservation, RowKey
from lotstream.domain.progress import Progress, Scope, Walk
from lotstream.domain.promised import LotKey
from lotstream.domain.reservations import copy_order, drop_freed, give_back, give_back_all, staged_key
from lotstream.domain.sums import backordered, state_of
from lotstream.domain.waiting import queue_key


def move_off(
    draft: Draft, lot: LotKey, objection: Callable[[Reservation], NotUsed | None], *, picked_too: bool = False
) -> tuple[Event, ...]:
    """Give back every promise of a lot that there is an objection to, and allocate those orders again, in queue order.

    What is picked stays with its order unless ``picked_too``. This does not wait for a request.
    """
    freed = (_move(draft, order, objection, picked_too=picked_too) for order in _orders_promised(draft, [lot]))
    moved = [event for event in freed if event is not None]
    skus = {loss.row.sku for event in moved for loss in event.freed}
    return *moved, *fill(draft, skus, moved=[event.key for event in moved])


def _move(
    draft: Draft, order: Order, objection: Callable[[Reservation], NotUsed | None], *, picked_too: bool = False
) -> ReservationFreed | None:
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
    return _free(draft, order, freed, reasons[0]) if freed else None


def take_back(draft: Draft, missing: dict[RowKey, int]) -> list[ReservationFreed]:
    """Give back what rows can no longer keep; the caller has those orders allocated again at once.

    ``missing`` says how many smallest units each row is short of what is promised of it. The back of the queue loses
    first.
    """
    moved: list[ReservationFreed] = []
    for order in reversed(_orders_promised(draft, [(row.sku, row.lot) for row in missing])):
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


def _orders_promised(draft: Draft, lots: Iterable[LotKey]) -> list[Order]:
    """Return the orders that have anything of these lots promised, in queue order."""
    ledger = draft.ledger
    return sorted((ledger.orders[key] for key in ledger.promised().of(lots)), key=queue_key)


def _free(draft: Draft, order: Order, freed: list[Freed], reason: NotUsed) -> ReservationFreed:
    after = draft.orders[order.key] = copy_order(order)
    drop_freed(after, freed)
    after.state = state_of(after, decided=True)
    hand_back(draft, freed)
    return ReservationFreed(order.key, after.state, tuple(freed), reason)


def continue_day(ledger: Ledger, command: ContinueDay, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide a part of what an owner has to look at again, of at most so many orders; nothing when nothing is due.

    What is promised and may no longer be used is moved: what expired with the turn of the day, what lies in a bin that
    is on hold or no longer for picking. What a bin that was let go, or a rule that was changed, makes free goes to
    whoever waits.
    """
    walk = ledger.progress.walk or begin(ledger)
    if walk is None:
        return ()
    draft = Draft(ledger, moment)
    part = next_part(draft, walk, command.orders_max)

    def objection(promise: Reservation) -> NotUsed | None:
        return draft.candidate(promise.row).reason if may_not_be_kept(draft, walk, promise) else None

    freed = (_move(draft, order, objection) for order in part.orders)
    moved = [event for event in freed if event is not None]
    orders = [draft.orders.get(order.key, order) for order in part.orders]
    wanted = {sku for order in orders for line in order.lines if backordered(line) for sku in skus_of(line)}
    served = serve(draft, [order.key for order in orders], {sku: draft.supply(sku) for sku in sorted(wanted)})
    return *moved, *served, DayContinued(_progress_after(ledger.progress, walk, part))


def _progress_after(before: Progress, walk: Walk, part: Part) -> Progress:
    # What became due while a walk is under way waits for the next: it would otherwise begin anew and never end.
    due = Scope() if before.walk is None else before.due
    step = before.step + 1
    if part.done:
        return Progress(walk.number, step, None, due)
    return Progress(before.number, step, replace(walk, after=part.after), due)
