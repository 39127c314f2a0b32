"""Conditions that goods were kept in, and the lots that wait because of them."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import DefineItem, DefineLocation, RecordCondition
from lotstream.domain.conditions import NAMED_MAX
from lotstream.domain.events import ConditionRecorded, DiscrepancyNoted, HoldPlaced
from lotstream.domain.model import ConditionKind, Hold, HoldKind, Item, Location, Tracking
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, kinds, only

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
COOL = Item("TEA", version=2, units={"case": Decimal(6)}, keep_from_c=Decimal(2), keep_to_c=Decimal(8))


def warm(value: object = 12, *, happened: bool = False, number: str = "T-1", **more: Any) -> RecordCondition:
    """A temperature that was recorded in a cold room, unless another place or kind is said."""
    target = {name: more.pop(name, None) for name in ("sku", "lot", "package")}
    location = more.pop("location", None if any(target.values()) else "COLD")
    degrees = None if value is None else Decimal(str(value))
    kind = more.pop("kind", ConditionKind.TEMPERATURE)
    return RecordCondition(
        more.pop("site", SITE), happened, more.pop("by", "sensor-1"), more.pop("at", AT), number, kind,
        value=degrees, location=location, **target, **more,
    )  # fmt: skip


@pytest.fixture
def world() -> World:
    """Tea that is kept cool lies in two bins of a cold room, and elsewhere; jam does not mind."""
    world = World()
    world.told(DefineItem(COOL))
    world.told(DefineItem(Item("JAM")))
    world.told(DefineLocation(Location(SITE, "COLD")))
    for name in ("C1", "C2"):
        world.told(DefineLocation(Location(SITE, name, parent="COLD")))
    later = TODAY + timedelta(days=60)
    world.stock(
        goods("L1", location="C1"), goods("L2", location="C2", package="P-1", expires=TODAY + timedelta(days=40)),
        goods("L3", location="WARM", expires=later), goods("J1", sku="JAM", location="C1"),
    )  # fmt: skip
    return world


def held(world: World) -> dict[str, list[str]]:
    """Ids of holds by lot, of lots that have any."""
    return {lot.lot: [hold.id for hold in lot.holds] for lot in world.ledger.lots.values() if lot.holds}


def test_what_was_too_warm_waits_and_its_orders_move(world: World) -> None:
    """Lots of items with limits are held in quarantine under the record's number; the bin and other goods are not."""
    world.place("#1")
    events = world.told(warm())
    assert kinds(events) == ["ConditionRecorded", "HoldPlaced", "HoldPlaced", "ReservationFreed", "OrderAllocated"]
    assert held(world) == {"L1": ["T-1"], "L2": ["T-1"]}
    assert world.lots("#1") == [("L3", 5)]
    hold = world.ledger.lots["TEA", "L1"].holds[0]
    assert (hold.kind, hold.by, hold.at) == (HoldKind.QUARANTINE, "sensor-1", AT)
    assert hold.reason == "It was kept at 12 °C, TEA is kept from 2 °C to 8 °C."
    assert only(events, ConditionRecorded).lots == (("TEA", "L1"), ("TEA", "L2"))
    assert world.told(warm(happened=True)) == ()


@pytest.mark.parametrize(("degrees", "at_risk"), [("1.9", True), (2, False), (8, False), ("8.1", True), (None, False)])
def test_limits_belong_to_what_is_allowed(world: World, degrees: object, at_risk: bool) -> None:
    """A lot is at risk below the lowest and above the highest degree, and not at either; nor where none was read."""
    events = world.told(warm(degrees))
    assert bool(held(world)) is at_risk
    assert only(events, ConditionRecorded).site == SITE


@pytest.mark.parametrize(
    ("item", "degrees", "word"),
    [
        (Item("JAM", version=2, keep_from_c=Decimal(5)), 1, "from"),
        (Item("JAM", version=2, keep_to_c=Decimal(5)), 9, "to"),
    ],
)
def test_an_item_may_have_one_limit(world: World, item: Item, degrees: int, word: str) -> None:
    """What is only too cold, or only too warm, is at risk on that side alone."""
    world.told(DefineItem(item))
    events = world.told(warm(degrees, location="C1"))
    reasons = {event.hold.reason for event in events if isinstance(event, HoldPlaced) and event.sku == "JAM"}
    assert reasons == {f"It was kept at {degrees} °C, JAM is kept {word} 5 °C."}


def test_the_sender_may_decide(world: World) -> None:
    """With `hold` said all that was there is held, or nothing, whatever the limits."""
    assert kinds(world.told(warm(50, hold=False))) == ["ConditionRecorded"]
    world.told(warm(None, number="S-1", kind=ConditionKind.SHOCK, hold=True, location="C1", reason="Rack hit"))
    assert held(world) == {"L1": ["S-1"], "J1": ["S-1"]}
    assert world.ledger.lots["JAM", "J1"].holds[0].reason == "Rack hit"
    world.told(warm(80, number="H-1", kind=ConditionKind.HUMIDITY, hold=True, location="C1"))
    assert world.ledger.lots["JAM", "J1"].holds[1].reason == "Humidity was recorded; look at the goods."
    world.told(warm(5, number="T-5", hold=True, location="C1"))
    assert world.ledger.lots["JAM", "J1"].holds[2].reason == "It was kept at 5 °C."
    assert kinds(world.told(warm(80, number="H-2", kind=ConditionKind.HUMIDITY))) == ["ConditionRecorded"]


def test_a_lot_or_a_package_may_be_meant(world: World) -> None:
    """A lot is one wherever it lies; of a package it is what stands on it. What is recorded stays with the lot."""
    assert only(world.told(warm(lot="L3", sku="TEA", number="A")), ConditionRecorded).lots == (("TEA", "L3"),)
    world.told(warm(package="P-1", number="B"))
    assert held(world) == {"L3": ["A"], "L2": ["B"]}
    assert only(world.told(warm(5, package="P-1", number="C")), ConditionRecorded).lots == (("TEA", "L2"),)


def test_what_is_refused_and_what_is_noted(world: World) -> None:
    """Nothing is held of what nobody knows; what has happened is recorded all the same, and a person is told."""
    assert world.refused(warm(location="NOWHERE")) == (Code.UNKNOWN_LOCATION, "location")
    assert world.refused(warm(package="P-9")) == (Code.NOT_AVAILABLE, "package")
    assert world.refused(warm(lot="L9")) == (Code.UNKNOWN_LOT, "lot")
    assert world.refused(warm(site="FAR")) == (Code.FIELD_INVALID, "site")
    events = world.told(warm(location="NOWHERE", happened=True))
    assert kinds(events) == ["ConditionRecorded", "DiscrepancyNoted"]
    assert only(events, DiscrepancyNoted).about["condition"] == "T-1"
    assert kinds(world.told(warm(site="FAR", happened=True, number="T-2"))) == [
        "ConditionRecorded", "DiscrepancyNoted", "DiscrepancyNoted",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value"),
    [(ConditionKind.TEMPERATURE, "-273.16"), (ConditionKind.TEMPERATURE, 1001), (ConditionKind.HUMIDITY, 101),
     (ConditionKind.SHOCK, -1)],
)  # fmt: skip
def test_what_nobody_can_have_read_is_refused(world: World, kind: ConditionKind, value: object) -> None:
    """A value out of all bounds is a wrong message, also of something that has happened."""
    assert world.refused(warm(value, kind=kind, happened=True)) == (Code.FIELD_INVALID, "value")


def test_it_is_about_one_thing(world: World) -> None:
    """Without a place, a lot or a package nobody can tell what it is about, nor with two of them."""
    about = warm(happened=True)
    assert world.refused(replace(about, location=None)) == (Code.FIELD_MISSING, "location")
    assert world.refused(replace(about, lot="L1")) == (Code.FIELD_INVALID, "lot")


def test_items_are_kept_between_temperatures_that_there_are() -> None:
    """The lower limit is not above the upper, and both are temperatures."""
    world, jam = World(), Item("JAM", keep_from_c=Decimal(8), keep_to_c=Decimal(2))
    assert world.refused(DefineItem(jam)) == (Code.FIELD_INVALID, "item.keep_to_c")
    assert world.refused(DefineItem(Item("JAM", keep_from_c=Decimal(-300)))) == (Code.FIELD_INVALID, "item.keep_from_c")
    assert world.refused(DefineItem(Item("JAM", keep_to_c=Decimal(2000)))) == (Code.FIELD_INVALID, "item.keep_to_c")


def test_a_record_is_told_once(world: World) -> None:
    """Other content under its number is refused, or noted where it has happened."""
    world.told(warm())
    assert world.refused(warm(13)) == (Code.CONFLICTING_CONTENT, "condition")
    assert kinds(world.told(warm(13, happened=True))) == ["DiscrepancyNoted"]


def test_a_lot_has_a_hold_once(world: World) -> None:
    """Where somebody placed a hold of that name before, nothing is added to it."""
    world.told(warm(number="A", location="C1"))
    lot = world.ledger.lots["TEA", "L2"]
    world.ledger.lots["TEA", "L2"] = replace(lot, holds=world.ledger.lots["TEA", "L1"].holds)
    world.told(warm(number="B", location="C1"))
    assert held(world)["L2"] == ["A"]
    theirs = world.ledger.lots["TEA", "L3"]
    world.ledger.lots["TEA", "L3"] = replace(theirs, holds=(Hold("C", HoldKind.HOLD),))
    assert kinds(world.told(warm(number="C", lot="L3", sku="TEA"))) == ["ConditionRecorded"]


def test_goods_without_a_lot_are_told_of(world: World) -> None:
    """No hold can name them, so that a person has to; of very many the first are named."""
    names = [f"N{number:02}" for number in range(NAMED_MAX + 2)]
    for sku in names:
        world.told(DefineItem(Item(sku, tracking=Tracking.NONE, keep_to_c=Decimal(8))))
    world.stock(*(goods(None, sku=sku, location="C1", line=sku) for sku in names[:1]), balance="one")
    noted = only(world.told(warm(number="A", location="C1")), DiscrepancyNoted)
    assert (noted.code, "N00;" in noted.message) == ("field_missing", True)
    world.stock(*(goods(None, sku=sku, location="C1", line=sku) for sku in names), balance="all")
    noted = only(world.told(warm(number="B", location="C1")), DiscrepancyNoted)
    assert "N19 and 2 more" in noted.message
