"""What the floor is told of goods that left without a task, did not leave after all, and are in their bins again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotstream.domain.commands import (
    AdjustStock,
    ChangeSettings,
    DefineSite,
    ShippedLine,
    StockLine,
    UndoneLine,
    UndoPick,
    UnreserveOrder,
    VoidShipment,
)
from lotstream.domain.model import Calendar, Settings, Site
from lotstream.testing.scenarios_messages import SITE
from tests.unit.contracts.test_outgoing_lots import Told
from tests.unit.domain.build import key, wanted


def test_goods_that_left_without_a_task_get_one_when_they_are_to_be_picked() -> None:
    """They are promised still, so somebody has to pick them; nobody is told while they stand picked, and once only."""
    told = Told()
    world = told.world
    world.told(ChangeSettings(Settings(allocate="on_request")))
    world.place("1", wanted(quantity=4))
    world.told(world.ship("1", ShippedLine("1", "A", Decimal(3), location="BIN"), happened=True))
    world.told(VoidShipment(SITE, True, "gate", None, "S1"))
    assert told.all("pick_tasks") == []
    world.told(UndoPick(SITE, True, "floor", None, key("1")))
    (message,) = told.all("pick_tasks")
    (task,) = message["tasks"]
    assert (task["action"], task["lot"], task["location"], task["quantity"]) == ("create", "A", "BIN", "3")
    assert task["task"] == world.parts("1")[0].task
    world.told(world.pick("1"))
    world.told(UndoPick(SITE, True, "floor", None, key("1")))
    assert told.all("pick_tasks") == []
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before


@pytest.mark.parametrize("reserve", ["bin", "lot"])
def test_a_task_that_was_never_told_is_not_taken_back(reserve: str) -> None:
    """Goods that left without one stand picked again, and one of them is counted away, and then all are given back."""
    told = Told()
    world = told.world
    world.told(DefineSite(Site(SITE, calendar=Calendar.SCRIPTED, reserve=reserve, version=2)))
    world.told(ChangeSettings(Settings(allocate="on_request")))
    world.place("1", wanted(quantity=4))
    world.told(world.ship("1", ShippedLine("1", "A", Decimal(3), location="BIN"), happened=True))
    world.told(VoidShipment(SITE, True, "gate", None, "S1"))
    rest = sum(row.on_hand for row in world.ledger.stock.values() if row.key.location == "BIN" and row.key.lot == "A")
    gone = StockLine("1", "TEA", "A", "BIN", Decimal(-rest - 1))
    world.told(AdjustStock(SITE, True, None, None, "A1", (gone,)))
    assert [part.quantity for part in world.parts("1")] == [2]
    world.cancel("1")
    assert world.parts("1") == []
    assert told.all("pick_tasks") == []


def test_of_a_task_that_was_never_told_what_is_undone_is_taken_back() -> None:
    """Of three that stand picked one is in its bin again, and was told of; that one is taken back."""
    told = Told()
    world = told.world
    world.told(ChangeSettings(Settings(allocate="on_request")))
    world.place("1", wanted(quantity=4))
    world.told(world.ship("1", ShippedLine("1", "A", Decimal(3), location="BIN"), happened=True))
    world.told(VoidShipment(SITE, True, "gate", None, "S1"))
    world.told(UndoPick(SITE, True, "floor", None, key("1"), (UndoneLine(line="1", quantity=Decimal(1)),)))
    world.told(UnreserveOrder(key("1")))
    tasks = [task for message in told.all("pick_tasks") for task in message["tasks"]]
    assert [(task["action"], task["quantity"]) for task in tasks] == [("create", "1"), ("cancel", "0")]
    assert [(part.quantity, part.picked) for part in world.parts("1")] == [(2, 2)]


def test_what_is_undone_bit_by_bit_is_told_bit_by_bit() -> None:
    """One of three goes back to its bin, then the others: the task is told again, with all that is to be picked."""
    told = Told()
    world = told.world
    world.told(ChangeSettings(Settings(allocate="on_request")))
    world.place("1", wanted(quantity=4))
    world.told(world.ship("1", ShippedLine("1", "A", Decimal(3), location="BIN"), happened=True))
    world.told(VoidShipment(SITE, True, "gate", None, "S1"))
    for line in (UndoneLine(line="1", quantity=Decimal(1)), UndoneLine(line="1")):
        world.told(UndoPick(SITE, True, "floor", None, key("1"), (line,)))
    tasks = [task for message in told.all("pick_tasks") for task in message["tasks"]]
    assert [(task["action"], task["quantity"]) for task in tasks] == [("create", "1"), ("create", "3")]
    assert len({task["task"] for task in tasks}) == 1
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before
