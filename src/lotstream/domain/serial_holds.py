"""Holds on the unit of one serial number: it is set apart from its row, and comes back with its last hold.

A promise of any unit of a row must not be a promise of the held one. So while the unit is in stock its first hold books
it from good stock into quarantine in the same bin, and its last one books it back. One that is picked stays with its
order, and does not leave while it is held.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from lotstream.domain.codes import Code, NotUsed, Refused, stop_if
from lotstream.domain.commands import LiftSerialHold, Moment, PlaceSerialHold
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, GoodsBooked, Returned, SerialHeld, SerialReleased, Undone
from lotstream.domain.filling import fill
from lotstream.domain.holds import again, also_lifted, lifted_before, placed_at, unnamed
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import HoldKind, RowKey, Serial, SerialKey, SerialState, Status
from lotstream.domain.places import is_staging
from lotstream.domain.reservations import give_back
from lotstream.domain.serials import GONE, part_promised
from lotstream.domain.settling import Loser, lose, settle
from lotstream.domain.shelves import rows_of_lot
from lotstream.domain.taking_back import take_back


def place_serial_hold(ledger: Ledger, command: PlaceSerialHold, moment: Moment) -> tuple[Event, ...]:
    """Decide hold.placed on a serial number; whoever is promised that very unit, or the last of the row, loses it.

    The same hold told again changes nothing.
    """
    if command.hold.kind is HoldKind.RECALL:
        message = "A serial number is held, not recalled; recall its lot by lot.recalled."
        raise Refused(Code.FIELD_INVALID, "kind", message)
    serial = _find(ledger, command.sku, command.serial)
    same = [hold.kind is command.hold.kind for hold in serial.holds if hold.id == command.hold.id]
    if same:
        return again(command.hold.id, same=same[0])
    if serial.state is SerialState.SHIPPED:
        message = f"Serial {serial.key.number} was shipped to order {serial.order}; it can be held when it is back."
        raise Refused(Code.ALREADY_SHIPPED, "serial", message)
    if serial.state in GONE and serial.state is not SerialState.USED:
        message = f"Serial {serial.key.number} {GONE[serial.state]}; there is nothing to hold."
        raise Refused(Code.NOT_AVAILABLE, "serial", message)
    hold = placed_at(command.hold, moment)
    draft, held = Draft(ledger, moment), replace(serial, holds=(*serial.holds, hold))
    losers: list[Loser] = []
    row = _row_of(draft, serial) if serial.state is SerialState.IN_STOCK else None
    event = replace(set_apart(draft, held, row), by=hold.by, at=hold.at)
    if row is not None:
        losers = _lose(draft, serial.key, row, quantity=event.quantity)
    return event, *settle(draft, losers)


def lift_serial_hold(ledger: Ledger, command: LiftSerialHold, moment: Moment) -> tuple[Event, ...]:
    """Decide hold.lifted from a serial number: one hold, or all of them; then whoever waits is served."""
    serial = _find(ledger, command.sku, command.serial)
    left = tuple(hold for hold in serial.holds if command.hold not in (None, hold.id))
    if left == serial.holds:
        return lifted_before(command.hold, serial.lifted, f"serial {serial.key.number} of {serial.key.sku}")
    stop_if(unnamed([hold for hold in serial.holds if hold not in left], command.by))
    unit = 10 ** ledger.items[serial.key.sku].decimals
    draft = Draft(ledger, moment)
    apart = _lies_in(draft, serial, Status.QUARANTINE) if serial.apart and not left else None
    lifted = also_lifted(serial.lifted, tuple(hold.id for hold in serial.holds if hold not in left))
    free = replace(serial, holds=left, apart=serial.apart and bool(left), lifted=lifted)
    by, at = command.by, command.occurred_at or moment.recorded_at
    if apart is None:
        return (SerialReleased(free, None, 0, by, at),)
    good = apart._replace(status=Status.GOOD.value)
    draft.give(apart, -unit)
    draft.give(good, unit)
    draft.serials[serial.key] = free = replace(free, row=good)
    return SerialReleased(free, apart, unit, by, at), *fill(draft, [serial.key.sku])


def set_apart(draft: Draft, held: Serial, row: RowKey | None) -> SerialHeld:
    """Return what holding a unit changes: it goes into quarantine where it lies; with no row, only its holds change."""
    if row is None:
        draft.serials[held.key] = held
        return SerialHeld(held, None, 0)
    unit, apart = 10 ** draft.known_item(row.sku).decimals, row._replace(status=Status.QUARANTINE.value)
    draft.give(row, -unit)
    draft.give(apart, unit)
    held = draft.serials[held.key] = replace(held, row=apart, apart=True)
    return SerialHeld(held, row, unit)


def units_held(draft: Draft, back: Undone | Returned | GoodsBooked) -> list[Serial]:
    """Return the units that lie among good stock again although they are on hold, as they are there."""
    found = [draft.serial(SerialKey(number, back.row.sku)) for number in back.serials]
    return [
        Serial(unit.key, SerialState.IN_STOCK, back.row, holds=unit.holds, lifted=unit.lifted)
        for unit in found
        if unit is not None and unit.holds and back.row.status == Status.GOOD
    ]


def _find(ledger: Ledger, sku: str | None, number: str) -> Serial:
    """Return the unit that is meant; without a SKU its number must be enough."""
    units = ledger.serials.get(number, {})
    found = [unit for name, unit in sorted(units.items()) if sku in (None, name) and not unit.misread]
    if not found:
        message = f"Serial {number} is not known; check the number and its SKU."
        raise Refused(Code.UNKNOWN_LOT, "serial", message)
    if len(found) > 1:
        skus = ", ".join(unit.key.sku for unit in found)
        raise Refused(Code.FIELD_MISSING, "sku", f"Serial {number} is one of {skus}; say which SKU.")
    return found[0]


def _row_of(draft: Draft, serial: Serial) -> RowKey | None:
    """Return the row of good stock that the unit is counted in: as promised, as last seen, else one of its lot.

    None for a unit that is set apart already, or is not good, or of whose lot nothing is there any more.
    """
    if serial.apart or serial.row.status != Status.GOOD:
        return None
    promise = part_promised(draft, serial.key)
    if promise is not None:
        return promise[2].row
    return _lies_in(draft, serial, Status.GOOD)


def _lies_in(draft: Draft, serial: Serial, status: Status) -> RowKey | None:
    """Return the row of a condition that a unit lies in: as last seen, else one of its lot; None where there is none.

    Goods are moved without their numbers being told.
    """
    unit, seen = 10 ** draft.known_item(serial.key.sku).decimals, serial.row
    rows = [row for row in rows_of_lot(draft.ledger, seen.sku, seen.lot, site=seen.site) if row.on_hand >= unit]
    keys = [row.key for row in rows if row.key.status == status and not is_staging(row.key.location)]
    return min(keys, key=lambda key: (key != seen, str(key)), default=None)


def held_at(draft: Draft, sku: str, lot: str | None, *, site: str) -> Counter[RowKey]:
    """Return how many smallest units of a lot at a site are units on hold that are not among good stock, by row."""
    found = Counter[RowKey]()
    unit = 10 ** draft.known_item(sku).decimals
    units = (serials[sku] for serials in draft.ledger.serials.values() if sku in serials and not serials[sku].misread)
    for serial in units:
        row = serial.row
        set_aside = serial.holds and serial.state is SerialState.IN_STOCK and row.status != Status.GOOD
        if set_aside and (row.lot, row.site) == (lot, site):
            found[row] += unit
    return found


def _lose(draft: Draft, key: SerialKey, row: RowKey, *, quantity: int) -> list[Loser]:
    """Take a unit off whoever is promised it, or off the back of the queue where the row has too little without it."""
    named = part_promised(draft, key)
    if named is not None:
        order, line, part = named
        return [lose(draft, order, give_back(line, quantity, [part]), NotUsed.HOLD)]
    there = draft.ledger.stock[row]
    left = max(there.on_hand - quantity, 0) - there.promised_elsewhere
    missing = min(max(there.reserved - left, 0), there.reserved)
    return take_back(draft, {row: missing}) if missing else []
