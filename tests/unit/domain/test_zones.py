"""Zones beside the scenarios: packs that stand in the way, bins that change, zones that meet."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import DefineItem, DefineLocation
from lotstream.domain.events import OrderRecorded
from lotstream.domain.model import Item, Location, PackRule, Settings, ZoneRule, ZoneUse
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, only, wanted


def world_with(*rules: ZoneRule, pack_rule: PackRule = PackRule.NEVER_OVER) -> World:
    """A warehouse whose stock is used by zones."""
    return World(Settings(zone_rules=rules, pack_rule=pack_rule))


def bins(world: World, number: str) -> list[tuple[str, int]]:
    """Where the goods promised to an order lie."""
    return [(part.row.location, part.quantity) for part in world.parts(number)]


def test_packs_of_the_stock_stand_in_the_way_of_packs_of_the_zone() -> None:
    """Cases of six are not made of packs of four, but a second size may be."""
    world = world_with(ZoneRule("BIN", ZoneUse.PACKAGING, ("case", "4")))
    world.stock(goods("A", 8, pack_size=Decimal(4)))
    world.place("#1", wanted(quantity=7))
    assert bins(world, "#1") == [("BIN", 4)]


def test_less_than_a_pack_is_passed_over_for_its_size() -> None:
    """A row with less than one pack of its own gives nothing, and says so."""
    world = world_with(ZoneRule("BIN"), pack_rule=PackRule.NEVER_OVER)
    world.stock(goods("A", 3, pack_size=Decimal(4)))
    recorded = only(world.place("#1", wanted(quantity=7)), OrderRecorded)
    assert recorded.decisions[0].not_used == {NotUsed.PACK_SIZE: 1}


def test_packs_cover_over_all_plain_zones_together() -> None:
    """The pack that goes over by the least may lie in the second zone, and the first gives back what is not needed."""
    world = world_with(ZoneRule("A"), ZoneRule("B"), pack_rule=PackRule.COVER)
    world.stock(
        goods("L0", 3, "A"), goods("L1", 10, "A", pack_size=Decimal(10)), goods("L2", 5, "B", pack_size=Decimal(5))
    )
    world.place("#1", wanted(quantity=17))
    assert sorted(bins(world, "#1")) == [("A", 2), ("A", 10), ("B", 5)]


def test_a_zone_above_another_uses_what_the_other_left() -> None:
    """A bin may lie in two zones: what the first did not take is left to the second."""
    world = world_with(ZoneRule("BIN", ZoneUse.PACKAGING), ZoneRule("BIN"))
    world.stock(goods("A", 10))
    world.place("#1", wanted(quantity=8))
    assert bins(world, "#1") == [("BIN", 8)]
    assert only(world.place("#2", wanted(quantity=9)), OrderRecorded).decisions[0].not_used == {}


def test_a_bin_is_looked_at_as_it_is_now() -> None:
    """Goods that come into a bin keep it from being emptied, and goods that leave it let it be."""
    world = world_with(ZoneRule("BIN", ZoneUse.EMPTY_BIN))
    world.told(DefineItem(Item("OIL")))
    world.stock(goods("A", 4))
    world.place("#1", wanted(quantity=5))
    assert bins(world, "#1") == [("BIN", 4)]
    world.told(world.receipt(goods("B", 4), goods("O", 2, sku="OIL"), number="R1"))
    assert bins(world, "#1") == [("BIN", 4)]
    world.cancel("#1")
    world.place("#2", wanted(quantity=8))
    assert bins(world, "#2") == []
    world.place("#3", wanted(sku="OIL", quantity=2))
    assert bins(world, "#3") == []
    world.told(world.receipt(goods("C", 6, "BIN-2"), number="R2"))
    assert bins(world, "#2") == []


def test_goods_promised_to_others_leave_a_bin_too() -> None:
    """A bin with a part promised to somebody else is emptied by whoever takes the rest, and forgotten once it is."""
    world = world_with(ZoneRule("BIN", ZoneUse.EMPTY_BIN))
    world.stock(goods("A", 4), goods("B", 3))
    world.place("#1", wanted(quantity=7))
    assert bins(world, "#1") == [("BIN", 4), ("BIN", 3)]
    world.told(world.ship("#1"))
    world.told(world.receipt(goods("C", 5), number="R1"))
    world.place("#2", wanted(quantity=6))
    assert bins(world, "#2") == [("BIN", 5)]


def test_pack_names_that_an_item_does_not_have_are_no_packs() -> None:
    """A zone may name packs of other items, and numbers that are none."""
    world = world_with(ZoneRule("BIN", ZoneUse.PACKAGING, ("pallet", "NaN", "0.5", "case")))
    world.stock(goods("A", 20))
    world.place("#1", wanted(quantity=15))
    assert bins(world, "#1") == [("BIN", 12)]


def test_zones_that_gave_nothing_are_told_and_zones_that_nobody_came_to_are_not() -> None:
    """A bin that would not be emptied is passed over, and goods in no zone; the zone behind the last one is not."""
    world = world_with(ZoneRule("A", ZoneUse.EMPTY_BIN), ZoneRule("B"), ZoneRule("C"))
    world.stock(goods("L1", 9, "A"), goods("L2", 9, "B"), goods("L3", 9, "C"), goods("L4", 9, "AWAY"))
    recorded = only(world.place("#1", wanted(quantity=8)), OrderRecorded)
    assert bins(world, "#1") == [("B", 8)]
    assert recorded.decisions[0].not_used == {NotUsed.ZONE: 2}
    assert [row.location for row in recorded.decisions[0].considered if row.reason] == ["A", "AWAY"]


def test_packs_of_a_zone_are_never_gone_over_where_they_do_not_cover() -> None:
    """Six out of packs of four are four."""
    world = world_with(ZoneRule("BIN"))
    world.stock(goods("A", 12, pack_size=Decimal(4)))
    world.place("#1", wanted(quantity=6))
    assert bins(world, "#1") == [("BIN", 4)]


@pytest.mark.parametrize(("packs", "taken"), [(("1",), 15), (("1.5",), 0), (("Infinity",), 0), (("7",), 14)])
def test_packs_of_a_zone_are_whole_numbers_of_the_smallest_unit(packs: tuple[str, ...], taken: int) -> None:
    """Of pieces every one is a pack; one and a half, and what is no number to count to, are none."""
    world = world_with(ZoneRule("BIN", ZoneUse.PACKAGING, packs))
    world.stock(goods("A", 20))
    world.place("#1", wanted(quantity=15))
    assert sum(quantity for _, quantity in bins(world, "#1")) == taken


def test_bins_are_emptied_one_after_the_other_as_far_as_they_fit() -> None:
    """What the first bin gave is wanted no more: the second would be too much, the one piece in the third is not."""
    world = world_with(ZoneRule("YARD", ZoneUse.EMPTY_BIN))
    for location in ("Y1", "Y2", "Y3"):
        world.told(DefineLocation(Location(SITE, location, parent="YARD")))
    world.stock(*(goods(f"L{at}", units, f"Y{at}") for at, units in ((1, 5), (2, 5), (3, 1))))
    world.place("#1", wanted(quantity=8))
    assert bins(world, "#1") == [("Y1", 5), ("Y3", 1)]


def test_one_piece_of_anything_else_keeps_a_bin_from_being_emptied() -> None:
    """A bin with a single piece of another item would not be empty afterwards."""
    world = world_with(ZoneRule("BIN", ZoneUse.EMPTY_BIN))
    world.told(DefineItem(Item("OIL")))
    world.stock(goods("A", 4), goods("O", 1, sku="OIL"))
    world.place("#1", wanted(quantity=4))
    assert bins(world, "#1") == []
