"""Goods that turn out to be there are of lots that can be held, recalled and traced from then on."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ChangeStatus,
    Command,
    DefineItem,
    MoveStock,
    PickLine,
    PlaceHold,
    RecallLots,
    ReturnGoods,
    ShippedLine,
    StockLine,
)
from lotstream.domain.events import DiscrepancyNoted
from lotstream.domain.model import HoldKind, Item
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, only, wanted

LINE = StockLine("1", "TEA", "NEW", "BIN", Decimal(2), to="SHELF")


def ways(world: World) -> dict[str, Command]:
    """Messages of what has happened with goods of a lot that nobody knows."""
    return {
        "moved": MoveStock(SITE, True, "truck", None, "M1", (LINE,)),
        "damaged": ChangeStatus(SITE, True, "clerk", None, "T1", (replace(LINE, to="damaged"),)),
        "picked": world.pick("1", PickLine(None, "1", "NEW", "BIN", Decimal(2)), happened=True),
        "shipped": world.ship("1", ShippedLine("1", "NEW", Decimal(2)), happened=True),
        "returned": ReturnGoods(SITE, True, "dock", None, "RT1", None, (replace(LINE, to=""),)),
    }


@pytest.mark.parametrize("way", ways(World()))
def test_a_lot_that_turns_up_can_be_held_and_recalled(way: str) -> None:
    """Whatever has happened with goods of an unknown lot, it is known afterwards, from the journal alone as well."""
    world = World()
    world.place("1", wanted(quantity=2))
    world.told(ways(world)[way])
    assert ("TEA", "NEW") in world.ledger.lots
    assert world.told(PlaceHold("H-1", HoldKind.HOLD, "TEA", "NEW"))
    assert world.told(RecallLots("RC", None, (("TEA", "NEW"),)))
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before


def test_a_lot_that_turns_up_without_its_facts_is_no_stock() -> None:
    """Goods that were moved and nobody had are in quarantine where their item needs what nobody has told."""
    world = World()
    world.told(DefineItem(Item("TEA", version=2, required=("supplier",))))
    events = world.told(ways(world)["moved"])
    assert [event.code for event in events if isinstance(event, DiscrepancyNoted)] == [
        Code.NOT_AVAILABLE, Code.FIELD_MISSING,
    ]  # fmt: skip
    assert world.row("NEW", "SHELF", "quarantine").on_hand == 2


def test_a_lot_that_is_known_stays_what_it_is() -> None:
    """What is found of it adds nothing to what is known of it."""
    world = World()
    world.told(ways(world)["moved"])
    known = world.ledger.lots["TEA", "NEW"]
    only(world.told(MoveStock(SITE, True, "truck", None, "M2", (LINE,))), DiscrepancyNoted)
    assert world.ledger.lots["TEA", "NEW"] is known
