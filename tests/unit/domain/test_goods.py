"""Goods come in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import DefineItem, OpenBalance
from lotstream.domain.decide import decide
from lotstream.domain.events import BalanceOpened, DiscrepancyNoted, ReservationFreed, StockReceived
from lotstream.domain.ledger import NotLoaded
from lotstream.domain.model import HoldKind, Item, LotMore, Settings, Tracking
from lotstream.domain.quantities import QUANTITY_MAX
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, kinds, only, wanted


def test_received_goods_fill_backorders_at_once() -> None:
    """What arrives goes in the same decision to whoever waits, in queue order, over the goods concerned."""
    world = World()
    world.told(DefineItem(Item("JAM")))
    world.place("#1", wanted("1", 4), wanted("2", 4, "JAM"))
    world.place("#2", wanted("1", 4))
    world.place("#3", wanted("1", 4, "JAM"))
    events = world.told(world.receipt(goods("L1", 6)))
    assert kinds(events) == ["StockReceived", "OrderAllocated", "OrderAllocated"]
    assert (world.lots("#1"), world.lots("#2"), world.lots("#3")) == ([("L1", 4)], [("L1", 2)], [])


def test_facts_of_a_later_line_count_for_the_earlier_one() -> None:
    """A lot is what the whole receipt says of it, also for goods that an earlier line of the receipt brought."""
    world = World()
    world.stock(goods("L0", 3, expires=None))
    world.place("#1", wanted(quantity=3))
    world.place("#2", wanted(quantity=9, min_days_left=20))
    delivery = world.receipt(
        goods("L0", 1, line="1", expires=None), goods("L1", 1, line="2", expires=None),
        goods("L0", 2, "B2", line="3"), goods("L1", 4, "B2", line="4"),
        goods("L1", 8, "B3", line="5", status="damaged"), goods("L1", 1, "B4", line="6", made=TODAY),
    )  # fmt: skip
    world.told(delivery)
    assert sorted(world.lots("#2"), key=str) == [("L0", 1), ("L0", 2), ("L1", 1), ("L1", 1), ("L1", 4)]


def test_received_on_request_waits() -> None:
    """An owner who allocates on request has arriving goods left alone until asked."""
    world = World(Settings(allocate="on_request"))
    world.place("#1")
    assert kinds(world.told(world.receipt(goods("L1")))) == ["StockReceived"]


def test_facts_of_the_line_become_the_lots() -> None:
    """A lot keeps its earliest receipt date, and learns what it did not know; goods lie at the dock by default."""
    world = World()
    at = datetime(2026, 8, 20, 9, tzinfo=UTC)
    world.told(world.receipt(goods("L1", 6, None, expires=None, supplier="S", supplier_lot="X"), at=at))
    world.told(world.receipt(goods("L1", 6, made=date(2026, 1, 1)), number="R2"))
    lot = world.ledger.lots["TEA", "L1"]
    assert (lot.received, lot.expires, lot.made) == (at.date(), TODAY + timedelta(days=30), date(2026, 1, 1))
    assert (lot.supplier, lot.supplier_lot) == ("S", "X")
    assert world.row("L1", "DOCK").on_hand == 6


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"expires": TODAY}, "expires"),
        ({"made": date(2026, 2, 2)}, "made"),
        ({"supplier": "OTHER"}, "supplier"),
    ],
)
def test_goods_that_contradict_their_lot(other: dict[str, Any], field: str) -> None:
    """A second, different fact of a known lot overwrites nothing: happened, quarantine; asked, refused."""
    world = World()
    world.told(world.receipt(goods("L1", made=date(2026, 1, 1), supplier="S")))
    lot = replace(world.ledger.lots["TEA", "L1"], more=LotMore(came="receipt", several=True))
    again = goods("L1", 4, **other)
    asked = world.receipt(again, number="R2", happened=False)
    assert world.refused(asked) == (Code.CONFLICTING_CONTENT, f"lines.0.{field}")
    (line,) = only(world.told(replace(asked, happened=True)), StockReceived).lines
    assert (line.discrepancy, line.row.status, line.lot) == (Code.CONFLICTING_CONTENT, "quarantine", lot)
    assert world.ledger.lots["TEA", "L1"] == lot
    assert world.row("L1", status="quarantine").on_hand == 4


def test_made_after_expiry_is_a_contradiction() -> None:
    """Goods made after they expire go to quarantine; their lot is known, and neither day of it."""
    world = World()
    (line,) = only(world.told(world.receipt(goods("L1", made=date(2027, 1, 1), supplier="S"))), StockReceived).lines
    assert (line.discrepancy, line.row.status) == (Code.FIELD_INVALID, "quarantine")
    lot = world.ledger.lots["TEA", "L1"]
    assert (lot.made, lot.expires, lot.supplier) == (None, None, "S")


def test_lot_tracked_goods_without_a_lot() -> None:
    """Goods that should have a lot and name none go to quarantine when they are there, and are refused when asked."""
    world = World()
    asked = world.receipt(goods(None), happened=False)
    assert world.refused(asked) == (Code.FIELD_MISSING, "lines.0.lot")
    (line,) = only(world.told(replace(asked, happened=True)), StockReceived).lines
    assert (line.discrepancy, line.row.status) == (Code.FIELD_MISSING, "quarantine")
    damaged = replace(goods(None, line="2"), status="damaged")
    (line,) = only(world.told(world.receipt(damaged, number="R2")), StockReceived).lines
    assert line.row.status == "damaged"
    world.told(DefineItem(Item("BAG", tracking=Tracking.NONE)))
    (line,) = only(world.told(world.receipt(goods(None, sku="BAG"), number="R3")), StockReceived).lines
    assert (line.discrepancy, line.row.status) == (None, "good")


def test_goods_that_cannot_be_counted_are_not_lost() -> None:
    """Goods of an unknown item or unit are kept in a discrepancy; sent again once defined, only they are booked."""
    world = World()
    delivery = world.receipt(
        goods("L1", 3, line="1"), goods("L2", 4, line="2", sku="NEW"), goods("L3", 5, line="3", unit="pallet")
    )
    events = world.told(delivery)
    assert kinds(events) == ["StockReceived", "DiscrepancyNoted", "DiscrepancyNoted"]
    noted = [event for event in events if isinstance(event, DiscrepancyNoted)]
    assert [(event.code, event.quantity) for event in noted] == [
        (Code.UNKNOWN_ITEM, Decimal(4)),
        (Code.UNKNOWN_UNIT, Decimal(5)),
    ]
    assert noted[0].about["lot"] == "L2"
    assert kinds(world.told(delivery)) == ["DiscrepancyNoted", "DiscrepancyNoted"]
    world.told(DefineItem(Item("NEW")))
    events = world.told(delivery)
    assert [line.line for line in only(events, StockReceived).lines] == ["2"]
    assert world.row("L1").on_hand == 3
    asked = world.receipt(goods("L2", sku="NOT"), number="R9", happened=False)
    assert world.refused(asked) == (Code.UNKNOWN_ITEM, "lines.0.sku")
    asked = world.receipt(goods("L2", unit="pallet"), number="R9", happened=False)
    assert world.refused(asked) == (Code.UNKNOWN_UNIT, "lines.0.unit")


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (goods("L1", "2.5", line="odd"), Code.NOT_A_MULTIPLE, "lines.1.quantity"),
        (goods("L1", QUANTITY_MAX, unit="case", line="odd"), Code.TOO_LARGE, "lines.1.quantity"),
        (goods("L1", pack_size=Decimal("0.5"), line="odd"), Code.NOT_A_MULTIPLE, "lines.1.pack_size"),
    ],
)
def test_a_line_that_nobody_can_count_is_kept_and_the_others_are_booked(line: Any, code: Code, field: str) -> None:  # noqa: ANN401
    """Parts of a unit that has none: asked they are refused, happened they are told with all the line says."""
    world = World()
    delivery = world.receipt(goods("L0", 3), line, goods("L2", 4))
    assert world.refused(replace(delivery, happened=False)) == (code, field)
    events = world.told(delivery)
    assert [one.row.lot for one in only(events, StockReceived).lines] == ["L0", "L2"]
    noted = only(events, DiscrepancyNoted)
    assert (noted.code, noted.quantity, noted.about["line"]) == (code.value, line.quantity, "odd")
    assert noted.message.endswith(".")
    world.told(world.receipt(goods("L0", 3), goods("L1", 2, line="odd"), goods("L2", 4)))
    assert [world.row(lot).on_hand for lot in ("L0", "L1", "L2")] == [3, 2, 4]


@pytest.mark.parametrize(
    ("lines", "code", "field"),
    [
        ((), Code.FIELD_MISSING, "lines"),
        ((goods("L1", status="lost"),), Code.FIELD_INVALID, "lines.0.status"),
    ],
)
def test_malformed_receipt_is_refused_whole(lines: Any, code: Code, field: str) -> None:  # noqa: ANN401
    """What is not well formed cannot be booked, happened or not; nothing of it is half applied."""
    world = World()
    assert world.refused(world.receipt(goods("L0"), *lines) if len(lines) == 1 else world.receipt(*lines)) == (
        code,
        field.replace("lines.0", "lines.1") if len(lines) == 1 else field,
    )


def test_receipt_told_twice_is_booked_once() -> None:
    """A line under the same receipt is booked once; with other content it is a discrepancy, or refused when asked."""
    world = World()
    delivery = world.receipt(goods("L1", 3))
    world.told(delivery)
    assert world.told(delivery) == ()
    assert kinds(world.told(replace(delivery, final=True))) == ["StockReceived", "ReceiptClosed"]
    assert world.told(replace(delivery, final=True)) == ()
    other = world.receipt(goods("L1", 4))
    assert only(world.told(other), DiscrepancyNoted).code == Code.CONFLICTING_CONTENT
    assert world.refused(replace(other, happened=False)) == (Code.CONFLICTING_CONTENT, "lines.0.line")
    assert world.row("L1").on_hand == 3
    found = goods("L2", 7)
    world.stock(found)
    assert world.stock(found) == ()
    changed = OpenBalance(SITE, None, None, "opening", (replace(found, quantity=Decimal(8)),))
    assert world.refused(changed) == (Code.CONFLICTING_CONTENT, "lines.0.line")


def test_receipt_must_be_loaded() -> None:
    """Whether a receipt was booked before is never guessed."""
    world = World()
    with pytest.raises(NotLoaded, match="receipt R1"):
        decide(world.ledger, world.receipt(goods("L1")), world.warehouse.moment())


def test_unknown_site() -> None:
    """Goods at a site nobody defined are booked when they are there, with a discrepancy; else refused."""
    world = World()
    delivery = world.receipt(goods("L1"), site="NEW")
    assert kinds(world.told(delivery)) == ["StockReceived", "DiscrepancyNoted"]
    assert world.refused(replace(delivery, happened=False)) == (Code.FIELD_INVALID, "site")


def test_opening_balance_as_found() -> None:
    """Any quantity is taken over, with promises of others, its own dates and holds; stock without a lot may be held."""
    world = World()
    found = world.stock(
        goods("L1", -3, line="1"),
        goods("L2", 9, line="2", promised_elsewhere=Decimal(4), received=date(2026, 1, 1), hold=HoldKind.RECALL),
        goods(None, 2, line="3", hold=HoldKind.HOLD),
        goods(None, 2, line="4", received=date(2026, 5, 5)),
        goods(None, 2, line="5", received=date(2026, 4, 4)),
        goods("L2", 1, "ELSEWHERE", line="6", hold=HoldKind.RECALL),
    )
    assert len(only(found, BalanceOpened).lines) == 6
    assert (world.row("L1").on_hand, world.row("L2").promised_elsewhere) == (-3, 4)
    lot = world.ledger.lots["TEA", "L2"]
    assert (lot.received, [hold.kind for hold in lot.holds]) == (date(2026, 1, 1), [HoldKind.RECALL] * 2)
    assert world.row(None, status="quarantine").on_hand == 2
    assert (world.row(None).on_hand, world.row(None).received) == (4, date(2026, 4, 4))
    assert world.refused(OpenBalance("NEW", None, None, "b", (goods("L1"),))) == (Code.FIELD_INVALID, "site")


def test_receipt_date_of_goods_without_a_lot_moves_them_forward() -> None:
    """Goods without a lot keep their earliest receipt date, and stand in the order of use by it."""
    world = World()
    world.told(DefineItem(Item("BAG", tracking=Tracking.NONE)))
    world.stock(goods(None, 5, "B2", sku="BAG", received=date(2026, 5, 5)))
    world.stock(goods(None, 5, "B1", sku="BAG", received=date(2026, 6, 6)), balance="b")
    world.place("#1", wanted(sku="BAG", quantity=1))
    assert world.parts("#1")[0].row.location == "B2"
    world.stock(goods(None, 5, "B1", sku="BAG", received=date(2026, 4, 4)), balance="c")
    world.place("#2", wanted(sku="BAG", quantity=1))
    assert world.parts("#2")[0].row.location == "B1"
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before


def test_found_below_what_is_promised() -> None:
    """Stock found below zero takes back what it can no longer keep: the back of the queue first, then served again."""
    world = World()
    world.stock(goods("L1", 10), goods("L2", 3, expires=TODAY + timedelta(days=90)))
    world.place("#1", wanted(quantity=4))
    world.place("#2", wanted("1", 3), wanted("2", 3))
    events = world.stock(goods("L1", -5, line="x"), balance="later")
    assert kinds(events) == ["BalanceOpened", "ReservationFreed", "OrderAllocated"]
    assert [(loss.line, loss.quantity) for loss in only(events, ReservationFreed).freed] == [("2", 3), ("1", 2)]
    assert (world.lots("#1"), world.row("L1").on_hand, world.row("L1").reserved) == ([("L1", 4)], 5, 5)
    assert sorted(world.lots("#2"), key=str) == [("L1", 1), ("L2", 1), ("L2", 2)]


def test_found_below_what_is_picked() -> None:
    """Goods that turn out not to stand at the staging place are taken from the order that had picked them."""
    world = World()
    world.stock(goods("L1", 5))
    world.place("#1")
    world.told(world.pick("#1"))
    events = world.stock(goods("L1", -2, "STAGING"), balance="later")
    (loss,) = only(events, ReservationFreed).freed
    assert (loss.quantity, loss.picked) == (2, 2)
    assert world.row("L1", "STAGING").reserved == 3


def test_a_hold_that_comes_with_goods_concerns_what_was_promised_before() -> None:
    """A hold on one row of a lot is a hold on the lot: unpicked promises of it move, what is picked stays."""
    world = World()
    world.stock(goods("L1", 4), goods("L2", 4, expires=TODAY + timedelta(days=60)))
    world.place("#1", wanted("1", 2))
    world.place("#2", wanted("1", 2))
    world.told(world.pick("#2"))
    events = world.told(world.receipt(goods("L1", 3, hold=HoldKind.QUARANTINE)))
    assert only(events, ReservationFreed).reason == "quarantine"
    assert (world.lots("#1"), world.lots("#2")) == ([("L2", 2)], [("L1", 2)])


def test_a_recall_that_comes_with_goods_takes_what_is_picked() -> None:
    """A recall takes what is picked and has not left as well, with those promises that are not."""
    world = World()
    world.stock(goods("L1", 4), goods("L2", 4, expires=TODAY + timedelta(days=60)))
    world.place("#1", wanted("1", 3))
    world.told(world.pick("#1"))
    world.stock(goods("L1", 1, hold=HoldKind.RECALL), balance="more")
    assert world.lots("#1") == [("L2", 3)]
    assert world.row("L1", "STAGING").reserved == 0


def test_a_date_that_comes_with_goods_concerns_what_was_promised_before() -> None:
    """A lot of which nobody knew how long it lives is promised no more once a delivery says that it has expired."""
    world = World()
    world.stock(goods("L1", 4, expires=None))
    world.place("#1", wanted("1", 2))
    world.told(world.receipt(goods("L1", 1, expires=TODAY - timedelta(days=1))))
    assert world.lots("#1") == []


def test_less_than_nothing_is_promised_to_nobody() -> None:
    """What others were promised cannot be below zero: more would be free than is there."""
    found = goods("L1", 3, promised_elsewhere=Decimal(-1))
    refused = World().refused(OpenBalance(SITE, None, None, "B", (found,)))
    assert refused == (Code.FIELD_INVALID, "lines.0.promised_elsewhere")


@pytest.mark.parametrize(
    ("promised", "code"), [("0.5", Code.NOT_A_MULTIPLE), ("NaN", Code.FIELD_INVALID), ("1e20", Code.TOO_LARGE)]
)
def test_what_others_were_promised_can_be_counted(promised: str, code: Code) -> None:
    """Half a piece, no number, or more than can be counted: nobody knows what is free, so the line is told of."""
    world = World()
    odd = goods("L1", 3, line="1", promised_elsewhere=Decimal(promised))
    found = OpenBalance(SITE, None, None, "B", (odd, goods("L2", 3, line="2")))
    assert world.refused(found) == (code, "lines.0.promised_elsewhere")
    assert world.ledger.stock == {}
    world.told(replace(found, lines=(replace(odd, promised_elsewhere=Decimal(1)), found.lines[1])))
    world.place("#1", wanted(quantity=6))
    assert world.lots("#1") == [("L1", 2), ("L2", 3)]
