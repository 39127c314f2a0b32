"""Goods leave for another site of their owner: off this one's bins, and on the way to that one until they arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lotstream.domain.codes import Code, NotUsed, Refused
from lotstream.domain.commands import Moment, ShipTransfer, StockLine
from lotstream.domain.events import Event, Relocated, RowChange, StockFound, TransferShipped
from lotstream.domain.going_out import numbers_of, spare_or_all, units_apart, why_not_named
from lotstream.domain.ledger import Ledger
from lotstream.domain.marks import came_expired
from lotstream.domain.model import (
    TRANSFER,
    RowKey,
    Serial,
    SerialKey,
    SerialState,
    Status,
    Transfer,
    TransferLine,
    TransferState,
)
from lotstream.domain.moved_content import content_of_transfer
from lotstream.domain.paper import Meant, Paper, begin, understand
from lotstream.domain.places import transit_place
from lotstream.domain.settling import settle
from lotstream.domain.taking_back import take_back
from lotstream.domain.usable import why_held
from lotstream.domain.wording import amount, begun, goods_called

_REASON = "sent to another site"
_BEFORE = "arrived before it was told that it had left"


@dataclass(slots=True)
class _Truck:
    """What is decided so far about one transfer."""

    paper: Paper
    command: ShipTransfer
    #: What was told of its arrival before, by line.
    early: dict[str, TransferLine]
    #: What left with it when it was told before, by line.
    left: dict[str, TransferLine]
    moves: list[Relocated] = field(default_factory=list)
    found: list[StockFound] = field(default_factory=list)
    arrived: list[RowChange] = field(default_factory=list)
    units: list[Serial] = field(default_factory=list)
    lines: dict[str, TransferLine] = field(default_factory=dict)

    def target(self, row: RowKey) -> RowKey:
        """Return the row of goods that are on the way."""
        return row._replace(site=self.command.to_site, location=transit_place(self.command.transfer))


def ship_transfer(ledger: Ledger, command: ShipTransfer, moment: Moment) -> tuple[Event, ...]:
    """Decide transfer.shipped.

    Asked, only goods that nobody was promised go, and none that are recalled: what is on hold, damaged or expired may
    be sent away. What has happened is booked: what the books do not have is found first, promises of what left are
    lost, the back of the queue first, and settled in the same decision. Until they arrive the goods are in stock at the
    site they go to, in a place that nobody takes anything from.
    """
    paper = begin(ledger, command, moment, kind=TRANSFER, number=command.transfer)
    _check_site(paper, command)
    known, content = ledger.document(paper.key, Transfer), content_of_transfer(command)
    lines = () if known is None else known.lines
    left = {line.line: line for line in lines if line.quantity}
    if known is not None and known.content and (known.content != content or _is_all(command, left)):
        return _again(paper, known, content)
    truck = _Truck(paper, command, {line.line: line for line in lines if not line.quantity}, left)
    for index, said in enumerate(command.lines):
        # The same told again brings what could not be counted the first time.
        meant = None if said.line in left else understand(paper, said, f"lines.{index}")
        if meant is not None:
            _load(truck, meant)
    return _decided(truck, known, content)


def _is_all(command: ShipTransfer, left: dict[str, TransferLine]) -> bool:
    return all(said.line in left for said in command.lines)


def _check_site(paper: Paper, command: ShipTransfer) -> None:
    if command.to_site == command.site:
        message = f"The goods are at {command.site} already; name another site, or move them."
        raise Refused(Code.FIELD_INVALID, "to_site", message)
    if command.to_site in paper.draft.ledger.sites.sites:
        return
    about: dict[str, str | None] = {TRANSFER: command.transfer, "site": command.to_site}
    message = f"Site {command.to_site} is not defined; define it."
    paper.verdicts.object(Code.FIELD_INVALID, "to_site", message, about)


def _again(paper: Paper, known: Transfer, content: str) -> tuple[Event, ...]:
    if known.content == content:
        return ()
    message = f"Transfer {known.key.number} has left with other content; give this one another number."
    paper.verdicts.object(Code.CONFLICTING_CONTENT, TRANSFER, message, {TRANSFER: known.key.number})
    return tuple(paper.verdicts.noted)


def _load(truck: _Truck, meant: Meant) -> None:
    paper = truck.paper
    rows = paper.rows(meant)
    _check_goods(paper, meant, rows)
    apart = min(units_apart(paper.draft, meant.item, meant.said.serials), meant.quantity)
    left = _send_of(truck, meant, [key for key in rows if key.status == Status.QUARANTINE], apart)
    left = _send_of(truck, meant, rows, meant.quantity - apart + left)
    row = _main_row(truck, meant, rows)
    if left:
        truck.found.append(StockFound(row, left, _REASON))
        paper.change(row, left)
        _send(truck, meant, row, left)
    leaving = numbers_of(paper, meant, held_ok=True)
    _note(truck, meant, row, tuple(_unit(truck, key, row) for key in leaving))


def _send_of(truck: _Truck, meant: Meant, rows: list[RowKey], quantity: int) -> int:
    """Send a quantity of rows away, what is promised to nobody first; returns what they do not have."""
    for spare in (True, False):
        for key in rows:
            units = min(spare_or_all(truck.paper, key, spare=spare), quantity)
            _send(truck, meant, key, units)
            quantity -= units
    return quantity


def _check_goods(paper: Paper, meant: Meant, rows: list[RowKey]) -> None:
    """Object to goods that cannot be there to be sent, are recalled, or belong to orders."""
    wrong = why_not_named(paper, meant)
    if wrong is not None:
        paper.object(*wrong, meant.said)
        return
    said, what = meant.said, goods_called(meant.item.sku, meant.said.lot)
    lot = paper.draft.lot(meant.item.sku, said.lot)
    if why_held(lot, paper.draft.ledger.settings.holds) is NotUsed.RECALLED:
        message = f"{begun(what)} is recalled and stays where it is; close the recall first."
        paper.object(Code.ON_HOLD, f"{meant.path}.lot", message, said)
    free = sum(spare_or_all(paper, key, spare=True) for key in rows)
    if free < meant.quantity:
        message = f"Only {amount(meant.item, free)} of {what} in {meant.location} is promised to nobody; send that."
        paper.object(Code.NOT_AVAILABLE, f"{meant.path}.quantity", message, said)


def _main_row(truck: _Truck, meant: Meant, rows: Sequence[RowKey]) -> RowKey:
    named = meant.row(truck.command.site)
    return rows[0] if rows and named not in rows else named


def _send(truck: _Truck, meant: Meant, row: RowKey, quantity: int) -> None:
    if quantity == 0:
        return
    paper, to = truck.paper, truck.target(row)
    known = paper.draft.ledger.stock.get(row)
    received = None if known is None else known.received
    paper.change(row, -quantity)
    paper.change(to, quantity, received=received)
    truck.moves.append(Relocated(meant.said.line, row, to, quantity, (), meant.said.reason, received))


def _unit(truck: _Truck, key: SerialKey, row: RowKey) -> str:
    """Take note that a unit is on the way, in the condition it had."""
    known = truck.paper.draft.serial(key)
    to = truck.target(row if known is None else known.row._replace(site=row.site))
    unit = Serial(key, SerialState.IN_STOCK, to) if known is None else replace(known, row=to)
    truck.paper.draft.serials[key] = unit
    truck.units.append(unit)
    return key.number


def _note(truck: _Truck, meant: Meant, row: RowKey, numbers: tuple[str, ...]) -> None:
    """Note the line with the transfer; what of it was told to have arrived before is on the way no more."""
    said = meant.said
    line = TransferLine(said.line, row.sku, row.lot, meant.quantity, serials=numbers)
    before = truck.early.get(said.line)
    if before is not None and (before.sku, before.lot) == (row.sku, row.lot):
        del truck.early[said.line]
        line = replace(line, received=before.received, damaged=before.damaged)
        _take_off(truck, said, min(before.received, meant.quantity))
    truck.lines[said.line] = line


def _take_off(truck: _Truck, said: StockLine, quantity: int) -> None:
    """Take goods off those on the way that were booked as found where they arrived."""
    for move in [move for move in truck.moves if move.line == said.line]:
        less = min(move.quantity, quantity)
        if less:
            truck.paper.change(move.to, -less)
            truck.arrived.append(RowChange(said.line, move.to, -less, _BEFORE))
            quantity -= less


def _decided(truck: _Truck, known: Transfer | None, content: str) -> tuple[Event, ...]:
    paper, command = truck.paper, truck.command
    if not truck.lines:
        return tuple(paper.verdicts.noted)
    # Goods that came under the id of a line of others are found there, and no part of this.
    early = [line for name, line in truck.early.items() if name not in truck.lines]
    lines = (*truck.left.values(), *truck.lines.values(), *early)
    coming = any(line.under_way for line in lines)
    transfer = Transfer(
        paper.key, command.site, command.to_site, content, lines,
        state=TransferState.SHIPPED if coming else TransferState.RECEIVED,
        arrived=() if known is None else known.arrived, expected_at=command.expected_at, scac=command.scac,
        shipped_at=paper.at if known is None or known.shipped_at is None else known.shipped_at,
    )  # fmt: skip
    event = TransferShipped(
        command.site, command.transfer, command.by, paper.at, transfer, tuple(truck.moves), tuple(truck.arrived),
        tuple(truck.units),
    )  # fmt: skip
    losers = take_back(paper.draft, paper.missing())
    skus = {move.row.sku for move in truck.moves}
    expired = came_expired(paper.draft, (move.to for move in truck.moves), sent_from=command.site)
    return *truck.found, event, *expired, *paper.verdicts.noted, *settle(paper.draft, losers, skus=skus)
