"""Goods come to another row: moved to another bin, found damaged, or found good again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from lotstream.domain.by_lot import is_by_lot, told_by_lot
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import ChangeStatus, Moment, MoveStock, PutAway
from lotstream.domain.events import (
    BinChange,
    Carried,
    Event,
    GoodsPutAway,
    Relocated,
    StatusChanged,
    StockFound,
    StockMoved,
)
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import WAITS, InWave, Order, OrderLine, Reservation, RowKey, Status, Tracking
from lotstream.domain.moving import orders_promised
from lotstream.domain.paper import MOVE, PUT_AWAY, STATUS_CHANGE, Meant, Paper, begin, book_once, understand
from lotstream.domain.places import is_staging, is_transit
from lotstream.domain.places_for import why_not_there
from lotstream.domain.reservations import copy_order, join_parts, staged_key
from lotstream.domain.serial_holds import held_at
from lotstream.domain.settling import settle
from lotstream.domain.shelves import rows_in
from lotstream.domain.taking_back import take_back

_REASON = "moved"
#: From a row to the row that its goods come to.
Target = Callable[[RowKey], RowKey]


@dataclass(slots=True)
class _Moves:
    """What the lines of a document move."""

    paper: Paper
    made: list[Relocated] = field(default_factory=list)
    found: list[StockFound] = field(default_factory=list)
    #: How much of each row orders lose, because where the goods come to nobody may use them.
    lost: dict[RowKey, int] = field(default_factory=dict)
    #: Promises that went along, by the row they left, and below zero by the row they came to.
    carried: dict[RowKey, int] = field(default_factory=dict)
    #: Of the goods of the line under way, units on hold: a change of condition does not make them good.
    held: dict[RowKey, int] = field(default_factory=dict)
    #: Tasks of waves of which a part went along, by their new row.
    parted: dict[tuple[InWave, RowKey], InWave] = field(default_factory=dict)


def move_stock(ledger: Ledger, command: MoveStock, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide stock.moved.

    Promises stay in their bin: only free goods are moved, unless all of a row is, which takes its promises along under
    the same tasks. Where nobody may pick from the new bin, those are given other stock in the same decision. What may
    not lie in the new bin is not moved there when asked; what was put there is, and a person is told.
    """
    return _move(ledger, command, moment, kind=MOVE)


def put_away(ledger: Ledger, command: PutAway, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide putaway.done: a move out of where goods came in, under a number of its own."""
    decided = _move(ledger, command, moment, kind=PUT_AWAY)
    if isinstance(decided, Refusal):
        return decided
    return tuple(replace(event, task=command.task) if isinstance(event, GoodsPutAway) else event for event in decided)


def _move(ledger: Ledger, command: MoveStock, moment: Moment, *, kind: str) -> tuple[Event, ...] | Refusal:
    paper = begin(ledger, command, moment, kind=kind, number=command.move)
    if isinstance(paper, Refusal):
        return paper
    moves = _Moves(paper)
    for index, said in enumerate(command.lines):
        meant = understand(paper, said, f"lines.{index}")
        refused = _check_bin(paper, meant) if isinstance(meant, Meant) else meant
        if refused is not None:
            return refused
        if isinstance(meant, Meant) and meant.location != said.to:
            refused = _relocate(moves, meant, partial(_in_bin, said.to))
            if refused is not None:
                return refused
    told = StockMoved if kind == MOVE else GoodsPutAway
    return _decided(moves, told) if paper.booked else tuple(paper.verdicts.noted)


def change_status(ledger: Ledger, command: ChangeStatus, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide stock.status_changed: goods that are no longer good are promised to nobody, those that are again may be.

    Free goods come first; beyond them the back of the queue loses first and is given other stock in the same decision.
    Units that are on hold one by one stay as they are until their holds are lifted.
    """
    paper = begin(ledger, command, moment, kind=STATUS_CHANGE, number=command.change)
    if isinstance(paper, Refusal):
        return paper
    moves = _Moves(paper)
    for index, said in enumerate(command.lines):
        meant = understand(paper, said, f"lines.{index}")
        refused = _check_status(paper, meant) if isinstance(meant, Meant) else meant
        if refused is None and isinstance(meant, Meant) and said.to != said.status:
            if said.to == Status.GOOD and meant.item.tracking is Tracking.SERIAL:
                moves.held = held_at(paper.draft, meant.item.sku, said.lot, site=command.site)
            refused = _relocate(moves, meant, partial(_of_status, said.to))
            moves.held = {}
        if refused is not None:
            return refused
    return _decided(moves, StatusChanged) if paper.booked else tuple(paper.verdicts.noted)


def _in_bin(place: str, row: RowKey) -> RowKey:
    return row._replace(location=place)


def _of_status(status: str, row: RowKey) -> RowKey:
    return row._replace(status=status)


def _check_bin(paper: Paper, meant: Meant) -> Refusal | None:
    places = [meant.location, meant.said.to]
    if any(map(is_staging, places)) or any(map(is_transit, places)):
        by = "transfers" if any(map(is_transit, places)) else "picks and shipments"
        message = f"Goods come to and leave {meant.location} by {by}; name another bin."
        return paper.object(Code.FIELD_INVALID, f"{meant.path}.to", message, meant.said)
    return None


def _check_status(paper: Paper, meant: Meant) -> Refusal | None:
    if meant.said.to == meant.said.status:
        message = f"The goods are {meant.said.to} already; name another status."
        return paper.object(Code.FIELD_INVALID, f"{meant.path}.to_status", message, meant.said)
    return None


def _relocate(moves: _Moves, meant: Meant, target: Target) -> Refusal | None:
    paper = moves.paper
    rows = [key for key in paper.rows(meant) if target(key) != key]
    named = meant.row(paper.document.site)
    new = book_once(paper, meant, target(named))
    refused = _check_new(moves, meant, rows, target(named)) if new is True else new or None
    if refused is not None or new is not True:
        return refused
    kept = _held_back(moves, meant, rows)
    if kept:
        message = f"{kept} smallest units of {meant.item.sku} are on hold by their serial numbers; lift the holds."
        refused = paper.object(Code.ON_HOLD, f"{meant.path}.quantity", message, meant.said)
        if refused is not None:
            return refused
    left = meant.quantity - kept
    for spare in (True, False):
        for key in rows:
            quantity = min(_spare(moves, key) if spare else _there(moves, key), _not_held(moves, key), left)
            _shift(moves, meant, key, target(key), quantity, spare=spare)
            left -= quantity
    if left:
        row = rows[0] if rows else named
        moves.found.append(StockFound(row, left, _REASON))
        paper.change(row, left)
        _shift(moves, meant, row, target(row), left, spare=True)
    return None


def _check_new(moves: _Moves, meant: Meant, rows: list[RowKey], to: RowKey) -> Refusal | None:
    """Object to goods that are not there, or that must not lie where they go."""
    refused, paper = _check_there(moves, meant, rows), moves.paper
    if refused is not None or paper.key.kind == STATUS_CHANGE:
        return refused
    wrong = why_not_there(paper.draft.ledger, to, partial(_beside, paper))
    return None if wrong is None else paper.object(Code.LOT_NOT_ALLOWED, f"{meant.path}.to", wrong, meant.said)


def _beside(paper: Paper, site: str, place: str) -> list[RowKey]:
    keys = rows_in(paper.draft.ledger, site, place) | {key for key in paper.on_hand if key.location == place}
    return [key for key in keys if paper.there(key) > 0]


def _held_back(moves: _Moves, meant: Meant, rows: list[RowKey]) -> int:
    """Return how much of what is meant has to stay as it is, because its units are on hold."""
    if not moves.held:
        return 0
    sku, lot = meant.item.sku, meant.said.lot
    # Units may have been moved without their numbers: in all of the lot as many have to stay as are on hold.
    others = [key for key in moves.paper.keys(sku) if key.lot == lot and key.status != Status.GOOD]
    spare = sum(max(moves.paper.there(key), 0) for key in others) - sum(moves.held.values())
    free = max(min(sum(_not_held(moves, key) for key in rows), spare), 0)
    return max(min(meant.quantity, sum(_there(moves, key) for key in rows)) - free, 0)


def _not_held(moves: _Moves, key: RowKey) -> int:
    return max(_there(moves, key) - moves.held.get(key, 0), 0)


def _check_there(moves: _Moves, meant: Meant, rows: list[RowKey]) -> Refusal | None:
    """Object to more than is there, and to a part of what is promised; no goods are told from others of their row."""
    paper = moves.paper
    there = sum(_there(moves, key) for key in rows)
    spare = sum(_spare(moves, key) for key in rows)
    what = f"lot {meant.said.lot}" if meant.said.lot is not None else meant.item.sku
    if there < meant.quantity:
        message = f"{meant.location} has only {there} smallest units of {what}; count it first."
        return paper.object(Code.NOT_AVAILABLE, f"{meant.path}.quantity", message, meant.said)
    to_be_kept = paper.key.kind != STATUS_CHANGE and spare < meant.quantity < there
    if to_be_kept and paper.draft.ledger.sites.lot_tasks:
        to_be_kept = spare + sum(_by_lot(moves, key) for key in rows) < meant.quantity
    if to_be_kept:
        message = f"Only {spare} smallest units of {what} in {meant.location} are not promised; move those or all."
        return paper.object(Code.NOT_AVAILABLE, f"{meant.path}.quantity", message, meant.said)
    return None


def _by_lot(moves: _Moves, key: RowKey) -> int:
    """Return what is promised of a row, and not picked, by tasks that name no bin."""
    orders = orders_promised(moves.paper.draft, [(key.sku, key.lot)])
    parts = (part for order in orders for line in order.lines for part in line.reservations)
    return sum(part.quantity - part.picked for part in parts if part.row == key and told_by_lot(part.task, part.wave))


def _there(moves: _Moves, key: RowKey) -> int:
    """Return what of a row may go to another; what was picked for an order and stands there leaves by a shipment."""
    kept = _standing(moves, key) if moves.paper.key.kind != STATUS_CHANGE else 0
    return max(moves.paper.there(key) - kept, 0)


def _standing(moves: _Moves, key: RowKey) -> int:
    """Return what orders have picked that stands in a row."""
    row = moves.paper.draft.ledger.stock.get(key)
    if row is None or row.reserved == 0:
        return 0
    orders = orders_promised(moves.paper.draft, [(key.sku, key.lot)])
    parts = (part for order in orders for line in order.lines for part in line.reservations if part.picked)
    return sum(part.picked for part in parts if staged_key(part.row, part.staged_at) == key)


def _spare(moves: _Moves, key: RowKey) -> int:
    """Return what of a row is promised to nobody, here or elsewhere."""
    row = moves.paper.draft.ledger.stock.get(key)
    reserved = 0 if row is None else row.reserved + row.promised_elsewhere
    gone = moves.lost.get(key, 0) + moves.carried.get(key, 0)
    return max(moves.paper.there(key) - reserved + gone, 0)


def _shift(moves: _Moves, meant: Meant, row: RowKey, to: RowKey, quantity: int, *, spare: bool) -> None:
    """Take goods from a row to another; what is not spare takes the promises of the back of the queue along."""
    if quantity == 0:
        return
    paper, carried = moves.paper, tuple[Carried, ...]()
    if not spare:
        carried = _carried(moves, row, to, quantity, may_stay=paper.draft.candidate(to).reason is None)
    along = sum(one.quantity for one in carried)
    known = paper.draft.ledger.stock.get(row)
    received = known.received if known is not None else None
    paper.change(row, -quantity)
    paper.change(to, quantity, received=received)
    for one in carried:
        order = paper.draft.orders.get(one.key) or paper.draft.ledger.orders[one.key]
        after = paper.draft.orders[one.key] = copy_order(order)
        carry(after, row, to, one)
    if along:
        # What goes along is as little free there as it was here.
        paper.draft.give(row, along)
        paper.draft.give(to, -along)
        moves.carried[row] = moves.carried.get(row, 0) + along
        moves.carried[to] = moves.carried.get(to, 0) - along
    moves.made.append(Relocated(meant.said.line, row, to, quantity, carried, meant.said.reason, received))


def _carried(moves: _Moves, row: RowKey, to: RowKey, quantity: int, *, may_stay: bool) -> tuple[Carried, ...]:
    """Return the promises that go along, from the back of the queue, or note them as lost where they may not stay."""
    promises = [
        (order, line, part)
        for order in reversed(orders_promised(moves.paper.draft, [(row.sku, row.lot)]))
        for line in reversed(order.lines)
        for part in reversed(line.reservations)
        if part.row == row and part.quantity > part.picked
    ]
    if moves.paper.draft.ledger.sites.lot_tasks:
        # Nobody has to be told where those are that were told by lot.
        promises.sort(key=lambda one: not told_by_lot(one[2].task, one[2].wave))
    promised = sum(part.quantity - part.picked for _, _, part in promises)
    if not may_stay:
        moves.lost[row] = min(moves.lost.get(row, 0) + quantity, promised + _standing(moves, row))
        return ()
    found: list[Carried] = []
    parted = quantity < promised
    for order, line, part in promises:
        units = min(part.quantity - part.picked, quantity)
        quantity -= units
        if units:
            # A task that names no bin is for all of them.
            leaves = units < part.quantity - part.picked and not is_by_lot(part.task)
            task = moves.paper.draft.new_task() if leaves else None
            wave = _parted(moves, part.wave, to) if parted else None
            found.append(Carried(order.key, line.line, part.task, units, task, wave))
    return tuple(found)


def _parted(moves: _Moves, wave: InWave | None, to: RowKey) -> InWave | None:
    """Return the task of a wave for what went along of one of its tasks, while the rest stays behind."""
    if wave is None or wave == WAITS or is_by_lot(wave.task):
        return None
    if (wave, to) not in moves.parted:
        moves.parted[wave, to] = InWave(wave.wave, moves.paper.draft.new_task())
    return moves.parted[wave, to]


def _decided(moves: _Moves, kind: type[StockMoved | StatusChanged]) -> tuple[Event, ...]:
    paper = moves.paper
    document, draft = paper.document, paper.draft
    losers = take_back(draft, _lost(moves))
    told = kind(document.site, paper.key.number, document.by, paper.at, paper.booked, tuple(moves.made))
    settled = settle(draft, losers, skus={move.row.sku for move in moves.made})
    return *moves.found, told, *paper.verdicts.noted, *settled


def _lost(moves: _Moves) -> dict[RowKey, int]:
    """Return what orders lose, by row: where goods went to nobody may use them, or a deficit has swallowed them."""
    lost, stock = dict(moves.lost), moves.paper.draft.ledger.stock
    for row, gone in moves.carried.items():
        if gone < 0:
            reserved = (stock[row].reserved if row in stock else 0) - gone
            lost[row] = max(lost.get(row, 0), reserved - max(moves.paper.there(row), 0))
    return lost


def carry(order: Order, row: RowKey, to: RowKey, one: Carried) -> None:
    """Take a promise along to another row; what is picked of it stays told by the bin it was picked from."""
    for line in (line for line in order.lines if line.line == one.line):
        parts = [part for part in line.reservations if part.task == one.task and part.row == row]
        parts = [part for part in parts if part.quantity - part.picked >= one.quantity]
        if parts:
            # Of two parts of a task the one that goes along as a whole is meant: the other is there for its own.
            _carry(line, min(parts, key=lambda part: part.quantity - part.picked), to, one)
            join_parts(line)
            return
    raise LookupError(f"task {one.task} of order {order.key.order} is not there to be taken along")


def change_bin(order: Order, change: BinChange) -> None:
    """Note at an order that some of a promise is expected in another row."""
    carry(order, change.row, change.to, Carried(change.key, change.line, change.task, change.quantity))


def _carry(line: OrderLine, part: Reservation, to: RowKey, one: Carried) -> None:
    wave = one.to_wave or part.wave
    if part.quantity == one.quantity:
        part.row, part.wave = to, wave
        return
    part.quantity -= one.quantity
    at = next(index for index, other in enumerate(line.reservations) if other is part)
    started = part.started and one.to_task is None
    along = Reservation(one.to_task or part.task, to, one.quantity, wave=wave, started=started)
    line.reservations.insert(at + 1, along)
