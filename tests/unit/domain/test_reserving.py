"""Promises by a person's word: given back, closed short, made of a lot that is named."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    CancelOrder,
    CloseOrder,
    DefineCustomer,
    DefineSite,
    GoodsLine,
    OpenBalance,
    PickLine,
    PlaceHold,
    RequestAllocation,
    ReserveStock,
    ShippedLine,
    UnreserveOrder,
)
from lotstream.domain.events import OrderAllocated, OrderClosed, PromisesReleased
from lotstream.domain.model import Customer, HoldKind, OrderState, Settings, ShipPolicy, Site
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted

ON_REQUEST = Settings(allocate="on_request", sites=(SITE,))


def reserve(lot: str | None, quantity: object, *, order: str = "#1", line: str = "1", **more: Any) -> ReserveStock:  # noqa: ANN401 - as the command takes them
    """A reservation by name."""
    return ReserveStock(key(order), line, lot, Decimal(str(quantity)), **more)


def asked(settings: Settings = ON_REQUEST) -> World:
    """An owner who decides on request, with 5 of L1 in BIN, 4 of L2 in BIN and 3 in BACK, 2 without a lot."""
    world = World(settings)
    later = TODAY + timedelta(days=60)
    rows = [goods("L1", 5), goods("L2", 4, expires=later), goods("L2", 3, "BACK", expires=later), goods(None, 2)]
    world.stock(*rows)
    return world


def test_what_is_not_picked_is_given_back() -> None:
    """Given back goods go to whoever else waits; the order itself waits for the next receipt."""
    world = World()
    world.stock(goods("L1", 5))
    world.place("#1", wanted(quantity=5))
    world.place("#2", wanted(quantity=2))
    events = world.told(UnreserveOrder(key("#1")))
    assert kinds(events) == ["PromisesReleased", "OrderAllocated"]
    assert only(events, PromisesReleased).state is OrderState.BACKORDERED
    assert (world.lots("#1"), world.lots("#2")) == ([], [("L1", 2)])
    assert world.told(UnreserveOrder(key("#1"))) == ()
    world.stock(goods("L1", 1), balance="more")
    assert world.lots("#1") == [("L1", 4)]


def test_lines_are_given_back_by_name() -> None:
    """Only the lines named; one to be shipped complete keeps all or nothing; a line it does not have is refused."""
    world = World(ON_REQUEST)
    world.stock(goods("L1", 9))
    for order, policy in (("#1", ShipPolicy.PARTIAL), ("#2", ShipPolicy.COMPLETE)):
        world.place(order, wanted("1", 2), wanted("2", 2), ship_policy=policy)
        world.told(RequestAllocation((key(order),)))
        world.told(UnreserveOrder(key(order), ("2",)))
    assert (world.lots("#1"), world.lots("#2")) == ([("L1", 2)], [])
    assert world.refused(UnreserveOrder(key("#1"), ("2", "9"))) == (Code.FIELD_INVALID, "lines.1")


def test_picked_goods_are_not_given_back() -> None:
    """What is picked stays; where everything is, giving back is refused until the picks are undone."""
    world = World()
    world.stock(goods("L1", 5))
    world.place("#1", wanted(quantity=5))
    world.told(world.pick("#1", PickLine(None, "1", "L1", "BIN", Decimal(2))))
    world.told(UnreserveOrder(key("#1")))
    assert [(part.quantity, part.picked) for part in world.line("#1").reservations] == [(2, 2)]
    assert world.get("#1").state is OrderState.PICKED
    assert world.refused(UnreserveOrder(key("#1"))) == (Code.ALREADY_PICKED, "order")


def test_giving_back_what_is_over_or_unknown() -> None:
    """Unknown and shipped orders are refused; a cancelled one has nothing to give back."""
    world = World()
    world.stock(goods("L1", 9))
    assert world.refused(UnreserveOrder(key("#9"))) == (Code.UNKNOWN_ORDER, "order")
    world.place("#1", wanted(quantity=2))
    world.told(CancelOrder(key("#1")))
    assert world.told(UnreserveOrder(key("#1"))) == ()
    world.place("#2", wanted(quantity=2))
    world.told(world.ship("#2", ShippedLine("1", "L1", Decimal(2))))
    assert world.refused(UnreserveOrder(key("#2"))) == (Code.ALREADY_SHIPPED, "order")


def test_closed_short() -> None:
    """The rest of a partly shipped order is cancelled and free for others; closing it again changes nothing."""
    world = World()
    world.stock(goods("L1", 5))
    world.place("#1", wanted(quantity=5))
    world.place("#2", wanted(quantity=3))
    world.told(world.ship("#1", ShippedLine("1", "L1", Decimal(2))))
    assert world.refused(CancelOrder(key("#1"))) == (Code.ALREADY_SHIPPED, "order")
    events = world.told(CloseOrder(key("#1")))
    assert kinds(events) == ["OrderClosed", "OrderAllocated"]
    assert only(events, OrderClosed).state is OrderState.CLOSED
    assert (world.get("#1").state, world.line("#1").cancelled, world.lots("#2")) == (OrderState.CLOSED, 3, [("L1", 3)])
    assert world.told(CloseOrder(key("#1"))) == ()
    assert world.refused(CancelOrder(key("#1"))) == (Code.ALREADY_SHIPPED, "order")


def test_closed_before_anything_was_shipped() -> None:
    """An order of which nothing was shipped is cancelled, picked goods too; a shipped one is closed as it is."""
    world = World()
    world.stock(goods("L1", 9))
    world.place("#1", wanted(quantity=5), version="3")
    world.told(world.pick("#1", PickLine(None, "1", "L1", "BIN", Decimal(2))))
    assert world.refused(CloseOrder(key("#1"), "2")) == (Code.STALE_VERSION, "version")
    assert kinds(world.told(CloseOrder(key("#1"), "4"))) == ["OrderCancelled"]
    assert world.get("#1").state is OrderState.CANCELLED
    assert world.told(CloseOrder(key("#1"))) == ()
    world.place("#2", wanted(quantity=2))
    world.told(world.ship("#2", ShippedLine("1", "L1", Decimal(2))))
    events = world.told(CloseOrder(key("#2")))
    assert (kinds(events), world.get("#2").state) == (["OrderClosed"], OrderState.CLOSED)
    assert world.refused(CloseOrder(key("#9"))) == (Code.UNKNOWN_ORDER, "order")


def test_packed_goods_keep_an_order_open() -> None:
    """What is packed has to be unpacked or shipped before its order can be closed short."""
    world = World()
    world.stock(goods("L1", 5))
    world.place("#1", wanted(quantity=4))
    world.told(world.pick("#1"))
    world.told(world.ship("#1", ShippedLine("1", "L1", Decimal(1))))
    world.line("#1").reservations[0].packed = 3
    assert world.refused(CloseOrder(key("#1"))) == (Code.ALREADY_PICKED, "order")


def test_a_lot_is_promised_by_name() -> None:
    """The lot that is named is promised in its order of use, whatever the policy would have chosen."""
    world = asked()
    world.place("#1", wanted(quantity=9))
    events = world.told(reserve("L2", 6))
    decision = only(events, OrderAllocated).decisions[0]
    assert (decision.policy_from, decision.backordered) == ("request", 3)
    assert [(part.row.location, part.quantity) for part in world.parts("#1")] == [("BACK", 3), ("BIN", 3)]
    assert world.get("#1").state is OrderState.PARTLY_ALLOCATED
    assert world.refused(reserve(None, 3)) == (Code.NOT_AVAILABLE, "quantity")
    world.told(reserve(None, 2))
    world.told(reserve("L2", 1, location="BIN"))
    assert world.lots("#1") == [("L2", 3), ("L2", 3), (None, 2), ("L2", 1)]
    assert world.get("#1").state is OrderState.ALLOCATED


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (reserve("L1", 1, order="#9"), Code.UNKNOWN_ORDER, "order"),
        (reserve("L1", 1, line="7"), Code.FIELD_INVALID, "line"),
        (reserve("L1", 1, sku="JAM"), Code.LOT_NOT_ALLOWED, "sku"),
        (reserve("L1", 1, unit="pallet"), Code.UNKNOWN_UNIT, "unit"),
        (reserve("L1", 0), Code.NOT_POSITIVE, "quantity"),
        (reserve("L1", "0.5"), Code.NOT_A_MULTIPLE, "quantity"),
        (reserve("L1", 13), Code.MORE_THAN_ORDERED, "quantity"),
        (reserve("L9", 1), Code.UNKNOWN_LOT, "lot"),
        (reserve("L1", 6), Code.NOT_AVAILABLE, "quantity"),
        (reserve(None, 2), Code.LOT_NOT_ALLOWED, "lot"),
        (reserve("L1", 1, location="ATTIC"), Code.NOT_AVAILABLE, "lot"),
        (reserve("HELD", 1), Code.ON_HOLD, "lot"),
        (reserve("OLD", 1), Code.LOT_NOT_ALLOWED, "lot"),
    ],
)
def test_what_cannot_be_promised_by_name(command: ReserveStock, code: Code, field: str) -> None:
    """All of a quantity of goods that do for the line, or nothing, with the reason."""
    world = asked()
    world.stock(goods("HELD", 3), goods("OLD", 3, expires=TODAY), balance="more")
    world.told(PlaceHold("h", HoldKind.HOLD, "TEA", "HELD"))
    world.place("#1", wanted(quantity=12, min_days_left=1))
    assert world.refused(command) == (code, field)


def test_a_line_in_cases_gets_whole_cases() -> None:
    """A promise by name may not break a case either; with what the line has it must make whole ones."""
    world = asked()
    world.place("#1", wanted(quantity=1, unit="case"))
    assert world.refused(reserve("L2", 5)) == (Code.NOT_A_MULTIPLE, "quantity")
    world.told(reserve("L2", 1, unit="case"))
    assert world.lots("#1") == [("L2", 3), ("L2", 3)]


@pytest.mark.parametrize("limit", [{"single_lot": True}, {"max_lots": 1}])
def test_a_line_gets_no_more_lots_than_it_may(limit: dict[str, Any]) -> None:
    """A second lot by name is refused where the line may have one."""
    world = asked()
    world.place("#1", wanted(quantity=9, **limit))
    world.told(reserve("L2", 2))
    assert world.refused(reserve("L1", 2)) == (Code.LOT_NOT_ALLOWED, "lot")
    world.told(reserve("L2", 2))


def test_a_person_may_promise_single_lines_of_a_complete_order() -> None:
    """It is a person's word, and stands beside lines that have nothing."""
    world = asked()
    world.place("#1", wanted("1", 2), wanted("2", 90), ship_policy=ShipPolicy.COMPLETE)
    world.told(reserve("L1", 2))
    assert world.lots("#1") == [("L1", 2)]


def test_orders_that_take_no_promise() -> None:
    """A held order waits for its reason to go; one that is over is refused; a partly shipped one goes on."""
    world = asked()
    world.place("#1", wanted(quantity=2), customer="C-9")
    assert world.refused(reserve("L1", 1)) == (Code.ON_HOLD, "order")
    world.place("#2", wanted(quantity=2))
    world.told(CancelOrder(key("#2")))
    assert world.refused(reserve("L1", 1, order="#2")) == (Code.CONFLICTING_CONTENT, "order")
    world.place("#3", wanted(quantity=4))
    world.told(world.ship("#3", ShippedLine("1", "L1", Decimal(2))))
    world.told(reserve("L1", 2, order="#3"))
    assert world.get("#3").state is OrderState.PARTLY_SHIPPED


def test_the_site_of_a_promise() -> None:
    """The order's site, else its customer's, else the first in the ranking that has all of it."""
    world = asked(Settings(allocate="on_request", sites=("EAST", SITE)))
    world.told(DefineSite(Site("EAST")))
    world.told(DefineCustomer(Customer("C-1", site=SITE)))
    world.told(OpenBalance("EAST", None, None, "east", (goods("L1", 1),)))
    for order, more in (("#1", {}), ("#2", {"customer": "C-1"}), ("#3", {})):
        world.place(order, wanted(quantity=4), **more)
    world.told(reserve("L1", 1))
    world.told(reserve("L1", 2, order="#2"))
    world.told(reserve("L1", 3, order="#3"))
    assert [world.get(order).site for order in ("#1", "#2", "#3")] == ["EAST", SITE, SITE]
    anywhere = asked(Settings(allocate="on_request"))
    anywhere.place("#1", wanted(quantity=4))
    anywhere.told(reserve("L1", 1))
    assert anywhere.get("#1").site == SITE


def test_what_speaks_against_a_lot_does_not_hang_on_which_row_came_first() -> None:
    """Of a lot whose rows may not be used for several reasons the first in the order of use speaks."""
    damaged, outside = goods("L1", 1, status="damaged"), goods("L1", 1, "BACK")

    def refused(*rows: GoodsLine) -> tuple[Code, str]:
        world = World(ON_REQUEST)
        world.stock(*rows)
        world.place("#1", wanted(quantity=2, pack_size=Decimal(2)))
        return world.refused(reserve("L1", 1))

    assert refused(damaged, outside) == refused(outside, damaged)


def test_a_line_that_was_dropped_before_its_item_was_known_takes_nothing() -> None:
    """A newer version that leaves the unknown line out lets the order go on; the line is refused by its item."""
    world = asked()
    world.place("#1", wanted(), wanted("2", sku="NEW"), version="1")
    world.place("#1", wanted(), version="2")
    assert world.get("#1").held is None
    assert world.refused(reserve("L1", 1, line="2")) == (Code.UNKNOWN_ITEM, "line")


def test_more_left_than_was_counted_is_not_cancelled_below_zero() -> None:
    """An order in a unit nobody knows is shipped as it happened; closed short, nothing of it is cancelled."""
    world = asked()
    world.place("#1", wanted("1", 1, unit="box"))
    world.told(world.ship("#1", ShippedLine("1", "L1", Decimal(1)), happened=True))
    (closed,) = world.told(CloseOrder(key("#1")))
    assert isinstance(closed, OrderClosed)
    assert [line.quantity for line in closed.lines] == [0]
