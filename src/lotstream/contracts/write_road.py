"""What is told of shipments on the road: each order's sender where it is, and people what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lotstream.contracts.quantities import base_text
from lotstream.contracts.sending import Outgoing, encode, item_of
from lotstream.contracts.sent_notices import AlertKind
from lotstream.contracts.topics import SHIP_CONFIRMATIONS
from lotstream.contracts.write_notices import NAMED_MAX, alert
from lotstream.domain.commands import Moment
from lotstream.domain.events import ShipmentProgressed
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import PartOnTheRoad, RoadState

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
            "lines": [_line(ledger, one) for one in event.told if one.order == key],
            "decision": moment.decision,
        }
        yield Outgoing(SHIP_CONFIRMATIONS.name, key.order, TYPE, encode(body))
    if road.state in {RoadState.LOST, RoadState.DAMAGED}:
        why = "" if road.reason is None else f" ({road.reason})"
        orders = f"{len(event.orders)} order{'' if len(event.orders) == 1 else 's'}"
        message = f"Shipment {event.shipment} is {road.state.value}{why}: goods of {orders} are concerned."
        about = {"shipment": event.shipment}
        parts = [one for one in event.told if one.quantity]
        if event.told and not parts:
            # Nothing is so after all.
            return
        if parts:
            goods = ", ".join(_words(ledger, one) for one in parts[:NAMED_MAX])
            more = len(parts) - NAMED_MAX
            goods += f" and {more} more" if more > 0 else ""
            message = f"Goods of shipment {event.shipment} are {road.state.value}{why}: {goods}."
        yield alert(
            ledger, moment, kind=AlertKind.SHIPMENT, code=road.state.value, message=message, about=about, quantity=None
        )


def _line(ledger: Ledger, told: PartOnTheRoad) -> dict[str, Any]:
    item = item_of(ledger, told.sku)
    return {
        "line": told.line, "sku": told.sku, "lot": told.lot, "package": told.package,
        "quantity": base_text(told.quantity, item.decimals), "unit": item.base_unit,
    }  # fmt: skip


def _words(ledger: Ledger, told: PartOnTheRoad) -> str:
    item = item_of(ledger, told.sku)
    lot = "" if told.lot is None else f" lot {told.lot}"
    return f"{base_text(told.quantity, item.decimals)} {item.base_unit} of {told.sku}{lot}"
