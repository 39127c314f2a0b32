"""Where shipments are on the road, as carriers tell it, late and out of order too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.cli.lot_where import places
from lotstream.domain.apply import apply
from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ConfirmShipment,
    CorrectShipment,
    DefineItem,
    MergeLots,
    ProgressShipment,
    ReturnGoods,
    RoadLine,
    ShippedLine,
    ShippedOrder,
    StockLine,
    VoidShipment,
)
from lotstream.domain.events import DiscrepancyNoted, ShipmentProgressed
from lotstream.domain.model import SHIPMENT, Departure, Item, LotName, OnTheRoad, ReceiptKey, RoadState, Shipment
from lotstream.domain.road_parts import lost_of, where_is
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted

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


@pytest.fixture
def packed() -> World:
    """Ten of two lots left for one order in two packages, and three of one of them for another."""
    made = World()
    made.stock(goods("L1", 10), goods("L2", 10, expires=TODAY + timedelta(days=60)))
    made.place("#1", wanted(quantity=12))
    made.place("#2", wanted(quantity=3))
    lines = (
        ShippedLine("1", "L1", Decimal(6), package="P1"),
        ShippedLine("1", "L1", Decimal(4), package="P2"),
        ShippedLine("1", "L2", Decimal(2), package="P2"),
    )
    orders = (ShippedOrder(key("#1"), lines), ShippedOrder(key("#2"), ()))
    made.told(ConfirmShipment(SITE, False, "gate", None, "S1", orders))
    return made


def some(state: RoadState, *lines: RoadLine, hours: int = 1, **more: Any) -> ProgressShipment:  # noqa: ANN401
    """What is told of a part of the shipment."""
    at = AT + timedelta(hours=hours)
    return ProgressShipment(SITE, more.pop("happened", False), "carrier", at, "S1", state, lines=lines, **more)


def apart(world: World) -> list[tuple[str, str | None, str | None, int, str]]:
    """What is somewhere else than the shipment: order, lot, package, how much, and its state."""
    shipment = world.warehouse.documents[ReceiptKey(SHIPMENT, "S1")]
    assert isinstance(shipment, Shipment)
    return [(one.order.order, one.lot, one.package, one.quantity, one.road.state.value) for one in shipment.apart]


def test_a_part_is_lost_and_the_rest_arrives(packed: World) -> None:
    """What is lost stays lost when the shipment is delivered; told again it is the same, told otherwise put right."""
    lost = some(RoadState.LOST, RoadLine(order="#1", lot="L1", quantity=Decimal(2)))
    event = only(packed.told(lost), ShipmentProgressed)
    assert (event.orders, [one.quantity for one in event.told]) == ((key("#1"),), [2, 0])
    assert packed.told(lost) == ()
    packed.told(replace(GOING, state=RoadState.DELIVERED, occurred_at=AT + timedelta(hours=2)))
    assert apart(packed) == [("#1", "L1", "P1", 2, "lost")]
    assert road(packed) is not None
    packed.told(some(RoadState.LOST, RoadLine(order="#1", lot="L1", quantity=Decimal(1)), hours=3))
    assert apart(packed) == [("#1", "L1", "P1", 1, "lost")]
    packed.told(some(RoadState.DELIVERED, RoadLine(order="#1", lot="L1", quantity=Decimal(10)), hours=4))
    assert all(state == "delivered" for *_, state in apart(packed))
    replayed(packed)


def test_a_package_is_somewhere_else(packed: World) -> None:
    """By its number, with all that is in it, and when it is expected."""
    late = AT + timedelta(days=9)
    packed.told(GOING)
    packed.told(some(RoadState.IN_TRANSIT, packages=("P2",), expected_at=late))
    assert apart(packed) == [("#1", "L1", "P2", 4, "in_transit"), ("#1", "L2", "P2", 2, "in_transit")]
    shipment = packed.warehouse.documents[ReceiptKey(SHIPMENT, "S1")]
    assert isinstance(shipment, Shipment)
    here = {}
    for lot, left in (("L1", 10), ("L2", 2)):
        places = where_is(shipment, key("#1"), {("TEA", lot)}, left=left)
        here[lot] = [(units, road.expected_at) for units, road in places if road]
    assert here == {"L1": [(4, late), (6, GOING.expected_at)], "L2": [(2, late)]}
    packed.told(replace(GOING, state=RoadState.DELIVERED, occurred_at=AT + timedelta(hours=5)))
    assert apart(packed) == []


def test_what_is_told_late_of_a_part_changes_nothing(packed: World) -> None:
    """The latest time counts for each part by itself."""
    packed.told(some(RoadState.DAMAGED, RoadLine(lot="L2", order="#1"), hours=5))
    assert packed.told(some(RoadState.DELIVERED, RoadLine(lot="L2", order="#1"), hours=4)) == ()
    assert apart(packed) == [("#1", "L2", "P2", 2, "damaged")]


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (RoadLine(lot="L9"), Code.NOT_AVAILABLE, "lines.0"),
        (RoadLine(order="#2", package="P1"), Code.NOT_AVAILABLE, "lines.0"),
        (RoadLine(order="#1", quantity=Decimal(13)), Code.MORE_THAN_SHIPPED, "lines.0.quantity"),
        (RoadLine(order="#1", quantity=Decimal(-1)), Code.NOT_POSITIVE, "lines.0.quantity"),
        (RoadLine(order="#1", quantity=Decimal(1), unit="barrel"), Code.UNKNOWN_UNIT, "lines.0.unit"),
        (RoadLine(order="#1", quantity=Decimal("0.5")), Code.NOT_A_MULTIPLE, "lines.0.quantity"),
    ],
)
def test_a_part_that_did_not_leave_is_refused(packed: World, line: RoadLine, code: Code, field: str) -> None:
    """Happened, what can be is noted, and the rest is a discrepancy."""
    assert packed.refused(some(RoadState.LOST, line)) == (code, field)
    events = packed.told(some(RoadState.LOST, line, RoadLine(package="P1"), happened=True))
    assert ("#1", "L1", "P1", 6, "lost") in apart(packed)
    assert kinds(events)[0] == "ShipmentProgressed"
    assert [event.code for event in events if isinstance(event, DiscrepancyNoted)] == [code]
    replayed(packed)


def test_delivered_goods_are_not_on_the_road(packed: World) -> None:
    """Asked, they are not lost any more; a part that nobody has told to have arrived may be."""
    packed.told(some(RoadState.DELIVERED, packages=("P1",)))
    assert packed.refused(some(RoadState.LOST, packages=("P1",), hours=2)) == (Code.CONFLICTING_CONTENT, "state")
    packed.told(some(RoadState.LOST, packages=("P2",), hours=2))
    packed.told(some(RoadState.LOST, packages=("P1",), hours=3, happened=True))
    assert {state for *_, state in apart(packed)} == {"lost"}


def replayed(world: World) -> None:
    """The journal says the same."""
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before


def correct(world: World, *lines: ShippedLine) -> None:
    """The shipment is told anew: of its first order nothing but these lines left, of the second nothing."""
    world.told(CorrectShipment(SITE, False, "gate", None, "S1", (ShippedOrder(key("#1"), lines),)))


def lies(world: World, lot: str, left: int) -> list[tuple[int, str | None]]:
    """How much of what left of a lot for the first order is where."""
    shipment = world.warehouse.documents[ReceiptKey(SHIPMENT, "S1")]
    assert isinstance(shipment, Shipment)
    places = where_is(shipment, key("#1"), {("TEA", lot)}, left=left)
    return [(units, road and road.state.value) for units, road in places]


def test_no_more_is_somewhere_than_left_after_all(packed: World) -> None:
    """Five were told lost, and then it turns out that two had left: two of them are lost, and no others."""
    packed.told(some(RoadState.LOST, RoadLine(order="#1", lot="L1", quantity=Decimal(5)), RoadLine(order="#2")))
    correct(packed, ShippedLine("1", "L1", Decimal(2), package="P1"))
    assert lies(packed, "L1", 2) == [(2, "lost")]
    packed.told(replace(GOING, state=RoadState.DELIVERED, occurred_at=AT + timedelta(hours=2)))
    assert apart(packed) == [("#1", "L1", "P1", 2, "lost")]
    replayed(packed)


def test_what_was_told_of_lots_that_are_one_is_added_up(packed: World) -> None:
    """Four of one lot and two of another were lost in one package; what is told of others leaves that so."""
    packed.told(some(RoadState.LOST, packages=("P2",)))
    packed.told(MergeLots("M1", "TEA", ("L2",), "L1", "qa", take="earliest"))
    packed.told(some(RoadState.DAMAGED, RoadLine(package="P1"), hours=2))
    assert apart(packed) == [("#1", "L1", "P1", 6, "damaged"), ("#1", "L1", "P2", 6, "lost")]
    replayed(packed)


def test_what_is_told_late_of_a_part_is_no_news(packed: World) -> None:
    """A scan of before the shipment arrived does not bring a part of it back onto the road; that it is lost is news."""
    packed.told(replace(GOING, state=RoadState.DELIVERED, occurred_at=AT + timedelta(hours=5)))
    assert packed.told(some(RoadState.IN_TRANSIT, packages=("P2",))) == ()
    packed.told(some(RoadState.LOST, packages=("P2",), happened=True))
    assert {state for *_, state in apart(packed)} == {"lost"}


def test_what_arrives_is_first_what_nothing_else_was_told_of(packed: World) -> None:
    """Six of ten are lost and seven have arrived: three are lost still, told again in another way as well."""
    ten = RoadLine(order="#1", lot="L1")
    packed.told(some(RoadState.LOST, replace(ten, quantity=Decimal(6))))
    arrived = some(RoadState.DELIVERED, replace(ten, quantity=Decimal(7)), hours=2)
    packed.told(arrived)
    assert sorted(lies(packed, "L1", 10)) == [(3, "delivered"), (3, "lost"), (4, "delivered")]
    assert packed.told(arrived) == ()
    packed.told(some(RoadState.LOST, replace(ten, quantity=Decimal(3)), hours=3))
    assert sorted(lies(packed, "L1", 10)) == [(3, "delivered"), (3, "lost"), (4, "delivered")]


def test_what_is_lost_of_lots_is_added_up(packed: World) -> None:
    """Parts that are lost, and all that nothing else was told of where the shipment is; of others nothing."""
    packed.told(some(RoadState.DELIVERED, RoadLine(order="#1", lot="L1", quantity=Decimal(7))))
    shipment = packed.warehouse.documents[ReceiptKey(SHIPMENT, "S1")]
    assert isinstance(shipment, Shipment)
    assert lost_of(shipment, {("TEA", "L1")}) == {}
    packed.told(replace(GOING, state=RoadState.LOST, occurred_at=AT + timedelta(hours=2)))
    shipment = packed.warehouse.documents[ReceiptKey(SHIPMENT, "S1")]
    assert isinstance(shipment, Shipment)
    lots = ({("TEA", "L1")}, {("TEA", "L2")}, {("TEA", "L1"), ("TEA", "L2")}, {("MIX", "L1")})
    assert [lost_of(shipment, names)["TEA"] for names in lots] == [3, 5, 8, 0]


def test_a_lot_that_left_under_two_names_is_looked_for_once(packed: World) -> None:
    """Six of twelve are lost; each name has its share of that, and both together have no more."""
    packed.told(some(RoadState.LOST, packages=("P2",)))
    shipment = packed.warehouse.documents[ReceiptKey(SHIPMENT, "S1")]
    assert isinstance(shipment, Shipment)
    to = (None, None, None, None, None, None)
    left = [Departure(AT, "S1", key("#1"), "TEA", lot, units, *to) for lot, units in (("L1", 10), ("L2", 2))]
    names = [LotName("TEA", "L1"), LotName("TEA", "L2")]
    found = [(one.lot, one.quantity, road and road.state.value) for one, road in places(left, {"S1": shipment}, names)]
    assert found == [("L1", 4, "lost"), ("L1", 2, "lost"), ("L1", 4, None), ("L2", 2, None)]
    assert [(one.quantity, road) for one, road in places(left, {}, names)] == [(10, None), (2, None)]


def test_what_was_lost_may_come_back(packed: World) -> None:
    """The customer got it after all, or the carrier found it: the return is taken without any doubt."""
    packed.told(some(RoadState.LOST, RoadLine(order="#1", lot="L1")))
    line = StockLine("1", "TEA", "L1", "BACK", Decimal(4))
    events = packed.told(ReturnGoods(SITE, False, "door", None, "RMA", key("#1"), (line,)))
    assert "DiscrepancyNoted" not in kinds(events)
    assert packed.row("L1", "BACK").on_hand == 4


def test_how_much_of_two_items_is_lost_is_said_of_one() -> None:
    """Two of what left may be tea or jam: asked it is refused, happened a person is told, and the SKU settles it."""
    world = World()
    world.told(DefineItem(Item("JAM")))
    world.stock(goods("L1", 10), goods("J1", 10, sku="JAM"))
    world.place("#1", wanted(quantity=6), wanted("2", 3, "JAM"))
    world.told(world.ship("#1"))
    two = RoadLine(order="#1", quantity=Decimal(2))
    assert world.refused(some(RoadState.LOST, two)) == (Code.FIELD_MISSING, "lines.0.sku")
    assert kinds(world.told(some(RoadState.LOST, two, happened=True))) == ["DiscrepancyNoted"]
    assert apart(world) == []
    world.told(some(RoadState.LOST, replace(two, sku="JAM")))
    assert apart(world) == [("#1", "J1", None, 2, "lost")]
    replayed(world)


def test_who_does_not_say_when_says_the_same_of_a_part_once(packed: World) -> None:
    """The same of a part under another message, without a time of its own, is no news; more of it is."""
    dated = some(RoadState.LOST, RoadLine(order="#1", lot="L1", quantity=Decimal(2)))
    told = replace(dated, occurred_at=None)
    packed.told(dated)
    assert packed.told(told) == ()
    more = replace(told, lines=(RoadLine(order="#1", lot="L1", quantity=Decimal(3)),))
    assert kinds(packed.told(more)) == ["ShipmentProgressed"]
    assert apart(packed) == [("#1", "L1", "P1", 3, "lost")]


def test_an_event_that_says_nothing_of_parts_leaves_them(packed: World) -> None:
    """What was recorded before parts were told of has none: what is known to be lost of the shipment stays lost."""
    packed.told(some(RoadState.LOST, packages=("P1",)))
    now = OnTheRoad(RoadState.DELIVERED, AT + timedelta(hours=2))
    shipment = ReceiptKey(SHIPMENT, "S1")
    packed.ledger.receipts[shipment] = packed.warehouse.documents[shipment]
    apply(packed.ledger, ShipmentProgressed(SITE, "S1", now, (key("#1"), key("#2"))))
    assert (road(packed), apart(packed)) == (now, [("#1", "L1", "P1", 6, "lost")])
