"""What becomes of lines of kits beside other lines, when they wait, and when they lose a component."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from lotstream.domain.commands import (
    ChangeSettings,
    CountStock,
    DefineItem,
    OpenBalance,
    PickLine,
    PlaceHold,
    RequestAllocation,
    ShippedLine,
    StockLine,
)
from lotstream.domain.events import ReservationFreed
from lotstream.domain.model import HoldKind, Item, OrderState, Reallocate, Settings
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, only, wanted
from tests.unit.domain.test_kits import SET, cups, found, pots, sets


def kits() -> World:
    """An owner with a set of two cups and a pot."""
    world = World()
    for item in (Item("CUP"), Item("POT", decimals=1), SET):
        world.told(DefineItem(item))
    return world


def test_units_of_components_are_no_kits_beside_another_line() -> None:
    """Twelve smallest units make one kit: eleven pieces of the other line are open, and the order is partly there."""
    world = kits()
    world.place("#1", sets(), wanted("2", 11))
    found(world, cups("C1", 2), pots("P1", 1))
    assert world.get("#1").state is OrderState.PARTLY_ALLOCATED


def test_kits_of_which_nothing_is_there_wait() -> None:
    """Once it was asked for an order of kits is no longer merely received."""
    world = kits()
    world.told(ChangeSettings(Settings(allocate="on_request")))
    world.place("#1", sets())
    assert world.get("#1").state is OrderState.RECEIVED
    world.told(RequestAllocation((key("#1"),)))
    assert world.get("#1").state is OrderState.BACKORDERED


def test_a_kit_that_loses_a_component_may_be_one_that_is_assembled() -> None:
    """The line takes an assembled kit that came in since, and gives back the other component."""
    world = kits()
    found(world, cups("C1", 2), pots("P1", 1))
    world.place("#1", sets())
    world.told(world.receipt(goods("S1", 1, sku="SET")))
    world.told(PlaceHold("H", HoldKind.HOLD, "CUP", "C1"))
    assert world.lots("#1") == [("S1", 1)]


def test_a_kit_of_one_promise_is_kept_or_given_back() -> None:
    """An assembled kit stays when another line loses its goods; a component that is left alone does not."""
    world = kits()
    found(world, goods("S1", 1, sku="SET"))
    world.stock(goods("L1", 5), balance="tea")
    world.place("#1", sets(), wanted("2"))
    world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L1"))
    assert world.lots("#1") == [("S1", 1)]
    world.told(OpenBalance(SITE, None, None, "kit", (cups("C1", 2), pots("P1", 1))))
    world.place("#2", sets())
    world.told(PlaceHold("H", HoldKind.HOLD, "CUP", "C1"))
    assert world.lots("#2") == []


def test_what_is_picked_of_kits_that_are_no_whole_case_stays() -> None:
    """Of a case of four kits two are left: all goes back but the pots that are picked."""
    world = kits()
    found(world, cups("C1", 4), cups("C2", 4, expires=TODAY + timedelta(days=40)), pots("P1", 4))
    world.place("#1", sets(unit="case"))
    task = next(part.task for part in world.parts("#1") if part.row.sku == "POT")
    world.told(world.pick("#1", PickLine(task, None, None, None, Decimal(3))))
    freed = only(world.told(PlaceHold("H", HoldKind.HOLD, "CUP", "C1")), ReservationFreed)
    assert [(loss.row.lot, loss.quantity, loss.left, loss.picked) for loss in freed.settled] == [
        ("C2", 4, 0, 0), ("P1", 10, 30, 0),
    ]  # fmt: skip
    assert [(part.row.lot, part.quantity, part.picked) for part in world.parts("#1")] == [("P1", 30, 30)]


def test_a_kit_of_one_component_keeps_whole_kits() -> None:
    """Two boxes of six cups that lose the cups of one keep the other."""
    world = kits()
    world.told(DefineItem(Item("BOX", kit={"CUP": Decimal(6)})))
    found(world, cups("C1", 7), cups("C2", 5, expires=TODAY + timedelta(days=40)))
    world.place("#1", wanted(quantity=2, sku="BOX"))
    assert world.lots("#1") == [("C1", 7), ("C2", 5)]
    world.told(PlaceHold("H", HoldKind.HOLD, "CUP", "C2"))
    assert world.lots("#1") == [("C1", 6)]


def test_a_component_that_left_for_a_held_kit_has_left() -> None:
    """Cups are shipped for a set whose pot is not known yet: when it is, the line wants the other cup and the pots."""
    world = World()
    for item in (Item("CUP"), SET):
        world.told(DefineItem(item))
    world.told(OpenBalance(SITE, None, None, "cups", (cups("C1", 4),)))
    world.place("#1", sets(2))
    left = ShippedLine("1", "C1", Decimal(2), sku="CUP")
    world.told(world.ship("#1", left, happened=True))
    world.told(DefineItem(Item("SPOON")))
    assert [(part.sku, part.shipped) for part in world.line("#1").parts] == [("CUP", 2), ("POT", 0)]
    world.told(DefineItem(Item("POT", decimals=1)))
    assert [(part.sku, part.each, part.shipped) for part in world.line("#1").parts] == [("CUP", 2, 2), ("POT", 10, 0)]
    world.told(OpenBalance(SITE, None, None, "pots", (pots("P1", 2),)))
    assert dict(world.lots("#1")) == {"C1": 2, "P1": 20}


def test_a_pack_that_goes_back_leaves_whole_kits() -> None:
    """Three of six cups are lost, and of the others a pack of two goes back: nothing of half a kit stays promised."""
    world = kits()
    world.told(ChangeSettings(Settings(reallocate=Reallocate.MANUAL)))
    later = {"expires": TODAY + timedelta(days=40), "pack_size": Decimal(2)}
    found(world, cups("C1", 1), cups("C2", 1, location="B2"), cups("C3", 4, location="B3", **later), pots("P1", 3))
    world.place("#1", sets(3))
    lost = world.told(CountStock(SITE, True, None, None, "C", (_counted("C2", 0, "B2"), _counted("C3", 2, "B3"))))
    assert world.parts("#1") == []
    assert sum(loss.quantity for loss in only(lost, ReservationFreed).settled if loss.row.sku == "POT") == 30


def _counted(lot: str, quantity: int, location: str) -> StockLine:
    pack = Decimal(2) if quantity else None
    return StockLine(lot, "CUP", lot, location, Decimal(quantity), None, None, pack, None)
