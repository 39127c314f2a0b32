"""What one order of a shipment has been given so far, and how a part of it is noted."""

from __future__ import annotations

from dataclasses import dataclass, field

from lotstream.domain.books import Books
from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code
from lotstream.domain.commands import ConfirmShipment, ShippedLine, ShippedOrder
from lotstream.domain.costing import cost_of
from lotstream.domain.draft import Draft
from lotstream.domain.events import BinChange, Shipped
from lotstream.domain.lot_facts import has_origin
from lotstream.domain.model import Item, Order, OrderLine, RowKey, SerialState
from lotstream.domain.reservations import note_shipped
from lotstream.domain.serial_floor import Told, note_state

#: Why goods that nobody knew of were found.
SHIPPED = "shipped"


@dataclass(slots=True)
class Loading:
    """What is decided so far about one order of a shipment."""

    draft: Draft
    command: ConfirmShipment
    part: ShippedOrder
    #: A copy of the order, changed as goods are loaded; None when the order is unknown.
    order: Order | None
    books: Books
    verdicts: Verdicts
    shipped: list[Shipped] = field(default_factory=list)
    #: Where promises by lot are expected, since the shipment has named bins.
    changes: list[BinChange] = field(default_factory=list)

    def object(
        self, code: Code, path: str, message: str, *, line: str | None = None, row: RowKey | None = None
    ) -> None:
        """Object to something about this order."""
        key = self.part.key
        about = {"order": key.order, "source": key.source, "shipment": self.command.shipment, "line": line}
        if row is not None:
            about |= {"sku": row.sku, "lot": row.lot, "location": row.location}
        self.verdicts.object(code, path, message, about)


@dataclass(slots=True)
class Wanted:
    """One line of the shipment, counted."""

    said: ShippedLine
    item: Item
    #: The order line; None when the order has none of that id.
    line: OrderLine | None
    path: str
    #: The serial numbers that were read.
    told: Told


def unit_told(line: OrderLine | None, item: Item, quantity: int) -> tuple[str, int]:
    """Return the unit a quantity is reported in: the line's where it comes out whole, else the base unit."""
    if line is not None and line.unit_factor and quantity % line.unit_factor == 0 and line.unit != item.base_unit:
        return line.unit, line.unit_factor
    return item.base_unit, 10**item.decimals


def _has_receiver(order: Order | None) -> bool:
    """Tell whether it is known who gets the goods of an order."""
    return order is not None and bool(order.customer or order.city or order.person)


def note_loaded(
    loading: Loading,
    line: str,
    row: RowKey,
    picked_from: RowKey,
    *,
    quantity: int,
    reserved: int,
    task: str | None,
    package: str | None,
    unit: tuple[str, int],
    serials: tuple[str, ...] = (),
    packed: int = 0,
) -> None:
    """Take a quantity out of a row, and off the line that ordered it."""
    lot = loading.draft.lot(row.sku, row.lot)
    shipped = Shipped(
        line=line,
        sku=row.sku,
        lot=row.lot,
        expires=None if lot is None else lot.expires,
        made=None if lot is None else lot.made,
        row=row,
        picked_from=picked_from,
        quantity=quantity,
        reserved=reserved,
        task=task,
        package=package,
        unit=unit[0],
        unit_factor=unit[1],
        serials=serials,
        packed=packed,
        cost=cost_of(lot, quantity),
        traced=_has_receiver(loading.order) and has_origin(lot),
    )
    note_state(loading.draft, loading.part.key, serials, row, SerialState.SHIPPED)
    loading.books.take(row, quantity, reserved=reserved, reason=SHIPPED)
    loading.shipped.append(shipped)
    if loading.order is not None:
        note_shipped(loading.order, shipped)
