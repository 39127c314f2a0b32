"""Goods that turn up or are gone: which row they are booked in, and on what day they came."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import AdjustStock, CountStock, DefineItem
from lotstream.domain.events import DiscrepancyNoted, StockAdjusted, StockCounted
from lotstream.domain.model import Item, Tracking
from tests.unit.domain.build import TODAY, World, goods, kinds, only, wanted
from tests.unit.domain.test_stock import adjust, count, said


def test_goods_without_a_lot_that_turn_up_have_come_on_that_day() -> None:
    """One is enough; what is taken off, and what has a lot, brings no day of its own."""
    world = World()
    world.told(DefineItem(Item("CUP", tracking=Tracking.NONE)))
    event = only(world.told(adjust(said(1, None, sku="CUP"), said(1, "L9", line="2"))), StockAdjusted)
    assert [change.received for change in event.changes] == [TODAY, None]
    less = only(world.told(adjust(said(-1, None, sku="CUP"), number="A2")), StockAdjusted)
    assert [change.received for change in less.changes] == [None]


def test_more_of_a_bin_goes_to_the_only_goods_there() -> None:
    """They lie in a package: what is found with them is in it as well, where nobody says otherwise."""
    world = World()
    world.stock(goods("L1", 5, package="P1"))
    event = only(world.told(adjust(said(2))), StockAdjusted)
    assert [(change.row.package, change.quantity) for change in event.changes] == [("P1", 2)]


@pytest.mark.parametrize(("document", "event"), [(adjust(said(2)), StockAdjusted), (count(said(7)), StockCounted)])
@pytest.mark.parametrize(
    ("beside", "found"), [("damaged", "good"), ("sample", "good"), ("quarantine", "quarantine"), ("good", "good")]
)
def test_goods_that_turn_up_are_good_whatever_is_broken_beside_them(
    document: AdjustStock | CountStock, event: type[StockAdjusted | StockCounted], beside: str, found: str
) -> None:
    """Nobody says their condition; only what is in quarantine says something of what turns up with it."""
    world = World()
    world.stock(goods("L1", 5, status=beside, package="P1"))
    (change,) = only(world.told(document), event).changes
    assert (change.row.status, change.quantity) == (found, 2)
    assert sum(row.on_hand for row in world.ledger.stock.values()) == 7


def test_one_lot_that_lacks_nothing_says_nothing_of_another() -> None:
    """Good stock of a lot is enough for more of that lot; of another one that nobody knows facts are asked."""
    world = World()
    world.told(DefineItem(Item("JAM", required=("supplier",))))
    world.told(world.receipt(goods("L1", 5, sku="JAM", supplier="S-1")))
    assert world.refused(adjust(said(2, "L9", sku="JAM"))) == (Code.FIELD_MISSING, "lines.0.lot")
    world.told(adjust(said(2, "L9", sku="JAM"), happened=True))
    assert world.row("L9", status="quarantine").on_hand == 2
    world.told(adjust(said(2, sku="JAM"), number="A2"))
    assert world.row("L1").on_hand == 7


def test_a_lot_that_turns_up_twice_in_one_message_is_one_lot() -> None:
    """It becomes known with the first of its lines."""
    world = World()
    event = only(world.told(adjust(said(1, "L9"), said(2, "L9", "B2", line="2"))), StockAdjusted)
    assert [None if change.lot is None else change.lot.lot for change in event.changes] == ["L9", None]


def test_what_others_have_promised_goes_last() -> None:
    """Of two rows in a bin the one gives what is nobody's, and the other the rest."""
    world = World()
    world.stock(goods("L1", 4, promised_elsewhere=Decimal(3)), goods("L1", 4, package="P1", line="2"))
    event = only(world.told(adjust(said(-4))), StockAdjusted)
    assert [(change.row.package, change.quantity) for change in event.changes] == [(None, -1), ("P1", -3)]


def test_picked_goods_are_gone_once() -> None:
    """Two lines of one message take four picked ones and two that are not there: that is a deficit of the bin."""
    world = World()
    world.stock(goods("L1", 4))
    world.place("#1", wanted(quantity=4))
    world.told(world.pick("#1"))
    events = world.told(adjust(said(-4), said(-2, line="2"), happened=True))
    changes = [(change.row.location, change.quantity) for change in only(events, StockAdjusted).changes]
    assert changes == [("STAGING", -4), ("BIN", -2)]
    assert only(events, DiscrepancyNoted).code == Code.NOT_AVAILABLE.value


def test_one_that_turns_up_goes_to_who_waits() -> None:
    """In the same decision, as much as it is."""
    world = World()
    world.stock(goods("L1", 2))
    world.place("#1", wanted(quantity=3))
    assert kinds(world.told(adjust(said(1)))) == ["StockAdjusted", "OrderAllocated"]
    assert sum(units for _, units in world.lots("#1")) == 3
