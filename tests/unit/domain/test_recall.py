"""Recalls: which lots, how far they have come, who is written to, what they answer, and how it ends."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    AnswerRecall,
    CloseRecall,
    DefineCustomer,
    DefineItem,
    KitPiece,
    LiftHold,
    LotAnswered,
    MadeLine,
    RecallLots,
    RecordProduction,
    ShippedLine,
)
from lotstream.domain.events import ConsigneesListed, Event, HoldPlaced, RecallAnswered, RecallClosed, RecallOpened
from lotstream.domain.history import questions
from lotstream.domain.model import (
    Consignee,
    ConsigneeAnswer,
    Customer,
    Item,
    LotGot,
    LotMore,
    LotName,
    LotRecovered,
    Reached,
    Recall,
    RecallState,
    recall_key,
)
from lotstream.testing.reach import look_back
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted

LATER = TODAY + timedelta(days=60)
L1 = RecallLots("RC", "glass", (("TEA", "L1"),), by="qa")


@pytest.fixture
def world() -> World:
    """Two lots of one supplier and one of another; 6 of L1 left with three orders for two customers and one person."""
    made = World()
    for customer in ("C-7", "C-8"):
        made.told(DefineCustomer(Customer(customer)))
    made.stock(
        goods("L1", 9, supplier="S-3", supplier_lot="24A", made=date(2026, 6, 1)),
        goods("L2", 9, expires=LATER, supplier="S-3", supplier_lot="24B", made=date(2026, 6, 9)),
        goods("L3", 9, expires=LATER, supplier="S-4", supplier_lot="24A"),
    )
    for order, who in (("#1", {"customer": "C-7"}), ("#2", {"customer": "C-7"}), ("#3", {"person": "p" * 32})):
        made.place(order, wanted(quantity=2), city="Columbus", region="OH", country="US", **who)
        made.told(made.ship(order, shipment=order))
    return made


def recall_of(world: World, number: str = "RC") -> Recall:
    """The recall as it is kept."""
    found = world.warehouse.documents[recall_key(number)]
    assert isinstance(found, Recall)
    return found


def listed(events: tuple[Event, ...]) -> list[Consignee]:
    """Everybody who is written to."""
    return [one for event in events if isinstance(event, ConsigneesListed) for one in event.consignees]


def held(events: tuple[Event, ...]) -> list[str]:
    """The lots that are held, in this order."""
    return [event.lot for event in events if isinstance(event, HoldPlaced)]


def test_whoever_got_any_of_it_is_written_to(world: World) -> None:
    """One letter a customer and address with all his orders; what is in the house is held and counted."""
    world.place("#4", wanted(quantity=2), customer="C-8")
    events = world.told(L1)
    assert kinds(events) == ["RecallOpened", "HoldPlaced", "ReservationFreed", "OrderAllocated", "ConsigneesListed"]
    by_customer = {one.to.customer: one.to for one in listed(events)}
    assert by_customer["C-7"].orders == (key("#1"), key("#2"))
    assert by_customer["C-7"].lots == (LotGot("TEA", "L1", 4, 0),)
    to = by_customer[None]
    assert (to.person, to.city, to.region, to.postcode, to.country) == ("p" * 32, "Columbus", "OH", None, "US")
    recall = recall_of(world)
    assert recall.reached == Reached({"TEA": 6}, {"TEA": 6}, 3, 3, 2, 2, 2)
    assert (recall.held, recall.promised, recall.open_orders) == ({"TEA": 3}, {"TEA": 2}, 1)
    assert (recall.consignees, recall.answered, recall.state, recall.by) == (2, 0, RecallState.OPEN, "qa")
    assert recall.asked_at == world.warehouse.moment().recorded_at
    (hold,) = [event.hold for event in events if isinstance(event, HoldPlaced)]
    assert (hold.id, hold.by, hold.at) == ("RC", "qa", recall.asked_at)
    assert world.told(L1) == ()


def test_what_left_since_is_written_about_when_it_is_told_again(world: World) -> None:
    """Goods on hold that left all the same; nobody else gets a second letter."""
    first = {one.to.customer: one.to.id for one in listed(world.told(L1))}
    world.place("#5", wanted(quantity=1, lot="L1"), customer="C-7", city="Columbus", region="OH", country="US")
    world.told(
        world.ship("#5", ShippedLine("1", "L1", Decimal(1), location="BIN"), happened=True, shipment="S5"),
    )
    again = world.told(L1)
    assert kinds(again) == ["RecallOpened", "ConsigneesListed"]
    assert [(one.to.id, one.to.lots) for one in listed(again)] == [(first["C-7"], (LotGot("TEA", "L1", 5, 0),))]
    assert recall_of(world).consignees == 2
    assert recall_of(world).reached.units == {"TEA": 7}


def test_a_drill_finds_the_same_and_changes_nothing(world: World) -> None:
    """But for its own document; the same number is then that of a drill for good."""
    world.place("#4", wanted(quantity=2))
    before = world.warehouse.state()
    drill = replace(L1, drill=True)
    (opened,) = world.told(drill)
    assert isinstance(opened, RecallOpened)
    found = opened.recall
    world.warehouse.documents.pop(recall_key("RC"))
    assert world.warehouse.state() == before
    real = only(world.told(replace(L1, recall="R2")), RecallOpened).recall
    assert replace(real, key=found.key, drill=True, state=RecallState.CLOSED) == found
    world.told(replace(drill, recall="R3"))
    assert world.told(replace(drill, recall="R3")) == ()
    assert world.refused(replace(L1, recall="R3")) == (Code.CONFLICTING_CONTENT, "recall")
    assert world.refused(replace(drill, recall="R2")) == (Code.CONFLICTING_CONTENT, "recall")


@pytest.mark.parametrize(
    ("said", "lots"),
    [
        ({"supplier_lot": "24A"}, ["L1", "L3"]),
        ({"supplier": "S-3"}, ["L1", "L2"]),
        ({"supplier": "S-3", "supplier_lot": "24A"}, ["L1"]),
        ({"made_from": date(2026, 6, 1), "made_to": date(2026, 6, 8)}, ["L1"]),
        ({"made_from": date(2026, 6, 2)}, ["L2"]),
        ({"made_to": date(2026, 6, 30), "sku": "TEA"}, ["L1", "L2"]),
    ],
)
def test_lots_are_found_by_what_they_have_in_common(world: World, said: dict[str, Any], lots: list[str]) -> None:
    """By supplier, its number, days they were made on, and SKU; of whose days nobody knows is not made then."""
    assert held(world.told(RecallLots("RC", None, (), **said))) == lots


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (RecallLots("RC", None, ()), (Code.FIELD_MISSING, "lots")),
        (RecallLots("RC", None, (), sku="TEA"), (Code.FIELD_MISSING, "lots")),
        (RecallLots("RC", None, (("TEA", "L1"),), sku="TEA"), (Code.FIELD_INVALID, "sku")),
        (RecallLots("RC", None, (("TEA", "L1"),), supplier_lot="24A"), (Code.FIELD_INVALID, "supplier_lot")),
        (RecallLots("RC", None, (), supplier_lot="X"), (Code.UNKNOWN_LOT, "supplier_lot")),
        (RecallLots("RC", None, (), supplier="X"), (Code.UNKNOWN_LOT, "supplier")),
        (RecallLots("RC", None, (), sku="NUT", made_from=TODAY), (Code.UNKNOWN_LOT, "made_from")),
        (RecallLots("RC", None, (), made_from=LATER, made_to=TODAY), (Code.FIELD_INVALID, "made_to")),
        (RecallLots("RC", None, (), sku="NUT", made_to=TODAY), (Code.UNKNOWN_LOT, "made_to")),
    ],
)
def test_a_recall_of_nothing_is_refused(world: World, command: RecallLots, refusal: tuple[Code, str]) -> None:
    """Without lots, with lots and what they have in common, and when nothing fits."""
    assert world.refused(command) == refusal


def test_what_was_made_of_a_lot_is_recalled_with_it(world: World) -> None:
    """At any depth, cycles included, with those who got it; the names it had are looked for too."""
    bar = Item("BAR", former=("OLD-BAR",))
    world.told(DefineItem(bar))
    world.stock(goods("B1", 5, sku="BAR"), goods("B2", 5, sku="BAR"), balance="bars")
    lots = world.ledger.lots
    lots["BAR", "B1"] = replace(lots["BAR", "B1"], more=LotMore(made_from=(LotName("BAR", "B2"), LotName("TEA", "L1"))))
    lots["BAR", "B2"] = replace(lots["BAR", "B2"], more=LotMore(made_from=(LotName("BAR", "B1"),), aliases=("B0",)))
    world.place("#9", wanted(sku="BAR", quantity=1, lot="B2"), customer="C-8")
    world.told(world.ship("#9", shipment="S9"))
    events = world.told(L1)
    assert held(events) == ["L1", "B1", "B2"]
    assert {one.to.customer for one in listed(events)} == {"C-7", "C-8", None}
    recall = recall_of(world)
    assert (recall.lots, recall.descendants) == ((LotName("TEA", "L1"),), (LotName("BAR", "B1"), LotName("BAR", "B2")))
    assert recall.held == {"BAR": 9, "TEA": 3}
    world.ledger.receipts[recall_key("RX")] = None
    (question,) = questions(world.ledger, replace(L1, recall="RX"))
    assert [*question[0]][1:] == [
        ("BAR", "B1"), ("BAR", "B2"), ("OLD-BAR", "B1"), ("BAR", "B0"), ("OLD-BAR", "B2"), ("OLD-BAR", "B0"),
    ]  # fmt: skip
    assert recall.former == question[0][3:]


def test_what_comes_of_recalled_goods_later_is_part_of_the_recall(world: World) -> None:
    """Goods made of them, parts, and more that the supplier calls by the number: closing and telling again find all."""
    world.told(DefineItem(Item("BAR")))
    world.told(L1)
    world.told(
        RecordProduction(
            SITE, True, "line-1", None, "P1", (KitPiece("1", "TEA", "L1", "BIN", Decimal(1)),),
            (MadeLine("M", "BAR", "B1", "OUT", Decimal(5)),),
        )
    )  # fmt: skip
    again = goods("L9", 4, supplier="S-3", supplier_lot="24A", line="1")
    other = goods("L8", 4, supplier="S-4", supplier_lot="24A", line="2")
    world.told(world.receipt(again, other))
    assert world.ledger.lots["TEA", "L8"].holds == ()
    world.place("#8", wanted(quantity=4, lot="L9"))
    assert world.lots("#8") == []
    closed = only(world.told(CloseRecall("RC")), RecallClosed).recall
    assert closed.descendants == (LotName("BAR", "B1"), LotName("TEA", "L9"))
    for lot in (("TEA", "L9"), ("BAR", "B1")):
        world.told(LiftHold("RC", *lot, by="qa"))
    assert world.lots("#8") == [("L9", 4)]


def test_more_lots_may_be_recalled_under_the_number(world: World) -> None:
    """What is held already stays so, and nobody is forgotten who got the lots that were named first."""
    world.told(L1)
    events = world.told(RecallLots("RC", "glass", (("TEA", "L3"),)))
    assert (kinds(events), held(events)) == (["RecallOpened", "HoldPlaced"], ["L3"])
    assert recall_of(world).lots == (LotName("TEA", "L1"), LotName("TEA", "L3"))
    assert recall_of(world).reached.units == {"TEA": 6}


def test_a_long_list_goes_on_when_it_is_told_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time so many are written to, by their ids, until nobody is left; then it changes nothing."""
    first_only = partial(look_back, most=1)
    monkeypatch.setattr("lotstream.testing.history.look_back", first_only)
    first = world.told(L1)
    assert len(listed(first)) == 1
    assert recall_of(world).listed_to == listed(first)[0].to.id
    second = world.told(L1)
    assert kinds(second) == ["RecallOpened", "ConsigneesListed"]
    assert recall_of(world).listed_to is None
    assert (recall_of(world).consignees, recall_of(world).reached.recipients) == (2, 2)
    assert listed(first)[0].to.id < listed(second)[0].to.id


def answer(consignee: str, *lots: LotAnswered, **more: Any) -> AnswerRecall:
    """What a consignee says."""
    said = more.pop("answer", ConsigneeAnswer.RETURNED)
    return AnswerRecall(more.pop("recall", "RC"), consignee, said, lots, "desk", **more)


def test_what_consignees_say_last_counts(world: World) -> None:
    """Who has answered and what was sent back or destroyed is added up; the same again changes nothing."""
    ids = {one.to.customer: one.to.id for one in listed(world.told(L1))}
    at = datetime(2026, 9, 3, tzinfo=UTC)
    told = answer(ids["C-7"], LotAnswered("TEA", "L1", Decimal(2), Decimal(1)), occurred_at=at)
    said = only(world.told(told), RecallAnswered).consignee
    assert (said.answered_at, said.by, said.recovered) == (at, "desk", (LotRecovered("TEA", "L1", 2, 1),))
    assert world.told(told) == ()
    assert (recall_of(world).answered, recall_of(world).recovered) == (1, {"TEA": 3})
    world.told(answer(ids["C-7"], LotAnswered("TEA", "L1", Decimal(4))))
    world.told(answer(ids[None], answer=ConsigneeAnswer.UNREACHABLE))
    assert (recall_of(world).answered, recall_of(world).recovered) == (2, {"TEA": 4})
    world.told(answer(ids["C-7"], answer=ConsigneeAnswer.INFORMED))
    assert (recall_of(world).answered, recall_of(world).recovered) == (2, {})
    world.told(answer(ids["C-7"], answer=ConsigneeAnswer.NONE))
    assert recall_of(world).answered == 1


@pytest.mark.parametrize(
    ("lots", "refusal"),
    [
        ((LotAnswered("TEA", "L2", Decimal(1)),), (Code.UNKNOWN_LOT, "lots.0.lot")),
        ((LotAnswered("TEA", "L1"), LotAnswered("TEA", "L1")), (Code.FIELD_INVALID, "lots.1.lot")),
        ((LotAnswered("TEA", "L1", Decimal("0.5")),), (Code.NOT_A_MULTIPLE, "lots.0.returned")),
        ((LotAnswered("TEA", "L1", destroyed=Decimal(-1)),), (Code.NOT_POSITIVE, "lots.0.destroyed")),
        ((LotAnswered("TEA", "L1", Decimal(3), Decimal(2)),), (Code.MORE_THAN_SHIPPED, "lots.0.returned")),
    ],
)
def test_an_answer_that_cannot_be_is_refused(
    world: World, lots: tuple[LotAnswered, ...], refusal: tuple[Code, str]
) -> None:
    """A lot he never got or names twice, parts of a unit, less than nothing, more than he got."""
    ids = {one.to.customer: one.to.id for one in listed(world.told(L1))}
    assert world.refused(answer(ids["C-7"], *lots)) == refusal


def test_a_recall_is_closed_once(world: World) -> None:
    """Its lots stay on hold and late answers are taken; it is not told again; a drill is closed from the beginning."""
    assert world.refused(CloseRecall("RC")) == (Code.NOT_AVAILABLE, "recall")
    assert world.refused(answer("x")) == (Code.NOT_AVAILABLE, "recall")
    ids = [one.to.id for one in listed(world.told(L1))]
    assert world.refused(answer("x")) == (Code.NOT_AVAILABLE, "consignee")
    at = datetime(2026, 9, 9, tzinfo=UTC)
    closed = only(world.told(CloseRecall("RC", "qa", at)), RecallClosed).recall
    assert (closed.state, closed.closed_at, closed.closed_by) == (RecallState.CLOSED, at, "qa")
    assert world.told(CloseRecall("RC")) == ()
    assert world.refused(L1) == (Code.CONFLICTING_CONTENT, "recall")
    world.told(answer(ids[0]))
    assert (recall_of(world).answered, recall_of(world).state) == (1, RecallState.CLOSED)
    assert [hold.id for hold in world.ledger.lots["TEA", "L1"].holds] == ["RC"]
    world.told(replace(L1, recall="D", drill=True))
    assert world.told(CloseRecall("D")) == ()
