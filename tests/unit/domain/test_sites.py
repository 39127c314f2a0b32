"""Sites, locations and days; and which site fills an order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lotstream.domain.apply import apply
from lotstream.domain.broadcasts import apply_broadcast, decide_broadcast
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import (
    CancelOrder,
    Command,
    DefineCustomer,
    DefineLocation,
    DefineOwner,
    DefineSite,
    OpenBalance,
    OpenDay,
)
from lotstream.domain.decide import decide
from lotstream.domain.events import DayOpened, DiscrepancyNoted, OrderAllocated
from lotstream.domain.ledger import Ledger, Sites
from lotstream.domain.model import Customer, Hold, HoldKind, Location, Site
from lotstream.domain.places import LAST, place_of
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted


def two_sites(ranking: tuple[str, ...] = ()) -> World:
    """A world with the sites A and B beside the usual one, in a ranking."""
    world = World()
    world.told(DefineSite(Site("A")))
    world.told(DefineSite(Site("B")))
    if ranking:
        world.told(DefineOwner(ranking))
    return world


def at(world: World, site: str, lot: str, quantity: int) -> None:
    """Find stock at a site."""
    world.told(OpenBalance(site, None, None, f"{site}-{lot}", (goods(lot, quantity),)))


def test_broadcasts_repeat_harmlessly() -> None:
    """Sites and locations take newer versions only, days only later dates; whatever is repeated changes nothing."""
    world = World()
    for command in (
        DefineSite(Site("A", version=2)),
        DefineLocation(Location("A", "B1", version=2)),
        OpenDay("A", TODAY),
    ):
        assert len(world.told(command)) == 1
        assert world.told(command) == ()
    assert world.told(DefineSite(Site("A", time_zone="America/Toronto", version=1))) == ()
    assert world.told(DefineLocation(Location("A", "B1", pickable=False, version=1))) == ()
    assert world.told(OpenDay("A", TODAY - timedelta(days=1))) == ()


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (DefineLocation(Location("NEW", "B1")), "location.site"),
        (OpenDay("NEW", TODAY), "site"),
        (DefineLocation(Location(SITE, "AISLE", parent="BIN", version=2)), "location.parent"),
        (DefineLocation(Location(SITE, "HALL", parent="HALL")), "location.parent"),
    ],
)
def test_broadcasts_that_make_no_sense(command: Command, field: str) -> None:
    """A location or a day of an unknown site, and a location inside itself, are refused."""
    world = World()
    world.told(DefineLocation(Location(SITE, "AISLE")))
    world.told(DefineLocation(Location(SITE, "BIN", parent="AISLE")))
    assert world.refused(command) == (Code.FIELD_INVALID, field)


def test_each_kind_has_its_door() -> None:
    """A broadcast is not decided or applied as one owner's message, nor the other way round."""
    ledger, sites = Ledger("acme", Sites()), Sites()
    moment = World().warehouse.moment()
    with pytest.raises(TypeError, match="every partition"):
        decide(ledger, OpenDay(SITE, TODAY), moment)
    with pytest.raises(TypeError, match="one owner"):
        decide_broadcast(sites, CancelOrder(key("#1")), moment, number=1)
    with pytest.raises(TypeError, match="every owner"):
        apply(ledger, DayOpened(SITE, TODAY))
    with pytest.raises(TypeError, match="one owner"):
        apply_broadcast(sites, DiscrepancyNoted("code", "message", {}))
    assert isinstance(decide_broadcast(sites, OpenDay(SITE, TODAY), moment, number=1), Refusal)


def test_a_location_is_what_its_surroundings_say() -> None:
    """A place knows all that is around it; one that was only named is pickable and last; a loop ends."""
    sites = Sites()
    sites.locations["A", "BIN"] = Location("A", "BIN", parent="AISLE", sequence=3)
    sites.locations["A", "AISLE"] = Location("A", "AISLE", parent="CAGE", tier=2)
    sites.locations["A", "CAGE"] = Location("A", "CAGE", parent="BIN", pickable=False)
    assert place_of(sites, "A", "BIN") == (("BIN", "AISLE", "CAGE"), False, 3, 0, False)
    assert place_of(sites, "A", "NAMED") == (("NAMED",), True, LAST, 0, False)
    assert place_of(sites, "B", "BIN") == (("BIN",), True, LAST, 0, False)
    sites = Sites()
    sites.locations["A", "AISLE"] = Location("A", "AISLE", holds=(Hold("H1", HoldKind.HOLD),))
    sites.locations["A", "BIN"] = Location("A", "BIN", parent="AISLE")
    assert place_of(sites, "A", "BIN").held


def test_site_is_found_on_the_order_then_the_customer() -> None:
    """An order's own site counts, else its customer's; stock elsewhere is not looked at."""
    world = two_sites()
    at(world, "A", "L1", 9)
    at(world, "B", "L2", 9)
    world.told(DefineCustomer(Customer("C", site="B")))
    world.place("#1", site="A", customer="C")
    world.place("#2", customer="C")
    assert (world.lots("#1"), world.lots("#2"), world.get("#2").site) == ([("L1", 5)], [("L2", 5)], "B")


def test_site_that_can_fill_most() -> None:
    """Without a site the order goes where most lines, then most units, can be filled; ties go by the ranking."""
    world = two_sites(("B", "A"))
    at(world, "A", "L1", 9)
    at(world, "B", "L2", 3)
    world.place("#1")
    assert world.lots("#1") == [("L1", 5)]
    world.place("#2")
    assert (world.lots("#2"), world.get("#2").site) == ([("L1", 4)], "A")
    world.place("#3", wanted("1", 2), wanted("2", 2))
    assert (world.lots("#3"), world.get("#3").site) == ([("L2", 2), ("L2", 1)], "B")


def test_order_has_no_site_while_nothing_can_be_filled() -> None:
    """An order that nobody can fill gets its site with the first stock that comes; one that has stock keeps it."""
    world = two_sites()
    world.place("#1", version="1")
    assert world.get("#1").site is None
    at(world, "B", "L1", 3)
    assert (world.get("#1").site, world.lots("#1")) == ("B", [("L1", 3)])
    at(world, "A", "L2", 9)
    world.place("#1", wanted(quantity=6), version="2")
    assert (world.get("#1").site, world.lots("#1")) == ("B", [("L1", 3)])


def test_nobody_knows_any_site() -> None:
    """Where no site is defined at all the sites that have the goods are tried."""
    world = World()
    world.ledger.sites.sites.clear()
    world.place("#1")
    assert world.get("#1").site is None
    events = world.told(world.receipt(goods("L1"), site="X"))
    assert kinds(events) == ["StockReceived", "DiscrepancyNoted", "OrderAllocated"]
    assert only(events, OrderAllocated).site == "X"


def test_a_site_without_a_day() -> None:
    """At a site whose day was never opened, today is the date of the record."""
    world = two_sites()
    at(world, "A", "L1", 9)
    at(world, "A", "OLD", 0)
    world.place("#1", site="A", ship_date=TODAY - timedelta(days=9))
    assert world.lots("#1") == [("L1", 5)]


def test_a_day_by_the_clock_opens_no_sooner_than_it_can_have_begun() -> None:
    """Today is at most the day after the record's own date; a scripted site has no such bound."""
    world = World()
    world.told(DefineSite(Site("A")))
    world.told(OpenDay("A", TODAY + timedelta(days=1)))
    assert world.refused(OpenDay("A", TODAY + timedelta(days=2))) == ("field_invalid", "date")
    world.told(OpenDay(SITE, TODAY + timedelta(days=20)))
