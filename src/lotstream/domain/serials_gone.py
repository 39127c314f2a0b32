"""Serial numbers of goods that leave the books without being shipped: what became of each unit, and under which number.

A unit that is gone is no stock: nobody can be promised it, pick it or hold it. One that was lost, written off or sent
back may turn up again, and is the same unit then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from lotstream.domain.codes import Code, NotUsed
from lotstream.domain.draft import Draft
from lotstream.domain.events import DiscrepancyNoted
from lotstream.domain.model import (
    AdjustCode,
    Order,
    OrderKey,
    OrderLine,
    ReceiptKey,
    Reservation,
    RowKey,
    Serial,
    SerialKey,
    SerialState,
    Tracking,
)
from lotstream.domain.paper import Meant, Paper
from lotstream.domain.reservations import give_back
from lotstream.domain.serials import check_count, part_promised, promised_to
from lotstream.domain.serials_in import WHERE, may_come_again
from lotstream.domain.settling import Loser, lose
from lotstream.domain.taking_back import ANY, Origin, take_back
from lotstream.domain.wording import counted

_BECAME: Final = {
    AdjustCode.LOST: SerialState.LOST,
    AdjustCode.THEFT: SerialState.LOST,
    AdjustCode.EXPIRED: SerialState.SCRAPPED,
    AdjustCode.SPOILED: SerialState.SCRAPPED,
    AdjustCode.DAMAGED: SerialState.SCRAPPED,
    AdjustCode.DESTROYED: SerialState.SCRAPPED,
}


def became(code: str | None) -> SerialState:
    """Return what a unit is that was taken off the books for a reason."""
    return SerialState.ADJUSTED_OUT if code is None else _BECAME.get(AdjustCode(code), SerialState.ADJUSTED_OUT)


def units_leaving(paper: Paper, meant: Meant, state: SerialState, numbers: Sequence[str]) -> list[Serial]:
    """Return the units of a line that are gone by it; asked, each must be in stock, of the lot and promised to nobody.

    What has happened is booked with the numbers that can be. Units whose numbers nobody tells are a discrepancy.
    """
    units = 10**meant.item.decimals
    refused = check_count(numbers, abs(meant.quantity), meant.item, meant.path)
    if refused is not None:
        paper.object(refused.code, refused.field, refused.message, meant.said)
        numbers = ()
    gone = []
    for index, number in enumerate(numbers):
        key = SerialKey(number, meant.item.sku)
        wrong = _why_not_gone(paper, key, meant)
        if wrong is not None:
            paper.object(Code.NOT_AVAILABLE, f"{meant.path}.serials.{index}", wrong, meant.said)
            if (unit := paper.draft.serial(key)) is not None and unit.state is not SerialState.IN_STOCK:
                continue
        gone.append(gone_with(paper, key, meant.row(paper.document.site), state))
    if meant.item.tracking is Tracking.SERIAL and (missing := abs(meant.quantity) // units - len(gone)):
        paper.verdicts.noted.append(untold(paper.key, meant, missing, state))
    return gone


def gone_with(paper: Paper, key: SerialKey, row: RowKey, state: SerialState) -> Serial:
    """Return a unit that is gone by the document under way."""
    known = paper.draft.serial(key)
    unit = Serial(key, state, row) if known is None else replace(known, state=state, apart=False)
    unit = paper.draft.serials[key] = replace(unit, gone_by=(paper.key.kind, paper.key.number))
    return unit


def withdraw(draft: Draft, units: Iterable[Serial]) -> list[Loser]:
    """Take units that are gone, or lie elsewhere now, off whoever is promised them; the caller settles these."""
    # Each order loses once: it may have thousands of lines.
    orders: dict[OrderKey, Order] = {}
    lost: dict[OrderKey, dict[int, tuple[OrderLine, Reservation, int]]] = {}
    for unit in units:
        promise = part_promised(draft, unit.key)
        if promise is not None and (unit.state is not SerialState.IN_STOCK or unit.row != promise[2].row):
            order, line, part = promise
            orders[order.key] = order
            mine = lost.setdefault(order.key, {})
            *_, before = mine.get(id(part), (line, part, 0))
            mine[id(part)] = line, part, before + 10 ** draft.known_item(unit.key.sku).decimals
    freed = {key: [give_back(line, less, [part]) for line, part, less in mine.values()] for key, mine in lost.items()}
    return [lose(draft, order, [*chain(*freed[key])], NotUsed.LOT_TOO_SMALL) for key, order in orders.items()]


def losers_of(
    draft: Draft, units: Iterable[Serial], missing: dict[RowKey, int], *, picked_from: Mapping[Origin, int] = ANY
) -> list[Loser]:
    """Take off orders the units that are promised by number and not there any more, and what else rows cannot keep.

    ``missing`` and ``picked_from`` are as in `take_back`; the caller settles the losers, each of which is there once.
    """
    found = {loser.order.key: loser for loser in withdraw(draft, units)}
    for loss in [loss for loser in found.values() for loss in loser.freed]:
        if loss.row in missing:
            missing[loss.row] = max(missing[loss.row] - loss.quantity, 0)
    for loser in take_back(draft, missing, picked_from=picked_from):
        before = found.get(loser.order.key)
        loser.freed = loser.freed if before is None else (*before.freed, *loser.freed)
        found[loser.order.key] = loser
    return list(found.values())


def units_found(paper: Paper, meant: Meant, row: RowKey, numbers: Iterable[str]) -> list[Serial]:
    """Return the units of a line that turned up, those that were gone before among them."""
    numbers = tuple(numbers)
    refused = check_count(numbers, meant.quantity, meant.item, meant.path)
    if refused is not None:
        paper.object(refused.code, refused.field, refused.message, meant.said)
        return []
    found = []
    for index, number in enumerate(numbers):
        key = SerialKey(number, meant.item.sku)
        known = paper.draft.serial(key)
        if known is not None and not may_come_again(known):
            held = ", and is on hold" if known.holds else ""
            message = f"Serial {number} of {key.sku} {WHERE[known.state]}{held}; check the number."
            paper.object(Code.CONFLICTING_CONTENT, f"{meant.path}.serials.{index}", message, meant.said)
            continue
        unit = paper.draft.serials[key] = Serial(key, SerialState.IN_STOCK, row)
        found.append(unit)
    return found


def _why_not_gone(paper: Paper, key: SerialKey, meant: Meant) -> str | None:
    unit, name = paper.draft.serial(key), f"Serial {key.number} of {key.sku}"
    if unit is None:
        return f"{name} is not known; check the number."
    if unit.state is not SerialState.IN_STOCK:
        return f"{name} {WHERE[unit.state]}; check the number."
    if unit.row.lot != meant.said.lot:
        return f"{name} is of lot {unit.row.lot}; check the number and the lot."
    if promised_to(paper.draft, key) is not None:
        return f"{name} is promised to an order by its number; take the promise back first."
    return None


def untold(document: ReceiptKey, meant: Meant, missing: int, state: SerialState) -> DiscrepancyNoted:
    """Return what people are told of units that left the books and nobody has said which."""
    what = f"{counted(missing, 'unit')} of {meant.item.sku}"
    how = state.value.replace("_", " ")
    message = f"{what} left the books as {how} without serial numbers; send them with the line."
    about = {document.kind: document.number, "line": meant.said.line, "sku": meant.item.sku}
    about |= {} if meant.said.lot is None else {"lot": meant.said.lot}
    return DiscrepancyNoted(Code.FIELD_MISSING.value, message, about)
