"""Goods that are told line by line: what is wrong with a line, what its lot is, and where it is booked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import GoodsLine
from lotstream.domain.costing import add_cost, paid_for
from lotstream.domain.draft import Draft
from lotstream.domain.events import DiscrepancyNoted, GoodsBooked
from lotstream.domain.inspecting import await_inspection
from lotstream.domain.ledger import Ledger
from lotstream.domain.lot_facts import Conflict, contradiction, learn
from lotstream.domain.model import Booked, Hold, Item, Lot, Receipt, ReceiptKey, RowKey, Status, Tracking
from lotstream.domain.papers_needed import papers_of
from lotstream.domain.places import DOCK
from lotstream.domain.places_for import why_not_there
from lotstream.domain.quantities import check_quantity, smallest, unit_factor
from lotstream.domain.serials_in import arriving, take_in
from lotstream.domain.shelves import rows_in

#: Kinds of documents goods come in under.
RECEIPT = "receipt"
BALANCE = "balance"
_STATUSES = frozenset(Status)


@dataclass(slots=True)
class Delivery:
    """What is decided so far about one document of goods."""

    draft: Draft
    site: str
    #: Business date: the receipt date of lines that name none.
    day: date
    #: Kind and number of the document.
    key: ReceiptKey
    known: Receipt | None
    happened: bool = False
    #: Stock as found may be zero or negative, and is never refused for missing facts.
    as_found: bool = False
    booked: list[GoodsBooked] = field(default_factory=list)
    noted: list[DiscrepancyNoted] = field(default_factory=list)
    #: Lots that were known and of which something else is known now.
    learned: set[tuple[str, str]] = field(default_factory=set)
    #: Rows by place that goods of the document come to.
    stand: dict[str, set[RowKey]] = field(default_factory=dict)

    def beside(self, site: str, place: str) -> list[RowKey]:
        """Return the rows with goods in a place, those of lines before this one included."""
        stock, mine = self.draft.ledger.stock, self.stand.get(place, set())
        there = [key for key in rows_in(self.draft.ledger, site, place) if key not in mine and stock[key].on_hand > 0]
        return [*there, *mine]

    @property
    def document(self) -> str:
        """Return kind and number, as people read it."""
        return f"{self.key.kind} {self.key.number}"


def book_all(delivery: Delivery, lines: tuple[GoodsLine, ...]) -> Refusal | None:
    """Book the lines of a document, or note why one cannot be; returns a refusal of the whole document."""
    refused = _check_document(delivery, lines)
    for index, line in enumerate(lines):
        if refused is not None:
            return refused
        refused = _book(delivery, line, f"lines.{index}")
    return refused


def _check_document(delivery: Delivery, lines: tuple[GoodsLine, ...]) -> Refusal | None:
    if not lines:
        return Refusal(Code.FIELD_MISSING, "lines", "There are no lines; send at least one.")
    seen: set[str] = set()
    for index, line in enumerate(lines):
        if line.line in seen:
            message = f"Line {line.line} is there twice; give each line an id of its own."
            return Refusal(Code.FIELD_INVALID, f"lines.{index}.line", message)
        seen.add(line.line)
    return site_unknown(delivery.draft.ledger, delivery.site, noted=delivery.noted if delivery.happened else None)


def site_unknown(ledger: Ledger, site: str, *, noted: list[DiscrepancyNoted] | None) -> Refusal | None:
    """Refuse a site that is not defined; where ``noted`` is given, because it has happened, note it there instead."""
    if site in ledger.sites.sites:
        return None
    message = f"Site {site} is not defined; define it."
    if noted is None:
        return Refusal(Code.FIELD_INVALID, "site", message)
    noted.append(DiscrepancyNoted(Code.FIELD_INVALID.value, message, {"site": site}))
    return None


def _book(delivery: Delivery, line: GoodsLine, path: str) -> Refusal | None:
    """Book one line, or note why it cannot be; returns a refusal of the whole document."""
    refused = check_quantity(line.quantity, f"{path}.quantity", positive=not delivery.as_found)
    refused = refused or _check_cost(line, f"{path}.cost")
    if refused is None and line.status not in _STATUSES:
        message = f"{line.status} is no status of stock; send one of {', '.join(sorted(_STATUSES))}."
        refused = Refusal(Code.FIELD_INVALID, f"{path}.status", message)
    if refused is not None:
        return refused
    item = delivery.draft.item(line.sku)
    factor = None if item is None else unit_factor(item, line.unit)
    if item is None or factor is None:
        return _uncountable(delivery, line, path, known=item is not None)
    amounts = _amounts(line, item, factor, path, positive=not delivery.as_found)
    if isinstance(amounts, Refusal):
        return amounts
    conflict = _conflict(delivery, line, item) or _serial_conflict(delivery, line, item, amounts.quantity)
    if conflict is not None and not delivery.happened and not delivery.as_found:
        return Refusal(conflict.code, f"{path}.{conflict.field}", conflict.message)
    row = _row(delivery, line, pack=amounts.pack, quarantined=conflict is not None)
    return _book_once(delivery, line, path, row=row, amounts=amounts, conflict=conflict)


def _check_cost(line: GoodsLine, field: str) -> Refusal | None:
    if line.cost is None or (line.cost.is_finite() and line.cost >= 0):
        return None
    return Refusal(Code.FIELD_INVALID, field, f"What goods cost is {line.cost}; send a number from 0 on, or nothing.")


def _uncountable(delivery: Delivery, line: GoodsLine, path: str, *, known: bool) -> Refusal | None:
    """Keep goods that cannot be counted in a discrepancy, with everything the line says; refuse when only asked."""
    if known:
        code, name = Code.UNKNOWN_UNIT, "unit"
        message = f"{line.sku} has no unit {line.unit}; define the item with it and send this again."
    else:
        code, name = Code.UNKNOWN_ITEM, "sku"
        message = f"{line.sku} is not defined; define the item and send this again."
    if not delivery.happened:
        return Refusal(code, f"{path}.{name}", message)
    facts = {
        "line": line.line, "sku": line.sku, "unit": line.unit, "lot": line.lot, "location": line.location,
        "expires": line.expires, "made": line.made, "supplier": line.supplier, "supplier_lot": line.supplier_lot,
        "status": line.status, "document": delivery.document, "site": delivery.site,
    }  # fmt: skip
    about = {fact: str(value) for fact, value in facts.items() if value is not None}
    delivery.noted.append(DiscrepancyNoted(code.value, message, about, line.quantity))
    return None


class _Amounts(NamedTuple):
    """A line's quantities in smallest units."""

    quantity: int
    promised: int
    pack: int | None


def _amounts(line: GoodsLine, item: Item, factor: int, path: str, *, positive: bool) -> _Amounts | Refusal:
    quantity = smallest(line.quantity, factor, f"{path}.quantity", positive=positive)
    if isinstance(quantity, Refusal):
        return quantity
    promised = smallest(line.promised_elsewhere, factor, f"{path}.promised_elsewhere", positive=False)
    if isinstance(promised, Refusal):
        return promised
    if promised < 0:
        message = f"{line.promised_elsewhere} promised elsewhere is below 0: more would be free than is there."
        return Refusal(Code.FIELD_INVALID, f"{path}.promised_elsewhere", message)
    if line.pack_size is None:
        return _Amounts(quantity, promised, None)
    pack = smallest(line.pack_size, 10**item.decimals, f"{path}.pack_size")
    return pack if isinstance(pack, Refusal) else _Amounts(quantity, promised, pack)


def _conflict(delivery: Delivery, line: GoodsLine, item: Item) -> Conflict | None:
    if line.lot is not None:
        return contradiction(delivery.draft.lot(item.sku, line.lot), line)
    if item.tracking is Tracking.LOT and not delivery.as_found:
        return Conflict(
            Code.FIELD_MISSING, "lot", f"{item.sku} is tracked by lot and the line names none; send its lot."
        )
    return None


def _serial_conflict(delivery: Delivery, line: GoodsLine, item: Item, quantity: int) -> Conflict | None:
    before = None if delivery.known is None else delivery.known.lines.get(line.line)
    if before is not None:
        # Its numbers are known from the first time; whatever was wrong with them then is wrong still.
        wrong = line.serials and before.row.status == Status.QUARANTINE != line.status
        return Conflict(Code.CONFLICTING_CONTENT, "serials", "It is booked, in quarantine.") if wrong else None
    lotless = line.lot is None and not delivery.as_found
    return arriving(delivery.draft, item, line.serials, quantity, wanted=lotless)


def _row(delivery: Delivery, line: GoodsLine, *, pack: int | None, quarantined: bool) -> RowKey:
    status = line.status
    if status == Status.GOOD and (quarantined or (line.lot is None and line.hold is not None)):
        status = Status.QUARANTINE.value
    location = line.location or DOCK
    return RowKey(line.sku, line.lot, delivery.site, location, line.package, pack, status, line.returned)


def _book_once(
    delivery: Delivery, line: GoodsLine, path: str, *, row: RowKey, amounts: _Amounts, conflict: Conflict | None
) -> Refusal | None:
    before = None if delivery.known is None else delivery.known.lines.get(line.line)
    if before == Booked(row, amounts.quantity):
        return None
    if before is not None:
        message = f"Line {line.line} of {delivery.document} is booked with other content; correct the receipt instead."
        if not delivery.happened:
            return Refusal(Code.CONFLICTING_CONTENT, f"{path}.line", message)
        about = {"line": line.line, "sku": line.sku, "document": delivery.document}
        delivery.noted.append(DiscrepancyNoted(Code.CONFLICTING_CONTENT.value, message, about, line.quantity))
        return None
    refused = _check_place(delivery, line, row, path)
    if refused is not None:
        return refused
    received = line.received or delivery.day
    lot = (
        _learn(delivery, line, received, amounts.quantity)
        if conflict is None
        else delivery.draft.lot(line.sku, line.lot)
    )
    delivery.draft.give(row, amounts.quantity - amounts.promised, received=received)
    serials = () if not line.serials else take_in(delivery.draft, line.serials, row)
    code = None if conflict is None else conflict.code.value
    why = None if conflict is None else conflict.message
    booked = GoodsBooked(
        line.line, row, amounts.quantity, lot, received, amounts.promised, code, why, serials, cost=_cost(line)
    )
    delivery.booked.append(booked)
    return None


def _check_place(delivery: Delivery, line: GoodsLine, row: RowKey, path: str) -> Refusal | None:
    """Object to goods that must not lie where they are told to be; stock as found lies where it lies."""
    wrong = None if delivery.as_found else why_not_there(delivery.draft.ledger, row, delivery.beside)
    delivery.stand.setdefault(row.location, set()).add(row)
    if wrong is None:
        return None
    if not delivery.happened:
        return Refusal(Code.LOT_NOT_ALLOWED, f"{path}.location", wrong)
    facts = {"line": line.line, "sku": row.sku, "lot": row.lot, "location": row.location, "document": delivery.document}
    about = {name: value for name, value in facts.items() if value is not None}
    delivery.noted.append(DiscrepancyNoted(Code.LOT_NOT_ALLOWED.value, wrong, about, line.quantity))
    return None


def _cost(line: GoodsLine) -> Decimal | None:
    return None if line.cost is None else paid_for(line.cost, line.quantity)


def _learn(delivery: Delivery, line: GoodsLine, received: date, quantity: int) -> Lot | None:
    if line.lot is None:
        return None
    hold = None if line.hold is None else Hold(f"{delivery.document}/{line.line}", line.hold, line.reason)
    known = delivery.draft.lot(line.sku, line.lot)
    lot = learn(known, line, sku=line.sku, lot=line.lot, received=received, hold=hold, came=delivery.key.kind)
    lot = add_cost(lot, _cost(line), quantity)
    if not delivery.as_found:
        item, moment = delivery.draft.known_item(line.sku), delivery.draft.moment
        lot = await_inspection(lot, known, item, at=moment.recorded_at)
    if known is not None and replace(lot, more=known.more) == known and papers_of(lot) == papers_of(known):
        # What is used first, and who may have it, hangs on nothing of this.
        delivery.draft.lots[lot.sku, lot.lot] = lot
    else:
        delivery.draft.know_lot(lot)
        if known is not None:
            delivery.learned.add((lot.sku, lot.lot))
    return lot
