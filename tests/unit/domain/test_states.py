"""What may still be done with an order, by how far it is: every cell of one table."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import (
    CancelOrder,
    CloseOrder,
    Command,
    DefineCustomer,
    DefineItem,
    LineWanted,
    PickLine,
    PlaceHold,
    PlaceOrder,
    ReleaseOrder,
    RequestAllocation,
    ReserveStock,
    ShippedLine,
    UnreserveOrder,
)
from lotstream.domain.model import Customer, HoldKind, Item, OrderState, Settings
from lotstream.domain.sums import Stage, stage_of, state_of
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, wanted

LINES = (wanted("1", 4), wanted("2", 4))


def ordered(*lines: LineWanted, version: str | None = "3", **more: object) -> PlaceOrder:
    """The order as a later message says it."""
    return World().order("#1", *(lines or LINES), version=version, customer=more.pop("customer", "C-1"), **more)


def begun(stock: int | None) -> World:
    """An order of two lines of 4, allocated from so much stock; None: nobody has asked for its allocation yet."""
    world = World(Settings(allocate="on_request", sites=(SITE,)))
    for customer in ("C-1", "C-2"):
        world.told(DefineCustomer(Customer(customer)))
    if stock:
        world.stock(goods("L1", stock))
    world.told(ordered(version="2"))
    if stock is not None:
        world.told(RequestAllocation())
    world.stock(goods("L1", 20 - (stock or 0)), balance="more")
    return world


def received() -> World:
    """Nobody has decided it."""
    return begun(None)


def backordered() -> World:
    """There was nothing."""
    return begun(0)


def allocated() -> World:
    """It has all it wants."""
    return begun(8)


def partly_allocated() -> World:
    """It has all of one line."""
    return begun(4)


def held() -> World:
    """Its customer is unknown."""
    world = World(Settings(allocate="on_request", sites=(SITE,)))
    world.told(DefineCustomer(Customer("C-2")))
    world.stock(goods("L1", 20))
    world.told(ordered(version="2"))
    return world


def picking() -> World:
    """One line of it is picked."""
    world = allocated()
    world.told(world.pick("#1", PickLine(None, "1", "L1", "BIN", Decimal(4))))
    return world


def picked() -> World:
    """All of it is picked."""
    world = allocated()
    world.told(world.pick("#1"))
    return world


def packed() -> World:
    """All of it is in cartons."""
    world = picked()
    for part in world.parts("#1"):
        part.packed = part.quantity
    order = world.get("#1")
    order.state = state_of(order, decided=True)
    return world


def partly_shipped() -> World:
    """One line of it has left; the other is promised."""
    world = allocated()
    world.told(world.ship("#1", ShippedLine("1", "L1", Decimal(4))))
    return world


def shipped() -> World:
    """All of it has left."""
    world = allocated()
    world.told(world.ship("#1"))
    return world


def closed() -> World:
    """One line has left, the other is not to come."""
    world = partly_shipped()
    world.told(CloseOrder(key("#1")))
    return world


def cancelled() -> World:
    """Nobody wants it any more."""
    world = allocated()
    world.told(CancelOrder(key("#1")))
    return world


def unknown() -> World:
    """It was never placed."""
    world = World(Settings(allocate="on_request", sites=(SITE,)))
    world.stock(goods("L1", 20))
    return world


STATES: tuple[Callable[[], World], ...] = (
    received, backordered, allocated, partly_allocated, held, picking, picked, packed, partly_shipped, shipped, closed,
    cancelled, unknown,
)  # fmt: skip

ACTIONS: dict[str, Command] = {
    "cancel_all": CancelOrder(key("#1")),
    "cancel_line_1": CancelOrder(key("#1"), None, ("1",)),
    "cancel_line_2": CancelOrder(key("#1"), None, ("2",)),
    "more_wanted": ordered(wanted("1", 4), wanted("2", 6)),
    "less_wanted": ordered(wanted("1", 4), wanted("2", 2)),
    "line_added": ordered(*LINES, wanted("3", 1)),
    "line_gone": ordered(wanted("1", 4)),
    "other_terms": ordered(wanted("1", 4), wanted("2", 4, min_days_left=90)),
    "other_customer": ordered(customer="C-2"),
    "head_only": ordered(priority=9, city="Columbus"),
    "older_version": ordered(priority=9, version="1"),
    "same_version": ordered(priority=9, version="2"),
    "no_version": ordered(priority=9, version=None),
    "equal_content": ordered(),
    "unreserve": UnreserveOrder(key("#1")),
    "close": CloseOrder(key("#1")),
    "release": ReleaseOrder(key("#1")),
    "reserve": ReserveStock(key("#1"), "2", "L1", Decimal(1)),
    "allocate": RequestAllocation((key("#1"),)),
}

#: K: done. -: nothing to do. Else the code of the refusal, by its short form below.
TABLE = """
-------------- received backord alloc partly held picking picked packed p_ship shipped closed cancel unknown
cancel_all     K        K       K     K      K    K       K      ap     as     as      as     -      K
cancel_line_1  K        K       K     K      K    K       K      ap     as     as      as     -      K
cancel_line_2  K        K       K     K      K    K       K      ap     K      as      as     -      K
more_wanted    K        K       K     K      K    K       K      ap     as     as      as     cc     K
less_wanted    K        K       K     K      K    K       K      ap     as     as      as     cc     K
line_added     K        K       K     K      K    K       K      ap     as     as      as     cc     K
line_gone      K        K       K     K      K    K       K      ap     as     as      as     cc     K
other_terms    K        K       K     K      K    K       K      ap     as     as      as     cc     K
other_customer K        K       K     K      K    K       K      ap     as     as      as     cc     K
head_only      K        K       K     K      K    K       K      K      K      as      as     cc     K
older_version  sv       sv      sv    sv     sv   sv      sv     sv     sv     sv      sv     sv     K
same_version   cc       cc      cc    cc     cc   cc      cc     cc     cc     cc      cc     cc     K
no_version     K        K       K     K      K    K       K      ap     as     as      as     cc     K
equal_content  K        K       K     K      K    K       K      K      K      -       -      -      K
unreserve      -        -       K     K      -    K       ap     ap     K      as      as     -      uo
close          K        K       K     K      K    K       K      ap     K      K       -      -      uo
release        -        -       -     -      uc   -       -      -      -      -       -      -      uo
reserve        K        K       mo    K      oh   mo      mo     ap     mo     as      as     cc     uo
allocate       K        K       -     K      -    -       -      -      -      -       -      -      uo
"""
CODES = {
    "ap": Code.ALREADY_PICKED,
    "as": Code.ALREADY_SHIPPED,
    "cc": Code.CONFLICTING_CONTENT,
    "mo": Code.MORE_THAN_ORDERED,
    "oh": Code.ON_HOLD,
    "sv": Code.STALE_VERSION,
    "uc": Code.UNKNOWN_CUSTOMER,
    "uo": Code.UNKNOWN_ORDER,
}
CELLS = [
    pytest.param(row.split()[0], state, cell, id=f"{row.split()[0]}-{state.__name__}")
    for row in TABLE.strip().splitlines()[1:]
    for state, cell in zip(STATES, row.split()[1:], strict=True)
]


@pytest.mark.parametrize(("action", "state", "cell"), CELLS)
def test_what_may_still_be_done(action: str, state: Callable[[], World], cell: str) -> None:
    """Done, nothing to do, or refused with its code and without changing anything."""
    world = state()
    if cell in CODES:
        assert world.refused(ACTIONS[action])[0] is CODES[cell]
        return
    events = world.warehouse.hear(ACTIONS[action])
    assert not isinstance(events, Refusal), events
    assert bool(events) is (cell == "K")


def test_the_states_are_those_of_their_names() -> None:
    """Each world of the table is in the state it stands for."""
    named = [state for state in STATES if state is not unknown]
    assert {state.__name__: state().get("#1").state.value for state in named} == {
        **{state.__name__: state.__name__ for state in named},
    }


def test_how_far_a_line_is() -> None:
    """Every stage of a line, which what may be done with it hangs on."""
    worlds = (received, allocated, picking, picked, packed, partly_shipped)
    stages = [[stage_of(line) for line in world().get("#1").lines] for world in worlds]
    assert stages == [
        [Stage.NOTHING, Stage.NOTHING],
        [Stage.PROMISED, Stage.PROMISED],
        [Stage.PICKED, Stage.PROMISED],
        [Stage.PICKED, Stage.PICKED],
        [Stage.PACKED, Stage.PACKED],
        [Stage.SHIPPED, Stage.PROMISED],
    ]
    begun_line = allocated()
    begun_line.told(begun_line.pick("#1", PickLine(None, "1", "L1", "BIN", Decimal(1))))
    assert stage_of(begun_line.line("#1")) is Stage.PICKING
    begun_line.told(begun_line.ship("#1", ShippedLine("1", "L1", Decimal(1))))
    assert stage_of(begun_line.line("#1")) is Stage.PARTLY_SHIPPED


def test_a_packed_line_beside_others() -> None:
    """While one line is packed and another is being picked, only what is packed is too far on."""
    world = picking()
    world.line("#1").reservations[0].packed = 4
    assert world.get("#1").state is OrderState.PICKING
    assert world.refused(CancelOrder(key("#1"))) == (Code.ALREADY_PICKED, "lines")
    assert world.refused(ordered(wanted("1", 3), wanted("2", 4)))[0] is Code.ALREADY_PICKED
    assert world.refused(ordered(wanted("2", 4)))[0] is Code.ALREADY_PICKED
    world.told(ordered(wanted("1", 4), wanted("2", 6)))
    world.told(CancelOrder(key("#1"), None, ("2",)))
    assert world.get("#1").state is OrderState.PACKED


def test_a_later_ship_date_of_a_partly_shipped_order() -> None:
    """Its promises that do not live so long are given back and looked for anew; what is picked is kept."""
    world = partly_shipped()
    far = world.get("#1").lines[1].reservations[0]
    assert far.quantity == 4
    ship_date = goods("L1").expires
    assert ship_date is not None
    later = ship_date.replace(year=ship_date.year + 1)
    world.told(ordered(ship_date=later))
    assert (world.lots("#1"), world.get("#1").ship_date) == ([], later)
    assert world.get("#1").state is OrderState.PARTLY_SHIPPED


def test_the_head_of_a_line_that_is_cancelled_already() -> None:
    """A cancelled line that the newer version leaves out is no other content; one that it wants again is."""
    world = partly_shipped()
    world.told(CancelOrder(key("#1"), None, ("2",)))
    assert world.get("#1").state is OrderState.SHIPPED
    world = picking()
    world.told(CancelOrder(key("#1"), None, ("2",)))
    world.line("#1").reservations[0].packed = 4
    world.get("#1").state = OrderState.PACKED
    world.told(ordered(wanted("1", 4), priority=7))
    assert world.get("#1").priority == 7
    assert world.refused(ordered(priority=8, version="4"))[0] is Code.ALREADY_PICKED


def test_a_kit_of_which_one_half_is_picked_is_being_picked() -> None:
    """The other half was lost after that and is promised anew: the order is picking, not picked."""
    world = World()
    world.told(DefineItem(Item("TIN")))
    world.told(DefineItem(Item("BOX", kit={"TEA": Decimal(1), "TIN": Decimal(1)})))
    world.stock(goods("A", 1), goods("T1", 1, sku="TIN", line="2"))
    world.place("#1", wanted(quantity=1, sku="BOX"))
    world.told(world.pick("#1", PickLine(None, "1", "A", "BIN", Decimal(1), sku="TEA")))
    world.told(PlaceHold("H", HoldKind.HOLD, "TIN", "T1"))
    assert world.lots("#1") == [("A", 1)]
    world.stock(goods("T2", 1, sku="TIN"), balance="more")
    assert (world.get("#1").state, world.lots("#1")) == (OrderState.PICKING, [("A", 1), ("T2", 1)])


def test_a_pick_that_books_nothing_decides_nothing() -> None:
    """An order that nobody has decided stays received when somebody has picked what was not promised to it."""
    world = received()
    world.told(world.pick("#1", PickLine(None, "1", "L1", "BIN", Decimal(1)), happened=True))
    assert (world.get("#1").state, world.lots("#1")) == (OrderState.RECEIVED, [])
