"""What is known of a shipment by its number: the orders in it, and what was told of each."""

from __future__ import annotations

from hashlib import blake2b

from lotstream.domain.commands import ShippedOrder
from lotstream.domain.model import OrderKey, Shipment, ShipmentPart
from lotstream.domain.weights import said_weight


def told_of(shipment: Shipment | None, key: OrderKey) -> ShipmentPart | None:
    """Return what an order had of a shipment; None when nothing was told of it."""
    for part in shipment.parts if shipment is not None else ():
        if part.order == key:
            return part
    return None


def content_of(part: ShippedOrder) -> str:
    """Return the hash of what is told of an order in a shipment; equal quantities count as equal however written."""
    if part.content is not None:
        return part.content
    said = [
        (
            *(line.line, line.lot, str(line.quantity.normalize()), line.unit, line.location, line.package, line.sku),
            *said_weight(line),
        )
        for line in part.lines
    ]
    return blake2b(repr(said).encode(), digest_size=16).hexdigest()
