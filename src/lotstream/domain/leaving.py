"""What a shipment came to for one order, and what follows for the rest of it."""

from __future__ import annotations

from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import Moment
from lotstream.domain.events import (
    Event,
    Freed,
    LineCancelled,
    LineShipped,
    OrderCancelled,
    ReservationFreed,
    ShipmentConfirmed,
)
from lotstream.domain.kit_lines import give_back_latest
from lotstream.domain.kits import shipped_now
from lotstream.domain.loaded import Loading
from lotstream.domain.model import Order, OrderState, ShipPolicy
from lotstream.domain.reservations import drop_freed, give_back_all
from lotstream.domain.sums import OVER, promised, state_of


def confirmed(loading: Loading, moment: Moment) -> ShipmentConfirmed:
    """Return what left for an order, whose state is set to what it has come to."""
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
    for line in loading.order.lines if loading.order is not None else ():
        if line.parts and line.line in gone:
            gone[line.line] = shipped_now(line, [(s.sku, s.quantity) for s in loading.shipped if s.line == line.line])
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


def what_follows(loading: Loading, freed: list[Freed]) -> list[Event]:
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
            surplus += give_back_latest(loading.draft, order, line, over, site=loading.command.site)
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
