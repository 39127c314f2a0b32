"""Serial numbers: one unit each, promised to the line that names it, picked and shipped once.

How much there is stands in the stock rows; a serial number only says which unit it is and where it was seen last. A
line that names one is promised that unit of the row; a line that names none is promised any, and its units are told
when they are picked or shipped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lotstream.domain.candidate import Candidate
from lotstream.domain.checks import terms_of
from lotstream.domain.codes import Code, NotUsed, Refusal
from lotstream.domain.draft import Draft
from lotstream.domain.events import Considered, LineDecision
from lotstream.domain.model import (
    Item,
    Order,
    OrderKey,
    OrderLine,
    Policy,
    Reservation,
    Serial,
    SerialKey,
    SerialState,
    Tracking,
)
from lotstream.domain.shelves import derived_of
from lotstream.domain.terms import Terms
from lotstream.domain.usable import strongest
from lotstream.domain.wording import counted

#: Code and sentence of why a unit may not be taken.
Objection = tuple[Code, str]
#: Units that are gone without being shipped, and what is said of them.
GONE = {
    SerialState.USED: "went into other goods",
    SerialState.SCRAPPED: "was scrapped",
    SerialState.SENT_BACK: "was sent back",
    SerialState.ADJUSTED_OUT: "was taken off the books",
    SerialState.LOST: "is lost",
}
#: Stands for the order of units that are taken for none.
NOBODY = OrderKey("", "")


def decide_number(draft: Draft, order: Order, line: OrderLine, *, wanted: int, site: str) -> LineDecision:
    """Promise the unit of the serial number that a line names, where nobody else has it; that number and no other."""
    key, terms = SerialKey(line.serial or "", line.sku), terms_of(draft, order, line, site=site)
    serial, unit = draft.serial(key), 10 ** draft.known_item(line.sku).decimals
    looked_at: list[Considered] = []
    if serial is not None and wanted >= unit and _is_there(serial, site) and promised_to(draft, key) is None:
        for candidate in _places(draft, serial, terms.policy):
            held = strongest(serial.holds) if serial.holds else None
            free, reason = draft.free(candidate), held or candidate.reason or terms.refuse(candidate)
            reason = reason or (None if _may_be_all(draft, line, terms, wanted=wanted) else NotUsed.LOT_TOO_SMALL)
            if reason is None and free >= unit and candidate.key.pack_size in (None, unit):
                draft.take(candidate, unit)
                draft.promise_number(key)
                reserved = (Reservation(draft.new_task(), candidate.key, unit, serials=(key.number,)),)
                used = (*looked_at, candidate.used(unit, free))
                return LineDecision(line.line, reserved, wanted - unit, terms.policy, terms.policy_from, used)
            looked_at.append(candidate.not_used(reason or NotUsed.RESERVED, free))
    counts = dict(Counter([str(record.reason) for record in looked_at]))
    return LineDecision(line.line, (), wanted, terms.policy, terms.policy_from, tuple(looked_at), counts)


def _may_be_all(draft: Draft, line: OrderLine, terms: Terms, *, wanted: int) -> bool:
    """Tell whether one unit is something that a line's own rules let it have."""
    settings, item = draft.ledger.settings, draft.known_item(line.sku)
    unit = 10**item.decimals
    if wanted > unit and (terms.lots_max == 1 or not settings.allow_partial):
        return False
    has = line.ordered - line.cancelled - wanted + unit
    return not settings.whole_unit or line.unit == item.base_unit or has % line.unit_factor == 0


def _is_there(serial: Serial, site: str) -> bool:
    return serial.state is SerialState.IN_STOCK and serial.row.site == site


def _places(draft: Draft, serial: Serial, policy: Policy) -> list[Candidate]:
    """Return where to look for a unit: where it was seen last, and in its lot when nothing lies there any more.

    Goods are moved without their numbers being told; a bin that has goods is believed to have this unit among them.
    """
    seen = draft.candidate(serial.row)
    if seen.row.on_hand > 0 or draft.free(seen) > 0:
        return [seen]
    return draft.of_lot(draft.shelf(serial.key.sku, serial.row.site), policy, serial.row.lot)


def promised_to(draft: Draft, key: SerialKey) -> OrderKey | None:
    """Return the order that the unit of a serial number is promised to, or picked for, by its number; None for none."""
    found = _promise_of(draft, key)
    if found is not None:
        return found[0]
    return OrderKey("", "") if draft.is_promised_here(key) else None


def _promise_of(draft: Draft, key: SerialKey) -> tuple[OrderKey, str] | None:
    """Return the order and the line that the unit of a serial number is promised to, or picked for."""
    numbers = derived_of(draft.ledger).numbers
    for name in () if numbers is None else numbers.orders(key.number):
        order = draft.orders.get(name) or draft.ledger.orders[name]
        for line in order.lines:
            if any(key.number in part.serials and part.row.sku == key.sku for part in line.reservations):
                return name, line.line
    return None


def part_promised(draft: Draft, key: SerialKey) -> tuple[Order, OrderLine, Reservation] | None:
    """Return the promise of that very unit, which is not picked, with its line and order; None when nobody has it."""
    found = _promise_of(draft, key)
    if found is None:
        return None
    order = draft.orders.get(found[0]) or draft.ledger.orders[found[0]]
    parts = ((line, part) for line in order.lines for part in line.reservations if part.quantity > part.picked)
    mine = ((order, line, part) for line, part in parts if key.number in part.serials and part.row.sku == key.sku)
    return next(mine, None)


def check_line(item: Item, serial: str | None, ordered: int, field: str) -> Refusal | None:
    """Refuse a line for part of a unit that has a serial number, or for a number of what has none."""
    if item.tracking is Tracking.SERIAL:
        if ordered % 10**item.decimals:
            message = f"{item.sku} is tracked by serial number; send a whole number of {item.base_unit}."
            return Refusal(Code.NOT_A_MULTIPLE, f"{field}.quantity", message)
    elif serial is not None:
        message = f"{item.sku} is not tracked by serial number; leave the number out."
        return Refusal(Code.FIELD_INVALID, f"{field}.serial", message)
    return None


def why_not_take(
    draft: Draft, key: SerialKey, order: OrderKey, *, line: OrderLine | None, picked_ok: bool
) -> Objection | None:
    """Return why the unit of a serial number may not be picked or shipped for a line of an order, or None.

    ``picked_ok``: it may have been picked for the order before, as whatever is shipped. That another order has it is
    said before a hold is: what has happened is booked with a unit on hold, and never with another order's.
    """
    serial, holder = draft.serial(key), promised_to(draft, key)
    name = f"Serial {key.number} of {key.sku}"
    if serial is None:
        return Code.UNKNOWN_LOT, f"{name} is not known; check the number."
    if serial.state is SerialState.SHIPPED:
        return Code.ALREADY_SHIPPED, f"{name} was shipped to order {serial.order} with {serial.shipment}; check it."
    if serial.state in GONE:
        return Code.NOT_AVAILABLE, f"{name} {GONE[serial.state]}; check the number."
    if serial.state is SerialState.PICKED and not (picked_ok and (serial.source, serial.order) == order):
        return Code.PICKED_BY_OTHER, f"{name} was picked for order {serial.order}; take another."
    if holder not in (None, order):
        return Code.NOT_AVAILABLE, f"{name} is promised to another order; take another."
    mine = None if line is None or holder is None else _promise_of(draft, key)
    if line is not None and mine is not None and mine[1] != line.line:
        return Code.NOT_AVAILABLE, f"{name} is promised to line {mine[1]} of the order; take another."
    if serial.holds:
        return Code.ON_HOLD, f"{name} is on hold ({strongest(serial.holds)}); have the hold lifted or take another."
    if line is not None and line.serial not in (None, key.number):
        return Code.LOT_NOT_ALLOWED, f"Line {line.line} wants serial {line.serial}, not {key.number}; take that."
    return None


def check_count(serials: Sequence[str], quantity: int, item: Item, path: str) -> Refusal | None:
    """Refuse serial numbers that are not as many as the units, or one that is there twice."""
    if not serials:
        return None
    if len(set(serials)) < len(serials):
        return Refusal(Code.FIELD_INVALID, f"{path}.serials", "A serial number is there twice; send each once.")
    if item.tracking is not Tracking.SERIAL:
        message = f"{item.sku} is not tracked by serial number; leave the numbers out."
        return Refusal(Code.FIELD_INVALID, f"{path}.serials", message)
    if len(serials) * 10**item.decimals != quantity:
        message = (
            f"The line has {counted(len(serials), 'serial number')}, which is not its quantity; send one for each."
        )
        return Refusal(Code.FIELD_INVALID, f"{path}.serials", message)
    return None
