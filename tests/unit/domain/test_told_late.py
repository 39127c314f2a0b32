"""What has happened before a count and is told after it: what was counted stands, and a person is told why."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.commands import (
    AdjustStock,
    ApproveCount,
    ArrivedLine,
    ChangeStatus,
    Command,
    ContinueDay,
    CorrectLot,
    CorrectReceipt,
    CountStock,
    DefineItem,
    DefineSite,
    KitPiece,
    LineWrong,
    MadeLine,
    MoveStock,
    OpenDay,
    PickLine,
    PlaceHold,
    ReceiveTransfer,
    RecordProduction,
    ReleaseTitle,
    ReportShort,
    ReturnGoods,
    ShippedLine,
    ShipTransfer,
    ShortLine,
    StockLine,
    UndoPick,
    VoidShipment,
)
from lotstream.domain.events import DiscrepancyNoted, Event, LossCorrected, ReservationFreed, StockCounted
from lotstream.domain.losses import lost_of
from lotstream.domain.model import CountApproval, HoldKind, Item, RowKey, SerialKey, Settings, Site, Tracking
from lotstream.domain.told_late import BACK_MAX, LATE_MIN
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, only, wanted
from tests.unit.domain.test_stock import replayed, said

#: When the world's messages are recorded.
NOW = datetime(2026, 9, 1, tzinfo=UTC)


def ago(hours: float) -> datetime:
    """So many hours before the messages are recorded."""
    return NOW - timedelta(hours=hours)


def count(*lines: StockLine, at: datetime, number: str = "C1", as_of: datetime | None = None) -> CountStock:
    """A count that has been made."""
    return CountStock(SITE, True, "ann", at, number, lines, as_of)


def move(quantity: object, *, at: datetime | None, happened: bool = True, number: str = "M1", **more: Any) -> MoveStock:
    """A move out of the bin, unless it is said otherwise."""
    line = said(quantity, **{"to": "BIN-2", **more})
    return MoveStock(SITE, happened, None, at, number, (line,))


def there(world: World, location: str = "BIN", lot: str | None = "L1") -> int:
    """What a place has of a lot, in whatever condition."""
    rows = world.ledger.stock.values()
    return sum(row.on_hand for row in rows if (row.key.location, row.key.lot) == (location, lot))


def put_right(events: tuple[Event, ...]) -> list[int]:
    """By how much counts are put right."""
    counts = [event for event in events if isinstance(event, StockCounted) and not event.booked]
    return [change.quantity for event in counts for change in event.changes]


def counted(quantity: int = 90, *, settings: Settings | None = None, hours: float = 1) -> World:
    """A world in which 100 lay in the bin, and so many were counted an hour ago."""
    world = World(settings)
    world.stock(goods("L1", 100))
    world.told(count(said(quantity), at=ago(hours)))
    return world


def test_what_was_counted_stands_and_the_other_bin_has_its_goods() -> None:
    """A move before the count is booked, and what the count took for missing is back; told again it changes nothing."""
    world = counted()
    events = world.told(move(10, at=ago(2)))
    assert (there(world), there(world, "BIN-2")) == (90, 10)
    assert put_right(events) == [10]
    noted = only(events, DiscrepancyNoted)
    assert (noted.code, noted.quantity) == ("count_difference", Decimal(10))
    assert noted.message == (
        "10 each of lot L1 of TEA had left BIN by move M1 on 2026-08-31 22:00, before count C1 of 2026-08-31 23:00; "
        "what it counted stands."
    )
    assert noted.about == {"count": "C1", "line": "1", "sku": "TEA", "location": "BIN", "lot": "L1"}
    assert world.told(move(10, at=ago(2))) == ()
    assert there(world) == 90
    replayed(world)


def test_goods_that_had_come_before_the_count_are_not_counted_twice() -> None:
    """The count found them already: what the move brings is what was found."""
    world = World()
    world.stock(goods("L1", 100), goods("L1", 50, location="BIN-2", line="2"))
    world.told(count(said(110), at=ago(1)))
    events = world.told(move(10, at=ago(2), location="BIN-2", to="BIN"))
    assert (there(world), there(world, "BIN-2"), put_right(events)) == (110, 40, [-10])
    assert "had come to BIN by move M1" in only(events, DiscrepancyNoted).message
    replayed(world)


@pytest.mark.parametrize(
    ("at", "happened"),
    [
        (None, True), (NOW - LATE_MIN + timedelta(seconds=1), True), (ago(0.5), True), (ago(2), False),
        (NOW - BACK_MAX - timedelta(seconds=1), True),
    ],
)  # fmt: skip
def test_what_came_after_the_count_or_is_asked_for_changes_what_was_counted(
    at: datetime | None, happened: bool
) -> None:
    """So does what is told at once, and what is told after more than a month."""
    world = counted()
    assert put_right(world.told(move(10, at=at, happened=happened))) == []
    assert there(world) == 80


def test_nobody_loses_a_promise_to_goods_that_had_left_before() -> None:
    """All that was counted is promised; the move took what was put back first, and nobody hears of anything."""
    world = counted()
    world.place("#1", wanted(quantity=90))
    events = world.told(move(10, at=ago(2)))
    assert [event for event in events if isinstance(event, ReservationFreed)] == []
    assert (world.row("L1").on_hand, world.row("L1").reserved) == (90, 90)
    replayed(world)


def test_goods_that_are_taken_back_are_lost_by_the_back_of_the_queue() -> None:
    """What a late receipt brings was counted, so who was promised it waits on."""
    world = counted()
    world.place("#1", wanted(quantity=90))
    world.place("#2", wanted(quantity=5))
    events = world.told(replace(world.receipt(goods("L1", 10)), occurred_at=ago(2)))
    assert (there(world), put_right(events)) == (90, [-10])
    assert (world.lots("#1"), world.lots("#2")) == ([("L1", 90)], [])
    assert world.row("L1").reserved == 90
    replayed(world)


def test_a_pick_told_late_is_picked_and_its_bin_stays_as_counted() -> None:
    """The goods stand where they were picked to; a bin that was counted empty has nothing, and nothing twice."""
    world = World()
    world.stock(goods("L1", 10))
    world.place("#1", wanted(quantity=10))
    pick = replace(world.pick("#1", happened=True), occurred_at=ago(2))
    world.told(count(said(0), at=ago(1)))
    assert world.lots("#1") == []
    line = PickLine(None, "1", "L1", "BIN", Decimal(10), sku="TEA")
    world.told(replace(pick, lines=(line,)))
    assert (there(world), there(world, "STAGING")) == (0, 10)
    replayed(world)


def test_who_was_promised_less_by_the_count_has_it_again() -> None:
    """Of what was put back the document took what its order was promised: as much is free, and not left lying."""
    world = World()
    world.stock(goods("L1", 100))
    for order, units in (("#1", 10), ("#2", 90)):
        world.place(order, wanted(quantity=units))
    world.told(count(said(90), at=ago(1)))
    assert world.lots("#2") == [("L1", 80)]
    line = ShippedLine("1", "L1", Decimal(10), sku="TEA", location="BIN")
    world.told(replace(world.ship("#1", line, happened=True), occurred_at=ago(2)))
    assert world.lots("#2") == [("L1", 80), ("L1", 10)]
    assert (world.row("L1").on_hand, world.row("L1").reserved) == (90, 90)
    world = World()
    world.stock(goods("L1", 10))
    world.place("#1", wanted(quantity=10))
    pick = replace(world.pick("#1", happened=True), occurred_at=ago(2))
    world.told(count(said(6), at=ago(1)))
    world.told(replace(pick, lines=(replace(pick.lines[0], quantity=Decimal(4)),)))
    assert (world.row("L1").on_hand, world.row("L1").reserved, there(world, "STAGING")) == (6, 6, 4)
    replayed(world)


def test_the_first_count_after_a_document_is_put_right() -> None:
    """Of two counts the first found it missing; what was counted last stands."""
    world = counted(90, hours=3)
    world.told(count(said(88), at=ago(1), number="C2"))
    events = world.told(move(10, at=ago(4)))
    assert (there(world), only(events, DiscrepancyNoted).about["count"]) == (88, "C1")
    events = world.told(move(2, at=ago(2), number="M2"))
    assert (there(world), only(events, DiscrepancyNoted).about["count"]) == (88, "C2")
    replayed(world)


def test_a_count_that_is_older_than_one_that_was_told_before_changes_nothing() -> None:
    """It is booked, and a person is told that the bin was counted again since; of another part of it it counts."""
    world = counted(90)
    events = world.told(count(said(70), at=ago(1), number="C0", as_of=ago(2)))
    assert (there(world), only(events, StockCounted).changes) == (90, ())
    assert "Count C1 found later" in only(events, DiscrepancyNoted).message
    assert world.told(count(said(70), at=ago(1), number="C0", as_of=ago(2))) == ()
    world.told(count(said(3, status="damaged"), at=ago(1), number="C2", as_of=ago(0.5)))
    # A count of the damaged ones says nothing of the rest.
    world.told(count(said(80), at=ago(1), number="C3", as_of=ago(0.7)))
    assert there(world) == 80
    replayed(world)


def test_what_waits_for_a_second_counter_stands_when_it_is_booked() -> None:
    """Told while the count waits, the move is booked as it is; told after it was approved, the count is put right."""
    world = counted(90, settings=Settings(count_approval=CountApproval(units=Decimal(5))))
    assert put_right(world.told(move(4, at=ago(2)))) == []
    assert there(world) == 96
    world.told(ApproveCount(SITE, True, "bob", None, "C1", True))
    assert there(world) == 90
    assert put_right(world.told(move(6, at=ago(2), number="M2"))) == [6]
    assert (there(world), there(world, "BIN-2")) == (90, 10)
    replayed(world)


def test_only_what_was_counted_stands() -> None:
    """A count of the damaged ones, or of a package, says nothing of the others in the bin."""
    world = World()
    world.stock(goods("L1", 100), goods("L1", 20, status="damaged", line="2"), goods("L1", 30, package="P1", line="3"))
    world.told(count(said(18, status="damaged"), said(25, package="P1", line="2"), at=ago(1)))
    assert put_right(world.told(move(10, at=ago(2), status="good"))) == []
    assert put_right(world.told(move(2, at=ago(2), status="damaged", number="M2"))) == [2]
    assert put_right(world.told(move(5, at=ago(2), package="P1", number="M3"))) == [5]
    assert (there(world), there(world, "BIN-2")) == (90 + 18 + 25, 17)
    replayed(world)


def test_a_package_and_its_bin_that_were_counted_both_stand() -> None:
    """What left by the package is put back into it, and is in the bin by that."""
    world = World()
    world.stock(goods("L1", 100), goods("L1", 30, package="P1", line="2"))
    world.told(count(said(25, package="P1"), at=ago(1)))
    world.told(count(said(120), at=ago(1), number="C2"))
    assert put_right(world.told(move(5, at=ago(2), package="P1"))) == [5]
    assert there(world) == 120
    replayed(world)


def test_goods_that_change_their_condition_stay_as_many() -> None:
    """Whoever counted the bin counted them in either; who counted the good ones alone has counted what was left."""
    world = counted(100)
    turn = ChangeStatus(SITE, True, None, ago(2), "T1", (said(4, status="good", to="damaged"),))
    assert put_right(world.told(turn)) == []
    assert world.row("L1", status="damaged").on_hand == 4
    world = World()
    world.stock(goods("L1", 100))
    world.told(count(said(96, status="good"), at=ago(1)))
    assert put_right(world.told(turn)) == [4]
    assert (world.row("L1").on_hand, world.row("L1", status="damaged").on_hand) == (96, 4)
    replayed(world)


def test_goods_on_hold_stay_on_hold_and_those_without_a_lot_keep_their_day() -> None:
    """A hold is the lot's, whatever is put back; what has no lot came when the rest of its row did."""
    world = counted()
    world.told(PlaceHold("H1", HoldKind.HOLD, "TEA", "L1"))
    world.told(move(10, at=ago(2)))
    assert [hold.id for hold in world.ledger.lots["TEA", "L1"].holds] == ["H1"]
    world.stock(goods(None, 20), balance="loose")
    received = world.row(None).received
    world.told(count(said(15, None), at=ago(1), number="C2"))
    world.told(move(5, at=ago(2), lot=None, number="M2"))
    assert (world.row(None).on_hand, world.row(None).received) == (15, received)
    world.told(count(said(0, None), at=ago(0.8), number="C3"))
    world.told(move(5, at=ago(1.5), lot=None, number="M3"))
    assert there(world, lot=None) == 0
    replayed(world)


def test_units_go_where_the_document_says() -> None:
    """A count knows no numbers: the unit that was shipped before it has left, and the bin has as many as counted."""
    world = World()
    world.told(DefineItem(Item("CAM", tracking=Tracking.SERIAL)))
    world.stock(goods(None, 2, sku="CAM", serials=("N1", "N2")))
    world.told(count(said(1, None, sku="CAM"), at=ago(1)))
    line = ShippedLine("1", None, Decimal(1), sku="CAM", location="BIN", serials=("N1",))
    world.told(replace(world.ship("#9", line, happened=True), occurred_at=ago(2)))
    assert there(world, lot=None) == 1
    assert world.warehouse.serial(SerialKey("N1", "CAM")).shipment == "S1"
    replayed(world)


def test_what_is_put_back_weighs_what_was_taken() -> None:
    """Of goods that are weighed the bin has the weight that it had before the document was told."""
    world = World()
    world.told(DefineItem(Item("HAM", catch_weight=True)))
    world.stock(goods("L1", 10, sku="HAM", weight_kg=Decimal(20)))
    row = RowKey("HAM", "L1", SITE, "BIN")
    world.told(count(said(8, sku="HAM", weight_kg=Decimal(17)), at=ago(1)))
    world.told(move(2, sku="HAM", weight_kg=Decimal("3.5"), at=ago(2)))
    assert (there(world), world.ledger.weights[row]) == (8, 17_000)
    assert world.ledger.weights[row._replace(location="BIN-2")] == 3_500
    replayed(world)


def test_a_lot_that_is_called_otherwise_now_stands_as_it_was_counted() -> None:
    """The count told its old number, and so does the move."""
    world = counted()
    world.told(CorrectLot("X1", "TEA", "L1", to_lot="L1B"))
    assert put_right(world.told(move(10, at=ago(2)))) == [10]
    assert there(world, lot="L1B") == 90
    replayed(world)


def lost(events: tuple[Event, ...]) -> list[Decimal]:
    """How much more is counted as expired, below zero how much less."""
    return [event.units for event in events if isinstance(event, LossCorrected)]


def test_what_has_expired_meanwhile_is_counted_as_it_was() -> None:
    """Goods that were in another bin expired there; what was counted twice did not; what had left was never lost."""
    world = World()
    world.stock(goods("L1", 100, expires=TODAY), goods("L1", 50, location="BIN-2", line="2", expires=TODAY))
    world.told(count(said(90), said(20, location="BIN-2", line="2"), at=ago(1)))
    world.warehouse.tell(OpenDay(SITE, TODAY + timedelta(days=1)))
    world.told(ContinueDay(100))
    assert lost_of(world.ledger.lots["TEA", "L1"])[0].quantity == 110
    elsewhere = move(10, at=ago(2), to="BIN-3")
    assert lost(world.told(elsewhere)) == [Decimal(10)]
    assert lost_of(world.ledger.lots["TEA", "L1"])[0].quantity == 120
    gone = AdjustStock(SITE, True, None, ago(2), "A1", (said(-5),))
    assert lost(world.told(gone)) == []
    back = move(4, at=ago(2), number="M2", location="BIN-3", to="BIN")
    assert lost(world.told(back)) == [Decimal(-4)]
    assert sum(row.on_hand for row in world.ledger.stock.values()) == 116
    assert lost_of(world.ledger.lots["TEA", "L1"])[0].quantity == 116
    replayed(world)


def test_a_return_without_an_order_leaves_what_was_counted() -> None:
    """Whose goods they were is looked up first; what was counted is asked of the lots that its lines name."""
    world = counted()
    back = ReturnGoods(SITE, True, None, ago(2), "RMA", None, (said(7), said(2, "L9", line="2")), customer="C-7")
    assert put_right(world.told(back)) == [-7]
    assert (there(world), there(world, lot="L9")) == (90, 2)
    replayed(world)


OTHER = "THERE"


def _lines(quantity: int, **more: Any) -> tuple[StockLine, ...]:
    return (said(quantity, **more),)


DOCUMENTS: dict[str, Command] = {
    "adjusted": AdjustStock(SITE, True, None, ago(2), "A1", _lines(-7)),
    "more": AdjustStock(SITE, True, None, ago(2), "A1", _lines(7)),
    "too much": move(200, at=ago(2)),
    "sent over": ShipTransfer(SITE, True, "gate", ago(2), "T1", OTHER, _lines(7)),
    "never sent": ReceiveTransfer(
        SITE, True, "dock", ago(2), "T9", None, False,
        (ArrivedLine("1", Decimal(7), sku="TEA", lot="L1", location="BIN"),),
    ),
    "sold": ReleaseTitle("acme", SITE, True, None, ago(2), "S1", "best", _lines(7)),
    "used": RecordProduction(
        SITE, True, None, ago(2), "P1", (KitPiece("1", "TEA", "L1", "BIN", Decimal(7)),),
        (MadeLine("2", "TEA", "L2", "BIN-2", Decimal(7)),),
    ),
    "came back": ReturnGoods(SITE, True, None, ago(2), "RMA", None, _lines(7)),
    "corrected": CorrectReceipt(SITE, True, None, ago(2), "R0", "X", None, (LineWrong("L1@BIN", Decimal(1)),)),
    "short": ReportShort(
        SITE, True, None, ago(2), key("#1"), None, (ShortLine(None, "1", "L1", "BIN", Decimal(2), sku="TEA"),)
    ),
    "undone": UndoPick(SITE, True, None, ago(2), key("#2")),
    "voided": VoidShipment(SITE, True, None, ago(2), "S3"),
}  # fmt: skip


@pytest.mark.parametrize("told", [*DOCUMENTS])
def test_whatever_is_told_late_leaves_what_was_counted(told: str) -> None:
    """All that the floor does goes through one place: goods are booked where they went, and counted bins stand."""
    world = World()
    world.told(DefineSite(Site(OTHER)))
    world.told(world.receipt(goods("L1", 100), number="R0"))
    world.place("#1", wanted(quantity=5))
    for order, shipment in (("#2", None), ("#3", "S3")):
        world.place(order, wanted(quantity=5))
        world.told(world.pick(order))
        if shipment is not None:
            world.told(world.ship(order, shipment=shipment))
    world.told(count(said(60), at=ago(1)))
    world.told(count(said(9, location="STAGING"), at=ago(1), number="C2"))
    before = Counter({place: there(world, place) for place in ("BIN", "STAGING")})
    events = world.told(DOCUMENTS[told])
    assert Counter({place: there(world, place) for place in ("BIN", "STAGING")}) == before
    assert put_right(events) or told == "too much"
    replayed(world)
