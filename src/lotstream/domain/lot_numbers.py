"""Which lot goods are of: the one they name, the one their supplier's number is known as, or one with a new number.

A supplier's number that another supplier has used already gets a suffix, so that two suppliers' lots stay two. A number
of ours that is named is taken as it is; goods of another supplier under it contradict it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Final

from lotstream.domain.codes import Code
from lotstream.domain.commands import GoodsLine
from lotstream.domain.draft import Draft
from lotstream.domain.lot_facts import Conflict, contradiction, facility_of
from lotstream.domain.model import COUNTER, Item, Lot, LotNumber, NumberKind, ReceiptKey, RowKey
from lotstream.domain.number_rules import (
    MADE,
    RECEIVED,
    SEQUENCE,
    SUPPLIER_LOT,
    matches,
    parts_of,
    template_of,
    written_day,
)

#: Where the owner's next number of a lot is kept.
LOT_COUNTER: Final = ReceiptKey(COUNTER, "lot")
#: Longest number that lots get: a suffix still fits in a name.
_NUMBER_CHARS_MAX: Final = 120


@dataclass(slots=True)
class Arrival:
    """Goods whose lot is asked for."""

    draft: Draft
    item: Item
    line: GoodsLine
    #: Business date of the document.
    day: date
    #: Gives the next number out.
    draw: Callable[[], int]
    #: Lots that this decision made, by SKU and their supplier's number.
    supplied: Mapping[tuple[str, str], Iterable[str]]


def is_suppliers(line: GoodsLine) -> bool:
    """Tell whether the number a line has is its supplier's: it names no other."""
    return line.supplier_lot is not None and line.lot in (None, line.supplier_lot)


def lot_of(arrival: Arrival) -> str | Conflict | None:
    """Return the number of the lot that goods are of, which may be a new one; None when nobody has given one."""
    line = arrival.line
    if is_suppliers(line):
        known = _known_as(arrival)
        if known is not None:
            return known if isinstance(known, Conflict) else known.lot
        if line.lot is not None:
            return _free(arrival, line.lot)
    elif line.lot is not None:
        return _ours(arrival, line.lot)
    rule = arrival.item.lot_number or LotNumber()
    if rule.kind is NumberKind.SUPPLIER:
        return None if line.supplier_lot is None else _free(arrival, line.supplier_lot)
    if _draws(rule):
        return _drawn(arrival, rule)
    written = _written(arrival, rule)
    return written if isinstance(written, Conflict) else _free(arrival, written, joins=True)


def is_same(draft: Draft, row: RowKey, line: GoodsLine) -> bool:
    """Tell whether a line that names no number of ours may be of the lot that it was booked to before."""
    if line.supplier_lot is None:
        return line.lot is None
    lot = draft.lot(row.sku, row.lot)
    return is_suppliers(line) and lot is not None and line.supplier_lot in (lot.supplier_lot, lot.lot)


def _ours(arrival: Arrival, number: str) -> str | Conflict:
    rule, sku = arrival.item.lot_number, arrival.item.sku
    if rule is None or rule.pattern is None or arrival.draft.lot(sku, number) is not None:
        return number
    if matches(rule.pattern, number):
        return number
    message = f"{number} is no number of a lot of {sku}, which is written {rule.pattern}; check it."
    return Conflict(Code.FIELD_INVALID, "lot", message)


def _known_as(arrival: Arrival) -> Lot | Conflict | None:
    """Return the lot that a supplier's number is known as; a line without a supplier means the only one there is."""
    line, sku = arrival.line, arrival.item.sku
    lots = list(_called(arrival, sku, line.supplier_lot or ""))
    same = [lot for lot in lots if lot.supplier == line.supplier]
    if line.supplier is None and len(lots) > 1:
        message = f"{len(lots)} lots of {sku} have the number {line.supplier_lot} of their supplier; send the supplier."
        return Conflict(Code.FIELD_MISSING, "supplier", message)
    others = lots if line.supplier is None else [lot for lot in lots if lot.supplier is None]
    return min([*same] or others, key=lambda lot: lot.lot, default=None)


def _called(arrival: Arrival, sku: str, number: str) -> Iterator[Lot]:
    """Yield the lots of a SKU that a supplier calls by a number; one of that number may never have been told it."""
    known = arrival.draft.ledger.lots_supplied(sku, number)
    for name in sorted({number, *known, *arrival.supplied.get((sku, number), ())}):
        lot = arrival.draft.lot(sku, name)
        if lot is not None and _is_there(lot) and number == (lot.supplier_lot or lot.lot):
            yield lot


def _free(arrival: Arrival, number: str, *, joins: bool = False) -> str:
    """Return a number that no lot of the item has, with a suffix where it is taken; or of a lot these goods join."""
    base = number[:_NUMBER_CHARS_MAX]
    names = (base if at == 1 else f"{base}-{at}" for at in count(1))
    lots = ((name, arrival.draft.lot(arrival.item.sku, name)) for name in names)
    return next(name for name, lot in lots if lot is None or (joins and _fits(lot, arrival.line)))


def _drawn(arrival: Arrival, rule: LotNumber) -> str | Conflict:
    """Return the next number that no lot of the item has."""
    written = _written(arrival, rule)
    while not isinstance(written, Conflict) and arrival.draft.lot(arrival.item.sku, written) is not None:
        written = _written(arrival, rule)
    return written


def _is_there(lot: Lot) -> bool:
    """Tell whether a lot is no other one by now: corrected to another number, or merged."""
    return lot.more is None or lot.more.into is None


def _fits(lot: Lot, line: GoodsLine) -> bool:
    return _is_there(lot) and contradiction(lot, line) is None and line.supplier_lot in (None, lot.supplier_lot)


def _draws(rule: LotNumber) -> bool:
    return any(part.fact == SEQUENCE for part in parts_of(template_of(rule, made=False)))


def _written(arrival: Arrival, rule: LotNumber) -> str | Conflict:
    line = arrival.line
    pieces: list[str] = []
    for part in parts_of(template_of(rule, made=line.made is not None)):
        if part.fact is None:
            pieces.append(part.text)
        elif part.fact == SEQUENCE:
            pieces.append(str(arrival.draw()).zfill(int(part.form or 0)))
        elif part.fact in (MADE, RECEIVED):
            day = line.made if part.fact == MADE else line.received or arrival.day
            if day is None:
                return _lacks(arrival, part.fact)
            pieces.append(written_day(day, part.form))
        else:
            text = line.supplier_lot if part.fact == SUPPLIER_LOT else facility_of(line)
            if text is None:
                return _lacks(arrival, part.fact)
            pieces.append(text)
    return "".join(pieces)


def _lacks(arrival: Arrival, fact: str) -> Conflict:
    message = f"Lots of {arrival.item.sku} are numbered by {fact}, which the line does not say; send it, or the lot."
    return Conflict(Code.FIELD_MISSING, fact, message)
