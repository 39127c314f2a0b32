"""Goods that come back announced, or without saying of which order; and goods that cannot be what they say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import (
    AnnouncedLine,
    ChangeSettings,
    CorrectLot,
    DefineCustomer,
    DefineItem,
    ExpectReturn,
    ReturnGoods,
    ShippedLine,
    StockLine,
)
from lotstream.domain.events import CounterfeitSuspected, Event, GoodsReturned, ReturnAnnounced
from lotstream.domain.history import asks_history, questions
from lotstream.domain.model import Customer, ExpectedBack, Item, LeftFor, Settings, Tracking, return_expected_key
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, kinds, only, wanted


@pytest.fixture
def world() -> World:
    """Three of L1 and then two left for C-7 with two orders, one of L2 for C-8."""
    made = World()
    made.stock(goods("L1", 5), goods("L2", 5))
    for customer in ("C-7", "C-8"):
        made.told(DefineCustomer(Customer(customer)))
    for number, customer, lot, quantity in (("#1", "C-7", "L1", 3), ("#2", "C-7", "L1", 2), ("#3", "C-8", "L2", 1)):
        made.place(number, wanted(quantity=quantity, lot=lot), customer=customer)
        made.told(made.ship(number, shipment=number))
    return made


def said(quantity: int, lot: str | None = "L1", line: str = "1", **more: Any) -> StockLine:  # noqa: ANN401 - as lines have them
    """A line of a return."""
    return StockLine(line, more.pop("sku", "TEA"), lot, "BACK", Decimal(quantity), **more)


def blind(*lines: StockLine, customer: str | None = "C-7", happened: bool = False, **more: Any) -> ReturnGoods:  # noqa: ANN401
    """A return that names no order."""
    number = more.pop("number", "RMA")
    return ReturnGoods(SITE, happened, "door", None, number, more.pop("key", None), lines, customer, **more)


def expect(*lines: AnnouncedLine, number: str = "A-1", **more: Any) -> ExpectReturn:  # noqa: ANN401
    """An announcement."""
    return ExpectReturn(number, SITE, more.pop("key", key("#1")), more.pop("customer", None), None, lines)


def announced(quantity: object, lot: str | None = "L1", line: str = "1", **more: Any) -> AnnouncedLine:  # noqa: ANN401
    """A line of an announcement."""
    return AnnouncedLine(line, more.pop("sku", "TEA"), lot, Decimal(str(quantity)), **more)


def returned(events: tuple[Event, ...]) -> list[tuple[str | None, int, str]]:
    """Order, quantity and condition of what was taken back."""
    return [
        (None if event.key is None else event.key.order, line.quantity, line.row.status)
        for event in events
        if isinstance(event, GoodsReturned)
        for line in event.lines
    ]


def test_without_an_order_it_is_what_the_customer_got_of_the_lot(world: World) -> None:
    """His orders with the lot one after the other; more than he got is refused, and told again it changes nothing."""
    command = blind(said(4))
    world.ledger.receipts[return_expected_key("RMA")] = None
    assert (asks_history(command), questions(world.ledger, command)) == (True, (LeftFor("C-7", "TEA", "L1"),))
    assert questions(world.ledger, blind(said(1, sku=None))) == (LeftFor("C-7", "TEA", "L1"),)
    assert not asks_history(replace(command, key=key("#1")))
    assert world.refused(blind(said(6))) == (Code.MORE_THAN_SHIPPED, "lines.0.quantity")
    assert world.refused(blind(said(1, "L2"))) == (Code.UNKNOWN_ORDER, "lines.0.quantity")
    events = world.told(command)
    assert returned(events) == [("#1", 3, "good"), ("#2", 1, "good")]
    assert world.told(command) == ()
    assert [one.returned for one in world.line("#2").lots_shipped] == [1]


def test_nothing_comes_back_twice_in_one_message(world: World) -> None:
    """What one line of a return brings has left no more when the next one is looked at."""
    twice = blind(said(5), said(1, line="2"))
    assert world.refused(twice) == (Code.MORE_THAN_SHIPPED, "lines.1.quantity")
    assert returned(world.told(replace(twice, happened=True))) == [
        ("#1", 3, "good"), ("#2", 2, "good"), (None, 1, "quarantine"),
    ]  # fmt: skip


def test_too_much_is_told_by_the_lot_or_the_item(world: World) -> None:
    """Whoever reads it knows what to look for; where two lots left, goods without one are of neither."""
    world.stock(goods("L3", 5), goods("L4", 5), balance="more")
    world.place("#4", wanted("1", 2, lot="L3"), wanted("2", 2, lot="L4"))
    world.told(world.ship("#4", shipment="#4"))
    for line, what in ((said(6, "L3"), "4 each of lot L3 of TEA"), (said(6, None), "6 each of TEA")):
        refusal = world.warehouse.decide(blind(line, customer=None, key=key("#4")))
        assert isinstance(refusal, Refusal)
        assert refusal.message.startswith(f"{what} more came back")


def test_a_customer_and_an_order_mean_the_order(world: World) -> None:
    """Nothing is asked of the past then; of a lot that nobody knows it is asked by its number."""
    assert questions(world.ledger, blind(said(1), key=key("#1"))) == ()
    world.ledger.receipts[return_expected_key("RMA")] = None
    assert questions(world.ledger, blind(said(1, "L9"))) == (LeftFor("C-7", "TEA", "L9"),)


def test_units_come_back_to_the_order_they_left_with(world: World) -> None:
    """Two pumps in one line of a return, one of each order: each order has its own back by its number."""
    world.told(DefineItem(Item("PUMP", tracking=Tracking.SERIAL, decimals=1)))
    world.stock(goods("P", 2, sku="PUMP", serials=("SN1", "SN2")), balance="pumps")
    for number in ("1", "2"):
        world.place(f"P{number}", wanted(sku="PUMP", quantity=1, serial=f"SN{number}"), customer="C-7")
        world.told(world.ship(f"P{number}", shipment=f"P{number}"))
    events = world.told(blind(said(2, "P", sku="PUMP", serials=("SN1", "SN2"))))
    back = [event for event in events if isinstance(event, GoodsReturned)]
    assert [(event.key, [line.serials for line in event.lines]) for event in back] == [
        (key("P1"), [("SN1",)]), (key("P2"), [("SN2",)]),
    ]  # fmt: skip


def test_doubts_about_one_line_are_none_about_the_next(world: World) -> None:
    """Two pumps nobody has sold, and tea with a number that tea does not have: the tea comes back as what it is."""
    world.told(DefineItem(Item("PUMP", tracking=Tracking.SERIAL)))
    pumps, tea = said(2, "P", sku="PUMP", serials=("SN8", "SN9")), said(1, line="2", serials=("X",))
    events = world.told(blind(pumps, tea, customer=None, key=key("#1"), happened=True))
    assert sorted(returned(events), key=str) == [("#1", 1, "good"), ("#1", 2, "quarantine")]
    assert [one.returned for one in world.line("#1").lots_shipped] == [1]


def test_doubts_say_of_how_much_they_are(world: World) -> None:
    """In the item's base unit: of each unit by its number, and of what never left for anybody."""
    world.told(DefineItem(Item("PUMP", tracking=Tracking.SERIAL, decimals=1)))
    numbered = said(3, "P", sku="PUMP", serials=("SN7", "SN8", "SN9"))
    events = world.told(blind(numbered, said(2, "P9", "2", sku="PUMP"), happened=True))
    doubts = [event for event in events if isinstance(event, CounterfeitSuspected)]
    assert [(doubt.about.get("serial"), str(doubt.quantity)) for doubt in doubts] == [
        ("SN7", "1.0"), ("SN8", "1.0"), ("SN9", "1.0"), (None, "2.0"),
    ]  # fmt: skip
    assert sorted(units for _, units, _ in returned(events)) == [20, 30]


def test_what_is_doubted_by_number_is_not_doubted_by_lot_again(world: World) -> None:
    """Two pumps of a lot that never left: one has a number that did, the other one that nobody knows."""
    world.told(DefineItem(Item("PUMP", tracking=Tracking.SERIAL)))
    world.stock(goods("P", 1, sku="PUMP", serials=("SN1",)), balance="pumps")
    world.place("P1", wanted(sku="PUMP", quantity=1, serial="SN1"), customer="C-7")
    world.told(world.ship("P1", shipment="P1"))
    line = said(2, "P9", sku="PUMP", serials=("SN1", "SN9"))
    events = world.told(blind(line, customer=None, key=key("P1"), happened=True))
    doubts = [event for event in events if isinstance(event, CounterfeitSuspected)]
    assert [(doubt.about.get("serial"), str(doubt.quantity)) for doubt in doubts] == [("SN9", "1"), (None, "1")]
    back = [line for event in events if isinstance(event, GoodsReturned) for line in event.lines]
    assert [(line.quantity, line.row.status, line.doubted) for line in back] == [
        (1, "quarantine", True), (1, "quarantine", True),
    ]  # fmt: skip


def test_an_announcement_of_an_order_asks_nothing_of_the_past(world: World) -> None:
    """Whoever names the customer besides: what left with that order is known."""
    told = only(world.told(expect(announced(1))), ReturnAnnounced).expected
    back = blind(said(1), expected="A-1")
    world.ledger.receipts[told.key] = told
    assert questions(world.ledger, back) == ()
    assert returned(world.told(back)) == [("#1", 1, "good")]


def test_what_has_come_back_is_not_announced_again(world: World) -> None:
    """Two of three came: one may still be announced, and two are refused by the lot's name."""
    world.told(blind(said(2), customer=None, key=key("#1")))
    assert world.refused(expect(announced(2))) == (Code.MORE_THAN_SHIPPED, "lines.0.quantity")
    refusal = world.warehouse.decide(expect(announced(2)))
    assert isinstance(refusal, Refusal)
    assert refusal.message.startswith("More of L1 than left")
    assert kinds(world.told(expect(announced(1)))) == ["ReturnAnnounced"]


def test_each_line_of_an_announcement_is_of_its_goods(world: World) -> None:
    """What comes of another lot is counted against no line of this one, and where some has come it stays as it is."""
    world.stock(goods("L3", 5), balance="more")
    world.place("#4", wanted("1", 2, lot="L1"), wanted("2", 2, lot="L3"))
    world.stock(goods("L1", 2), balance="again")
    world.told(world.ship("#4", shipment="#4"))
    both = expect(announced(2), announced(2, "L3", "2"), key=key("#4"))
    world.told(both)
    event = only(world.told(blind(said(2, "L3"), customer=None, expected="A-1")), GoodsReturned)
    assert event.announced is not None
    assert [line.returned for line in event.announced.lines] == [0, 2]
    other = expect(announced(1), key=key("#4"))
    assert world.refused(other) == (Code.CONFLICTING_CONTENT, "return")


def test_what_nobody_can_have_got_is_doubted(world: World) -> None:
    """It has come and lies in quarantine; people are told that it may be counterfeit."""
    events = world.told(blind(said(1, "L2"), said(1, "L9", "2", sku="TEA"), happened=True))
    assert returned(events) == [(None, 1, "quarantine"), (None, 1, "quarantine")]
    doubts = [event for event in events if isinstance(event, CounterfeitSuspected)]
    assert [(doubt.code, doubt.about["lot"]) for doubt in doubts] == [
        ("more_than_shipped", "L2"),
        ("unknown_lot", "L9"),
    ]
    assert "it never left for him: it may be counterfeit" in doubts[0].message
    only_more = world.told(blind(said(9), number="R2", happened=True))
    assert [event for event in only_more if isinstance(event, CounterfeitSuspected)] == []
    assert world.refused(blind(said(1), customer=None, number="R3")) == (Code.FIELD_MISSING, "order")
    nobody = world.told(blind(said(1), customer=None, number="R3", happened=True))
    assert kinds(nobody) == ["GoodsReturned", "DiscrepancyNoted", "CounterfeitSuspected"]


def test_units_that_were_never_sold_or_came_twice_are_doubted(world: World) -> None:
    """Unknown, in the house, sold to somebody else: each says why."""
    world.told(DefineItem(Item("PUMP", tracking=Tracking.SERIAL)))
    for number, customer in (("1", "C-7"), ("2", "C-8"), ("3", None)):
        world.stock(goods(f"P{number}", 1, sku="PUMP", serials=(f"SN{number}",)), balance=f"P{number}")
        if customer is not None:
            world.place(f"P{number}", wanted(sku="PUMP", quantity=1, lot=f"P{number}"), customer=customer)
            left = ShippedLine("1", f"P{number}", Decimal(1), serials=(f"SN{number}",))
            world.told(world.ship(f"P{number}", left, shipment=f"P{number}"))
    line = said(1, "P1", sku="PUMP", serials=("SN1",))
    assert returned(world.told(blind(line, number="R1"))) == [("P1", 1, "good")]
    doubts = []
    for number in ("SN1", "SN2", "SN3", "SN9"):
        line = said(1, "P1", sku="PUMP", serials=(number,))
        command = blind(line, number=f"R-{number}", key=key("P1"))
        assert world.refused(command) == (Code.MORE_THAN_SHIPPED, "lines.0.serials.0")
        events = world.told(replace(command, happened=True))
        doubts += [
            event.message for event in events if isinstance(event, CounterfeitSuspected) and "Serial" in event.message
        ]
    assert [doubt.split(", and ")[1].split(":")[0] for doubt in doubts] == [
        "it is in the house, or was never sold", "it was sold to somebody else",
        "it is in the house, or was never sold", "nobody has ever seen it",
    ]  # fmt: skip


def test_an_announced_return_is_of_its_order(world: World) -> None:
    """What came is counted against it; more than announced is refused when asked, else a discrepancy."""
    told = only(world.told(expect(announced(2), announced(1, None, "2"))), ReturnAnnounced).expected
    assert told.lines == (ExpectedBack("1", "TEA", "L1", 2), ExpectedBack("2", "TEA", None, 1))
    assert world.told(expect(announced(2), announced(1, None, "2"))) == ()
    back = blind(said(3), customer=None, expected="A-1")
    assert questions(world.ledger, replace(back, key=key("#1"))) == ()
    event = only(world.told(back), GoodsReturned)
    assert event.key == key("#1")
    assert event.announced is not None
    assert [line.returned for line in event.announced.lines] == [2, 1]
    more = replace(back, number="R2", lines=(said(1),), key=key("#2"))
    assert world.refused(more) == (Code.MORE_THAN_SHIPPED, "lines.0.quantity")
    assert kinds(world.told(replace(more, happened=True))) == ["GoodsReturned", "DiscrepancyNoted"]
    assert world.told(expect(announced(2), announced(1, None, "2"))) == ()
    assert world.refused(expect(announced(1))) == (Code.CONFLICTING_CONTENT, "return")
    assert world.refused(replace(back, expected="NONE", number="R4")) == (Code.NOT_AVAILABLE, "expected")
    unknown = world.told(replace(back, expected="NONE", number="R4", customer="C-7", lines=(said(1),), happened=True))
    assert returned(unknown) == [("#2", 1, "good")]


def test_a_return_under_the_number_that_was_announced_is_that_one(world: World) -> None:
    """Nobody has to say it twice; a return of another order or customer with the same number is another return."""
    world.told(expect(announced(2)))
    assert world.refused(blind(said(3), customer=None, number="A-1")) == (Code.MORE_THAN_SHIPPED, "lines.0.quantity")
    other = blind(said(1, line="a"), customer=None, key=key("#2"), number="A-1")
    assert only(world.told(other), GoodsReturned).announced is None
    event = only(world.told(blind(said(1, line="2"), customer="C-7", number="A-1")), GoodsReturned)
    assert event.key == key("#1")
    assert event.announced is not None
    assert [line.returned for line in event.announced.lines] == [1]
    world.told(expect(announced(1), number="A-2", key=None, customer="C-7"))
    assert only(world.told(blind(said(1, "L2"), customer="C-8", number="A-2")), GoodsReturned).announced is None


def test_an_announcement_of_a_customer_is_matched_to_what_he_got(world: World) -> None:
    """As long as nothing has come it may be told otherwise."""
    world.told(expect(announced(9), key=None, customer="C-7"))
    world.told(expect(announced(1), key=None, customer="C-7"))
    assert returned(world.told(blind(said(1), customer=None, expected="A-1"))) == [("#1", 1, "good")]


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (expect(announced(1), key=None), (Code.FIELD_MISSING, "order")),
        (expect(announced(1), key=key("#9")), (Code.UNKNOWN_ORDER, "order")),
        (expect(announced(4)), (Code.MORE_THAN_SHIPPED, "lines.0.quantity")),
        (expect(announced(1, "L2")), (Code.MORE_THAN_SHIPPED, "lines.0.quantity")),
        (expect(announced(2), announced(2, line="2")), (Code.MORE_THAN_SHIPPED, "lines.1.quantity")),
        (expect(announced(1), announced(1)), (Code.FIELD_INVALID, "lines.1.line")),
        (expect(announced(1, sku="NUT")), (Code.UNKNOWN_ITEM, "lines.0.sku")),
        (expect(announced(1, unit="box")), (Code.UNKNOWN_UNIT, "lines.0.unit")),
        (expect(announced(0)), (Code.NOT_POSITIVE, "lines.0.quantity")),
        (expect(), (Code.FIELD_MISSING, "lines")),
        (replace(expect(announced(1)), site="NOWHERE"), (Code.FIELD_INVALID, "site")),
    ],
)
def test_what_cannot_come_back_is_not_announced(world: World, command: ExpectReturn, refusal: tuple[Code, str]) -> None:
    """An order, item, unit or site nobody knows, more than left, and nothing at all."""
    assert world.refused(command) == refusal


@pytest.mark.parametrize("lot", ["L1", "N1"])
def test_what_left_under_a_former_number_comes_back_to_its_order(world: World, lot: str) -> None:
    """The lot was called otherwise after it was sold: it is genuine, and comes back to the order it left with."""
    world.told(CorrectLot("LC1", "TEA", "L1", to_lot="N1"))
    assert returned(world.told(blind(said(2, lot)))) == [("#1", 2, "good")]


def test_an_owner_may_have_every_return_looked_at_first(world: World) -> None:
    """What says no condition comes in that of the settings; what says one has it."""
    world.told(ChangeSettings(Settings(returned_status="quarantine")))
    assert returned(world.told(blind(said(1)))) == [("#1", 1, "quarantine")]
    assert returned(world.told(blind(said(1, status="good"), number="RMA-2"))) == [("#1", 1, "good")]
