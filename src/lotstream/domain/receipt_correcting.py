"""What was told of a line that came in was wrong: its quantity, item, lot or condition, its dates, where it is from.

What is said replaces what the line said, and the goods are booked otherwise where they lie. Other quantities, lots and
items concern goods that are there still: what has left is refused when asked, and makes a deficit with a discrepancy
when it has happened. A fact of a lot that other lines brought too is corrected with the lot, not with one of its lines.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, Refused, stop_if
from lotstream.domain.commands import CorrectReceipt, Moment
from lotstream.domain.costing import add_cost, take_cost
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, GoodsBooked, LineCorrected, ReceiptCorrected
from lotstream.domain.goods import RECEIPT, site_unknown
from lotstream.domain.ledger import Ledger
from lotstream.domain.losses import came_otherwise, losses_corrected, valued_anew
from lotstream.domain.lot_correcting import losers_of
from lotstream.domain.lot_papers import content_of_receipt
from lotstream.domain.model import (
    PLAIN,
    Booked,
    Lot,
    LotName,
    ReceiptKey,
    RowKey,
    Serial,
    Status,
)
from lotstream.domain.paper import Paper
from lotstream.domain.places import is_staging, is_transit
from lotstream.domain.receipt_closing import closing
from lotstream.domain.receipt_facts import lot_after
from lotstream.domain.receipt_lines import Correction, LineMeant, line_meant
from lotstream.domain.receipt_units import correct_units
from lotstream.domain.settling import settle
from lotstream.domain.shelves import derived_of
from lotstream.domain.taking_back import take_back
from lotstream.domain.weights import weight_corrected
from lotstream.domain.wording import amount


def correct_receipt(ledger: Ledger, command: CorrectReceipt, moment: Moment) -> tuple[Event, ...]:
    """Decide receipt.corrected; a receipt that is closed is told again with what is on it now."""
    verdicts = Verdicts(command.happened)
    stop_if(site_unknown(ledger, command.site, noted=verdicts.noted if command.happened else None))
    key = ReceiptKey(RECEIPT, command.receipt)
    known = ledger.receipt(key)
    about: dict[str, str | None] = {"receipt": command.receipt, "correction": command.correction}
    if known is None:
        message = f"Nothing was booked under receipt {command.receipt}; check its number."
        verdicts.object(Code.NOT_AVAILABLE, "receipt", message, about)
        return tuple(verdicts.noted)
    content = content_of_receipt(command)
    if command.correction in known.corrections:
        if known.corrections[command.correction] == content:
            return ()
        message = f"Correction {command.correction} is done with other content; give this one another number."
        verdicts.object(Code.CONFLICTING_CONTENT, "correction", message, about)
        return tuple(verdicts.noted)
    at = command.occurred_at or moment.recorded_at
    work = Correction(Paper(Draft(ledger, moment), command, key, known, at, verdicts), command, known)
    _correct_all(work)
    return _decided(work, content)


def _correct_all(work: Correction) -> None:
    lines = work.command.lines
    if not lines:
        raise Refused(Code.FIELD_MISSING, "lines", "There are no lines; send at least one.")
    for index, said in enumerate(lines):
        meant = line_meant(work, said, f"lines.{index}")
        if isinstance(meant, LineMeant):
            _correct(work, meant)


def _correct(work: Correction, meant: LineMeant) -> None:
    known = lot_after(work, meant)
    lot, wrong = known
    if wrong:
        meant = replace(meant, row=meant.row._replace(status=Status.QUARANTINE.value))
    wanted = meant.before.quantity if meant.is_moved else max(meant.before.quantity - meant.quantity, 0)
    found = _found(work, meant.before.row, wanted)
    left = wanted - sum(found.values())
    if left:
        gone = amount(work.draft.known_item(meant.before.row.sku), left)
        message = f"{gone} of line {meant.said.line} has left already; correct what is there still."
        name = "quantity" if meant.said.quantity is not None else "lot" if meant.said.lot is not None else "line"
        work.object(Code.NOT_AVAILABLE, f"{meant.path}.{name}", message, meant.said)
        if not meant.is_moved:
            # More has left than came in: the books say so until somebody counts.
            found[meant.before.row] = found.get(meant.before.row, 0) + left
    units = correct_units(work, meant)
    _book(work, meant, found, lot, units=units, left=left)


def _found(work: Correction, row: RowKey, wanted: int) -> dict[RowKey, int]:
    """Return where goods of a line lie: where they were booked, then elsewhere at their site, what is picked last."""
    rows = derived_of(work.draft.ledger).rows.get((row.sku, row.site), {})
    mine = [key for key in {**rows, **work.paper.on_hand} if key[:3] == row[:3] and not key.returned]
    # What is on the way left another site of the owner, and came with no receipt of this one.
    mine = [key for key in mine if not is_transit(key.location)]
    mine.sort(key=lambda key: (key != row, is_staging(key.location), key.status != row.status, str(key)))
    found: dict[RowKey, int] = {}
    for key in mine:
        units = min(max(work.paper.there(key), 0), wanted)
        if units:
            found[key] = units
            wanted -= units
    return found


def _book(
    work: Correction,
    meant: LineMeant,
    found: dict[RowKey, int],
    lot: Lot | None,
    *,
    units: tuple[Serial, ...],
    left: int,
) -> None:
    """Take goods from where they are, and book them as they should have been; what has left keeps the lot it had."""
    put = _put(meant, found, left)
    paper, draft = work.paper, work.draft
    day = paper.at.date() if lot is None or lot.received is None else lot.received
    known = work.receipt.costs.get(meant.said.line)
    lots = _losses_moved(work, _costs_moved(work, meant, lot, known), found, put)
    _know(work, lots)
    for key, taken in found.items():
        paper.change(key, -taken)
    for key, more in put.items():
        paper.change(key, more, received=day)
    booked = tuple(
        GoodsBooked(meant.said.line, key, more, draft.lot(key.sku, key.lot), day) for key, more in put.items()
    )
    work.changes.append(
        LineCorrected(
            meant.said.line,
            tuple(found.items()),
            booked,
            lots,
            Booked(meant.row, meant.quantity),
            meant.cost,
            units,
            weight_g=meant.weight_g,
            before_g=work.receipt.weights.get(meant.said.line, 0),
            cost_before=known,
        )
    )


def _put(meant: LineMeant, found: dict[RowKey, int], left: int) -> dict[RowKey, int]:
    """Return how much is put where: goods that are other ones stay where they are, more of them come in anew."""
    before, row = meant.before, meant.row
    if not meant.is_moved:
        more = meant.quantity - before.quantity
        return {row: more} if more > 0 else {}
    put: dict[RowKey, int] = {}
    more = max(meant.quantity - left, 0)
    for key, there in found.items():
        part = min(there, more)
        if part:
            status = row.status if key.status == before.row.status else key.status
            put[key._replace(sku=row.sku, lot=row.lot, status=status)] = part
            more -= part
    if more > 0:
        put[row] = put.get(row, 0) + more
    return put


def _know(work: Correction, lots: tuple[Lot, ...]) -> None:
    """Take the facts of lots as they are from here on, and keep what they were at first."""
    for one in lots:
        name = LotName(one.sku, one.lot)
        old = work.draft.lot(*name)
        if old is not None:
            work.lots_before.setdefault(name, old)
        work.draft.know_lot(one)


def _costs_moved(work: Correction, meant: LineMeant, lot: Lot | None, known: Decimal | None) -> tuple[Lot, ...]:
    """Return the lots of a line as they are afterwards: its cost is taken off the one and added to the other."""
    old = work.draft.lot(*meant.before.row[:2])
    lots: dict[tuple[str, str], Lot] = {}
    if old is not None and known is not None:
        lots[old.sku, old.lot] = take_cost(old, known, meant.before.quantity)
    if lot is not None:
        same = lots.get((lot.sku, lot.lot))
        base = lot if same is None else replace(lot, more=_with_costs(lot, same))
        lots[lot.sku, lot.lot] = add_cost(base, meant.cost, meant.quantity)
    return tuple(one for one in lots.values() if one != work.draft.lot(one.sku, one.lot))


def _losses_moved(
    work: Correction, lots: tuple[Lot, ...], found: dict[RowKey, int], put: dict[RowKey, int]
) -> tuple[Lot, ...]:  # fmt: skip
    """Return the lots of a line with what is lost of them: what never came is not, and what did at what it has cost."""
    draft, after = work.draft, dict[tuple[str, str], Lot]()
    for lot in lots:
        old = draft.lot(lot.sku, lot.lot)
        after[lot.sku, lot.lot] = lot if old is None or _costs(lot) == _costs(old) else valued_anew(lot)
    more = Counter[tuple[str, str | None, str]]()
    for sign, rows in ((-1, found), (1, put)):
        for key, units in rows.items():
            more[key.sku, key.lot, key.site] += sign * units
    for (sku, number, site), units in more.items():
        known = after.get((sku, number or "")) or draft.lot(sku, number)
        now = None if known is None else came_otherwise(draft.item(sku), known, site, units)
        if now is not None and now is not known:
            after[sku, now.lot] = now
    return tuple(after.values())


def _costs(lot: Lot) -> tuple[Decimal | None, int]:
    more = lot.more or PLAIN
    return more.cost_total, more.cost_units


def _with_costs(lot: Lot, other: Lot) -> Any:  # noqa: ANN401 - `LotMore` or None
    costs = other.more or PLAIN
    return replace(lot.more or PLAIN, cost_total=costs.cost_total, cost_units=costs.cost_units)


def _decided(work: Correction, content: str) -> tuple[Event, ...]:
    command, paper, receipt = work.command, work.paper, work.receipt
    if not work.changes:
        return tuple(paper.verdicts.noted)
    event = ReceiptCorrected(
        receipt.site,
        command.receipt,
        command.correction,
        command.by,
        paper.at,
        command.reason,
        content,
        tuple(work.changes),
    )
    facts = work.lots_before.items()
    lost = [one for name, before in facts for one in losses_corrected([before], [work.draft.lots[name]])]
    losers = take_back(work.draft, paper.missing())
    for name, before in work.lots_before.items():
        losers += losers_of(work.draft, {name: before}, name)
    gained = {line.row.sku for change in work.changes for line in change.put}
    settled = settle(work.draft, losers, skus=gained | {name.sku for name in work.lots_before})
    lines = receipt.lines | {change.line: change.booked for change in work.changes}
    again: tuple[Event, ...] = ()
    if receipt.told:
        closed = closing(
            work.draft, command.receipt, receipt, expected=receipt.expected, by=command.by, at=paper.at, lines=lines,
            weights=receipt.weights | {change.line: _weighs(work, change) for change in work.changes},
        )  # fmt: skip
        again = (closed,)
    return event, *lost, *paper.verdicts.noted, *settled, *again


def _weighs(work: Correction, change: LineCorrected) -> int:
    return weight_corrected(work.draft.item(change.booked.row.sku), work.receipt, change)
