"""Goods that are told line by line: which lot each line is of, what is wrong with it, and where it is booked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from lotstream.domain.codes import Code, Refusal, Refused, stop_if
from lotstream.domain.commands import GoodsLine
from lotstream.domain.complete import day_there, missing_fact, supplier_named, too_short, with_shelf_life
from lotstream.domain.costing import add_cost
from lotstream.domain.draft import Draft
from lotstream.domain.events import CounterfeitSuspected, DiscrepancyNoted, GoodsBooked
from lotstream.domain.goods_lines import (
    Amounts,
    amounts_of,
    check_line,
    check_lines,
    cost_of_line,
    kept_whole,
    why_uncountable,
)
from lotstream.domain.inspecting import await_inspection
from lotstream.domain.ledger import Ledger
from lotstream.domain.lot_facts import (
    OPENED,
    Conflict,
    contradiction,
    failed,
    learn,
    made_later,
    of_several,
    uncontradicted,
)
from lotstream.domain.lot_numbers import LOT_COUNTER, Arrival, is_same, is_suppliers, lot_of
from lotstream.domain.marks import arrived
from lotstream.domain.model import (
    TITLE,
    Booked,
    Hold,
    Item,
    Lot,
    NextNumber,
    Receipt,
    ReceiptKey,
    RowKey,
    Status,
    Tracking,
)
from lotstream.domain.papers_needed import papers_of
from lotstream.domain.places import DOCK
from lotstream.domain.places_for import why_not_there
from lotstream.domain.quantities import UNCOUNTABLE, unit_factor
from lotstream.domain.recalled_later import note_recalled, under_recalls
from lotstream.domain.serials_in import arriving, doubted, take_in
from lotstream.domain.shelves import rows_in
from lotstream.domain.weights import grams, not_weighed, told_grams

#: Kinds of documents goods come in under.
RECEIPT = "receipt"
BALANCE = OPENED


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
    #: Units that came in of which there is one already.
    doubtful: list[CounterfeitSuspected] = field(default_factory=list)
    #: Lots that were known and of which something else is known now.
    learned: set[tuple[str, str]] = field(default_factory=set)
    #: Lots that are made here, by SKU and their supplier's number.
    supplied: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    #: The next number of a lot, where some were given out.
    next_number: int | None = None
    #: Rows by place that goods of the document come to.
    stand: dict[str, set[RowKey]] = field(default_factory=dict)

    def beside(self, site: str, place: str) -> list[RowKey]:
        """Return the rows with goods in a place, those of lines before this one included."""
        stock, mine = self.draft.ledger.stock, self.stand.get(place, set())
        there = [key for key in rows_in(self.draft.ledger, site, place) if key not in mine and stock[key].on_hand > 0]
        return [*there, *mine]

    @property
    def is_receipt(self) -> bool:
        """Tell whether the goods come in at the dock, and did not lie in the house before."""
        return self.key.kind == RECEIPT

    @property
    def document(self) -> str:
        """Return kind and number, as people read it."""
        return f"{self.key.kind} {self.key.number}"

    def before(self, line: GoodsLine) -> Booked | None:
        """Return where a line was booked to when it was told before."""
        return None if self.known is None else self.known.lines.get(line.line)

    def draw(self) -> int:
        """Give the next number of a lot out."""
        if self.next_number is None:
            counter = self.draft.ledger.document(LOT_COUNTER, NextNumber)
            self.next_number = 1 if counter is None else counter.next
        self.next_number += 1
        return self.next_number - 1


def book_all(delivery: Delivery, lines: tuple[GoodsLine, ...]) -> None:
    """Book the lines of a document, or note why one cannot be; raises `Refused`."""
    noted = delivery.noted if delivery.happened else None
    stop_if(check_lines(lines) or site_unknown(delivery.draft.ledger, delivery.site, noted=noted))
    for index, line in enumerate(lines):
        _book(delivery, line, f"lines.{index}")
    delivery.noted += note_recalled(
        delivery.draft, delivery.booked, document=delivery.key.kind, number=delivery.key.number
    )


def site_unknown(ledger: Ledger, site: str, *, noted: list[DiscrepancyNoted] | None) -> Refusal | None:
    """Refuse a site that is not defined; where ``noted`` is given, because it has happened, note it there instead."""
    if site in ledger.sites.sites:
        return None
    message = f"Site {site} is not defined; define it."
    if noted is None:
        return Refusal(Code.FIELD_INVALID, "site", message)
    noted.append(DiscrepancyNoted(Code.FIELD_INVALID.value, message, {"site": site}))
    return None


def _book(delivery: Delivery, line: GoodsLine, path: str) -> None:
    """Book one line, or note why it cannot be."""
    stop_if(check_line(line, path))
    counted = _counted(delivery, line, path)
    if not isinstance(counted, Refusal):
        item, amounts = counted
        _book_counted(delivery, replace(line, sku=item.sku), item, amounts, path)
        return
    # Goods that changed owner are nobody else's any more, and must be somebody's.
    kept = counted.code in UNCOUNTABLE or delivery.key.kind == TITLE
    if not (kept and delivery.happened):
        stop_if(counted)
    delivery.noted.append(kept_whole(line, counted, document=delivery.document, site=delivery.site))


def _counted(delivery: Delivery, line: GoodsLine, path: str) -> tuple[Item, Amounts] | Refusal:
    item = delivery.draft.find_item(line.sku or None, line.gtin)
    factor = None if item is None else unit_factor(item, line.unit)
    if item is None or factor is None:
        return why_uncountable(line, item, path)
    amounts = amounts_of(line, item, factor, path, positive=not delivery.as_found)
    return amounts if isinstance(amounts, Refusal) else (item, amounts)


def _book_counted(delivery: Delivery, line: GoodsLine, item: Item, amounts: Amounts, path: str) -> None:
    before = delivery.before(line)
    if before is not None:
        _told_again(delivery, line, before, amounts, path)
        return
    number = _lot_of(delivery, line, item)
    conflict = number if isinstance(number, Conflict) else None
    if not isinstance(number, Conflict):
        line = replace(line, lot=number)
    line = with_shelf_life(item, line, delivery.draft.lot(item.sku, line.lot))
    weight_g = _grams(delivery, line, item, path)
    conflict = conflict or _conflict(delivery, line, item, amounts)
    if conflict is None and weight_g == 0 and item.catch_weight and not delivery.as_found:
        message = f"{item.sku} is weighed, and line {line.line} says no weight; send what it weighs."
        conflict = Conflict(Code.FIELD_MISSING, "weight_kg", message)
    if conflict is not None and not delivery.happened and not delivery.as_found:
        raise Refused(conflict.code, f"{path}.{conflict.field}", conflict.message)
    row = _row(delivery, line, pack=amounts.pack, quarantined=conflict is not None)
    _check_place(delivery, line, row, path)
    _put(delivery, line, amounts, row, conflict, weight_g=weight_g)


def _grams(delivery: Delivery, line: GoodsLine, item: Item, path: str) -> int:
    """Return what a line weighs; 0 where that is not told, or is told of an item that has no weight."""
    if line.weight_kg is None:
        return 0
    wrong = not_weighed(item, path)
    if wrong is None or not delivery.happened:
        stop_if(wrong)
        return grams(line.weight_kg)
    about = {"line": line.line, "sku": item.sku, "document": delivery.document}
    delivery.noted.append(DiscrepancyNoted(wrong.code.value, wrong.message, about, line.quantity))
    return 0


def _check_place(delivery: Delivery, line: GoodsLine, row: RowKey, path: str) -> None:
    """Object to goods that must not lie where they are told to be; stock as found lies where it lies."""
    wrong = None if delivery.as_found else why_not_there(delivery.draft.ledger, row, delivery.beside)
    delivery.stand.setdefault(row.location, set()).add(row)
    if wrong is None:
        return
    if not delivery.happened:
        raise Refused(Code.LOT_NOT_ALLOWED, f"{path}.location", wrong)
    about = {"line": line.line, "sku": row.sku, "location": row.location, "document": delivery.document}
    about |= {} if row.lot is None else {"lot": row.lot}
    delivery.noted.append(DiscrepancyNoted(Code.LOT_NOT_ALLOWED.value, wrong, about, line.quantity))


def _weighs_otherwise(delivery: Delivery, line: GoodsLine) -> bool:
    """Tell whether a line is told again with another weight."""
    told_g = told_grams(delivery.draft.known_item(line.sku), line.weight_kg)
    known = 0 if delivery.known is None else delivery.known.weights.get(line.line, 0)
    return told_g not in (0, known)


def _lot_of(delivery: Delivery, line: GoodsLine, item: Item) -> str | Conflict | None:
    if not delivery.is_receipt and (line.lot is None or not is_suppliers(line)):
        # It lay there under the number it has, or under none.
        return line.lot
    return lot_of(Arrival(delivery.draft, item, line, delivery.day, delivery.draw, delivery.supplied))


def _told_again(delivery: Delivery, line: GoodsLine, before: Booked, amounts: Amounts, path: str) -> None:
    """Pass over a line that is booked already; whatever was wrong with it then was said then."""
    if is_same(delivery.draft, before.row, line):
        line = replace(line, lot=before.row.lot)
    row = _row(delivery, line, pack=amounts.pack, quarantined=False)
    again = {row, _row(delivery, line, pack=amounts.pack, quarantined=True)}
    if before.row in again and before.quantity == amounts.quantity and not _weighs_otherwise(delivery, line):
        return
    message = f"Line {line.line} of {delivery.document} is booked with other content; correct the receipt instead."
    if not delivery.happened:
        raise Refused(Code.CONFLICTING_CONTENT, f"{path}.line", message)
    about = {"line": line.line, "sku": line.sku, "document": delivery.document}
    delivery.noted.append(DiscrepancyNoted(Code.CONFLICTING_CONTENT.value, message, about, line.quantity))


def _conflict(delivery: Delivery, line: GoodsLine, item: Item, amounts: Amounts) -> Conflict | None:
    draft = delivery.draft
    known = draft.lot(item.sku, line.lot)
    other = draft.find_item(None, line.gtin)
    if other is not None and other.sku != item.sku:
        message = f"GTIN {line.gtin} is that of {other.sku}, not of {item.sku}; check the goods."
        return Conflict(Code.CONFLICTING_CONTENT, "gtin", message)
    if line.lot is None and item.tracking is Tracking.LOT and not delivery.as_found:
        message = f"{item.sku} is tracked by lot and the line names none; send its lot."
        return Conflict(Code.FIELD_MISSING, "lot", message)
    conflict = None if line.lot is None else contradiction(known, line)
    if conflict is None and delivery.is_receipt:
        conflict = made_later(line, day_there(draft, delivery.site, line.received or delivery.day))
    if conflict is None and delivery.is_receipt and line.status == Status.GOOD:
        conflict = _unfit(delivery, line, item)
    lotless = line.lot is None and not delivery.as_found
    return conflict or arriving(draft, item, line.serials, amounts.quantity, wanted=lotless)


def _unfit(delivery: Delivery, line: GoodsLine, item: Item) -> Conflict | None:
    """Return what good stock of an item lacks: a fact, a passed inspection, or enough of a life."""
    draft = delivery.draft
    today = date.fromordinal(draft.today(delivery.site))
    lot = _learnt(delivery, line, 0)
    if line.inspection is not None and not line.inspection.passed:
        message = f"Goods of line {line.line} did not pass inspection {line.inspection.number}; send them back."
        return Conflict(Code.LOT_NOT_ALLOWED, "inspection", message)
    missing = None if lot is None else missing_fact(item, lot, today=today)
    if missing is not None:
        return Conflict(Code.FIELD_MISSING, *missing)
    supplier = supplier_named(draft.ledger, line.supplier)
    return too_short(line, lot, today=today, supplier=supplier, expired_ok=draft.ledger.settings.expired_ok)


def _row(delivery: Delivery, line: GoodsLine, *, pack: int | None, quarantined: bool) -> RowKey:
    status = line.status
    if status == Status.GOOD and (quarantined or (line.lot is None and line.hold is not None)):
        status = Status.QUARANTINE.value
    location = line.location or DOCK
    return RowKey(line.sku, line.lot, delivery.site, location, line.package, pack, status, line.returned)


def _put(
    delivery: Delivery, line: GoodsLine, amounts: Amounts, row: RowKey, conflict: Conflict | None, *, weight_g: int
) -> None:
    """Put goods down where they belong, in quarantine when something about them is wrong."""
    draft = delivery.draft
    known = draft.lot(line.sku, line.lot)
    received = line.received or delivery.day
    if conflict is None or not conflict.contradicts:
        lot = _learn(delivery, line, known, amounts.quantity)
    elif known is None:
        lot = _learn(delivery, uncontradicted(line, conflict), known, amounts.quantity)
    else:
        # What its one line says is no longer all that came of it.
        lot = draft.lots[known.sku, known.lot] = of_several(known)
    draft.give(row, amounts.quantity - amounts.promised, received=received)
    doubts = doubted(draft, line.serials, row, receipt=delivery.key.number) if delivery.is_receipt else []
    delivery.doubtful += doubts
    serials = () if not line.serials else take_in(draft, line.serials, row)
    code, why = (None, None) if conflict is None else (conflict.code.value, conflict.message)
    booked = GoodsBooked(
        line.line,
        row,
        amounts.quantity,
        lot,
        received,
        amounts.promised,
        code,
        why,
        serials,
        weight_g,
        cost_of_line(line),
        # What is odd about its units is said of each of them.
        bool(doubts) and conflict is not None and conflict.field.startswith("serials"),
    )
    delivery.booked.append(booked)


def _learnt(delivery: Delivery, line: GoodsLine, quantity: int) -> Lot | None:
    """Return the facts of a line's lot with what the line adds to them."""
    if line.lot is None:
        return None
    document, known = delivery.document, delivery.draft.lot(line.sku, line.lot)
    hold = None if line.hold is None else Hold(line.recall or f"{document}/{line.line}", line.hold, line.reason)
    if line.inspection is not None and not line.inspection.passed:
        hold = failed(line.inspection)
    received = line.received or delivery.day
    lot = learn(known, line, sku=line.sku, lot=line.lot, received=received, hold=hold, came=delivery.key.kind)
    lot = arrived(delivery.draft, lot, delivery.site)
    lot = under_recalls(delivery.draft, lot, known)
    if not delivery.as_found and (line.inspection is None or not line.inspection.passed):
        item, moment = delivery.draft.known_item(line.sku), delivery.draft.moment
        lot = await_inspection(lot, known, item, at=moment.recorded_at)
    return add_cost(lot, cost_of_line(line), quantity)


def _learn(delivery: Delivery, line: GoodsLine, known: Lot | None, quantity: int) -> Lot | None:
    lot = _learnt(delivery, line, quantity)
    if lot is None:
        return None
    if known is not None and replace(lot, more=known.more) == known and papers_of(lot) == papers_of(known):
        # What is used first, and who may have it, hangs on nothing of this.
        delivery.draft.lots[lot.sku, lot.lot] = lot
        return lot
    delivery.draft.know_lot(lot)
    if known is not None:
        delivery.learned.add((lot.sku, lot.lot))
    if lot.supplier_lot is not None:
        delivery.supplied.setdefault((lot.sku, lot.supplier_lot), []).append(lot.lot)
    return lot
