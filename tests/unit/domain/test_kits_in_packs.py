"""Kits and components in packs: an end is found, and what is given back was promised before."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from lotstream.domain.commands import AdjustStock, DefineItem, StockLine
from lotstream.domain.events import OrderAllocated, ReservationFreed
from lotstream.domain.model import Item, OrderState, PackRule, Reservation, Settings
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, only, wanted

KIT = Item("KIT", kit={"TEA": Decimal(2), "CUP": Decimal(1)}, units={"case": Decimal(2)})


def _promised(event: OrderAllocated) -> list[Reservation]:
    return [part for decision in event.decisions for part in decision.reserved]


def covering() -> World:
    """A world whose packs stay whole and cover what is wanted, with a kit of two TEA and a CUP, in cases of two."""
    world = World(Settings(pack_rule=PackRule.COVER))
    world.told(DefineItem(Item("CUP")))
    world.told(DefineItem(KIT))
    return world


def test_kits_in_packs_that_make_no_whole_cases_come_to_an_end() -> None:
    """A pack of three covers a case of two, and is no whole case however little is asked for: none are promised."""
    world = covering()
    world.told(world.receipt(goods("K1", 3, sku="KIT", pack_size=Decimal(3))))
    world.place("#1", wanted(quantity=4, sku="KIT", unit="case"))
    assert world.get("#1").state is OrderState.BACKORDERED
    world.place("#2", wanted(quantity=1, sku="KIT", unit="case"))
    assert world.lots("#2") == [("K1", 3)]


def test_of_many_packs_as_many_cases_are_promised_as_come_out() -> None:
    """Four packs of three are six cases of two; a fifth would be half a case."""
    world = covering()
    world.told(world.receipt(goods("K1", 15, sku="KIT", pack_size=Decimal(3))))
    world.place("#1", wanted(quantity=20, sku="KIT", unit="case"))
    assert world.lots("#1") == [("K1", 12)]


def test_half_a_kit_in_packs_comes_to_an_end() -> None:
    """A pack of two and a half kits covers two of them and holds half a one more: no kit of it is promised."""
    world = covering()
    world.told(DefineItem(Item("HALF", kit={"TEA": Decimal(2)}, decimals=1)))
    world.told(world.receipt(goods("H1", "2.5", sku="HALF", pack_size=Decimal("2.5"))))
    world.place("#1", wanted(quantity=2, sku="HALF"))
    assert world.lots("#1") == []


def test_what_was_promised_and_given_back_in_one_decision_is_told_to_nobody() -> None:
    """Loose TEA replaces lost packs, makes no whole kit with what is left, and goes back before anybody heard of it."""
    world = World()
    world.told(DefineItem(Item("CUP")))
    world.told(DefineItem(KIT))
    two, three = Decimal(2), Decimal(3)
    packs = goods("L2", 4, expires=None, location="B", pack_size=two)
    loose = goods("L3", 3, expires=None, location="B", line="2"), goods("L2", 2, expires=None, location="D", line="3")
    world.told(world.receipt(packs, *loose, goods("L2", 4, expires=None, sku="CUP", pack_size=three, line="4")))
    world.place("#1", wanted(quantity=4, sku="KIT"))
    had = {part.task for part in world.parts("#1")}
    events = world.told(AdjustStock(SITE, True, None, None, "A1", (StockLine("1", "TEA", "L2", "B", Decimal(-3)),)))
    lost = only(events, ReservationFreed)
    assert {loss.task for loss in (*lost.freed, *lost.settled)} <= had
    told = [part.quantity for event in events if isinstance(event, OrderAllocated) for part in _promised(event)]
    assert [quantity for quantity in told if quantity <= 0] == []
    promised = Counter(part.row.sku for part in world.parts("#1") for _ in range(part.quantity))
    assert promised["TEA"] == 2 * promised["CUP"]
