"""Goods leave the building: for one order or many, picked before or not, promised or not."""

from __future__ import annotations

from lotstream.domain.books import Books
from lotstream.domain.changing import hand_back
from lotstream.domain.checks import Verdicts, terms_of
from lotstream.domain.codes import Code, NotUsed, Refusal
from lotstream.domain.commands import ConfirmShipment, Moment
from lotstream.domain.draft import Draft
from lotstream.domain.events import (
    Event,
    Freed,
    LineCancelled,
    LineShipped,
    OrderCancelled,
    ReservationFreed,
    ShipmentConfirmed,
)
from lotstream.domain.filling import fill
from lotstream.domain.goods import site_unknown
from lotstream.domain.ledger import Ledger
from lotstream.domain.loading import Loading, load
from lotstream.domain.model import Order, OrderState, ShipPolicy
from lotstream.domain.reservations import copy_order, drop_freed, give_back, give_back_all, latest_first
from lotstream.domain.sums import OVER, backordered, promised, state_of


def confirm_shipment(ledger: Ledger, command: ConfirmShipment, moment: Moment) -> tuple[Event, ...] | Refusal:
    """Decide shipment.confirmed.

    Reserved goods that were not picked are picked by it; goods that were not promised may be taken from free stock.
    Asked, expired and held stock is refused, and so is what is not there. Happened is booked whatever it was, missing
    stock as found, each oddity with a discrepancy. An order that had this shipment already is passed over.
    """
    verdicts = Verdicts(command.happened)
    refused = site_unknown(ledger, command.site, noted=verdicts.noted if command.happened else None)
    refused = refused or _check(command)
    if refused is not None:
        return refused
    draft, books = Draft(ledger, moment), Books(ledger)
    events: list[Event] = []
    freed: list[Freed] = []
    for index, part in enumerate(command.orders):
        known = ledger.order(part.key)
        if known is not None and command.shipment in known.shipments:
            continue
        loading = Loading(draft, command, part, copy_order(known) if known is not None else None, books, verdicts)
        refused = load(loading, f"orders.{index}")
        if refused is not None:
            return refused
        if loading.shipped:
            events.append(_confirmed(loading, moment))
            events += _after(loading, freed)
            if loading.order is not None:
                draft.orders[part.key] = loading.order
    hand_back(draft, freed)
    filled = fill(draft, {loss.row.sku for loss in freed} | _wanted_still(draft))
    return *books.found, *events, *verdicts.noted, *filled


def _wanted_still(draft: Draft) -> set[str]:
    """Return what the shipped orders still want: the rest of a line may be filled where the whole could not."""
    open_orders = (order for order in draft.orders.values() if order.state not in OVER)
    return {line.sku for order in open_orders for line in order.lines if backordered(line)}


def _check(command: ConfirmShipment) -> Refusal | None:
    if not command.orders:
        return Refusal(Code.FIELD_MISSING, "orders", "The shipment names no orders; send at least one.")
    keys = [part.key for part in command.orders]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            message = f"Order {key.order} is there twice; send all of its lines together."
            return Refusal(Code.FIELD_INVALID, f"orders.{index}.order", message)
    return None


def _confirmed(loading: Loading, moment: Moment) -> ShipmentConfirmed:
    command, order = loading.command, loading.order
    if order is not None:
        order.shipments = (*order.shipments, command.shipment)
        order.state = OrderState.SHIPPED if order.state in OVER else state_of(order, decided=True)
    return ShipmentConfirmed(
        site=command.site,
        shipment=command.shipment,
        key=loading.part.key,
        state=OrderState.SHIPPED if order is None else order.state,
        by=command.by,
        at=command.occurred_at or moment.recorded_at,
        customer=None if order is None else order.customer,
        shipped=tuple(loading.shipped),
        lines=_lines(loading),
        packages=command.packages,
        scac=command.scac,
        bol=command.bol,
        pro=command.pro,
        trailer=command.trailer,
        seal=command.seal,
        city=None if order is None else order.city,
        region=None if order is None else order.region,
        postcode=None if order is None else order.postcode,
        country=None if order is None else order.country,
    )


def _lines(loading: Loading) -> tuple[LineShipped, ...]:
    """Return what every line of the order came to; goods that no line ordered stand after them."""
    gone: dict[str, int] = {}
    for shipped in loading.shipped:
        gone[shipped.line] = gone.get(shipped.line, 0) + shipped.quantity
    lines = [
        LineShipped(
            line.line,
            line.sku,
            line.ordered,
            gone.pop(line.line, 0),
            max(line.ordered - line.cancelled - line.shipped, 0),
            line.unit,
            line.unit_factor,
        )
        for line in (loading.order.lines if loading.order is not None else ())
    ]
    for shipped in loading.shipped:
        if shipped.line in gone:
            units = gone.pop(shipped.line)
            lines.append(LineShipped(shipped.line, shipped.sku, 0, units, 0, shipped.unit, shipped.unit_factor))
    return tuple(lines)


def _after(loading: Loading, freed: list[Freed]) -> list[Event]:
    """Return what follows for the order: promises it no longer needs, and the rest of one that ships once."""
    order = loading.order
    if order is None or (order.state in OVER and not any(line.reservations for line in order.lines)):
        return []
    if order.ship_policy is ShipPolicy.ONCE and order.state is OrderState.PARTLY_SHIPPED:
        return [_close_rest(order, freed)]
    surplus: list[Freed] = []
    for line in order.lines:
        over = promised(line) - max(line.ordered - line.cancelled - line.shipped, 0)
        if over > 0:
            terms = terms_of(loading.draft, order, line, site=loading.command.site)
            surplus += give_back(line, over, latest_first(loading.draft, terms, line))
    if not surplus:
        return []
    freed += surplus
    drop_freed(order, surplus)
    return [ReservationFreed(order.key, order.state, tuple(surplus), NotUsed.OTHER_LOT)]


def _close_rest(order: Order, freed: list[Freed]) -> OrderCancelled:
    mine = [loss for line in order.lines for loss in give_back_all(line)]
    rest = tuple(
        LineCancelled(line.line, left)
        for line in order.lines
        if (left := line.ordered - line.cancelled - line.shipped) > 0
    )
    freed += mine
    order.state = OrderState.SHIPPED
    return OrderCancelled(order.key, OrderState.SHIPPED, None, rest, tuple(mine))
