"""What a shipment came to for one order, and what follows for the rest of it."""

from __future__ import annotations

from collections.abc import Sequence

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
from lotstream.domain.expiry import later_expiry
from lotstream.domain.kit_lines import give_back_latest
from lotstream.domain.kits import shipped_now
from lotstream.domain.load_lots import too_many
from lotstream.domain.loaded import Loading
from lotstream.domain.model import Order, OrderState, Shipped, ShipPolicy
from lotstream.domain.reservations import drop_freed, give_back_all
from lotstream.domain.shipments import content_of
from lotstream.domain.sums import OVER, most_of, picked, promised, state_of


def confirmed(loading: Loading, moment: Moment) -> ShipmentConfirmed:
    """Return what left for an order, whose state is set to what it has come to."""
    command, order = loading.command, loading.order
    if order is not None:
        order.shipments = (*order.shipments, command.shipment)
        order.state = OrderState.SHIPPED if order.state in OVER else state_of(order, decided=False)
        _note_last_shipped(loading, order)
    return ShipmentConfirmed(
        site=command.site,
        shipment=command.shipment,
        key=loading.part.key,
        state=OrderState.SHIPPED if order is None else order.state,
        by=command.by,
        at=command.occurred_at or moment.recorded_at,
        customer=None if order is None else order.customer,
        shipped=tuple(loading.shipped),
        lines=lines_shipped(order, loading.shipped),
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
        content=content_of(loading.part),
    )


def _note_last_shipped(loading: Loading, order: Order) -> None:
    """Let nothing older than what leaves follow it in the same decision, where the customer asks for that."""
    draft, customer = loading.draft, loading.draft.customer(order.customer)
    if customer is None or not customer.no_older_than_last_shipped:
        return
    latest = dict(draft.last_shipped)
    for shipped in loading.shipped:
        key = (customer.id, shipped.sku)
        if (last := later_expiry(latest.get(key), shipped.expires)) is not None:
            latest[key] = last
    draft.last_shipped = latest


def lines_shipped(order: Order | None, shipped: Sequence[Shipped]) -> tuple[LineShipped, ...]:
    """Return what every line of an order came to; goods that no line ordered stand after them."""
    gone: dict[str, int] = {}
    for part in shipped:
        gone[part.line] = gone.get(part.line, 0) + part.quantity
    for line in order.lines if order is not None else ():
        if line.parts and line.line in gone:
            gone[line.line] = shipped_now(
                line, [(part.sku, part.quantity) for part in shipped if part.line == line.line]
            )
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
        for line in (order.lines if order is not None else ())
    ]
    for part in shipped:
        if part.line in gone:
            units = gone.pop(part.line)
            lines.append(LineShipped(part.line, part.sku, 0, units, 0, part.unit, part.unit_factor))
    return tuple(lines)


def what_follows(loading: Loading, freed: list[Freed]) -> list[Event]:
    """Return what follows for the order: promises it no longer needs, and the rest of one that ships once."""
    order = loading.order
    if order is None or (order.state in OVER and not any(line.reservations for line in order.lines)):
        return []
    if order.ship_policy is ShipPolicy.ONCE and order.state is OrderState.PARTLY_SHIPPED:
        return [_close_rest(order, freed)]
    others = _of_too_many_lots(loading, order)
    drop_freed(order, others)
    surplus = _surplus(loading, order)
    drop_freed(order, surplus)
    back = (*others, *surplus)
    freed += back
    return [ReservationFreed(order.key, order.state, back, NotUsed.OTHER_LOT)] if back else []


def _of_too_many_lots(loading: Loading, order: Order) -> list[Freed]:
    """Return promises of lots that may not follow what left instead, of lines from one lot or from a few."""
    instead = {part.line for part in loading.shipped if part.reserved < part.quantity}
    lines = [line for line in order.lines if line.line in instead and not line.parts and order.state not in OVER]
    return [loss for line in lines for loss in give_back_all(line, only=too_many(loading.draft, order, line))]


def _surplus(loading: Loading, order: Order) -> list[Freed]:
    """Return what the lines of an order need no longer; of one that is over nobody comes for anything any more."""
    if order.state in OVER:
        return [loss for line in order.lines for loss in give_back_all(line)]
    surplus: list[Freed] = []
    settings = loading.draft.ledger.settings
    for line in order.lines:
        most = 0 if line.parts else min(picked(line), most_of(settings, line) - line.shipped)
        over = promised(line) - max(line.ordered - line.cancelled - line.shipped, most, 0)
        # Of kits what belongs to no whole one goes back, too.
        if over > 0 or (line.parts and line.reservations):
            surplus += give_back_latest(loading.draft, order, line, max(over, 0), site=loading.command.site)
    return surplus


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
