"""Which component of a kit line a short pick means: the one that is named, or the only one that is not picked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lotstream.domain.commands import PickLine
from lotstream.domain.draft import Draft
from lotstream.domain.kit_floor import spelled_out
from lotstream.domain.model import Order, OrderLine, Reservation
from lotstream.domain.reservations import line_called
from lotstream.domain.unpromised import is_meant


def kit_line(order: Order | None, said: PickLine) -> OrderLine | None:
    """Return the line of kits that a line of the floor names without naming a task; None for any other."""
    line = None if order is None or said.line is None or said.task is not None else line_called(order, said.line)
    return line if line is not None and line.parts else None


def not_picked(line: OrderLine, said: PickLine, *, site: str) -> list[Reservation]:
    """Return what is promised to a line, not picked, and may be what is said."""
    return [part for part in line.reservations if part.quantity > part.picked and is_meant(part.row, said, site)]


def component_meant(
    draft: Draft, order: Order | None, line: OrderLine, said: PickLine, *, site: str
) -> PickLine | None:
    """Return what is said of a kit line as said of one SKU of it; None where it may be any of several.

    A SKU, a lot or a bin says which, and what is found is then counted in units of that; else it is counted in kits.
    """
    open_skus = list(dict.fromkeys(part.row.sku for part in not_picked(line, said, site=site)))
    if said.sku not in (None, line.sku) or said.sku in open_skus:
        return said
    if len(open_skus) > 1:
        return None
    in_kits = spelled_out(draft, order, [said])
    if not open_skus:
        return in_kits[0][1] if in_kits else replace(said, sku=line.sku)
    (sku,) = open_skus
    if sku == line.sku or not (said.lot is None and said.location is None and said.package is None):
        return replace(said, sku=sku)
    found = [part for _, part in in_kits if part.sku == sku]
    if found or said.quantity:
        return found[0] if found else in_kits[0][1]
    return replace(said, sku=sku, quantity=Decimal(0), unit=None)
