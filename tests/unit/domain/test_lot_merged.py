"""Lots become one, and parts of a lot lots of their own: goods and promises go along, and nobody loses anything."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    Command,
    CorrectLot,
    DefineItem,
    LiftHold,
    MergeLots,
    PlaceHold,
    RecallLots,
    ReturnGoods,
    SplitLine,
    SplitLot,
    SplitPart,
    StockLine,
)
from lotstream.domain.costing import add_cost, cost_of
from lotstream.domain.events import LotSplit, ReservationFreed
from lotstream.domain.lot_facts import with_more
from lotstream.domain.model import HoldKind, Item, Lot, LotDocument, LotMore, LotName, LotShipped
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted
from tests.unit.domain.test_serials import PUMP, pumps

LATER = TODAY + timedelta(days=60)


def merge(number: str = "M1", lots: tuple[str, ...] = ("B",), into: str = "A", **more: Any) -> MergeLots:
    """B becomes part of A."""
    return MergeLots(number, more.pop("sku", "TEA"), lots, into, **more)


def split(*lines: SplitLine, number: str = "S1", lot: str = "A", part: str = "P", **more: Any) -> SplitLot:
    """Two of A in the bin are lot P."""
    parts = more.pop("parts", (SplitPart(part, lines or (SplitLine("BIN", Decimal(2)),), more.pop("expires", None)),))
    return SplitLot(more.pop("site", SITE), number, more.pop("sku", "TEA"), lot, parts, **more)


@pytest.fixture
def world() -> World:
    """Ten of A, five of B in the same bin and as many in another; both expire on the same day."""
    world = World()
    world.stock(goods("A", 10), goods("B", 5), goods("B", 5, "FAR"))
    return world


def test_lots_become_one(world: World) -> None:
    """Rows of a bin are added up, promises and what lines name go along, and both numbers mean the lot."""
    world.place("1", wanted(quantity=3, lot="A"), wanted("2", 7, lot="B"))
    assert kinds(world.told(merge())) == ["LotsMerged"]
    assert (world.row("A").on_hand, world.row("A").reserved, world.row("A", "FAR").on_hand) == (15, 8, 5)
    assert {lot for lot, _ in world.lots("1")} == {"A"}
    assert [line.lot for line in world.get("1").lines] == ["A", "A"]
    more = world.ledger.lots["TEA", "A"].more
    assert more is not None
    assert more.aliases == ("B",)
    assert world.ledger.lots["TEA", "B"] == Lot("TEA", "B", more=LotMore(into=LotName("TEA", "A")))
    world.told(world.receipt(goods("B", 1)))
    assert world.row("A").on_hand == 16
    assert world.told(merge()) == ()
    assert world.refused(merge(lots=("C",))) == (Code.CONFLICTING_CONTENT, "merge")


def test_what_left_of_both_comes_back_once(world: World) -> None:
    """A line that had some of each lot counts what comes back of the one against both."""
    world.place("1", wanted(quantity=2, lot="A"), wanted("2", 2, lot="B"))
    world.place("2", wanted(quantity=12))
    world.told(world.ship("2", shipment="S2"))
    world.told(world.ship("1"))
    world.told(merge())
    back = StockLine("1", "TEA", "B", "BIN", Decimal(12), status="good")
    world.told(ReturnGoods(SITE, False, None, None, "R", key("2"), (back,)))
    assert world.line("2").lots_shipped == (LotShipped("TEA", "A", 12, 12),)
    again = replace(back, quantity=Decimal(1))
    refused = world.refused(ReturnGoods(SITE, False, None, None, "R2", key("2"), (again,)))
    assert refused == (Code.MORE_THAN_SHIPPED, "lines.0.quantity")


def test_facts_that_differ_are_refused_or_the_earliest_count(world: World) -> None:
    """Dates and holds only where it is said; the shorter life takes what it forbids off orders."""
    world.told(CorrectLot("C", "TEA", "B", expires=LATER, supplier_lot="9"))
    world.place("1", wanted(quantity=4, lot="B", min_days_left=40))
    assert world.refused(merge()) == (Code.CONFLICTING_CONTENT, "lots")
    assert world.refused(merge(take="latest")) == (Code.FIELD_INVALID, "take")
    events = world.told(merge(take="earliest"))
    assert only(events, ReservationFreed).reason == "short_life"
    lot = world.ledger.lots["TEA", "A"]
    assert (lot.expires, lot.supplier_lot) == (TODAY + timedelta(days=30), "9")


def test_goods_of_two_suppliers_stay_two_lots(world: World) -> None:
    """Whatever is said: a recall has to tell them apart."""
    world.told(CorrectLot("C", "TEA", "A", supplier="S-1"))
    world.told(CorrectLot("D", "TEA", "B", supplier="S-2"))
    assert world.refused(merge(take="earliest")) == (Code.CONFLICTING_CONTENT, "lots")


def test_holds_come_along(world: World) -> None:
    """A held lot becomes part of a free one only where it is said, and a recalled one never."""
    world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "B"))
    assert world.refused(merge()) == (Code.ON_HOLD, "lots")
    world.place("1", wanted(quantity=4, lot="A"))
    events = world.told(merge(take="earliest"))
    assert only(events, ReservationFreed).reason == "hold"
    world.told(LiftHold("H", "TEA", "B"))
    assert world.lots("1") == [("A", 4)]
    world.stock(goods("C", 2), balance="more")
    world.told(RecallLots("R", None, (("TEA", "C"),)))
    assert world.refused(merge("M2", ("C",), take="earliest")) == (Code.ON_HOLD, "lots")
    world.told(RecallLots("R", None, (("TEA", "B"),)))
    world.told(merge("M3", ("C",), take="earliest"))


def test_costs_parents_and_papers_are_put_together(world: World) -> None:
    """What was paid for both is what the one has cost; each paper is there once."""
    paper, other = LotDocument("organic", "1"), LotDocument("organic", "2")
    parents = (LotName("TEA", "B"), LotName("ING", "X"))
    for number, cost, papers, made in (("A", 10, (paper,), parents), ("B", 40, (paper, other), ())):
        known = add_cost(world.ledger.lots["TEA", number], Decimal(cost), 10)
        world.ledger.lots["TEA", number] = with_more(known, documents=papers, made_from=made)
    world.told(merge())
    more = world.ledger.lots["TEA", "A"].more
    assert more is not None
    assert (more.cost_total, more.cost_units, more.documents) == (Decimal(50), 20, (paper, other))
    assert more.made_from == (LotName("ING", "X"),)


@pytest.mark.parametrize(
    ("told", "code", "field"),
    [
        (merge(lots=("X",)), Code.UNKNOWN_LOT, "lots.0"),
        (merge(into="X"), Code.UNKNOWN_LOT, "into"),
        (merge(lots=("A",)), Code.FIELD_MISSING, "lots"),
        (split(site="NOWHERE"), Code.FIELD_INVALID, "site"),
        (split(lot="X"), Code.UNKNOWN_LOT, "lot"),
        (split(parts=()), Code.FIELD_MISSING, "parts"),
        (split(parts=(SplitPart("P", ()),)), Code.FIELD_MISSING, "parts.0.lines"),
        (split(part="B"), Code.CONFLICTING_CONTENT, "parts.0.lot"),
        (split(part="A"), Code.CONFLICTING_CONTENT, "parts.0.lot"),
        (split(SplitLine("BIN", Decimal(11))), Code.NOT_AVAILABLE, "parts.0.lines.0.quantity"),
        (split(SplitLine("BIN", Decimal(0))), Code.NOT_POSITIVE, "parts.0.lines.0.quantity"),
        (split(SplitLine("BIN", Decimal(1), "box")), Code.UNKNOWN_UNIT, "parts.0.lines.0.unit"),
        (split(SplitLine("BIN", Decimal(1), package="X")), Code.NOT_AVAILABLE, "parts.0.lines.0.quantity"),
    ],
)
def test_what_makes_no_sense_is_refused(world: World, told: Command, code: Code, field: str) -> None:
    """Each with its code and its field, and nothing is changed."""
    assert world.refused(told) == (code, field)


def test_a_deficit_is_counted_first(world: World) -> None:
    """Where less than nothing lies, what is promised of the other lot would vanish: the lots stay two."""
    world.stock(goods("C", -3), balance="more")
    assert world.refused(merge(lots=("C",))) == (Code.NOT_AVAILABLE, "lots")


def test_a_part_becomes_a_lot_of_its_own(world: World) -> None:
    """Free goods are of the new lot, which knows where it is from, what it cost, and what is said of it alone."""
    world.told(CorrectLot("C", "TEA", "A", made=TODAY, origin="CA", cost=Decimal(2), details={"a": "1", "b": "1"}))
    world.place("1", wanted(quantity=7, lot="A"))
    world.place("2", wanted(quantity=2, lot="P"))
    part = SplitPart("P", (SplitLine("BIN", Decimal(3), status="good"),), LATER, {"b": "2"})
    told = split(parts=(part,))
    events = world.told(told)
    assert kinds(events) == ["LotSplit", "OrderAllocated"]
    assert (world.row("A").on_hand, world.row("A").reserved, world.row("P").on_hand) == (7, 7, 3)
    assert (world.lots("1"), world.lots("2")) == ([("A", 7)], [("P", 2)])
    lot = world.ledger.lots["TEA", "P"]
    assert (lot.expires, lot.made, cost_of(lot, 3)) == (LATER, TODAY, Decimal(6))
    assert lot.more is not None
    assert (lot.more.came, lot.more.origin, lot.more.made_from) == ("split", "CA", (LotName("TEA", "A"),))
    assert lot.more.details == {"a": "1", "b": "2"}
    assert world.told(told) == ()
    assert world.refused(split()) == (Code.CONFLICTING_CONTENT, "split")
    assert world.refused(split(SplitLine("BIN", Decimal(1)), number="S2", part="Q")) == (
        Code.NOT_AVAILABLE, "parts.0.lines.0.quantity",
    )  # fmt: skip


def test_parts_keep_the_holds_of_the_whole(world: World) -> None:
    """A hold is not washed off by splitting; several lines and parts are split in one go."""
    world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "B"))
    lines = (SplitLine("BIN", Decimal(1)), SplitLine("BIN", Decimal(1)), SplitLine("FAR", Decimal(2)))
    parts = (SplitPart("P", lines), SplitPart("Q", (SplitLine("BIN", Decimal(3)),)))
    event = only(world.told(split(lot="B", parts=parts)), LotSplit)
    assert [(one.to.lot, one.to.location, one.quantity) for one in event.rows] == [
        ("P", "BIN", 2), ("P", "FAR", 2), ("Q", "BIN", 3),
    ]  # fmt: skip
    assert all(lot.holds for lot in event.lots)
    twice = (SplitPart("R", lines[:1]), SplitPart("R", lines[:1]))
    assert world.refused(split(lot="A", number="S2", parts=twice)) == (Code.CONFLICTING_CONTENT, "parts.1.lot")


def test_a_part_has_a_number_of_its_own(world: World) -> None:
    """Not even a former number of the lot it comes from; nor does it expire before it was made."""
    world.told(CorrectLot("C", "TEA", "A", to_lot="A2", made=TODAY))
    assert world.refused(split(part="A")) == (Code.CONFLICTING_CONTENT, "parts.0.lot")
    late = split(expires=TODAY - timedelta(days=1))
    assert world.refused(late) == (Code.FIELD_INVALID, "parts.0.expires")
    assert kinds(world.told(split(sku=None))) == ["LotSplit"]


def test_former_numbers_are_followed_for_every_item(world: World) -> None:
    """A number that two items had is one lot's only where the item is said."""
    world.told(DefineItem(Item("MATE")))
    world.stock(goods("A", 3, sku="MATE"), balance="mate")
    world.told(CorrectLot("C", "TEA", "A", to_lot="A2"))
    names = world.ledger.names()
    assert names is not None
    assert names.of_number("A") == "A2"
    world.told(CorrectLot("D", "MATE", "A", to_lot="A3"))
    names = world.ledger.names()
    assert names is not None
    assert (names.of_number("A"), names.lot("TEA", "A"), names.lot("MATE", "A")) == ("A", ("TEA", "A2"), ("MATE", "A3"))
    assert names.lot("TEA", None) == ("TEA", None)


def test_numbered_units_are_not_split_off() -> None:
    """Nobody has said which of them are in the part, and each is known by its lot."""
    world = World()
    world.told(DefineItem(PUMP))
    world.stock(pumps("A", "X", "Y"))
    told = split(SplitLine("BIN", Decimal(1)))
    assert world.refused(replace(told, sku="PUMP")) == (Code.FIELD_INVALID, "sku")
