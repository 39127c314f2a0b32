"""Serial numbers: one unit each, taken in once, promised by number, picked and shipped to one order."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    DefineItem,
    DefineSite,
    GoodsLine,
    LineWanted,
    OpenBalance,
    PickLine,
    ReturnGoods,
    ShippedLine,
    StockLine,
)
from lotstream.domain.events import (
    CounterfeitSuspected,
    DiscrepancyNoted,
    GoodsReturned,
    OrderChanged,
    ShipmentConfirmed,
    StockPicked,
    StockReceived,
)
from lotstream.domain.ledger import Ledger, NotLoaded, Sites
from lotstream.domain.model import (
    Item,
    OrderState,
    Serial,
    SerialKey,
    SerialState,
    Settings,
    ShipPolicy,
    Site,
    Tracking,
)
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, only, wanted

PUMP = Item("PUMP", tracking=Tracking.SERIAL, decimals=1, units={"pair": Decimal(2)})


@pytest.fixture
def world() -> World:
    """An owner with pumps that have serial numbers."""
    world = World()
    world.told(DefineItem(PUMP))
    return world


def pumps(lot: str | None, *serials: str, quantity: object = None, **more: Any) -> GoodsLine:
    """Pumps of a lot, as many as numbers."""
    return goods(lot, len(serials) if quantity is None else quantity, sku="PUMP", serials=serials, **more)


def pump(serial: str | None = None, quantity: object = 1, **more: Any) -> LineWanted:
    """A line of pumps."""
    return wanted(quantity=quantity, sku="PUMP", serial=serial, **more)


def held(world: World, number: str) -> list[tuple[str | None, int, tuple[str, ...]]]:
    """Lot, quantity and serial numbers promised to an order."""
    return [(part.row.lot, part.quantity, part.serials) for part in world.parts(number)]


def unit(world: World, number: str) -> Serial:
    """The unit of a number as it was written down."""
    return world.warehouse.serial(SerialKey(number, "PUMP"))


def test_a_number_is_one_unit_of_its_row(world: World) -> None:
    """A line that names a number is promised that unit; lines that name none share what is left."""
    world.stock(pumps("L1", "A", "B"), pumps("L2", "C", location="FAR"))
    world.place("1", pump("C"))
    world.place("2", pump("C"))
    world.place("3", pump(quantity=5))
    assert held(world, "1") == [("L2", 10, ("C",))]
    assert held(world, "2") == []
    assert held(world, "3") == [("L1", 20, ())]
    assert unit(world, "C") == Serial(SerialKey("C", "PUMP"), SerialState.IN_STOCK, world.row("L2", "FAR").key)


def test_a_number_is_wanted_once(world: World) -> None:
    """Two lines of one order, or one decision on two orders, promise a number once; more than one of it is not had."""
    world.stock(pumps("L1", "A", "B"))
    world.place("1", pump("A", 3), pump("A", line="2"))
    assert held(world, "1") == [("L1", 10, ("A",))]
    assert world.get("1").state is OrderState.PARTLY_ALLOCATED
    world.place("2", pump("B"), wanted("2", 1), ship_policy=ShipPolicy.COMPLETE)
    assert held(world, "2") == []
    world.place("3", pump("B"))
    assert held(world, "3") == [("L1", 10, ("B",))]


def test_what_waits_for_a_number_is_served_with_it(world: World) -> None:
    """An order waits for its number: until the unit comes in, and until whoever has it gives it back."""
    world.place("1", pump("A"))
    world.place("2", pump("A"))
    world.told(world.receipt(pumps("L1", "A")))
    assert held(world, "1") == [("L1", 10, ("A",))]
    world.cancel("1")
    assert held(world, "2") == [("L1", 10, ("A",))]


def test_a_changed_line_gives_the_other_number_back(world: World) -> None:
    """A newer version that names another number is promised that one, and the first is free again."""
    world.stock(pumps("L1", "A", "B"))
    world.place("1", pump("A"), version="1")
    changed = only(world.place("1", pump("B"), version="2"), OrderChanged)
    assert [loss.serials for loss in changed.freed] == [("A",)]
    assert held(world, "1") == [("L1", 10, ("B",))]


def test_goods_may_be_moved_without_their_numbers(world: World) -> None:
    """Where nothing lies any more a number was seen, its unit is looked for in the rest of its lot; not elsewhere."""
    world.stock(pumps("L1", "A", location="OLD"), goods("L1", 1, "NEW", sku="PUMP"), pumps("L2", "B"))
    world.ledger.stock[world.row("L1", "OLD").key].on_hand = 0
    world.ledger.index()
    world.place("1", pump("A"))
    assert [(part.row.lot, part.row.location, part.serials) for part in world.parts("1")] == [("L1", "NEW", ("A",))]
    world.place("2", pump("B", source_location="NEW"))
    assert held(world, "2") == []


def test_a_unit_without_a_lot_is_none_of_a_lot(world: World) -> None:
    """A number that came without a lot is looked for among goods without one."""
    world.stock(pumps(None, "A", expires=None), goods("L1", 5, sku="PUMP"))
    world.place("1", pump("A"))
    assert held(world, "1") == [(None, 10, ("A",))]
    world.stock(pumps(None, "B", expires=None, location="OLD"), balance="second")
    world.ledger.stock[world.row(None, "OLD").key].on_hand = 0
    world.ledger.index()
    world.place("2", pump("B"))
    assert held(world, "2") == []


def test_a_number_at_another_site_is_not_there(world: World) -> None:
    """An order for a site is not promised a unit that is at another."""
    world.told(DefineSite(Site("FAR")))
    world.told(OpenBalance("FAR", None, None, "far", (pumps("L1", "A"),)))
    world.stock(goods("L1", 1, sku="PUMP"))
    world.place("1", pump("A"), site=SITE)
    assert held(world, "1") == []


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (wanted(sku="PUMP", quantity="0.5"), Code.NOT_A_MULTIPLE, "lines.0.quantity"),
        (wanted(serial="A"), Code.FIELD_INVALID, "lines.0.serial"),
    ],
    ids=["half a unit", "no numbers"],
)
def test_no_half_units_and_no_numbers_of_what_has_none(world: World, line: LineWanted, code: Code, field: str) -> None:
    """Goods with serial numbers are ordered whole, and a number only of goods that have them."""
    assert world.refused(world.order("1", line)) == (code, field)


def test_a_held_order_is_told_when_its_number_cannot_be(world: World) -> None:
    """An order for an item that turns out to have no serial numbers stays held, with that reason."""
    world.place("1", wanted(sku="NEW", serial="A"))
    world.told(DefineItem(Item("NEW")))
    assert world.get("1").held == Code.FIELD_INVALID


def test_an_order_may_name_a_number_of_an_item_to_come(world: World) -> None:
    """An order that was held for its item goes on when that is defined, and is served when the unit comes in."""
    world = World()
    world.place("1", pump("A"))
    world.told(DefineItem(PUMP))
    assert world.get("1").state is OrderState.BACKORDERED
    world.told(world.receipt(pumps("L1", "A")))
    assert held(world, "1") == [("L1", 10, ("A",))]


def test_a_number_comes_in_once(world: World) -> None:
    """A number that is in the house is refused when asked; when it has happened the goods go to quarantine."""
    world.told(world.receipt(pumps("L1", "A", "B")))
    again = pumps("L2", "A", "C", line="x")
    assert world.refused(world.receipt(again, number="R2", happened=False)) == (
        Code.CONFLICTING_CONTENT, "lines.0.serials.0",
    )  # fmt: skip
    events = world.told(world.receipt(again, number="R2"))
    received, doubt = only(events, StockReceived), only(events, CounterfeitSuspected)
    assert doubt.about["serial"] == "A"
    assert "is in stock already: one of the two may be counterfeit" in doubt.message
    assert [(line.row.status, line.discrepancy, line.serials) for line in received.lines] == [
        ("quarantine", Code.CONFLICTING_CONTENT, ("C",))
    ]
    assert unit(world, "A").row.lot == "L1"
    assert world.told(world.receipt(again, number="R2")) == ()


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (pumps("L1", "A", "A"), Code.FIELD_INVALID, "lines.0.serials"),
        (pumps("L1", "A", quantity=2), Code.FIELD_INVALID, "lines.0.serials"),
        (pumps(None, quantity=2), Code.FIELD_MISSING, "lines.0.lot"),
        (goods("L1", 1, serials=("A",)), Code.FIELD_INVALID, "lines.0.serials"),
    ],
    ids=["twice", "too few", "none", "no numbers"],
)
def test_numbers_are_as_many_as_the_units(world: World, line: GoodsLine, code: Code, field: str) -> None:
    """A receipt that is asked for is refused when its numbers are not one for each unit."""
    if line.lot is None:
        code, field = Code.FIELD_MISSING, "lines.0.serials"
    assert world.refused(world.receipt(line, happened=False)) == (code, field)
    events = world.told(world.receipt(line))
    assert only(events, StockReceived).lines[0].row.status == "quarantine"
    doubts = [event.about["serial"] for event in events if isinstance(event, CounterfeitSuspected)]
    assert doubts == (["A"] if line.serials == ("A", "A") else [])


def test_picked_and_shipped_by_number(world: World) -> None:
    """Numbers read at the pick go with the goods: to the order, into the shipment, and to the customer for good."""
    world.stock(pumps("L1", "A", "B", "C"), pumps("L2", "D"))
    world.place("1", pump(quantity=3))
    picked = world.told(world.pick("1", PickLine(None, "1", None, None, Decimal(2), serials=("B", "A"))))
    assert [pick.serials for pick in only(picked, StockPicked).picks] == [("B", "A")]
    assert (unit(world, "A").state, unit(world, "A").order) == (SerialState.PICKED, "1")
    shipped = world.told(world.ship("1", ShippedLine("1", "L1", Decimal(1), serials=("A",))))
    assert [one.serials for one in only(shipped, ShipmentConfirmed).shipped] == [("A",)]
    rest = world.told(world.ship("1", shipment="S2"))
    assert [one.serials for one in only(rest, ShipmentConfirmed).shipped] == [("B",)]
    gone = unit(world, "A")
    assert (gone.state, gone.order, gone.line, gone.shipment) == (SerialState.SHIPPED, "1", "1", "S1")
    assert (gone.row.lot, gone.shipped_at) == ("L1", world.warehouse.moment().recorded_at)
    world.told(world.pick("1", PickLine(None, "1", None, None, Decimal(1), serials=("C",))))
    world.told(world.ship("1", shipment="S3"))
    assert world.get("1").state is OrderState.SHIPPED


def test_a_promise_by_number_needs_no_reading(world: World) -> None:
    """The unit that a line names is the one that is picked and shipped, whether its number was read or not."""
    world.stock(pumps("L1", "A", "B"))
    world.place("1", pump("B"))
    world.told(world.pick("1", PickLine(None, "1", None, None, Decimal(1))))
    assert unit(world, "B").state is SerialState.PICKED
    world.place("2", pump("A"))
    shipped = world.told(world.ship("2"))
    assert [one.serials for one in only(shipped, ShipmentConfirmed).shipped] == [("A",)]


def test_numbers_follow_the_lot_they_are_of(world: World) -> None:
    """Of a line with two lots promised, a number is of the promise of its lot."""
    world.stock(pumps("L1", "A"), pumps("L2", "B", "C", expires=None))
    world.place("1", pump(quantity=2))
    picked = world.told(world.pick("1", PickLine(None, "1", None, None, Decimal(1), serials=("C",))))
    assert [(pick.row.lot, pick.serials) for pick in only(picked, StockPicked).picks] == [("L2", ("C",))]


def test_what_may_not_be_picked_by_number(world: World) -> None:
    """A number that is not known, has left, is picked or promised, or is not the one that was named, is refused."""
    world.stock(pumps("L1", "A", "B", "C", "D", "E"))
    world.place("1", pump("A"))
    world.place("2", pump("B"))
    world.place("3", pump(quantity=2))
    world.told(world.pick("3", PickLine(None, "1", None, None, Decimal(1), serials=("C",))))
    world.place("4", pump("D"))
    world.told(world.ship("4"))
    for number, code in {
        "NONE": Code.UNKNOWN_LOT, "D": Code.ALREADY_SHIPPED, "C": Code.PICKED_BY_OTHER, "B": Code.NOT_AVAILABLE,
        "E": Code.LOT_NOT_ALLOWED,
    }.items():  # fmt: skip
        asked = world.pick("1", PickLine(None, "1", None, None, Decimal(1), serials=(number,)))
        assert world.refused(asked) == (code, "lines.0.serials.0")
    twice = PickLine(None, "1", None, None, Decimal(1), serials=("E",))
    assert world.refused(world.pick("3", twice, twice))[0] in {Code.PICKED_BY_OTHER, Code.NOT_RESERVED}
    few = PickLine(None, "1", None, None, Decimal(1), serials=("E", "F"))
    assert world.refused(world.pick("3", few)) == (Code.FIELD_INVALID, "lines.0.serials")
    assert world.refused(world.ship("3", ShippedLine("1", None, Decimal(1), serials=("D",))))[0] is Code.ALREADY_SHIPPED


def test_what_happened_is_booked_without_what_another_has(world: World) -> None:
    """A pick that has happened is booked; an unknown number is taken note of, one that another order has is not."""
    world.stock(pumps("L1", "A", "B", "C"))
    world.place("1", pump("A"))
    world.place("2", pump(quantity=2))
    done = world.pick("2", PickLine(None, "1", None, None, Decimal(2), serials=("A", "NEW")), happened=True)
    events = world.told(done)
    assert {event.code for event in events if isinstance(event, DiscrepancyNoted)} == {
        Code.NOT_AVAILABLE, Code.UNKNOWN_LOT,
    }  # fmt: skip
    assert [pick.serials for pick in only(events, StockPicked).picks] == [("NEW",)]
    other = world.pick("1", PickLine(None, "1", None, None, Decimal(1), serials=("B",)), happened=True)
    assert [pick.serials for pick in only(world.told(other), StockPicked).picks] == [("B",)]
    miscounted = world.pick("2", PickLine(None, "1", None, None, Decimal(1), serials=("B", "C")), happened=True)
    codes = [event.code for event in world.told(miscounted) if isinstance(event, DiscrepancyNoted)]
    assert codes == [Code.FIELD_INVALID, Code.NOT_RESERVED]


def test_picked_units_that_nobody_wants_are_in_stock_again(world: World) -> None:
    """A picked unit of a cancelled order stands at the staging place, free; a second place keeps its own numbers."""
    world.stock(pumps("L1", "A", "B", "C"))
    world.place("1", pump(quantity=3))
    for number, place in (("A", "T1"), ("B", "T2")):
        line = PickLine(None, "1", None, None, Decimal(1), serials=(number,))
        world.told(world.pick("1", line, staged_at=place))
    assert sorted(held(world, "1"), key=str) == [("L1", 10, ("B",)), ("L1", 20, ("A",))]
    world.cancel("1")
    back = unit(world, "B")
    assert (back.state, back.row.location, back.order) == (SerialState.IN_STOCK, "STAGING/T2", None)


def test_less_wanted_gives_back_what_was_picked_last(world: World) -> None:
    """Unpicked units go first, and then those that were picked last, with their numbers."""
    world.stock(pumps("L1", "A", "B", "C"))
    world.place("1", pump(quantity=3), version="1")
    world.told(world.pick("1", PickLine(None, "1", None, None, Decimal(2), serials=("A", "B"))))
    changed = only(world.place("1", pump(quantity=1), version="2"), OrderChanged)
    assert [(loss.quantity, loss.picked, loss.serials) for loss in changed.freed] == [(20, 10, ("B",))]
    assert held(world, "1") == [("L1", 10, ("A",))]


def test_units_that_left_unread_are_told(world: World) -> None:
    """Goods with serial numbers that leave without them are a discrepancy: nobody could say later where they went."""
    world.stock(pumps("L1", "A", "B", "C"))
    world.place("1", pump(quantity=2))
    noted = only(world.told(world.ship("1")), DiscrepancyNoted)
    assert (noted.code, noted.about["sku"]) == (Code.FIELD_MISSING, "PUMP")
    assert noted.message.startswith("2 units")


def test_free_units_leave_by_number(world: World) -> None:
    """Goods that were not promised leave with the numbers read, for an order nobody knows too."""
    world.stock(pumps("L1", "A", "B"))
    left = ShippedLine("1", "L1", Decimal(1), sku="PUMP", serials=("B",))
    shipped = only(world.told(world.ship("X", left, happened=True)), ShipmentConfirmed)
    assert [one.serials for one in shipped.shipped] == [("B",)]
    picked = PickLine(None, None, "L1", "BIN", Decimal(1), sku="PUMP", serials=("A",))
    world.told(world.pick("X", picked, happened=True))
    assert (unit(world, "A").state, unit(world, "A").row.location) == (SerialState.IN_STOCK, "STAGING")


def test_a_number_that_was_not_read_is_not_taken_for_a_new_one() -> None:
    """A number is looked up only after it was read from the database: it would be lost otherwise."""
    ledger = Ledger("acme", Sites())
    with pytest.raises(NotLoaded):
        ledger.serial(SerialKey("A", "PUMP"))
    ledger.serials["A"] = {}
    assert ledger.serial(SerialKey("A", "PUMP")) is None
    assert key("1").order == "1"


def returned(world: World, *serials: str, quantity: object = 1, happened: bool = False) -> ReturnGoods:
    """Pumps of lot L1 that order 1 sends back."""
    line = StockLine("1", "PUMP", "L1", "BACK", Decimal(str(quantity)), serials=serials)
    return ReturnGoods(SITE, happened, "door", None, "RMA", key("1"), (line,))


def test_a_unit_that_left_comes_back_by_number(world: World) -> None:
    """A unit that is sent back is in stock again, and may be promised to the next that names it."""
    world.stock(pumps("L1", "A", "B"))
    world.place("1", pump(quantity=2))
    world.told(world.pick("1", PickLine(None, "1", None, None, Decimal(2), serials=("A", "B"))))
    world.told(world.ship("1"))
    world.place("2", pump("A"))
    back = only(world.told(returned(world, "A")), GoodsReturned)
    assert [(line.quantity, line.serials, line.row.returned) for line in back.lines] == [(10, ("A",), True)]
    assert (unit(world, "A").state, unit(world, "A").order, unit(world, "A").row.location) == (
        SerialState.IN_STOCK, None, "BACK",
    )  # fmt: skip
    assert held(world, "2") == [("L1", 10, ("A",))]
    assert unit(world, "B").state is SerialState.SHIPPED


def test_no_other_unit_comes_back(world: World) -> None:
    """A number that did not leave for the order is refused; happened, the unit waits, and the order has got its own."""
    world.stock(pumps("L1", "A", "B", "C"))
    world.place("1", pump("A"))
    world.told(world.ship("1"))
    assert world.refused(returned(world, "B")) == (Code.MORE_THAN_SHIPPED, "lines.0.serials.0")
    assert world.refused(returned(world, "A", "B")) == (Code.FIELD_INVALID, "lines.0.serials")
    events = world.told(returned(world, "NEW", happened=True))
    lines = only(events, GoodsReturned).lines
    assert [(line.serials, line.row.status, line.order_line) for line in lines] == [((), "quarantine", None)]
    assert [one.returned for one in world.line("1").lots_shipped] == [0]
    assert only(events, CounterfeitSuspected).about["serial"] == "NEW"


def test_miscounted_numbers_of_a_return_are_left_out(world: World) -> None:
    """What has come back is booked, without numbers that are not one for each unit."""
    world.stock(pumps("L1", "A", "B"))
    world.place("1", pump("A"))
    world.told(world.ship("1"))
    events = world.told(returned(world, "A", "B", happened=True))
    assert [line.serials for line in only(events, GoodsReturned).lines] == [()]


def test_an_order_that_only_waits_for_a_number_does_not_have_it(world: World) -> None:
    """An order that names a number and was promised other units keeps nobody from that number."""
    world.place("1", pump("A"), pump(line="2"), source_location="NEAR")
    world.stock(pumps("L1", "B", location="NEAR"), pumps("L1", "A", location="FAR"))
    assert held(world, "1") == [("L1", 10, ())]
    world.place("2", pump("A"))
    assert held(world, "2") == [("L1", 10, ("A",))]


@pytest.mark.parametrize(
    ("settings", "more"),
    [
        (Settings(), {"single_lot": True, "quantity": 3}),
        (Settings(allow_partial=False), {"quantity": 3}),
        (Settings(), {"unit": "pair", "quantity": 2}),
    ],
)
def test_a_number_is_not_promised_where_one_unit_is_not_what_the_line_may_have(
    settings: Settings, more: dict[str, Any]
) -> None:
    """All of one lot or nothing, all or nothing, whole pairs: the rules of a line hold for one that names a number."""
    world = World(settings)
    world.told(DefineItem(PUMP))
    world.stock(pumps("L1", "A", "B"))
    world.place("1", pump("A", **more), version="1")
    assert held(world, "1") == []
    world.place("1", pump("B", **more), version="2")
    assert held(world, "1") == []
    assert world.row("L1").reserved == 0
