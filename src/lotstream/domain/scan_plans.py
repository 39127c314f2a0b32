"""What the bins of a task would give of a scanned lot, worked out before any promise is swapped."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import lcm
from typing import NamedTuple

from lotstream.domain.bins_named import PromiseOf
from lotstream.domain.by_lot import told_by_lot
from lotstream.domain.candidate import Candidate
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import ScanLot
from lotstream.domain.draft import Draft
from lotstream.domain.events import BinChange, Freed
from lotstream.domain.lots import lots_gone
from lotstream.domain.model import Order, OrderKey, OrderLine, PackRule, Reservation, RowKey
from lotstream.domain.reservations import give_back
from lotstream.domain.taking_over import Losses, promised_to_others
from lotstream.domain.terms import lots_max


class Taking(NamedTuple):
    """What a row gives: of what is free, and of what others were promised and have not picked."""

    free: int = 0
    others: int = 0


#: What each row of a bin gives.
Plan = dict[RowKey, Taking]


@dataclass(slots=True)
class Scan:
    """One scan, with the line it is for."""

    draft: Draft
    command: ScanLot
    #: A copy, changed as promises are swapped.
    order: Order
    #: The order line, or what concerns one component of it when it orders a kit.
    line: OrderLine
    #: Promises of the expected lot that are not picked.
    parts: list[Reservation]
    #: Smallest units that are to be swapped.
    wanted: int
    #: Orders that lose nothing by it.
    keeping: frozenset[OrderKey]
    #: The tasks of waves that lots are taken under instead, by wave and row.
    tasks: dict[tuple[str, RowKey], str] = field(default_factory=dict)
    given: list[Freed] = field(default_factory=list)
    taken: list[Reservation] = field(default_factory=list)
    #: Where promises of the expected lot are expected now, since the floor has named a bin, and what it has named.
    changes: list[BinChange] = field(default_factory=list)
    kept: Counter[PromiseOf] = field(default_factory=Counter)
    losses: Losses = field(default_factory=dict)


def unpicked(parts: list[Reservation]) -> int:
    """Return what of promises is not picked."""
    return sum(part.quantity - part.picked for part in parts)


def planned(scan: Scan, usable: dict[str, list[Candidate]]) -> dict[str, Plan]:
    """Return what each bin would give of the scanned lot: free stock first, then what others have not picked."""
    plans, wanted = dict[str, Plan](), scan.wanted
    for place, rows in usable.items():
        parts = parts_in(scan, place)
        left, plan = min(wanted, unpicked(parts)), {candidate.key: Taking() for candidate in rows}
        for others_too in (False, True):
            for candidate in rows:
                taking = plan[candidate.key]
                free = max(scan.draft.free(candidate), 0) - taking.free
                others = _of_others(scan, candidate.key) if others_too else 0
                take = _whole_packs(scan, min(left, free + others), [candidate.key, *(part.row for part in parts)])
                left -= take
                wanted -= take
                plan[candidate.key] = Taking(taking.free + min(take, free), max(take - free, 0))
        plans[place] = plan
    return plans


def parts_in(scan: Scan, place: str) -> list[Reservation]:
    """Return the promises of one bin that are to be swapped."""
    return [part for part in scan.parts if place_of(scan, part) == place]


def place_of(scan: Scan, part: Reservation) -> str:
    """Return the bin in which the scanned lot is in the picker's hand: of a task that names none, the one he names."""
    named = scan.command.location if told_by_lot(part.task, part.wave) else None
    return named or part.row.location


def _of_others(scan: Scan, row: RowKey) -> int:
    return promised_to_others(scan.draft, row, keeping=scan.keeping, losses=scan.losses)


def in_all(plan: Plan) -> int:
    """Return what the rows of a bin give together."""
    return sum(sum(taking) for taking in plan.values())


def _whole_packs(scan: Scan, quantity: int, rows: list[RowKey]) -> int:
    """Return the most of a quantity that leaves the packs of all these rows whole, unless packs may be broken."""
    if scan.draft.ledger.settings.pack_rule is PackRule.PARTIAL_PACKS:
        return quantity
    return quantity - quantity % lcm(*(row.pack_size or 1 for row in rows))


def too_many_lots(scan: Scan, plans: dict[str, Plan]) -> Refusal | None:
    """Refuse one lot more than the line takes, before anything is swapped."""
    draft, line, command = scan.draft, scan.line, scan.command
    most, got = lots_max(line, draft.customer(scan.order.customer)), sum(map(in_all, plans.values()))
    if most is None or got == 0:
        return None
    rule = draft.ledger.settings.pack_rule
    given = [
        loss
        for place, plan in plans.items()
        for loss in give_back(line, in_all(plan), parts_in(scan, place), rule=rule)
    ]
    back = Counter[tuple[str, RowKey]]()
    for loss in given:
        back[loss.task, loss.row] += loss.quantity
    kept = {part.row.lot for part in line.reservations if part.quantity > back[part.task, part.row]}
    if len(kept.union(lots_gone(line), [command.scanned])) > most:
        message = f"Lot {command.scanned} would be one lot more than line {line.line} takes; take what its tasks say."
        return Refusal(Code.LOT_NOT_ALLOWED, "scanned", message)
    return None
