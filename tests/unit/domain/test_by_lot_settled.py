"""Sites that reserve by lot: what a loss leaves of an order there, and short picks that are refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from lotstream.domain.codes import Code
from lotstream.domain.commands import DefineItem, PlaceHold, RequestAllocation, ShortLine
from lotstream.domain.model import HoldKind, Item, Settings
from tests.unit.domain.build import TODAY, goods, wanted
from tests.unit.domain.lotting import LotWorld, short, taken, two_bins

SOON = TODAY + timedelta(days=10)


def test_who_waits_behind_one_who_loses_waits_on() -> None:
    """A lot is put on hold: neither its order nor the one behind it, which has lost nothing, finds another."""
    world = LotWorld()
    world.stock(goods("L1", 5, "A", expires=SOON))
    world.place("#1")
    world.place("#2")
    assert world.lots("#1") == [("L1", 5)]
    world.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L1"))
    assert world.lots("#1") == world.lots("#2") == []


def test_what_is_kept_in_another_bin_is_served_with_the_rest_only_where_that_is_done_at_once() -> None:
    """A bin lacks five that another bin has, and four more are found: on request they wait to be asked for."""
    for settings, units in ((Settings(), 7), (Settings(allocate="on_request"), 5)):
        world = LotWorld(settings)
        world.stock(goods("L1", 5, "A", expires=SOON))
        world.place("#1", wanted(quantity=7))
        world.told(RequestAllocation())
        world.stock(goods("L1", -5, "A", expires=SOON), goods("L1", 9, "B", expires=SOON), balance="found")
        assert world.bins("#1") == {"B": units}


def test_a_short_pick_that_makes_no_sense_is_refused_before_any_bin_is_looked_at() -> None:
    """An order nobody knows, kits without their component, and goods that nothing is open of."""
    world = two_bins()
    assert world.refused(world.report_short("#9", short(1, "A"))) == (Code.UNKNOWN_ORDER, "order")
    world.place("#1")
    world.told(world.pick("#1", taken(4, "A"), taken(1, "B")))
    assert world.refused(world.report_short("#1", short(1, "B"))) == (Code.NOT_RESERVED, "lines.0.line")
    world.told(DefineItem(Item("SET", kit={"TEA": Decimal(2), "CUP": Decimal(1)})))
    world.told(DefineItem(Item("CUP")))
    world.stock(goods("P1", 3, "D", sku="CUP"), balance="cups")
    world.place("#2", wanted(quantity=1, sku="SET"))
    refused = world.refused(world.report_short("#2", ShortLine(None, "1", None, None, Decimal(0))))
    assert refused == (Code.FIELD_MISSING, "lines.0.sku")


def test_a_bin_in_which_nobody_can_say_what_was_found_is_not_booked_off() -> None:
    """Barrels of tea are no tea that anybody counts: the bin that was named keeps what it had."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    world.told(world.report_short("#1", short(3, "B", unit="barrel"), happened=True))
    assert (world.row("L1", "B").on_hand, world.bins("#1")) == (6, {"A": 4})
