"""The fewest packages beside the scenarios: nothing there, whole packs that cover, and very many sums."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lotstream.domain.commands import DefineItem
from lotstream.domain.events import OrderRecorded
from lotstream.domain.model import Item, PackRule, Policy, Settings
from tests.unit.domain.build import TODAY, World, goods, only, wanted

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


def test_loose_goods_count_by_the_piece() -> None:
    """One piece and a bit are two pieces, which is no less than two boxes; of one piece there is no less than that."""
    world = World(FEWEST)
    world.told(DefineItem(Item("OIL", decimals=1)))
    world.stock(
        goods("A", "0.6", package="P1", sku="OIL"), goods("B", "0.5", package="P2", sku="OIL"), goods("C", 9, sku="OIL")
    )
    world.place("#1", wanted(quantity="1.1", sku="OIL"))
    assert parts(world) == [("P1", 6), ("P2", 5)]
    world.cancel("#1")
    world.stock(goods("D", "0.4", package="P3", sku="OIL"), balance="more")
    world.place("#2", wanted(quantity=1, sku="OIL"))
    assert parts(world, "#2") == [(None, 10)]


def test_of_loose_goods_alone_each_lot_gives_what_it_has() -> None:
    """Without any package there is nothing to choose: the order of use decides."""
    world = World(FEWEST)
    world.stock(goods("A", 3), goods("B", 4), goods("C", 5))
    world.place("#1", wanted(quantity=8))
    assert world.lots("#1") == [("A", 3), ("B", 4), ("C", 1)]


@pytest.mark.parametrize(
    ("boxes", "loose", "goal", "taken"),
    [
        # Three of three are as few as two of four and a piece, and leave the loose goods alone.
        ([3, 3, 3, 4, 4], 5, 9, {"B0": 3, "B1": 3, "B2": 3}),
        # Only the large one is enough, and more than the smallest could go over by.
        ([10, 1], 0, 3, {"B0": 3}),
        # Packs by the hundred come out by the hundred, however many pieces they are.
        ([600, 400, 400], 0, 800, {"B1": 400, "B2": 400}),
        # As many sums as are told apart, and one more.
        ([30_000, 19_999, 13_000, 7_000], 0, 20_000, {"B2": 13_000, "B3": 7_000}),
        ([30_000, 19_999, 13_000, 7_000], 0, 20_001, {"B1": 19_999, "B3": 2}),
        # The largest first; the loose goods are just enough for the rest.
        ([100_003, 50_021], 19_997, 120_000, {"B0": 100_003, "LOOSE": 19_997}),
        # One more package holds all that smaller ones hold, which stay closed.
        ([100_003, 50_000, 10_000], 0, 130_000, {"B0": 100_003, "B1": 29_997}),
    ],
)
def test_the_packages_that_are_opened(boxes: list[int], loose: int, goal: int, taken: dict[str, int]) -> None:
    """Of packages, each a lot of its own in this order of use, and loose goods behind them, these are taken."""
    world = World(FEWEST)
    each = [
        goods(f"B{at}", size, package=f"P{at}", expires=TODAY + timedelta(days=at)) for at, size in enumerate(boxes)
    ]
    world.stock(*each, *([goods("LOOSE", loose, expires=TODAY + timedelta(days=99))] if loose else []))
    world.place("#1", wanted(quantity=goal))
    assert dict(world.lots("#1")) == taken


def test_packs_of_one_size_come_from_as_many_lots_as_are_needed() -> None:
    """Three packs of ten: the two of the first lot, and one of the second."""
    world = World(FEWEST)
    world.stock(goods("A", 20, pack_size=Decimal(10)), goods("B", 20, pack_size=Decimal(10)))
    world.place("#1", wanted(quantity=30))
    assert world.lots("#1") == [("A", 20), ("B", 10)]


def test_packs_that_may_be_broken_are_counted_to_the_last_piece() -> None:
    """An odd quantity of packs that may be broken is taken as it is."""
    world = World(Settings(policy=Policy.MIN_PACKAGES, pack_rule=PackRule.PARTIAL_PACKS))
    world.stock(goods("A", 3))
    world.place("#1", wanted(quantity=5))
    assert world.lots("#1") == [("A", 3)]


def test_what_a_line_before_has_taken_is_passed_over_without_a_word() -> None:
    """A lot that the first line of an order used up is no pack that is too large for the second."""
    world = World(FEWEST)
    world.stock(goods("A", 10, pack_size=Decimal(10)), goods("B", 5))
    recorded = only(world.place("#1", wanted("1", 10), wanted("2", 5)), OrderRecorded)
    assert [decision.not_used for decision in recorded.decisions] == [{}, {}]
