"""Packs, lots and packages: what is chosen is compared with a plain search through everything that could be."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from lotstream.domain.commands import ChangeSettings, DefineItem, GoodsLine, LineWanted, OpenBalance, PlaceOrder
from lotstream.domain.events import LineDecision, OrderRecorded
from lotstream.domain.model import Item, OrderKey, PackRule, Policy, Settings
from lotstream.testing.scenarios_domain import DomainWarehouse
from lotstream.testing.scenarios_messages import SITE
from tests.property.test_order_of_use import TODAY

#: Pack size (None: loose) and how many packs; the place in the list is the place in the order of use.
Stock = list[tuple[int | None, int]]
stocks = st.lists(st.tuples(st.sampled_from([None, 2, 3, 5, 10]), st.integers(1, 4)), min_size=1, max_size=4)
lots = st.lists(st.integers(1, 9), min_size=1, max_size=6)


def decided(settings: Settings, goods: list[GoodsLine], line: LineWanted) -> tuple[LineDecision, list[int]]:
    """What is decided for a line, and what it takes of each row of goods."""
    warehouse = DomainWarehouse(TODAY)
    warehouse.tell(ChangeSettings(settings))
    warehouse.tell(DefineItem(Item("A")))
    assert warehouse.tell(OpenBalance(SITE, None, None, "B", tuple(goods))) is None
    told = warehouse.hear(PlaceOrder(OrderKey("shop", "#1"), None, None, None, None, (line,), "content"))
    assert isinstance(told, tuple)
    (recorded,) = told
    assert isinstance(recorded, OrderRecorded)
    taken = Counter({(part.row.lot, part.row.location): part.quantity for part in recorded.decisions[0].reserved})
    return recorded.decisions[0], [taken[row.lot, row.location or ""] for row in goods]


def row(at: int, units: int, *, pack: int | None = None, package: str | None = None) -> GoodsLine:
    """A row of a lot of its own, which expires later than those before it."""
    size = None if pack is None else Decimal(pack)
    expires = TODAY + timedelta(days=10 + at)
    return GoodsLine(
        str(at), "A", Decimal(units), None, f"BIN-{at}", lot=f"L{at}", expires=expires, pack_size=size, package=package
    )


def packed(stock: Stock) -> list[GoodsLine]:
    """Rows of packs in the order of use."""
    return [row(at, (pack or 1) * many, pack=pack) for at, (pack, many) in enumerate(stock)]


def covered(stock: Stock, goal: int) -> list[int]:
    """The same three ways through the order of use, with every pack tried that could be one more."""
    taken: list[int] = []
    short = goal
    for pack, many in stock:
        taken.append(min(short // (pack or 1), many) * (pack or 1))
        short -= taken[-1]
    tries = []
    for at, (pack, many) in enumerate(stock):
        size = pack or 1
        if not short or taken[at] + size > many * size:
            continue
        more = [*taken]
        more[at] += size
        over = size - short
        for back in reversed(range(len(stock))):
            other = stock[back][0] or 1
            less = min(over, more[back]) // other * other
            more[back] -= less
            over -= less
        tries.append((over, at, more))
    return min(tries)[2] if tries else taken


@given(stocks, st.integers(1, 40))
def test_cover_goes_over_by_the_least(stock: Stock, goal: int) -> None:
    """A line is covered wherever there is enough, with whole packs, and none of them could be given back."""
    decision, taken = decided(Settings(pack_rule=PackRule.COVER), packed(stock), LineWanted("1", "A", Decimal(goal)))
    assert taken == covered(stock, goal)
    total, there = sum(taken), sum((pack or 1) * many for pack, many in stock)
    assert decision.backordered == max(goal - total, 0)
    assert total >= min(goal, there)
    assert all(units % (pack or 1) == 0 for units, (pack, _) in zip(taken, stock, strict=True))
    assert all((pack or 1) > total - goal for units, (pack, _) in zip(taken, stock, strict=True) if units)


@given(stocks, st.integers(1, 40))
def test_broken_packs_are_loose_goods(stock: Stock, goal: int) -> None:
    """Where packs may be broken a line gets what it would get of loose goods."""
    line = LineWanted("1", "A", Decimal(goal))
    broken = decided(Settings(pack_rule=PackRule.PARTIAL_PACKS), packed(stock), line)[1]
    loose = decided(Settings(), [row(at, (pack or 1) * many) for at, (pack, many) in enumerate(stock)], line)[1]
    assert broken == loose


@given(lots, st.integers(1, 30), st.integers(2, 4))
def test_lot_limit_takes_the_first_set_that_fills(free: list[int], goal: int, most: int) -> None:
    """Of all sets of at most so many lots that fill a line the first, lot by lot; where none does, the first lots."""
    line = LineWanted("1", "A", Decimal(goal), max_lots=most)
    decision, taken = decided(Settings(), [row(at, units) for at, units in enumerate(free)], line)
    sets = [lots for many in range(1, most + 1) for lots in combinations(range(len(free)), many)]
    filling = [lots for lots in sets if sum(free[at] for at in lots) >= goal]
    chosen = min(filling) if filling else range(min(most, len(free)))
    expected, short = [0] * len(free), goal
    for at in chosen:
        expected[at] = min(short, free[at])
        short -= expected[at]
    assert (taken, decision.backordered) == (expected, short)


@given(stocks, st.integers(1, 40))
def test_fewest_packages_are_the_fewest(stock: Stock, goal: int) -> None:
    """No other choice that comes out exactly has fewer packages; else none that covers has fewer, or goes over less.

    A package that was opened counts as taken whole.
    """
    _, taken = decided(Settings(policy=Policy.MIN_PACKAGES), packed(stock), LineWanted("1", "A", Decimal(goal)))
    sizes = [pack or 1 for pack, _ in stock]
    ways = list(product(*(range(many + 1) for _, many in stock)))
    sums = [(sum(many * size for many, size in zip(way, sizes, strict=True)), sum(way)) for way in ways]
    opened = [-(-units // size) for units, size in zip(taken, sizes, strict=True)]
    mine = sum(many * size for many, size in zip(opened, sizes, strict=True)), sum(opened)
    exact = [many for total, many in sums if total == goal]
    if max(total for total, _ in sums) <= goal:
        assert sum(taken) == max(total for total, _ in sums)
    elif exact:
        assert mine == (goal, min(exact))
    else:
        fewest = min(many for total, many in sums if total > goal)
        assert mine == (min(total for total, many in sums if total > goal and many == fewest), fewest)
        assert sum(taken) == goal
