"""Picking is begun, and undone: goods go back to their bins and stay promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.apply import apply
from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    AdjustStock,
    DefineItem,
    PickLine,
    PlaceHold,
    StartPick,
    StockLine,
    UndoneLine,
    UndoPick,
    VoidShipment,
)
from lotstream.domain.events import DiscrepancyNoted, PickStarted, PickUndone, ReservationFreed
from lotstream.domain.model import HoldKind, Item, OrderState, Settings
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, decided, goods, key, kinds, only, wanted


def undo(number: str, *lines: UndoneLine, **more: Any) -> UndoPick:  # noqa: ANN401 - whatever the message takes
    """Undo picks of an order; everything when no line is given."""
    return UndoPick(more.pop("site", SITE), more.pop("happened", False), "scanner", None, key(number), lines)


def start(number: str, *tasks: str, **more: Any) -> StartPick:  # noqa: ANN401 - whatever the message takes
    """Begin tasks of an order."""
    return StartPick(more.pop("site", SITE), more.pop("happened", False), "scanner", None, key(number), tasks)


def ready(settings: Settings | None = None) -> World:
    """A world with 10 of L1 and 10 of L2, of which order #1 has 10 of L1 and 2 of L2, all picked but one of L2."""
    world = World(settings)
    world.stock(
        goods("L1", expires=TODAY + timedelta(days=10)), goods("L2", location="B2", expires=TODAY + timedelta(days=20))
    )
    world.place("#1", wanted(quantity=12))
    task = world.parts("#1")[0].task
    world.told(world.pick("#1", PickLine(task, None, None, None, Decimal(4)), staged_at="T-1"))
    world.told(world.pick("#1", PickLine(task, None, None, None, Decimal(6)), staged_at="T-2"))
    world.told(world.pick("#1", PickLine(None, "1", "L2", None, Decimal(1))))
    return world


def standing(world: World) -> list[tuple[str | None, int, int, str | None]]:
    """Lot, quantity, picked and place of everything promised to order #1."""
    return [(part.row.lot, part.quantity, part.picked, part.staged_at) for part in world.parts("#1")]


def test_everything_goes_back() -> None:
    """Without lines all that is picked is in its bin again, promised as before; a second time there is nothing."""
    world = ready()
    event = only(world.told(undo("#1")), PickUndone)
    assert (event.state, [undone.quantity for undone in event.undone]) == (OrderState.ALLOCATED, [6, 1, 4])
    assert standing(world) == [("L1", 10, 0, None), ("L2", 2, 0, None)]
    assert {row.key.location for row in world.ledger.stock.values()} == {"BIN", "B2"}
    assert (world.row("L1").on_hand, world.row("L1").reserved) == (10, 10)
    assert world.refused(undo("#1")) == (Code.NOT_RESERVED, "lines.0.quantity")


def test_a_part_goes_back() -> None:
    """What was picked last goes back first; the rest of the task stands where it stood."""
    world = ready()
    task = world.parts("#1")[0].task
    event = only(world.told(undo("#1", UndoneLine(task=task, quantity=Decimal(1), unit="case"))), PickUndone)
    assert event.state is OrderState.PICKING
    assert standing(world) == [("L1", 4, 4, "STAGING/T-1"), ("L2", 2, 1, "STAGING"), ("L1", 6, 0, None)]
    world.told(undo("#1", UndoneLine(line="1", lot="L1", quantity=Decimal(3))))
    assert standing(world)[0] == ("L1", 4, 1, "STAGING/T-1")


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        (undo("#9"), Code.UNKNOWN_ORDER, "order"),
        (undo("#1", site="NOWHERE"), Code.FIELD_INVALID, "site"),
        (undo("#1", UndoneLine(lot="L9")), Code.NOT_RESERVED, "lines.0.quantity"),
        (undo("#1", UndoneLine(lot="L9", quantity=Decimal(1))), Code.NOT_RESERVED, "lines.0.quantity"),
        (undo("#1", UndoneLine(line="1", quantity=Decimal(12))), Code.NOT_RESERVED, "lines.0.quantity"),
        (undo("#1", UndoneLine(line="1", quantity=Decimal(0))), Code.NOT_POSITIVE, "lines.0.quantity"),
        (undo("#1", UndoneLine(line="1", quantity=Decimal(1), unit="barrel")), Code.UNKNOWN_UNIT, "lines.0.unit"),
        (start("#9"), Code.UNKNOWN_ORDER, "order"),
        (start("#1", "other"), Code.NOT_RESERVED, "tasks.0"),
        (start("#1", site="NOWHERE"), Code.FIELD_INVALID, "site"),
    ],
)
def test_what_is_refused(said: UndoPick | StartPick, code: Code, field: str) -> None:
    """Only what is picked can be undone, and only open tasks begun, when it is asked."""
    assert ready().refused(said) == (code, field)


def test_happened_undoing_is_booked_as_far_as_it_goes() -> None:
    """More than was picked is a discrepancy, and what was picked goes back; an unknown order has nothing."""
    world = ready()
    events = world.told(undo("#1", UndoneLine(lot="L2", quantity=Decimal(3)), happened=True, site=SITE))
    assert kinds(events) == ["PickUndone", "DiscrepancyNoted"]
    assert only(events, PickUndone).happened
    for said in (undo("#9", happened=True), start("#9", "t", happened=True)):
        assert only(world.told(said), DiscrepancyNoted).code == "unknown_order"
    assert kinds(world.told(undo("#1", UndoneLine(lot="L7"), happened=True))) == ["DiscrepancyNoted"]
    world.cancel("#1")
    assert world.refused(undo("#1")) == (Code.NOT_RESERVED, "order")


def test_packed_goods_are_unpacked_first() -> None:
    """What lies in a carton does not go back to the bin."""
    world = ready()
    world.parts("#1")[0].packed = 4
    world.parts("#1")[1].packed = 1
    assert world.refused(undo("#1", UndoneLine(lot="L1", quantity=Decimal(7)))) == (
        Code.ALREADY_PICKED,
        "lines.0.quantity",
    )
    world.told(undo("#1"))
    assert [(part.picked, part.packed) for part in world.parts("#1")] == [(4, 4), (1, 1), (0, 0)]


def test_goods_that_may_not_be_promised_in_their_bin_are_given_back() -> None:
    """A lot that was put on hold after it was picked is not promised in its bin: the order gets other stock."""
    world = ready()
    world.told(PlaceHold("H", HoldKind.HOLD, None, "L1"))
    events = world.told(undo("#1", UndoneLine(lot="L1", quantity=Decimal(6))))
    assert kinds(events) == ["PickUndone", "ReservationFreed", "OrderAllocated"]
    assert only(events, ReservationFreed).reason == "hold"
    assert [(part.row.lot, part.quantity) for part in world.parts("#1")] == [("L1", 4), ("L2", 2), ("L2", 6)]


def test_what_was_picked_beyond_the_order_is_given_back() -> None:
    """More than was ordered is kept only while it is picked."""
    world = World(Settings(over_pick_pct=Decimal(50)))
    world.stock(goods("L1"))
    world.place("#1", wanted(quantity=4))
    world.told(world.pick("#1", PickLine(None, "1", None, None, Decimal(6))))
    world.told(undo("#1", UndoneLine(quantity=Decimal(1))))
    assert standing(world) == [("L1", 5, 5, "STAGING")]
    world.told(undo("#1"))
    assert standing(world) == [("L1", 4, 0, None)]


def test_tasks_are_begun_once() -> None:
    """Begun tasks are marked; the order's state stays, and saying it again changes nothing."""
    world = World()
    world.stock(goods("L1", 2), goods("L2", 10, "B2"))
    world.place("#1", wanted(quantity=5))
    first, second = (part.task for part in world.parts("#1"))
    assert only(world.told(start("#1", first)), PickStarted).tasks == (first,)
    assert world.get("#1").state is OrderState.ALLOCATED
    assert only(world.told(start("#1")), PickStarted).tasks == (second,)
    assert world.told(start("#1")) == ()
    assert [part.started for part in world.parts("#1")] == [True, True]


def test_an_undone_pick_must_be_there() -> None:
    """An event about goods that are not picked is no event of this ledger."""
    world = ready()
    event = only(decided(world, undo("#1")), PickUndone)
    with pytest.raises(LookupError, match="undone"):
        apply(world.ledger, replace(event, undone=(replace(event.undone[0], task="other"),)))


def test_goods_that_fill_up_a_deficit_are_promised_to_nobody() -> None:
    """What goes back to a bin that has less than nothing is given back as far as it is missing there."""
    world = World()
    world.stock(goods("L1", 6))
    world.place("#1", wanted(quantity=4))
    world.told(world.ship("#1"))
    lost = StockLine("1", "TEA", "L1", "BIN", Decimal(-4))
    world.told(AdjustStock(SITE, True, None, None, "ADJ-1", (lost,)))
    world.told(VoidShipment(SITE, True, "gate", None, "S1", None))
    events = world.told(undo("#1"))
    assert kinds(events) == ["PickUndone", "ReservationFreed"]
    assert [(one.quantity, one.picked) for one in world.parts("#1")] == [(2, 0)]
    assert (world.row("L1").on_hand, world.row("L1").reserved) == (2, 2)


def test_a_quantity_of_a_kit_line_undoes_its_first_component_alone() -> None:
    """Five cups are no more than the cups and pots that are picked, but more than the cups: refused, none goes back."""
    world = World()
    for item in (Item("CUP"), Item("POT"), Item("SET", kit={"CUP": Decimal(2), "POT": Decimal(1)})):
        world.told(DefineItem(item))
    world.stock(goods("C", 4, sku="CUP"), goods("P", 2, sku="POT", line="2"))
    world.place("#1", wanted(quantity=2, sku="SET"))
    world.told(world.pick("#1", PickLine(None, "1", None, None, Decimal(2))))
    assert world.refused(undo("#1", UndoneLine(line="1", quantity=Decimal(5)))) == (
        Code.NOT_RESERVED, "lines.0.quantity",
    )  # fmt: skip
    world.told(undo("#1", UndoneLine(line="1", quantity=Decimal(3))))
    assert standing(world) == [("C", 4, 1, "STAGING"), ("P", 2, 2, "STAGING")]
