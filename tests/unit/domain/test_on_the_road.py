"""Where shipments are on the road, as carriers tell it, late and out of order too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import ProgressShipment, VoidShipment
from lotstream.domain.events import ShipmentProgressed
from lotstream.domain.model import SHIPMENT, OnTheRoad, ReceiptKey, RoadState, Shipment
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, kinds, only, wanted

AT = datetime(2026, 8, 31, 8, tzinfo=UTC)
GOING = ProgressShipment(SITE, False, "carrier", AT, "S1", RoadState.IN_TRANSIT, AT + timedelta(days=2), "Dayton")


@pytest.fixture
def world() -> World:
    """A shipment has left."""
    made = World()
    made.stock(goods("L1", 10))
    made.place("#1", wanted(quantity=6))
    made.told(made.ship("#1"))
    return made


def road(world: World) -> OnTheRoad | None:
    """What is known of the shipment's way."""
    shipment = world.warehouse.documents[ReceiptKey(SHIPMENT, "S1")]
    assert isinstance(shipment, Shipment)
    return shipment.road


def test_the_last_that_is_known_counts(world: World) -> None:
    """Told again, or told late, it changes nothing; a later expectation takes the place of an earlier one."""
    event = only(world.told(GOING), ShipmentProgressed)
    assert (event.orders, event.road.expected_at, event.road.place) == ((key("#1"),), AT + timedelta(days=2), "Dayton")
    assert world.told(GOING) == ()
    late = replace(GOING, occurred_at=AT + timedelta(hours=1), expected_at=AT + timedelta(days=3))
    world.told(late)
    assert world.told(replace(GOING, place="Akron")) == ()
    assert road(world) == event.road._replace(at=AT + timedelta(hours=1), expected_at=AT + timedelta(days=3))
    now = only(world.told(replace(late, occurred_at=None, place="Akron")), ShipmentProgressed)
    assert now.road.at == world.warehouse.moment().recorded_at


def test_what_was_delivered_is_not_on_the_road(world: World) -> None:
    """Asked it is refused, happened it is noted; lost goods may still be found and delivered."""
    later = AT + timedelta(hours=1)
    world.told(replace(GOING, state=RoadState.LOST, reason="Truck stolen"))
    world.told(replace(GOING, state=RoadState.DELIVERED, occurred_at=later))
    again = replace(GOING, occurred_at=later + timedelta(hours=1))
    assert world.refused(again) == (Code.CONFLICTING_CONTENT, "state")
    assert kinds(world.told(replace(again, happened=True))) == ["ShipmentProgressed", "DiscrepancyNoted"]
    assert world.row("L1").on_hand == 4


def test_a_shipment_that_has_not_left_goes_nowhere(world: World) -> None:
    """Unknown, or taken back: asked it is refused, happened it is a discrepancy."""
    unknown = replace(GOING, shipment="NONE")
    assert world.refused(unknown) == (Code.NOT_AVAILABLE, "shipment")
    assert kinds(world.told(replace(unknown, happened=True))) == ["DiscrepancyNoted"]
    world.told(VoidShipment(SITE, False, "gate", None, "S1", "No truck"))
    assert world.refused(GOING) == (Code.NOT_AVAILABLE, "shipment")


def test_who_does_not_say_when_says_the_same_once(world: World) -> None:
    """The same state under another message, without a time of its own, is no news; another place is."""
    told = replace(GOING, occurred_at=None)
    world.told(GOING)
    assert world.told(told) == ()
    assert kinds(world.told(replace(told, place="Akron"))) == ["ShipmentProgressed"]
    assert world.told(replace(told, place="Akron")) == ()
