"""Stock that turned out otherwise, was moved, found damaged, or came back."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.carrying import carry
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import (
    AdjustStock,
    ChangeStatus,
    CountStock,
    DefineItem,
    DefineLocation,
    MoveStock,
    PickLine,
    RecallLots,
    ReturnGoods,
    ShippedLine,
    StockLine,
)
from lotstream.domain.events import (
    Carried,
    DiscrepancyNoted,
    GoodsReturned,
    HoldPlaced,
    RowChange,
    StockAdjusted,
    StockMoved,
)
from lotstream.domain.model import (
    AdjustCode,
    Item,
    Location,
    OrderState,
    PackRule,
    Policy,
    Settings,
    ShipPolicy,
)
from lotstream.domain.movements import moves_of
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
LATER = TODAY + timedelta(days=60)


def said(quantity: object, lot: str | None = "L1", location: str | None = "BIN", **more: Any) -> StockLine:
    """A line of a document about TEA."""
    line, sku = more.pop("line", "1"), more.pop("sku", "TEA")
    return StockLine(line, sku, lot, location, Decimal(str(quantity)), **more)


def adjust(*lines: StockLine, happened: bool = False, number: str = "A1", site: str = SITE) -> AdjustStock:
    """An adjustment."""
    return AdjustStock(site, happened, "clerk", None, number, lines)


def count(*lines: StockLine, happened: bool = False, number: str = "C1") -> CountStock:
    """A count."""
    return CountStock(SITE, happened, "clerk", None, number, lines)


def move(*lines: StockLine, happened: bool = False, number: str = "M1") -> MoveStock:
    """A move."""
    return MoveStock(SITE, happened, "truck", None, number, lines)


def turn(*lines: StockLine, happened: bool = False, number: str = "T1") -> ChangeStatus:
    """A change of condition."""
    return ChangeStatus(SITE, happened, "clerk", None, number, lines)


def back(order: str, *lines: StockLine, happened: bool = False, number: str = "RMA-1") -> ReturnGoods:
    """A return."""
    return ReturnGoods(SITE, happened, "dock", None, number, key(order), lines)


def replayed(world: World) -> None:
    """Fail unless the journal alone gives the same ledger."""
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before


@pytest.mark.parametrize("command", [adjust, count, move, turn, lambda *lines, **more: back("#1", *lines, **more)])
def test_a_document_that_cannot_be_understood_is_refused_when_asked(command: Any) -> None:
    """A site that is not defined, no lines, a line twice, unknown goods, units and bins: each with code and field."""
    world = World()
    world.stock(goods("L1"), goods("L1", location="BIN-2"))
    world.place("#1")
    assert world.refused(replace(command(said(1)), site="NOWHERE")) == (Code.FIELD_INVALID, "site")
    assert world.refused(command()) == (Code.FIELD_MISSING, "lines")
    assert world.refused(command(said(1), said(1))) == (Code.FIELD_INVALID, "lines.1.line")
    assert world.refused(command(said(1, sku="JAM"))) == (Code.UNKNOWN_ITEM, "lines.0.sku")
    assert world.refused(command(said(1, unit="crate"))) == (Code.UNKNOWN_UNIT, "lines.0.unit")
    quantity = "counted" if command is count else "quantity"
    assert world.refused(command(said("0.5"))) == (Code.NOT_A_MULTIPLE, f"lines.0.{quantity}")
    assert world.refused(command(said(1, pack_size=Decimal("0.5")))) == (Code.NOT_A_MULTIPLE, "lines.0.pack_size")
    if command in (adjust, count, move, turn):
        assert world.refused(command(said(1, location=None))) == (Code.FIELD_MISSING, "lines.0.location")
        assert world.refused(command(said(1, "L7", sku=None))) == (Code.FIELD_MISSING, "lines.0.sku")


@pytest.mark.parametrize("command", [adjust, count, move, turn, lambda *lines, **more: back("#1", *lines, **more)])
def test_what_has_happened_and_cannot_be_understood_is_a_discrepancy(command: Any) -> None:
    """A line nobody can book is kept in words; the others are booked."""
    world = World()
    world.stock(goods("L1"))
    events = world.told(command(said(1, sku="JAM"), happened=True))
    assert set(kinds(events)) == {"DiscrepancyNoted"}
    replayed(world)


def test_an_adjustment_is_booked_once() -> None:
    """The same line told again changes nothing; with other content it is refused, or noted when it has happened."""
    world = World()
    world.stock(goods("L1"))
    events = world.told(adjust(said(-3, reason="torn")))
    assert only(events, StockAdjusted).changes == (RowChange("1", world.row("L1").key, -3, "torn"),)
    assert world.told(adjust(said(-3))) == ()
    assert world.refused(adjust(said(-2))) == (Code.CONFLICTING_CONTENT, "lines.0.line")
    assert kinds(world.told(adjust(said(-2), happened=True))) == ["DiscrepancyNoted"]
    assert kinds(world.told(adjust(said(-3), said(1, line="2")))) == ["StockAdjusted"]
    assert world.row("L1").on_hand == 8


def test_why_goods_were_adjusted_is_kept_in_a_word_that_can_be_added_up() -> None:
    """Every row that an adjustment changes says its code, and so does the history of the lot; a count has none."""
    world = World()
    world.stock(goods("L1", 4), goods("L1", 6, package="P1", line="2"))
    (change, other) = only(world.told(adjust(said(-7, code=AdjustCode.SPOILED, reason="warm"))), StockAdjusted).changes
    assert (change.code, other.code, change.reason) == (AdjustCode.SPOILED, AdjustCode.SPOILED, "warm")
    event = StockAdjusted(SITE, "A1", None, AT, {}, (change,))
    assert [(move.code, move.reason) for move in moves_of(event)] == [(AdjustCode.SPOILED, "warm")]
    counted = world.told(count(said(1)))
    assert [move.code for event in counted for move in moves_of(event)] == [None]
    replayed(world)
    replayed(world)


def test_what_is_taken_off_a_bin_makes_a_deficit_at_last() -> None:
    """Free goods, unpicked promises, picked goods; then the bin is below zero, and a person is told."""
    world = World()
    world.stock(goods("L1", 10))
    world.place("#1", wanted(quantity=4))
    world.place("#2", wanted(quantity=4))
    world.told(world.pick("#1", PickLine(None, "1", "L1", None, Decimal(4))))
    events = world.told(adjust(said(-12)))
    assert kinds(events) == ["StockAdjusted", "DiscrepancyNoted", "ReservationFreed", "ReservationFreed"]
    assert (world.row("L1").on_hand, world.lots("#1"), world.lots("#2")) == (-2, [], [])
    assert only(events, DiscrepancyNoted).about == {
        "adjustment": "A1", "sku": "TEA", "location": "BIN", "lot": "L1",
    }  # fmt: skip
    gone = adjust(said(-1, "L9"), number="A2")
    assert world.refused(gone) == (Code.UNKNOWN_LOT, "lines.0.lot")
    events = world.told(replace(gone, happened=True))
    assert [one.code for one in events if isinstance(one, DiscrepancyNoted)] == [Code.UNKNOWN_LOT, Code.NOT_AVAILABLE]
    assert world.row("L9").on_hand == -1
    replayed(world)


def test_who_picked_from_the_bin_loses_it_and_not_who_came_last() -> None:
    """Picks from two bins stand on one staging row; what the one bin lacks is lost by those who picked from it."""
    world = World()
    world.stock(goods("L1", 3), goods("L1", 4, location="BIN-2"))
    world.place("#1", wanted(quantity=3))
    world.place("#2", wanted(quantity=4))
    world.told(world.pick("#1"))
    world.told(world.pick("#2"))
    world.told(adjust(said(-2)))
    assert (world.lots("#1"), world.lots("#2")) == ([("L1", 1)], [("L1", 4)])
    replayed(world)


def test_a_change_to_the_same_condition_finds_nothing() -> None:
    """Told of goods that are good already that they are good, somebody is told, and nothing is found or booked."""
    world = World()
    world.stock(goods("L1", 3))
    line = replace(said(3), status="good", to="good")
    assert world.refused(turn(line)) == (Code.FIELD_INVALID, "lines.0.to_status")
    assert kinds(world.told(turn(line, happened=True))) == ["DiscrepancyNoted"]
    assert world.row("L1").on_hand == 3


def test_picked_goods_of_other_bins_are_left_alone() -> None:
    """Only what was picked from the bin itself answers for what the bin lacks."""
    world = World()
    world.stock(goods("L1", 2), goods("L1", 4, location="BIN-2"))
    world.place("#1", wanted(quantity=6))
    world.told(world.pick("#1"))
    world.told(adjust(said(-3)))
    assert [(part.row.location, part.picked) for part in world.parts("#1")] == [("BIN-2", 4)]
    assert world.row("L1", "STAGING").on_hand == 4
    assert world.row("L1").on_hand == -1


def test_what_others_were_promised_is_kept_for_them() -> None:
    """When a bin has less than everybody was promised, our promises give way to those made outside."""
    world = World()
    world.stock(goods("L1", 10, promised_elsewhere=Decimal(4)))
    world.place("#1", wanted(quantity=6))
    world.told(adjust(said(-2)))
    assert (world.row("L1").reserved, world.get("#1").state) == (4, OrderState.PARTLY_ALLOCATED)


def test_a_lot_nobody_knew_of_is_known_once_it_is_found() -> None:
    """Found goods come to the row that is named; goods without a lot remember when they were found."""
    world = World()
    world.told(DefineItem(Item("NUT", policy=Policy.FIFO)))
    world.told(adjust(said(3, "L5"), said(2, None, line="2", sku="NUT"), happened=True))
    assert world.ledger.lots["TEA", "L5"].received == TODAY
    assert world.row(None).received == TODAY
    world.told(adjust(said(1, "L5", location=None, package="P1"), number="A2"))
    assert {row.key.package for row in world.ledger.stock.values()} == {None, "P1"}
    replayed(world)


def test_goods_that_are_found_go_to_whoever_waits() -> None:
    """An owner who allocates at once serves backorders with what a count finds."""
    world = World()
    world.stock(goods("L1", 2))
    world.place("#1")
    assert kinds(world.told(count(said(9)))) == ["StockCounted", "OrderAllocated"]
    assert world.get("#1").state is OrderState.ALLOCATED
    assert world.told(count(said(9))) == ()
    assert world.refused(count(said(8))) == (Code.CONFLICTING_CONTENT, "lines.0.line")
    assert world.refused(count(said(-1), number="C2")) == (Code.NOT_POSITIVE, "lines.0.counted")
    assert kinds(world.told(count(said(-1), number="C2", happened=True))) == ["DiscrepancyNoted"]
    replayed(world)


def test_a_bin_of_several_rows_is_counted_as_a_whole() -> None:
    """What is missing comes off what is promised to nobody first; deficits end; a named package is counted alone."""
    world = World()
    world.stock(goods("L1", 4), goods("L1", 6, package="P1", line="p"), goods("L1", -2, package="P2", line="q"))
    world.place("#1", wanted(quantity=4))
    world.told(count(said(7)))
    assert {row.key.package: row.on_hand for row in world.ledger.stock.values()} == {None: 4, "P1": 3}
    world.told(count(said(1, package="P1"), number="C2"))
    assert world.lots("#1") == [("L1", 4)]
    world.told(count(said(0), number="C3"))
    assert world.lots("#1") == []
    replayed(world)


def test_of_packed_goods_whole_packs_are_lost() -> None:
    """Who loses a piece of a pack loses the pack, unless packs may be broken."""
    for rule, kept in ((PackRule.NEVER_OVER, 4), (PackRule.PARTIAL_PACKS, 7)):
        world = World(Settings(pack_rule=rule))
        world.stock(goods("L1", 8, pack_size=Decimal(4)))
        world.place("#1", wanted(quantity=8))
        world.told(count(said(7)))
        assert sum(part.quantity for part in world.parts("#1")) == kept


def test_only_free_goods_are_moved_unless_all_are() -> None:
    """A part of what is promised stays where it is; the whole of a bin takes its promises along under their tasks."""
    world = World()
    world.stock(goods("L1", 10))
    world.place("#1", wanted(quantity=4))
    world.place("#2", wanted(quantity=4))
    world.told(world.pick("#2", PickLine(None, "1", "L1", None, Decimal(1))))
    tasks = {part.task for part in (*world.parts("#1"), *world.parts("#2"))}
    assert world.refused(move(said(3, to="B2"))) == (Code.NOT_AVAILABLE, "lines.0.quantity")
    assert world.refused(move(said(10, to="B2"))) == (Code.NOT_AVAILABLE, "lines.0.quantity")
    assert world.refused(move(said(1, to="STAGING"))) == (Code.FIELD_INVALID, "lines.0.to")
    assert world.told(move(said(1, to="BIN"))) == ()
    events = world.told(move(said(9, to="B2")))
    assert sorted((one.key.order, one.quantity) for one in only(events, StockMoved).moves[1].carried) == [
        ("#1", 4), ("#2", 3),
    ]  # fmt: skip
    assert sorted((part.row.location, part.quantity, part.picked) for part in world.parts("#2")) == [
        ("B2", 3, 0), ("BIN", 1, 1),
    ]  # fmt: skip
    assert {part.task for part in (*world.parts("#1"), *world.parts("#2"))} == tasks
    assert (world.row("L1", "B2").on_hand, world.row("L1", "B2").reserved) == (9, 7)
    assert world.told(move(said(9, to="B2"))) == ()
    assert world.refused(move(said(8, to="B2")))[0] in {Code.NOT_AVAILABLE, Code.CONFLICTING_CONTENT}
    replayed(world)


def test_a_promise_that_is_not_there_cannot_go_along() -> None:
    """An event that fits no promise of the order is an error, not a guess."""
    world = World()
    world.stock(goods("L1", 6))
    world.place("#1", wanted("0", 1), wanted())
    row = world.row("L1").key
    for wrong in (Carried(key("#1"), "9", "T", 5), Carried(key("#1"), "1", "T", 5)):
        with pytest.raises(LookupError, match="is not there to be taken along"):
            carry(world.get("#1"), row, row, wrong)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("STAGING", "Goods come to STAGING by picks; name another bin."),
        ("STAGING/T1", "Goods come to STAGING/T1 by picks; name another bin."),
        ("TRANSIT/T", "Goods come to and leave TRANSIT/T by transfers; name another bin."),
    ],
)
def test_the_place_that_nobody_brings_goods_to_is_named(place: str, message: str) -> None:
    """Not the bin that the goods lie in, of which nothing is wrong."""
    world = World()
    world.stock(goods("L1", 5))
    refusal = world.warehouse.decide(move(said(1, to=place)))
    assert isinstance(refusal, Refusal)
    assert refusal.message == message


def test_nobody_takes_goods_off_the_way_by_a_move() -> None:
    """They leave it by their arrival."""
    world = World()
    world.stock(goods("L1", 5))
    assert world.refused(move(said(1, location="TRANSIT/T", to="BIN"))) == (Code.FIELD_INVALID, "lines.0.to")


def test_what_was_moved_is_moved_however_much_was_promised() -> None:
    """Happened, a part of promised goods takes the back of the queue along, and what nobody knew of is found."""
    world = World()
    world.stock(goods("L1", 6))
    world.place("#1", wanted(quantity=3))
    world.place("#2", wanted(quantity=3))
    events = world.told(move(said(2, to="B2"), happened=True))
    assert kinds(events) == ["StockMoved", "DiscrepancyNoted"]
    assert sorted((part.row.location, part.quantity) for part in world.parts("#2")) == [("B2", 2), ("BIN", 1)]
    events = world.told(move(said(9, to="B3"), happened=True, number="M2"))
    assert kinds(events) == ["StockFound", "StockMoved", "DiscrepancyNoted"]
    assert world.row("L1", "B3").on_hand == 9
    world.told(move(said(1, "L9", to="B3"), happened=True, number="M3"))
    assert world.row("L9", "B3").on_hand == 1
    replayed(world)


def test_promises_do_not_go_where_nobody_picks() -> None:
    """Goods brought to a cage leave their orders, which settle by their own rules in the same decision."""
    world = World()
    world.told(DefineLocation(Location(SITE, "CAGE", pickable=False)))
    world.stock(goods("L1", 6), goods("L2", 2, expires=LATER))
    world.place("#1", wanted(quantity=6), wanted("2", 2), ship_policy=ShipPolicy.COMPLETE)
    events = world.told(move(said(6, to="CAGE")))
    assert kinds(events) == ["StockMoved", "ReservationFreed"]
    assert world.lots("#1") == []
    replayed(world)


def test_goods_found_damaged_are_promised_to_nobody() -> None:
    """Free goods come first, then the back of the queue loses; good again, they go to whoever waits."""
    world = World()
    world.stock(goods("L1", 10))
    world.place("#1")
    world.place("#2", wanted(quantity=4))
    assert kinds(world.told(turn(said(1, status="good", to="damaged")))) == ["StatusChanged"]
    events = world.told(turn(said(3, status="good", to="damaged"), number="T2"))
    assert kinds(events) == ["StatusChanged", "ReservationFreed"]
    assert (world.lots("#1"), world.lots("#2")) == ([("L1", 5)], [("L1", 1)])
    assert world.row("L1", status="damaged").on_hand == 4
    assert world.refused(turn(said(9, status="good", to="damaged"), number="T3"))[0] is Code.NOT_AVAILABLE
    assert world.refused(turn(said(1, status="good", to="good"), number="T3"))[1] == "lines.0.to_status"
    events = world.told(turn(said(4, status="damaged", to="good"), number="T3"))
    assert kinds(events) == ["StatusChanged", "OrderAllocated"]
    assert world.get("#2").state is OrderState.ALLOCATED
    world.told(turn(said(1, "L1", location=None, status="good", to="sample"), number="T4", happened=True))
    replayed(world)


def test_goods_without_a_lot_keep_their_date_when_they_move() -> None:
    """The receipt date goes along, and a row keeps the earliest."""
    world = World()
    world.stock(goods(None, 5, received=TODAY - timedelta(days=9)), goods(None, 5, location="B2", received=TODAY))
    world.told(move(said(2, None, to="B2")))
    assert world.row(None, "B2").received == TODAY - timedelta(days=9)
    world.told(move(said(2, None, to="B3"), number="M2"))
    assert world.row(None, "B3").received == TODAY - timedelta(days=9)
    replayed(world)


def shipped(world: World, number: str = "#1") -> None:
    """Ship three of L1 on two lines."""
    world.stock(goods("L1", 3), goods("L2", 4, expires=LATER))
    world.place(number, wanted(quantity=2), wanted("2", 1))
    world.told(world.ship(number))


def test_no_more_comes_back_than_left() -> None:
    """Of a lot, over all lines of the order; what came back lies apart and may be used again."""
    world = World()
    shipped(world)
    world.place("#2", wanted(quantity=9))
    assert world.refused(back("#9", said(1))) == (Code.UNKNOWN_ORDER, "order")
    assert world.refused(back("#1", said(4))) == (Code.MORE_THAN_SHIPPED, "lines.0.quantity")
    assert world.refused(back("#1", said(1, "L2"))) == (Code.MORE_THAN_SHIPPED, "lines.0.quantity")
    events = world.told(back("#1", said(3, sku=None, location=None, reason="taste")))
    assert kinds(events) == ["GoodsReturned", "OrderAllocated"]
    assert [(line.order_line, line.quantity) for line in only(events, GoodsReturned).lines] == [("1", 2), ("2", 1)]
    assert {(part.row.lot, part.row.location, part.row.returned) for part in world.parts("#2")} >= {
        ("L1", "DOCK", True)
    }
    assert world.told(back("#1", said(3, sku=None, location=None))) == ()
    assert world.refused(back("#1", said(2, sku=None, location=None))) == (Code.CONFLICTING_CONTENT, "lines.0.line")
    assert world.refused(back("#1", said(1), number="RMA-2")) == (Code.MORE_THAN_SHIPPED, "lines.0.quantity")
    replayed(world)


def test_what_came_back_is_there_whatever_had_left() -> None:
    """Happened, what cannot have left goes to quarantine and says why itself, also of an order nobody knows."""
    world = World()
    shipped(world)
    events = world.told(back("#1", said(5), happened=True))
    assert kinds(events) == ["GoodsReturned"]
    assert [line.discrepancy for line in only(events, GoodsReturned).lines] == [None, None, "more_than_shipped"]
    assert [(line.row.status, line.quantity) for line in only(events, GoodsReturned).lines] == [
        ("good", 2), ("good", 1), ("quarantine", 2),
    ]  # fmt: skip
    assert world.told(back("#1", said(5), happened=True)) == ()
    events = world.told(back("#9", said(1, "L2"), happened=True, number="RMA-2"))
    assert kinds(events) == ["GoodsReturned", "DiscrepancyNoted", "CounterfeitSuspected"]
    assert world.row("L2", status="quarantine").on_hand == 1
    replayed(world)


def test_a_return_without_a_lot_is_of_the_one_that_left() -> None:
    """Where one lot of the goods left for the order it need not be named; of goods without a lot the day is kept."""
    world = World()
    shipped(world)
    world.told(back("#1", said(1, None, sku=None)))
    assert world.row("L1").key.returned is True
    world.told(DefineItem(Item("NUT")))
    world.stock(goods(None, 2, sku="NUT"), balance="nuts")
    world.place("#2", wanted(sku="NUT", quantity=2))
    world.told(world.ship("#2", ShippedLine("1", None, Decimal(2)), shipment="S2"))
    world.told(back("#2", said(1, None, sku="NUT"), number="RMA-2"))
    assert world.refused(back("#2", said(2, None, sku="NUT"), number="RMA-3"))[0] is Code.MORE_THAN_SHIPPED


def test_several_lots_are_recalled_at_once() -> None:
    """All of them or none; what is picked is taken back too, and orders are decided again after all are out of use."""
    world = World()
    world.stock(goods("L1", 5), goods("L2", 5, expires=LATER), goods("L3", 2, expires=LATER + timedelta(days=9)))
    world.place("#1")
    world.told(world.pick("#1"))
    assert world.refused(RecallLots("RC", None, ())) == (Code.FIELD_MISSING, "lots")
    assert world.refused(RecallLots("RC", None, (("TEA", "L1"), (None, "L9")))) == (Code.UNKNOWN_LOT, "lots.1.lot")
    recall = RecallLots("RC", "glass", (("TEA", "L1"), (None, "L2"), ("TEA", "L1")))
    events = world.told(recall)
    assert kinds(events) == ["RecallOpened", "HoldPlaced", "HoldPlaced", "ReservationFreed", "OrderAllocated"]
    assert {event.hold.id for event in events if isinstance(event, HoldPlaced)} == {"RC"}
    assert world.lots("#1") == [("L3", 2)]
    assert world.told(recall) == ()
    replayed(world)


def test_a_document_at_an_unknown_site_that_has_happened_is_booked() -> None:
    """It is there, wherever that is; the site is a discrepancy."""
    world = World()
    events = world.told(adjust(said(1), site="NOWHERE", happened=True))
    assert kinds(events) == ["StockAdjusted", "DiscrepancyNoted"]


def test_lines_of_a_document_follow_each_other() -> None:
    """What one line of a move puts into a bin is there for the next one, also where that names no bin."""
    world = World()
    world.stock(goods("L1", 5))
    world.told(move(said(5, to="A"), said(3, location=None, line="2", to="B")))
    assert (world.row("L1", "A").on_hand, world.row("L1", "B").on_hand) == (2, 3)
    world.told(move(said(3, location="B", to="C"), said(2, location="C", line="2", to="D"), number="M2"))
    assert (world.row("L1", "C").on_hand, world.row("L1", "D").on_hand) == (1, 2)


def test_picked_goods_that_are_found_damaged_are_lost() -> None:
    """Where picked goods stand they may break: their order loses them and is given others."""
    world = World()
    world.stock(goods("L1", 5), goods("L2", 5, expires=LATER))
    world.place("#1", wanted("1", 5))
    world.told(world.pick("#1"))
    world.told(turn(said(2, location="STAGING", status="good", to="damaged")))
    assert sorted(world.lots("#1"), key=str) == [("L1", 3), ("L2", 2)]
    assert (world.row("L1", "STAGING").reserved, world.row("L1", "STAGING").on_hand) == (3, 3)
    assert world.row("L1", "STAGING", "damaged").on_hand == 2


def test_a_reason_nobody_can_add_up_is_refused() -> None:
    """Asked, another word than those there are is refused; what has happened is booked without it, and told of."""
    world = World()
    world.stock(goods("L1", 10))
    line = said(-2, code="shrinkage", reason="who knows")
    assert world.refused(adjust(line)) == (Code.FIELD_INVALID, "lines.0.code")
    events = world.told(adjust(line, happened=True))
    (change,) = only(events, StockAdjusted).changes
    assert (change.quantity, change.code, change.reason) == (-2, None, "who knows")
    assert only(events, DiscrepancyNoted).message.startswith("shrinkage is no reason that can be added up; send one of")
    assert world.told(adjust(line, happened=True)) == ()
