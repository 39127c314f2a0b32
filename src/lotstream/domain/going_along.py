"""Goods go from row to row for a document, and what is promised of them goes along or is lost."""

from __future__ import annotations

from dataclasses import dataclass, field

from lotstream.domain.by_lot import is_by_lot, told_by_lot
from lotstream.domain.carrying import carry
from lotstream.domain.events import (
    Carried,
    Relocated,
    StockFound,
)
from lotstream.domain.model import WAITS, InWave, RowKey
from lotstream.domain.moving import orders_promised
from lotstream.domain.paper import STATUS_CHANGE, Meant, Paper
from lotstream.domain.reservations import copy_order, staged_key


@dataclass(slots=True)
class Moves:
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


def told_by_lot_of(moves: Moves, key: RowKey) -> int:
    """Return what is promised of a row, and not picked, by tasks that name no bin."""
    orders = orders_promised(moves.paper.draft, [(key.sku, key.lot)])
    parts = (part for order in orders for line in order.lines for part in line.reservations)
    return sum(part.quantity - part.picked for part in parts if part.row == key and told_by_lot(part.task, part.wave))


def movable(moves: Moves, key: RowKey) -> int:
    """Return what of a row may go to another; what was picked for an order and stands there leaves by a shipment."""
    kept = _standing(moves, key) if moves.paper.key.kind != STATUS_CHANGE else 0
    return max(moves.paper.there(key) - kept, 0)


def _standing(moves: Moves, key: RowKey) -> int:
    """Return what orders have picked that stands in a row."""
    row = moves.paper.draft.ledger.stock.get(key)
    if row is None or row.reserved == 0:
        return 0
    orders = orders_promised(moves.paper.draft, [(key.sku, key.lot)])
    parts = (part for order in orders for line in order.lines for part in line.reservations if part.picked)
    return sum(part.picked for part in parts if staged_key(part.row, part.staged_at) == key)


def spare_of(moves: Moves, key: RowKey) -> int:
    """Return what of a row is promised to nobody, here or elsewhere."""
    row = moves.paper.draft.ledger.stock.get(key)
    reserved = 0 if row is None else row.reserved + row.promised_elsewhere
    gone = moves.lost.get(key, 0) + moves.carried.get(key, 0)
    return max(moves.paper.there(key) - reserved + gone, 0)


def shift(moves: Moves, meant: Meant, row: RowKey, to: RowKey, quantity: int, *, spare: bool) -> None:
    """Take goods from a row to another; what is not spare takes the promises of the back of the queue along."""
    if quantity == 0 or row == to:
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


def _carried(moves: Moves, row: RowKey, to: RowKey, quantity: int, *, may_stay: bool) -> tuple[Carried, ...]:
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


def _parted(moves: Moves, wave: InWave | None, to: RowKey) -> InWave | None:
    """Return the task of a wave for what went along of one of its tasks, while the rest stays behind."""
    if wave is None or wave == WAITS or is_by_lot(wave.task):
        return None
    if (wave, to) not in moves.parted:
        moves.parted[wave, to] = InWave(wave.wave, moves.paper.draft.new_task())
    return moves.parted[wave, to]


def lost(moves: Moves) -> dict[RowKey, int]:
    """Return what orders lose, by row: where goods went to nobody may use them, or a deficit has swallowed them."""
    lost, stock = dict(moves.lost), moves.paper.draft.ledger.stock
    for row, gone in moves.carried.items():
        if gone < 0:
            reserved = (stock[row].reserved if row in stock else 0) - gone
            lost[row] = max(lost.get(row, 0), reserved - max(moves.paper.there(row), 0))
    return lost
