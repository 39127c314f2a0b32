"""Goods that are weighed once more: by a second counter, and when what came back is looked at."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.apply import apply
from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ApproveCount,
    CountStock,
    DefineItem,
    ReturnGoods,
    SecondCount,
)
from lotstream.domain.events import DiscrepancyNoted, ReturnInspected, StockPicked
from lotstream.domain.model import CountApproval, Settings
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, decided, goods, key, kinds, only, wanted
from tests.unit.domain.test_catch_weight import HAM, ham, line, weights
from tests.unit.domain.test_return_inspected import QUARANTINE, RESTOCK, SCRAP, SEND_BACK, inspect
from tests.unit.domain.test_return_inspected import line as inspected
from tests.unit.domain.test_stock import replayed


@pytest.fixture
def world() -> World:
    """Ten hams of 25 kg, whose owner has counts that differ by two counted again."""
    world = World(Settings(count_approval=CountApproval(units=Decimal(2))))
    world.told(DefineItem(HAM))
    world.told(world.receipt(ham(10, 25)))
    return world


def second(kg: object, *, happened: bool = False, counted: int = 4, number: str = "C1") -> ApproveCount:
    """What a second counter found, and weighed."""
    weight = None if kg is None else Decimal(str(kg))
    return ApproveCount(
        SITE, happened, "d", None, number, True, (SecondCount("1", Decimal(counted), weight_kg=weight),)
    )


@pytest.mark.parametrize("first", [None, "9"])
def test_who_weighs_last_is_right(world: World, first: str | None) -> None:
    """What the second counter read counts, whether the first one weighed anything or not; told again it is a repeat."""
    assert kinds(world.told(CountStock(SITE, False, "c", None, "C1", (line(4, first),)))) == ["CountKept"]
    assert world.refused(second(0)) == (Code.NOT_POSITIVE, "lines.0.weight_kg")
    world.told(second("9.2"))
    assert weights(world) == {("H1", "BIN", "good"): 9_200}
    assert world.told(second("9.2")) == world.told(second(None)) == ()
    assert world.refused(second("9.1")) == (Code.CONFLICTING_CONTENT, "lines.0.weight_kg")
    (noted,) = world.told(second("9.1", happened=True))
    assert isinstance(noted, DiscrepancyNoted)
    assert weights(world) == {("H1", "BIN", "good"): 9_200}
    replayed(world)


def test_a_second_counter_who_weighs_nothing_leaves_it_to_the_first(world: World) -> None:
    """Who counts alone says nothing of the weight; what cannot be weighed is told and left out."""
    world.told(CountStock(SITE, False, "c", None, "C1", (line(4, "9"),)))
    events = world.told(second("-1", happened=True))
    assert only(events, DiscrepancyNoted).about["weight_kg"] == "-1"
    assert weights(world) == {("H1", "BIN", "good"): 9_000}


def test_a_count_that_is_rejected_weighs_nothing(world: World) -> None:
    """It is forgotten with all that was weighed."""
    world.told(CountStock(SITE, False, "c", None, "C1", (line(4, "9"),)))
    world.told(replace(second("8"), approved=False))
    assert weights(world) == {("H1", "BIN", "good"): 25_000}


def test_the_second_weight_of_what_is_not_weighed(world: World) -> None:
    """Asked, it is refused; happened, people are told and the count is booked."""
    world.told(world.receipt(goods("L1", 10), number="R2"))
    world.told(CountStock(SITE, False, "c", None, "C1", (replace(line(4), sku="TEA", lot="L1"),)))
    assert world.refused(second(3)) == (Code.FIELD_INVALID, "lines.0.weight_kg")
    assert "DiscrepancyNoted" in kinds(world.told(second(3, happened=True)))
    assert world.row("L1").on_hand == 4


@pytest.fixture
def back(world: World) -> World:
    """Four of the hams left and came back to quarantine, with what they weighed when they left."""
    world.place("#1", wanted("1", 4, "HAM"))
    world.told(world.ship("#1"))
    world.told(ReturnGoods(SITE, False, None, None, "RMA", key("#1"), (line(4, location="BACK", status="quarantine"),)))
    assert weights(world)["H1", "BACK", "quarantine"] == 10_000
    return world


def test_what_is_looked_at_weighs_what_was_read(back: World) -> None:
    """Each line its own, whatever becomes of its goods; what nobody weighs takes its share, the last one the rest."""
    lines = (
        inspected(1, RESTOCK, to="BIN", weight_kg=Decimal("2.4")),
        inspected(1, SCRAP, name="2", weight_kg=Decimal("2.7")), inspected(1, SEND_BACK, name="3"),
    )  # fmt: skip
    told = only(back.told(inspect(*lines)), ReturnInspected)
    assert [move.weight_g for move in told.moves] == [2_400]
    assert [gone.weight_g for gone in (*told.scrapped, *told.sent_back)] == [2_700, 2_450]
    assert weights(back)["H1", "BACK", "quarantine"] == 2_450
    assert back.told(inspect(*lines)) == ()
    other = (replace(lines[0], weight_kg=Decimal("2.3")), *lines[1:])
    assert back.refused(inspect(*other)) == (Code.CONFLICTING_CONTENT, "lines.0.line")
    assert back.refused(inspect(replace(lines[0], line="9", weight_kg=Decimal(0))))[1] == "lines.0.weight_kg"
    replayed(back)


def test_a_weight_of_goods_that_stay_where_they_lie(back: World) -> None:
    """It would be one of a part of what lies there: asked it is refused, else told; a count weighs the bin."""
    stays = inspect(inspected(1, QUARANTINE, weight_kg=Decimal("2.4")))
    assert back.refused(stays) == (Code.FIELD_INVALID, "lines.0.weight_kg")
    noted = only(back.told(replace(stays, happened=True)), DiscrepancyNoted)
    assert noted.code == Code.FIELD_INVALID.value
    assert weights(back)["H1", "BACK", "quarantine"] == 10_000


def unknown(world: World, **item: Any) -> World:
    """Goods came back blind, of a lot that nobody knew and nobody has weighed."""
    world.told(DefineItem(replace(HAM, sku="COLD", version=1, **item)))
    blind = replace(line(2, None, "X1", location="BACK"), sku="COLD")
    world.told(ReturnGoods(SITE, True, None, None, "RMA", None, (blind,), customer="C-7"))
    assert [row.status for row in world.ledger.stock if row.sku == "COLD"] == ["quarantine"]
    return world


def test_what_nobody_has_weighed_is_not_restocked_by_saying_so(world: World) -> None:
    """Asked it is refused, happened it stays in quarantine; with its weight it is good."""
    unknown(world)
    restocked = inspect(inspected(1, RESTOCK))
    assert world.refused(restocked) == (Code.FIELD_MISSING, "lines.0.weight_kg")
    assert only(world.told(replace(restocked, happened=True)), DiscrepancyNoted).code == Code.FIELD_MISSING.value
    assert [row.status for row in world.ledger.stock if row.sku == "COLD"] == ["quarantine"]
    world.told(inspect(inspected(1, RESTOCK, weight_kg=Decimal(3)), number="RI-2"))
    assert weights(world)["X1", "BACK", "good"] == 3_000


def test_what_lacks_a_fact_is_not_restocked_by_saying_so(world: World) -> None:
    """A lot of which nobody knows what its item requires is no stock yet, whoever has looked at it."""
    unknown(world, required=("expires",), catch_weight=False)
    restocked = inspect(inspected(1, RESTOCK))
    assert world.refused(restocked) == (Code.FIELD_MISSING, "lines.0.lot")
    assert "DiscrepancyNoted" in kinds(world.told(replace(restocked, happened=True)))
    assert [row.status for row in world.ledger.stock if row.sku == "COLD"] == ["quarantine"]


def test_goods_that_0_1_0_has_moved_leave_their_weight_behind(world: World) -> None:
    """Its events say no weight: quantities stay right, and a count puts the weight of the bin right."""
    world.place("#1", wanted("1", 10, "HAM"))
    picked = only(decided(world, world.pick("#1")), StockPicked)
    apply(world.ledger, replace(picked, picks=tuple([replace(pick, weight_g=0) for pick in picked.picks])))
    assert weights(world) == {("H1", "BIN", "good"): 25_000}
    assert (world.row("H1").on_hand, world.row("H1", "STAGING").on_hand) == (0, 10)
    world.told(world.ship("#1"))
    world.told(world.receipt(ham(2, 5), number="R9"))
    world.told(CountStock(SITE, False, "c", None, "C9", (line(2, "5"),)))
    assert weights(world) == {("H1", "BIN", "good"): 5_000}
