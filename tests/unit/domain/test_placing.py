"""An order arrives."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import CancelOrder, DefineCustomer, DefineItem, LineWanted, PlaceOrder, ReleaseOrder
from lotstream.domain.decide import decide
from lotstream.domain.events import OrderChanged, OrderRecorded
from lotstream.domain.ledger import NotLoaded
from lotstream.domain.model import Customer, Item, OrderState, Settings
from lotstream.domain.quantities import QUANTITY_MAX
from tests.unit.domain.build import World, goods, key, kinds, only, wanted


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (wanted(sku=None), Code.FIELD_MISSING, "lines.0.sku"),
        (wanted(quantity=0), Code.NOT_POSITIVE, "lines.0.quantity"),
        (wanted(quantity=-1), Code.NOT_POSITIVE, "lines.0.quantity"),
        (wanted(quantity=-1, sku="NEW"), Code.NOT_POSITIVE, "lines.0.quantity"),
        (wanted(quantity="NaN"), Code.FIELD_INVALID, "lines.0.quantity"),
        (wanted(quantity="1.5"), Code.NOT_A_MULTIPLE, "lines.0.quantity"),
        (wanted(quantity="1E-999"), Code.NOT_A_MULTIPLE, "lines.0.quantity"),
        (wanted(quantity=QUANTITY_MAX + 1), Code.TOO_LARGE, "lines.0.quantity"),
        (wanted(quantity=QUANTITY_MAX, unit="case"), Code.TOO_LARGE, "lines.0.quantity"),
        (wanted(pack_size=Decimal("0.5")), Code.NOT_A_MULTIPLE, "lines.0.pack_size"),
        (wanted(serial="S-1"), Code.FIELD_INVALID, "lines.0.serial"),
        (wanted(max_lots=0), Code.FIELD_INVALID, "lines.0.max_lots"),
        (wanted(min_days_left=-1), Code.FIELD_INVALID, "lines.0.min_days_left"),
        (wanted(min_pct_left=Decimal(101)), Code.FIELD_INVALID, "lines.0.min_pct_left"),
    ],
)
def test_bad_line_is_refused(line: LineWanted, code: Code, field: str) -> None:
    """A line that cannot be meant refuses the whole order, naming the field; nothing is recorded."""
    assert World().refused(World().order("#1", line)) == (code, field)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"site": "NOWHERE"}, "site"),
        ({"placed_at": datetime(2026, 9, 1)}, "placed_at"),  # noqa: DTZ001 - that is the mistake
    ],
)
def test_bad_head_is_refused(more: dict[str, Any], field: str) -> None:
    """What an order says as a whole is checked as well."""
    world = World()
    assert world.refused(world.order("#1", **more)) == (Code.FIELD_INVALID, field)


def test_line_twice_is_refused() -> None:
    """Two lines of the same id cannot be told apart, so the order is refused."""
    world = World()
    assert world.refused(world.order("#1", wanted("1"), wanted("1"))) == (Code.FIELD_INVALID, "lines.1.line")


def test_no_lines_is_refused() -> None:
    """An order without lines is refused."""
    world = World()
    empty = PlaceOrder(key("#1"), None, None, None, None, (), "content")
    assert world.refused(empty) == (Code.FIELD_MISSING, "lines")


def test_decimals_are_exact() -> None:
    """A fraction that comes out in smallest units is counted exactly, however many digits it was sent with."""
    world = World()
    world.told(DefineItem(Item("RICE", base_unit="kg", decimals=3, units={"sack": Decimal("2.5")})))
    world.place("#1", wanted("1", "1.5", "RICE", unit="sack"), wanted("2", "0.001", "RICE"))
    assert [line.ordered for line in world.get("#1").lines] == [3750, 1]
    code = Code.NOT_A_MULTIPLE, "lines.0.quantity"
    assert world.refused(world.order("#2", wanted("1", "0.00100000000000000000000000001", "RICE"))) == code
    assert world.refused(world.order("#2", wanted("1", "1E-40", "RICE"))) == code


def test_gtin_stands_for_sku() -> None:
    """A GTIN names the goods where no SKU is sent."""
    world = World()
    world.stock(goods("L1"))
    world.place("#1", wanted(sku=None, gtin="00012345678905", pack_size=None))
    assert world.line("#1").sku == "TEA"
    assert world.lots("#1") == [("L1", 5)]


def test_unknown_item_holds_the_order_until_it_is_defined() -> None:
    """An order for an unknown SKU is recorded, held for that reason, and goes on by itself in queue order."""
    world = World()
    world.place("#2", wanted(sku="NEW", quantity=4), priority=1)
    world.place("#3", wanted(sku="NEW", quantity=4), test=True)
    world.place("#4", wanted(sku=None, gtin="77"))
    recorded = only(world.place("#1", wanted(sku="NEW", quantity=4), wanted("2", 1)), OrderRecorded)
    assert (recorded.order.state, recorded.order.held) == (OrderState.HELD, Code.UNKNOWN_ITEM)
    world.stock(goods("L1"))
    assert world.lots("#1") == []
    assert world.refused(ReleaseOrder(key("#1"))) == (Code.UNKNOWN_ITEM, "order")
    events = world.told(DefineItem(Item("NEW")))
    assert kinds(events) == ["ItemDefined", "OrderChanged", "OrderChanged"]
    assert [event.order.key.order for event in events if isinstance(event, OrderChanged)] == ["#2", "#1"]
    assert (world.get("#1").state, world.get("#1").held) == (OrderState.PARTLY_ALLOCATED, None)
    assert world.lots("#1") == [("L1", 1)]


def test_unknown_unit_holds_the_order_until_the_item_has_it() -> None:
    """An order in an unknown unit waits for a version of the item with that unit; another version changes nothing."""
    world = World()
    world.place("#1", wanted(quantity=2, unit="pallet", pack_size=Decimal(3)))
    assert world.get("#1").held == Code.UNKNOWN_UNIT
    assert kinds(world.told(DefineItem(Item("TEA", version=2)))) == ["ItemDefined"]
    world.told(DefineItem(Item("TEA", version=3, units={"pallet": Decimal(40)})))
    line = world.line("#1")
    assert (line.ordered, line.unit, line.unit_factor, line.pack_size) == (80, "pallet", 40, 3)
    assert world.get("#1").state is OrderState.BACKORDERED


def test_gtin_of_nobody_waits_for_its_item() -> None:
    """An order by an unknown GTIN waits for the item that has it, and takes its base unit."""
    world = World()
    world.place("#1", wanted(sku=None, gtin="4012345123456"))
    assert "GTIN 4012345123456" in (world.get("#1").held_message or "")
    world.told(DefineItem(Item("JAM", gtins=("4012345123456",))))
    assert (world.line("#1").sku, world.line("#1").unit, world.line("#1").ordered) == ("JAM", "each", 5)


def test_what_does_not_come_out_stays_held() -> None:
    """A quantity that is no multiple of the smallest unit, seen only when the item arrives, keeps the order held."""
    world = World()
    world.place("#1", wanted(sku="NEW", quantity="1.5"))
    world.place("#2", wanted(sku="NEW", quantity=1, pack_size=Decimal("0.5")))
    world.told(DefineItem(Item("NEW")))
    assert world.get("#1").held == world.get("#2").held == Code.NOT_A_MULTIPLE


def test_unknown_customer_holds_the_order() -> None:
    """An order of an unknown customer waits for the customer; the item it also lacks is learnt first."""
    world = World(Settings(allocate="on_request"))
    world.place("#1", customer="C-1")
    world.place("#2", wanted(sku="NEW"), customer="C-1")
    assert world.get("#1").held == Code.UNKNOWN_CUSTOMER
    world.told(DefineItem(Item("NEW")))
    assert world.get("#2").held == Code.UNKNOWN_CUSTOMER
    world.told(DefineCustomer(Customer("C-1")))
    assert world.get("#1").state is world.get("#2").state is OrderState.RECEIVED


def test_a_test_order_never_takes_stock() -> None:
    """A test order is recorded as held, gets nothing and cannot be released."""
    world = World()
    world.stock(goods("L1"))
    world.place("#1", test=True)
    assert (world.get("#1").state, world.get("#1").held, world.lots("#1")) == (OrderState.HELD, "test", [])
    assert world.refused(ReleaseOrder(key("#1"))) == (Code.FIELD_INVALID, "order")


def test_cancellation_that_came_first_is_remembered() -> None:
    """An order whose cancellation overtook it is recorded as cancelled, held or not."""
    world = World()
    assert kinds(world.cancel("#1")) == ["CancelRemembered"]
    assert world.cancel("#1") == ()
    assert kinds(world.cancel("#2", "1", "1")) == ["CancelRemembered"]
    assert world.cancel("#2", "1", "1") == ()
    world.cancel("#2")
    world.stock(goods("L1"))
    assert kinds(world.place("#1", wanted(sku="NEW"))) == ["OrderRecorded"]
    assert world.get("#1").state is OrderState.CANCELLED
    assert [key.order for key in world.ledger.cancels] == ["#2"]
    assert world.ledger.orders == {}


def test_line_that_was_cancelled_first() -> None:
    """A cancelled line of an order that comes later gets nothing; the others do."""
    world = World()
    world.cancel("#1", "2")
    world.cancel("#1", "3", version="1")
    world.stock(goods("L1", 99))
    world.place("#1", wanted("1"), wanted("2"), wanted("3"), version="1")
    assert [line.cancelled for line in world.get("#1").lines] == [0, 5, 5]
    assert world.lots("#1") == [("L1", 5)]


def test_order_newer_than_its_cancellation() -> None:
    """An order of a newer version than the cancellation that came first is not touched by it."""
    world = World()
    world.cancel("#1", version="1")
    assert world.cancel("#1", version="0") == ()
    world.place("#1", version="2")
    assert world.get("#1").state is OrderState.BACKORDERED


def test_whole_cancellation_outweighs_lines() -> None:
    """Once the whole order is cancelled beforehand, cancelling a line of it as well changes nothing."""
    world = World()
    world.cancel("#1")
    assert world.cancel("#1", "1") == ()
    world.place("#1")
    assert world.get("#1").state is OrderState.CANCELLED


def test_closed_order_must_be_loaded() -> None:
    """An order that is neither open nor read from the database is not taken for a new one."""
    world = World()
    with pytest.raises(NotLoaded, match="#1 from shop"):
        decide(world.ledger, world.order("#1"), world.warehouse.moment())


def test_time_of_recording_stands_in() -> None:
    """An order without a time is placed when it was recorded; queue order follows."""
    world = World()
    world.place("#2")
    world.place("#1", placed_at=datetime(2026, 8, 31, 23, tzinfo=UTC))
    world.stock(goods("L1", 5))
    assert world.get("#2").placed_at == datetime(2026, 9, 1, tzinfo=UTC)
    assert world.lots("#1") == [("L1", 5)]
    assert world.lots("#2") == []


def test_cancelled_before_release_is_not_released() -> None:
    """Releasing an order that is not held changes nothing; an unknown one is refused."""
    world = World()
    world.place("#1")
    assert world.told(ReleaseOrder(key("#1"))) == ()
    assert world.refused(ReleaseOrder(key("#9"))) == (Code.UNKNOWN_ORDER, "order")


def test_held_order_goes_on_when_its_unknown_line_is_cancelled() -> None:
    """Cancelling the one line that holds an order lets the rest of it go on in the same decision."""
    world = World()
    world.stock(goods("L1"))
    world.place("#1", wanted("1"), wanted("2", sku="NEW"))
    assert kinds(world.cancel("#1", "2")) == ["OrderCancelled", "OrderChanged"]
    assert world.get("#1").state is OrderState.ALLOCATED
    world.place("#3", wanted("1", sku="NEW"), wanted("2"))
    assert kinds(world.told(CancelOrder(key("#3"), None, ("2",)))) == ["OrderCancelled"]
    assert world.get("#3").held == Code.UNKNOWN_ITEM


def test_expiry_asked_for_exactly() -> None:
    """A line that asks for one expiry date gets nothing else, lots without a date included."""
    world = World()
    world.stock(goods("L1"), goods("L2", expires=date(2027, 1, 1)), goods("L3", expires=None), goods(None))
    world.place("#1", wanted(quantity=20, expires_exact=date(2027, 1, 1)))
    assert world.lots("#1") == [("L2", 10)]


def test_an_order_is_not_held_for_a_line_that_was_cancelled_before_it_came() -> None:
    """What nobody wants need not be defined: the rest goes on, or is held for what it misses itself."""
    world = World()
    world.stock(goods("L1", 9))
    lines = wanted("1"), wanted("2", sku="JAM")
    world.cancel("#1", "2")
    world.place("#1", *lines)
    assert (world.get("#1").state, world.get("#1").held, world.lots("#1")) == (
        OrderState.ALLOCATED, None, [("L1", 5)],
    )  # fmt: skip
    world.cancel("#2", "2")
    world.place("#2", *lines, customer="C")
    assert (world.get("#2").state, world.get("#2").held) == (OrderState.HELD, "unknown_customer")
    assert world.get("#2").held_since is not None
    world.cancel("#3", "1")
    world.place("#3", *lines)
    assert (world.get("#3").state, world.get("#3").held) == (OrderState.HELD, "unknown_item")
