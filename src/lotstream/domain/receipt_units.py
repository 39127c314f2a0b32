"""Numbers of the units of a line that was told wrongly: some were misread, some left out, some go along."""

from __future__ import annotations

from dataclasses import replace

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.model import Serial, SerialKey, SerialState
from lotstream.domain.receipt_lines import Correction, LineMeant
from lotstream.domain.serials import check_count, promised_to
from lotstream.domain.serials_in import WHERE


def correct_units(work: Correction, meant: LineMeant) -> tuple[Serial, ...]:
    """Return the units of a line as they are afterwards.

    What has left, or is promised by its number, is refused when asked and stays what it is when it has happened.
    """
    said, units = meant.said, list[Serial]()
    _check(work, meant)
    kept = tuple(dict.fromkeys(said.serials))
    for name, numbers in (("misread", said.misread), ("serials", kept)):
        for index, number in enumerate(numbers):
            if name == "misread" and number in kept:
                continue
            path = f"{meant.path}.{name}.{index}"
            changed = _forget(work, meant, number, path) if name == "misread" else _keep(work, meant, number, path)
            units += changed
    for unit in units:
        work.draft.serials[unit.key] = unit
    return tuple(units)


def _check(work: Correction, meant: LineMeant) -> None:
    said = meant.said
    if not said.serials and not said.misread:
        return
    both = sorted({*said.serials} & {*said.misread})
    unit = 10**meant.item.decimals
    # Of a line that came without numbers some may be told later: they are no more than its units.
    wrong = check_count(said.serials, len(said.serials) * unit, meant.item, meant.path)
    if wrong is None and both:
        message = f"Serial {both[0]} is told as one of the line and as none; send it once."
        wrong = Refusal(Code.FIELD_INVALID, f"{meant.path}.misread", message)
    if wrong is None and len(said.serials) * unit > meant.quantity:
        message = f"There are {len(said.serials)} serial numbers, more than units; send those that came."
        wrong = Refusal(Code.FIELD_INVALID, f"{meant.path}.serials", message)
    if wrong is not None:
        work.object(wrong.code, wrong.field, wrong.message, said)


def _forget(work: Correction, meant: LineMeant, number: str, path: str) -> list[Serial]:
    """Return the unit of a number that nothing has, as one that never was; none where it must stay."""
    key = SerialKey(number, meant.before.row.sku)
    unit, why = work.draft.serial(key), None
    if unit is None:
        why = "is not known"
    elif unit.state is not SerialState.IN_STOCK:
        why = WHERE[unit.state]
    elif unit.holds:
        why = "is on hold"
    elif promised_to(work.draft, key) is not None:
        why = "is promised to an order by its number"
    if why is None and unit is not None:
        return [replace(unit, misread=True)]
    message = f"Serial {number} of {key.sku} {why}; check the number."
    work.object(Code.NOT_AVAILABLE, path, message, meant.said)
    return []


def _keep(work: Correction, meant: LineMeant, number: str, path: str) -> list[Serial]:
    """Return the unit of a number where its goods are booked now, and the one of the item it was told of before."""
    old, new = SerialKey(number, meant.before.row.sku), SerialKey(number, meant.item.sku)
    was, known = work.draft.serial(old), work.draft.serial(new)
    there = known or was
    if there is None:
        return [Serial(new, SerialState.IN_STOCK, meant.row)]
    mine = was is not None and was.state is SerialState.IN_STOCK and was.row.lot == meant.before.row.lot
    if was is None or not mine or (old != new and known is not None):
        message = f"Serial {number} of {new.sku} {WHERE[there.state]}, and not of this line; check the number."
        work.object(Code.CONFLICTING_CONTENT, path, message, meant.said)
        return []
    status = was.row.status if was.apart or was.row.status != meant.before.row.status else meant.row.status
    row = was.row._replace(sku=new.sku, lot=meant.row.lot, status=status)
    if old == new:
        return [] if row == was.row else [replace(was, row=row)]
    if promised_to(work.draft, old) is not None:
        message = f"Serial {number} of {old.sku} is promised to an order by its number; take the promise back first."
        work.object(Code.NOT_AVAILABLE, path, message, meant.said)
        return []
    return [replace(was, misread=True), replace(was, key=new, row=row)]
