"""What has expired is counted as lost once, and stays so when it is written off."""

from __future__ import annotations

from lotstream.domain.commands import (
    ContinueDay,
    DefineSite,
    MergeLots,
    OpenBalance,
    OpenDay,
)
from lotstream.domain.events import LossCorrected
from lotstream.domain.losses import lost_of
from lotstream.domain.model import Calendar, Settings, Site
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, only
from tests.unit.domain.test_expiry_alerts import in_days
from tests.unit.domain.test_receipt_corrected import corrects, wrong
from tests.unit.domain.test_stock import adjust, said


def lost(world: World) -> list[tuple[str, int]]:
    """What of L1 is counted as lost, by site."""
    return [(one.site, one.quantity) for one in lost_of(world.ledger.lots["TEA", "L1"])]


def turn(world: World, day: int, *sites: str) -> None:
    """A day turns at some sites."""
    for site in sites:
        world.warehouse.tell(OpenDay(site, in_days(day)))
    while world.told(ContinueDay(100)):
        pass


def test_what_came_expired_is_no_loss_of_ours_when_it_is_written_off() -> None:
    """It had expired before it came: nothing was counted, and nothing is."""
    world = World()
    world.stock(goods("L1", expires=in_days(-1)))
    before = world.ledger.lots["TEA", "L1"]
    world.told(adjust(said(-4, code="expired")))
    assert (lost(world), world.ledger.lots["TEA", "L1"]) == ([], before)


def test_what_is_written_off_is_taken_off_the_site_where_it_lay() -> None:
    """Six expired here and four there: two written off here stay lost, and four of here are still to be looked at."""
    world = World(Settings(sites=(SITE, "THERE")))
    world.told(DefineSite(Site("THERE", calendar=Calendar.SCRIPTED)))
    turn(world, 0, "THERE")
    world.stock(goods("L1", 6, expires=in_days(2)))
    world.told(OpenBalance("THERE", None, None, "there", (goods("L1", 4, expires=in_days(2)),)))
    turn(world, 3, SITE, "THERE")
    assert sorted(lost(world)) == [(SITE, 6), ("THERE", 4)]
    world.told(adjust(said(-2, code="expired")))
    assert sorted(lost(world)) == [(SITE, 4), ("THERE", 4)]
    world.told(adjust(said(-4, code="spoiled"), number="A2"))
    assert lost(world) == [("THERE", 4)]


def test_an_expired_lot_that_becomes_one_with_a_good_one_is_lost_as_a_whole_when_its_day_turns() -> None:
    """Six were lost and one of them went missing: that stays lost, the rest is counted again with what it joins."""
    world = World()
    world.stock(goods("L1", 6, expires=in_days(2)), goods("L2", 4, expires=in_days(30)))
    turn(world, 3, SITE)
    world.told(adjust(said(-1)))
    assert lost(world) == [(SITE, 6)]
    events = world.told(MergeLots("M1", "TEA", ("L2",), "L1", take="earliest"))
    assert only(events, LossCorrected).units == -5
    assert lost(world) == [(SITE, 1)]
    turn(world, 4, SITE)
    assert lost(world) == [(SITE, 10)]


def test_what_never_came_has_not_expired() -> None:
    """Ten of a receipt expired, of which six had come: six are lost; and when it was twelve after all, twelve are."""
    world = World()
    world.told(world.receipt(goods("L1", 10, expires=in_days(2), line="1")))
    turn(world, 3, SITE)
    assert lost(world) == [(SITE, 10)]
    for number, (quantity, more) in enumerate([(6, -4), (12, 6)]):
        events = world.told(corrects(wrong("1", quantity), correction=f"C{number}"))
        assert only(events, LossCorrected).units == more
        assert lost(world) == [(SITE, quantity)]
