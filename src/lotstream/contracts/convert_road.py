"""From messages about shipments that have left to commands of the ledger."""

from __future__ import annotations

from lotstream.contracts.inbound_road import ShipmentProgressed
from lotstream.domain.commands import ProgressShipment


def progress_shipment(body: ShipmentProgressed) -> ProgressShipment:
    """Return the command to note where a shipment is."""
    return ProgressShipment(
        body.site, body.happened, body.by, body.occurred_at, body.shipment, body.state, body.expected_at, body.place,
        body.reason,
    )  # fmt: skip
