"""Decisions that ask what has become of goods before: which they are, what they ask, and what people are told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import Command, DefineCustomer, PlaceHold, RecallLots
from lotstream.domain.decide import decide
from lotstream.domain.events import DiscrepancyNoted
from lotstream.domain.history import asks_history, questions
from lotstream.domain.ledger import NotLoaded
from lotstream.domain.model import Customer, HoldKind, Left, LotName, Reach, recall_key
from tests.unit.domain.build import World, goods, only, wanted

RECALL = RecallLots("RC", "glass", (("TEA", "L1"), (None, "L2"), ("TEA", "L1")))


def world() -> World:
    """Return a world of two lots."""
    made = World()
    made.stock(goods("L1", 9), goods("L2", 9))
    return made


def ask(command: Command) -> tuple[bool, tuple[object, ...]]:
    """Return whether a command asks, and what."""
    ledger = world().ledger
    ledger.receipts[recall_key("RC")] = None
    return asks_history(command), questions(ledger, command)


def test_a_recall_asks_of_each_lot_once() -> None:
    """By message or as a hold; a lot that nobody knows is not asked about, and other commands ask nothing."""
    names = (LotName("TEA", "L1"), LotName("TEA", "L2"))
    assert ask(RECALL) == (True, (Reach(names, "", True),))
    assert ask(RecallLots("RC", None, (("TEA", "X"),))) == (True, ())
    assert ask(RecallLots("RC", None, (("TEA", "L1"),), drill=True)) == (True, (Reach(names[:1], "", False),))
    assert ask(PlaceHold("H", HoldKind.RECALL, "TEA", "L2")) == (True, (Left("TEA", "L2"),))
    assert ask(PlaceHold("H", HoldKind.HOLD, "TEA", "L2")) == (False, ())
    assert ask(world().order("#1")) == (False, ())


def test_an_answer_is_for_one_record() -> None:
    """A decision that was not answered fails and does not guess; after a record its answers are forgotten."""
    one = world()
    one.told(RECALL)
    assert one.ledger.history == {}
    ledger = world().ledger
    ledger.receipts[recall_key("RC")] = None
    with pytest.raises(NotLoaded, match=r"lotstream\.domain\.history"):
        decide(ledger, RECALL, one.warehouse.moment())


def test_whoever_recalls_is_told_what_has_left() -> None:
    """Units, orders and customers of each lot of which anything left; nothing of the others."""
    one = world()
    one.told(DefineCustomer(Customer("C-7")))
    for order in ("#1", "#2"):
        one.place(order, wanted(quantity=3), customer="C-7")
        one.told(one.pick(order))
        one.told(one.ship(order, shipment=order))
    noted = only(one.told(PlaceHold("RC", HoldKind.RECALL, "TEA", "L1")), DiscrepancyNoted)
    said = "6 each of lot L1 of TEA left with 2 orders for 1 customer; `lotstream lot where` names them."
    assert (noted.code, noted.message, noted.quantity) == (Code.ALREADY_SHIPPED.value, said, Decimal(6))
    assert noted.about == {"recall": "RC", "sku": "TEA", "lot": "L1"}
