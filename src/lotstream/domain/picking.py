"""Goods are picked: taken from their bins to a staging place of the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from lotstream.domain.bins_named import Bringing, bring_picked
from lotstream.domain.books import Books
from lotstream.domain.checks import Verdicts, aged, goods_meant, terms_of, uncounted, why_not_leave
from lotstream.domain.codes import Code, Refusal, Refused, stop_if
from lotstream.domain.commands import ConfirmPick, Moment, PickLine
from lotstream.domain.draft import Draft
from lotstream.domain.events import BinsChanged, Event, Picked, StockPicked
from lotstream.domain.filling import fill
from lotstream.domain.goods import site_unknown
from lotstream.domain.kit_floor import is_of, narrow, spelled_out
from lotstream.domain.kit_lines import as_part
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderLine, OrderState, Reservation, RowKey, SerialState
from lotstream.domain.places import DOCK, staging_place
from lotstream.domain.quantities import smallest, unit_factor
from lotstream.domain.reservations import copy_order, line_called, note_picked, staged_key
from lotstream.domain.serial_floor import Told, note_state, read_numbers
from lotstream.domain.sums import OVER, most_of, promised, state_of
from lotstream.domain.unpromised import PICKED, Picking, about_pick, is_meant, take_unpromised
from lotstream.domain.weighed_lines import told_once, weigh_parts
from lotstream.domain.wording import amount


def confirm_pick(ledger: Ledger, command: ConfirmPick, moment: Moment) -> tuple[Event, ...]:
    """Decide pick.confirmed.

    Asked, only what is promised to the order, and may leave, can be picked. Happened is booked whatever it was: goods
    that nobody knew of are found first, goods that were not promised stand at the staging place unreserved, and each
    oddity is a discrepancy. So is a line that nobody can count, whatever else is booked.
    """
    known = ledger.order(command.key)
    verdicts = Verdicts(command.happened)
    place = staging_place(ledger.sites, command.site, command.staged_at)
    picking = Picking(Draft(ledger, moment), command, None, place, Books(ledger), verdicts)
    stop_if(site_unknown(ledger, command.site, noted=verdicts.noted if command.happened else None))
    check_order(picking, known)
    if not command.lines:
        raise Refused(Code.FIELD_MISSING, "lines", "Nothing is named as picked; send at least one line.")
    lines = told_once(verdicts, spelled_out(picking.draft, picking.order, command.lines))
    bins = bins_for(picking, lines) if ledger.sites.lot_tasks else ()
    for index, line in lines:
        before = len(picking.picks)
        pick_line(picking, line, f"lines.{index}")
        weigh_picks([picking], [before], line.weight_kg, f"lines.{index}")
    if not picking.picks:
        return *picking.books.found, *bins, *verdicts.noted
    at = command.occurred_at or moment.recorded_at
    if picking.order is not None:
        picking.draft.orders[picking.order.key] = picking.order
    state = OrderState.REJECTED if picking.order is None else state_of(picking.order, decided=False)
    picked = StockPicked(command.key, state, command.by, at, tuple(picking.picks))
    return *picking.books.found, *bins, picked, *verdicts.noted, *fill(picking.draft, picking.freed)


def weigh_picks(pickings: Sequence[Picking], before: Sequence[int], weight_kg: Decimal | None, path: str) -> None:
    """Note what was picked for one line with what it says all of it weighs; ``before`` is how much was picked then."""
    picks = [pick for picking, since in zip(pickings, before, strict=True) for pick in picking.picks[since:]]
    if weight_kg is None or not pickings:
        return
    item = pickings[0].draft.item(picks[0].row.sku) if picks else None
    weighed = weigh_parts(pickings[0].verdicts, item, weight_kg, picks, path)
    left = iter(weighed)
    for picking, since in zip(pickings, before, strict=True):
        picking.picks[since:] = [next(left) for _ in picking.picks[since:]]


def bins_for(picking: Picking, lines: Sequence[tuple[int, PickLine]]) -> tuple[BinsChanged, ...]:
    """Bring what is promised by lot to the bins that lines name, before anything is picked."""
    order = picking.order
    if order is None:
        return ()
    site = picking.command.site
    bringing = Bringing(picking.draft, picking.books, picking.verdicts, site, PICKED)
    for index, told in lines:
        meant, parts = promised_to(picking, replace(told, location=None, package=None))
        line = None if meant is None else line_called(order, meant.line)
        if line is not None:
            bring_picked(bringing, order, (line, parts), told, f"lines.{index}")
    picking.freed |= bringing.freed
    return bringing.event()


def check_order(picking: Picking, known: Order | None) -> None:
    """Object to an order that nothing can be picked for; one that can is copied into the decision."""
    name = picking.command.key.order
    about: dict[str, str | None] = {"order": name, "source": picking.command.key.source}
    if known is None:
        message = f"Order {name} is not known; check its number and source."
        picking.verdicts.object(Code.UNKNOWN_ORDER, "order", message, about)
        return
    if known.state in OVER:
        message = f"Order {name} is {known.state.value}; nothing of it is left to pick."
        picking.verdicts.object(Code.NOT_RESERVED, "order", message, about)
        return
    picking.order = copy_order(known)
    if known.held is not None:
        message = f"Order {name} is held ({known.held}); have it released first."
        picking.verdicts.object(Code.ON_HOLD, "order", message, about)


def pick_line(picking: Picking, wanted: PickLine, path: str) -> None:
    """Decide what was picked for one line: promised goods, then more within the allowance, then whatever it was."""
    line, promised = promised_to(picking, wanted)
    # Kits are picked as their components, of which more than the kits take would be of no use.
    may_be_more = line is not None and not line.parts and picking.draft.ledger.settings.over_pick_pct > 0
    if line is not None and line.parts:
        line = narrow(picking.draft, line, promised, wanted.sku)
    sku = line.sku if line is not None else wanted.sku
    meant = goods_meant(picking.draft, sku, wanted.lot)
    if meant is None and sku is None:
        message = "It is not clear which goods were picked; name the task, the order line, or the sku."
        _uncounted(picking, wanted, Refusal(Code.FIELD_MISSING, f"{path}.sku", message))
        return
    if meant is None:
        message = f"{sku} is not defined; define the item and send this again."
        _uncounted(picking, wanted, Refusal(Code.UNKNOWN_ITEM, f"{path}.sku", message))
        return
    item = meant[0]
    factor = unit_factor(item, wanted.unit)
    if factor is None:
        message = f"{item.sku} has no unit {wanted.unit}; send one it has."
        _uncounted(picking, wanted, Refusal(Code.UNKNOWN_UNIT, f"{path}.unit", message))
        return
    left = smallest(wanted.quantity, factor, f"{path}.quantity")
    if isinstance(left, Refusal):
        _uncounted(picking, replace(wanted, sku=item.sku), left)
        return
    told = read_numbers(
        picking.draft, picking.verdicts, wanted.serials, order=picking.command.key, line=line, item=item, quantity=left,
        path=path, about=about_pick(picking, wanted.line, RowKey(item.sku, wanted.lot, picking.command.site, "")),
    )  # fmt: skip
    for reservation in promised:
        quantity = min(left, reservation.quantity - reservation.picked)
        if quantity == 0 or line is None or picking.order is None or not told.fits(reservation.row):
            continue
        _take(picking, picking.order, line, part=reservation, quantity=quantity, path=path, told=told)
        left -= quantity
    if left and may_be_more and line is not None and picking.order is not None:
        rows = [part.row for part in promised]
        over = _take_over(picking, picking.order, line, rows=rows, wanted=left, path=path, told=told)
        left -= over
    at = promised[-1].row if promised else None
    if left:
        take_unpromised(picking, wanted, item, left, path=path, told=told, at=at)


def _uncounted(picking: Picking, wanted: PickLine, why: Refusal) -> None:
    """Keep goods that cannot be counted in a discrepancy, with all that was said; refuse when only asked."""
    row = RowKey(wanted.sku or "", wanted.lot, picking.command.site, wanted.location or DOCK)
    said = {"task": wanted.task, "quantity": f"{wanted.quantity:f}", "unit": wanted.unit}
    uncounted(picking.verdicts, why, about_pick(picking, wanted.line, row) | said)


def promised_to(picking: Picking, wanted: PickLine) -> tuple[OrderLine | None, list[Reservation]]:
    """Return the order line that is meant, and what is promised to it of the goods named."""
    order = picking.order
    if order is None:
        return None, []
    if wanted.task is not None:
        for line in order.lines:
            mine = [part for part in line.reservations if part.task == wanted.task]
            if mine:
                return line, [part for part in mine if is_meant(part.row, wanted, picking.command.site)]
    line_named = None if wanted.line is None else line_called(order, wanted.line)
    if line_named is None or wanted.task is not None:
        return line_named, []
    if line_named.parts and not is_of(line_named, wanted.sku or line_named.sku):
        return None, []
    if line_named.parts:
        line_named = as_part(picking.draft, line_named, wanted.sku or line_named.sku)
    return line_named, [part for part in line_named.reservations if is_meant(part.row, wanted, picking.command.site)]


def _take(
    picking: Picking,
    order: Order,
    line: OrderLine,
    *,
    part: Reservation,
    quantity: int,
    path: str,
    told: Told,
    over: int = 0,
) -> None:
    terms = terms_of(picking.draft, order, line, site=part.row.site)
    objection = why_not_leave(picking.draft, terms, part.row, in_bin=True)
    if objection is not None:
        code, message = objection
        picking.verdicts.object(code, f"{path}.lot", message, about_pick(picking, line.line, part.row))
    if terms.asks:
        picking.verdicts.noted += aged(picking.draft, terms, part.row, about_pick(picking, line.line, part.row))
    staged = staged_key(part.row, picking.place)
    pick = Picked(line.line, part.task, part.row, staged, quantity, told.picked_of(part, quantity), over)
    note_state(picking.draft, order.key, pick.serials, staged, SerialState.PICKED)
    picking.books.take(part.row, quantity, reserved=quantity - over, reason=PICKED)
    picking.books.put(staged, quantity, reserved=quantity, reason=PICKED)
    picking.picks.append(pick)
    note_picked(order, pick)


def _take_over(
    picking: Picking, order: Order, line: OrderLine, *, rows: list[RowKey], wanted: int, path: str, told: Told
) -> int:
    """Take free goods of the rows that were picked from, beyond what was ordered and within the owner's allowance."""
    room = most_of(picking.draft.ledger.settings, line) - line.shipped - promised(line)
    if wanted > room and not picking.command.happened:
        more = amount(picking.draft.known_item(line.sku), max(room, 0))
        message = f"Line {line.line} may have {more} more than it is promised; pick no more."
        raise Refused(Code.MORE_THAN_ORDERED, f"{path}.quantity", message)
    taken = 0
    for row in dict.fromkeys(rows):
        candidate = picking.draft.candidate(row)
        if terms_of(picking.draft, order, line, site=row.site).life(candidate) is not None:
            # Nobody promised more of what has aged.
            continue
        free = min(picking.draft.free(candidate), picking.books.unreserved(row))
        quantity = min(wanted - taken, room - taken, free)
        if quantity > 0:
            part = next(part for part in line.reservations if part.row == row)
            _take(picking, order, line, part=part, quantity=quantity, path=path, told=told, over=quantity)
            picking.draft.take(candidate, quantity)
            taken += quantity
    if taken < wanted and not picking.command.happened:
        more = amount(picking.draft.known_item(line.sku), taken)
        message = f"Only {more} more than promised is free there; pick what is free."
        raise Refused(Code.NOT_AVAILABLE, f"{path}.quantity", message)
    return taken
