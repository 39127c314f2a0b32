"""A lot of one component is promised by a person: whole kits come of it, or nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import DefineItem, PickLine, PlaceHold, ReserveStock, UnreserveOrder
from lotstream.domain.events import OrderAllocated
from lotstream.domain.model import HoldKind, Item, OrderState, Settings, Tracking
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, only, wanted

SET = Item("SET", decimals=1, units={"case": Decimal(2)}, kit={"CUP": Decimal(2), "POT": Decimal(1)})


@pytest.fixture
def world() -> World:
    """An owner who decides on request, with cups of two lots, pots, and an order for four sets."""
    world = World(Settings(allocate="on_request", sites=(SITE,)))
    for item in (Item("CUP", units={"box": Decimal(4)}), Item("POT"), Item("LID", tracking=Tracking.NONE), SET):
        world.told(DefineItem(item))
    world.stock(goods("C1", 9, sku="CUP"), goods("C2", 4, sku="CUP"), goods("P1", 3, sku="POT"))
    world.place("O", wanted(quantity=4, sku="SET"))
    return world


def reserve(quantity: object, lot: str | None = "C2", **more: Any) -> ReserveStock:  # noqa: ANN401 - as the command
    """A reservation of cups of the second lot."""
    return ReserveStock(key("O"), "1", lot, Decimal(str(quantity)), **more)


def promised(world: World) -> list[tuple[str, str | None, int]]:
    """What is promised to the order."""
    return [(part.row.sku, part.row.lot, part.quantity) for part in world.parts("O")]


def test_whole_kits_come_with_the_component_that_is_named(world: World) -> None:
    """Four cups make two sets, which take two pots; the decision says what was looked at of each, and what is left."""
    done = only(world.told(reserve(4)), OrderAllocated)
    assert promised(world) == [("CUP", "C2", 4), ("POT", "P1", 2)]
    assert (done.state, done.decisions[0].policy_from, done.decisions[0].backordered) == (
        OrderState.PARTLY_ALLOCATED, "request", 20,
    )  # fmt: skip
    assert {record.sku for record in done.decisions[0].considered} == {"CUP", "POT"}
    world.told(reserve(1, "P1"))
    assert promised(world)[2:] == [("POT", "P1", 1), ("CUP", "C1", 2)]


def test_the_unit_is_the_component_s(world: World) -> None:
    """A box of four cups makes two sets."""
    world.told(reserve(1, sku="CUP", unit="box"))
    assert promised(world) == [("CUP", "C2", 4), ("POT", "P1", 2)]


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (reserve(3), Code.NOT_A_MULTIPLE, "quantity"),
        (reserve(0), Code.NOT_POSITIVE, "quantity"),
        (reserve(10, "C1"), Code.MORE_THAN_ORDERED, "quantity"),
        (reserve(8, "C1"), Code.NOT_AVAILABLE, "quantity"),
        (reserve(6), Code.NOT_AVAILABLE, "quantity"),
        (reserve(4, unit="crate"), Code.UNKNOWN_UNIT, "unit"),
        (reserve(4, "NONE"), Code.UNKNOWN_LOT, "lot"),
        (reserve(4, "P1", sku="CUP"), Code.UNKNOWN_LOT, "lot"),
        (reserve(1, sku="LID"), Code.LOT_NOT_ALLOWED, "sku"),
        (reserve(4, location="ELSEWHERE"), Code.NOT_AVAILABLE, "lot"),
    ],
)
def test_what_makes_no_whole_kits_is_refused(world: World, command: ReserveStock, code: Code, field: str) -> None:
    """Half kits, more than is wanted, more than is there of it or of another component: nothing is promised."""
    assert world.refused(command) == (code, field)


def test_what_the_line_has_of_the_others_already_counts(world: World) -> None:
    """A pot that stayed picked when its cups were lost is the pot of the next set."""
    world.told(reserve(4))
    pot = next(part for part in world.parts("O") if part.row.sku == "POT")
    world.told(world.pick("O", PickLine(pot.task, None, None, None, Decimal(1))))
    world.told(PlaceHold("H", HoldKind.HOLD, "CUP", "C2"))
    world.told(UnreserveOrder(key("O")))
    world.told(reserve(2, "C1"))
    assert promised(world) == [("POT", "P1", 1), ("CUP", "C1", 2)]


def test_a_held_component_is_not_promised_by_name(world: World) -> None:
    """The lot must do for the line as any other must."""
    world.told(PlaceHold("H", HoldKind.HOLD, "CUP", "C2"))
    assert world.refused(reserve(4)) == (Code.ON_HOLD, "lot")


def test_a_number_that_two_components_have_needs_its_sku(world: World) -> None:
    """A lot of the kit itself comes first; one of two components has to be told by its SKU."""
    world.stock(goods("P1", 2, sku="CUP"), goods("S1", 2, sku="SET", expires=TODAY), balance="more")
    assert world.refused(reserve(2, "P1")) == (Code.FIELD_MISSING, "sku")
    world.told(reserve(2, "P1", sku="POT"))
    assert promised(world)[0] == ("POT", "P1", 2)
    assert world.refused(reserve("0.5", "S1")) == (Code.NOT_A_MULTIPLE, "quantity")
    world.told(reserve(1, "S1"))
    assert promised(world)[-1] == ("SET", "S1", 10)


def test_a_line_in_cases_of_kits_gets_whole_cases(world: World) -> None:
    """Two cups make one set, and a case has two."""
    world.place("CASES", wanted(quantity=1, sku="SET", unit="case"))
    assert world.refused(ReserveStock(key("CASES"), "1", "C2", Decimal(2))) == (Code.NOT_A_MULTIPLE, "quantity")
    world.told(ReserveStock(key("CASES"), "1", "C2", Decimal(4)))


def test_a_line_that_was_dropped_before_its_unit_was_known_wants_no_kits(world: World) -> None:
    """There is nothing to be a multiple of."""
    world.place("N", wanted(quantity=1, sku="SET"), wanted("2", quantity=4, sku="SET", unit="crate"))
    world.cancel("N", "2")
    named = ReserveStock(key("N"), "2", "C2", Decimal(4))
    assert world.refused(named) == (Code.MORE_THAN_ORDERED, "quantity")
