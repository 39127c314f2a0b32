"""Counts that are told later, that need a second counter, and that nobody is told the books of."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    AdjustStock,
    ApproveCount,
    ChangeSettings,
    CorrectLot,
    CorrectReceipt,
    CountStock,
    DefineItem,
    LineWrong,
    MergeLots,
    MoveStock,
    RenameItem,
    SecondCount,
    ShippedLine,
    SplitLine,
    SplitLot,
    SplitPart,
    StockLine,
)
from lotstream.domain.events import CountKept, CountSettled, DiscrepancyNoted, ReservationFreed, StockCounted
from lotstream.domain.model import COUNT_PENDING, CountApproval, CountPending, CountState, Item, ReceiptKey, Settings
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, kinds, only, wanted
from tests.unit.domain.test_stock import replayed, said

#: When the world's messages are recorded.
NOW = datetime(2026, 9, 1, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=6)


def count(*lines: StockLine, happened: bool = False, number: str = "C1", **more: Any) -> CountStock:
    """A count."""
    return CountStock(SITE, happened, more.pop("by", "ann"), None, number, lines, more.pop("as_of", None))


def approve(*lines: SecondCount, approved: bool = True, by: str | None = "bob", number: str = "C1") -> ApproveCount:
    """What the second counter says."""
    return ApproveCount(SITE, True, by, None, number, approved, lines)


def second(counted: object, line: str = "1", unit: str | None = None) -> SecondCount:
    """A line of a second count."""
    return SecondCount(line, Decimal(str(counted)), unit)


def careful(**rule: object) -> World:
    """An owner whose counts need a second counter from some difference on."""
    return World(Settings(count_approval=CountApproval(**{name: Decimal(str(of)) for name, of in rule.items()})))


def there(world: World, lot: str | None = "L1", status: str = "good") -> int:
    """What the bin has of a lot."""
    rows = world.ledger.stock.items()
    return sum(row.on_hand for key, row in rows if (key.lot, key.location, key.status) == (lot, "BIN", status))


def pending(world: World, number: str = "C1") -> CountPending:
    """A count that had to wait."""
    document = world.warehouse.documents[ReceiptKey(COUNT_PENDING, number)]
    assert isinstance(document, CountPending)
    return document


# ---- Told later -----------------------------------------------------------------------------------------------------


def test_what_moved_since_a_count_is_added_to_it() -> None:
    """Picks, moves, receipts, adjustments and shipments after the count are reckoned in; what was before is not."""
    world = World()
    world.stock(goods("L1", 100))
    old = replace(world.receipt(goods("L1", 5)), occurred_at=BEFORE - timedelta(hours=1))
    world.told(old)
    world.told(world.receipt(goods("L1", 7), number="R2"))
    world.place("#1", wanted(quantity=10))
    world.told(world.pick("#1"))
    world.told(MoveStock(SITE, False, None, None, "M1", (said(3, to="BIN-2"),)))
    world.told(AdjustStock(SITE, False, None, None, "A1", (said(-2),)))
    world.told(world.ship("#9", ShippedLine("1", "L1", Decimal(4), sku="TEA", location="BIN"), happened=True))
    # 98 of 105 were there at the time; 7 came, 10 + 3 + 2 + 4 left.
    event = only(world.told(count(said(98), as_of=BEFORE)), StockCounted)
    assert [change.quantity for change in event.changes] == [-7 - 5 + 5]
    assert there(world) == 98 + 7 - 10 - 3 - 2 - 4
    replayed(world)


def test_what_puts_the_books_right_moves_nothing() -> None:
    """Counts in between, goods found and missing are no movement: the bin had what was counted all the same."""
    world = World()
    world.stock(goods("L1", 100))
    world.told(count(said(90), number="C0"))
    world.told(count(said(90), as_of=BEFORE))
    assert there(world) == 90
    assert world.told(count(said(90), as_of=BEFORE)) == ()
    replayed(world)


def test_a_count_of_the_past_says_when_and_where() -> None:
    """Not in the future, not longer ago than a month, of a bin as a whole; else refused, or a discrepancy."""
    world = World()
    world.stock(goods("L1", 10), goods("L1", 4, package="P1", line="2"))
    assert world.refused(count(said(9), as_of=NOW + timedelta(minutes=1))) == (Code.FIELD_INVALID, "as_of")
    assert world.refused(count(said(9), as_of=NOW - timedelta(days=31))) == (Code.FIELD_INVALID, "as_of")
    assert world.refused(count(said(9, location=None), as_of=BEFORE)) == (Code.FIELD_MISSING, "lines.0.location")
    assert world.refused(count(said(9, package="P1"), as_of=BEFORE)) == (Code.FIELD_INVALID, "lines.0.package")
    assert world.refused(count(said(9, pack_size=Decimal(2)), as_of=BEFORE)) == (Code.FIELD_INVALID, "lines.0.package")
    assert kinds(world.told(count(said(9, package="P1"), as_of=BEFORE, happened=True))) == ["DiscrepancyNoted"]
    assert kinds(world.told(count(said(9, "L7", sku=None), as_of=BEFORE, happened=True))) == ["DiscrepancyNoted"]
    world.told(count(said(14, sku=None), as_of=BEFORE, number="C2"))
    world.told(count(said(1, None), as_of=BEFORE, number="C3"))


def test_more_that_left_than_was_counted_is_a_discrepancy() -> None:
    """Nobody has less than nothing: the bin is empty, and somebody counts it anew."""
    world = World()
    world.stock(goods("L1", 10), goods(None, 3, line="2"))
    world.place("#1", wanted(quantity=8, lot="L1"))
    world.told(world.pick("#1"))
    events = world.told(count(said(5), said(3, None, line="2"), as_of=BEFORE))
    (noted,) = [event for event in events if isinstance(event, DiscrepancyNoted)]
    assert (noted.code, noted.about["lot"], noted.about["location"]) == ("not_available", "L1", "BIN")
    assert there(world) == 0


def test_a_count_of_one_condition_reckons_in_what_moved_of_it() -> None:
    """What was found damaged since has left the good ones, and is still in the bin."""
    world = World()
    world.stock(goods("L1", 10))
    world.told(AdjustStock(SITE, False, None, None, "A1", (said(2, status="damaged"),)))
    world.told(count(said(9, status="good"), as_of=BEFORE))
    assert (there(world), there(world, status="damaged")) == (9, 2)


# ---- A second counter -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "counted", "waits"),
    [
        ({"units": 5}, 96, False),
        ({"units": 5}, 95, True),
        ({"units": 5}, 105, True),
        ({"percent": 10}, 91, False),
        ({"percent": 10}, 90, True),
        ({"value": 20}, 91, False),
        ({"value": 20}, 90, True),
        ({"units": 50, "value": 20}, 90, True),
        ({}, 0, False),
        ({"units": 0}, 100, False),
    ],
)
def test_a_count_that_differs_much_waits(rule: dict[str, object], counted: int, waits: bool) -> None:
    """By units, by percent of what was known, or by what the difference is worth: any that is reached."""
    world = careful(**rule)
    world.stock(goods("L1", 100, cost=Decimal(2)))
    events = world.told(count(said(counted)))
    assert ("CountKept" in kinds(events)) == waits
    assert there(world) == (100 if waits else counted)


def test_nothing_is_booked_before_somebody_else_has_counted() -> None:
    """Promises stay; then it is booked with what has moved since, and those who lose are settled."""
    world = careful(units=5)
    world.stock(goods("L1", 100))
    world.place("#1", wanted(quantity=95))
    kept = only(world.told(count(said(50), said(0, "L9", line="2"))), CountKept)
    assert (kept.pending.state, kept.pending.by) == (CountState.WAITING, "ann")
    assert world.lots("#1") == [("L1", 95)]
    assert world.told(count(said(50), said(0, "L9", line="2"))) == ()
    assert world.refused(count(said(51))) == (Code.CONFLICTING_CONTENT, "count")
    assert kinds(world.told(count(said(51), happened=True))) == ["DiscrepancyNoted"]
    later = replace(world.receipt(goods("L1", 3), number="R2"), occurred_at=NOW + timedelta(hours=1))
    world.told(later)
    events = world.told(approve(second(50)))
    assert only(events, ReservationFreed).key.order == "#1"
    assert (only(events, CountSettled).pending.state, only(events, CountSettled).pending.second) == (
        CountState.APPROVED,
        "bob",
    )
    assert there(world) == 53
    assert world.told(approve(second(50))) == ()
    assert world.refused(approve(approved=False)) == (Code.NOT_AVAILABLE, "count")
    assert world.told(count(said(50), said(0, "L9", line="2"))) == ()
    replayed(world)


def test_who_counted_may_not_approve() -> None:
    """Somebody else does, by name, and finds the same; nothing else is taken, and the count goes on waiting."""
    world = careful(units=5)
    world.stock(goods("L1", 100))
    assert world.refused(approve()) == (Code.NOT_AVAILABLE, "count")
    world.told(count(said(50)))
    assert world.refused(approve(by="ann")) == (Code.FIELD_INVALID, "by")
    assert world.refused(approve(by=None)) == (Code.FIELD_MISSING, "by")
    assert world.refused(approve(second(51))) == (Code.CONFLICTING_CONTENT, "lines.0.counted")
    assert world.refused(approve(second(50, "9"))) == (Code.FIELD_INVALID, "lines.0.line")
    assert world.refused(approve(second(50, unit="crate"))) == (Code.UNKNOWN_UNIT, "lines.0.unit")
    assert world.refused(approve(second("0.5"))) == (Code.NOT_A_MULTIPLE, "lines.0.counted")
    assert pending(world).state is CountState.WAITING
    assert kinds(world.told(approve(approved=False))) == ["CountSettled"]
    assert world.told(approve(approved=False)) == ()
    assert (pending(world).state, there(world)) == (CountState.REJECTED, 100)
    assert world.told(count(said(50))) == ()
    replayed(world)


@pytest.mark.parametrize("rejected", [False, True])
def test_a_count_that_waits_is_not_booked_by_telling_it_again(rejected: bool) -> None:
    """Also when it differs by less by now, or no second counter is asked for any more; nor when it was rejected."""
    world = careful(units=5)
    world.stock(goods("L1", 100))
    world.told(count(said(50)))
    if rejected:
        world.told(approve(approved=False))
    world.told(AdjustStock(SITE, True, None, None, "A1", (said(-48),)))
    assert world.told(count(said(50))) == ()
    world.told(ChangeSettings(Settings()))
    assert world.told(count(said(50))) == ()
    assert world.refused(count(said(51))) == (Code.CONFLICTING_CONTENT, "count")
    assert there(world) == 52
    replayed(world)


def test_a_package_that_was_counted_differs_by_as_much_when_it_is_approved() -> None:
    """What moved of one package since is not known; the books moved with it."""
    world = careful(units=5)
    world.told(DefineItem(Item("RICE", base_unit="kg", decimals=1)))
    world.stock(goods("L1", 10, sku="RICE", package="P1"), goods("L1", 4, sku="RICE", line="2"))
    world.told(count(said(2, sku="RICE", package="P1")))
    world.told(MoveStock(SITE, False, None, None, "M1", (said(1, sku="RICE", package="P1", to="BIN-2"),)))
    world.told(approve())
    there = {(key.package, key.location): row.on_hand for key, row in world.ledger.stock.items()}
    assert there == {("P1", "BIN"): 10, ("P1", "BIN-2"): 10, (None, "BIN"): 40}


def test_packs_are_approved_as_they_were_counted() -> None:
    """The pack of a line is kept in smallest units and said again in base units."""
    world = careful(units=5)
    world.stock(goods("L1", 12, pack_size=Decimal(6)))
    world.told(count(said(0, pack_size=Decimal(6))))
    world.told(approve())
    assert there(world) == 0


def test_a_count_of_the_past_waits_too() -> None:
    """What moved since is reckoned in from when it was counted, not from when it was told."""
    world = careful(units=5)
    world.stock(goods("L1", 100))
    world.place("#1", wanted(quantity=10))
    world.told(world.pick("#1"))
    world.told(count(said(90), as_of=BEFORE))
    world.told(ChangeSettings(Settings()))
    world.told(approve(second(90)))
    assert there(world) == 80


def test_a_lot_that_is_renamed_while_its_count_waits_is_booked_under_its_new_number() -> None:
    """The count is of the same goods."""
    world = careful(units=5)
    world.stock(goods("L1", 100))
    world.told(count(said(50)))
    world.told(CorrectLot("LC-1", "TEA", "L1", to_lot="N1"))
    assert world.told(count(said(50))) == ()
    world.told(approve(second(50)))
    assert (there(world), there(world, "N1")) == (0, 50)
    replayed(world)


@pytest.fixture
def merged() -> World:
    """Three with the one label and five with the other are one lot by now, and differences of two are counted again."""
    world = careful(units=2)
    world.stock(goods("L1", 3), goods("L2", 5, line="2"))
    world.told(MergeLots("LM1", "TEA", ("L2",), "L1"))
    return world


def test_goods_with_several_labels_are_as_many_as_of_all_labels(merged: World) -> None:
    """They differ from the books as a whole, and a line of them may be told later."""
    lines = said(3), said(4, "L2", line="2")
    event = only(merged.told(count(*lines)), StockCounted)
    assert ([change.quantity for change in event.changes], there(merged)) == ([-1], 7)
    assert merged.told(count(*lines)) == ()
    merged.told(count(said(6), number="C2"))
    merged.told(count(said(6), said(1, "L2", line="2"), number="C2"))
    assert there(merged) == 7
    replayed(merged)


def test_of_lines_with_one_label_the_last_one_finds_the_difference(merged: World) -> None:
    """It is told with what that line says; the one before it is booked, and finds nothing, also when it comes later."""
    told = count(said(1), said(7, line="2"), happened=True)
    event = only(merged.told(told), StockCounted)
    assert [(change.line, change.quantity) for change in event.changes] == [("2", -1)]
    assert (event.superseded, there(merged)) == (("1",), 7)
    assert merged.told(told) == ()
    merged.told(AdjustStock(SITE, True, None, None, "A1", (said(-1),)))
    merged.told(count(said(9, line="3"), said(7, line="2"), happened=True))
    assert there(merged) == 6
    replayed(merged)


def test_of_lines_with_one_label_the_last_one_waits(merged: World) -> None:
    """Both are counted again, and the last one is booked; the goods of the other label are none."""
    merged.told(count(said(1), said(4, line="2"), happened=True))
    event = only(merged.told(approve(second(1), second(4, "2"))), StockCounted)
    assert [(change.line, change.quantity) for change in event.changes] == [("2", -4)]
    assert (event.superseded, there(merged)) == (("1",), 4)


@pytest.mark.parametrize("odd", ["2.5", "-1"])
def test_goods_with_a_label_that_cannot_be_counted_are_not_missing(merged: World, odd: str) -> None:
    """Three of the one label are not all there is while nobody knows how many of the other were counted."""
    merged.stock(goods("L3", 4), balance="more")
    lines = said(3), said(odd, "L2", line="2"), said(3, "L3", line="3")
    events = merged.told(count(*lines, happened=True))
    assert (there(merged), there(merged, "L3")) == (8, 3)
    noted = [one for one in events if isinstance(one, DiscrepancyNoted)]
    assert sorted(one.about["line"] for one in noted) == ["1", "2"]
    merged.told(count(said(3), said(4, "L2", line="2"), lines[2], happened=True))
    assert there(merged) == 7
    replayed(merged)


def test_goods_with_several_labels_wait_as_one(merged: World) -> None:
    """Three of the one and five of the other is what the books say; two and three wait, and are booked as five."""
    assert kinds(merged.told(count(said(3), said(5, "L2", line="2")))) == ["StockCounted"]
    merged.told(count(said(2), said(3, "L2", line="2"), number="C2"))
    assert there(merged) == 8
    merged.told(approve(number="C2"))
    assert there(merged) == 5
    replayed(merged)


def test_goods_that_become_one_lot_while_their_count_waits_are_added_up() -> None:
    """Both lines were told before the lots were merged."""
    world = careful(units=2)
    world.stock(goods("L1", 3), goods("L2", 5, line="2"))
    told = count(said(1), said(2, "L2", line="2"))
    world.told(told)
    world.told(MergeLots("LM1", "TEA", ("L2",), "L1"))
    assert world.told(told) == ()
    world.told(approve())
    assert there(world) == 3


def test_goods_with_several_labels_reckon_in_once_what_has_left_since() -> None:
    """Nine were found then under two labels; of these three have left."""
    world = World()
    world.stock(goods("L1", 4), goods("L2", 6, line="2"))
    world.told(MergeLots("LM1", "TEA", ("L2",), "L1"))
    world.place("#1", wanted(quantity=3))
    world.told(world.pick("#1"))
    world.told(count(said(4), said(5, "L2", line="2"), as_of=BEFORE))
    assert there(world) == 6


@pytest.mark.parametrize("later", ["L1", "N1"])
def test_what_left_under_a_former_number_or_sku_has_left(later: str) -> None:
    """Of ten that were counted three were picked before the lot and its item were called otherwise: seven are there."""
    world = World()
    world.stock(goods("L1", 10))
    world.place("#1", wanted(quantity=3))
    world.told(world.pick("#1"))
    world.told(CorrectLot("LC1", "TEA", "L1", to_lot="N1"))
    world.told(RenameItem("TEA", "CHAI"))
    world.told(count(said(10, later), as_of=BEFORE))
    assert there(world, "N1") == 7


def test_lots_that_were_merged_or_split_since_a_count_are_what_was_counted_of_them() -> None:
    """Ten of two labels are one lot of ten by now; what was split off it is not there twice."""
    world = World()
    world.stock(goods("L1", 6), goods("L2", 4, line="2"))
    world.told(MergeLots("LM1", "TEA", ("L2",), "L1"))
    world.told(SplitLot(SITE, "LS1", "TEA", "L1", (SplitPart("P1", (SplitLine("BIN", Decimal(3)),)),)))
    assert world.told(count(said(6), said(4, "L2", line="2"), as_of=BEFORE)) != ()
    assert (there(world), there(world, "P1")) == (7, 3)
    replayed(world)


def test_a_corrected_receipt_moves_nothing() -> None:
    """Nine were counted, and the receipt that said ten was corrected to nine before the count was told."""
    world = World()
    world.told(replace(world.receipt(goods("L1", 10)), occurred_at=BEFORE - timedelta(hours=1)))
    world.told(CorrectReceipt(SITE, True, None, None, "R1", "c1", None, (LineWrong("L1@BIN", Decimal(9)),)))
    world.told(count(said(9), as_of=BEFORE))
    assert there(world) == 9
