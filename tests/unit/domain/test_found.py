"""Goods that turn out to be there are of lots that can be held, recalled and traced from then on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ChangeStatus,
    Command,
    DefineItem,
    MoveStock,
    OpenBalance,
    PickLine,
    PlaceHold,
    RecallLots,
    ReturnGoods,
    ShippedLine,
    StockLine,
)
from lotstream.domain.events import DiscrepancyNoted, StockFound
from lotstream.domain.model import HoldKind, Item, RowKey
from lotstream.store.codec import encode
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, only, wanted
from tests.unit.domain.waving import pick, three_orders

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


def as_of(world: World, at: datetime, row: RowKey) -> int:
    """What a row had at a moment of business time."""
    moves = [move for when, move in world.warehouse.moved if when <= at]
    came = sum(move.quantity for move in moves if (move.to or move.row) == row)
    return came - sum(move.quantity for move in moves if move.to is not None and move.row == row)


@pytest.mark.parametrize("days", [(6, 13), (13, 6)])
def test_goods_were_there_when_the_document_says_for_which_they_were_found(days: tuple[int, int]) -> None:
    """What left twice, told late in either order, was never less than nothing; on hand is the sum at the end."""
    world, august = World(), [datetime(2026, 8, day, tzinfo=UTC) for day in range(1, 32)]
    world.told(OpenBalance(SITE, None, august[0], "B", (goods("L1", 1),)))
    for number, day in enumerate(days):
        line = StockLine("1", "TEA", "L1", "BIN", Decimal(1), to="damaged")
        world.told(ChangeStatus(SITE, True, "clerk", august[day], f"T{number}", (line,)))
    good, damaged = RowKey("TEA", "L1", SITE, "BIN"), RowKey("TEA", "L1", SITE, "BIN", status="damaged")
    assert [as_of(world, at, good) for at in august] == [1] * days[0] + [0] * (31 - days[0])
    assert [as_of(world, at, damaged) for at in august] == [0] * 6 + [1] * 7 + [2] * 18


def test_what_a_wave_picked_was_there_when_it_was_picked() -> None:
    """A task of a wave says when it was done; the goods that nobody knew of were there then."""
    world, at = three_orders(), datetime(2026, 8, 31, tzinfo=UTC)
    world.told(world.release("#1"))
    work = pick(world.task(), 20, happened=True)
    events = world.told(replace(work, said=replace(work.said, occurred_at=at)))
    assert only(events, StockFound).at == at


def test_what_nobody_says_when_was_found_when_it_was_recorded() -> None:
    """A document without a time gives none to what was found for it, as every version before wrote it."""
    events = World().told(ways(World())["moved"])
    assert only(events, StockFound).at is None
    assert "at" not in json.loads(encode(only(events, StockFound)))
