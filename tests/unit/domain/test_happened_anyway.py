"""What would be refused when it is only asked has happened: it is noted once, and what can be booked of it is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import DefineItem, MoveStock, PlaceSerialHold, ReleaseTitle, StockLine
from lotstream.domain.events import DiscrepancyNoted
from lotstream.domain.model import Hold, HoldKind, Item, Tracking
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, kinds, only
from tests.unit.domain.test_catch_weight import HAM, ham
from tests.unit.domain.test_catch_weight import line as hams
from tests.unit.domain.test_stock import adjust, said


def test_nothing_that_is_weighed_is_told_to_people() -> None:
    """An adjustment of nothing changes neither units nor weight, whatever weight it says."""
    world = World()
    world.told(DefineItem(HAM))
    world.told(world.receipt(ham(4, 10)))
    command = adjust(hams(0, "2"))
    assert world.refused(command) == (Code.FIELD_INVALID, "lines.0.weight_kg")
    events = world.told(replace(command, happened=True))
    assert only(events, DiscrepancyNoted).code == Code.FIELD_INVALID.value
    assert (world.row("H1").on_hand, [*world.ledger.weights.values()]) == (4, [10_000])


def test_goods_of_which_nobody_knows_the_bin_are_told_to_people() -> None:
    """They lie in two bins, and the line names none."""
    world = World()
    world.stock(goods("L1", 4, "A"), goods("L1", 4, "B"))
    command = adjust(said(-1, location=None))
    assert world.refused(command) == (Code.FIELD_MISSING, "lines.0.location")
    assert kinds(world.told(replace(command, happened=True))) == ["DiscrepancyNoted"]


def test_goods_that_were_brought_to_staging_are_there() -> None:
    """Booked, and told once."""
    world = World()
    world.stock(goods("L1", 4))
    events = world.told(MoveStock(SITE, True, None, None, "M", (said(1, to="STAGING"),)))
    assert only(events, DiscrepancyNoted).code == Code.FIELD_INVALID.value
    assert (world.row("L1").on_hand, world.row("L1", "STAGING").on_hand) == (3, 1)


def sold(line: StockLine) -> ReleaseTitle:
    """A sale of one line."""
    return ReleaseTitle("seller", SITE, False, None, None, "T", "buyer", (line,))


def test_goods_that_were_sold_out_of_staging_are_sold() -> None:
    """Where orders' goods stand nothing is sold from when it is asked."""
    world = World()
    world.stock(goods("L1", 4, "STAGING"))
    command = sold(said(1, location="STAGING"))
    assert world.refused(command) == (Code.FIELD_INVALID, "lines.0.location")
    assert kinds(world.told(replace(command, happened=True))) == ["TitleReleased", "DiscrepancyNoted"]


def test_a_unit_on_hold_that_was_sold_is_sold() -> None:
    """Nobody named it, and there is none beside it: people are told of the hold alone."""
    world = World()
    world.told(DefineItem(Item("PUMP", tracking=Tracking.SERIAL)))
    world.stock(goods("P", 1, sku="PUMP", serials=("S1",)))
    world.told(PlaceSerialHold(Hold("H", HoldKind.HOLD), "PUMP", "S1"))
    command = sold(StockLine("1", "PUMP", "P", "BIN", Decimal(1)))
    refusal = world.warehouse.decide(command)
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.ON_HOLD
    events = world.told(replace(command, happened=True))
    assert [event.code for event in events if isinstance(event, DiscrepancyNoted)] == [Code.ON_HOLD.value]
