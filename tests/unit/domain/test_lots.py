"""Lines that come from a few lots."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import CancelOrder
from lotstream.domain.events import OrderRecorded
from lotstream.domain.model import PackRule, Settings
from tests.unit.domain.build import TODAY, World, goods, key, only, wanted


def world_with(*lots: tuple[str, int, int | None]) -> World:
    """A warehouse with lots that expire one after the other: name, units, pack size."""
    world = World(Settings())
    world.stock(
        *(
            goods(
                lot, units, expires=TODAY + timedelta(days=10 + at), pack_size=None if size is None else Decimal(size)
            )
            for at, (lot, units, size) in enumerate(lots)
        )
    )
    return world


def test_packs_that_do_not_come_out_are_tried_further() -> None:
    """Packs of four and of three never make ten with the first lot; the first two lots that do are found behind it."""
    world = world_with(("A", 8, 4), ("B", 9, 3), ("C", 5, 5), ("D", 10, 5))
    world.place("#1", wanted(quantity=10, max_lots=2))
    assert world.lots("#1") == [("C", 5), ("D", 5)]


def test_where_no_lots_come_out_the_first_go_as_far_as_they_go() -> None:
    """Eleven out of packs of four and five in two lots cannot be; the first two give what they have of it."""
    world = world_with(("A", 4, 4), ("B", 5, 5), ("C", 8, 4))
    recorded = only(world.place("#1", wanted(quantity=11, max_lots=2)), OrderRecorded)
    assert world.lots("#1") == [("A", 4), ("B", 5)]
    assert recorded.decisions[0].not_used == {NotUsed.LOT_LIMIT: 1}
    assert recorded.decisions[0].backordered == 2


def test_lots_before_the_last_one_taken_have_a_reason() -> None:
    """A lot that was left out so that two fill the line is counted under the limit; one behind the last is not."""
    world = world_with(("A", 2, None), ("B", 3, None), ("C", 7, None), ("D", 9, None))
    recorded = only(world.place("#1", wanted(quantity=9, max_lots=2)), OrderRecorded)
    assert world.lots("#1") == [("A", 2), ("C", 7)]
    assert recorded.decisions[0].not_used == {NotUsed.LOT_LIMIT: 1}


def test_half_a_case_takes_no_lot() -> None:
    """A line that can get no whole unit gets nothing of any lot."""
    world = world_with(("A", 9, None))
    world.place("#1", wanted(quantity="0.5", unit="case", max_lots=2))
    assert world.lots("#1") == []


def test_lots_that_a_line_holds_are_enough_when_they_have_more() -> None:
    """What the line still wants comes from its own lots first, though another lot expires sooner."""
    world = world_with(("A", 3, None), ("B", 4, None))
    world.place("#0", wanted(quantity=2, lot="B"))
    world.place("#1", wanted(quantity=7, max_lots=2))
    assert world.lots("#1") == [("A", 3), ("B", 2)]
    world.stock(goods("SOON", 9, expires=TODAY), balance="more")
    assert world.lots("#1") == [("A", 3), ("B", 2)]
    world.told(CancelOrder(key("#0"), None, ()))
    assert world.lots("#1") == [("A", 3), ("B", 2), ("B", 2)]


def test_packs_that_cover_count_as_filling() -> None:
    """A set of lots fills a line also when its packs go over."""
    world = World(Settings(pack_rule=PackRule.COVER))
    world.stock(goods("A", 5, pack_size=Decimal(5)), goods("B", 5, pack_size=Decimal(5)))
    world.place("#1", wanted(quantity=8, max_lots=2))
    assert world.lots("#1") == [("A", 5), ("B", 5)]


def test_a_lot_of_packs_that_are_all_too_large_is_no_lot_for_a_line_of_one() -> None:
    """A lot that can give nothing of a line is passed over for its packs, not for being too small."""
    world = world_with(("A", 10, 10), ("B", 5, None))
    recorded = only(world.place("#1", wanted(quantity=5, single_lot=True)), OrderRecorded)
    assert world.lots("#1") == [("B", 5)]
    assert recorded.decisions[0].not_used == {NotUsed.PACK_SIZE: 1}
