"""Odd things on the floor, one after the other: goods stand in odd places, and nothing is promised twice or lost."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
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
    ChangeStatus,
    CountStock,
    DefineItem,
    DefineLocation,
    MoveStock,
    PackedLine,
    PackPackage,
    PickLine,
    PlaceHold,
    ReportShort,
    ReserveStock,
    ReturnGoods,
    ShippedLine,
    ShippedOrder,
    ShippedPackage,
    ShortLine,
    StockLine,
    UndoneLine,
    UndoPick,
)
from lotstream.domain.events import DiscrepancyNoted, StockFound, StockMissing
from lotstream.domain.model import (
    HoldKind,
    Item,
    Location,
    OrderState,
    Package,
    PackageKind,
    PackageState,
    Policy,
    Settings,
    Tracking,
)
from lotstream.domain.named import receipts_named
from lotstream.domain.packages import package_key
from lotstream.testing.scenarios_messages import SITE
from tests.property.soundness import check_rows
from tests.unit.domain.build import TODAY, World, decided, goods, key, only, wanted
from tests.unit.domain.test_voiding import correct, void

DOOR = Location(SITE, "DOOR")


def world_with(*lines: Any, settings: Settings | None = None) -> World:
    """A world with a door where picked goods stand and goods may be picked from, and stock as found."""
    world = World(settings)
    world.told(DefineLocation(DOOR))
    world.stock(*(lines or (goods("L1"),)))
    return world


def pick(quantity: object, **more: Any) -> PickLine:
    """Picked for line 1, unless another is said."""
    return PickLine(
        more.pop("task", None), more.pop("line", "1"), more.pop("lot", None), more.pop("location", None),
        Decimal(str(quantity)), **more,
    )  # fmt: skip


def stock_line(quantity: object, location: str = "BIN", **more: Any) -> StockLine:
    """A line about lot L1 of TEA."""
    return StockLine(more.pop("line", "1"), "TEA", more.pop("lot", "L1"), location, Decimal(str(quantity)), **more)


def codes(events: tuple[Any, ...]) -> list[str]:
    """The discrepancies among events."""
    return [event.code for event in events if isinstance(event, DiscrepancyNoted)]


def reloaded(world: World) -> None:
    """Read the rows in another order, as from a database."""
    world.ledger.stock = dict(reversed(world.ledger.stock.items()))
    world.ledger.index()


def test_rows_come_in_one_order_however_they_were_loaded() -> None:
    """What is missing after a short pick, and why a lot may not be reserved, hang on no order of rows in memory."""
    world = world_with(
        goods("L1"), goods("L1", package="P", line="2"), goods("L2", location="B2"),
        goods("L2", location="CAGE", status="quarantine"), settings=Settings(allocate="on_request"),
    )  # fmt: skip
    world.place("#1")
    world.told(ReserveStock(key("#1"), "1", "L1", Decimal(5)))
    short = ReportShort(SITE, False, None, None, key("#1"), None, (ShortLine(None, "1", "L1", "BIN", Decimal(2)),))
    world.told(PlaceHold("H", HoldKind.HOLD, None, "L2"))
    world.place("#2")
    named = ReserveStock(key("#2"), "1", "L2", Decimal(1))
    before, refused = decided(world, short), world.warehouse.decide(named)
    reloaded(world)
    assert decided(world, short) == before
    assert len([event for event in before if isinstance(event, StockMissing)]) == 2
    assert world.warehouse.decide(named) == refused


def test_goods_picked_to_where_they_lie_leave_from_there() -> None:
    """A pick may name the bin itself as the place where the goods stand: they are shipped, counted and lost from it."""
    world = world_with(goods("L1", location="DOOR"))
    world.place("#1")
    world.told(world.pick("#1", staged_at="DOOR"))
    check_rows(world.ledger)
    world.told(CountStock(SITE, False, None, None, "C", (stock_line(3, "DOOR"),)))
    check_rows(world.ledger)
    assert (sum(part.picked for part in world.parts("#1")), world.row("L1", "DOOR").on_hand) == (3, 3)
    world.told(world.ship("#1"))
    check_rows(world.ledger)
    assert (world.parts("#1"), world.line("#1").shipped) == ([], 3)


def test_a_part_that_is_lost_is_lost_once() -> None:
    """What is picked and what is not may stand in one row: together they lose no more than is missing."""
    world = world_with(goods("L1", location="DOOR"))
    world.place("#1", wanted(quantity=10))
    world.told(world.pick("#1", pick(4), staged_at="DOOR"))
    world.told(CountStock(SITE, False, None, None, "C", (stock_line(7, "DOOR"),)))
    assert [(part.quantity, part.picked) for part in world.parts("#1")] == [(7, 4)]


@pytest.mark.parametrize("place", [None, "DOOR"])
def test_damaged_goods_at_a_staging_place_are_lost_to_their_order(place: str | None) -> None:
    """What was picked and is found damaged where it stands is taken off its order, which gets other stock."""
    world = world_with(goods("L1"), goods("L2", location="B2"))
    world.place("#1")
    world.told(world.pick("#1", staged_at=place))
    said = stock_line(3, place or "STAGING", status="good", to="damaged")
    world.told(ChangeStatus(SITE, False, None, None, "T", (said,)))
    check_rows(world.ledger)
    assert sorted((part.quantity, part.picked) for part in world.parts("#1")) == [(2, 2), (3, 0)]


def test_picked_goods_are_not_moved_by_a_move() -> None:
    """Asked, what stands picked at a door is not there to be moved; happened, what was moved is found."""
    world = world_with()
    world.place("#1")
    world.told(world.pick("#1", staged_at="DOOR"))
    asked = MoveStock(SITE, False, None, None, "M", (stock_line(5, "DOOR", to="BIN"),))
    assert world.refused(asked) == (Code.NOT_AVAILABLE, "lines.0.quantity")
    events = world.told(MoveStock(SITE, True, None, None, "M", asked.lines))
    assert (only(events, StockFound).quantity, codes(events)) == (5, [Code.NOT_AVAILABLE])
    check_rows(world.ledger)
    assert world.row("L1", "DOOR").reserved == 5


def test_goods_that_are_moved_twice_in_one_document_take_their_promises_along() -> None:
    """A line may move on what a line before it brought, promises and all."""
    world = world_with(goods("L1", 5))
    world.place("#1")
    lines = stock_line(5, to="B2"), stock_line(5, "B2", line="2", to="B3")
    world.told(MoveStock(SITE, False, None, None, "M", lines))
    check_rows(world.ledger)
    assert [part.row.location for part in world.parts("#1")] == ["B3"]


def test_a_bin_counted_twice_in_one_document_has_what_was_counted_last() -> None:
    """Also where nothing of the lot was in it before."""
    world = world_with()
    world.told(CountStock(SITE, False, None, None, "C", (stock_line(5, "B9"), stock_line(7, "B9", line="2"))))
    assert world.row("L1", "B9").on_hand == 7


def test_promises_that_a_deficit_swallows_are_lost() -> None:
    """Goods that are moved to a bin with less than nothing make it less short first; their order gets others."""
    world = world_with(goods("L1", 5), goods("L1", -3, "B2"), goods("L2", location="B3"))
    world.place("#1")
    world.told(MoveStock(SITE, False, None, None, "M", (stock_line(5, to="B2"),)))
    check_rows(world.ledger)
    assert world.lots("#1") == [("L1", 2), ("L2", 3)]


def test_a_task_of_two_parts_goes_along_part_by_part() -> None:
    """Parts of one task that stand apart after a pick was undone are all taken along, and told as one there."""
    world = world_with()
    world.place("#1", wanted(quantity=10))
    world.told(world.pick("#1", pick(5), staged_at="T1"))
    world.told(world.pick("#1", pick(2), staged_at="T2"))
    world.told(UndoPick(SITE, True, None, None, key("#1"), (UndoneLine(quantity=Decimal(2)),)))
    world.told(MoveStock(SITE, False, None, None, "M", (stock_line(5, to="B2"),)))
    check_rows(world.ledger)
    assert sorted((part.row.location, part.quantity, part.picked) for part in world.parts("#1")) == [
        ("B2", 5, 0), ("BIN", 5, 5),
    ]  # fmt: skip


def test_goods_that_are_picked_were_there_whatever_the_staging_place_lacked() -> None:
    """A deficit where picked goods are put down is wrong by as much as stands there now."""
    world = world_with(goods("L1"), goods("L1", -4, "STAGING"))
    world.place("#1")
    events = world.told(world.pick("#1"))
    assert only(events, StockFound).quantity == 4
    check_rows(world.ledger)
    world.told(world.ship("#1"))
    world.told(AdjustStock(SITE, True, None, None, "A", (stock_line(-2, "STAGING"),)))
    events = world.told(void())
    assert only(events, StockFound).quantity == 2
    check_rows(world.ledger)


def test_goods_that_go_back_to_a_deficit_are_not_promised_there() -> None:
    """A pick is undone into a bin that has less than nothing: what that swallows is looked for elsewhere."""
    world = world_with(goods("L1", 5), goods("L2", location="B2"))
    world.place("#1")
    world.told(world.pick("#1"))
    world.stock(goods("L1", -3), balance="more")
    world.told(UndoPick(SITE, False, None, None, key("#1"), ()))
    check_rows(world.ledger)
    assert world.lots("#1") == [("L1", 2), ("L2", 3)]


def test_an_undone_pick_leaves_no_half_of_what_ships_complete() -> None:
    """What a line may not keep unpicked (it takes one lot, or nothing) is given back when its pick is undone."""
    world = world_with(goods("L1", 5), settings=Settings(allow_partial=False))
    world.place("#1")
    world.told(world.pick("#1"))
    world.told(AdjustStock(SITE, True, None, None, "A", (stock_line(-2, "STAGING"),)))
    assert world.lots("#1") == [("L1", 3)]
    world.told(UndoPick(SITE, False, None, None, key("#1"), ()))
    assert (world.lots("#1"), world.get("#1").state) == ([], OrderState.BACKORDERED)
    check_rows(world.ledger)


def test_more_than_ordered_is_given_back_beside_a_lot_on_hold() -> None:
    """An undone pick gives back what was picked beyond one line, also when the other line's lot is on hold now."""
    world = world_with(goods("L1"), goods("L2", location="B2"), settings=Settings(over_pick_pct=Decimal(50)))
    world.place("#1", wanted(lot="L2"), wanted("2", lot="L1"))
    world.told(world.pick("#1", pick(5), pick(7, line="2")))
    world.told(PlaceHold("H", HoldKind.HOLD, None, "L2"))
    world.told(UndoPick(SITE, False, None, None, key("#1"), ()))
    assert (world.lots("#1"), world.line("#1", "2").reservations[0].quantity) == ([("L1", 5)], 5)


def test_goods_brought_to_a_door_go_to_who_waits() -> None:
    """Goods that were promised to nobody and stand in a bin that is picked from are anybody's at once."""
    world = world_with(goods("L1", location="CAGE"))
    world.told(DefineLocation(Location(SITE, "CAGE", pickable=False)))
    world.place("#1", wanted(quantity=4))
    world.told(world.pick("#9", pick(4, lot="L1", sku="TEA", location="CAGE"), happened=True, staged_at="DOOR"))
    assert [(part.row.location, part.quantity) for part in world.parts("#1")] == [("DOOR", 4)]
    check_rows(world.ledger)


def test_what_was_picked_beyond_an_order_is_free_when_that_is_over() -> None:
    """The rest of an over-pick goes back when the order has left, or what was open of it is cancelled."""
    world = world_with(goods("L1", 30), settings=Settings(over_pick_pct=Decimal(50)))
    world.place("#1", wanted(quantity=10))
    world.told(world.pick("#1", pick(14)))
    world.told(world.ship("#1", ShippedLine("1", None, Decimal(10))))
    check_rows(world.ledger)
    assert (world.get("#1").state, world.parts("#1")) == (OrderState.SHIPPED, [])
    world.place("#2", wanted(), wanted("2"))
    world.told(world.pick("#2", pick(7)))
    world.told(world.ship("#2", ShippedLine("1", None, Decimal(5)), shipment="S2"))
    assert sum(part.picked for part in world.parts("#2")) == 2
    world.cancel("#2", "2")
    check_rows(world.ledger)
    assert (world.get("#2").state, world.parts("#2")) == (OrderState.SHIPPED, [])


def test_uncounted_packing_and_undoing_is_noted() -> None:
    """Happened: what went into a carton, or back, in a unit nobody knows is told to a person."""
    world = world_with()
    world.place("#1")
    world.told(world.pick("#1"))
    line = PackedLine(key("#1"), quantity=Decimal(1), unit="heap")
    pack = PackPackage(SITE, True, None, None, "C1", PackageKind.CARTON, (line,))
    assert codes(world.told(pack)) == [Code.UNKNOWN_UNIT]
    undo = UndoPick(SITE, True, None, None, key("#1"), (UndoneLine(quantity=Decimal(1), unit="heap"),))
    assert codes(world.told(undo)) == [Code.UNKNOWN_UNIT]


def test_who_lost_goods_to_a_recall_after_they_had_left_gets_others() -> None:
    """A shipment is taken back whose lot is recalled: the order is open again and is given other stock at once."""
    world = world_with(goods("L1"), goods("L2", location="B2"))
    world.place("#1")
    world.told(world.ship("#1"))
    world.told(PlaceHold("R", HoldKind.RECALL, None, "L1"))
    world.told(void())
    assert (world.lots("#1"), world.get("#1").state) == ([("L2", 5)], OrderState.ALLOCATED)


def test_what_no_order_may_have_comes_back_free() -> None:
    """Nothing is promised again to a test, to an order that is whole without it, or of goods that are not good."""
    world = world_with(goods("L1", 30), goods("L2", location="B2", status="damaged"), settings=Settings(
        over_pick_pct=Decimal(50)
    ))  # fmt: skip
    world.place("#1", test=True)
    world.told(world.ship("#1", ShippedLine("1", None, Decimal(2)), happened=True))
    world.told(void(happened=True))
    world.place("#2")
    world.told(world.ship("#2", shipment="S2"))
    world.told(world.ship("#2", ShippedLine("1", "L1", Decimal(2)), shipment="S3", happened=True))
    world.told(void("S3", happened=True))
    world.place("#3")
    world.told(world.ship("#3", ShippedLine("1", "L2", Decimal(2)), shipment="S4", happened=True))
    world.told(void("S4", happened=True))
    line = ShippedLine("9", "L1", Decimal(2), sku="TEA")
    world.told(world.ship("#2", line, shipment="S5", happened=True))
    world.told(void("S5", happened=True))
    assert (world.parts("#1"), world.parts("#2"), world.get("#2").state) == ([], [], OrderState.SHIPPED)
    assert "L2" not in {lot for lot, _ in world.lots("#3")}
    check_rows(world.ledger)


def test_a_package_that_leaves_again_with_a_corrected_shipment_has_left() -> None:
    """A correction opens the packages of the shipment, and ships those it names."""
    world = world_with()
    world.place("#1")
    world.told(world.pick("#1"))
    world.told(PackPackage(SITE, False, None, None, "C1", PackageKind.CARTON, (PackedLine(key("#1")),)))
    packages = (ShippedPackage("C1"),)
    world.told(world.ship("#1", packages=packages))
    again = correct(ShippedOrder(key("#1"), (ShippedLine("1", None, Decimal(5), package="C1"),)))
    world.told(replace(again, packages=packages))
    package = world.warehouse.documents[package_key("C1")]
    assert isinstance(package, Package)
    assert package.state is PackageState.SHIPPED
    assert world.get("#1").state is OrderState.SHIPPED


def test_a_pallet_leaves_without_the_carton_that_left_before() -> None:
    """Of a pallet that is shipped, what lies in cartons that left by themselves is not asked for again."""
    world = world_with(goods("L1", 2), goods("L2", 3))
    world.place("#1")
    world.told(world.pick("#1"))
    for carton, lot in (("C1", "L1"), ("C2", "L2")):
        line = PackedLine(key("#1"), lot=lot)
        world.told(PackPackage(SITE, False, None, None, carton, PackageKind.CARTON, (line,)))
    world.told(PackPackage(SITE, False, None, None, "P1", PackageKind.PALLET, (), ("C1", "C2")))
    world.told(world.ship("#1", packages=(ShippedPackage("C1"),)))
    assert world.line("#1").shipped == 2
    world.told(world.ship("#1", packages=(ShippedPackage("P1"),), shipment="S2"))
    assert world.get("#1").state is OrderState.SHIPPED


def test_packages_that_lines_name_are_read_with_the_shipment() -> None:
    """A shipment that is told and taken back in one batch finds the packages that its lines name."""
    world = world_with()
    line = ShippedLine("1", None, Decimal(1), package="C7")
    assert package_key("C7") in receipts_named(world.ship("#1", line))
    assert package_key("C7") in receipts_named(correct(ShippedOrder(key("#1"), (line,))))


def test_a_correction_that_has_happened_is_booked_or_noted() -> None:
    """An unknown shipment that is corrected has left; of one whose goods came back a person is told."""
    world = world_with()
    world.place("#1")
    part = ShippedOrder(key("#1"), (ShippedLine("1", None, Decimal(5)),))
    events = world.told(correct(part, happened=True, shipment="S7"))
    assert (codes(events), world.get("#1").state) == ([Code.FIELD_INVALID], OrderState.SHIPPED)
    world.told(ReturnGoods(SITE, False, None, None, "RMA", key("#1"), (stock_line(1),)))
    less = ShippedOrder(key("#1"), (ShippedLine("1", None, Decimal(4)),))
    assert codes(world.told(correct(less, happened=True, shipment="S7"))) == [Code.MORE_THAN_SHIPPED]
    strange = correct(ShippedOrder(key("#9"), ()), shipment="S8")
    assert world.refused(strange) == (Code.FIELD_INVALID, "shipment")


def test_corrected_goods_are_found_where_the_void_put_them() -> None:
    """What came back to nobody, because its lot is recalled, is there to be shipped by what is told instead."""
    world = world_with(goods("L1", 5))
    world.place("#1")
    world.told(world.ship("#1"))
    world.told(PlaceHold("R", HoldKind.RECALL, None, "L1"))
    events = world.told(correct(ShippedOrder(key("#1"), (ShippedLine("1", "L1", Decimal(4)),)), happened=True))
    assert not [event for event in events if isinstance(event, StockFound)]
    check_rows(world.ledger)
    assert world.row("L1", "STAGING").on_hand == 1


def test_goods_without_a_lot_are_as_old_as_they_are_in_the_decision_that_brings_them() -> None:
    """First in, first out counts the goods at hand by their own day, wherever the batch before ended."""
    world = World(Settings(policy=Policy.FIFO))
    world.told(DefineItem(Item("BAG", tracking=Tracking.NONE)))
    bag: dict[str, Any] = {"sku": "BAG", "expires": None}
    world.place("#1", wanted(sku="BAG", quantity=1))
    old = goods(None, 1, "B2", line="2", received=TODAY - timedelta(days=30), **bag)
    world.told(world.receipt(goods(None, 1, "B1", line="1", **bag), old))
    assert [part.row.location for part in world.parts("#1")] == ["B2"]


def test_an_emptied_row_is_nowhere_to_look() -> None:
    """Goods nobody can find were taken from the same row whether their rows are forgotten already or not."""
    world = world_with(goods("L1", 5, "B9"))
    world.place("#1")
    for event in decided(world, world.ship("#1")):
        apply(world.ledger, event)
    shipped = world.ship("#9", ShippedLine("1", "L1", Decimal(2), sku="TEA"), happened=True)
    picked = world.pick("#9", pick(2, lot="L1", sku="TEA"), happened=True)
    rows = [only(decided(world, one), StockFound).row for one in (shipped, picked)]
    world.ledger.settle()
    assert [only(decided(world, one), StockFound).row for one in (shipped, picked)] == rows


def test_an_emptied_row_stands_where_a_new_one_would() -> None:
    """Goods that come into it are used in their own turn, in the decision that brings them too."""
    world = World(Settings(policy=Policy.FIFO))
    world.told(DefineItem(Item("BAG", tracking=Tracking.NONE)))
    bag: dict[str, Any] = {"sku": "BAG", "expires": None}
    old = TODAY - timedelta(days=90)
    world.stock(
        goods(None, 1, "B2", received=old, **bag), goods(None, 1, "CAGE", received=old, status="damaged", **bag)
    )
    world.place("#1", wanted(sku="BAG", quantity=1))
    world.place("#2", wanted(sku="BAG", quantity=2))
    for event in decided(world, world.ship("#1")):
        apply(world.ledger, event)
    lines = StockLine("1", "BAG", None, "B1", Decimal(1)), StockLine("2", "BAG", None, "B2", Decimal(1))
    adjust = AdjustStock(SITE, False, None, None, "A", lines)
    before = decided(world, adjust)
    world.ledger.settle()
    assert decided(world, adjust) == before
