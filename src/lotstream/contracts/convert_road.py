"""From messages about shipments that have left to commands of the ledger."""

from __future__ import annotations

from lotstream.contracts.inbound_road import ShipmentProgressed
from lotstream.domain.commands import ProgressShipment, RoadLine


def progress_shipment(body: ShipmentProgressed) -> ProgressShipment:
    """Return the command to note where a shipment is."""
    lines = tuple(
        RoadLine(
            line.source, line.order, line.line, line.sku, line.lot, line.package, line.quantity, line.unit
        )
        for line in body.lines
    )  # fmt: skip
    return ProgressShipment(
        body.site, body.happened, body.by, body.occurred_at, body.shipment, body.state, body.expected_at, body.place,
        body.reason, lines, body.packages,
    )  # fmt: skip
