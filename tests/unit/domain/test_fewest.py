"""The fewest packages beside the scenarios: nothing there, whole packs that cover, and very many sums."""

from __future__ import annotations

from decimal import Decimal

from lotstream.domain.model import PackRule, Policy, Settings
from tests.unit.domain.build import World, goods, wanted

FEWEST = Settings(policy=Policy.MIN_PACKAGES)


def parts(world: World, number: str = "#1") -> list[tuple[str | None, int]]:
    """Packages promised to an order, and how much of each."""
    return [(part.row.package, part.quantity) for part in world.parts(number)]


def test_nothing_there_is_nothing_taken() -> None:
    """A line for which there is no stock waits."""
    world = World(FEWEST)
    world.place("#1")
    assert parts(world) == []


def test_packages_that_cover_stay_whole_where_packs_cover() -> None:
    """With packs that cover a line the smallest package is not opened: all of it goes."""
    world = World(Settings(policy=Policy.MIN_PACKAGES, pack_rule=PackRule.COVER))
    world.stock(goods("A", 7, package="SEVEN"), goods("B", 10, package="TEN"))
    world.place("#1", wanted(quantity=12))
    assert parts(world) == [("SEVEN", 7), ("TEN", 10)]


def test_sizes_that_make_too_many_sums_are_taken_largest_first() -> None:
    """Where there are more sums than are told apart the largest packages come first, and none is opened in vain."""
    world = World(FEWEST)
    world.stock(
        goods("A", 100_003, package="BIG"), goods("B", 50_021, package="HALF"), goods("C", 30_011, package="THIRD")
    )
    world.place("#1", wanted(quantity=150_000))
    assert parts(world) == [("BIG", 100_003), ("HALF", 49_997)]


def test_loose_goods_make_up_for_the_largest_packages() -> None:
    """Where loose goods are enough for the rest no further package is opened."""
    world = World(FEWEST)
    world.stock(goods("A", 100_003, package="BIG"), goods("B", 50_021, package="HALF"), goods("C", 60_000))
    world.place("#1", wanted(quantity=120_000))
    assert sorted(parts(world), key=str) == [("BIG", 100_003), (None, 19_997)]


def test_a_package_that_was_opened_counts_with_what_is_left() -> None:
    """What another order left in a package is a package, too."""
    world = World(FEWEST)
    world.stock(goods("A", 10, package="TEN"), goods("B", 4, package="FOUR"))
    world.place("#1", wanted(quantity=3))
    assert parts(world) == [("FOUR", 3)]
    world.place("#2", wanted(quantity=11))
    assert parts(world, "#2") == [("TEN", 10), ("FOUR", 1)]


def test_packs_are_opened_one_by_one() -> None:
    """Of a row of packs as many are taken as are needed, and one of them is opened."""
    world = World(FEWEST)
    world.stock(goods("A", 30, pack_size=Decimal(10)))
    world.place("#1", wanted(quantity=14))
    assert world.lots("#1") == [("A", 14)]
