"""Numbers of the units of a line that was told wrongly: some were misread, some left out, some go along."""

from __future__ import annotations

from dataclasses import replace

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.model import Serial, SerialKey, SerialState
from lotstream.domain.receipt_lines import Correction, LineMeant
from lotstream.domain.serials import check_count, promised_to
from lotstream.domain.serials_in import WHERE
from lotstream.domain.wording import counted

#: Numbers that one sentence names, at most.
NAMED_MAX = 20


def correct_units(work: Correction, meant: LineMeant) -> tuple[Serial, ...]:
    """Return the units of a line as they are afterwards.

    Those that came with it go along, whether they are named or not, as its goods do; where none of it came there are no
    such units. What has left, or is promised by its number, is refused when asked and stays what it is when it has
    happened.
    """
    units = list[Serial]()
    _check(work, meant)
    gone, kept = _numbers(work, meant)
    for path, number in gone:
        units += _forget(work, meant, number, f"{meant.path}.{path}")
    for path, number in kept:
        units += _keep(work, meant, number, f"{meant.path}.{path}")
    for unit in units:
        work.draft.serials[unit.key] = unit
    _check_all_named(work, meant)
    _check_picked(work, meant)
    return tuple(units)


_Numbers = list[tuple[str, str]]
"""Serial numbers, each with the field that speaks of it."""


def _numbers(work: Correction, meant: LineMeant) -> tuple[_Numbers, _Numbers]:
    """Return the numbers of a line that are of no unit, and those that go along with its goods."""
    said = meant.said
    kept = {number: f"serials.{index}" for index, number in reversed([*enumerate(said.serials)])}
    gone = {number: f"misread.{index}" for index, number in enumerate(said.misread) if number not in kept}
    own = [
        number for number in _of_state(work, meant, SerialState.IN_STOCK) if number not in kept and number not in gone
    ]
    if meant.quantity == 0:
        gone |= dict.fromkeys(own, "quantity")
    elif meant.is_moved and not _unclear(work, meant):
        kept |= dict.fromkeys(own, "sku" if meant.item.sku != meant.before.row.sku else "lot")
    return [(path, number) for number, path in gone.items()], [(path, number) for number, path in kept.items()]


def _of_state(work: Correction, meant: LineMeant, state: SerialState) -> list[str]:
    """Return the numbers that came with a line whose units are in a state, and of the lot they came with."""
    row = meant.before.row
    units = [(number, work.draft.serial(SerialKey(number, row.sku))) for number in _came_with(work, meant)]
    return [number for number, unit in units if unit and unit.state is state and unit.row.lot == row.lot]


def _came_with(work: Correction, meant: LineMeant) -> tuple[str, ...]:
    return work.receipt.serials.get(meant.said.line, ())


def _check_picked(work: Correction, meant: LineMeant) -> None:
    """Object to another lot for units that somebody has picked: they stay of the one they had."""
    numbers = sorted(_of_state(work, meant, SerialState.PICKED)) if meant.is_moved else []
    if not numbers:
        return
    named = ", ".join(numbers[:NAMED_MAX])
    message = f"{named} of line {meant.said.line} stand picked for orders; have the picks undone first."
    work.object(Code.NOT_AVAILABLE, f"{meant.path}.lot", message, meant.said)


def _unclear(work: Correction, meant: LineMeant) -> list[str]:
    """Return the numbers that came with a line which has fewer units by now; nothing where it is clear which are left.

    Which of them stays with what is left of the line nobody knows.
    """
    left = [number for number in _came_with(work, meant) if number not in meant.said.misread]
    return left if 0 < meant.quantity < len(left) * 10**meant.item.decimals else []


def _check_all_named(work: Correction, meant: LineMeant) -> None:
    """Object to fewer units than came by their numbers, where nobody says which of them did not."""
    numbers = sorted(_unclear(work, meant))
    if not numbers:
        return
    named = ", ".join(numbers[:NAMED_MAX])
    message = f"{named} came with line {meant.said.line}, more than its units; say which of them were misread."
    work.object(Code.FIELD_MISSING, f"{meant.path}.misread", message, meant.said)


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
        message = f"The line has {counted(len(said.serials), 'serial number')}, more than units; send those that came."
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
