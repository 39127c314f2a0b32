"""Goods of a transfer arrive: all of them, fewer, more, or damaged; and what never came is written off."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from lotstream.domain.arrival import Arrival, ArrivedGoods, bin_of, on_the_way, understand
from lotstream.domain.arriving_units import lose_units, read_numbers
from lotstream.domain.books import Books
from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, NotUsed, Refused, stop_if
from lotstream.domain.commands import Moment, ReceiveTransfer
from lotstream.domain.complete import why_not_good
from lotstream.domain.draft import Draft
from lotstream.domain.events import DiscrepancyNoted, Event, GoodsBooked, Relocated, RowChange, TransferReceived
from lotstream.domain.filling import fill
from lotstream.domain.going_out import units_apart
from lotstream.domain.goods import site_unknown
from lotstream.domain.ledger import Ledger
from lotstream.domain.marks import came_expired
from lotstream.domain.model import (
    TRANSFER,
    Arrived,
    Lot,
    ReceiptKey,
    RowKey,
    Status,
    Tracking,
    Transfer,
    TransferLine,
    TransferState,
)
from lotstream.domain.places import DOCK, transit_place
from lotstream.domain.places_for import why_not_there
from lotstream.domain.quantities import in_base_units
from lotstream.domain.shelves import rows_in
from lotstream.domain.weights import FIELD, nobody_weighed, told_grams
from lotstream.domain.wording import amount, goods_called

_REASON = "arrived from another site"
_NEVER_CAME = "did not arrive"


def receive_transfer(ledger: Ledger, command: ReceiveTransfer, moment: Moment) -> tuple[Event, ...]:
    """Decide transfer.received.

    What arrives leaves the place of goods on the way for its bin, in the condition in which it came. More than left, or
    what nobody has told to have left, is refused when asked; when it has happened it is booked as found, in quarantine
    where it is not clear what it is, with a discrepancy each. ``final`` closes the transfer: what has not come by then
    is written off, with a discrepancy for each line.
    """
    arrival = _begin(ledger, command, moment)
    for index, said in enumerate(command.lines):
        meant = understand(arrival, said, f"lines.{index}")
        if meant is not None:
            _book(arrival, meant)
    if command.final:
        _close(arrival)
    return _decided(arrival)


def _begin(ledger: Ledger, command: ReceiveTransfer, moment: Moment) -> Arrival:
    verdicts = Verdicts(command.happened)
    stop_if(site_unknown(ledger, command.site, noted=verdicts.noted if command.happened else None))
    if not command.lines and not command.final:
        raise Refused(Code.FIELD_MISSING, "lines", "There are no lines; send at least one, or say that it is final.")
    known = ledger.document(ReceiptKey(TRANSFER, command.transfer), Transfer)
    lines = {} if known is None else {line.line: line for line in known.lines}
    at = command.occurred_at or moment.recorded_at
    arrival = Arrival(Draft(ledger, moment), command, known, lines, at, verdicts, Books(ledger))
    _check_transfer(arrival)
    return arrival


def _check_transfer(arrival: Arrival) -> None:
    command, known = arrival.command, arrival.known
    if known is None or not known.content:
        message = f"Nobody has told that transfer {command.transfer} left; check its number."
        arrival.object(Code.NOT_AVAILABLE, TRANSFER, message)
        return
    if known.to_site != command.site:
        message = f"Transfer {command.transfer} goes to {known.to_site}, not to {command.site}; check its number."
        arrival.object(Code.FIELD_INVALID, "site", message)


def _book(arrival: Arrival, meant: ArrivedGoods) -> None:
    if not _told_once(arrival, meant):
        return
    left = 0 if meant.line is None else arrival.lines[meant.line].under_way
    units = min(meant.quantity, left)
    if meant.quantity > left:
        came, sent = amount(meant.item, meant.quantity), amount(meant.item, left)
        message = f"{came} of {meant.item.sku} arrived, and {sent} of it is on the way; count."
        arrival.object(Code.MORE_THAN_SHIPPED, f"{meant.path}.quantity", message, meant.said)
    meant = _fit(arrival, meant)
    rows = _move_in(arrival, meant, units)
    over = _find(arrival, meant, meant.quantity - units) if meant.quantity > units else None
    if (broken := arrival.damaged.get(meant.said.line)) is not None:
        arrival.verdicts.noted.append(_came_damaged(arrival, meant, broken))
    read_numbers(arrival, meant, rows[0] if rows else over or bin_of(arrival, meant, None))
    _count(arrival, meant)


def _fit(arrival: Arrival, meant: ArrivedGoods) -> ArrivedGoods:
    """Object to goods that must not lie where they are brought, and to those that are said to be good and are not."""
    said, draft = meant.said, arrival.draft
    to = bin_of(arrival, meant, None)
    wrong = why_not_there(draft.ledger, to, partial(_beside, arrival))
    if wrong is not None:
        arrival.object(Code.LOT_NOT_ALLOWED, f"{meant.path}.location", wrong, said)
    if said.status != Status.GOOD:
        return meant
    rows = on_the_way(arrival, meant.item.sku, meant.lot, status=None, package=None)
    apart = [key for key in rows if key.status != Status.GOOD]
    why = why_not_good(draft, meant.item, meant.lot, site=arrival.command.site) if apart else None
    field = "lot"
    if why is None and nobody_weighed(draft.ledger.weights, meant.item, apart, said.weight_kg):
        field, why = FIELD, f"{meant.item.sku} is weighed, and nobody has weighed these goods; send what they weigh."
    if why is None:
        return meant
    arrival.object(Code.FIELD_MISSING, f"{meant.path}.{field}", why, said)
    return replace(meant, said=replace(said, status=Status.QUARANTINE.value))


def _beside(arrival: Arrival, site: str, place: str) -> list[RowKey]:
    keys = rows_in(arrival.draft.ledger, site, place)
    keys |= {key for key in arrival.books.rows() if (key.site, key.location) == (site, place)}
    return [key for key in keys if arrival.books.on_hand(key) > 0]


def _came_damaged(arrival: Arrival, meant: ArrivedGoods, units: int) -> DiscrepancyNoted:
    """Return what a person is told of goods that were damaged on the way."""
    command, item = arrival.command, meant.item
    what = f"{amount(item, units)} of {goods_called(item.sku, meant.lot)}"
    message = f"{what} came to {command.site} damaged; ask who drove them."
    about = {TRANSFER: command.transfer, "line": meant.said.line, "sku": item.sku, "site": command.site}
    about |= {} if meant.lot is None else {"lot": meant.lot}
    return DiscrepancyNoted(NotUsed.DAMAGED.value, message, about, in_base_units(item, units))


def _told_once(arrival: Arrival, meant: ArrivedGoods) -> bool:
    """Note a line as told; False when it was told before, with a discrepancy if its content was other."""
    said, command = meant.said, arrival.command
    place = said.location or DOCK
    what = (command.receipt or "", said.line, meant.item.sku, meant.lot, meant.quantity, place, said.status)
    now = Arrived(*what, told_grams(meant.item, said.weight_kg))
    known = () if arrival.known is None else arrival.known.arrived
    before = [one for one in known if (one.receipt, one.line) == (now.receipt, now.line)]
    if not before:
        arrival.arrived.append(now)
        return True
    if before == [now]:
        return False
    message = f"Line {said.line} of this arrival is booked with other content; tell it under another receipt."
    arrival.object(Code.CONFLICTING_CONTENT, f"{meant.path}.line", message, said)
    return False


def _move_in(arrival: Arrival, meant: ArrivedGoods, units: int) -> list[RowKey]:
    """Take goods off those on the way into the bin they came to; returns the rows they are in now."""
    apart = min(units_apart(arrival.draft, meant.item, meant.said.serials), units)
    came = _move_of(arrival, meant, units - apart, status=meant.said.status)
    # Units on hold stay apart from the others, whatever their line says.
    return came + _move_of(arrival, meant, apart, status=Status.QUARANTINE.value)


def _move_of(arrival: Arrival, meant: ArrivedGoods, units: int, *, status: str | None) -> list[RowKey]:
    rows = on_the_way(arrival, meant.item.sku, meant.lot, status=status, package=meant.said.package)
    came, left = [], units
    for key in rows:
        there = min(arrival.books.on_hand(key), left)
        if there:
            came.append(_shift(arrival, meant, key, there, status=status))
            left -= there
    if left:
        # Somebody has taken them off the way by hand.
        site = arrival.command.site if arrival.known is None else arrival.known.to_site
        named = RowKey(meant.item.sku, meant.lot, site, transit_place(arrival.command.transfer))
        came.append(_shift(arrival, meant, rows[0] if rows else named, left, status=status))
    return came


def _shift(arrival: Arrival, meant: ArrivedGoods, row: RowKey, units: int, *, status: str | None) -> RowKey:
    to = bin_of(arrival, meant, row._replace(status=status or row.status))
    known = arrival.draft.ledger.stock.get(row)
    received = None if known is None else known.received
    arrival.books.take(row, units, reserved=0, reason=_REASON)
    arrival.books.put(to, units)
    arrival.draft.give(row, -units)
    arrival.draft.give(to, units, received=received)
    if to.status == Status.DAMAGED != row.status:
        arrival.damaged[meant.said.line] = arrival.damaged.get(meant.said.line, 0) + units
    arrival.moves.append(Relocated(meant.said.line, row, to, units, (), meant.said.reason, received))
    return to


def _find(arrival: Arrival, meant: ArrivedGoods, units: int) -> RowKey:
    """Book goods that nobody sent as found; where it is not clear what they are they go to quarantine."""
    row, lot = bin_of(arrival, meant, None), arrival.draft.lot(meant.item.sku, meant.lot)
    row = row._replace(status=meant.said.status or row.status)
    code, message = Code.MORE_THAN_SHIPPED, "Nobody has told that they left."
    if lot is None and (meant.lot is not None or meant.item.tracking is Tracking.LOT):
        row = row._replace(status=Status.QUARANTINE.value)
        code, message = Code.UNKNOWN_LOT, "Nobody has told that they left, and their lot is not known."
    day = arrival.at.date()
    if lot is None and meant.lot is not None:
        lot = Lot(meant.item.sku, meant.lot, received=day)
        arrival.draft.know_lot(lot)
    arrival.books.put(row, units)
    arrival.draft.give(row, units, received=day)
    arrival.over.append(GoodsBooked(meant.said.line, row, units, lot, day, 0, code.value, message))
    return row


def _count(arrival: Arrival, meant: ArrivedGoods) -> None:
    """Note with the transfer what of a line has come."""
    name = meant.line or meant.said.transfer_line or meant.said.line
    if meant.line is None and name in arrival.lines:
        # Other goods than the line of that id says: they are over, and no line of the transfer.
        return
    line = arrival.lines.get(name) or TransferLine(name, meant.item.sku, meant.lot, 0)
    came = {unit.key.number for unit in arrival.units if unit.key.sku == line.sku}
    damaged = meant.quantity if meant.said.status == Status.DAMAGED else 0
    arrival.lines[name] = replace(
        line, received=line.received + meant.quantity, damaged=line.damaged + damaged,
        serials=tuple(number for number in line.serials if number not in came),
    )  # fmt: skip


def _close(arrival: Arrival) -> None:
    """Write off what has not come."""
    for name, line in arrival.lines.items():
        left = missing = line.under_way
        for key in on_the_way(arrival, line.sku, line.lot, status=None, package=None):
            gone = min(arrival.books.on_hand(key), left)
            if gone:
                arrival.books.take(key, gone, reserved=0, reason=_NEVER_CAME)
                arrival.draft.give(key, -gone)
                arrival.missing.append(RowChange(name, key, -gone, _NEVER_CAME))
                left -= gone
        if missing:
            lose_units(arrival, line, missing)
            arrival.lines[name] = replace(line, missing=line.missing + missing)
            arrival.verdicts.noted.append(_never_came(arrival, line, missing))


def _never_came(arrival: Arrival, line: TransferLine, units: int) -> DiscrepancyNoted:
    command, item = arrival.command, arrival.draft.known_item(line.sku)
    what = f"{amount(item, units)} of {goods_called(line.sku, line.lot)}"
    message = f"{what} never came to {command.site}; ask who drove them."
    about = {TRANSFER: command.transfer, "line": line.line, "sku": line.sku, "site": command.site}
    about |= {} if line.lot is None else {"lot": line.lot}
    return DiscrepancyNoted(Code.NOT_AVAILABLE.value, message, about, in_base_units(item, units))


def _decided(arrival: Arrival) -> tuple[Event, ...]:
    command, known = arrival.command, arrival.known
    closes = command.final and (known is None or known.state is not TransferState.CLOSED)
    if not arrival.arrived and not closes:
        return tuple(arrival.verdicts.noted)
    if known is None:
        known = Transfer(ReceiptKey(TRANSFER, command.transfer), "", command.site, "", ())
    lines = tuple(arrival.lines.values())
    transfer = replace(known, lines=lines, state=_state(arrival, lines), arrived=(*known.arrived, *arrival.arrived))
    event = TransferReceived(
        command.site, command.transfer, command.receipt, command.by, arrival.at, transfer, tuple(arrival.moves),
        tuple(arrival.over), tuple(arrival.missing), tuple(arrival.units),
    )  # fmt: skip
    skus = {move.row.sku for move in arrival.moves} | {line.row.sku for line in arrival.over}
    expired = came_expired(arrival.draft, (line.row for line in arrival.over))
    return *arrival.books.found, event, *expired, *arrival.verdicts.noted, *fill(arrival.draft, skus)


def _state(arrival: Arrival, lines: tuple[TransferLine, ...]) -> TransferState:
    closed = arrival.known is not None and arrival.known.state is TransferState.CLOSED
    if arrival.command.final or closed:
        return TransferState.CLOSED
    return TransferState.SHIPPED if any(line.under_way for line in lines) else TransferState.RECEIVED
