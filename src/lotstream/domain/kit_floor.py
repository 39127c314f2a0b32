"""Kits on the floor: what a pick or a shipment says of a kit line, spelled out component by component."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from lotstream.domain.codes import Refusal
from lotstream.domain.commands import PickLine, ShippedLine
from lotstream.domain.draft import Draft
from lotstream.domain.kit_lines import as_part
from lotstream.domain.kits import promised_parts, skus_of
from lotstream.domain.model import Order, OrderLine, Reservation, SerialKey, Tracking
from lotstream.domain.quantities import smallest, unit_factor
from lotstream.domain.reservations import line_called

SaidT = TypeVar("SaidT", PickLine, ShippedLine)


def spelled_out(draft: Draft, order: Order | None, said: Sequence[SaidT]) -> list[tuple[int, SaidT]]:
    """Return lines of a pick or a shipment, each with its place, and kits turned into what they are made of.

    Kits that stand assembled come first, as they were promised. A line that names a lot or a SKU of a component means
    that, in units of it; so does one that names a task.
    """
    meant: list[tuple[int, SaidT]] = []
    for index, one in enumerate(said):
        line = None if order is None or one.line is None else line_called(order, one.line)
        if line is None or not line.parts or getattr(one, "task", None) is not None:
            meant.append((index, one))
        else:
            meant += [(index, part) for part in _spelled_out(draft, line, one)]
    return meant


def _spelled_out(draft: Draft, line: OrderLine, said: SaidT) -> list[SaidT]:
    if said.sku not in (None, line.sku):
        return [said]
    if said.lot is not None and said.sku is None:
        return [replace(said, sku=_sku_of(draft, line, said.lot))]
    if any(draft.item(sku) is None for sku in skus_of(line)):
        # The order is held for it.
        return [replace(said, sku=line.sku)]
    item = draft.known_item(line.sku)
    factor = unit_factor(item, said.unit)
    kits = None if factor is None else smallest(said.quantity, factor, "quantity")
    if said.lot is not None or kits is None or isinstance(kits, Refusal):
        return [replace(said, sku=line.sku)]
    base = line.parts[0].kit
    own = min(kits, promised_parts(line)[line.sku])
    if (kits - own) % base or any(draft.item(part.sku) is None for part in line.parts):
        return [replace(said, sku=line.sku)]
    numbers = _by_sku(draft, line, said.serials)
    mine = numbers.get(line.sku, ())
    meant: list[SaidT] = []
    if own:
        meant.append(replace(said, sku=line.sku, quantity=Decimal(own) / base, unit=None, serials=mine))
    for part in line.parts if kits > own else ():
        one = 10 ** draft.known_item(part.sku).decimals
        quantity = Decimal((kits - own) // base * part.each) / one
        mine = numbers.get(part.sku, ())
        meant.append(replace(said, sku=part.sku, quantity=quantity, unit=None, serials=mine))
    read = {number for one in meant for number in one.serials}
    astray: tuple[str, ...] = tuple([number for number in said.serials if number not in read])
    if astray:
        # Numbers of what nothing is taken of are nobody's units: whatever is taken first is refused with them.
        meant[0] = replace(meant[0], serials=(*meant[0].serials, *astray))
    return meant


def _by_sku(draft: Draft, line: OrderLine, serials: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the serial numbers of each SKU of a kit line: as known, else of the first that has such numbers."""
    tracked = [sku for sku in skus_of(line) if draft.known_item(sku).tracking is Tracking.SERIAL] or [line.sku]
    numbers: dict[str, tuple[str, ...]] = {}
    for number in serials:
        known = [sku for sku in tracked if draft.serial(SerialKey(number, sku)) is not None]
        sku = (known or tracked)[0]
        numbers[sku] = (*numbers.get(sku, ()), number)
    return numbers


def _sku_of(draft: Draft, line: OrderLine, lot: str) -> str:
    """Return the component, or the kit itself, that a lot is one of: as promised, else as known."""
    for reservation in line.reservations:
        if reservation.row.lot == lot:
            return reservation.row.sku
    known = [sku for sku in skus_of(line) if draft.lot(sku, lot) is not None]
    return known[0] if known else line.sku


def narrow(draft: Draft, line: OrderLine, promised: list[Reservation], sku: str | None) -> OrderLine:
    """Return the part of a kit line that a line of the floor means: of the goods promised, else of the SKU it names."""
    if promised:
        return as_part(draft, line, promised[0].row.sku)
    return as_part(draft, line, sku if sku is not None and is_of(line, sku) else line.sku)


def is_of(line: OrderLine, sku: str) -> bool:
    """Tell whether a SKU that the floor names is the kit of a line, or a component of it."""
    return sku in skus_of(line)
