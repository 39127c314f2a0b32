"""Goods that come in and are put where picked goods wait: nobody picks from there, and they can be put away."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    AssembleKit,
    BreakKit,
    ChangeSettings,
    DefineItem,
    DefineLocation,
    KitPiece,
    MadeLine,
    MoveStock,
    PieceMade,
    PutAway,
    RecordProduction,
    ReturnGoods,
    StockLine,
)
from lotstream.domain.events import DiscrepancyNoted, OrderAllocated, PutAwayHinted
from lotstream.domain.model import Item, Location, Settings
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, kinds, only, wanted
from tests.unit.domain.test_stock import move, replayed, said

PLACES = ("STAGING", "STAGING/DOOR-3")


@pytest.mark.parametrize("place", PLACES)
def test_goods_received_into_staging_are_there_and_can_be_put_away(place: str) -> None:
    """Asked it is refused; happened they are booked, people and the floor are told, and a move frees them."""
    world = World(Settings(put_away_hints=True))
    world.told(DefineLocation(Location(SITE, "A1", sequence=1)))
    world.place("#1")
    receipt = world.receipt(goods("L1", 10, place), happened=False)
    assert world.refused(receipt) == (Code.LOT_NOT_ALLOWED, "lines.0.location")
    events = world.told(replace(receipt, happened=True))
    noted = only(events, DiscrepancyNoted)
    assert (noted.code, noted.about["location"], noted.about["receipt"]) == ("lot_not_allowed", place, "R1")
    assert [(hint.to, hint.quantity) for hint in only(events, PutAwayHinted).hints] == [("A1", 10)]
    assert world.row("L1", place).on_hand == 10
    assert world.parts("#1") == []
    events = world.told(PutAway(SITE, False, None, None, "P1", (said(10, location=place, to="A1"),)))
    assert only(events, OrderAllocated).key == key("#1")
    assert (world.row("L1", "A1").on_hand, world.row("L1", "A1").reserved) == (10, 5)
    replayed(world)


@pytest.mark.parametrize("command", [MoveStock, PutAway])
def test_what_an_order_has_picked_stays_in_staging(command: Any) -> None:
    """Only what no order has picked may be moved out when it is asked; by a shipment the rest leaves as before."""
    world = World()
    world.stock(goods("L1", 6))
    world.place("#1")
    world.told(world.pick("#1"))
    world.told(world.receipt(goods("L1", 3, "STAGING")))
    asked = command(SITE, False, None, None, "M1", (said(4, location="STAGING", to="BIN"),))
    assert world.refused(asked) == (Code.NOT_AVAILABLE, "lines.0.quantity")
    world.told(replace(asked, lines=(said(3, location="STAGING", to="BIN"),)))
    staged = world.row("L1", "STAGING")
    assert (world.row("L1").on_hand, staged.on_hand, staged.reserved) == (4, 5, 5)
    world.told(world.ship("#1"))
    assert [row.on_hand for row in world.ledger.stock.values()] == [4]
    replayed(world)


def test_what_is_left_over_of_a_pick_is_put_back_when_it_is_asked() -> None:
    """Goods that were picked for an order that is cancelled stand free in staging."""
    world = World()
    world.stock(goods("L1", 6))
    world.place("#1")
    world.told(world.pick("#1"))
    world.cancel("#1")
    world.told(move(said(5, location="STAGING", to="BIN")))
    assert (world.row("L1").on_hand, world.row("L1").reserved) == (6, 0)


SET = Item("SET", kit={"TEA": Decimal(1)})
ALL_OTHERS: dict[str, tuple[str, Callable[[World], Any]]] = {
    "return": (
        "lines.0.location",
        lambda _: ReturnGoods(
            SITE, False, None, None, "RMA", key("#1"), (StockLine("1", "TEA", "L1", "STAGING", Decimal(1)),)
        ),
    ),
    "production": (
        "made.0.location",
        lambda _: RecordProduction(
            SITE, False, None, None, "P", (KitPiece("1", "TEA", "L1", "BIN", Decimal(1)),),
            (MadeLine("M", "MIX", "S1", "STAGING", Decimal(5)),),
        ),
    ),
    "assembly": (
        "location",
        lambda _: AssembleKit(
            SITE, False, None, None, "K", "SET", "P1", "STAGING", Decimal(1),
            (KitPiece("1", "TEA", "L1", "BIN", Decimal(1)),),
        ),
    ),
    "breaking": (
        "lines.0.location",
        lambda _: BreakKit(
            SITE, False, None, None, "B", "SET", "P0", "BIN", Decimal(1),
            (PieceMade("1", "TEA", "L1", "STAGING", Decimal(1)),),
        ),
    ),
}  # fmt: skip
"""Other documents by which goods come in."""


@pytest.mark.parametrize("document", ALL_OTHERS)
def test_nothing_that_nobody_picked_comes_to_staging_when_it_is_asked(document: str) -> None:
    """What came back, was made or taken apart is booked there when it has happened, and people are told where."""
    world = World(Settings())
    for item in (SET, Item("MIX")):
        world.told(DefineItem(item))
    world.stock(goods("L1", 20), goods("P0", 3, sku="SET"))
    world.place("#1", wanted(quantity=2))
    world.told(world.ship("#1"))
    field, build = ALL_OTHERS[document]
    asked = build(world)
    assert world.refused(asked) == (Code.LOT_NOT_ALLOWED, field)
    events = world.told(replace(asked, happened=True))
    assert [one.about["location"] for one in events if isinstance(one, DiscrepancyNoted)] == ["STAGING"]
    assert "STAGING" in {row.location for row in world.ledger.stock}
    replayed(world)


def test_stock_as_found_lies_where_it_lies() -> None:
    """An opening balance is not asked."""
    world = World()
    world.told(ChangeSettings(Settings()))
    assert "DiscrepancyNoted" not in kinds(world.stock(goods("L1", 3, "STAGING")))
