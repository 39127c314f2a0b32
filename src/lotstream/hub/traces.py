"""What shipped, line by line, as the rows that traces and recalls are made of."""

from __future__ import annotations

from lotstream.domain.events import ShipmentConfirmed, ShipmentImported, ShipmentVoided
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import RowKey
from lotstream.store.rows import ShipmentLineRow

Left = ShipmentConfirmed | ShipmentImported | ShipmentVoided
"""What says that goods have left, or had not left after all."""


def shipment_lines(
    ledger: Ledger,
    event: ShipmentConfirmed | ShipmentImported | ShipmentVoided,
    partition: int,
    offset: int,
    *,
    first: int,
) -> list[ShipmentLineRow]:
    """Return one row per lot and order line that left or was taken back, in smallest units, numbered from ``first``."""
    order = ledger.known_order(event.key)
    person = order.person if order else None
    return [
        ShipmentLineRow(
            owner=ledger.owner, shipment=event.shipment, partition=partition, offset=offset, index=index,
            source=event.key.source, order=event.key.order, line=part.line, sku=part.sku, lot=part.lot,
            expires=part.expires, quantity=part.quantity, customer=event.customer, person=person, city=event.city,
            postcode=event.postcode, country=event.country, shipped_at=event.at,
            sign=-1 if isinstance(event, ShipmentVoided) else 1, site=row.site, location=row.location,
            status=row.status, region=event.region, cost=part.cost, weight_g=part.weight_g or None,
        )
        for index, (part, row) in enumerate(zip(event.shipped, rows_left(event), strict=True), first)
    ]  # fmt: skip


def rows_left(event: Left) -> list[RowKey]:
    """Return the row that each part left from, or stands in again."""
    if isinstance(event, ShipmentVoided):
        return [taken.staged for taken in event.taken_back]
    return [part.row for part in event.shipped]
