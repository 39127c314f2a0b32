"""Goods change their owner: out of one ledger, and into the other once."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain import titles
from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    AcceptTitle,
    CorrectLot,
    DefineItem,
    GoodsLine,
    PlaceBinHold,
    PlaceHold,
    PlaceOwnerHold,
    PlaceSerialHold,
    ReleaseTitle,
    StockLine,
)
from lotstream.domain.events import (
    DiscrepancyNoted,
    OrderAllocated,
    ReservationFreed,
    StockFound,
    TitleAccepted,
    TitleReleased,
)
from lotstream.domain.model import TITLE, Hold, HoldKind, Item, ReceiptKey, RowKey, SerialState, Tracking
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, kinds, only, wanted
from tests.unit.domain.test_serials import PUMP, pumps, unit
from tests.unit.domain.test_stock import replayed, said


def sell(*lines: StockLine, happened: bool = False, number: str = "S1", **more: Any) -> ReleaseTitle:
    """Goods become zenith's."""
    return ReleaseTitle("acme", SITE, happened, "erp", None, number, more.pop("to", "zenith"), lines, **more)


def buy(*lines: GoodsLine, happened: bool = True, number: str = "S1") -> AcceptTitle:
    """Goods of another owner come in."""
    return AcceptTitle(SITE, happened, "lotstream", None, number, "seller", lines)


def test_goods_that_are_sold_leave_the_ledger_once() -> None:
    """The row has less, the title says what of it went to whom as what; the same told again changes nothing."""
    world = World()
    world.stock(goods("L1", 10), goods("L1", 3, package="P1", line="2"))
    event = only(world.told(sell(said(12), to_skus={"TEA": "THEIRS"})), TitleReleased)
    assert [(line.line, line.row.package, line.quantity, line.sku) for line in event.title.lines] == [
        ("1", None, 10, "THEIRS"),
        ("1/2", "P1", 2, "THEIRS"),
    ]
    assert (event.title.to_owner, event.number) == ("zenith", "acme/S1")
    assert sum(row.on_hand for row in world.ledger.stock.values()) == 1
    assert world.told(sell(said("12.0"), to_skus={"TEA": "THEIRS"})) == ()
    assert world.refused(sell(said(1))) == (Code.CONFLICTING_CONTENT, "title")
    assert kinds(world.told(sell(said(1), happened=True))) == ["DiscrepancyNoted"]
    replayed(world)


def test_what_of_a_title_could_not_be_counted_is_named_when_it_is_told_again() -> None:
    """The line that was counted is sold and the other is not: told again, as it was, the one that is left is named."""
    world = World()
    world.stock(goods("L1", 10))
    command = sell(said(2), said(3, line="2", unit="crate"), happened=True)
    events = world.told(command)
    assert [line.line for line in only(events, TitleReleased).title.lines] == ["1"]
    noted = only(world.told(command), DiscrepancyNoted)
    assert noted.code == Code.CONFLICTING_CONTENT
    assert noted.message == ("Of title acme/S1 line 2 could not be counted; release it under another number.")
    assert world.row("L1").on_hand == 8
    replayed(world)


def test_only_free_goods_are_sold_when_asked() -> None:
    """Unknown lots, goods of orders, goods that stand for shipment, oneself as the buyer: each is refused by code."""
    world = World()
    world.stock(goods("L1", 10))
    world.place("#1", wanted(quantity=5))
    assert world.refused(sell(said(6))) == (Code.NOT_AVAILABLE, "lines.0.quantity")
    assert world.refused(sell(said(1, "L9"))) == (Code.UNKNOWN_LOT, "lines.0.lot")
    assert world.refused(sell(said(1, location="STAGING"))) == (Code.FIELD_INVALID, "lines.0.location")
    assert world.refused(sell(said(1), to="acme")) == (Code.WRONG_OWNER, "to_owner")
    assert world.refused(sell(said(1, sku="JAM"))) == (Code.UNKNOWN_ITEM, "lines.0.sku")
    assert world.refused(replace(sell(said(1)), site="NOWHERE")) == (Code.FIELD_INVALID, "site")


@pytest.mark.parametrize(
    ("hold", "field"),
    [
        (PlaceHold("H1", HoldKind.HOLD, "TEA", "L1"), "lines.0.lot"),
        (PlaceHold("H1", HoldKind.QUARANTINE, "TEA", "L1"), "lines.0.lot"),
        (PlaceHold("H1", HoldKind.RECALL, "TEA", "L1"), "lines.0.lot"),
        (PlaceOwnerHold(Hold("H1", HoldKind.HOLD), None), "lines.0.lot"),
        (PlaceOwnerHold(Hold("H1", HoldKind.HOLD), "S-3"), "lines.0.lot"),
        (PlaceBinHold(Hold("H1", HoldKind.HOLD), SITE, "BIN"), "lines.0.location"),
    ],
)
def test_what_is_held_is_not_sold(hold: Any, field: str) -> None:
    """A hold on lot, owner, supplier or bin stops a sale that is asked for; one that has happened is booked."""
    world = World()
    world.stock(goods("L1", 10, supplier="S-3"))
    world.told(hold)
    assert world.refused(sell(said(1))) == (Code.ON_HOLD, field)
    events = world.told(sell(said(1), happened=True))
    assert [event.code for event in events if isinstance(event, DiscrepancyNoted)] == ["on_hold"]
    assert world.row("L1").on_hand == 9
    replayed(world)


def test_units_are_sold_by_their_numbers() -> None:
    """They have left to the buyer with the title; one on hold, or in another order, is not sold."""
    world = World()
    world.told(DefineItem(PUMP))
    world.stock(pumps("L1", "A", "B", "C"))
    world.told(PlaceSerialHold(Hold("H1", HoldKind.HOLD), "PUMP", "B"))
    leave = said(1, sku="PUMP", serials=("B",), location="BIN")
    assert world.refused(sell(leave)) == (Code.ON_HOLD, "lines.0.serials.0")
    assert world.refused(sell(said(3, sku="PUMP"))) == (Code.ON_HOLD, "lines.0.quantity")
    assert world.refused(sell(replace(leave, serials=("A", "B")))) == (Code.FIELD_INVALID, "lines.0.serials")
    event = only(world.told(sell(replace(leave, serials=("A",)))), TitleReleased)
    assert event.title.lines[0].serials == ("A",)
    gone = unit(world, "A")
    assert (gone.state, gone.customer, gone.shipment) == (SerialState.SHIPPED, "zenith", "acme/S1")
    world.told(sell(said(3, sku="PUMP", serials=("A", "B", "X")), number="S2", happened=True))
    assert [unit(world, number).state for number in ("A", "B", "X")] == [SerialState.SHIPPED] * 3
    world.told(sell(replace(leave, serials=("C", "C")), number="S3", happened=True))
    replayed(world)


def test_what_was_sold_is_booked_and_whoever_loses_it_is_served_elsewhere() -> None:
    """Goods nobody knew of are found first; promises of what is gone go to other lots in the same decision."""
    world = World()
    world.stock(goods("L1", 5), goods("L2", 5, expires=TODAY + timedelta(days=60)))
    world.place("#1", wanted(quantity=5))
    events = world.told(sell(said(7), said(1, sku="JAM", line="2"), happened=True))
    assert only(events, StockFound).quantity == 2
    assert only(events, ReservationFreed).key.order == only(events, OrderAllocated).key.order == "#1"
    assert world.lots("#1") == [("L2", 5)]
    assert [event.code for event in events if isinstance(event, DiscrepancyNoted)] == ["unknown_item", "not_available"][
        ::-1
    ]
    assert kinds(world.told(sell(said(1, sku="JAM"), happened=True, number="S2"))) == ["DiscrepancyNoted"]
    replayed(world)


def test_goods_in_too_many_rows_are_sold_under_several_titles(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes to the buyer goes in one message, which holds only so many lines."""
    monkeypatch.setattr(titles, "LINES_MAX", 1)
    world = World()
    world.stock(goods("L1", 10), goods("L1", 3, package="P1", line="2"))
    assert world.refused(sell(said(12))) == (Code.TOO_LARGE, "lines")


def test_goods_that_were_bought_come_in_once() -> None:
    """They fill what waits; told again they change nothing; what nobody can count may be told again."""
    world = World()
    world.place("#1", wanted(quantity=4))
    world.place("#2", wanted(quantity=4))
    line, other = goods("L1", 4), goods("L2", 4, sku="JAM", line="2")
    events = world.told(buy(line, other))
    assert kinds(events) == ["TitleAccepted", "DiscrepancyNoted", "OrderAllocated"]
    assert ReceiptKey(TITLE, "seller/S1") in world.warehouse.documents
    assert kinds(world.told(buy(line, other))) == ["DiscrepancyNoted"]
    world.told(DefineItem(replace(world.ledger.items["TEA"], sku="JAM", gtins=())))
    assert [one.row.sku for one in only(world.told(buy(line, other)), TitleAccepted).lines] == ["JAM"]
    assert world.told(buy(line, other)) == ()
    assert world.refused(buy(goods("L3", 4, sku="FIG"), happened=False)) == (Code.UNKNOWN_ITEM, "lines.0.sku")
    # A hold that comes with goods concerns what was promised of the lot before.
    assert "ReservationFreed" in kinds(world.told(buy(goods("L1", 1, hold=HoldKind.HOLD), number="S2")))
    replayed(world)


def test_units_that_were_bought_are_in_stock() -> None:
    """Their numbers are known from then on."""
    world = World()
    world.told(DefineItem(PUMP))
    world.told(buy(pumps("L1", "A")))
    assert unit(world, "A").row == RowKey("PUMP", "L1", SITE, "BIN")
    assert unit(world, "A").state is SerialState.IN_STOCK
    assert Decimal(world.row("L1").on_hand) == 10
    replayed(world)


def test_goods_without_a_lot_are_bought_too() -> None:
    """What is not tracked by lot has none."""
    world = World()
    world.told(DefineItem(Item("BAG", tracking=Tracking.NONE)))
    assert kinds(world.told(buy(goods(None, 4, sku="BAG", expires=None)))) == ["TitleAccepted"]
    assert world.row(None).on_hand == 4


def test_a_sale_is_known_again_by_the_old_number_of_its_lot() -> None:
    """What was told of it is the same."""
    world = World()
    world.stock(goods("L1", 10))
    world.told(sell(said(4)))
    world.told(CorrectLot("LC-1", "TEA", "L1", to_lot="N1"))
    assert world.told(sell(said(4))) == ()
    assert world.row("N1").on_hand == 6


def test_a_unit_on_hold_goes_over_from_quarantine_as_such() -> None:
    """What was sold although it was on hold leaves no other unit behind in its place, and is nobody's good stock."""
    world = World()
    world.told(DefineItem(PUMP))
    world.stock(pumps("L1", "A", "B", "C"))
    world.told(PlaceSerialHold(Hold("H1", HoldKind.HOLD), "PUMP", "B"))
    leave = said(2, sku="PUMP", serials=("A", "B"), location="BIN")
    event = only(world.told(sell(leave, happened=True)), TitleReleased)
    lines = [(line.line, line.row.status, line.quantity, line.serials) for line in event.title.lines]
    assert lines == [("1", "quarantine", 10, ("B",)), ("1/2", "good", 10, ("A",))]
    assert {key.status: row.on_hand for key, row in world.ledger.stock.items()} == {"good": 10}
    replayed(world)


def test_a_unit_on_hold_that_lies_nowhere_is_found_in_quarantine() -> None:
    """The books had it elsewhere: it is found on hold, and sold on hold."""
    world = World()
    world.told(DefineItem(PUMP))
    world.stock(pumps("L1", "A", "B"))
    world.told(PlaceSerialHold(Hold("H1", HoldKind.HOLD), "PUMP", "B"))
    events = world.told(sell(said(1, sku="PUMP", serials=("B",), location="BIN-2"), happened=True))
    assert [event.row.status for event in events if isinstance(event, StockFound)] == ["quarantine"]
    assert [line.row.status for line in only(events, TitleReleased).title.lines] == ["quarantine"]
    replayed(world)


def test_every_line_for_the_buyer_has_an_id_that_may_be() -> None:
    """Goods of one line in several rows are lines of ids that nobody else has, and that are not too long."""
    world, long = World(), "9" * 128
    world.stock(goods("L1", 10), goods("L1", 3, package="P1", line="2"), goods("L1", 4, package="P2", line="3"))
    world.stock(goods("L2", 5), goods("L2", 5, package="P1", line="2"), balance="more")
    lines = said(17), said(1, "L2", line="1/2"), said(6, "L2", line=long)
    event = only(world.told(sell(*lines)), TitleReleased)
    ids = [line.line for line in event.title.lines]
    assert ids == ["1", "1/3", "1/4", "1/2", long, f"{'9' * 100}/2"]


def test_goods_that_the_buyer_has_in_coarser_units_are_kept_with_a_person() -> None:
    """Half a piece is nothing the buyer can count: it is told whole, beside the lines that are booked."""
    world = World()
    lines = goods("L1", "1.5"), goods("L2", 2, line="2")
    assert kinds(world.told(buy(*lines))) == ["TitleAccepted", "DiscrepancyNoted"]
    assert world.row("L2").on_hand == 2
    assert world.refused(buy(*lines, happened=False, number="S2")) == (Code.NOT_A_MULTIPLE, "lines.0.quantity")
