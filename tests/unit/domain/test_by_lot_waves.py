"""Waves at a site that reserves by lot: one task for a lot, from whichever bins the floor names."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from lotstream.domain.codes import Code
from lotstream.domain.commands import MoveStock, StockLine
from lotstream.domain.events import StockMissing
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, goods, kinds, only, wanted
from tests.unit.domain.lotting import LotWorld, site, two_bins
from tests.unit.domain.waving import cancel_wave, pick, scan, short, start


def released(**more: Any) -> LotWorld:  # noqa: ANN401 - whatever the world takes
    """L1 lies in A and B; #1 has 4 of it, #2 has 5, and both are in one wave."""
    world = two_bins(**more)
    world.place("#1", wanted(quantity=4))
    world.place("#2", wanted(quantity=5))
    world.told(world.release("#1", "#2"))
    return world


def test_a_wave_has_one_task_for_a_lot() -> None:
    """It says how much in all and for whom, and no bin; cancelled, each order has its own task again."""
    world = released()
    (task,) = world.floor.sent[-1]["tasks"]
    assert (task["lot"], task["location"], task["package"], task["quantity"]) == ("L1", None, None, "9")
    assert len(task["for"]) == 2
    assert world.agrees()
    world.told(cancel_wave())
    assert world.agrees()
    assert world.refused(pick(task["task"], 3)) == (Code.NOT_RESERVED, "lines.0.task")


def test_who_comes_first_is_picked_for_from_any_bin() -> None:
    """What is named is brought to whoever is served first; the others change bins with him."""
    world = released()
    task = world.task()
    assert world.refused(pick(task, 5)) == (Code.FIELD_MISSING, "lines.0.location")
    assert world.refused(pick(task, 7, location="B")) == (Code.NOT_AVAILABLE, "lines.0.location")
    world.told(pick(task, 6, location="B"))
    assert (world.taken("#1"), world.taken("#2")) == ({"B": 4}, {"B": 2})
    world.told(pick(task, 3, location="A"))
    assert world.taken("#2") == {"B": 2, "A": 3}
    assert world.agrees()


def test_what_has_happened_to_a_wave_is_booked() -> None:
    """Without a bin it came from where it was expected; from a bin that had none it is found there."""
    world = released()
    task = world.task()
    world.told(pick(task, 5, happened=True))
    assert world.picked("#1") + world.picked("#2") == 5
    events = world.told(pick(task, 2, happened=True, location="NEW"))
    assert kinds(events)[:2] == ["StockFound", "BinsChanged"]
    assert "DiscrepancyNoted" in kinds(events)
    assert world.agrees()


def test_a_wave_is_short_in_the_bin_that_is_named() -> None:
    """What was expected there is expected elsewhere as far as there is any; the last in the queue loses the rest."""
    world = released()
    task = world.task()
    assert world.refused(short(task, 1)) == (Code.FIELD_MISSING, "lines.0.location")
    assert world.refused(short(task, 7, location="B")) == (Code.NOT_AVAILABLE, "lines.0.location")
    events = world.told(short(task, 2, location="B"))
    assert sum(event.booked for event in events if isinstance(event, StockMissing)) == 4
    assert world.picked("#1") == 2
    assert sum(units for lot, units in world.lots("#2") if lot == "L2") == 3
    assert world.agrees()


def test_none_is_found_in_a_bin_where_no_order_of_the_wave_expected_any() -> None:
    """The bin is booked off; where nothing is known of the lot there, that is refused."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    world.told(world.release("#1"))
    task = world.task()
    assert world.refused(short(task, 0, location="Z")) == (Code.NOT_RESERVED, "lines.0.task")
    assert only(world.told(short(task, 0, location="B")), StockMissing).booked == 6
    assert world.bins("#1") == {"A": 4}
    assert world.agrees()


def test_goods_of_a_wave_are_moved_without_a_word() -> None:
    """Its task is for the lot, wherever that lies."""
    world = released()
    sent = len(world.floor.sent)
    moved = MoveStock(SITE, False, "truck", None, "M1", (StockLine("1", "TEA", "L1", "B", Decimal(4), to="Z"),))
    assert kinds(world.told(moved)) == ["StockMoved"]
    assert len(world.floor.sent) == sent
    assert world.agrees()


def test_a_scan_for_a_wave_names_the_bin() -> None:
    """The lot of the task may lie in another bin; another lot joins the wave with a task of its own, for the lot."""
    world = released()
    task = world.task()
    world.stock(goods("L2", 3, "B", expires=TODAY + timedelta(days=20)), balance="more")
    assert world.refused(scan(task, "L1", location="C")) == (Code.NOT_AVAILABLE, "location")
    assert world.refused(scan(task, "L1")) == (Code.FIELD_MISSING, "location")
    world.told(scan(task, "L1", location="B", quantity=Decimal(4)))
    assert world.bins("#1") == {"B": 4}
    world.told(scan(task, "L2", location="B", quantity=Decimal(2)))
    assert world.agrees()
    world.told(scan(task, "L2", location="B", quantity=Decimal(1)))
    assert len({part.wave.task for part in world.parts("#1") if part.wave is not None}) == 2
    assert world.agrees()


def test_a_scan_that_a_bin_can_grant_in_part_is_granted_to_nobody() -> None:
    """The bin has enough for the first order and a part of the second; none of it changes bins."""
    world = LotWorld()
    world.stock(goods("L1", 9, "A"), goods("L1", 6, "B"))
    world.place("#1", wanted(quantity=4))
    world.place("#2", wanted(quantity=5))
    world.told(world.release("#1", "#2"))
    assert world.refused(scan(world.task(), "L1", location="B")) == (Code.NOT_AVAILABLE, "location")
    assert (world.bins("#1"), world.bins("#2")) == ({"A": 4}, {"A": 5})


def test_promises_that_wait_for_a_wave_are_of_one_task_too() -> None:
    """At a site that tells by waves only, nobody hears of a line before its wave."""
    world = released(wave_tasks=True)
    assert all(body.get("wave") for body in world.floor.sent)
    world.place("#3", wanted(quantity=1))
    world.told(world.receipt(goods("L1", 1, "A", expires=TODAY + timedelta(days=10))))
    world.told(start(world.task()))
    world.told(site(3))
    assert world.agrees()
