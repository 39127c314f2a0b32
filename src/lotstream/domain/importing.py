"""What left before the hub was there: told once, so that traces, recalls and returns reach back.

Nothing of it is in stock, nothing is told outward and no figure counts it. The order is closed from the beginning.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from lotstream.domain.codes import Code, Refused, granted, stop_if
from lotstream.domain.commands import ImportedLine, ImportShipment, Moment
from lotstream.domain.costing import cost_of, paid_for
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, ShipmentImported
from lotstream.domain.goods_lines import check_cost
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    SHIPMENT,
    Lot,
    Order,
    OrderLine,
    OrderState,
    ReceiptKey,
    RowKey,
    Serial,
    SerialKey,
    SerialState,
    Shipment,
    ShipmentPart,
    Shipped,
    Status,
)
from lotstream.domain.moved_content import content_of_import
from lotstream.domain.quantities import smallest, unit_factor
from lotstream.domain.reservations import copy_order, line_called, note_shipped
from lotstream.domain.serials import check_count
from lotstream.domain.shipments import told_of
from lotstream.domain.sums import OVER, state_of
from lotstream.domain.weights import grams, not_weighed

IMPORTED: Final = "imported"
"""The content of an order that was never placed here, and where goods lay that left before the hub was there."""


def import_shipment(ledger: Ledger, command: ImportShipment, moment: Moment) -> tuple[Event, ...]:
    """Decide shipment.imported: what left for an order with a shipment, once, whatever message brings it."""
    content = content_of_import(command)
    shipment = ledger.document(ReceiptKey(SHIPMENT, command.shipment), Shipment)
    told = told_of(shipment, command.key)
    if told is not None and told.content == content:
        return ()
    known = ledger.order(command.key)
    _check(ledger, command, moment, told=told, known=known)
    draft = Draft(ledger, moment)
    lots: dict[tuple[str, str], Lot] = {}
    shipped: list[Shipped] = []
    skus = {} if known is None else {line.line: line.sku for line in known.lines}
    for index, line in enumerate(command.lines):
        if skus.setdefault(line.line, line.sku) != line.sku:
            message = f"Line {line.line} is {skus[line.line]}, not {line.sku}; give these goods a line of their own."
            raise Refused(Code.CONFLICTING_CONTENT, f"lines.{index}.sku", message)
        one = _shipped(draft, command, line, f"lines.{index}", lots=lots)
        shipped.append(one)
    order = _order(command, known, shipped, arrival=moment.arrival)
    part = ShipmentPart(command.key, content, tuple(shipped))
    learned = tuple(lots.values())
    return (ShipmentImported(order, command.shipment, command.site, command.shipped_at, part, learned, command.by),)


def _check(
    ledger: Ledger, command: ImportShipment, moment: Moment, *, told: ShipmentPart | None, known: Order | None
) -> None:
    name = command.key.order
    if command.site not in ledger.sites.sites:
        raise Refused(Code.FIELD_INVALID, "site", f"Site {command.site} is not defined; define it.")
    if command.shipped_at > moment.recorded_at:
        raise Refused(Code.FIELD_INVALID, "shipped_at", "It left in the future; tell it as shipment.confirmed then.")
    if not command.lines:
        raise Refused(Code.FIELD_MISSING, "lines", "There are no lines; send at least one.")
    if known is not None and known.content != IMPORTED:
        message = f"Order {name} is the hub's own; what left for it is told as shipment.confirmed."
        raise Refused(Code.ALREADY_SHIPPED, "order", message)
    if told is not None:
        message = f"Shipment {command.shipment} is told for order {name} with other content."
        raise Refused(Code.CONFLICTING_CONTENT, "shipment", message)


def _shipped(
    draft: Draft, command: ImportShipment, line: ImportedLine, path: str, *, lots: dict[tuple[str, str], Lot]
) -> Shipped:
    """Return what left of a lot, and note the lot where nobody knew it."""
    item = draft.item(line.sku)
    if item is None:
        message = f"{line.sku} is not defined; define the item and send this again."
        raise Refused(Code.UNKNOWN_ITEM, f"{path}.sku", message)
    factor = unit_factor(item, line.unit)
    if factor is None:
        message = f"{line.sku} has no unit {line.unit}; define the item with it and send this again."
        raise Refused(Code.UNKNOWN_UNIT, f"{path}.unit", message)
    quantity = granted(smallest(line.quantity, factor, f"{path}.quantity"))
    stop_if(check_count(line.serials, quantity, item, path))
    _still_here(draft, line, path)
    stop_if(check_cost(line.cost, f"{path}.cost"))
    stop_if(None if line.weight_kg is None else not_weighed(item, path))
    lot = _lot(draft, line, path, lots)
    row = RowKey(line.sku, line.lot, command.site, IMPORTED, None, None, Status.GOOD.value)
    for number in line.serials:
        draft.serials[SerialKey(number, line.sku)] = Serial(SerialKey(number, line.sku), SerialState.SHIPPED, row)
    expires, made = (None, None) if lot is None else (lot.expires, lot.made)
    return Shipped(
        line.line, line.sku, line.lot, expires, made, row, row, quantity, 0, None, unit=line.unit or item.base_unit,
        unit_factor=factor, serials=line.serials,
        cost=cost_of(lot, quantity) if line.cost is None else paid_for(line.cost, line.quantity),
        weight_g=0 if line.weight_kg is None else grams(line.weight_kg),
    )  # fmt: skip


def _still_here(draft: Draft, line: ImportedLine, path: str) -> None:
    """Refuse serial numbers that are in the house, or left with something else."""
    for index, number in enumerate(line.serials):
        unit = draft.serial(SerialKey(number, line.sku))
        if unit is not None:
            where = "left already" if unit.state is SerialState.SHIPPED else "is in stock"
            message = f"Serial {number} of {line.sku} {where}; correct the number."
            raise Refused(Code.CONFLICTING_CONTENT, f"{path}.serials.{index}", message)


def _lot(
    draft: Draft, line: ImportedLine, path: str, lots: dict[tuple[str, str], Lot]
) -> Lot | None:  # fmt: skip
    if line.lot is None:
        return None
    name = (line.sku, line.lot)
    known = lots.get(name) or draft.lot(*name)
    if known is None:
        lots[name] = known = Lot(line.sku, line.lot, line.expires, None)
    elif line.expires not in (None, known.expires):
        message = f"Lot {line.lot} of {line.sku} is known to expire on {_day(known.expires)}, not {line.expires}."
        raise Refused(Code.CONFLICTING_CONTENT, f"{path}.expires", message)
    return known


def _day(day: date | None) -> str:
    return "no day" if day is None else str(day)


def _order(command: ImportShipment, known: Order | None, shipped: list[Shipped], *, arrival: int) -> Order:
    """Return the order with what left for it, all of it wanted and all of it gone."""
    if known is None:
        order = Order(
            command.key, None, command.shipped_at, arrival, IMPORTED, command.customer, command.site,
            OrderState.SHIPPED, person=command.person, city=command.city, region=command.region,
            postcode=command.postcode, country=command.country,
        )  # fmt: skip
    else:
        order = copy_order(known)
    for one in shipped:
        line = line_called(order, one.line)
        if line is None:
            line = OrderLine(one.line, one.sku, one.unit, one.unit_factor, 0)
            order.lines.append(line)
        line.ordered += one.quantity
        note_shipped(order, one)
    order.shipments = (*order.shipments, command.shipment)
    if order.state not in OVER:
        order.state = state_of(order, decided=True)
    return order
