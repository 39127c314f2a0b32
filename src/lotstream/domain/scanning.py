"""Another lot is scanned than the one a task names: the promises are swapped, and never what is picked."""

from __future__ import annotations

from dataclasses import replace

from lotstream.domain.bins_named import Bringing, Spot, Want, bring, no_bin, open_by_lot
from lotstream.domain.books import Books
from lotstream.domain.by_lot import by_lot, is_by_lot, place_of_lot, told_by_lot
from lotstream.domain.candidate import Candidate
from lotstream.domain.changing import hand_back
from lotstream.domain.checks import Verdicts, terms_of, why_not_leave
from lotstream.domain.codes import Code, Refusal, Refused
from lotstream.domain.commands import Moment, ScanLot
from lotstream.domain.draft import Draft
from lotstream.domain.events import BinsChanged, Event, LotSwapped, ReservationFreed
from lotstream.domain.goods import site_unknown
from lotstream.domain.kit_lines import as_part
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import WAITS, InWave, OrderLine, Reservation, RowKey, Status
from lotstream.domain.moving import orders_promised
from lotstream.domain.quantities import smallest, unit_factor
from lotstream.domain.reservations import copy_order, drop_freed, give_back, line_called, note_reserved_more
from lotstream.domain.scan_plans import Plan, Scan, in_all, parts_in, place_of, planned, too_many_lots, unpicked
from lotstream.domain.scanned_item import other_item
from lotstream.domain.settling import bins_changed, settle
from lotstream.domain.sums import OVER
from lotstream.domain.taking_over import losers_of, take_from_others
from lotstream.domain.wave_parts import orders_in, parts_of

Objection = tuple[Code, str]


def scan_lot(ledger: Ledger, command: ScanLot, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide pick.scanned.

    The scanned lot must have stock in the bin of the expected one, must not be held, and must fit the line's rules.
    Free stock of it is taken first, then what is promised to lines that have not picked it, the back of the queue
    first; those are allocated again in the same decision. What it cannot give stays on the expected lot. A scan moves
    no goods: where it has happened and cannot be granted, it is a discrepancy and changes nothing.
    """
    scan = site_unknown(ledger, command.site, noted=None) or _scan(Draft(ledger, moment), command)
    if not isinstance(scan, Refusal):
        scan = counted(scan) or scan
        if isinstance(scan, Refusal):
            return scan
    refused = scan if isinstance(scan, Refusal) else swap(scan)
    if refused is None and not isinstance(scan, Refusal):
        return swapped([scan])
    return not_granted(command, refused) if isinstance(refused, Refusal) and command.happened else refused or ()


def not_granted(command: ScanLot, why: Refusal, wave: str | None = None) -> tuple[Event, ...]:
    """Return what is noted of a scan that has happened and cannot be granted; it has moved no goods."""
    verdicts, key = Verdicts(happened=True), command.key
    whose = {"order": key.order, "source": key.source} if wave is None else {"wave": wave}
    about = {"line": command.line, "task": command.task, "lot": command.scanned, "location": command.location}
    about |= {"sku": command.sku, "gtin": command.gtin}
    verdicts.object(why.code, why.field, why.message, {**whose, **about})
    return tuple(verdicts.noted)


def _scan(draft: Draft, command: ScanLot) -> Scan | Refusal:
    """Return what is scanned for, or why nothing can be."""
    name, known = command.key.order, draft.ledger.order(command.key)
    if known is None:
        return Refusal(Code.UNKNOWN_ORDER, "order", f"Order {name} is not known; check its number and source.")
    if known.held is not None:
        return Refusal(Code.ON_HOLD, "order", f"Order {name} is held ({known.held}); have it released first.")
    order = draft.orders[known.key] = copy_order(known)
    lines = order.lines if order.state not in OVER else []
    found = [(line, part) for line in lines for part in line.reservations if _is_expected(command, line, part)]
    # Of what is expected the line is meant that wants what the label is of.
    for line, first in sorted(found, key=lambda one: other_item(draft, command, one[1].row.sku) is not None)[:1]:
        sku = first.row.sku
        parts = [part for of, part in found if of is line and part.row.sku == sku]
        meant = as_part(draft, line, sku) if line.parts else line
        return Scan(draft, command, order, meant, parts, unpicked(parts), frozenset([known.key]))
    expected = "stock" if command.expected is None else f"lot {command.expected}"
    message = f"No {expected} is promised to order {name} and not picked; scan for what its tasks say."
    return Refusal(Code.NOT_RESERVED, "expected", message)


def _is_expected(command: ScanLot, line: OrderLine, part: Reservation) -> bool:
    return (
        part.quantity > part.picked
        and part.row.site == command.site
        and command.line in (None, line.line)
        and command.task in (None, part.task)
        and command.expected in (None, part.row.lot)
        and (command.location in (None, part.row.location) or told_by_lot(part.task, part.wave))
    )


def counted(scan: Scan) -> Refusal | None:
    """Count the quantity that the scan is for; without one it is all that is promised and not picked."""
    command, item = scan.command, scan.draft.known_item(scan.line.sku)
    if command.quantity is None:
        return None
    factor = unit_factor(item, command.unit)
    if factor is None:
        return Refusal(Code.UNKNOWN_UNIT, "unit", f"{item.sku} has no unit {command.unit}; send one it has.")
    quantity = smallest(command.quantity, factor, "quantity")
    if isinstance(quantity, Refusal):
        return quantity
    scan.wanted = min(scan.wanted, quantity)
    return None


def swap(scan: Scan) -> Refusal | None:
    """Swap promises of a line for the scanned lot, in the draft; None as well when it is the lot they are of."""
    draft, command, line = scan.draft, scan.command, scan.line
    wrong = other_item(draft, command, line.sku)
    if wrong is not None:
        return wrong
    scan.parts = [part for part in scan.parts if part.row.lot != command.scanned] or scan.parts
    if draft.ledger.sites.lot_tasks and command.location is None and not command.happened and open_by_lot(scan.parts):
        return replace(no_bin(command.site, ""), field="location")
    if scan.parts[0].row.lot == command.scanned:
        return _bring(scan) or _guard(scan)
    if draft.lot(line.sku, command.scanned) is None:
        return _unknown(scan)
    bins = dict.fromkeys(place_of(scan, part) for part in scan.parts)
    found = {place: _rows(scan, place) for place in bins}
    rows = [row for there in found.values() for row in there]
    if not rows:
        return _nothing_there(scan)
    objections = [_objection(scan, row) for row in rows]
    if all(objections):
        code, message = next(objection for objection in objections if objection is not None)
        return Refusal(code, "scanned", message)
    usable = {place: [row for row in there if _objection(scan, row) is None] for place, there in found.items()}
    plans = planned(scan, usable)
    refused = too_many_lots(scan, plans)
    if refused is not None:
        return refused
    for place, plan in plans.items():
        _swap_in(scan, place, plan)
    note_reserved_more(scan.order, line.line, scan.taken)
    return None if scan.taken else _nothing_there(scan)


def _bring(scan: Scan) -> Refusal | None:
    """Bring promises of the scanned lot, which is the one that is expected, to the bin that is named."""
    command, parts = scan.command, open_by_lot(scan.parts)
    if command.location is None or not parts:
        return None
    verdicts, ledger = Verdicts(happened=False), scan.draft.ledger
    bringing = Bringing(scan.draft, Books(ledger), verdicts, command.site, "", scan.changes, scan.kept)
    line = line_called(scan.order, scan.line.line) or scan.line
    goods, tasks = [(parts[0].row.sku, parts[0].row.lot)], frozenset(part.task for part in parts)
    want = Want(scan.order, line, tasks, goods, Spot(command.location), scan.wanted, "location")
    try:
        bring(bringing, want)
    except Refused as refused:
        return refused.refusal
    scan.parts = [part for part in line.reservations if part.task in tasks and want.spot.holds(part.row)]
    return None


def _guard(scan: Scan) -> Refusal | None:
    """Check the lot that is expected: there is nothing to swap, but it may no longer leave."""
    for part in scan.parts:
        terms = terms_of(scan.draft, scan.order, scan.line, site=part.row.site)
        objection = why_not_leave(scan.draft, terms, part.row, in_bin=True)
        if objection is not None:
            return Refusal(objection[0], "scanned", objection[1])
    return None


def _unknown(scan: Scan) -> Refusal:
    number = scan.command.scanned
    others = sorted(lot.sku for lot in scan.draft.ledger.lots_called(number))
    if others:
        message = f"Lot {number} is a lot of {', '.join(others)}, not of {scan.line.sku}; scan the item of the task."
        return Refusal(Code.LOT_NOT_ALLOWED, "scanned", message)
    message = f"Lot {number} of {scan.line.sku} is not known; scan it again or have it received."
    return Refusal(Code.UNKNOWN_LOT, "scanned", message)


def _rows(scan: Scan, place: str) -> list[Candidate]:
    """Return the scanned lot's goods in a bin, in the order of use."""
    line, site = scan.line, scan.command.site
    shelf = scan.draft.shelf(line.sku, site)
    there = [
        candidate
        for candidate in shelf.by_lot.get(scan.command.scanned, {}).values()
        if candidate.key.location == place and candidate.row.on_hand > 0
    ]
    policy = terms_of(scan.draft, scan.order, line, site=site).policy
    return sorted(there, key=shelf.queue(policy).key)


def _objection(scan: Scan, candidate: Candidate) -> Objection | None:
    """Return why the line may not have goods of the scanned lot."""
    row, line = candidate.key, scan.line
    if line.serial is not None:
        return Code.LOT_NOT_ALLOWED, f"Line {line.line} wants serial {line.serial}; take that."
    if row.status != Status.GOOD:
        return Code.ON_HOLD, f"Lot {row.lot} in {row.location} is {row.status}; take other stock."
    terms = terms_of(scan.draft, scan.order, line, site=row.site)
    held = why_not_leave(scan.draft, terms, row, in_bin=True)
    if held is not None:
        return held
    other = terms.refuse(candidate)
    if other is None:
        return None
    return Code.LOT_NOT_ALLOWED, f"Line {line.line} does not take lot {row.lot} ({other.value}); take other stock."


def _swap_in(scan: Scan, place: str, plan: Plan) -> None:
    """Swap the promises of one bin as planned."""
    draft, parts = scan.draft, parts_in(scan, place)
    for row, taking in plan.items():
        if taking.others:
            take_from_others(draft, row, taking.others, keeping=scan.keeping, losses=scan.losses)
        draft.take(draft.candidate(row), sum(taking))
    scan.taken += [
        Reservation(draft.new_task(), row, sum(taking), wave=_told_by(scan, parts[0].wave, row))
        for row, taking in plan.items()
        if sum(taking)
    ]
    got = in_all(plan)
    scan.wanted -= got
    _give(scan, parts, got)


def _told_by(scan: Scan, before: InWave | None, row: RowKey) -> InWave | None:
    """Return how the floor is told of what is taken instead: as it was before, by a task of the same wave."""
    if before is None or before == WAITS:
        return before
    lots = is_by_lot(before.task)
    place = (before.wave, place_of_lot(row) if lots else row)
    if place not in scan.tasks:
        known = parts_of(orders_in(scan.draft.ledger, before.wave), before.wave)
        there = [one.task for one in known if one.part.row == row]
        if lots:
            there = [one.task for one in known if is_by_lot(one.task) and place_of_lot(one.part.row) == place[1]]
        new = None if there else scan.draft.new_task()
        scan.tasks[place] = there[0] if new is None else by_lot(new) if lots else new
    return InWave(before.wave, scan.tasks[place])


def _give(scan: Scan, parts: list[Reservation], quantity: int) -> None:
    given = give_back(scan.line, quantity, parts, rule=scan.draft.ledger.settings.pack_rule)
    drop_freed(scan.order, given)
    hand_back(scan.draft, given)
    scan.given += given


def swapped(scans: list[Scan]) -> tuple[Event, ...]:
    """Return what follows from scans of one lot: the promises that were swapped, and who is served instead."""
    changes = [change for scan in scans for change in scan.changes]
    scans = [scan for scan in scans if scan.taken]
    if not scans:
        return bins_changed(changes)
    draft = scans[0].draft
    losers = losers_of(draft, scans[0].losses)
    settled = settle(draft, losers, skus=[scans[0].line.sku])
    # What others lost is free before it is promised to this line, and what this line gives back before it is to them.
    first = sum(isinstance(event, BinsChanged | ReservationFreed) for event in settled)
    return *settled[:first], *(_event(scan) for scan in scans), *settled[first:]


def _event(scan: Scan) -> LotSwapped:
    command = scan.command
    return LotSwapped(
        key=scan.order.key,
        line=scan.line.line,
        scanned=command.scanned,
        by=command.by,
        at=command.occurred_at or scan.draft.moment.recorded_at,
        given=tuple(scan.given),
        taken=tuple(scan.taken),
    )


def _nothing_there(scan: Scan) -> Refusal:
    """Refuse a lot of which nothing can be had: somebody has picked it, or it is not there at all."""
    command, bins = scan.command, sorted({place_of(scan, part) for part in scan.parts})
    for order in orders_promised(scan.draft, [(scan.line.sku, command.scanned)]):
        for part in (part for line in order.lines for part in line.reservations if part.picked):
            if (part.row.lot, part.row.site) == (command.scanned, command.site) and part.row.location in bins:
                message = f"Lot {command.scanned} is picked for order {order.key.order} already; take other stock."
                return Refusal(Code.PICKED_BY_OTHER, "scanned", message)
    message = f"Nothing of lot {command.scanned} can be had in {', '.join(bins)}; take other stock."
    return Refusal(Code.NOT_AVAILABLE, "scanned", message)
