"""What is told of shipments on the road: each order of its own goods, and people of what went wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from lotstream.domain.commands import ProgressShipment, RoadLine
from lotstream.domain.model import RoadState
from lotstream.testing.scenarios_messages import SITE
from tests.unit.contracts.test_outgoing_lots import Told
from tests.unit.domain.build import wanted

AT = datetime(2026, 8, 31, 8, tzinfo=UTC)


def lost(quantity: int | None, hour: int = 8) -> ProgressShipment:
    """So much of the shipment is lost; None: all of it."""
    lines = () if quantity is None else (RoadLine(order="1", quantity=Decimal(quantity)),)
    return ProgressShipment(SITE, True, "carrier", AT.replace(hour=hour), "S1", RoadState.LOST, lines=lines)


def test_a_part_that_is_lost_is_told_with_its_goods() -> None:
    """To the order it is of and to people; put right to nothing it is told without an alert; the whole as ever."""
    told = Told()
    for number in ("1", "2"):
        told.world.place(number, wanted(quantity=3))
        told.world.told(told.world.ship(number, shipment="S1", happened=True))
    told.bodies.clear()
    told.world.told(lost(2))
    (progress,), (alert,) = told.all("shipment_progress"), told.all("alert")
    assert (progress["order"], progress["state"]) == ("1", "lost")
    assert progress["lines"] == [
        {"line": "1", "sku": "TEA", "lot": "A", "package": None, "quantity": "2", "unit": "each"}
    ]
    assert alert["message"] == "Goods of shipment S1 are lost: 2 each of TEA lot A."
    told.world.told(lost(0, hour=9))
    assert [one["lines"][0]["quantity"] for one in told.all("shipment_progress")] == ["0"]
    assert told.all("alert") == []
    told.world.told(lost(None, hour=10))
    assert [(one["order"], one["lines"]) for one in told.all("shipment_progress")] == [("1", []), ("2", [])]
    assert "goods of 2 orders" in told.all("alert")[0]["message"]
