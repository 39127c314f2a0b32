"""What is promised to an order: given back, picked, shipped; the same steps in a decision and in the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, replace

from lotstream.domain.draft import Draft
from lotstream.domain.events import Freed, LineDecision, Picked, Shipped, Undone
from lotstream.domain.kits import count_shipped
from lotstream.domain.model import Content, LotShipped, Order, OrderLine, PackRule, Reservation, RowKey
from lotstream.domain.places import STAGING
from lotstream.domain.quantities import whole_packs
from lotstream.domain.terms import Terms


def copy_order(order: Order) -> Order:
    """Return a copy that can be changed without changing the order."""
    twin = copy(order)
    twin.lines = [copy_line(line) for line in order.lines]
    return twin


def copy_line(line: OrderLine) -> OrderLine:
    """Return a copy that can be changed without changing the line."""
    twin = copy(line)
    twin.reservations = [copy(reservation) for reservation in line.reservations]
    return twin


def line_called(order: Order, line: str) -> OrderLine | None:
    """Return the line of an order by its id."""
    for candidate in order.lines:
        if candidate.line == line:
            return candidate
    return None


def note_reserved(order: Order, decisions: Iterable[LineDecision]) -> None:
    """Hand what was decided to the lines of an order; decisions come in the order of the lines."""
    lines = iter(order.lines)
    for decision in decisions:
        for line in lines:
            if line.line == decision.line:
                line.reservations.extend(decision.reserved)
                break
        else:
            raise LookupError(f"line {decision.line} of order {order.key.order} was decided but is not there")


def note_reserved_more(order: Order, line: str, taken: Iterable[Reservation]) -> None:
    """Hand more promises to a line of an order; raises `LookupError` when it is not there."""
    found = line_called(order, line)
    if found is None:
        raise LookupError(f"line {line} of order {order.key.order} is not there to be promised anything")
    found.reservations.extend(taken)


def staged_key(row: RowKey, staged_at: str | None) -> RowKey:
    """Return the row that goods picked from ``row`` belong to while they stand at a staging place."""
    return row._replace(location=staged_at or STAGING)


@dataclass(slots=True)
class _Loss:
    """How much of one reservation is given back."""

    reservation: Reservation
    unpicked: int = 0
    picked: int = 0


def give_back(
    line: OrderLine, quantity: int, parts: Iterable[Reservation], *, rule: PackRule = PackRule.NEVER_OVER
) -> list[Freed]:
    """Return what to free of parts so that a line gives back a quantity: unpicked goods first.

    Packs go as a whole: rather one more than the line may keep, or where packs cover what is wanted, one less. Where
    they may be broken the quantity is exact.
    """
    losses = [_Loss(reservation) for reservation in parts]
    for loss in losses:
        less = _in_packs(max(quantity, 0), loss.reservation.row.pack_size, rule)
        loss.unpicked = min(less, loss.reservation.quantity - loss.reservation.picked)
        quantity -= loss.unpicked
    for loss in losses:
        less = _in_packs(max(quantity, 0), loss.reservation.row.pack_size, rule)
        loss.picked = min(less, loss.reservation.picked)
        quantity -= loss.picked
    return [_freed(line, loss) for loss in losses if loss.unpicked or loss.picked]


def _in_packs(quantity: int, pack_size: int | None, rule: PackRule) -> int:
    if pack_size is None or rule is PackRule.PARTIAL_PACKS:
        return quantity
    return quantity - quantity % pack_size if rule is PackRule.COVER else whole_packs(quantity, pack_size)


def give_back_part(line: OrderLine, part: Reservation, *, unpicked: int, picked: int) -> Freed:
    """Return what to free so that a line gives back so much of one reservation."""
    return _freed(line, _Loss(part, unpicked, picked))


def give_back_all(line: OrderLine, *, only: Iterable[Reservation] | None = None) -> list[Freed]:
    """Return what to free so that a line keeps nothing, or nothing of some of its reservations."""
    return [
        _freed(line, _Loss(reservation, reservation.quantity - reservation.picked, reservation.picked))
        for reservation in (line.reservations if only is None else only)
    ]


def _freed(line: OrderLine, loss: _Loss) -> Freed:
    reservation = loss.reservation
    quantity = loss.unpicked + loss.picked
    left = reservation.quantity - quantity
    back = Freed(line.line, reservation.task, reservation.row, quantity, left, loss.picked, reservation.staged_at)
    if reservation.wave is not None:
        back = replace(back, wave=reservation.wave)
    if reservation.untold:
        back = replace(back, untold=True)
    return replace(back, serials=_serials_back(loss)) if reservation.serials else back


def _serials_back(loss: _Loss) -> tuple[str, ...]:
    """Return the serial numbers that go back: all with the whole of it, else those that were picked last."""
    reservation = loss.reservation
    if loss.unpicked + loss.picked == reservation.quantity:
        return reservation.serials
    count = loss.picked * len(reservation.serials) // max(reservation.picked, 1)
    return reservation.serials[len(reservation.serials) - count :]


def latest_first(draft: Draft, terms: Terms, line: OrderLine) -> list[Reservation]:
    """Return a line's reservations from the end of the order of use; of one row the newest promise first."""
    if len(line.reservations) < 2:
        return list(line.reservations)
    site = line.reservations[0].row.site
    key = draft.shelf(line.sku, site).queue(terms.policy).key
    in_order = sorted(line.reservations, key=lambda reservation: key(draft.candidate(reservation.row)))
    return in_order[::-1]


def drop_freed(order: Order, freed: Iterable[Freed]) -> None:
    """Take what was freed off the lines of an order."""
    for loss in freed:
        line = line_called(order, loss.line)
        if line is None:
            raise LookupError(f"line {loss.line} of order {order.key.order} is not there to give anything back")
        drop_loss(line, loss)


def drop_loss(line: OrderLine, loss: Freed) -> None:
    """Take what was freed off a line."""
    reservation = _find(line, loss)
    reservation.quantity -= loss.quantity
    reservation.picked -= loss.picked
    if loss.serials:
        reservation.serials = tuple([number for number in reservation.serials if number not in loss.serials])
    reservation.packed = min(reservation.packed, reservation.picked)
    _forget_empty(line, reservation)


def _find(line: OrderLine, loss: Freed) -> Reservation:
    for reservation in line.reservations:
        if reservation.task == loss.task and reservation.row == loss.row and reservation.staged_at == loss.staged_at:
            return reservation
    raise LookupError(f"task {loss.task} of line {loss.line} is not there to be freed")


def _forget_empty(line: OrderLine, reservation: Reservation) -> None:
    if reservation.quantity == 0:
        line.reservations = [other for other in line.reservations if other is not reservation]


def note_picked(order: Order, pick: Picked) -> None:
    """Mark a quantity of a task as picked; a second staging place makes a second reservation of the same task."""
    line, reservation = _picked_part(order, pick)
    reservation.quantity += pick.over
    place = pick.staged.location
    if reservation.picked == 0 or reservation.staged_at == place:
        if pick.serials:
            before = reservation.serials if reservation.picked else ()
            reservation.serials = before + pick.serials
        reservation.picked += pick.quantity
        reservation.staged_at = place
    else:
        reservation.quantity -= pick.quantity
        wave, taken = reservation.wave, pick.quantity
        part = Reservation(pick.task, pick.row, taken, taken, place, serials=pick.serials, wave=wave)
        line.reservations.append(part)
    join_parts(line)


def note_taken_back(line: OrderLine, shipped: Shipped, promise: Reservation | None) -> None:
    """Put goods that had left back on the line that ordered them, picked and promised as far as it wants them."""
    if line.parts:
        count_shipped(line, shipped.sku, -shipped.quantity)
    else:
        line.shipped -= shipped.quantity
    line.lots_shipped = tuple(
        lot._replace(quantity=lot.quantity - shipped.quantity)
        if (lot.sku, lot.lot) == (shipped.sku, shipped.lot)
        else lot
        for lot in line.lots_shipped
    )
    line.lots_shipped = tuple([lot for lot in line.lots_shipped if lot.quantity])
    line.shipped_g -= shipped.weight_g
    if promise is not None:
        line.reservations.append(copy(promise))
        join_parts(line)


def note_packed(order: Order, content: Content, *, sign: int = 1) -> None:
    """Mark picked goods as packed, or with ``sign`` -1 as loose again; what is no longer there is passed over."""
    for line in order.lines:
        for part in line.reservations if line.line == content.line else ():
            if (part.task, part.row, part.staged_at) == (content.task, content.row, content.staged_at):
                part.packed = min(max(part.packed + sign * content.quantity, 0), part.picked)


def note_undone(order: Order, undone: Undone) -> None:
    """Mark a quantity of a task as not picked any more."""
    for line in order.lines:
        for part in line.reservations if line.line == undone.line else ():
            here = undone.staged == staged_key(part.row, part.staged_at) and part.picked >= undone.quantity
            if part.task == undone.task and part.row == undone.row and here:
                part.picked -= undone.quantity
                part.serials = tuple(one for one in part.serials if one not in undone.serials or one == line.serial)
                part.staged_at = part.staged_at if part.picked else None
                part.untold = part.untold and part.picked > 0
                join_parts(line)
                return
    raise LookupError(f"task {undone.task} of line {undone.line} of order {order.key.order} is not there to be undone")


def join_parts(line: OrderLine) -> None:
    """Make one reservation of parts of a task that stand at the same place, so that each can be told by its place."""
    joined: dict[tuple[str, RowKey, str | None], Reservation] = {}
    for part in line.reservations:
        known = joined.setdefault((part.task, part.row, part.staged_at), part)
        if known is not part:
            known.quantity += part.quantity
            known.picked += part.picked
            known.serials += part.serials
            known.packed += part.packed
            known.started = known.started or part.started
    line.reservations = list(joined.values())


def _picked_part(order: Order, pick: Picked) -> tuple[OrderLine, Reservation]:
    for line in order.lines:
        for part in line.reservations if line.line == pick.line else ():
            if part.task == pick.task and part.row == pick.row and part.quantity + pick.over > part.picked:
                return line, part
    raise LookupError(f"task {pick.task} of line {pick.line} of order {order.key.order} is not there to be picked")


def _with_lot(lots: tuple[LotShipped, ...], shipped: Shipped) -> tuple[LotShipped, ...]:
    for at, one in enumerate(lots):
        if (one.sku, one.lot) == (shipped.sku, shipped.lot):
            return (*lots[:at], one._replace(quantity=one.quantity + shipped.quantity), *lots[at + 1 :])
    return (*lots, LotShipped(shipped.sku, shipped.lot, shipped.quantity))


def note_returned(line: OrderLine, sku: str, lot: str | None, quantity: int) -> None:
    """Count what came back of a lot that had left for a line."""
    line.lots_shipped = tuple(
        [
            one._replace(returned=one.returned + quantity) if (one.sku, one.lot) == (sku, lot) else one
            for one in line.lots_shipped
        ]
    )


def note_shipped(order: Order, shipped: Shipped) -> None:
    """Take shipped goods off the line that ordered them, and off the task they were promised by."""
    line = line_called(order, shipped.line)
    if line is None:
        return
    if line.parts:
        count_shipped(line, shipped.sku, shipped.quantity)
    else:
        line.shipped += shipped.quantity
    line.lots_shipped = _with_lot(line.lots_shipped, shipped)
    line.shipped_g += shipped.weight_g
    left = shipped.reserved
    for reservation in list(line.reservations):
        if reservation.task != shipped.task or reservation.row != shipped.picked_from:
            continue
        gone = 0
        # Goods may have been picked to where they lay: then the bin is where they stand, too.
        if shipped.row == staged_key(reservation.row, reservation.staged_at):
            gone = min(left, reservation.picked)
            reservation.picked -= gone
            reservation.packed = min(reservation.packed - shipped.packed, reservation.picked)
        if shipped.row == reservation.row:
            gone += min(left - gone, reservation.quantity - gone - reservation.picked)
        if gone == 0:
            continue
        reservation.quantity -= gone
        if shipped.serials:
            reservation.serials = tuple([one for one in reservation.serials if one not in shipped.serials])
        left -= gone
        _forget_empty(line, reservation)
