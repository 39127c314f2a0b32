"""What becomes of goods that came back, after somebody has looked at them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import CountStock, DefineItem, InspectedLine, InspectReturn, ReturnGoods, StockLine
from lotstream.domain.events import DiscrepancyNoted, ReturnInspected, StockFound
from lotstream.domain.model import CameBack, Disposition, Item, ReceiptKey, Tracking
from lotstream.domain.paper import RETURN
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted

RESTOCK, SCRAP, SEND_BACK, QUARANTINE = Disposition


def inspect(*lines: InspectedLine, happened: bool = False, number: str = "RI-1", of: str = "RMA") -> InspectReturn:
    """An inspection of the return."""
    return InspectReturn(SITE, happened, "qa", None, of, number, lines)


def line(quantity: object, disposition: Disposition, name: str = "1", **more: Any) -> InspectedLine:  # noqa: ANN401 - as lines have them
    """A line of an inspection, of the first line of the return."""
    of = more.pop("of", "1")
    return InspectedLine(name, of, Decimal(str(quantity)), more.pop("unit", None), disposition, **more)


@pytest.fixture
def world() -> World:
    """Six of a lot left and came back to quarantine in the bin BACK; four are still in the house."""
    made = World()
    made.stock(goods("L1", 10))
    made.place("#1", wanted(quantity=6))
    made.told(made.ship("#1"))
    back = StockLine("1", "TEA", "L1", "BACK", Decimal(6), status="quarantine")
    made.told(ReturnGoods(SITE, False, "door", None, "RMA", key("#1"), (back,)))
    return made


def came(world: World) -> tuple[CameBack, ...]:
    """What is known of the return."""
    receipt = world.warehouse.documents[ReceiptKey(RETURN, "RMA")]
    assert receipt is not None
    found: tuple[CameBack, ...] = receipt.came  # type: ignore[union-attr]
    return found


def on_hand(world: World, location: str, status: str) -> int:
    """How much lies in a bin in a condition."""
    rows = [row for at, row in world.ledger.stock.items() if (at.location, at.status) == (location, status)]
    return sum(row.on_hand for row in rows)


def test_each_part_of_a_return_gets_its_own_end(world: World) -> None:
    """Restocked goods are good, known as returned, and go to who waits; others are off the books, or set apart."""
    world.place("#2", wanted(quantity=6))
    assert world.lots("#2") == [("L1", 4)]
    parts = line(2, RESTOCK, to="BIN"), line(1, SCRAP, "2", reason="torn"), line(1, SEND_BACK, "3")
    events = world.told(inspect(*parts, line(1, QUARANTINE, "4", to="CAGE")))
    assert kinds(events) == ["ReturnInspected", "OrderAllocated"]
    told = only(events, ReturnInspected)
    assert [(move.to.location, move.to.status, move.to.returned, move.quantity) for move in told.moves] == [
        ("BIN", "good", True, 2), ("CAGE", "quarantine", True, 1),
    ]  # fmt: skip
    assert [(one.quantity, one.reason) for one in told.scrapped] == [(-1, "torn")]
    assert [one.quantity for one in told.sent_back] == [-1]
    assert sum(part.quantity for part in world.parts("#2")) == 6
    assert (on_hand(world, "BACK", "quarantine"), on_hand(world, "CAGE", "quarantine")) == (1, 1)
    assert [(one.quantity, one.inspected) for one in came(world)] == [(6, 5)]
    assert world.told(inspect(*parts, line(1, QUARANTINE, "4", to="CAGE"))) == ()


def test_each_line_of_a_return_is_looked_at_on_its_own(world: World) -> None:
    """One inspection may be told line by line, and what is said of one line of the return is of that line alone."""
    world.stock(goods("L2", 4), balance="more")
    world.place("#2", wanted(quantity=4, lot="L2"))
    world.told(world.ship("#2", shipment="S2"))
    lines = [StockLine(name, "TEA", "L2", "BACK", Decimal(2), status="quarantine") for name in ("1", "2")]
    world.told(ReturnGoods(SITE, False, "door", None, "RMA-2", key("#2"), tuple(lines)))
    world.told(inspect(line(2, SCRAP, of="2"), of="RMA-2"))
    world.told(inspect(line(1, RESTOCK, "2"), of="RMA-2"))
    receipt = world.warehouse.documents[ReceiptKey(RETURN, "RMA-2")]
    assert [(one.line, one.quantity, one.inspected) for one in receipt.came] == [("1", 2, 1), ("2", 2, 2)]  # type: ignore[union-attr]
    assert world.told(inspect(line(2, SCRAP, of="2"), line(1, RESTOCK, "2"), of="RMA-2")) == ()


def test_one_inspection_may_be_of_what_left_with_two_lines(world: World) -> None:
    """What came under one line of the return lies in two parts: the second is looked at for what the first has not."""
    world.stock(goods("L2", 6), balance="more")
    world.place("#2", wanted("1", 2, lot="L2"), wanted("2", 4, lot="L2"))
    world.told(world.ship("#2", shipment="S2"))
    back = StockLine("1", "TEA", "L2", "BACK", Decimal(6), status="quarantine")
    world.told(ReturnGoods(SITE, False, "door", None, "RMA-2", key("#2"), (back,)))
    told = only(world.told(inspect(line(3, SCRAP), of="RMA-2")), ReturnInspected)
    assert [one.quantity for one in told.scrapped] == [-2, -1]


def test_what_one_line_takes_is_not_there_for_the_next(world: World) -> None:
    """Three of six are still in their bin: two are restocked, and of the next two one is missing."""
    world.told(CountStock(SITE, True, None, None, "C", (StockLine("1", "TEA", "L1", "BACK", Decimal(3)),)))
    parts = line(2, RESTOCK, to="BIN"), line(2, SCRAP, "2")
    assert world.refused(inspect(*parts)) == (Code.NOT_AVAILABLE, "lines.1.location")
    assert only(world.told(inspect(*parts, happened=True)), StockFound).quantity == 1


def test_goods_are_restocked_to_one_place(world: World) -> None:
    """Told again with another bin it is another inspection; no bin is one for picks or for transfers."""
    world.told(inspect(line(2, RESTOCK, to="BIN")))
    assert world.refused(inspect(line(2, RESTOCK, to="CAGE"))) == (Code.CONFLICTING_CONTENT, "lines.0.line")
    for place, by in (("STAGING", "picks"), ("TRANSIT/T1", "transfers")):
        refusal = world.warehouse.decide(inspect(line(1, RESTOCK, "2", to=place), number="RI-2"))
        assert isinstance(refusal, Refusal)
        assert refusal.message.startswith("Goods ")
        assert f"{place} " in refusal.message
        assert f"by {by}" in refusal.message


def test_goods_that_came_back_to_staging_are_looked_at_there(world: World) -> None:
    """They were put there, which was told then: what is thrown away of them is gone, and the rest is put elsewhere."""
    staged = StockLine("1", "TEA", "L1", "STAGING", Decimal(3), status="quarantine")
    world.told(ReturnGoods(SITE, True, "door", None, "RMB", None, (staged,), customer="C-7"))
    world.told(inspect(line(1, SCRAP), line(2, RESTOCK, "2", to="BIN"), of="RMB"))
    assert on_hand(world, "STAGING", "quarantine") == 0
    assert on_hand(world, "BIN", "good") == 4 + 2


def test_goods_without_a_lot_keep_the_day_they_came_back(world: World) -> None:
    """First in, first out: it is what they are used by."""
    world.told(DefineItem(Item("CUP", tracking=Tracking.NONE)))
    world.stock(goods(None, 3, sku="CUP", expires=None, received=TODAY - timedelta(days=9)), balance="cups")
    world.place("#2", wanted(sku="CUP", quantity=3))
    world.told(world.ship("#2", shipment="S2"))
    back = StockLine("1", "CUP", None, "BACK", Decimal(3), status="quarantine")
    world.told(ReturnGoods(SITE, False, "door", None, "RMA-2", key("#2"), (back,)))
    came_on = world.row(None, "BACK", "quarantine").received
    assert came_on is not None
    world.told(inspect(line(3, RESTOCK, to="BIN"), of="RMA-2"))
    back_there = [
        row for at, row in world.ledger.stock.items() if (at.sku, at.location, at.returned) == ("CUP", "BIN", True)
    ]
    assert [row.received for row in back_there] == [came_on]


def test_more_than_came_is_not_inspected(world: World) -> None:
    """Asked it is refused; happened, what is still to be looked at is booked and the rest is a discrepancy."""
    assert world.refused(inspect(line(7, SCRAP))) == (Code.NOT_AVAILABLE, "lines.0.quantity")
    world.told(inspect(line(4, SCRAP)))
    assert world.refused(inspect(line(3, RESTOCK), number="RI-2")) == (Code.NOT_AVAILABLE, "lines.0.quantity")
    events = world.told(inspect(line(3, RESTOCK), number="RI-2", happened=True))
    assert kinds(events) == ["ReturnInspected", "DiscrepancyNoted"]
    assert only(events, ReturnInspected).moves[0].quantity == 2
    assert [one.inspected for one in came(world)] == [6]


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (inspect(line(1, SCRAP), of="NONE"), (Code.NOT_AVAILABLE, "return")),
        (inspect(line(1, SCRAP, of="9")), (Code.NOT_AVAILABLE, "lines.0.return_line")),
        (inspect(line(1, RESTOCK, to="STAGING")), (Code.FIELD_INVALID, "lines.0.to")),
        (inspect(line(1, RESTOCK, to="TRANSIT/T1")), (Code.FIELD_INVALID, "lines.0.to")),
        (inspect(line(1, SCRAP, unit="box")), (Code.UNKNOWN_UNIT, "lines.0.unit")),
        (inspect(line(0, SCRAP)), (Code.NOT_POSITIVE, "lines.0.quantity")),
        (inspect(line(1, SCRAP, location="ELSEWHERE")), (Code.NOT_AVAILABLE, "lines.0.location")),
        (inspect(line(1, SCRAP), line(1, SCRAP)), (Code.FIELD_INVALID, "lines.1.line")),
        (inspect(), (Code.FIELD_MISSING, "lines")),
    ],
)
def test_what_cannot_be_inspected_is_refused(world: World, command: InspectReturn, refusal: tuple[Code, str]) -> None:
    """And changes nothing; happened, it is a discrepancy or what is there is found."""
    assert world.refused(command) == refusal
    if refusal[1] in {"return", "lines.0.return_line", "lines.0.to", "lines.0.unit"}:
        told = ["ReturnInspected", "DiscrepancyNoted"] if refusal[1] == "lines.0.to" else ["DiscrepancyNoted"]
        assert kinds(world.told(replace(command, happened=True))) == told


def test_nothing_is_no_inspection_of_anything(world: World) -> None:
    """Asked, it is refused; happened, people are told what was said."""
    told = inspect(line(0, SCRAP))
    assert world.refused(told) == (Code.NOT_POSITIVE, "lines.0.quantity")
    noted = only(world.told(replace(told, happened=True)), DiscrepancyNoted)
    assert (noted.code, noted.about["quantity"]) == (Code.NOT_POSITIVE.value, "0")


def test_what_was_moved_meanwhile_is_found_where_it_is_said_to_lie(world: World) -> None:
    """It has happened; the bin it was put into keeps what it has."""
    events = world.told(inspect(line(2, SCRAP, location="ELSEWHERE"), happened=True))
    assert only(events, StockFound).quantity == 2
    assert only(events, DiscrepancyNoted).code == Code.NOT_AVAILABLE.value
    assert on_hand(world, "BACK", "quarantine") == 6


def test_a_line_told_again_with_other_content_is_refused(world: World) -> None:
    """The same number of an inspection is the same inspection."""
    world.told(inspect(line(1, SCRAP)))
    assert world.refused(inspect(line(2, SCRAP))) == (Code.CONFLICTING_CONTENT, "lines.0.line")
    assert world.refused(inspect(line(1, RESTOCK))) == (Code.CONFLICTING_CONTENT, "lines.0.line")


def test_promised_goods_that_are_scrapped_are_taken_from_their_order() -> None:
    """They had come back good and were promised at once; whoever loses them is given other stock."""
    world = World()
    world.stock(goods("L1", 2))
    world.place("#1", wanted(quantity=2))
    world.told(world.ship("#1"))
    back = StockLine("1", "TEA", "L1", "BACK", Decimal(2))
    world.told(ReturnGoods(SITE, False, "door", None, "RMA", key("#1"), (back,)))
    world.place("#2", wanted(quantity=2))
    world.stock(goods("L2", 1), balance="more")
    assert world.lots("#2") == [("L1", 2)]
    assert world.told(inspect(line(1, RESTOCK, "0"), number="RI-0")) != ()
    events = world.told(inspect(line(1, SCRAP)))
    assert kinds(events) == ["ReturnInspected", "ReservationFreed", "OrderAllocated"]
    assert sorted(world.lots("#2")) == [("L1", 1), ("L2", 1)]
