"""What goods cost, and what else a delivery says of its lot."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import DefineItem
from lotstream.domain.costing import cost_of
from lotstream.domain.events import BalanceOpened, StockReceived
from lotstream.domain.lot_facts import LOT_DETAILS_MAX, LOT_DOCUMENTS_MAX
from lotstream.domain.model import Item, Lot, LotDocument, LotMore
from tests.unit.domain.build import World, goods, only, wanted


def more(world: World, lot: str = "L1") -> LotMore:
    """What is known of a lot beyond the usual."""
    found = world.ledger.lots["TEA", lot].more
    assert found is not None
    return found


@pytest.mark.parametrize("turned", [False, True])
def test_a_lot_costs_what_its_receipts_did_on_average(turned: bool) -> None:
    """Costs are per unit of the line and add up exactly, whatever the order; a line without one changes nothing."""
    world = World()
    lines = [
        goods("L1", 10, line="1", cost=Decimal("1.25")),
        goods("L1", 3, line="2", cost=Decimal("0.1"), unit="case"),
        goods("L1", 5, line="3"),
    ]
    booked = only(world.told(world.receipt(*(reversed(lines) if turned else lines))), StockReceived).lines
    assert {line.line: line.cost for line in booked} == {"1": Decimal("12.50"), "2": Decimal("0.3"), "3": None}
    assert (more(world).cost_total, more(world).cost_units) == (Decimal("12.8"), 28)
    assert cost_of(world.ledger.lots["TEA", "L1"], 14) == Decimal("6.4")


def test_what_weighs_and_costs_in_decimals() -> None:
    """The cost is of one base unit, whatever its smallest unit."""
    world = World()
    world.told(DefineItem(Item("RICE", base_unit="kg", decimals=3)))
    world.told(world.receipt(goods("L1", "0.5", sku="RICE", cost=Decimal("2.50"))))
    facts = world.ledger.lots["RICE", "L1"].more
    assert facts is not None
    assert (facts.cost_total, facts.cost_units) == (Decimal("1.250"), 500)


@pytest.mark.parametrize("cost", ["-0.01", "NaN"])
def test_a_cost_is_a_number_from_nothing_on(cost: str) -> None:
    """What cannot be a cost is refused."""
    world = World()
    asked = world.receipt(goods("L1", cost=Decimal(cost)), happened=False)
    assert world.refused(asked) == (Code.FIELD_INVALID, "lines.0.cost")
    large = world.receipt(goods("L1", cost=Decimal("1E+17")), happened=False)
    assert world.refused(large) == (Code.TOO_LARGE, "lines.0.cost")


def test_a_balance_tells_costs_too() -> None:
    """Stock as found may say what it has cost; what is below nothing says nothing."""
    world = World()
    opened = only(world.stock(goods("L1", 4, cost=Decimal(2)), goods("L1", -1, "B2", cost=Decimal(2))), BalanceOpened)
    assert [line.cost for line in opened.lines] == [Decimal(8), Decimal(-2)]
    assert (more(world).came, more(world).cost_total, more(world).cost_units) == ("balance", Decimal(8), 4)


def test_a_lot_keeps_how_it_came() -> None:
    """The first document says how a lot came; with the second line it is no longer one line's alone."""
    world = World()
    world.told(world.receipt(goods("L1")))
    world.told(world.receipt(goods("L2"), number="R2"))
    assert more(world) is more(world, "L2")
    assert more(world) == LotMore(came="receipt")
    world.stock(goods("L1", 1, "B2"))
    assert more(world) == LotMore(came="receipt", several=True)
    world.ledger.lots["TEA", "OLD"] = Lot("TEA", "OLD")
    world.told(world.receipt(goods("OLD"), number="R3"))
    assert more(world, "OLD") is more(world)


def test_a_lot_learns_where_it_is_from_and_its_papers() -> None:
    """Origin and facility may be details; what is known is kept, what is new is added, a paper once."""
    world = World()
    organic, kosher = LotDocument("organic", "1"), LotDocument("kosher", "1")
    world.told(world.receipt(goods("L1", details={"origin": "CA", "grade": "A"}, certificates=(organic,))))
    again = goods(
        "L1", origin="CA", facility="F2", details={"grade": "B", "crop": "2026"}, certificates=(organic, kosher)
    )
    world.told(world.receipt(again, number="R2"))
    facts = more(world)
    assert (facts.origin, facts.facility) == ("CA", "F2")
    assert facts.details == {"grade": "A", "crop": "2026"}
    assert facts.documents == (organic, kosher)
    many = goods(
        "L1",
        details={str(at): "x" for at in range(LOT_DETAILS_MAX)},
        certificates=tuple(LotDocument("organic", str(at)) for at in range(LOT_DOCUMENTS_MAX)),
    )
    world.told(world.receipt(many, number="R3"))
    assert (len(more(world).details), len(more(world).documents)) == (LOT_DETAILS_MAX, LOT_DOCUMENTS_MAX)


@pytest.mark.parametrize(
    ("other", "code", "field"),
    [
        ({"origin": "US"}, Code.CONFLICTING_CONTENT, "origin"),
        ({"details": {"facility": "F3"}}, Code.CONFLICTING_CONTENT, "facility"),
        ({"origin": "CA", "details": {"origin": "US"}}, Code.FIELD_INVALID, "origin"),
    ],
)
def test_a_lot_is_from_one_place(other: dict[str, Any], code: Code, field: str) -> None:
    """Another origin or plant than the lot's, or two in one line, is a contradiction: the goods are another lot's."""
    world = World()
    world.told(world.receipt(goods("L1", origin="CA", facility="F2")))
    before = more(world)
    assert world.refused(world.receipt(goods("L1", **other), number="R2", happened=False)) == (code, f"lines.0.{field}")
    (line,) = only(world.told(world.receipt(goods("L1", **other), number="R2")), StockReceived).lines
    assert (line.row.status, line.discrepancy) == ("quarantine", code)
    assert more(world) == replace(before, several=True)


@pytest.mark.parametrize("gtin", ["00012345678905", "0012345678905", "012345678905", "12345678905"])
def test_a_trade_item_number_is_the_same_however_long(gtin: str) -> None:
    """An order finds the item whatever zeros stand before the number, when it comes and when the item comes later."""
    world = World()
    world.stock(goods("L1"))
    world.place("#1", wanted(sku=None, gtin=gtin))
    assert world.lots("#1") == [("L1", 5)]
    world.place("#2", wanted(sku=None, gtin="4012345678901"))
    assert world.get("#2").held == Code.UNKNOWN_ITEM
    world.told(DefineItem(Item("JAM", gtins=("04012345678901",))))
    assert world.get("#2").held is None
    world.told(DefineItem(Item("JAM", version=2)))
    assert world.ledger.find_item(None, "4012345678901") is None
