"""Goods come to another row: moved to another bin, found damaged, or found good again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from lotstream.domain.codes import Code
from lotstream.domain.commands import ChangeStatus, Moment, MoveStock, PutAway
from lotstream.domain.events import (
    Event,
    GoodsPutAway,
    StatusChanged,
    StockFound,
    StockMoved,
)
from lotstream.domain.going_along import (
    Moves,
    lost,
    movable,
    shift,
    spare_of,
    told_by_lot_of,
)
from lotstream.domain.good_again import lacking
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import RowKey, Status, Tracking
from lotstream.domain.paper import MOVE, PUT_AWAY, STATUS_CHANGE, Meant, Paper, begin, book_once, understand
from lotstream.domain.places import is_staging, is_transit
from lotstream.domain.places_for import why_not_there
from lotstream.domain.serial_holds import held_at
from lotstream.domain.settling import settle
from lotstream.domain.stock_changes import more_to
from lotstream.domain.taking_back import take_back
from lotstream.domain.wording import amount, goods_called

_REASON = "moved"
#: From a row to the row that its goods come to.
Target = Callable[[RowKey], RowKey]


def move_stock(ledger: Ledger, command: MoveStock, moment: Moment) -> tuple[Event, ...]:
    """Decide stock.moved.

    Promises stay in their bin: only free goods are moved, unless all of a row is, which takes its promises along under
    the same tasks. Where nobody may pick from the new bin, those are given other stock in the same decision. What may
    not lie in the new bin is not moved there when asked; what was put there is, and a person is told.
    """
    return _move(ledger, command, moment, kind=MOVE)


def put_away(ledger: Ledger, command: PutAway, moment: Moment) -> tuple[Event, ...]:
    """Decide putaway.done: a move out of where goods came in, under a number of its own."""
    decided = _move(ledger, command, moment, kind=PUT_AWAY)
    return tuple(replace(event, task=command.task) if isinstance(event, GoodsPutAway) else event for event in decided)


def _move(ledger: Ledger, command: MoveStock, moment: Moment, *, kind: str) -> tuple[Event, ...]:
    paper = begin(ledger, command, moment, kind=kind, number=command.move)
    moves = Moves(paper)
    for index, said in enumerate(command.lines):
        meant = understand(paper, said, f"lines.{index}")
        if meant is not None:
            _check_bin(paper, meant)
            if meant.location != said.to:
                _relocate(moves, meant, partial(_in_bin, said.to))
    told = StockMoved if kind == MOVE else GoodsPutAway
    return _decided(moves, told) if paper.booked else tuple(paper.verdicts.noted)


def change_status(ledger: Ledger, command: ChangeStatus, moment: Moment) -> tuple[Event, ...]:
    """Decide stock.status_changed: goods that are no longer good are promised to nobody, those that are again may be.

    Free goods come first; beyond them the back of the queue loses first and is given other stock in the same decision.
    Units that are on hold one by one stay as they are until their holds are lifted.
    """
    paper = begin(ledger, command, moment, kind=STATUS_CHANGE, number=command.change)
    moves = Moves(paper)
    for index, said in enumerate(command.lines):
        meant = understand(paper, said, f"lines.{index}")
        if meant is None:
            continue
        if said.to == said.status:
            message = f"The goods are {said.to} already; name another status."
            paper.object(Code.FIELD_INVALID, f"{meant.path}.to_status", message, said)
            continue
        if said.to == Status.GOOD and meant.item.tracking is Tracking.SERIAL:
            moves.held = held_at(paper.draft, meant.item.sku, said.lot, site=command.site)
        _relocate(moves, meant, partial(_of_status, said.to))
        moves.held = {}
    return _decided(moves, StatusChanged) if paper.booked else tuple(paper.verdicts.noted)


def _in_bin(place: str, row: RowKey) -> RowKey:
    return row._replace(location=place)


def _of_status(status: str, row: RowKey) -> RowKey:
    return row._replace(status=status)


def _check_bin(paper: Paper, meant: Meant) -> None:
    for place in (meant.location, meant.said.to):
        if is_transit(place):
            message = f"Goods come to and leave {place} by transfers; name another bin."
            paper.object(Code.FIELD_INVALID, f"{meant.path}.to", message, meant.said)
            return
    # What no order has picked leaves a staging place as any other (see `movable`).
    if is_staging(meant.said.to):
        message = f"Goods come to {meant.said.to} by picks; name another bin."
        paper.object(Code.FIELD_INVALID, f"{meant.path}.to", message, meant.said)


def _relocate(moves: Moves, meant: Meant, target: Target) -> None:
    paper = moves.paper
    rows = [key for key in paper.rows(meant) if target(key) != key]
    named = meant.row(paper.document.site)
    if not book_once(paper, meant, target(named)):
        return
    _check_new(moves, meant, rows, target(named))
    if paper.key.kind == STATUS_CHANGE and meant.said.to == Status.GOOD:
        lacks = lacking(paper, meant.item, meant.said.lot, rows, weight_kg=meant.said.weight_kg)
        if lacks is not None:
            paper.object(Code.FIELD_MISSING, f"{meant.path}.{lacks[0]}", lacks[1], meant.said)
            # What lacks something is no stock, whoever says that it is good.
            target = partial(_of_status, Status.QUARANTINE.value)
    kept = _held_back(moves, meant, rows)
    if kept:
        message = f"{amount(meant.item, kept)} of {meant.item.sku} is on hold by serial numbers; lift the holds."
        paper.object(Code.ON_HOLD, f"{meant.path}.quantity", message, meant.said)
    left = meant.quantity - kept
    for spare in (True, False):
        for key in rows:
            quantity = min(spare_of(moves, key) if spare else movable(moves, key), _not_held(moves, key), left)
            shift(moves, meant, key, target(key), quantity, spare=spare)
            left -= quantity
    # On the way is what its transfer says, in whatever condition: nothing more is found there.
    if left and not (paper.key.kind == STATUS_CHANGE and is_transit(meant.location)):
        row = rows[0] if rows else named
        to = more_to(paper, meant, target(row))
        moves.found.append(StockFound(row, left, _REASON))
        paper.change(row, left)
        shift(moves, meant, row, to, left, spare=True)


def _check_new(moves: Moves, meant: Meant, rows: list[RowKey], to: RowKey) -> None:
    """Object to goods that are not there, or that must not lie where they go."""
    _check_there(moves, meant, rows)
    paper = moves.paper
    stays = paper.key.kind == STATUS_CHANGE
    wrong = None if stays else why_not_there(paper.draft.ledger, to, paper.beside)
    if wrong is not None:
        paper.object(Code.LOT_NOT_ALLOWED, f"{meant.path}.to", wrong, meant.said)


def _held_back(moves: Moves, meant: Meant, rows: list[RowKey]) -> int:
    """Return how much of what is meant has to stay as it is, because its units are on hold."""
    if not moves.held:
        return 0
    sku, lot = meant.item.sku, meant.said.lot
    # Units may have been moved without their numbers: in all of the lot as many have to stay as are on hold.
    others = [key for key in moves.paper.keys(sku) if key.lot == lot and key.status != Status.GOOD]
    spare = sum(max(moves.paper.there(key), 0) for key in others) - sum(moves.held.values())
    free = max(min(sum(_not_held(moves, key) for key in rows), spare), 0)
    return max(min(meant.quantity, sum(movable(moves, key) for key in rows)) - free, 0)


def _not_held(moves: Moves, key: RowKey) -> int:
    return max(movable(moves, key) - moves.held.get(key, 0), 0)


def _check_there(moves: Moves, meant: Meant, rows: list[RowKey]) -> None:
    """Object to more than is there, and to a part of what is promised; no goods are told from others of their row."""
    paper = moves.paper
    there = sum(movable(moves, key) for key in rows)
    spare = sum(spare_of(moves, key) for key in rows)
    what = goods_called(meant.item.sku, meant.said.lot)
    if there < meant.quantity:
        message = f"{meant.location} has only {amount(meant.item, there)} of {what}; count it first."
        paper.object(Code.NOT_AVAILABLE, f"{meant.path}.quantity", message, meant.said)
        return
    to_be_kept = paper.key.kind != STATUS_CHANGE and spare < meant.quantity < there
    if to_be_kept and paper.draft.ledger.sites.lot_tasks:
        to_be_kept = spare + sum(told_by_lot_of(moves, key) for key in rows) < meant.quantity
    if to_be_kept:
        message = f"Only {amount(meant.item, spare)} of {what} in {meant.location} is not promised; move that or all."
        paper.object(Code.NOT_AVAILABLE, f"{meant.path}.quantity", message, meant.said)


def _decided(moves: Moves, kind: type[StockMoved | StatusChanged]) -> tuple[Event, ...]:
    paper = moves.paper
    document, draft = paper.document, paper.draft
    losers = take_back(draft, lost(moves))
    told = kind(document.site, paper.key.number, document.by, paper.at, paper.booked, tuple(moves.made))
    settled = settle(draft, losers, skus={move.row.sku for move in moves.made})
    return *moves.found, told, *paper.verdicts.noted, *settled
