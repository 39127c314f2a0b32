"""Goods that came back are looked at: restocked, set apart, scrapped, or sent back to whom they belong."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Final

from lotstream.domain.codes import Code
from lotstream.domain.commands import InspectedLine, InspectReturn, Moment, StockLine
from lotstream.domain.events import Event, Relocated, ReturnInspected, RowChange, StockFound
from lotstream.domain.good_again import lacking
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    CameBack,
    Disposition,
    ReceiptKey,
    RowKey,
    Serial,
    SerialKey,
    SerialState,
    Status,
    Tracking,
)
from lotstream.domain.paper import RETURN, RETURN_INSPECTION, Meant, Paper, begin, book_once, understand
from lotstream.domain.places import is_staging
from lotstream.domain.serials import check_count
from lotstream.domain.serials_gone import gone_with, losers_of, untold
from lotstream.domain.serials_in import WHERE
from lotstream.domain.settling import settle
from lotstream.domain.weights import FIELD
from lotstream.domain.wording import amount

_REASON = "inspected"
#: What a unit is that does not stay.
_GONE: Final = {Disposition.SCRAP: SerialState.SCRAPPED, Disposition.SEND_BACK: SerialState.SENT_BACK}


@dataclass(slots=True)
class _Inspected:
    """What is decided so far about goods that came back."""

    paper: Paper
    #: What came under the return, with what was looked at of it after this decision.
    came: list[CameBack]
    moves: list[Relocated] = field(default_factory=list)
    scrapped: list[RowChange] = field(default_factory=list)
    sent_back: list[RowChange] = field(default_factory=list)
    found: list[StockFound] = field(default_factory=list)
    #: Units by their numbers, as they are after this decision.
    units: list[Serial] = field(default_factory=list)


def inspect_return(ledger: Ledger, command: InspectReturn, moment: Moment) -> tuple[Event, ...]:
    """Decide return.inspected.

    Each line says what becomes of so much of a line of the return: it is good again, set apart, thrown away or sent
    back. Asked, more than came and was not looked at yet is refused. Happened, what is known is booked, and the rest is
    a discrepancy. Restocked goods stay known as returned; whoever was promised what leaves is given other stock.
    """
    paper = begin(ledger, command, moment, kind=RETURN_INSPECTION, number=command.inspection)
    known = ledger.receipt(ReceiptKey(RETURN, command.return_))
    if known is None or not known.came:
        message = f"Nothing has come back as return {command.return_}; check its number."
        about: dict[str, str | None] = {"return": command.return_}
        paper.verdicts.object(Code.NOT_AVAILABLE, "return", message, about)
        return tuple(paper.verdicts.noted)
    done = _Inspected(paper, [*known.came])
    for index, said in enumerate(command.lines):
        _inspect(done, said, f"lines.{index}")
    if not paper.booked:
        return tuple(paper.verdicts.noted)
    told = ReturnInspected(
        command.site, command.return_, command.inspection, command.by, paper.at, paper.booked, tuple(done.moves),
        tuple(done.scrapped), tuple(done.sent_back), tuple(done.came), tuple(done.units),
    )  # fmt: skip
    losers = losers_of(paper.draft, done.units, paper.missing())
    restocked = {move.row.sku for move in done.moves}
    return *done.found, told, *paper.verdicts.noted, *settle(paper.draft, losers, skus=restocked)


def _inspect(done: _Inspected, said: InspectedLine, path: str) -> None:
    paper = done.paper
    came = [one for one in done.came if one.line == said.return_line]
    if not came:
        about: dict[str, str | None] = {"return": done.paper.key.number, "line": said.return_line}
        message = f"The return has no line {said.return_line}; check it."
        paper.verdicts.object(Code.NOT_AVAILABLE, f"{path}.return_line", message, about)
        return
    row = came[0].row
    line = StockLine(
        said.line, row.sku, row.lot, said.location or row.location, said.quantity, said.unit, reason=said.reason,
        weight_kg=said.weight_kg,
    )  # fmt: skip
    meant = understand(paper, line, path)
    if meant is None:
        return
    if said.to is not None and is_staging(said.to) and said.disposition not in _GONE:
        message = f"Goods come to {said.to} by picks; name another bin."
        paper.object(Code.FIELD_INVALID, f"{path}.to", message, line)
    # Told again it has to say the same of the same goods.
    marked = meant.row(paper.document.site)._replace(location=said.to or meant.location, package=said.disposition.value)
    if not book_once(paper, meant, marked):
        return
    _look_at(done, said, meant, sum(one.quantity - one.inspected for one in came))


def _look_at(done: _Inspected, said: InspectedLine, meant: Meant, open_units: int) -> None:
    if open_units < meant.quantity:
        message = f"Only {amount(meant.item, open_units)} of line {said.return_line} is still to be looked at; check."
        done.paper.object(Code.NOT_AVAILABLE, f"{meant.path}.quantity", message, meant.said)
    numbers = _numbers(done, said, meant)
    for index, quantity in _shares(done, said, numbers, meant):
        one, unit = done.came[index], 10**meant.item.decimals
        mine = [number for number in one.serials if number in numbers]
        mine = list(one.serials) if not said.serials and len(one.serials) * unit == quantity else mine
        seen = {*mine}
        kept = tuple(number for number in one.serials if number not in seen)
        done.came[index] = one._replace(inspected=one.inspected + quantity, serials=kept)
        at = one.row if said.location is None else one.row._replace(location=said.location)
        _book(done, said, meant, at, quantity)
        done.units += _units(done, said, meant, at, mine, quantity=quantity)


def _shares(done: _Inspected, said: InspectedLine, numbers: Collection[str], meant: Meant) -> list[tuple[int, int]]:
    """Return how much of which goods is looked at: of those that units are named of these first, then first to last."""
    unit, left, shares = 10**meant.item.decimals, meant.quantity, dict[int, int]()
    mine = [(index, one) for index, one in enumerate(done.came) if one.line == said.return_line]
    for named in (True, False):
        for index, one in mine:
            most = one.quantity - one.inspected - shares.get(index, 0)
            most = min(most, unit * len([number for number in one.serials if number in numbers])) if named else most
            shares[index] = shares.get(index, 0) + min(most, left)
            left -= min(most, left)
    return [(index, quantity) for index, quantity in sorted(shares.items()) if quantity]


def _numbers(done: _Inspected, said: InspectedLine, meant: Meant) -> frozenset[str]:
    """Return the numbers that are told, came with the line and are still in stock, and none other."""
    refused = check_count(said.serials, meant.quantity, meant.item, meant.path)
    if refused is not None:
        done.paper.object(refused.code, refused.field, refused.message, meant.said)
        return frozenset()
    came = {number for one in done.came if one.line == said.return_line for number in one.serials}
    found = set()
    for index, number in enumerate(said.serials):
        unit = done.paper.draft.serial(SerialKey(number, meant.item.sku))
        if number not in came:
            message = f"Serial {number} did not come with line {said.return_line}, or was looked at before; check it."
        elif unit is not None and unit.state is not SerialState.IN_STOCK:
            message = f"Serial {number} of {meant.item.sku} {WHERE[unit.state]}; check the number."
        else:
            found.add(number)
            continue
        done.paper.object(Code.NOT_AVAILABLE, f"{meant.path}.serials.{index}", message, meant.said)
    return frozenset(found)


def _units(
    done: _Inspected, said: InspectedLine, meant: Meant, row: RowKey, numbers: list[str], *, quantity: int
) -> list[Serial]:
    """Return the units of goods that were looked at: gone with the inspection, or where they lie now.

    A unit that has been picked or has left since it came back is not the one that was looked at.
    """
    paper, state = done.paper, _GONE.get(said.disposition)
    units = [paper.draft.serial(SerialKey(number, row.sku)) for number in numbers]
    here = [unit for unit in units if unit is not None and unit.state is SerialState.IN_STOCK]
    if state is None:
        moved = [replace(unit, row=_to(said, row)) for unit in here if not unit.apart]
        paper.draft.serials |= {unit.key: unit for unit in moved}
        return moved
    missing = quantity // 10**meant.item.decimals - len(here)
    if meant.item.tracking is Tracking.SERIAL and missing:
        paper.verdicts.noted.append(untold(paper.key, meant, missing, state))
    return [gone_with(paper, unit.key, row, state) for unit in here]


def _to(said: InspectedLine, row: RowKey) -> RowKey:
    status = Status.GOOD if said.disposition is Disposition.RESTOCK else Status.QUARANTINE
    return row._replace(status=status.value, location=said.to or row.location)


def _fit(done: _Inspected, said: InspectedLine, meant: Meant, row: RowKey) -> RowKey:
    """Return where goods come to: to quarantine, whoever says that they are good, while something of them is missing.

    Raises `Refused` when it was only asked.
    """
    to, paper = _to(said, row), done.paper
    lacks = None
    if to.status == Status.GOOD != row.status:
        lacks = lacking(paper, meant.item, row.lot, [row], weight_kg=said.weight_kg)
    if lacks is not None:
        paper.object(Code.FIELD_MISSING, f"{meant.path}.{lacks[0]}", lacks[1], meant.said)
        return to._replace(status=Status.QUARANTINE.value)
    if to == row and said.weight_kg is not None and meant.item.catch_weight:
        message = "These goods stay where they lie; count the bin with what it weighs instead."
        paper.object(Code.FIELD_INVALID, f"{meant.path}.{FIELD}", message, meant.said)
    return to


def _book(done: _Inspected, said: InspectedLine, meant: Meant, row: RowKey, quantity: int) -> None:
    paper = done.paper
    short = quantity - max(paper.there(row), 0)
    if short > 0:
        message = f"{row.location} has {amount(meant.item, short)} less of it; say where it lies now, or count the bin."
        paper.object(Code.NOT_AVAILABLE, f"{meant.path}.location", message, meant.said)
        done.found.append(StockFound(row, short, _REASON))
        paper.change(row, short)
    if said.disposition in {Disposition.SCRAP, Disposition.SEND_BACK}:
        paper.change(row, -quantity)
        gone = done.scrapped if said.disposition is Disposition.SCRAP else done.sent_back
        gone.append(RowChange(said.line, row, -quantity, said.reason))
        return
    to = _fit(done, said, meant, row)
    if to != row:
        known = paper.draft.ledger.stock.get(row)
        received = None if known is None else known.received
        paper.change(row, -quantity)
        paper.change(to, quantity, received=received)
        done.moves.append(Relocated(said.line, row, to, quantity, (), said.reason, received))
