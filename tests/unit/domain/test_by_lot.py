"""Sites that reserve by lot: the floor is told of lots, and names the bins."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from lotstream.domain.apply import apply
from lotstream.domain.by_lot import is_by_lot, tell_by_lot
from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    CountStock,
    DefineItem,
    DefineLocation,
    MoveStock,
    PlaceBinHold,
    RequestAllocation,
    ShippedLine,
    ShortLine,
    StartPick,
    StockLine,
    UndoPick,
    VoidShipment,
)
from lotstream.domain.events import (
    BinsChanged,
    DiscrepancyNoted,
    LineDecision,
    OrderAllocated,
    ShipmentConfirmed,
    StockFound,
    StockMissing,
    StockPicked,
)
from lotstream.domain.model import Hold, HoldKind, Item, Location, OrderState, PackRule, Reservation, Settings, ZoneRule
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, goods, key, kinds, only, wanted
from tests.unit.domain.lotting import LotWorld, scan, short, site, taken, two_bins


def test_a_line_has_one_task_for_a_lot_whatever_bins_have_it() -> None:
    """The task says how much of which lot, and no bin; goods of the same lot that come later make it larger."""
    world = two_bins()
    world.place("#1", wanted(quantity=8))
    assert world.floor.last() == [("L1", "create", "8")]
    assert world.floor.sent[-1]["tasks"][0]["location"] is None
    world.place("#2", wanted(quantity=14))
    assert world.floor.last() == [("L1", "create", "2"), ("L2", "create", "10")]
    sent = len(world.floor.sent)
    world.told(world.receipt(goods("L1", 1, "D", expires=TODAY + timedelta(days=10))))
    world.told(world.receipt(goods("L1", 1, "B", expires=TODAY + timedelta(days=10)), number="R2"))
    assert [task["action"] for body in world.floor.sent[sent:] for task in body["tasks"]] == ["change", "change"]
    assert world.floor.last() == [("L1", "change", "4")]
    assert world.agrees()


def test_a_task_that_somebody_has_begun_stays_as_it_was_told() -> None:
    """What comes later of the same lot is told by a task of its own."""
    world = two_bins()
    world.place("#1", wanted(quantity=22))
    world.told(StartPick(SITE, False, "scanner", None, key("#1")))
    world.told(world.receipt(goods("L1", 2, "A", expires=TODAY + timedelta(days=10))))
    assert world.floor.last() == [("L1", "create", "2")]
    assert world.agrees()


def test_goods_are_taken_from_the_bin_that_is_named() -> None:
    """What is free there is swapped in without a word; what was picked says the bin it came from."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    assert world.bins("#1") == {"A": 4}
    sent = len(world.floor.sent)
    events = world.told(world.pick("#1", taken(3, "B")))
    assert kinds(events)[:2] == ["BinsChanged", "StockPicked"]
    assert (world.bins("#1"), world.taken("#1")) == ({"A": 1}, {"B": 3})
    assert len(world.floor.sent) == sent
    assert (world.row("L1", "A").reserved, world.row("L1", "B").reserved, world.row("L1", "B").on_hand) == (1, 0, 3)
    world.told(world.pick("#1", taken(1, "A", task=world.only_task("#1"))))
    assert world.taken("#1") == {"B": 3, "A": 1}
    assert world.agrees()


def test_others_change_bins_with_whoever_picks() -> None:
    """What others were promised in that bin is expected in the other one then; nobody loses anything, or is told."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    world.place("#2", wanted(quantity=6))
    assert (world.bins("#1"), world.bins("#2")) == ({"A": 4}, {"B": 6})
    sent = len(world.floor.sent)
    events = world.told(world.pick("#1", taken(3, "B")))
    assert len(only(events, BinsChanged).changes) == 2
    assert (world.bins("#1"), world.bins("#2")) == ({"A": 1}, {"B": 3, "A": 3})
    assert len(world.floor.sent) == sent
    assert world.agrees()
    world.told(world.pick("#2", taken(3, "A"), taken(3, "B")))
    assert world.taken("#2") == {"A": 3, "B": 3}


def test_what_is_picked_is_not_swapped() -> None:
    """Goods that another order has picked lie in no bin any more."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    world.place("#2", wanted(quantity=6))
    world.told(world.pick("#2", taken(5, "B")))
    assert world.refused(world.pick("#1", taken(3, "B"))) == (Code.NOT_AVAILABLE, "lines.0.location")


def test_a_bin_that_has_too_little_is_refused_when_asked_and_found_when_it_has_happened() -> None:
    """What was taken was there: it is found with a discrepancy, and the other bin has what was not taken."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    for place in ("C", "NOWHERE"):
        assert world.refused(world.pick("#1", taken(2, place))) == (Code.NOT_AVAILABLE, "lines.0.location")
    events = world.told(world.pick("#1", taken(2, "NOWHERE"), happened=True))
    assert kinds(events)[:3] == ["StockFound", "BinsChanged", "StockPicked"]
    assert only(events, StockFound).quantity == 2
    assert only(events, DiscrepancyNoted).code == Code.NOT_AVAILABLE
    assert (world.bins("#1"), world.taken("#1")) == ({"A": 2}, {"NOWHERE": 2})
    assert world.agrees()


def test_without_a_bin_a_pick_is_refused_when_asked_and_booked_where_it_was_expected() -> None:
    """Asked, the bin is missing; happened, what was expected is as good as anything else."""
    world = two_bins()
    world.place("#1", wanted(quantity=8))
    assert world.refused(world.pick("#1", taken(5, None))) == (Code.FIELD_MISSING, "lines.0.location")
    assert kinds(world.told(world.pick("#1", taken(5, None), happened=True))) == ["StockPicked"]
    assert world.picked("#1") == 5
    assert world.refused(world.pick("#1", taken(1, "A", unit="crate"))) == (Code.UNKNOWN_UNIT, "lines.0.unit")
    assert world.refused(world.pick("#9", taken(1, "A"))) == (Code.UNKNOWN_ORDER, "order")


def test_what_was_picked_for_an_order_nobody_knows_was_picked() -> None:
    """Nothing is promised to it that could be brought to the bin; a person is told."""
    world = two_bins()
    events = world.told(world.pick("#9", taken(2, "B", lot="L1", sku="TEA"), happened=True))
    assert Code.UNKNOWN_ORDER in {event.code for event in events if isinstance(event, DiscrepancyNoted)}
    assert world.row("L1", "B").on_hand == 4


def test_what_was_picked_for_a_line_nobody_knows_brings_nothing_to_its_bin() -> None:
    """Promises stay in the bins where they are; what was taken is booked from the bin that is named, and told."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    before = world.parts("#1")
    events = world.told(world.pick("#1", taken(2, "B", line="9", lot="L1", sku="TEA"), happened=True))
    assert "BinsChanged" not in kinds(events)
    assert [event.about["line"] for event in events if isinstance(event, DiscrepancyNoted)] == ["9"]
    assert (world.row("L1", "B").on_hand, world.parts("#1")) == (4, before)


def test_one_message_may_name_several_bins() -> None:
    """What one line has named is not taken away from it by the next."""
    world = two_bins()
    world.place("#1", wanted(quantity=7), wanted("2", quantity=3))
    world.told(world.pick("#1", taken(4, "B"), taken(3, "A"), taken(2, "B", line="2"), taken(1, "A", line="2")))
    assert world.taken("#1") == {"A": 4, "B": 6}
    assert world.agrees()


def test_more_than_the_task_says_comes_from_that_bin() -> None:
    """Within the allowance it is taken from what is free there."""
    world = two_bins(Settings(over_pick_pct=Decimal(50)))
    world.place("#1", wanted(quantity=4))
    world.told(world.pick("#1", taken(6, "B")))
    assert world.taken("#1") == {"B": 6}
    assert world.row("L1", "A").reserved == 0


def test_a_bin_that_a_line_does_not_take_is_not_given() -> None:
    """A line that names an area is not given another; what has happened is booked with a discrepancy."""
    world = two_bins()
    world.place("#1", wanted(quantity=3, source_location="A"))
    assert world.refused(world.pick("#1", taken(2, "B"))) == (Code.NOT_AVAILABLE, "lines.0.location")
    events = world.told(world.pick("#1", taken(2, "B"), happened=True))
    assert "StockFound" not in kinds(events)
    assert world.taken("#1") == {"B": 2}
    assert world.agrees()


def test_promised_goods_are_moved_without_a_word() -> None:
    """Any part of them goes along with its promise, under the same task."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    sent = len(world.floor.sent)
    moved = MoveStock(SITE, False, "truck", None, "M1", (StockLine("1", "TEA", "L1", "A", Decimal(3), to="Z"),))
    world.told(moved)
    assert world.bins("#1") == {"A": 1, "Z": 3}
    assert len(world.floor.sent) == sent
    world.told(world.pick("#1", taken(4, "B")))
    assert world.taken("#1") == {"B": 4}
    assert world.agrees()


def test_what_a_bin_lost_is_kept_in_another_of_the_lot() -> None:
    """A hold on a bin, a bin that nobody may pick from, and a count move promises without a word."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    sent = len(world.floor.sent)
    world.told(PlaceBinHold(Hold("h1", HoldKind.HOLD), SITE, "A"))
    assert kinds(world.go_on()) == ["BinsChanged", "DayContinued"]
    assert world.bins("#1") == {"B": 4}
    world.place("#2", wanted(quantity=2))
    sent += 1
    world.stock(goods("L1", 5, "D", expires=TODAY + timedelta(days=10)), balance="more")
    counted = CountStock(SITE, True, "counter", None, "C1", (StockLine("1", "TEA", "L1", "B", Decimal(1)),))
    assert kinds(world.told(counted)) == ["StockCounted", "BinsChanged"]
    assert world.bins("#1") | {"D": 0} != world.bins("#1")
    assert sum(world.bins("#1").values()) == 4
    assert sum(world.bins("#2").values()) == 2
    assert len(world.floor.sent) == sent
    world.told(DefineLocation(Location(SITE, "D", pickable=False)))
    world.go_on()
    assert sum(world.bins("#1").values()) == 4
    assert {lot for order in ("#1", "#2") for lot, _ in world.lots(order)} == {"L1", "L2"}
    assert world.agrees()


def test_a_short_pick_empties_the_bin_that_is_named() -> None:
    """What was expected there is expected elsewhere; what nobody expected there is booked off all the same."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    sent = len(world.floor.sent)
    events = world.told(world.report_short("#1", short(1, "B")))
    assert only(events, StockMissing).booked == 5
    assert (world.taken("#1"), world.bins("#1")) == ({"B": 1}, {"A": 3})
    assert len(world.floor.sent) == sent
    assert world.refused(world.report_short("#1", short(0, "B"))) == (Code.NOT_RESERVED, "lines.0.line")
    assert world.refused(world.report_short("#1", short(0, None))) == (Code.FIELD_MISSING, "lines.0.location")
    assert world.agrees()


def test_nothing_found_in_a_bin_that_was_not_expected_there() -> None:
    """The bin is empty; the promise stays where it is."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    events = world.told(world.report_short("#1", short(0, "B")))
    missing = only(events, StockMissing)
    assert (missing.missing, missing.booked, missing.row.location) == (0, 6, "B")
    assert world.bins("#1") == {"A": 4}
    assert world.agrees()


def test_a_scan_names_the_bin() -> None:
    """The lot of the task in another bin is as good; another lot has to lie in the bin where it is scanned."""
    world = two_bins()
    world.stock(goods("L2", 3, "B", expires=TODAY + timedelta(days=20)), balance="more")
    world.place("#1", wanted(quantity=4))
    assert world.refused(scan("#1", "L1", None)) == (Code.FIELD_MISSING, "location")
    assert world.refused(scan("#1", "L1", "C")) == (Code.NOT_AVAILABLE, "location")
    assert kinds(world.told(scan("#1", "L1", "C", happened=True))) == ["DiscrepancyNoted"]
    assert kinds(world.told(scan("#1", "L1", "B"))) == ["BinsChanged"]
    assert world.bins("#1") == {"B": 4}
    world.told(scan("#1", "L2", "B", quantity=Decimal(2)))
    assert sorted(world.lots("#1")) == [("L1", 2), ("L2", 2)]
    assert world.agrees()
    assert world.refused(scan("#1", "L2", "A", expected="L1")) == (Code.NOT_AVAILABLE, "scanned")


def test_what_a_scan_takes_from_others_they_have_in_another_bin() -> None:
    """The lot is promised to them still, and nobody is told."""
    world = two_bins()
    world.stock(goods("L2", 4, "B", expires=TODAY + timedelta(days=20)), balance="more")
    world.place("#1", wanted(quantity=10))
    world.place("#2", wanted(quantity=4, lot="L2"))
    assert world.bins("#2") == {"B": 4}
    sent = len(world.floor.sent)
    events = world.told(scan("#1", "L2", "B", quantity=Decimal(3), expected="L1"))
    assert kinds(events) == ["BinsChanged", "LotSwapped"]
    assert world.bins("#2") == {"B": 1, "C": 3}
    assert {body["order"] for body in world.floor.sent[sent:]} == {"#1"}
    assert world.agrees()


def test_an_undone_pick_lies_where_it_came_from() -> None:
    """It stays promised there, and a pick may name any bin again."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    world.told(world.pick("#1", taken(3, "B")))
    world.told(UndoPick(SITE, True, "scanner", None, key("#1")))
    assert world.bins("#1") == {"A": 1, "B": 3}
    world.told(world.pick("#1", taken(4, "A")))
    assert world.taken("#1") == {"A": 4}
    assert world.agrees()


def test_what_was_told_before_the_site_changed_stays_as_it_was_told() -> None:
    """A task with a bin is picked from it, one without from any; new promises are told as the site says now."""
    world = LotWorld()
    world.told(site(3, reserve="bin"))
    world.stock(goods("L1", 4, "A"), goods("L1", 6, "B"))
    world.place("#1", wanted(quantity=4))
    world.told(site(4))
    world.place("#2", wanted(quantity=3))
    assert world.refused(world.pick("#1", taken(2, "B"))) == (Code.NOT_RESERVED, "lines.0.quantity")
    assert world.refused(world.pick("#2", taken(2, "A"))) == (Code.NOT_AVAILABLE, "lines.0.location")
    world.told(site(5, reserve="bin"))
    world.stock(goods("L1", 2, "D"), balance="more")
    world.told(world.pick("#2", taken(2, "D")))
    world.told(world.pick("#1", taken(4, None)))
    world.place("#3", wanted(quantity=1))
    assert world.floor.sent[-1]["tasks"][0]["location"] == "B"
    assert world.agrees()
    assert isinstance(world.told(world.pick("#2", taken(1, "B")))[0], StockPicked)


def test_a_promise_stays_only_where_its_line_takes_goods() -> None:
    """A line that names an area loses what the area lost; a request may give it something later."""
    world = two_bins()
    world.place("#1", wanted(quantity=3, source_location="A"))
    world.told(PlaceBinHold(Hold("h1", HoldKind.HOLD), SITE, "A"))
    assert "ReservationFreed" in kinds(world.go_on())
    assert world.parts("#1") == []
    assert world.agrees()


def test_whole_packs_are_kept_in_other_bins() -> None:
    """What a pack was promised of is kept in whole packs; where packs may be broken, piece by piece."""
    for rule, kept in ((PackRule.NEVER_OVER, 3), (PackRule.PARTIAL_PACKS, 4)):
        world = LotWorld(Settings(pack_rule=rule))
        world.stock(goods("L1", 4, "A"), goods("L1", 9, "B", pack_size=Decimal(3)))
        world.place("#1", wanted(quantity=4, source_location=None))
        assert world.bins("#1") == {"A": 4}
        world.told(PlaceBinHold(Hold("h1", HoldKind.HOLD), SITE, "A"))
        world.go_on()
        assert world.bins("#1") == {"B": kept}
        assert world.agrees()


def test_others_change_bins_in_whole_packs() -> None:
    """A pack more than is picked now comes along, so that none is promised to two; else exactly what is needed."""
    for rule, left in ((PackRule.NEVER_OVER, {"A": 3}), (PackRule.PARTIAL_PACKS, {"A": 2, "B": 1})):
        world = LotWorld(Settings(pack_rule=rule))
        world.stock(goods("L1", 6, "A", pack_size=Decimal(3)), goods("L1", 6, "B", pack_size=Decimal(3)))
        world.place("#1", wanted(quantity=6))
        world.place("#2", wanted(quantity=3))
        world.place("#3", wanted(quantity=3))
        world.told(world.pick("#1", taken(2, "B")))
        assert world.bins("#3") == left
        assert world.agrees()
        world.told(world.pick("#1", taken(4, "B")))
        assert world.taken("#1") == {"B": 6}
        assert world.agrees()


def test_nobody_is_sent_to_a_bin_that_is_shut_by_somebody_else_s_pick() -> None:
    """Until what lay in a shut bin is moved off, nobody else is expected there; nor where his line takes nothing."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    world.place("#2", wanted(quantity=3, source_location="B"))
    world.place("#3", wanted(quantity=3))
    assert world.refused(world.pick("#1", taken(4, "B"))) == (Code.NOT_AVAILABLE, "lines.0.location")
    world.told(PlaceBinHold(Hold("h1", HoldKind.HOLD), SITE, "A"))
    assert world.refused(world.pick("#1", taken(1, "B"))) == (Code.NOT_AVAILABLE, "lines.0.location")


def test_where_zones_decide_they_decide_again() -> None:
    """What a bin loses is not simply kept elsewhere: the zones say from where the line is filled."""
    world = LotWorld(Settings(zone_rules=(ZoneRule("A"),)))
    world.stock(goods("L1", 10, "A"), goods("L1", 10, "B"))
    world.place("#1", wanted(quantity=8))
    world.told(PlaceBinHold(Hold("h1", HoldKind.HOLD), SITE, "A"))
    assert "ReservationFreed" in kinds(world.go_on())
    assert world.parts("#1") == []
    assert world.agrees()


def test_a_short_pick_of_kits_names_the_bin() -> None:
    """What is found of a component is brought there, and what is missing is its own."""
    world = LotWorld()
    world.told(DefineItem(Item("SET", kit={"TEA": Decimal(2), "CUP": Decimal(1)})))
    world.told(DefineItem(Item("CUP")))
    world.stock(goods("L1", 4, "A"), goods("L1", 6, "B"), goods("P1", 3, "C", sku="CUP"))
    world.place("#1", wanted(quantity=2, sku="SET"))
    assert sorted(world.floor.last()) == [("L1", "create", "4"), ("P1", "create", "2")]
    line = ShortLine(None, "1", None, "B", Decimal(3), sku="TEA")
    assert world.refused(world.report_short("#1", ShortLine(None, "1", "L1", "Z", Decimal(3)))) == (
        Code.NOT_AVAILABLE, "lines.0.location",
    )  # fmt: skip
    world.told(world.report_short("#1", line))
    assert world.taken("#1") == {"B": 3}
    assert world.bins("#1") == {"A": 1, "C": 2}
    assert world.agrees()


def test_what_left_without_a_task_has_one_by_lot_when_it_comes_back() -> None:
    """Goods that were shipped free, and whose shipment is voided, are promised as the site says."""
    world = two_bins()
    world.place("#1", wanted(quantity=4, lot="L9"))
    world.told(world.ship("#1", ShippedLine("1", "L1", Decimal(2)), happened=True))
    world.told(VoidShipment(SITE, True, "gate", None, "S1"))
    assert is_by_lot(world.only_task("#1"))
    world.place("#2", wanted(quantity=3))
    task = world.only_task("#2")
    world.told(world.ship("#2", shipment="S2"))
    world.told(VoidShipment(SITE, True, "gate", None, "S2"))
    assert world.only_task("#2") == task


def test_a_shipment_of_what_nobody_has_picked_may_name_the_bin() -> None:
    """It leaves from there, and others are expected in the other bin; without a bin it leaves from where it was."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    world.place("#2", wanted(quantity=6))
    events = world.told(world.ship("#1", ShippedLine("1", None, Decimal(3), location="B")))
    assert kinds(events) == ["BinsChanged", "ShipmentConfirmed"]
    assert (world.bins("#1"), world.bins("#2")) == ({"A": 1}, {"B": 3, "A": 3})
    gone = only(world.told(world.ship("#1", ShippedLine("1", "L1", Decimal(1)), shipment="S2")), ShipmentConfirmed)
    assert gone.shipped[0].picked_from.location == "A"
    assert world.refused(world.ship("#2", ShippedLine("1", None, Decimal(6), location="A"), shipment="S3")) == (
        Code.NOT_AVAILABLE, "orders.0.lines.0.quantity",
    )  # fmt: skip


def test_two_promises_of_one_bin_in_one_decision_are_one() -> None:
    """What a line gets of a bin at first, and then more of what another line gave back, is told as a change."""
    world = LotWorld(Settings(allocate="on_request"))
    world.stock(
        goods("L1", 2, "A", expires=TODAY + timedelta(days=5)),
        goods("L1", 3, "B", expires=TODAY + timedelta(days=5)),
        goods("L2", 9, "C", expires=TODAY + timedelta(days=9)),
    )
    world.place("#1", wanted(quantity=5), wanted("2", quantity=1))
    world.told(RequestAllocation())
    part = Reservation("x", world.row("L2", "C").key, 1)
    twice = LineDecision("1", (part, replace(part, task="y", quantity=2)), 0, "FEFO", "settings", ())
    decided = tell_by_lot(world.ledger, (OrderAllocated(key("#1"), OrderState.ALLOCATED, SITE, (twice,)),))
    assert isinstance(decided, tuple)
    (event,) = decided
    apply(world.ledger, event)
    assert [one.quantity for one in twice.reserved] == [1, 2]
    assert [part.quantity for part in world.line("#1").reservations if part.row.lot == "L2"] == [3]
