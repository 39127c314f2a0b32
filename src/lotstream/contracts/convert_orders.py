"""From messages about orders to commands of the ledger.

Positional arguments on purpose: an order is converted thousands of times a second, and each keyword costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

import msgspec

from lotstream.contracts.inbound_orders import (
    AllocationRequested,
    CarrierWanted,
    OrderCancelled,
    OrderClosed,
    OrderPlaced,
    OrderPlacedLine,
    OrderReleased,
    OrderUnreserved,
    ShipTo,
    StockReserved,
)
from lotstream.contracts.quantities import normalized as _normalize
from lotstream.domain.commands import (
    CancelOrder,
    CloseOrder,
    LineWanted,
    PlaceOrder,
    ReleaseOrder,
    RequestAllocation,
    ReserveStock,
    UnreserveOrder,
)
from lotstream.domain.model import OrderKey

_DIGEST_BYTES = 16
_NOWHERE = ShipTo()
_NO_CARRIER = CarrierWanted()
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Person:
    """Personal data of a consignee, kept apart from everything else so that it can be erased."""

    #: 32 hex digits of owner and content: equal data of one owner is one person.
    key: str
    #: JSON object: name, company, street, phone, email.
    body: bytes


def place_order(body: OrderPlaced) -> tuple[PlaceOrder, Person | None]:
    """Return the command to place an order, and the personal data it came with."""
    to = body.ship_to or _NOWHERE
    carrier = body.carrier or _NO_CARRIER
    person = person_of(body.owner, to)
    placed_at = body.placed_at
    lines = tuple([_line_wanted(line) for line in body.lines])
    after_content = (
        body.policy,
        body.priority,
        body.ship_policy,
        body.ship_date,
        body.deliver_by,
        body.cancel_after,
        body.source_location,
        body.test,
        person.key if person else None,
        to.city,
        to.region,
        to.postcode,
        to.country,
        carrier.scac,
        carrier.service,
    )
    command = PlaceOrder(
        OrderKey(body.source, body.order),
        body.version,
        placed_at if isinstance(placed_at, datetime) else None,
        body.customer,
        body.site,
        lines,
        _content(
            (placed_at, body.customer, body.site, sorted(body.references.items()), *after_content, *_later(body)), lines
        ),
        *after_content,
        body.references,
        body.allocate_days_ahead,
    )
    return command, person


def _content(head: tuple[object, ...], lines: tuple[LineWanted, ...]) -> str:
    """Return the hash of an order's content without its version, 32 hex digits.

    It is taken from the order as it was read and not from its bytes: the order of JSON keys, white space, `null` for
    what may be left out and `12.0` for `12` make no other content. A field that a later version adds may only join
    when it is not null, so that the same order keeps its hash.
    """
    content = _encode((head, [(_normalize(line.quantity), line[:2], _hashed(line)) for line in lines]))
    return blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()


def _later(body: OrderPlaced) -> tuple[object, ...]:
    """Return what of an order's head came with a later version and is said."""
    return () if body.allocate_days_ahead is None else (body.allocate_days_ahead,)


def _hashed(line: LineWanted) -> tuple[object, ...]:
    """Return what of a line after its quantity is hashed: what came with a later version only when it is said."""
    return line[3:] if line.ship_date is not None else line[3:-1]


def person_of(owner: str, to: ShipTo) -> Person | None:
    """Return the personal data in an address, or None when there is none."""
    if not (to.name or to.company or to.street or to.phone or to.email):
        return None
    body = _encode({"name": to.name, "company": to.company, "street": to.street, "phone": to.phone, "email": to.email})
    return Person(blake2b(body, digest_size=_DIGEST_BYTES, key=owner.encode()).hexdigest(), body)


def cancel_order(body: OrderCancelled) -> CancelOrder:
    """Return the command to cancel an order or some of its lines."""
    return CancelOrder(OrderKey(body.source, body.order), body.version, body.lines)


def release_order(body: OrderReleased) -> ReleaseOrder:
    """Return the command to let a held order go on."""
    return ReleaseOrder(OrderKey(body.source, body.order))


def unreserve_order(body: OrderUnreserved) -> UnreserveOrder:
    """Return the command to give back what is promised to an order."""
    return UnreserveOrder(OrderKey(body.source, body.order), body.lines)


def close_order(body: OrderClosed) -> CloseOrder:
    """Return the command to close an order short."""
    return CloseOrder(OrderKey(body.source, body.order), body.version)


def reserve_stock(body: StockReserved) -> ReserveStock:
    """Return the command to promise a lot by name."""
    key = OrderKey(body.source, body.order)
    return ReserveStock(key, body.line, body.lot, body.quantity, body.unit, body.location, body.sku)


def request_allocation(body: AllocationRequested) -> RequestAllocation:
    """Return the command to decide orders now."""
    return RequestAllocation(tuple(OrderKey(order.source, order.order) for order in body.orders))


def _line_wanted(line: OrderPlacedLine) -> LineWanted:
    return LineWanted(
        line.line,
        line.sku,
        line.quantity,
        line.unit,
        line.gtin,
        line.lot,
        line.serial,
        line.expires_exact,
        line.min_days_left,
        line.min_pct_left,
        line.single_lot,
        line.max_lots,
        line.policy,
        line.pack_size,
        line.source_location,
        line.ship_date,
    )
