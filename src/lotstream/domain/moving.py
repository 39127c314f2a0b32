"""Reservations stay where they are, except where their stock may no longer be used: then they move at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from lotstream.domain import marks
from lotstream.domain.agenda import Part, begin, may_not_be_kept, next_part
from lotstream.domain.codes import NotUsed, Refusal
from lotstream.domain.commands import ContinueDay, Moment
from lotstream.domain.dates import cancel_rest
from lotstream.domain.draft import Draft
from lotstream.domain.events import DayContinued, Event, Freed
from lotstream.domain.expiry import papers_reason
from lotstream.domain.filling import AT_ONCE
from lotstream.domain.ledger import Ledger
from lotstream.domain.marks import Noticed
from lotstream.domain.model import Order, Reservation
from lotstream.domain.papers_needed import papered_until, types_needed
from lotstream.domain.progress import Progress, Scope, Walk
from lotstream.domain.promised import LotKey
from lotstream.domain.reordering import hints
from lotstream.domain.reservations import give_back, give_back_all
from lotstream.domain.settling import Loser, lose, settle, settle_in_turn, skus_given_back, skus_wanted
from lotstream.domain.todays import is_over
from lotstream.domain.usable import why_held
from lotstream.domain.waiting import queue_key

#: Says why a promise may not be kept, or None.
Objection = Callable[[Reservation], NotUsed | None]


def move_off(draft: Draft, lots: Iterable[LotKey], objection: Objection, *, picked_too: bool = False) -> list[Event]:
    """Give back every promise of some lots that there is an objection to, and settle those orders, in queue order.

    What is picked stays with its order unless ``picked_too``. This does not wait for a request.
    """
    promised = (loser_of(draft, order, objection, picked_too=picked_too) for order in orders_promised(draft, lots))
    return settle(draft, [loser for loser in promised if loser is not None])


def shut_out(draft: Draft, lots: Iterable[LotKey]) -> list[Loser]:
    """Take off orders what may no longer be used of lots whose facts have changed in this decision.

    What is picked stays with its order, except of a lot that is recalled. The caller settles those orders.
    """
    mine = set(lots)

    def objection(order: Order, part: Reservation) -> NotUsed | None:
        if (part.row.sku, part.row.lot) not in mine:
            return None
        return draft.candidate(part.row).reason or _unpapered(draft, order, part)

    def recall(part: Reservation) -> NotUsed | None:
        lot = draft.lot(part.row.sku, part.row.lot) if (part.row.sku, part.row.lot) in mine else None
        return why_held(lot) if why_held(lot) is NotUsed.RECALLED else None

    found = [loser_of(draft, order, recall, picked_too=True) for order in orders_promised(draft, mine)]
    found += [loser_of(draft, order, partial(objection, order)) for order in orders_promised(draft, mine)]
    return [loser for loser in found if loser is not None]


def _unpapered(draft: Draft, order: Order, part: Reservation) -> NotUsed | None:
    """Return that a lot lacks a paper which its item, or the order's customer, requires on the day it is to leave."""
    types = types_needed(draft.item(part.row.sku), draft.customer(order.customer))
    if not types:
        return None
    sent = next((line.ship_date for line in order.lines if part in line.reservations), None) or order.ship_date
    today = draft.today(part.row.site)
    ship = today if sent is None else max(today, sent.toordinal())
    return papers_reason(papered_until(draft.lot(part.row.sku, part.row.lot), types), ship=ship)


def loser_of(draft: Draft, order: Order, objection: Objection, *, picked_too: bool = False) -> Loser | None:
    """Take off an order what there is an objection to; None when there is nothing. The caller settles it."""
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
    return lose(draft, order, freed, reasons[0]) if freed else None


def orders_promised(draft: Draft, lots: Iterable[LotKey]) -> list[Order]:
    """Return the orders that have anything of these lots promised, as they are now, in queue order."""
    ledger = draft.ledger
    orders = (draft.orders.get(key) or ledger.orders[key] for key in ledger.promised().of(lots))
    return sorted(orders, key=queue_key)


def continue_day(ledger: Ledger, command: ContinueDay, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide a part of what an owner has to look at again, of at most so many orders; nothing when nothing is due.

    What is promised and may no longer be used is moved: what expired with the turn of the day, what lies in a bin that
    is on hold or no longer for picking. What is open of orders whose last day is over is cancelled, and orders whose
    day has come are decided for the first time. What that, a bin that was let go, or a rule that was changed makes free
    goes to whoever waits. After the last of them people are told of lots that have expired or soon will.
    """
    walk = ledger.progress.walk or begin(ledger)
    if walk is None:
        return ()
    draft = Draft(ledger, moment)
    part = next_part(draft, walk, command.orders_max)

    def objection(promise: Reservation) -> NotUsed | None:
        return draft.candidate(promise.row).reason if may_not_be_kept(draft, walk, promise) else None

    over = [cancel_rest(draft, order) for order in part.orders if is_over(draft, order)]
    going_on = [order for order in part.orders if order.key not in draft.orders]
    found = (loser_of(draft, order, objection) for order in going_on)
    losers = [loser for loser in found if loser is not None]
    orders = [draft.orders.get(order.key, order) for order in going_on]
    supply = draft.supplies(skus_wanted(orders))
    let_in = {order.key for order in orders if order.ahead}
    events = settle_in_turn(draft, losers, [order.key for order in orders], supply=supply, let_in=let_in)
    back = skus_given_back(losers) | {loss.row.sku for event in over for loss in event.freed}
    back = back if ledger.settings.allocate == AT_ONCE else set()
    noticed, hinted = _noticed(draft, walk, part)
    part = replace(part, done=part.done and not noticed.more)
    after = replace(_progress_after(ledger.progress, walk, part, back=back), hinted=hinted)
    return *over, *events, *noticed.events, DayContinued(after)


def _noticed(draft: Draft, walk: Walk, part: Part) -> tuple[Noticed, tuple[str, ...]]:
    """Return what a day that has turned tells of lots and items, once all orders of the walk were looked at."""
    hinted = draft.ledger.progress.hinted
    if not part.done or not walk.scope.sites:
        return Noticed(), hinted
    noticed = marks.due(draft, walk.scope.sites)
    if noticed.more:
        return noticed, hinted
    events, hinted = hints(draft, hinted)
    return Noticed((*noticed.events, *events)), hinted


def _progress_after(before: Progress, walk: Walk, part: Part, *, back: Iterable[str]) -> Progress:
    # What became due while a walk is under way waits for the next: it would otherwise begin anew and never end. So does
    # what orders gave back because of their own rules, which those may want that the walk has passed already.
    due = (Scope() if before.walk is None else before.due).with_rules(skus=tuple(back))
    step = before.step + 1
    if part.done:
        return Progress(walk.number, step, None, due)
    return Progress(before.number, step, replace(walk, after=part.after), due)
