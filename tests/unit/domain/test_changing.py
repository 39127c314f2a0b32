"""An order arrives again, or is cancelled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import CancelOrder, DefineSite, LineWanted, PickLine, ReleaseOrder, ShippedLine
from lotstream.domain.events import DiscrepancyNoted, OrderCancelled, OrderChanged
from lotstream.domain.model import OrderState, Settings, ShipPolicy, Site
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted


def test_equal_content_is_a_repeat() -> None:
    """The same content changes nothing, with or without a version; a newer version is taken note of."""
    world = World()
    world.place("#1", content="same", version="2")
    assert world.place("#1", content="same", version="2") == ()
    assert world.place("#1", content="same", version="1") == ()
    assert world.place("#1", content="same") == ()
    assert kinds(world.place("#1", content="same", version="3")) == ["OrderChanged"]
    assert world.get("#1").version == "3"


@pytest.mark.parametrize(("version", "code"), [("1", Code.STALE_VERSION), ("2", Code.CONFLICTING_CONTENT)])
def test_older_or_same_version_with_other_content(version: str, code: Code) -> None:
    """An older version is stale; the same version with other content is a conflict; neither changes anything."""
    world = World()
    world.place("#1", version="2")
    assert world.refused(world.order("#1", wanted(quantity=6), version=version)) == (code, "version")


def test_other_content_without_version_is_held_for_a_person() -> None:
    """Without versions nobody knows which content is right: the order keeps what it has and waits for a person."""
    world = World()
    world.stock(goods("L1", 7))
    world.place("#1", wanted(quantity=9))
    events = world.place("#1", wanted(quantity=8))
    assert kinds(events) == ["OrderChanged", "DiscrepancyNoted"]
    assert only(events, DiscrepancyNoted).code == Code.CONFLICTING_CONTENT
    assert world.get("#1").state is OrderState.HELD
    assert world.lots("#1") == [("L1", 7)]
    assert kinds(world.place("#1", wanted(quantity=4))) == ["DiscrepancyNoted"]
    world.stock(goods("L2", 9), balance="more")
    assert world.lots("#1") == [("L1", 7)]
    assert kinds(world.told(ReleaseOrder(key("#1")))) == ["OrderChanged"]
    assert world.lots("#1") == [("L1", 7), ("L2", 2)]


def test_newer_version_ends_a_conflict() -> None:
    """A message with a version settles a conflict between two without one."""
    world = World()
    world.place("#1")
    world.place("#1", wanted(quantity=3))
    world.place("#1", wanted(quantity=3), version="1")
    assert (world.get("#1").held, world.line("#1").ordered) == (None, 3)


def test_change_gives_back_and_others_are_served() -> None:
    """Less wanted goes back from the end of the order of use, and in the same decision to whoever waits."""
    world = World()
    world.stock(goods("L1", 4), goods("L2", 4, expires=TODAY + timedelta(days=60)))
    world.place("#1", wanted(quantity=8), version="1")
    world.place("#2", wanted(quantity=3))
    events = world.place("#1", wanted(quantity=3), version="2")
    assert kinds(events) == ["OrderChanged", "OrderAllocated"]
    assert [(loss.row.lot, loss.quantity, loss.left) for loss in only(events, OrderChanged).freed] == [
        ("L2", 4, 0),
        ("L1", 1, 3),
    ]
    assert world.lots("#1") == [("L1", 3)]
    assert world.lots("#2") == [("L1", 1), ("L2", 2)]


def test_change_takes_more() -> None:
    """More wanted is promised at once and what was promised stays."""
    world = World()
    world.stock(goods("L1", 9))
    world.place("#1", wanted(quantity=2), version="1")
    task = world.parts("#1")[0].task
    world.place("#1", wanted(quantity=4), wanted("2", 3), version="2")
    assert world.parts("#1")[0].task == task
    assert world.lots("#1") == [("L1", 2), ("L1", 2), ("L1", 3)]


def test_change_of_terms_moves_what_no_longer_fits() -> None:
    """A newer version that asks for another lot, or for one lot, gives back what does not fit it."""
    world = World()
    world.stock(goods("L1", 4), goods("L2", 4, expires=TODAY + timedelta(days=60)))
    world.place("#1", wanted(quantity=5), version="1")
    world.place("#1", wanted(quantity=4, single_lot=True), version="2")
    assert world.lots("#1") == [("L1", 4)]
    world.place("#1", wanted(quantity=4, lot="L2"), version="3")
    assert world.lots("#1") == [("L2", 4)]


def test_change_of_goods_or_site_starts_anew() -> None:
    """A line that turns to other goods, an unknown unit, another site or a test gives everything back."""
    world = World()
    world.told(DefineSite(Site("OTHER")))
    world.stock(goods("L1"))
    changes: list[tuple[LineWanted, dict[str, Any]]] = [
        (wanted(sku="NEW"), {}),
        (wanted(unit="pallet"), {}),
        (wanted(), {"site": "OTHER"}),
        (wanted(), {"test": True}),
    ]
    for number, (line, more) in enumerate(changes):
        order = f"#{number}"
        world.place(order, version="1")
        assert world.lots(order) == [("L1", 5)]
        world.place(order, line, version="2", **more)
        assert world.lots(order) == []
    assert world.row("L1").reserved == 0


def test_line_that_is_gone_is_cancelled() -> None:
    """A line that the newer version does not have is cancelled, stays on record, and stays cancelled."""
    world = World()
    world.stock(goods("L1"))
    world.place("#1", wanted("1", 2), wanted("2", 3), version="1")
    world.place("#1", wanted("1", 2), version="2")
    assert world.line("#1", "2").cancelled == 3
    assert world.row("L1").reserved == 2
    world.place("#1", wanted("1", 1), version="3")
    assert [line.line for line in world.get("#1").lines] == ["1", "2"]


def test_picked_goods_that_are_not_wanted_stay_where_they_stand() -> None:
    """What is picked and given back stays at its staging place, free, and is not offered to anybody."""
    world = World()
    world.stock(goods("L1", 5))
    world.place("#1", version="1")
    world.told(world.pick("#1"))
    assert world.get("#1").state is OrderState.PICKED
    world.place("#2", wanted(quantity=2))
    (loss,) = only(world.place("#1", wanted(quantity=3), version="2"), OrderChanged).freed
    assert (loss.quantity, loss.picked, loss.staged_at) == (2, 2, "STAGING")
    assert world.lots("#2") == []
    assert (world.row("L1", "STAGING").on_hand, world.row("L1", "STAGING").reserved) == (5, 3)


def test_change_keeps_the_place_in_the_queue() -> None:
    """A changed order is not put behind those that came meanwhile."""
    world = World()
    at = datetime(2026, 8, 1, tzinfo=UTC)
    world.place("#1", version="1", placed_at=at)
    world.place("#1", wanted(quantity=6), version="2")
    assert world.get("#1").placed_at == at


@pytest.mark.parametrize("shipped", [2, 5])
def test_shipped_order_is_not_changed(shipped: int) -> None:
    """Once anything has left, an order can be neither changed nor cancelled."""
    world = World()
    world.stock(goods("L1"))
    world.place("#1", version="1")
    world.told(world.ship("#1", ShippedLine("1", "L1", Decimal(shipped))))
    already = (Code.ALREADY_SHIPPED, "order")
    assert world.refused(world.order("#1", wanted(quantity=9), version="2")) == already
    assert world.refused(CancelOrder(key("#1"))) == already
    assert world.place("#1", version="1") == ()


def test_cancelled_order_is_not_placed_again() -> None:
    """A cancelled order stays cancelled; telling it once more is no news, another content is a conflict."""
    world = World()
    world.place("#1", version="1")
    world.cancel("#1")
    assert world.cancel("#1") == ()
    assert world.place("#1", version="9") == ()
    other = world.order("#1", wanted(quantity=7), version="9")
    assert world.refused(other) == (Code.CONFLICTING_CONTENT, "order")


def test_packed_order_is_not_changed() -> None:
    """A packed order has to be unpacked before it is changed or cancelled."""
    world = World()
    world.place("#1")
    world.get("#1").state = OrderState.PACKED
    assert world.refused(CancelOrder(key("#1"))) == (Code.ALREADY_PICKED, "order")


def test_cancelled_order_frees_its_stock_for_others() -> None:
    """What a cancelled order had goes to whoever waits, in the same decision; tasks are told what is left of them."""
    world = World()
    world.stock(goods("L1", 5))
    world.place("#1")
    world.place("#2")
    events = world.cancel("#1", version="7")
    assert kinds(events) == ["OrderCancelled", "OrderAllocated"]
    cancelled = only(events, OrderCancelled)
    assert (cancelled.state, cancelled.freed[0].left) == (OrderState.CANCELLED, 0)
    assert (world.get("#1").version, world.lots("#2")) == ("7", [("L1", 5)])


def test_cancellation_of_lines() -> None:
    """Lines are cancelled once; an unknown line or an older version refuses the cancellation."""
    world = World()
    world.place("#1", wanted("1"), wanted("2"), version="2")
    assert kinds(world.cancel("#1", "2")) == ["OrderCancelled"]
    assert world.cancel("#1", "2") == ()
    assert world.refused(CancelOrder(key("#1"), None, ("1", "9"))) == (Code.FIELD_INVALID, "lines.1")
    assert world.refused(CancelOrder(key("#1"), "1")) == (Code.STALE_VERSION, "version")


def test_what_is_left_of_a_complete_order() -> None:
    """Without the line that held it up, a complete order gets the rest; lines may have what others gave back."""
    world = World()
    world.stock(goods("L1", 5))
    world.place("#1", wanted("1"), wanted("2", 1, lot="L9"), ship_policy=ShipPolicy.COMPLETE)
    assert kinds(world.cancel("#1", "2")) == ["OrderCancelled", "OrderAllocated"]
    world.cancel("#1")
    world.place("#2", wanted("1", 4), wanted("2", 4))
    assert [len(line.reservations) for line in world.get("#2").lines] == [1, 1]
    world.cancel("#2", "1")
    assert world.lots("#2") == [("L1", 1), ("L1", 3)]


def test_cancelling_on_request_serves_nobody() -> None:
    """An owner who allocates on request has freed stock left alone until asked."""
    world = World(Settings(allocate="on_request"))
    world.place("#1", ship_policy=ShipPolicy.COMPLETE)
    assert world.get("#1").state is OrderState.RECEIVED
    assert kinds(world.cancel("#1")) == ["OrderCancelled"]


def test_pieces_of_a_picked_task_are_given_back() -> None:
    """Of a task half picked, the unpicked half goes first; the picked rest needs putting back."""
    world = World()
    world.stock(goods("L1", 5))
    world.place("#1", version="1")
    world.told(world.pick("#1", PickLine(None, "1", "L1", None, Decimal(3)), staged_at="TOTE"))
    assert world.get("#1").state is OrderState.PICKING
    (loss,) = only(world.place("#1", wanted(quantity=1), version="2"), OrderChanged).freed
    assert (loss.quantity, loss.picked, loss.left, loss.staged_at) == (4, 2, 1, "STAGING/TOTE")
    assert (world.row("L1").reserved, world.row("L1", "STAGING/TOTE").reserved) == (0, 1)
