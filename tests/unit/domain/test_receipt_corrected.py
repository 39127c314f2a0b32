"""Lines of a receipt were told wrongly."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.apply import apply
from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    CorrectReceipt,
    DefineItem,
    DefineSupplier,
    LineWrong,
    MoveStock,
    PlaceHold,
    StockLine,
)
from lotstream.domain.events import DiscrepancyNoted, ReceiptClosed, ReceiptCorrected, ReservationFreed
from lotstream.domain.model import HoldKind, Item, LotMore, ReceiptKey, Supplier
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, kinds, only, wanted


def wrong(line: str = "1", quantity: object = None, **more: Any) -> LineWrong:
    """What a line should have said."""
    return LineWrong(line, None if quantity is None else Decimal(str(quantity)), **more)


def corrects(*lines: LineWrong, **more: Any) -> CorrectReceipt:
    """A correction, asked unless told otherwise."""
    happened, number, site = more.pop("happened", False), more.pop("correction", "C1"), more.pop("site", SITE)
    return CorrectReceipt(site, happened, "dock", None, more.pop("receipt", "R1"), number, "Typed", lines)


def received(*lines: Any, world: World | None = None, **more: Any) -> World:
    """A world in which goods came in."""
    world = world or World()
    world.told(world.receipt(*(lines or (goods("L1", 10, line="1"),)), **more))
    return world


def stock(world: World) -> dict[tuple[str, str | None, str, str], int]:
    """What lies where: SKU, lot, bin and condition."""
    rows = world.ledger.stock
    return {(row.sku, row.lot, row.location, row.status): one.on_hand for row, one in rows.items() if one.on_hand}


@pytest.mark.parametrize(("quantity", "left"), [(7, 7), (13, 13), (0, 0), (10, 10)])
def test_another_quantity_came(quantity: int, left: int) -> None:
    """More or less is booked where the goods were booked, and the line is what it should have been."""
    world = received()
    command = corrects(wrong("1", quantity))
    event = only(world.told(command), ReceiptCorrected)
    assert stock(world) == ({("TEA", "L1", "BIN", "good"): left} if left else {})
    assert event.changes[0].booked.quantity == quantity
    assert world.told(command) == ()
    other = replace(command, lines=(wrong("1", 1),))
    assert world.refused(other) == (Code.CONFLICTING_CONTENT, "correction")
    assert isinstance(only(world.told(replace(other, happened=True)), DiscrepancyNoted), DiscrepancyNoted)
    told = world.receipt(goods("L1", quantity, line="1"))
    if quantity:
        assert world.told(told) == ()


def test_goods_that_were_put_away_are_found() -> None:
    """Less is taken off where the goods lie now: their dock first, what is picked last; who loses is decided again."""
    world = received(goods("L1", 10, "DOCK", line="1"), goods("L2", 4, line="2"))
    line = StockLine("1", "TEA", "L1", "DOCK", Decimal(8), None, None, None, None, None, to="BIN")
    world.told(MoveStock(SITE, True, None, None, "M", (line,)))
    world.place("#1", wanted("1", 9))
    assert [lot for lot, _ in world.lots("#1")] == ["L1", "L1"]
    events = world.told(corrects(wrong("1", 5)))
    assert "ReservationFreed" in kinds(events)
    assert sum(units for _, units in world.lots("#1")) == 9
    assert stock(world) == {("TEA", "L1", "BIN", "good"): 5, ("TEA", "L2", "BIN", "good"): 4}


def test_what_has_left_is_not_taken_back() -> None:
    """Asked, it is refused; when it has happened a deficit is left, and a person is told."""
    world = received()
    world.place("#1", wanted("1", 8))
    world.told(world.pick("#1"))
    world.told(world.ship("#1"))
    command = corrects(wrong("1", 5))
    assert world.refused(command) == (Code.NOT_AVAILABLE, "lines.0.quantity")
    assert world.refused(corrects(wrong("1", lot="L9"))) == (Code.NOT_AVAILABLE, "lines.0.lot")
    events = world.told(replace(command, happened=True))
    assert only(events, DiscrepancyNoted).code == Code.NOT_AVAILABLE
    assert stock(world) == {("TEA", "L1", "BIN", "good"): -3}
    world.told(corrects(wrong("1", lot="L9"), happened=True, correction="C2"))
    assert stock(world) == {("TEA", "L1", "BIN", "good"): -3}


def test_picked_goods_of_another_quantity() -> None:
    """What stands picked is taken last, and its order is decided again."""
    world = received()
    world.place("#1", wanted("1", 8))
    world.told(world.pick("#1"))
    assert kinds(world.told(corrects(wrong("1", 9)))) == ["ReceiptCorrected"]
    events = world.told(corrects(wrong("1", 5), correction="C2"))
    assert only(events, ReservationFreed).freed[0].picked == 3


def test_goods_were_of_another_lot() -> None:
    """They are the other lot's where they lie; what was promised of the wrong one is promised anew."""
    world = received()
    world.place("#1", wanted("1", 4))
    events = world.told(corrects(wrong("1", lot="L2", expires=TODAY + timedelta(days=50))))
    assert kinds(events)[:2] == ["ReceiptCorrected", "ReservationFreed"]
    assert stock(world) == {("TEA", "L2", "BIN", "good"): 10}
    assert world.lots("#1") == [("L2", 4)]
    lot = world.ledger.lots["TEA", "L2"]
    assert lot.expires == TODAY + timedelta(days=50)
    assert lot.more == LotMore(came="receipt")


def test_less_of_another_lot_came() -> None:
    """What lies in several bins is all taken off the wrong lot; as much as came is the right one's."""
    world = received()
    line = StockLine("1", "TEA", "L1", "BIN", Decimal(4), to="B2")
    world.told(MoveStock(SITE, True, None, None, "M", (line,)))
    world.told(corrects(wrong("1", 5, lot="L2")))
    assert stock(world) == {("TEA", "L2", "BIN", "good"): 5}


def test_a_new_lot_is_what_its_goods_were_known_to_be() -> None:
    """What was told of the wrong lot with these goods is told of the right one, but for what is said now."""
    line = goods("L1", made=date(2026, 1, 1), supplier="S", supplier_lot="24A", origin="CA", facility="F2", line="1")
    world = received(line)
    world.told(corrects(wrong("1", lot="L2", origin="US")))
    lot = world.ledger.lots["TEA", "L2"]
    assert (lot.made, lot.expires, lot.supplier, lot.supplier_lot) == (
        date(2026, 1, 1), TODAY + timedelta(days=30), "S", "24A",
    )  # fmt: skip
    assert lot.more == LotMore(came="receipt", origin="US", facility="F2")


def test_goods_were_of_a_known_lot() -> None:
    """Its facts stay; what is said otherwise is refused, or puts the goods into quarantine when it has happened."""
    world = received(goods("L1", line="1"), goods("L2", 5, line="2"))
    assert kinds(world.told(corrects(wrong("1", lot="L2")))) == ["ReceiptCorrected"]
    assert stock(world) == {("TEA", "L2", "BIN", "good"): 15}
    command = corrects(wrong("2", expires=TODAY), correction="C2")
    assert world.refused(command) == (Code.CONFLICTING_CONTENT, "lines.0.expires")
    events = world.told(replace(command, happened=True))
    assert only(events, DiscrepancyNoted).code == Code.CONFLICTING_CONTENT
    assert stock(world) == {("TEA", "L2", "BIN", "good"): 10, ("TEA", "L2", "BIN", "quarantine"): 5}


def test_goods_were_another_item() -> None:
    """They are counted in the other item's units; what does not come out has to be told."""
    world = received()
    world.told(DefineItem(Item("JAM", decimals=1)))
    world.told(DefineItem(Item("HAM", decimals=3)))
    world.told(corrects(wrong("1", sku="HAM")))
    assert stock(world) == {("HAM", "L1", "BIN", "good"): 10_000}
    world.told(corrects(wrong("1", "0.5", sku="HAM"), correction="C2"))
    assert world.refused(corrects(wrong("1", sku="TEA"), correction="C3")) == (Code.NOT_A_MULTIPLE, "lines.0.quantity")
    world.told(corrects(wrong("1", 3, sku="TEA"), correction="C4"))
    assert stock(world) == {("TEA", "L1", "BIN", "good"): 3}


def test_a_lot_of_one_line_is_what_the_line_says() -> None:
    """Dates and origin of its only line are the lot's; with another line it is corrected as a lot."""
    world = received()
    world.place("#1", wanted("1", 4, min_days_left=20))
    events = world.told(corrects(wrong("1", expires=TODAY + timedelta(days=10), supplier="S", origin="CA")))
    assert kinds(events)[:2] == ["ReceiptCorrected", "ReservationFreed"]
    lot = world.ledger.lots["TEA", "L1"]
    assert (lot.expires, lot.supplier, lot.more) == (
        TODAY + timedelta(days=10), "S", LotMore(came="receipt", origin="CA"),
    )  # fmt: skip
    assert world.refused(corrects(wrong("1", made=TODAY + timedelta(days=11)), correction="C2")) == (
        Code.FIELD_INVALID, "lines.0.made",
    )  # fmt: skip
    world.told(world.receipt(goods("L1", 1, expires=None), number="R2"))
    again = corrects(wrong("1", expires=TODAY), correction="C3")
    assert world.refused(again) == (Code.CONFLICTING_CONTENT, "lines.0.expires")
    assert kinds(world.told(corrects(wrong("1", made=date(2026, 1, 1)), correction="C4"))) == ["ReceiptCorrected"]
    assert world.ledger.lots["TEA", "L1"].made == date(2026, 1, 1)


def test_goods_that_contradicted_their_lot_do_not_correct_it() -> None:
    """A lot of which goods in quarantine say otherwise is no longer what one line says."""
    world = received()
    world.told(world.receipt(goods("L1", 3, line="1", expires=TODAY), number="R2"))
    lot = world.ledger.lots["TEA", "L1"]
    refused = world.refused(corrects(wrong("1", expires=TODAY + timedelta(days=1)), receipt="R2"))
    assert refused == (Code.CONFLICTING_CONTENT, "lines.0.expires")
    assert world.ledger.lots["TEA", "L1"] == lot


def test_days_that_cannot_be_true_have_happened() -> None:
    """Goods made after their last day are in quarantine, and the lot keeps what was known."""
    world = received()
    events = world.told(corrects(wrong("1", made=date(2027, 1, 1)), happened=True))
    assert only(events, DiscrepancyNoted).code == Code.FIELD_INVALID
    assert stock(world) == {("TEA", "L1", "BIN", "quarantine"): 10}
    assert world.ledger.lots["TEA", "L1"].made is None


def test_goods_in_quarantine_are_good_when_their_facts_are_told() -> None:
    """A correction that completes a line may say so; what is missing still is refused, or keeps them there."""
    world = World()
    world.told(DefineSupplier(Supplier("S", min_days_left=60)))
    world.told(DefineItem(Item("TEA", version=2, required=("supplier",))))
    received(world=world)
    assert stock(world) == {("TEA", "L1", "BIN", "quarantine"): 10}
    command = corrects(wrong("1", status="good"))
    assert world.refused(command) == (Code.FIELD_MISSING, "lines.0.supplier")
    short = corrects(wrong("1", status="good", supplier="S"))
    assert world.refused(short) == (Code.LOT_NOT_ALLOWED, "lines.0.expires")
    assert only(world.told(replace(short, happened=True)), DiscrepancyNoted).code == Code.LOT_NOT_ALLOWED
    assert stock(world) == {("TEA", "L1", "BIN", "quarantine"): 10}
    late = TODAY + timedelta(days=90)
    world.place("#1", wanted("1", 2))
    events = world.told(corrects(wrong("1", status="good", supplier="S", expires=late), correction="C2"))
    assert kinds(events) == ["ReceiptCorrected", "OrderAllocated"]
    assert stock(world) == {("TEA", "L1", "BIN", "good"): 10}


def test_what_it_cost_follows_its_goods() -> None:
    """Costs of a line are those of its lot: with other quantities in part, with another lot elsewhere."""
    world = received(goods("L1", 10, line="1", cost=Decimal(2)), goods("L1", 5, line="2", cost=Decimal(4)))

    def costs(lot: str) -> tuple[Decimal | None, int]:
        more = world.ledger.lots["TEA", lot].more or LotMore()
        return more.cost_total, more.cost_units

    assert costs("L1") == (Decimal(40), 15)
    world.told(corrects(wrong("1", 5)))
    assert costs("L1") == (Decimal(30), 10)
    world.told(corrects(wrong("1", cost=Decimal(18), unit="case"), correction="C2"))
    assert costs("L1") == (Decimal(35), 10)
    world.told(corrects(wrong("1", lot="L2"), correction="C3"))
    assert (costs("L1"), costs("L2")) == ((Decimal(20), 5), (Decimal(15), 5))
    world.told(corrects(wrong("2", 0), correction="C4"))
    assert costs("L1") == (None, 0)


def test_a_closed_receipt_is_told_again() -> None:
    """What is on it now is told as a whole, with a number of its own."""
    world = received(final=True)
    closed = only(world.told(corrects(wrong("1", 8))), ReceiptClosed)
    assert (closed.told, [line.received for line in closed.lines]) == (2, [8])


def test_goods_without_a_lot() -> None:
    """They have no facts of a lot; quantities are corrected all the same, and a lot may be told."""
    world = received(goods(None, 10, line="1"))
    assert stock(world) == {("TEA", None, "BIN", "quarantine"): 10}
    world.told(corrects(wrong("1", 4)))
    world.told(corrects(wrong("1", lot="L1", status="good"), correction="C2"))
    assert stock(world) == {("TEA", "L1", "BIN", "good"): 4}
    assert world.ledger.lots["TEA", "L1"].expires is None


@pytest.mark.parametrize(
    ("command", "code", "field"),
    [
        (corrects(wrong(), receipt="R9"), Code.NOT_AVAILABLE, "receipt"),
        (corrects(wrong(), site="MARS"), Code.FIELD_INVALID, "site"),
        (corrects(), Code.FIELD_MISSING, "lines"),
        (corrects(wrong(), wrong()), Code.FIELD_INVALID, "lines.1.line"),
        (corrects(wrong("9")), Code.NOT_AVAILABLE, "lines.0.line"),
        (corrects(wrong(quantity=-1)), Code.NOT_POSITIVE, "lines.0.quantity"),
        (corrects(wrong(quantity="NaN")), Code.FIELD_INVALID, "lines.0.quantity"),
        (corrects(wrong(quantity="0.5")), Code.NOT_A_MULTIPLE, "lines.0.quantity"),
        (corrects(wrong(cost=Decimal(-1))), Code.FIELD_INVALID, "lines.0.cost"),
        (corrects(wrong(status="lost")), Code.FIELD_INVALID, "lines.0.status"),
        (corrects(wrong(sku="NO")), Code.UNKNOWN_ITEM, "lines.0.sku"),
        (corrects(wrong(quantity=1, unit="ton")), Code.UNKNOWN_UNIT, "lines.0.unit"),
    ],
)
def test_what_cannot_be_corrected(command: CorrectReceipt, code: Code, field: str) -> None:
    """Asked, it is refused; what may have happened all the same is told to a person, and changes nothing."""
    world = received()
    assert world.refused(command) == (code, field)
    if code in (Code.NOT_AVAILABLE, Code.UNKNOWN_ITEM, Code.UNKNOWN_UNIT):
        assert kinds(world.told(replace(command, happened=True))) == ["DiscrepancyNoted"]


def test_a_corrected_receipt_has_to_be_there() -> None:
    """The event of a receipt that is not read is an error."""
    ledger = World().ledger
    ledger.receipts[ReceiptKey("receipt", "R1")] = None
    event = ReceiptCorrected(SITE, "R1", "C", None, datetime(2026, 9, 1, tzinfo=UTC), None, "", ())
    with pytest.raises(LookupError):
        apply(ledger, event)


def test_a_correction_does_not_wash_holds_off() -> None:
    """Goods of a held lot that are of another lot stay held; into a lot that is free they are not corrected."""
    world = received(goods("L1", 10, line="1"), goods("L2", 4, line="2"), goods("L3", 4, line="3"))
    world.told(PlaceHold("H1", HoldKind.HOLD, "TEA", "L1"))
    asked = corrects(wrong("1", lot="L2"))
    assert world.refused(asked) == (Code.ON_HOLD, "lines.0.lot")
    world.told(corrects(wrong("1", lot="NEW"), correction="C2"))
    assert [hold.id for hold in world.ledger.lots["TEA", "NEW"].holds] == ["H1"]
    world.place("#1", wanted("1", 18))
    assert world.lots("#1") == [("L2", 4), ("L3", 4)]
    world.told(corrects(wrong("1", lot="L3"), correction="C3", happened=True))
    assert stock(world)["TEA", "L3", "BIN", "quarantine"] == 10
    assert world.lots("#1") == [("L2", 4), ("L3", 4)]
