"""What events count for the figures a warehouse is judged by, worked out by hand beside the code."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.commands import (
    AdjustStock,
    ArrivedLine,
    ContinueDay,
    CorrectLot,
    CorrectReceipt,
    DefineCustomer,
    ImportedLine,
    ImportShipment,
    LineWrong,
    MergeLots,
    OpenDay,
    ReceiveTransfer,
    ReturnGoods,
    ShippedLine,
    ShipTransfer,
    SplitLine,
    SplitLot,
    SplitPart,
    StockLine,
    VoidShipment,
)
from lotstream.domain.kpis import KPIS, Figures, Rates, rates
from lotstream.domain.lot_facts import has_origin
from lotstream.domain.model import AdjustCode, Customer, LotName, OrderKey
from lotstream.domain.movements import MOVES
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, goods, key, wanted
from tests.unit.domain.judged import THERE, Judged, expired, turn


def test_what_is_received_counts_in_base_units_and_an_opening_balance_does_not() -> None:
    """24 each and 1.250 kg come in with a receipt, quarantined goods among them; 10 that were there count nowhere."""
    world = Judged()
    world.stock(goods("L0"))
    assert world.since() == {}
    late = goods("L2", 4, expires=None, line="3", sku="SALT")
    world.told(world.receipt(goods("L1", 24, line="1"), goods("L2", "1.250", sku="SALT", line="2"), late))
    assert world.since() == {"received": Decimal("29.250")}


def test_values_are_what_was_paid_and_what_a_lot_has_cost() -> None:
    """10 at 1.25 and 30 at 2.25 are 80 for 40 units; 4 that expire are worth 8, whatever is left of either receipt."""
    world = Judged()
    world.told(world.receipt(goods("L1", 10, cost=Decimal("1.25"), line="1")))
    world.told(world.receipt(goods("L1", 30, cost=Decimal("2.25"), line="1"), number="R2"))
    world.told(world.receipt(goods("L1", 2, line="1"), number="R3"))
    assert world.since() == {"received": Decimal(42), "received_value": Decimal(84)}
    world.adjust("L1", -4, AdjustCode.SPOILED)
    assert world.since() == {"expired": Decimal(4), "expired_value": Decimal(8)}


def test_a_corrected_receipt_counts_what_came_at_what_it_was_paid() -> None:
    """Of 20 at 2.00 only 18 came, of another lot; then they had cost 2.50; a line without a price counts by its lot."""
    world = Judged()
    world.told(world.receipt(goods("L1", 20, cost=Decimal("2.00"), line="1"), goods("L1", 4, line="2")))
    assert world.since() == {"received": Decimal(24), "received_value": Decimal(48)}

    def correct(**line: Any) -> dict[str, Decimal | int]:  # noqa: ANN401 - fields of any type
        wrong = LineWrong(**{"line": "1", "quantity": None, "unit": None, **line})
        world.told(CorrectReceipt(SITE, True, "dock", None, "R1", f"C{len(line)}{line}", None, (wrong,)))
        return world.since()

    assert correct(quantity=Decimal(18), lot="L2") == {"received": Decimal(-2), "received_value": Decimal(-4)}
    assert correct(cost=Decimal("2.50")) == {"received_value": Decimal(9)}
    assert correct(line="2", quantity=Decimal(6)) == {"received": Decimal(2)}


def test_what_expired_is_lost_once() -> None:
    """3 spoil and 2 are lost before the end, 5 expire; of those 4 are written off later, which is no second loss."""
    world = Judged()
    world.told(world.receipt(goods("L1", 10, expires=TODAY, line="1")))
    world.since()
    world.adjust("L1", -3, AdjustCode.SPOILED)
    world.adjust("L1", -2, AdjustCode.LOST)
    assert world.since() == {"expired": Decimal(3)}
    world.warehouse.tell(OpenDay(SITE, TODAY + timedelta(days=40)))
    world.told(ContinueDay(100))
    assert world.since() == {"expired": Decimal(5)}
    world.adjust("L1", -4, AdjustCode.EXPIRED)
    assert world.since() == {}
    world.adjust(None, -1, AdjustCode.SPOILED)
    assert world.since() == {"expired": Decimal(1)}


def test_a_corrected_receipt_counts_what_it_said_wrong() -> None:
    """Less came than was told: the difference in units and in cost; under another lot it is no difference."""
    world = Judged()
    world.told(world.receipt(goods("L1", 10, line="1", cost=Decimal(2))))
    world.since()
    world.told(CorrectReceipt(SITE, True, None, None, "R1", "C", None, (LineWrong("1", quantity=Decimal(7)),)))
    assert world.since() == {"received": Decimal(-3), "received_value": Decimal(-6)}
    world.told(CorrectReceipt(SITE, True, None, None, "R1", "C2", None, (LineWrong("1", lot="L9"),)))
    assert world.since().get("received", 0) == 0


def test_what_has_expired_is_not_lost_again_where_it_is_sent() -> None:
    """Not on the way and not there, nor when more of it is found there; written off there it is no second loss."""
    world = expired()
    line = StockLine("1", "TEA", "L1", "BIN", Decimal(6))
    world.told(ShipTransfer(SITE, True, None, None, "T1", THERE, (line,)))
    turn(world)
    came = ArrivedLine("1", Decimal(8), sku="TEA", lot="L1", location="B")
    world.told(ReceiveTransfer(THERE, True, None, None, "T1", None, False, (came,)))
    gone = StockLine("1", "TEA", "L1", "B", Decimal(-6), code=AdjustCode.EXPIRED)
    world.told(AdjustStock(THERE, True, None, None, "A", (gone,)))
    turn(world, 10)
    assert world.since() == {}
    # What nobody told to have left, and has expired.
    world.told(ReceiveTransfer(THERE, True, None, None, "T2", None, False, (replace(came, lot="L2"),)))
    turn(world, 11)
    assert world.since() == {}


def test_what_comes_back_expired_has_not_expired_here() -> None:
    """It was somebody else's when its last day was over; what lay there by then is lost as ever."""
    world = Judged()
    world.told(world.receipt(goods("L1", 4, expires=TODAY)))
    world.place("1", wanted(quantity=4))
    world.told(world.ship("1"))
    world.warehouse.tell(OpenDay(SITE, TODAY + timedelta(days=2)))
    world.told(ContinueDay(100))
    world.told(ReturnGoods(SITE, True, None, None, "R", key("1"), (StockLine("1", "TEA", "L1", "BIN", Decimal(3)),)))
    world.since()
    world.warehouse.tell(OpenDay(SITE, TODAY + timedelta(days=3)))
    world.told(ContinueDay(100))
    assert world.since() == {}


def test_what_has_expired_is_not_lost_again_by_another_name() -> None:
    """Not as a part of a lot, nor as one lot with another; a part that lives longer may expire."""
    world = expired()
    part = SplitPart("L1-A", (SplitLine("BIN", Decimal(2)),))
    fresh = SplitPart("L1-B", (SplitLine("BIN", Decimal(1)),), expires=TODAY + timedelta(days=20))
    world.told(SplitLot(SITE, "S", "TEA", "L1", (part, fresh)))
    world.told(MergeLots("M", "TEA", ("L2",), "L1"))
    turn(world)
    # The part that lives longer has not expired yet.
    assert world.since() == {"expired": Decimal(-1)}
    turn(world, 22)
    assert world.since() == {"expired": Decimal(1)}


def test_a_counted_line_is_right_when_lot_and_quantity_are() -> None:
    """Of five lines two are right: L1 as booked, and none of L9 where none was booked.

    L2 is 2 above its 10, L3 is 7 below its 10, and 3 of L4 lie where none were booked: 12 off of 30 booked.
    """
    world = Judged()
    world.stock(*(goods(lot, 10, location=f"B-{lot}") for lot in ("L1", "L2", "L3")))
    world.count(("L1", 10, "B-L1"), ("L9", 0, "B-L1"), ("L2", 12, "B-L2"), ("L3", 3, "B-L3"), ("L4", 3, "B-L1"))
    assert world.since() == {
        "count_lines": 5, "count_lines_right": 2, "counted_off": Decimal(12), "counted_system": Decimal(30),
    }  # fmt: skip
    world.count(("L1", 10, "B-L1"))
    assert world.since() == {}
    world.count(("L3", 3, "B-L3"), number="C-2")
    assert world.since() == {"count_lines": 1, "count_lines_right": 1, "counted_system": Decimal(3)}


def test_goods_that_a_count_has_counted_twice_were_known_once() -> None:
    """88 were known, 40 are counted and then 48: that is 40 off of 88, by one line."""
    world = Judged()
    world.stock(goods("L1", 88, location="A"))
    world.count(("L1", 40, "A"), ("L1", 48, "A"))
    assert world.since() == {"count_lines": 1, "counted_off": Decimal(40), "counted_system": Decimal(88)}
    world.count(("L1", 88, "A"), ("L1", 48, "A"), number="C-2")
    assert world.since() == {"count_lines": 1, "count_lines_right": 1, "counted_system": Decimal(48)}


def test_what_left_is_traced_when_origin_and_receiver_are_known() -> None:
    """Of 10 units for C-7 only 5 are: those of a lot that came with a receipt from a supplier; for nobody none are."""
    world = Judged()
    world.told(DefineCustomer(Customer("C-7")))
    world.told(world.receipt(goods("L1", 9, supplier="S-3"), goods("L2", 9, location="B2")))
    world.know("L1", came="receipt")
    world.since()
    for number, customer in (("#1", "C-7"), ("#2", None)):
        world.place(number, wanted(quantity=10), customer=customer)
    left = [ShippedLine("1", lot, Decimal(quantity)) for lot, quantity in (("L1", 5), ("L2", 5))]
    world.told(world.ship("#1", *left, happened=True))
    assert world.since() == {"shipped": Decimal(10), "traced": Decimal(5)}
    world.told(world.ship("#2", ShippedLine("1", "L1", Decimal(1)), happened=True, shipment="S2"))
    assert world.since() == {"shipped": Decimal(1)}
    world.told(VoidShipment(SITE, False, "gate", None, "S1", "No truck"))
    assert world.since() == {"shipped": Decimal(-10), "traced": Decimal(-5)}


def test_what_is_taken_back_takes_off_what_was_counted_when_it_left() -> None:
    """Whatever is known of the lot by now: else a period had traced more than was shipped, or less than nothing."""
    world = Judged()
    world.told(DefineCustomer(Customer("C-7")))
    world.told(world.receipt(goods("L1", 9, supplier="S-3"), goods("L2", 9, location="B2")))
    world.since()
    for number, lot in (("1", "L1"), ("2", "L2")):
        world.place(f"#{number}", wanted(quantity=4), customer="C-7")
        world.told(world.ship(f"#{number}", ShippedLine("1", lot, Decimal(4)), happened=True, shipment=f"S{number}"))
    assert world.since() == {"shipped": Decimal(8), "traced": Decimal(4)}
    world.told(CorrectLot("C1", None, "L1", clear=("supplier",)))
    world.told(CorrectLot("C2", None, "L2", supplier="S-3"))
    for number, traced in (("1", {"traced": Decimal(-4)}), ("2", {})):
        world.told(VoidShipment(SITE, False, "gate", None, f"S{number}", "No truck"))
        assert world.since() == {"shipped": Decimal(-4), **traced}


def test_what_left_before_the_hub_was_there_is_no_figure_when_it_is_taken_back_either() -> None:
    """An imported shipment counted nothing; one that it is taken back from would be of less than 0."""
    world = Judged()
    world.told(world.receipt(goods("L1", 9, supplier="S-3")))
    world.since()
    line = ImportedLine("1", "TEA", Decimal(4), lot="L1")
    left_at = datetime(2026, 5, 1, tzinfo=UTC)
    world.told(ImportShipment(SITE, OrderKey("old", "#9"), "OLD-9", left_at, "C-7", None, (line,)))
    world.told(VoidShipment(SITE, False, "gate", None, "OLD-9", "No truck"))
    assert world.since() == {}


ORIGINS: list[tuple[dict[str, Any], str | None, bool]] = [
    ({"came": "receipt"}, "S-3", True),
    ({"came": "production", "made_from": (LotName("ING", "7"),)}, None, True),
    ({"came": "receipt"}, None, False),
    ({"came": "balance"}, "S-3", False),
    ({}, "S-3", False),
]


@pytest.mark.parametrize(("more", "supplier", "known"), ORIGINS)
def test_an_origin_is_how_it_came_and_from_whom_or_of_what(
    more: dict[str, Any], supplier: str | None, known: bool
) -> None:
    """A receipt without a supplier, a supplier without a receipt, and what was there at the beginning are none."""
    world = Judged()
    world.told(world.receipt(goods("L1", 5, supplier=supplier)))
    world.know("L1", **more)
    assert has_origin(world.ledger.lots["TEA", "L1"]) is known
    assert not has_origin(None)


def test_whatever_counts_has_a_line_in_a_history() -> None:
    """Workers look for figures where something became of goods only: an event that counts elsewhere would be lost."""
    assert KPIS.keys() <= MOVES.keys()


def test_rates_are_shares_of_what_there_was() -> None:
    """3 of 4 lines, 1 - 12/30, 2/8, 1.5/6, 9/10; nothing of nothing is no rate; rates have six decimals."""
    figures = Figures(4, 3, *map(Decimal, ("12", "30", "8", "6", "2", "1.5", "10", "9")))
    assert rates(figures) == Rates(*map(Decimal, ("0.75", "0.6", "0.25", "0.25", "0.9")))
    assert rates(Figures()) == Rates(None, None, None, None, None)
    assert rates(Figures(shipped=Decimal(3), traced=Decimal(2))).traceability == Decimal("0.666667")
    assert rates(Figures(counted_off=Decimal(90), counted_system=Decimal(10))).inventory_accuracy == -8


def test_sums_are_exact_whatever_their_size() -> None:
    """A large sum loses nothing of a small one, and the order of adding does not matter."""
    large, small = Decimal(2**53) ** 2, Decimal("0.000001")
    sums = []
    for amounts in ((large, small, small), (small, small, large)):
        total = Figures()
        for amount in amounts:
            total.add(Figures(received=amount))
        sums.append(total)
    assert sums[0] == sums[1]
    assert str(sums[0].received).endswith(".000002")
