"""What holds of units and cartons: documents say what has left, and a serial number is in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lotstream.domain.events import Event, ShipmentConfirmed, StockPicked, TitleReleased, TransferShipped
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Order, OrderKey, Package, PackageState, Serial, SerialState, Shipment


def check_documents(orders: list[Order], documents: list[Shipment | Package]) -> None:
    """What has left for a line is what its shipments say; what is packed for it is what packages hold."""
    left: Counter[tuple[OrderKey, str, str]] = Counter()
    packed: Counter[tuple[OrderKey, str, str]] = Counter()
    for document in documents:
        if isinstance(document, Shipment):
            for gone in document.parts:
                for one in gone.shipped:
                    left[gone.order, one.line, one.sku] += one.quantity
        elif document.state is PackageState.OPEN:
            for content in document.contents:
                if content.package is None:
                    packed[content.order, content.line, content.task] += content.quantity
    for order in orders:
        for line in order.lines:
            kits = left[order.key, line.line, line.sku]
            if line.parts:
                assert all(part.shipped == left[order.key, line.line, part.sku] for part in line.parts), (order, left)
                kits += min(part.shipped // part.each * part.kit for part in line.parts)
            assert line.shipped == kits, (order, left)
            for part in line.reservations:
                # What was lost while it lay in a package is in there on paper until that is unpacked.
                assert part.packed <= packed[order.key, line.line, part.task], (order, packed)


def check_serials(ledger: Ledger, units: dict[tuple[str, str], Serial]) -> None:
    """A serial number is never in two orders, and where it is picked is where the order has it."""
    held: Counter[tuple[str, str]] = Counter()
    for order in ledger.orders.values():
        for line in order.lines:
            for part in line.reservations:
                held.update((number, part.row.sku) for number in part.serials)
                for number in part.serials:
                    unit = units.get((number, part.row.sku))
                    if unit is not None and part.picked == part.quantity:
                        assert unit.state is SerialState.PICKED
                        assert (unit.source, unit.order) == order.key
                    if unit is not None and part.picked == 0:
                        assert unit.state is SerialState.IN_STOCK, (order, unit)
    assert max(held.values(), default=1) == 1, held
    for key, unit in units.items():
        assert key == unit.key
        if unit.state is SerialState.PICKED:
            assert held[key] == 1, unit


def numbers_of(ledger: Ledger) -> dict[tuple[str, str], OrderKey]:
    """Return which order has which unit by its number, promised or picked."""
    return {
        (number, part.row.sku): order.key
        for order in ledger.orders.values()
        for line in order.lines
        for part in line.reservations
        for number in part.serials
    }


def check_taken(had: dict[tuple[str, str], OrderKey], events: Sequence[Event]) -> None:
    """No unit is picked, shipped, sold or sent away while another order has it by its number."""
    given_back: set[tuple[str, str]] = set()
    for event in events:
        freed = (*getattr(event, "freed", ()), *getattr(event, "settled", ()), *getattr(event, "given", ()))
        given_back.update((number, loss.row.sku) for loss in freed for number in loss.serials)
        if isinstance(event, TransferShipped | TitleReleased):
            assert not {unit.key for unit in event.units} & {*had} - given_back, (event, had)
        if not isinstance(event, StockPicked | ShipmentConfirmed):
            continue
        for one in event.picks if isinstance(event, StockPicked) else event.shipped:
            names = {(number, one.row.sku) for number in one.serials} - given_back
            assert {had.get(name, event.key) for name in names} <= {event.key}, (event, had)
