"""What one order's part of a shipment is made of: picked goods first, then promised ones, then free stock."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lotstream.domain.bins_named import Bringing, Spot, Want, bring, open_by_lot
from lotstream.domain.checks import aged, goods_meant, numbers_held, terms_of, uncounted, why_not_leave
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import ShippedLine
from lotstream.domain.kit_floor import is_of, spelled_out
from lotstream.domain.kit_lines import as_part
from lotstream.domain.load_free import load_free
from lotstream.domain.load_packages import out_of_packages, packed_for
from lotstream.domain.loaded import SHIPPED, Loading, Wanted, note_loaded, unit_told
from lotstream.domain.model import Content, Order, OrderLine, Reservation
from lotstream.domain.places import staging_place
from lotstream.domain.quantities import smallest, unit_factor
from lotstream.domain.reservations import line_called, staged_key
from lotstream.domain.serial_floor import Told, read_numbers
from lotstream.domain.sums import OVER
from lotstream.domain.weighed_lines import told_once, weigh_parts
from lotstream.domain.wording import amount


def load(loading: Loading, path: str) -> None:
    """Decide what leaves for one order; raises `Refused`."""
    order, name = loading.order, loading.part.key.order
    if order is None:
        message = f"Order {name} is not known; check its number and source."
        loading.object(Code.UNKNOWN_ORDER, f"{path}.order", message)
    elif order.state in OVER:
        message = f"Order {name} is {order.state.value}; nothing of it is left to ship."
        loading.object(Code.ALREADY_SHIPPED, f"{path}.order", message)
    elif order.held is not None:
        message = f"Order {name} is held ({order.held}); have it released first."
        loading.object(Code.ON_HOLD, f"{path}.order", message)
    if not loading.part.lines:
        contents = packed_for(loading)
        if contents:
            _load_packed(loading, contents, path)
        else:
            _load_all(loading, path)
        return
    lines = told_once(loading.verdicts, spelled_out(loading.draft, order, loading.part.lines), f"{path}.lines")
    for index, line in lines:
        before = len(loading.shipped)
        _load_line(loading, line, f"{path}.lines.{index}")
        _weigh(loading, before, line.weight_kg, f"{path}.lines.{index}")


def _weigh(loading: Loading, before: int, weight_kg: Decimal | None, path: str) -> None:
    """Note what left for one line with what it says all of it weighs; ``before`` is how much had left then."""
    mine = loading.shipped[before:]
    item = loading.draft.item(mine[0].sku) if mine else None
    weighed = weigh_parts(loading.verdicts, item, weight_kg, mine, path)
    loading.shipped[before:] = weighed


def _load_all(loading: Loading, path: str) -> None:
    """Load everything picked, else everything promised."""
    lines = [] if loading.order is None else loading.order.lines
    parts = [
        (as_part(loading.draft, line, part.row.sku) if line.parts else line, part)
        for line in lines
        for part in line.reservations
        if part.row.site == loading.command.site
    ]
    picked = [(line, part) for line, part in parts if part.picked]
    for line, part in picked or parts:
        quantity = part.picked if picked else part.quantity
        _load_part(loading, line, part, quantity, path=path, from_stage=bool(picked))
    if parts:
        return
    message = f"Nothing is promised to order {loading.part.key.order} at {loading.command.site}; name what was shipped."
    loading.object(Code.NOT_RESERVED, f"{path}.lines", message)


def _load_packed(loading: Loading, contents: list[Content], path: str) -> None:
    """Load what lies in the packages that are named."""
    for content in contents:
        lines = [] if loading.order is None else loading.order.lines
        parts = [(line, part) for line in lines for part in line.reservations if line.line == content.line]
        found = [(line, part) for line, part in parts if _is_packed_part(part, content)]
        if not found:
            message = f"What lay in package {content.package} for order {content.order.order} is not there any more."
            loading.object(Code.NOT_RESERVED, f"{path}.order", message, line=content.line, row=content.row)
            return
        for line, part in found:
            quantity = min(content.quantity, part.picked)
            meant = as_part(loading.draft, line, part.row.sku) if line.parts else line
            _load_part(loading, meant, part, quantity, path=path, from_stage=True, package=content.package)


def _is_packed_part(part: Reservation, content: Content) -> bool:
    return part.picked > 0 and (part.task, part.row, part.staged_at) == (content.task, content.row, content.staged_at)


def _load_part(
    loading: Loading,
    line: OrderLine,
    part: Reservation,
    quantity: int,
    *,
    path: str,
    from_stage: bool,
    package: str | None = None,
    told: Told | None = None,
) -> None:
    """Load promised goods, from their staging place or straight from their bin."""
    if quantity == 0 or loading.order is None:
        return
    terms = terms_of(loading.draft, loading.order, line, site=part.row.site)
    objection = why_not_leave(loading.draft, terms, part.row, in_bin=not from_stage)
    if objection is not None:
        loading.object(objection[0], f"{path}.lot", objection[1], line=line.line, row=part.row)
    if terms.asks:
        key, number = loading.part.key, loading.command.shipment
        whose = {"order": key.order, "source": key.source, "shipment": number, "line": line.line}
        about = whose | {"sku": part.row.sku, "lot": part.row.lot}
        loading.verdicts.noted += aged(loading.draft, terms, part.row, about)
    row = staged_key(part.row, part.staged_at) if from_stage else part.row
    item = loading.draft.known_item(line.sku)
    told = told or Told(loading.draft, item, ())
    serials = told.leaving_of(part, quantity) if from_stage or part.picked == 0 else told.of_row(part.row, quantity)
    _check_held(loading, line, part, serials, path)
    note_loaded(
        loading, line.line, row, part.row,
        quantity=quantity, reserved=quantity, task=part.task, package=package, unit=unit_told(line, item, quantity),
        serials=serials, packed=out_of_packages(loading, part, row) if from_stage and part.packed else 0,
    )  # fmt: skip


def _check_held(loading: Loading, line: OrderLine, part: Reservation, serials: tuple[str, ...], path: str) -> None:
    """Object to units that were picked and put on hold since, one by one."""
    for number in numbers_held(loading.draft, part.row.sku, serials):
        message = f"Serial {number} of {part.row.sku} is on hold; have the hold lifted or leave it here."
        loading.object(Code.ON_HOLD, f"{path}.serials", message, line=line.line, row=part.row)


def _load_line(loading: Loading, said: ShippedLine, path: str) -> None:
    line = None if loading.order is None else line_called(loading.order, said.line)
    if line is None and loading.order is not None:
        message = f"Order {loading.part.key.order} has no line {said.line}; name a line it has."
        loading.object(Code.FIELD_INVALID, f"{path}.line", message, line=said.line)
    if line is not None and line.parts and said.sku is not None and not is_of(line, said.sku):
        message = f"Line {line.line} wants the kit {line.sku}, of which {said.sku} is no part; name what left of it."
        loading.object(Code.LOT_NOT_ALLOWED, f"{path}.sku", message, line=line.line)
        line = None
    if line is not None and line.parts:
        line = as_part(loading.draft, line, said.sku or line.sku)
    sku = line.sku if line is not None else said.sku
    meant = goods_meant(loading.draft, sku, said.lot)
    if meant is None and sku is None:
        message = "It is not clear which goods were shipped; name the order line, or the sku."
        _uncounted(loading, said, Refusal(Code.FIELD_MISSING, f"{path}.sku", message))
        return
    if meant is None:
        message = f"{sku} is not defined; define the item and send this again."
        _uncounted(loading, said, Refusal(Code.UNKNOWN_ITEM, f"{path}.sku", message))
        return
    factor = unit_factor(meant[0], said.unit)
    if factor is None:
        message = f"{meant[0].sku} has no unit {said.unit}; send one it has."
        _uncounted(loading, said, Refusal(Code.UNKNOWN_UNIT, f"{path}.unit", message))
        return
    quantity = smallest(said.quantity, factor, f"{path}.quantity")
    if isinstance(quantity, Refusal):
        _uncounted(loading, replace(said, sku=meant[0].sku), quantity)
        return
    told = read_numbers(
        loading.draft, loading.verdicts, said.serials, order=loading.part.key, line=line, item=meant[0],
        quantity=quantity, path=path, picked_ok=True,
        about={"order": loading.part.key.order, "shipment": loading.command.shipment, "line": said.line},
    )  # fmt: skip
    _load_quantity(loading, Wanted(said, meant[0], line, path, told), quantity)


def _uncounted(loading: Loading, said: ShippedLine, why: Refusal) -> None:
    """Keep goods that cannot be counted in a discrepancy, with all that was said; refuse when only asked."""
    key, number = loading.part.key, loading.command.shipment
    about = {
        "order": key.order, "source": key.source, "shipment": number, "line": said.line, "sku": said.sku,
        "lot": said.lot, "location": said.location, "quantity": f"{said.quantity:f}", "unit": said.unit,
    }  # fmt: skip
    uncounted(loading.verdicts, why, about)


def _load_quantity(loading: Loading, wanted: Wanted, quantity: int) -> None:
    line = wanted.line
    if line is not None:
        picked = sum(part.picked for part in line.reservations)
        open_units = max(line.ordered - line.cancelled - line.shipped, picked)
        if quantity > open_units:
            units = f"{amount(wanted.item, quantity)} is more than the {amount(wanted.item, open_units)}"
            message = f"{units} that line {line.line} still wants; check the line."
            loading.object(Code.MORE_THAN_ORDERED, f"{wanted.path}.quantity", message, line=line.line)
        if loading.order is not None and loading.draft.ledger.sites.lot_tasks:
            whole = line_called(loading.order, line.line) or line
            _name_bin(loading, loading.order, whole, line, said=wanted.said, quantity=quantity)
            line.reservations = [part for part in whole.reservations if part.row.sku == line.sku]
        for from_stage in (True, False):
            for part in [part for part in line.reservations if _matches(loading, part, wanted.said)]:
                there = part.picked if from_stage else part.quantity - part.picked
                take = min(quantity, there)
                _load_part(
                    loading,
                    line,
                    part,
                    take,
                    path=wanted.path,
                    from_stage=from_stage,
                    package=wanted.said.package,
                    told=wanted.told,
                )
                quantity -= take
    if quantity:
        load_free(loading, wanted, quantity)


def _name_bin(
    loading: Loading, order: Order, whole: OrderLine, line: OrderLine, *, said: ShippedLine, quantity: int
) -> None:
    """Bring what is promised by lot, and was not picked, to the bin that a shipment names, as far as that has it.

    ``line`` is the part of the ``whole`` that is shipped: of a kit line what concerns one component.
    """
    parts = open_by_lot(part for part in line.reservations if said.lot in (None, part.row.lot))
    left = quantity - sum(part.picked for part in line.reservations if _matches(loading, part, said))
    most = min(left, sum(part.quantity - part.picked for part in parts))
    if said.location is None or most <= 0:
        return
    goods = list(dict.fromkeys((part.row.sku, part.row.lot) for part in parts))
    site, spot = loading.command.site, Spot(said.location)
    bringing = Bringing(loading.draft, loading.books, loading.verdicts, site, SHIPPED, loading.changes)
    bring(bringing, Want(order, whole, None, goods, spot, most, ""), short_ok=True)


def _matches(loading: Loading, part: Reservation, said: ShippedLine) -> bool:
    """Tell whether a reservation can be what a line says; the bin and the tote are both a name for where it was."""
    site = loading.command.site
    there = said.location is None or part.row.location == said.location
    if not there and part.staged_at is not None:
        there = part.staged_at == staging_place(loading.draft.ledger.sites, site, said.location)
    return there and part.row.site == site and said.lot in (None, part.row.lot)
