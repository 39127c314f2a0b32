"""Kits with numbered components, and kits with numbers: each unit is used once, picked and shipped by its number."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import AssembleKit, BreakKit, DefineItem, PickLine, PieceMade, ShippedLine
from lotstream.domain.events import DiscrepancyNoted, KitAssembled, ShipmentConfirmed
from lotstream.domain.model import Item, SerialKey, SerialState, Tracking
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, kinds, only, wanted

PUMP = Item("PUMP", tracking=Tracking.SERIAL, decimals=1)
SET = Item("SET", tracking=Tracking.SERIAL, kit={"PUMP": Decimal(2), "HOSE": Decimal(1)})


@pytest.fixture
def world() -> World:
    """An owner whose sets have numbers and hold two numbered pumps and a hose."""
    world = World()
    for item in (PUMP, Item("HOSE", tracking=Tracking.NONE), SET):
        world.told(DefineItem(item))
    world.stock(
        goods("P", 5, sku="PUMP", serials=("P1", "P2", "P3", "P4", "P5")),
        goods(None, 5, sku="HOSE", expires=None), goods(None, 1, sku="SET", serials=("K9",), expires=None, line="k"),
    )  # fmt: skip
    return world


def assembly(*serials: str, kits: tuple[str, ...] = ("K1",), number: str = "A1", **more: Any) -> AssembleKit:
    """One set, made of pumps and a hose."""
    pumps = PieceMade("1", "PUMP", "P", None, Decimal(2), serials=serials)
    hose = PieceMade("2", "HOSE", None, None, Decimal(1))
    happened = more.pop("happened", False)
    return AssembleKit(
        SITE, happened, None, None, number, "SET", None, "BENCH", Decimal(1), (pumps, hose), serials=kits
    )


def breaking(*serials: str, kits: tuple[str, ...] = ("K1",), happened: bool = False) -> BreakKit:
    """One set, taken apart."""
    pumps = PieceMade("1", "PUMP", "P", "BIN", Decimal(2), serials=serials)
    hose = PieceMade("2", "HOSE", None, "BIN", Decimal(1))
    return BreakKit(SITE, happened, None, None, "B1", "SET", None, "BENCH", Decimal(1), (pumps, hose), serials=kits)


def state(world: World, number: str, sku: str = "PUMP") -> SerialState:
    """Where a unit is."""
    return world.warehouse.serial(SerialKey(number, sku)).state


def test_numbered_components_are_used_and_come_out_again(world: World) -> None:
    """In the kit a unit is used, and the kit has a number of its own; broken, it is the other way round."""
    done = only(world.told(assembly("P1", "P2")), KitAssembled)
    assert [(used.row.sku, used.serials) for used in done.used] == [("PUMP", ("P1", "P2")), ("HOSE", ())]
    assert (state(world, "P1"), state(world, "K1", "SET")) == (SerialState.USED, SerialState.IN_STOCK)
    assert world.refused(assembly("P1", "P3", number="A2", kits=("K2",))) == (Code.NOT_AVAILABLE, "lines.0.serials.0")
    world.told(breaking("P1", "P2"))
    assert (state(world, "P1"), state(world, "K1", "SET")) == (SerialState.IN_STOCK, SerialState.USED)
    world.told(assembly("P1", "P2", number="A2"))
    assert state(world, "K1", "SET") is SerialState.IN_STOCK
    receipt = world.receipt(goods("P", 1, sku="PUMP", serials=("P1",)), happened=False)
    assert world.refused(receipt) == (Code.CONFLICTING_CONTENT, "lines.0.serials.0")


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (assembly("P1"), Code.FIELD_INVALID, "lines.0.serials"),
        (assembly("P1", "P1"), Code.FIELD_INVALID, "lines.0.serials"),
        (assembly("P1", "NONE"), Code.UNKNOWN_LOT, "lines.0.serials.1"),
        (assembly("P1", "P2", kits=("K1", "K2")), Code.FIELD_INVALID, "serials"),
        (assembly("P1", "P2", kits=("K9",)), Code.CONFLICTING_CONTENT, "serials.0"),
        (breaking("X1", "X2", kits=("K8",)), Code.UNKNOWN_LOT, "serials.0"),
        (breaking("X1", "P1", kits=("K9",)), Code.CONFLICTING_CONTENT, "lines.0.serials.1"),
    ],
)
def test_numbers_that_cannot_be_are_refused(world: World, command: AssembleKit, code: Code, field: str) -> None:
    """Too few, twice the same, unknown ones, and ones that are in the house already."""
    world.told(assembly("P4", "P5", kits=("K5",), number="A0"))
    world.told(DefineItem(Item("OTHER")))
    assert world.refused(_on_bench(world, command)) == (code, field)


def _on_bench(world: World, command: AssembleKit) -> AssembleKit:
    """Have kits stand at the bench, which are taken apart there."""
    assert world.row(None, "BENCH").on_hand == 1
    return command


def test_what_has_happened_is_booked_with_the_numbers_that_can_be(world: World) -> None:
    """An unknown number is believed, one that another order has is not; the kits go to quarantine."""
    world.place("O", wanted(quantity=1, sku="PUMP", serial="P1"))
    events = world.told(assembly("P1", "NEW", happened=True))
    done = only(events, KitAssembled)
    assert [event.code for event in events if isinstance(event, DiscrepancyNoted)] == ["not_available", "unknown_lot"]
    assert (done.used[0].serials, done.made[0].row.status) == (("NEW",), "quarantine")
    assert (state(world, "P1"), state(world, "NEW")) == (SerialState.IN_STOCK, SerialState.USED)
    odd = world.told(assembly("P2", happened=True, number="A2", kits=("K3",)))
    assert only(odd, KitAssembled).used[0].serials == ()


def test_a_kit_line_is_picked_and_shipped_by_the_numbers_of_its_component(world: World) -> None:
    """The numbers told with whole kits go to the component that has them, and leave with it."""
    world.place("O", wanted(quantity=2, sku="SET"))
    whole = PickLine(None, "1", None, None, Decimal(2), serials=("K9", "P2", "P3"))
    world.told(world.pick("O", whole))
    assert {part.row.sku: part.serials for part in world.parts("O")} == {
        "SET": ("K9",), "PUMP": ("P2", "P3"), "HOSE": (),
    }  # fmt: skip
    left = only(world.told(world.ship("O")), ShipmentConfirmed)
    assert {part.sku: part.serials for part in left.shipped} == {"SET": ("K9",), "PUMP": ("P2", "P3"), "HOSE": ()}
    assert (state(world, "P2"), world.warehouse.serial(SerialKey("P2", "PUMP")).order) == (SerialState.SHIPPED, "O")


def test_a_component_is_picked_by_its_numbers_alone(world: World) -> None:
    """A line that names the component, or its task, takes the numbers of that component."""
    world.place("O", wanted(quantity=2, sku="SET"))
    world.told(world.pick("O", PickLine(None, "1", None, None, Decimal(2), sku="PUMP", serials=("P1", "P4"))))
    (task,) = [part.task for part in world.parts("O") if part.row.sku == "SET"]
    world.told(world.pick("O", PickLine(task, None, None, None, Decimal(1), serials=("K9",))))
    assert [part.serials for part in world.parts("O")] == [("K9",), (), ("P1", "P4")]


def test_numbers_of_nothing_that_is_taken_are_refused(world: World) -> None:
    """A number too many, and numbers for a kit none of whose components has any."""
    world.told(DefineItem(Item("BAG", kit={"HOSE": Decimal(1)})))
    world.place("O", wanted(quantity=2, sku="SET"))
    world.place("B", wanted(quantity=1, sku="BAG"))
    many = PickLine(None, "1", None, None, Decimal(2), serials=("K9", "P1", "P2", "P3"))
    assert world.refused(world.pick("O", many)) == (Code.FIELD_INVALID, "lines.0.serials")
    astray = PickLine(None, "1", None, None, Decimal(1), serials=("X",))
    assert world.refused(world.pick("B", astray)) == (Code.FIELD_INVALID, "lines.0.serials")
    assert world.refused(world.ship("B", ShippedLine("1", None, Decimal(1), serials=("X",))))[0] == Code.FIELD_INVALID


def test_a_kit_holds_whole_units_of_what_has_numbers(world: World) -> None:
    """Half a pump is in no kit."""
    half = DefineItem(Item("HALF", kit={"PUMP": Decimal("0.5")}))
    assert world.refused(half) == (Code.NOT_A_MULTIPLE, "item.kit.PUMP")
    assert kinds(world.told(DefineItem(Item("TWO", kit={"PUMP": Decimal("2.0")})))) == ["ItemDefined"]
    assert key("O") not in world.ledger.orders
