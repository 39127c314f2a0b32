"""Goods leave the building: for one order or many, picked before or not, promised or not."""

from __future__ import annotations

from collections.abc import Iterable

from lotstream.domain.books import Books
from lotstream.domain.changing import hand_back
from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, Refused, stop_if
from lotstream.domain.commands import ConfirmShipment, Moment, ShippedOrder
from lotstream.domain.draft import Draft
from lotstream.domain.events import (
    Event,
    Freed,
    ShipmentConfirmed,
)
from lotstream.domain.filling import fill
from lotstream.domain.goods import site_unknown
from lotstream.domain.kits import skus_of
from lotstream.domain.leaving import confirmed, what_follows
from lotstream.domain.ledger import Ledger
from lotstream.domain.load_packages import packages_left
from lotstream.domain.loaded import Loading
from lotstream.domain.loading import load
from lotstream.domain.model import SHIPMENT, ReceiptKey, Shipment
from lotstream.domain.reservations import copy_order
from lotstream.domain.serial_floor import missing_numbers
from lotstream.domain.settling import bins_changed
from lotstream.domain.shipments import content_of, told_of
from lotstream.domain.sums import OVER, backordered


def confirm_shipment(ledger: Ledger, command: ConfirmShipment, moment: Moment) -> tuple[Event, ...]:
    """Decide shipment.confirmed.

    Reserved goods that were not picked are picked by it; goods that were not promised may be taken from free stock.
    Asked, expired and held stock is refused, and so is what is not there. Happened is booked whatever it was, missing
    stock as found, each oddity with a discrepancy. What is told of an order again under the same shipment's number is
    passed over, whatever message brings it; other content is refused, or noted and not booked: it is to be corrected.
    """
    shipment = ledger.document(ReceiptKey(SHIPMENT, command.shipment), Shipment)
    return confirm(Draft(ledger, moment), Books(ledger), command, shipment)


def confirm(
    draft: Draft, books: Books, command: ConfirmShipment, shipment: Shipment | None, *, skus: Iterable[str] = ()
) -> tuple[Event, ...]:
    """Decide what leaves in the middle of a decision; ``shipment`` is what is known under its number.

    Of ``skus`` something is free for another reason.
    """
    ledger, verdicts = draft.ledger, Verdicts(command.happened)
    stop_if(site_unknown(ledger, command.site, noted=verdicts.noted if command.happened else None))
    if not command.orders:
        raise Refused(Code.FIELD_MISSING, "orders", "The shipment names no orders; send at least one.")
    events: list[Event] = []
    freed: list[Freed] = []
    others = set(skus)
    for index, part in enumerate(command.orders):
        known = draft.orders.get(part.key) or ledger.order(part.key)
        if known is not None and command.shipment in known.shipments and told_of(shipment, part.key) is None:
            # It left before shipments were kept.
            continue
        repeated = _repeated(shipment, part, verdicts, f"orders.{index}")
        if repeated:
            continue
        loading = Loading(draft, command, part, copy_order(known) if known is not None else None, books, verdicts)
        load(loading, f"orders.{index}")
        if loading.shipped:
            verdicts.noted += missing_numbers(draft, part.key, loading.shipped)
            events += bins_changed(loading.changes)
            others.update(change.row.sku for change in loading.changes)
            events.append(confirmed(loading, draft.moment))
            events += what_follows(loading, freed)
            if loading.order is not None:
                draft.orders[part.key] = loading.order
    left = [event for event in events if isinstance(event, ShipmentConfirmed)]
    if left:
        events += packages_left(draft, command, command.occurred_at or draft.moment.recorded_at, confirmed=left)
    hand_back(draft, freed)
    filled = fill(draft, {loss.row.sku for loss in freed}.union(others, wanted_still(draft)))
    return *books.found, *events, *verdicts.noted, *filled


def _repeated(shipment: Shipment | None, part: ShippedOrder, verdicts: Verdicts, path: str) -> bool:
    """Tell whether an order's part of a shipment was told before; refuses, or notes, another one of the same number."""
    told = told_of(shipment, part.key)
    if shipment is None or (told is None and not shipment.voided):
        return False
    if told is not None and told.content == content_of(part):
        return True
    name, number = part.key.order, shipment.key.number
    what = "was voided" if shipment.voided else f"is told for order {name} with other content"
    message = f"Shipment {number} {what}; correct it, or send a shipment of another number."
    about: dict[str, str | None] = {"order": name, "source": part.key.source, "shipment": number}
    verdicts.object(Code.CONFLICTING_CONTENT, f"{path}.order", message, about)
    return True


def wanted_still(draft: Draft) -> set[str]:
    """Return what the shipped orders still want: the rest of a line may be filled where the whole could not."""
    open_orders = (order for order in draft.orders.values() if order.state not in OVER)
    return {sku for order in open_orders for line in order.lines if backordered(line) for sku in skus_of(line)}
