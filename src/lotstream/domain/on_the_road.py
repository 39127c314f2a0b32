"""Shipments on the road: in transit, delivered, lost or damaged, and when they are expected."""

from __future__ import annotations

from lotstream.domain.checks import Verdicts
from lotstream.domain.codes import Code
from lotstream.domain.commands import Moment, ProgressShipment
from lotstream.domain.events import Event, ShipmentProgressed
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import SHIPMENT, OnTheRoad, ReceiptKey, Shipment


def progress_shipment(ledger: Ledger, command: ProgressShipment, moment: Moment) -> tuple[Event, ...]:
    """Decide shipment.progressed.

    Goods that are lost or damaged on the road have left: stock is as it was, and people are told. What was told late,
    of a time before the last that is known, changes nothing; asked, a delivered shipment goes nowhere any more.
    """
    verdicts, at = Verdicts(command.happened), command.occurred_at or moment.recorded_at
    known = ledger.document(ReceiptKey(SHIPMENT, command.shipment), Shipment)
    about: dict[str, str | None] = {"shipment": command.shipment, "state": command.state.value}
    if known is None or known.voided:
        message = f"Shipment {command.shipment} is not known, or has not left after all; check its number."
        verdicts.object(Code.NOT_AVAILABLE, "shipment", message, about)
        return tuple(verdicts.noted)
    road = OnTheRoad(command.state, at, command.expected_at, command.place, command.by, command.reason)
    if known.road is not None and _is_told(known.road, road, dated=command.occurred_at is not None):
        return ()
    if known.road is not None and known.road.state.is_over and not command.state.is_over:
        message = f"Shipment {command.shipment} is {known.road.state.value}; it is not on the road any more."
        verdicts.object(Code.CONFLICTING_CONTENT, "state", message, about)
    orders = tuple(dict.fromkeys(part.order for part in known.parts))
    return ShipmentProgressed(command.site, command.shipment, road, orders), *verdicts.noted


def _is_told(known: OnTheRoad, road: OnTheRoad, *, dated: bool) -> bool:
    """Tell whether something later is known, or the same; who does not say when it was says the same at any time."""
    return road.at < known.at or road == (known if dated else known._replace(at=road.at))
