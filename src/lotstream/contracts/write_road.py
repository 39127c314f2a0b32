"""What is told of shipments on the road: each order's sender where it is, and people what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lotstream.contracts.sending import Outgoing, encode
from lotstream.contracts.sent_notices import AlertKind
from lotstream.contracts.topics import SHIP_CONFIRMATIONS
from lotstream.contracts.write_notices import alert
from lotstream.domain.commands import Moment
from lotstream.domain.events import ShipmentProgressed
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import RoadState

TYPE: Final = "lotstream.shipment_progress.v1"


def shipment_progress(ledger: Ledger, event: ShipmentProgressed, moment: Moment) -> Iterator[Outgoing]:
    """Yield where a shipment is, order by order, and an alert where it is lost or damaged."""
    road = event.road
    for key in event.orders:
        body = {
            "owner": ledger.owner,
            "site": event.site,
            "source": key.source,
            "order": key.order,
            "shipment": event.shipment,
            "state": road.state,
            "at": road.at,
            "expected_at": road.expected_at,
            "place": road.place,
            "reason": road.reason,
            "decision": moment.decision,
        }
        yield Outgoing(SHIP_CONFIRMATIONS.name, key.order, TYPE, encode(body))
    if road.state in {RoadState.LOST, RoadState.DAMAGED}:
        why = "" if road.reason is None else f" ({road.reason})"
        orders = f"{len(event.orders)} order{'' if len(event.orders) == 1 else 's'}"
        message = f"Shipment {event.shipment} is {road.state.value}{why}: goods of {orders} are concerned."
        about = {"shipment": event.shipment}
        yield alert(
            ledger, moment, kind=AlertKind.SHIPMENT, code=road.state.value, message=message, about=about, quantity=None
        )
