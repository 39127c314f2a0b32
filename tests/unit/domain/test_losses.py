"""What has expired is counted as lost once, and stays so when it is written off."""

from __future__ import annotations

from lotstream.domain.commands import ContinueDay, DefineSite, OpenBalance, OpenDay
from lotstream.domain.losses import lost_of
from lotstream.domain.model import Calendar, Settings, Site
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods
from tests.unit.domain.test_expiry_alerts import in_days
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
