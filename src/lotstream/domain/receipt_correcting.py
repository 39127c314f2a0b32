"""What was told of a line that came in was wrong: its quantity, item, lot or condition, its dates, where it is from.

What is said replaces what the line said, and the goods are booked otherwise where they lie. Other quantities, lots and
items concern goods that are there still: what has left is refused when asked, and makes a deficit with a discrepancy
when it has happened. A fact of a lot that other lines brought too is corrected with the lot, not with one of its lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import CorrectReceipt, GoodsLine, LineWrong, Moment
from lotstream.domain.complete import missing_fact, too_short
from lotstream.domain.costing import add_cost, priced, take_cost
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, GoodsBooked, LineCorrected, ReceiptCorrected
from lotstream.domain.expiry import made_too_late
from lotstream.domain.goods import RECEIPT, site_unknown
from lotstream.domain.goods_lines import check_cost, check_status
from lotstream.domain.ledger import Ledger
from lotstream.domain.lot_correcting import losers_of
from lotstream.domain.lot_facts import FACILITY, ORIGIN, Conflict, contradiction, learn
from lotstream.domain.lot_papers import content_of_receipt
from lotstream.domain.model import (
    PLAIN,
    Booked,
    Item,
    Lot,
    LotName,
    Receipt,
    ReceiptKey,
    RowKey,
    Status,
    Supplier,
    supplier_key,
)
from lotstream.domain.paper import Paper
from lotstream.domain.places import is_staging
from lotstream.domain.quantities import check_quantity, smallest, unit_factor
from lotstream.domain.receipt_closing import closing
from lotstream.domain.settling import settle
from lotstream.domain.shelves import derived_of
from lotstream.domain.taking_back import take_back

#: Facts of a lot, by the names that a line has for them.
_FACTS: Final = ("made", "expires", "supplier", "supplier_lot")
_MORE: Final = (ORIGIN, FACILITY)


@dataclass(slots=True)
class _Work:
    """What is decided so far about one correction."""

    paper: Paper
    command: CorrectReceipt
    receipt: Receipt
    changes: list[LineCorrected] = field(default_factory=list)
    #: Facts of lots before they were corrected here.
    lots_before: dict[LotName, Lot] = field(default_factory=dict)

    @property
    def draft(self) -> Draft:
        """Return what the decision has done so far."""
        return self.paper.draft

    def object(self, code: Code, field: str, message: str, line: LineWrong) -> Refusal | None:
        """Object to something; returns the refusal when it was only asked."""
        about: dict[str, str | None] = {"receipt": self.command.receipt, "line": line.line, "lot": line.lot}
        return self.paper.verdicts.object(code, field, message, about)


@dataclass(frozen=True, slots=True)
class _Meant:
    """A line as it should have been told."""

    said: LineWrong
    path: str
    before: Booked
    item: Item
    quantity: int
    #: Where its goods would have been booked.
    row: RowKey
    #: What all of it has cost.
    cost: Decimal | None

    @property
    def is_moved(self) -> bool:
        """Tell whether the goods are of another row than they were booked to."""
        return self.row != self.before.row


def correct_receipt(ledger: Ledger, command: CorrectReceipt, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide receipt.corrected; a receipt that is closed is told again with what is on it now."""
    verdicts = Verdicts(command.happened)
    refused = site_unknown(ledger, command.site, noted=verdicts.noted if command.happened else None)
    if refused is not None:
        return refused
    key = ReceiptKey(RECEIPT, command.receipt)
    known = ledger.receipt(key)
    about: dict[str, str | None] = {"receipt": command.receipt, "correction": command.correction}
    if known is None:
        message = f"Nothing was booked under receipt {command.receipt}; check its number."
        return verdicts.object(Code.NOT_AVAILABLE, "receipt", message, about) or tuple(verdicts.noted)
    content = content_of_receipt(command)
    if command.correction in known.corrections:
        if known.corrections[command.correction] == content:
            return ()
        message = f"Correction {command.correction} is done with other content; give this one another number."
        return verdicts.object(Code.CONFLICTING_CONTENT, "correction", message, about) or tuple(verdicts.noted)
    at = command.occurred_at or moment.recorded_at
    work = _Work(Paper(Draft(ledger, moment), command, key, known, at, verdicts), command, known)
    refused = _correct_all(work)
    return refused or _decided(work, content)


def _correct_all(work: _Work) -> Refusal | None:
    lines = work.command.lines
    if not lines:
        return Refusal(Code.FIELD_MISSING, "lines", "There are no lines; send at least one.")
    for index, said in enumerate(lines):
        if said.line in [other.line for other in lines[:index]]:
            message = f"Line {said.line} is there twice; say once what is wrong with it."
            return Refusal(Code.FIELD_INVALID, f"lines.{index}.line", message)
        meant = _meant(work, said, f"lines.{index}")
        refused = _correct(work, meant) if isinstance(meant, _Meant) else meant
        if refused is not None:
            return refused
    return None


def _meant(work: _Work, said: LineWrong, path: str) -> _Meant | Refusal | None:
    """Return a line as it should have been told; None where that was noted to be impossible."""
    before = work.receipt.lines.get(said.line)
    if before is None:
        message = f"Receipt {work.command.receipt} has no line {said.line}; check its id."
        return work.object(Code.NOT_AVAILABLE, f"{path}.line", message, said)
    refused = check_cost(said.cost, f"{path}.cost")
    refused = refused or (None if said.status is None else check_status(said.status, f"{path}.status"))
    if refused is not None:
        return refused
    item = work.draft.item(said.sku or before.row.sku)
    if item is None:
        return work.object(Code.UNKNOWN_ITEM, f"{path}.sku", f"{said.sku} is not defined; define the item.", said)
    factor = unit_factor(item, said.unit)
    if factor is None:
        message = f"{item.sku} has no unit {said.unit}; define the item with it."
        return work.object(Code.UNKNOWN_UNIT, f"{path}.unit", message, said)
    quantity = _quantity(work, said, path, before, item=item, factor=factor)
    if isinstance(quantity, Refusal):
        return quantity
    row = before.row._replace(sku=item.sku, lot=said.lot or before.row.lot, status=said.status or before.row.status)
    cost = _cost(work.receipt.costs.get(said.line), said, before.quantity, quantity, factor)
    return _Meant(said, path, before, item, quantity, row, cost)


def _quantity(work: _Work, said: LineWrong, path: str, before: Booked, *, item: Item, factor: int) -> int | Refusal:
    if said.quantity is not None:
        refused = check_quantity(said.quantity, f"{path}.quantity", positive=False)
        if refused is None and said.quantity < 0:
            message = f"{said.quantity:f} cannot have come; send 0 to take the line back."
            refused = Refusal(Code.NOT_POSITIVE, f"{path}.quantity", message)
        return refused or smallest(said.quantity, factor, f"{path}.quantity", positive=False)
    old = work.draft.known_item(before.row.sku)
    units = Decimal(before.quantity).scaleb(item.decimals - old.decimals)
    if units == int(units):
        return int(units)
    message = f"The line does not come out in smallest units of {item.sku}; send its quantity."
    return Refusal(Code.NOT_A_MULTIPLE, f"{path}.quantity", message)


def _cost(known: Decimal | None, said: LineWrong, before: int, now: int, factor: int) -> Decimal | None:
    """Return what a line costs as it is now: by what one of its unit does, or its part of what it did before."""
    if said.cost is not None:
        return priced(said.cost, now, factor=factor)
    return known if known is None or now == before or not before else priced(known, now, factor=before)


def _correct(work: _Work, meant: _Meant) -> Refusal | None:
    known = _lot_after(work, meant)
    if isinstance(known, Refusal):
        return known
    lot, wrong = known
    if wrong:
        meant = replace(meant, row=meant.row._replace(status=Status.QUARANTINE.value))
    wanted = meant.before.quantity if meant.is_moved else max(meant.before.quantity - meant.quantity, 0)
    found = _found(work, meant.before.row, wanted)
    left = wanted - sum(found.values())
    if left:
        message = f"{left} smallest units of line {meant.said.line} have left already; correct what is there still."
        name = "quantity" if meant.said.quantity is not None else "lot" if meant.said.lot is not None else "line"
        refused = work.object(Code.NOT_AVAILABLE, f"{meant.path}.{name}", message, meant.said)
        if refused is not None:
            return refused
        if not meant.is_moved:
            # More has left than came in: the books say so until somebody counts.
            found[meant.before.row] = found.get(meant.before.row, 0) + left
    _book(work, meant, found, lot, left=left)
    return None


def _found(work: _Work, row: RowKey, wanted: int) -> dict[RowKey, int]:
    """Return where goods of a line lie: where they were booked, then elsewhere at their site, what is picked last."""
    rows = derived_of(work.draft.ledger).rows.get((row.sku, row.site), {})
    mine = [key for key in {**rows, **work.paper.on_hand} if key[:3] == row[:3] and not key.returned]
    mine.sort(key=lambda key: (key != row, is_staging(key.location), key.status != row.status, str(key)))
    found: dict[RowKey, int] = {}
    for key in mine:
        units = min(max(work.paper.there(key), 0), wanted)
        if units:
            found[key] = units
            wanted -= units
    return found


def _book(work: _Work, meant: _Meant, found: dict[RowKey, int], lot: Lot | None, *, left: int) -> None:
    """Take goods from where they are, and book them as they should have been; what has left keeps the lot it had."""
    before, row = meant.before, meant.row
    put: dict[RowKey, int] = {}
    more = max(meant.quantity - left, 0) if meant.is_moved else meant.quantity - before.quantity
    if meant.is_moved:
        for key, units in found.items():
            part = min(units, more)
            if part:
                status = row.status if key.status == before.row.status else key.status
                put[key._replace(sku=row.sku, lot=row.lot, status=status)] = part
                more -= part
    if more > 0:
        put[row] = put.get(row, 0) + more
    paper, draft = work.paper, work.draft
    day = paper.at.date() if lot is None or lot.received is None else lot.received
    known = work.receipt.costs.get(meant.said.line)
    lots = _costs_moved(work, meant, lot, known)
    for one in lots:
        name = LotName(one.sku, one.lot)
        old = draft.lot(*name)
        if old is not None:
            work.lots_before.setdefault(name, old)
        draft.know_lot(one)
    for key, units in found.items():
        paper.change(key, -units)
    for key, units in put.items():
        paper.change(key, units, received=day)
    booked = tuple(
        GoodsBooked(meant.said.line, key, units, draft.lot(key.sku, key.lot), day) for key, units in put.items()
    )
    work.changes.append(
        LineCorrected(
            meant.said.line,
            tuple(found.items()),
            booked,
            lots,
            Booked(row, meant.quantity),
            meant.cost,
        )
    )


def _costs_moved(work: _Work, meant: _Meant, lot: Lot | None, known: Decimal | None) -> tuple[Lot, ...]:
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


def _with_costs(lot: Lot, other: Lot) -> Any:  # noqa: ANN401 - `LotMore` or None
    costs = other.more or PLAIN
    return replace(lot.more or PLAIN, cost_total=costs.cost_total, cost_units=costs.cost_units)


def _lot_after(work: _Work, meant: _Meant) -> tuple[Lot | None, bool] | Refusal:
    """Return the facts of the lot that a line is of now, and whether its goods must not be stock."""
    draft, row = work.draft, meant.row
    if row.lot is None:
        return None, False
    old, known = draft.lot(*meant.before.row[:2]), draft.lot(row.sku, row.lot)
    said = _facts_said(meant.said)
    line = _line(meant, said)
    if known is None:
        lot = _of_old(old, row, said, line, work)
    elif known == old and not (known.more or PLAIN).several and (known.more or PLAIN).came is not None:
        lot = _with_facts(known, said)
    else:
        conflict = contradiction(known, line)
        if conflict is not None:
            message = f"{conflict.message} Other goods of the lot say otherwise: give these another lot."
            refused = work.object(Code.CONFLICTING_CONTENT, f"{meant.path}.{conflict.field}", message, meant.said)
            return refused or (known, True)
        lot = learn(known, line, sku=row.sku, lot=row.lot, received=work.paper.at.date(), hold=None, came=RECEIPT)
    if made_too_late(lot.made, lot.expires):
        message = f"Lot {lot.lot} would be made on {lot.made}, after its expiry {lot.expires}; correct both."
        refused = work.object(Code.FIELD_INVALID, f"{meant.path}.made", message, meant.said)
        return refused or (known or old, True)
    return _fit(work, meant, lot)


def _fit(work: _Work, meant: _Meant, lot: Lot) -> tuple[Lot | None, bool] | Refusal:
    """Object to good stock that lacks what its item needs, where the line is said to be good by now."""
    if meant.said.status != Status.GOOD:
        return lot, False
    draft = work.draft
    today = draft.moment.today.get(meant.row.site) or draft.moment.recorded_at.date()
    supplier = None
    if meant.said.supplier is not None:
        supplier = draft.ledger.document(supplier_key(meant.said.supplier), Supplier)
    missing = missing_fact(meant.item, lot, today=today)
    lacks = None if missing is None else Conflict(Code.FIELD_MISSING, *missing)
    expired_ok = draft.ledger.settings.expired_ok
    lacks = lacks or too_short(_line(meant, {}), lot, today=today, supplier=supplier, expired_ok=expired_ok)
    if lacks is None:
        return lot, False
    return work.object(lacks.code, f"{meant.path}.{lacks.field}", lacks.message, meant.said) or (lot, True)


def _facts_said(said: LineWrong) -> dict[str, Any]:
    return {name: value for name in (*_FACTS, *_MORE) if (value := getattr(said, name)) is not None}


def _line(meant: _Meant, facts: Mapping[str, Any]) -> GoodsLine:
    """Return a line of goods that says these facts of its lot."""
    return GoodsLine(meant.said.line, meant.row.sku, Decimal(0), None, meant.row.location, lot=meant.row.lot, **facts)


def _of_old(old: Lot | None, row: RowKey, said: dict[str, Any], line: GoodsLine, work: _Work) -> Lot:
    """Return a lot that nobody knew: what the line's lot was known to be, but for what is said now."""
    day = work.paper.at.date() if old is None or old.received is None else old.received
    lot = learn(None, line, sku=row.sku, lot=row.lot or "", received=day, hold=None, came=RECEIPT)
    if old is None:
        return lot
    facts = {name: getattr(old, name) for name in _FACTS if name not in said}
    kept = replace(lot, **facts)
    more = old.more or PLAIN
    return _with_facts(kept, {name: getattr(more, name) for name in _MORE if name not in said})


def _with_facts(lot: Lot, said: Mapping[str, Any]) -> Lot:
    """Return a lot with other facts; whom it was told of when it expires is told again of the new day."""
    facts = {name: value for name, value in said.items() if name in _FACTS}
    more: dict[str, Any] = {name: value for name, value in said.items() if name in _MORE}
    if facts.get("expires", lot.expires) != lot.expires:
        more["alerted"] = ()
    after = replace(lot, **facts)
    return after if not more else replace(after, more=replace(after.more or PLAIN, **more))


def _decided(work: _Work, content: str) -> tuple[Event, ...]:
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
    losers = take_back(work.draft, paper.missing())
    for name, before in work.lots_before.items():
        losers += losers_of(work.draft, {name: before}, name)
    gained = {line.row.sku for change in work.changes for line in change.put}
    settled = settle(work.draft, losers, skus=gained | {name.sku for name in work.lots_before})
    lines = receipt.lines | {change.line: change.booked for change in work.changes}
    again: tuple[Event, ...] = ()
    if receipt.told:
        closed = closing(
            work.draft, command.receipt, receipt, expected=receipt.expected, by=command.by, at=paper.at, lines=lines
        )
        again = (closed,)
    return event, *paper.verdicts.noted, *settled, *again
