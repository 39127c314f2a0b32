"""Goods of a site that reserves by lot leave straight from their bins, which the shipment names."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from lotstream.domain.codes import Code
from lotstream.domain.commands import CorrectShipment, DefineItem, ShippedLine, ShippedOrder
from lotstream.domain.events import ShipmentConfirmed, StockMissing, WaveTasksChanged
from lotstream.domain.model import Item, OrderState, Tracking
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, goods, key, kinds, only, wanted
from tests.unit.domain.lotting import LotWorld, short, site, taken, two_bins


def left(quantity: object, location: str | None, *, lot: str | None = "L1", sku: str | None = None) -> ShippedLine:
    """What left for line 1 from a bin."""
    return ShippedLine("1", lot, Decimal(str(quantity)), location=location, sku=sku)


def correction(order: str) -> CorrectShipment:
    """All that is picked for an order left under the number S1, told again."""
    return CorrectShipment(SITE, False, "gate", None, "S1", (ShippedOrder(key(order)),))


def in_bins(world: LotWorld) -> dict[str, tuple[int, int]]:
    """What is there and what is promised, by bin."""
    return {place.location: (row.on_hand, row.reserved) for place, row in world.ledger.stock.items()}


def test_a_shipment_names_the_bin() -> None:
    """The task is what has left; others are expected in the other bin, and nothing is found that was not there."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    world.place("#2", wanted(quantity=6))
    events = world.told(world.ship("#1", left(3, "B"), happened=True))
    assert kinds(events)[:2] == ["BinsChanged", "ShipmentConfirmed"]
    assert [part.task for part in only(events, ShipmentConfirmed).shipped] == [world.only_task("#1")]
    assert in_bins(world) == {"A": (4, 4), "B": (3, 3), "C": (10, 0)}
    assert (world.bins("#1"), world.bins("#2")) == ({"A": 1}, {"A": 3, "B": 3})


def test_whoever_waits_for_the_other_bin_is_served() -> None:
    """What a line was expected to take from the one bin is free when it left from the other one."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    world.place("#2", wanted(quantity=2, source_location="A"))
    assert world.bins("#2") == {}
    world.told(world.ship("#1", left(4, "B")))
    assert world.bins("#2") == {"A": 2}


def test_more_than_the_bin_has_is_refused() -> None:
    """What it lacks is objected to as of any goods that leave; asked, nothing of it has left."""
    world = two_bins()
    world.place("#1", wanted(quantity=8))
    assert world.refused(world.ship("#1", left(8, "B")))[0] is Code.NOT_AVAILABLE
    world.told(world.ship("#1", left(8, "B"), happened=True))
    assert in_bins(world) == {"A": (4, 0), "C": (10, 0)}


def test_what_was_picked_leaves_before_what_lies_in_the_bin() -> None:
    """Of goods that were picked from the bin, and of those told with it, no other promise is brought there."""
    world = two_bins()
    world.place("#1", wanted(quantity=8))
    world.told(world.pick("#1", taken(3, "B")))
    assert "BinsChanged" not in kinds(world.told(world.ship("#1", left(3, "B"))))
    assert world.bins("#1") == {"A": 4, "B": 1}
    assert "BinsChanged" not in kinds(world.told(world.ship("#1", left(1, None), shipment="S2")))
    assert "BinsChanged" not in kinds(world.told(world.ship("#1", left(1, "C", lot="L2"), shipment="S3")))
    events = world.told(world.ship("#9", left(1, "B", sku="TEA"), shipment="S4", happened=True))
    assert "BinsChanged" not in kinds(events)


def test_components_of_kits_leave_from_the_bin_that_is_named() -> None:
    """Only the component that is said to lie there is brought there."""
    world = LotWorld()
    world.told(DefineItem(Item("SET", kit={"TEA": Decimal(2), "CUP": Decimal(1)})))
    world.told(DefineItem(Item("CUP")))
    world.stock(goods("L1", 4, "A"), goods("L1", 6, "B"), goods("P1", 3, "C", sku="CUP"))
    world.place("#1", wanted(quantity=2, sku="SET"))
    world.told(world.ship("#1", left(4, "B", lot=None, sku="TEA"), left(2, "C", lot=None, sku="CUP")))
    assert in_bins(world) == {"A": (4, 0), "B": (2, 0), "C": (1, 0)}
    assert world.get("#1").state is OrderState.SHIPPED


def test_a_task_of_a_wave_is_smaller_by_what_left_from_another_bin() -> None:
    """The wave's task is told again although its goods were brought to the bin by the shipment itself."""
    world = two_bins()
    world.place("#1", wanted(quantity=4))
    world.told(world.release("#1"))
    events = world.told(world.ship("#1", left(3, "B")))
    assert [task.task for task in only(events, WaveTasksChanged).tasks] == [world.task()]
    assert world.floor.last() == [("L1", "change", "1")]


def test_a_corrected_shipment_takes_what_had_left_without_a_task() -> None:
    """It is promised under the name that the site gives it before it is shipped again; nothing of it stays behind."""
    world = two_bins()
    world.place("#1", wanted(quantity=2, lot="L9"))
    world.told(world.ship("#1", left(2, None), happened=True))
    world.told(correction("#1"))
    assert world.parts("#1") == []
    assert all(reserved == 0 for _, reserved in in_bins(world).values())


def test_another_serial_number_is_told() -> None:
    """The task comes to as much as before, and to another unit."""
    world = LotWorld()
    world.told(DefineItem(Item("TV", tracking=Tracking.SERIAL)))
    world.stock(goods("L1", 3, "A", sku="TV", serials=("s1", "s2", "s3")))
    world.place("#1", wanted(quantity=1, sku="TV", serial="s1"), version="1")
    world.place("#1", wanted(quantity=1, sku="TV", serial="s3"), version="2")
    (task,) = world.floor.sent[-1]["tasks"]
    assert (task["action"], task["quantity"], task["serials"]) == ("change", "1", ["s3"])
    assert world.agrees()


def test_a_short_pick_without_a_bin_empties_only_bins_that_lacked_something() -> None:
    """A bin that gave all that was expected there keeps what others were promised of it."""
    world = two_bins()
    world.place("#1", wanted(quantity=3))
    world.place("#2", wanted(quantity=5))
    assert world.bins("#2") == {"A": 1, "B": 4}
    events = world.told(world.report_short("#2", short(2, None), happened=True))
    assert [(told.row.location, told.missing) for told in events if isinstance(told, StockMissing)] == [("B", 3)]
    assert world.bins("#1") == {"A": 3}
    assert world.agrees()


def test_bins_of_a_site_that_names_them_are_emptied_likewise() -> None:
    """A line that was sent to two bins, and says how much it found in all, was short in the last one."""
    world = two_bins()
    world.told(site(3, reserve="bin"))
    world.place("#1", wanted(quantity=3))
    world.place("#2", wanted(quantity=5))
    world.told(world.report_short("#2", short(2, None)))
    assert world.bins("#1") == {"A": 3}
    world.told(world.receipt(goods("L1", 4, "B", expires=TODAY + timedelta(days=10))))
    assert world.row("L1", "A").on_hand == 3
