"""Lines that come from a few lots."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import combinations, product
from random import Random
from typing import Any

import pytest

from lotstream.domain import lots as of_lots
from lotstream.domain.allocation import decide_line
from lotstream.domain.codes import NotUsed
from lotstream.domain.commands import (
    CancelOrder,
    ChangeSettings,
    Moment,
    PickLine,
    PlaceHold,
    RequestAllocation,
    ReturnGoods,
    ShippedLine,
    StockLine,
    UnreserveOrder,
)
from lotstream.domain.draft import Draft
from lotstream.domain.events import OrderChanged, OrderRecorded
from lotstream.domain.lots import _sets
from lotstream.domain.model import HoldKind, PackRule, Settings
from lotstream.testing.scenarios_messages import SITE
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


@pytest.mark.parametrize("most", [1, 2, 3])
def test_every_set_of_lots_that_is_enough_is_tried_in_the_order_of_use(most: int) -> None:
    """Lot by lot, as a list of all sets of at most so many lots that have the goal, sorted, says it."""
    for free in (list(free) for many in range(5) for free in product(range(1, 4), repeat=many)):
        sets = sorted(lots for many in range(most + 1) for lots in combinations(range(len(free)), many))
        for goal in range(-1, 8):
            enough = [lots for lots in sets if sum(free[at] for at in lots) >= goal]
            assert list(_sets(free, most=most, goal=goal)) == enough


def test_what_its_own_lots_have_more_is_counted_before_others_are_looked_for() -> None:
    """A line with goods of one lot takes, of two, the first other lot that makes up for what that one has not."""
    world = world_with(("A", 1, None), ("B", 9, None), ("C", 9, None))
    world.place("#0", wanted(quantity=5, lot="C"))
    world.place("#1", wanted(quantity=4, lot="C"), version="1")
    world.cancel("#0")
    world.place("#1", wanted(quantity=11, max_lots=2), version="2")
    assert world.lots("#1") == [("C", 4), ("B", 7)]


def test_a_lot_that_a_line_before_used_up_is_none_of_the_few() -> None:
    """What the first line of an order took is gone for the second, whose two lots are those behind it."""
    world = world_with(("A", 3, None), ("B", 2, None), ("C", 2, None))
    world.place("#1", wanted("1", 3), wanted("2", 9, max_lots=2))
    assert [part.row.lot for part in world.line("#1", "2").reservations] == ["B", "C"]


def test_a_lot_that_came_back_whole_binds_a_line_no_more() -> None:
    """A line of one lot that was sent back may come from another; one of which a piece stayed away may not."""
    for returned, lots in ((3, [("B", 3)]), (2, [])):
        world = world_with(("A", 6, None), ("B", 9, None))
        world.place("#1", wanted(quantity=6, single_lot=True))
        world.told(world.pick("#1", PickLine(None, "1", "A", None, Decimal(3))))
        world.told(world.ship("#1", ShippedLine("1", "A", Decimal(3))))
        world.told(UnreserveOrder(key("#1")))
        world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "A"))
        world.told(ReturnGoods(SITE, False, None, None, "RMA", key("#1"), (_back(returned),)))
        world.told(RequestAllocation((key("#1"),)))
        assert world.lots("#1") == lots


def _back(quantity: int) -> StockLine:
    return StockLine("1", "TEA", "A", "BIN", Decimal(quantity))


def test_a_line_of_one_lot_says_what_it_passed_over() -> None:
    """A lot in two bins is too small once; one that is not the line's own goes over its limit."""
    world = World()
    world.stock(goods("A", 1), goods("A", 1, "B2"), goods("B", 4, expires=TODAY + timedelta(days=40)))
    recorded = only(world.place("#1", wanted(quantity=3, single_lot=True), version="1"), OrderRecorded)
    assert (world.lots("#1"), recorded.decisions[0].not_used) == ([("B", 3)], {NotUsed.LOT_TOO_SMALL: 1})
    changed = only(world.place("#1", wanted(quantity=4, single_lot=True), version="2"), OrderChanged)
    assert (world.lots("#1"), changed.decisions[0].not_used) == ([("B", 3), ("B", 1)], {NotUsed.LOT_LIMIT: 1})


def test_the_last_piece_of_a_lot_may_be_all_that_a_line_wants() -> None:
    """A lot with one piece fills a line of one."""
    world = world_with(("A", 1, None), ("B", 9, None))
    world.place("#1", wanted(quantity=1, single_lot=True))
    assert world.lots("#1") == [("A", 1)]


def test_of_one_lot_only_the_rows_that_do_for_the_line_count() -> None:
    """A lot that lies in two places has no more for a line from one of them than is there."""
    world = World()
    world.stock(goods("A", 5), goods("A", 5, "B2"))
    world.place("#1", wanted(quantity=8, single_lot=True, source_location="BIN"))
    assert world.lots("#1") == []


def small_lots(count: int, *, large: tuple[int, ...] = ()) -> World:
    """A warehouse where orders hold a lot that is about to be held; the others have one unit each, or so many."""
    world = world_with(*((f"S{at:03}", 1, None) for at in range(count)))
    late = TODAY + timedelta(days=900)
    world.stock(goods("LOST", 2 * count, expires=late), balance="lost")
    for at in range(count):
        world.place(f"#{at}", wanted(quantity=2, lot="LOST" if at % 2 else None, single_lot=True))
    for at, units in enumerate(large):
        world.stock(goods(f"Z{at}", units, expires=late + timedelta(days=at)), balance=f"large-{at}")
    return world


def test_lots_that_are_too_small_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty lines that lose their lot try forty small ones once, and not each of them for each line."""
    looks, of_lot = Counter[str](), Draft.of_lot

    def counted(draft: Draft, *of: Any) -> Any:  # noqa: ANN401 - as the function has them
        looks[of[2]] += 1
        return of_lot(draft, *of)

    world = small_lots(40, large=(30,))
    monkeypatch.setattr(Draft, "of_lot", counted)
    world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "LOST"))
    assert max(units for lot, units in looks.items() if lot.startswith("S")) == 1
    assert [lot for at in range(40) for lot, _ in world.lots(f"#{at}")] == ["Z0"] * 15


@pytest.mark.parametrize("seed", range(40))
def test_looking_once_decides_what_looking_again_does(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lots, reasons and counts are those of lines that look for themselves, whatever is taken or given back between."""
    dice = Random(seed)
    packs = (None, None, None, 2)
    world = world_with(*((f"S{at}", dice.choice((1, 1, 2, 3, 5)), dice.choice(packs)) for at in range(9)))
    lines = {
        f"#{at}": wanted(quantity=dice.choice([1, 2, 2, 3, 4]), single_lot=dice.random() < 0.8) for at in range(30)
    }
    world.told(ChangeSettings(Settings(allocate="on_request")))
    for name, line in lines.items():
        world.place(name, line)
    plain, moment = of_lots._is_plain, Moment(datetime(2026, 9, 1, tzinfo=UTC), {SITE: TODAY}, "1", 1)
    drafts = [Draft(world.ledger, moment), Draft(world.ledger, moment)]
    monkeypatch.setattr(of_lots, "_is_plain", lambda draft, terms: draft is drafts[0] and plain(draft, terms))
    for name, line in lines.items():
        decided = []
        begin, row = dice.random(), dice.choice([*world.ledger.stock])
        for draft in drafts:
            mark, order = draft.mark(), world.get(name)
            decided.append(decide_line(draft, order, order.lines[0], wanted=int(line.quantity), site=SITE))
            if begin < 0.2:
                draft.undo(mark)
            elif begin < 0.4:
                draft.give(row, 1)
        assert decided[0] == decided[1], name
