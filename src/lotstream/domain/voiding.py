"""A shipment is taken back: its goods stand at the dock, picked and promised as before; or it is told anew."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from lotstream.domain.books import Books
from lotstream.domain.by_lot import by_lot
from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code, NotUsed, Refusal
from lotstream.domain.commands import CorrectShipment, Moment, VoidShipment
from lotstream.domain.draft import Draft
from lotstream.domain.events import Event, PackagesChanged, ShipmentVoided, TakenBack
from lotstream.domain.filling import fill
from lotstream.domain.leaving import lines_shipped
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import (
    SHIPMENT,
    Order,
    OrderKey,
    OrderLine,
    OrderState,
    Package,
    PackageState,
    ReceiptKey,
    Reservation,
    Shipment,
    ShipmentPart,
    Shipped,
    Status,
)
from lotstream.domain.packages import orders_packed, packages_within
from lotstream.domain.places import is_staging
from lotstream.domain.reservations import copy_order, line_called, note_packed, note_taken_back, staged_key
from lotstream.domain.shipments import content_of
from lotstream.domain.shipping import confirm, wanted_still
from lotstream.domain.sums import OVER, most_of, promised, state_of
from lotstream.domain.usable import why_held

#: Why goods that nobody knew of were found.
VOIDED = "voided"


@dataclass(slots=True)
class _Voiding:
    """What is decided so far about one shipment that is taken back."""

    draft: Draft
    books: Books
    shipment: Shipment
    by: str | None
    at: datetime
    reason: str | None
    events: list[Event] = field(default_factory=list)
    #: Copies of the orders in it, opened again.
    orders: dict[OrderKey, Order] = field(default_factory=dict)


def void_shipment(ledger: Ledger, command: VoidShipment, moment: Moment) -> tuple[Event, ...]:
    """Decide shipment.voided.

    What had left for an order stands at the staging place it left from, or at the site's, picked and promised to its
    line; an order that was over is open again. What no line wants stands there free, to be put back. Packages that left
    with it are open again.
    """
    verdicts = Verdicts(command.happened)
    known = ledger.document(ReceiptKey(SHIPMENT, command.shipment), Shipment)
    if known is None:
        message = f"Shipment {command.shipment} is not known; check its number."
        about: dict[str, str | None] = {"shipment": command.shipment}
        verdicts.object(Code.FIELD_INVALID, "shipment", message, about)
        return tuple(verdicts.noted)
    if known.voided:
        return ()
    if (back := _came_back(ledger, known)) is not None:
        verdicts.object(back.code, back.field, back.message, {"shipment": command.shipment})
        return tuple(verdicts.noted)
    at = command.occurred_at or moment.recorded_at
    voiding = _Voiding(Draft(ledger, moment), Books(ledger), known, command.by, at, command.reason)
    skus = _void(voiding)
    filled = fill(voiding.draft, skus | wanted_still(voiding.draft))
    return *voiding.books.found, *voiding.events, *filled


def correct_shipment(ledger: Ledger, command: CorrectShipment, moment: Moment) -> tuple[Event, ...]:
    """Decide shipment.corrected: what was told is taken back and what is told now is booked, in one decision.

    What has happened of a shipment nobody knows is booked as one that was confirmed.
    """
    verdicts, about = Verdicts(command.happened), {"shipment": command.shipment}
    known = ledger.document(ReceiptKey(SHIPMENT, command.shipment), Shipment)
    if known is None:
        message = f"Shipment {command.shipment} is not known; confirm it."
        verdicts.object(Code.FIELD_INVALID, "shipment", message, {**about})
        booked = confirm(Draft(ledger, moment), Books(ledger), command, shipment=None)
        return (*booked, *verdicts.noted)
    told = {part.order: part.content for part in known.parts if part.shipped}
    if told == {part.key: content_of(part) for part in command.orders}:
        return ()
    if (back := _came_back(ledger, known)) is not None:
        verdicts.object(back.code, back.field, back.message, {**about})
        return tuple(verdicts.noted)
    draft, books = Draft(ledger, moment), Books(ledger)
    at = command.occurred_at or moment.recorded_at
    voiding = _Voiding(draft, books, known, command.by, at, command.reason)
    skus = _void(voiding)
    found = tuple(books.found)
    books.found.clear()
    confirmed = confirm(draft, books, command, shipment=None, skus=skus)
    return (*found, *voiding.events, *confirmed)


def _came_back(ledger: Ledger, shipment: Shipment) -> Refusal | None:
    """Refuse to take a shipment back of which a customer has sent goods back: they have left, that much is sure."""
    for part in shipment.parts:
        order = ledger.order(part.order)
        for line in order.lines if order is not None else ():
            mine = {(shipped.sku, shipped.lot) for shipped in part.shipped if shipped.line == line.line}
            for lot in line.lots_shipped:
                if lot.returned and (lot.sku, lot.lot) in mine:
                    message = (
                        f"Lot {lot.lot} of order {part.order.order} was sent back; it has left, adjust it instead."
                    )
                    return Refusal(Code.MORE_THAN_SHIPPED, "shipment", message)
    return None


def _void(voiding: _Voiding) -> set[str]:
    """Take back all that left; returns the SKUs."""
    parts = [part for part in voiding.shipment.parts if part.shipped]
    for part in parts:
        voiding.events.append(_take_back(voiding, part))
    for package in _packages(voiding):
        if package.state is PackageState.SHIPPED:
            _reopen(voiding, package)
    return {shipped.sku for part in parts for shipped in part.shipped}


def _packages(voiding: _Voiding) -> list[Package]:
    """Return the packages that left with the shipment, and the pallets under them, as far as they were packed here."""
    found: dict[ReceiptKey, Package] = {}
    keys = [*packages_within(voiding.shipment)]
    for key in keys:
        package = voiding.draft.ledger.document(key, Package)
        if package is not None and key not in found:
            found[key] = package
            keys += packages_within(package)
    return list(found.values())


def _take_back(voiding: _Voiding, part: ShipmentPart) -> ShipmentVoided:
    draft = voiding.draft
    known = draft.orders.get(part.order) or draft.ledger.order(part.order)
    order = None if known is None else copy_order(known)
    lines, number = lines_shipped(order, part.shipped), voiding.shipment.key.number
    wanting = order is not None and _wants_again(order, part)
    taken = tuple([_stand_again(voiding, order, shipped, wanting=wanting) for shipped in part.shipped])
    if order is not None:
        order.shipments = tuple(one for one in order.shipments if one != number)
        order.state = state_of(order, decided=False)
        draft.orders[order.key] = voiding.orders[order.key] = order
    return ShipmentVoided(
        site=voiding.shipment.site,
        shipment=number,
        key=part.order,
        state=OrderState.REJECTED if order is None else order.state,
        by=voiding.by,
        at=voiding.at,
        reason=voiding.reason,
        customer=None if order is None else order.customer,
        taken_back=taken,
        lines=lines,
        city=None if order is None else order.city,
        region=None if order is None else order.region,
        postcode=None if order is None else order.postcode,
        country=None if order is None else order.country,
    )


def _wants_again(order: Order, part: ShipmentPart) -> bool:
    """Tell whether anything may be promised to an order again: something of it is open then, and it is no test."""
    after = copy_order(order)
    for shipped in part.shipped:
        if (line := line_called(after, shipped.line)) is not None:
            note_taken_back(line, shipped, None)
    return not order.test and state_of(after, decided=True) not in OVER


def _stand_again(voiding: _Voiding, order: Order | None, shipped: Shipped, *, wanting: bool) -> TakenBack:
    """Put goods back to where they stood before they left, promised to their line as far as it wants them."""
    row = shipped.row
    staged = row if is_staging(row.location) or row != shipped.picked_from else staged_key(row, None)
    line = None if order is None else line_called(order, shipped.line)
    promise = None
    if line is not None:
        quantity = _wanted(voiding, line, shipped) if wanting else 0
        if quantity:
            task = shipped.task or _new_task(voiding, staged.site)
            serials = shipped.serials if quantity == shipped.quantity else ()
            promise = Reservation(
                task, shipped.picked_from, quantity, quantity, staged.location, serials=serials,
                untold=shipped.task is None,
            )  # fmt: skip
        note_taken_back(line, shipped, promise)
    reserved = 0 if promise is None else promise.quantity
    voiding.books.put(staged, shipped.quantity, reserved=reserved, reason=VOIDED)
    voiding.draft.give(staged, shipped.quantity - reserved)
    return TakenBack(shipped, staged, promise)


def _new_task(voiding: _Voiding, site: str) -> str:
    """Return a task for what left without one; named at once, since what is told anew in this decision may ship it."""
    task = voiding.draft.new_task()
    return by_lot(task) if site in voiding.draft.ledger.sites.by_lot else task


def _wanted(voiding: _Voiding, line: OrderLine, shipped: Shipped) -> int:
    """Return how much of goods that had left their line wants again; nothing of what is recalled, or not good."""
    draft = voiding.draft
    if why_held(draft.lot(shipped.sku, shipped.lot)) is NotUsed.RECALLED or shipped.row.status != Status.GOOD:
        return 0
    if line.parts:
        return shipped.quantity if line.cancelled < line.ordered else 0
    room = most_of(draft.ledger.settings, line) - (line.shipped - shipped.quantity) - promised(line)
    return min(max(room, 0), shipped.quantity)


def _reopen(voiding: _Voiding, package: Package) -> None:
    """Open a package that left; what lies in it itself is packed again."""
    again = voiding.draft.packages[package.key] = replace(package, state=PackageState.OPEN)
    voiding.events.append(PackagesChanged((again,), None, voiding.by, voiding.at))
    loose = [content for content in package.contents if content.package is None and content.order in voiding.orders]
    for content in loose:
        note_packed(voiding.orders[content.order], content)
    voiding.events += orders_packed(voiding.orders, package.key.number, loose)
