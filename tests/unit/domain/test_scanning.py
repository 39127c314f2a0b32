"""Another lot is scanned than the task names: promises are swapped, never what is picked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.apply import apply
from lotstream.domain.codes import Code
from lotstream.domain.commands import DefineItem, DefineLocation, OpenDay, PlaceHold, ScanLot
from lotstream.domain.events import DiscrepancyNoted, LotSwapped, ReservationFreed
from lotstream.domain.model import HoldKind, Item, Location, OrderState, PackRule, Settings, ShipPolicy
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, decided, goods, key, kinds, only, wanted


def scan(number: str, scanned: str, **more: Any) -> ScanLot:  # noqa: ANN401 - whatever a scan takes
    """A scan for an order of the shop."""
    more.setdefault("happened", False)
    return ScanLot(
        more.pop("site", SITE), more.pop("happened"), "scanner", None, key(number), scanned,
        **{"expected": "L1", **more},
    )  # fmt: skip


def two_lots(second: int, *, first: int = 10, **more: Any) -> World:  # noqa: ANN401 - whatever the goods take
    """A world with L1, which order #1 has 10 of, and so much of L2, all in one bin."""
    world = World(Settings(allocate=more.pop("allocate", "at_once")))
    world.stock(
        goods("L1", first, expires=TODAY + timedelta(days=10)),
        goods("L2", second, expires=TODAY + timedelta(days=20), **more),
    )
    world.place("#1", wanted(quantity=10))
    return world


@pytest.mark.parametrize(("second", "lots"), [(10, [("L2", 10)]), (8, [("L1", 2), ("L2", 8)]), (30, [("L2", 10)])])
def test_free_stock_of_the_scanned_lot_is_taken(second: int, lots: list[tuple[str, int]]) -> None:
    """The line is given the scanned lot as far as it goes; what it cannot give stays on the old lot."""
    world = two_lots(second)
    events = world.told(scan("#1", "L2"))
    assert kinds(events) == ["LotSwapped"]
    assert world.lots("#1") == lots
    assert world.get("#1").state is OrderState.ALLOCATED
    assert world.row("L1").reserved == 10 - min(second, 10)


def test_less_may_be_swapped() -> None:
    """A scan may be for a part of what is promised, in any unit of the item, and by the task alone."""
    world = two_lots(20)
    task = world.parts("#1")[0].task
    world.told(scan("#1", "L2", quantity=Decimal(1), unit="case", task=task, expected=None))
    assert world.lots("#1") == [("L1", 4), ("L2", 6)]
    assert world.refused(scan("#1", "L2", quantity=Decimal(1), unit="barrel")) == (Code.UNKNOWN_UNIT, "unit")
    assert world.refused(scan("#1", "L2", quantity=Decimal(0))) == (Code.NOT_POSITIVE, "quantity")


def test_promises_of_others_change_places() -> None:
    """Stock promised to an order that has not picked it is taken over; that order is allocated again at once."""
    for allocate in ("at_once", "on_request"):
        world = two_lots(10)
        world.place("#2", wanted(quantity=10))
        events = world.told(scan("#1", "L2"))
        assert kinds(events) == ["ReservationFreed", "LotSwapped", "OrderAllocated"], allocate
        assert (world.lots("#1"), world.lots("#2")) == ([("L2", 10)], [("L1", 10)])
        assert only(events, ReservationFreed).reason == "reserved"


def test_loser_has_what_is_left_of_both_lots() -> None:
    """Free stock goes first, then the back of the queue loses; the loser is filled from what was swapped out."""
    world = two_lots(8)
    world.place("#2", wanted(quantity=8))
    world.told(scan("#1", "L2"))
    assert (world.lots("#1"), world.lots("#2")) == ([("L1", 2), ("L2", 8)], [("L1", 8)])
    world = two_lots(12)
    world.place("#2", wanted(quantity=6))
    world.place("#3", wanted(quantity=6))
    world.told(scan("#1", "L2", quantity=Decimal(4)))
    assert (world.lots("#2"), world.lots("#3")) == ([("L2", 6)], [("L2", 2), ("L1", 4)])


def test_what_is_picked_is_never_taken_over() -> None:
    """Only the unpicked rest of somebody's lot can be had; a lot that is picked wholly is refused."""
    world = two_lots(10)
    world.place("#2", wanted(quantity=10))
    picked = world.pick("#2")
    world.told(replace(picked, lines=(replace(picked.lines[0], quantity=Decimal(8)),)))
    world.told(scan("#1", "L2"))
    assert world.lots("#1") == [("L1", 8), ("L2", 2)]
    assert world.lots("#2") == [("L2", 8), ("L1", 2)]
    assert world.refused(scan("#1", "L2")) == (Code.PICKED_BY_OTHER, "scanned")
    world.stock(goods("L1", 5, "FAR", expires=TODAY + timedelta(days=10)), balance="more")
    world.place("#3", wanted(quantity=5))
    assert world.refused(scan("#3", "L2")) == (Code.NOT_AVAILABLE, "scanned")


def test_other_lines_of_the_order_lose_nothing() -> None:
    """Only other orders give way: what another line of the same order is promised stays with it."""
    world = World()
    world.stock(goods("L1", 5, expires=TODAY + timedelta(days=10)), goods("L2", 10, expires=TODAY + timedelta(days=20)))
    world.place("#1", wanted(quantity=5), wanted("2", quantity=10))
    assert world.refused(scan("#1", "L2", line="1")) == (Code.NOT_AVAILABLE, "scanned")


def test_loser_that_ships_complete_keeps_nothing_else() -> None:
    """An order that ships complete and is not whole any more gives back the rest, which others may have."""
    world = two_lots(10, first=16)
    world.place("#2", wanted(quantity=6), wanted("2", quantity=10), ship_policy=ShipPolicy.COMPLETE)
    world.place("#3", wanted(quantity=3))
    assert world.lots("#2") == [("L1", 6), ("L2", 10)]
    events = world.told(scan("#1", "L2", quantity=Decimal(8)))
    assert kinds(events) == ["ReservationFreed", "LotSwapped", "OrderAllocated"]
    assert world.lots("#1") == [("L1", 2), ("L2", 8)]
    assert world.lots("#2") == [("L1", 6), ("L2", 2), ("L1", 8)]
    world = two_lots(10)
    world.place("#2", wanted(quantity=10), wanted("2", quantity=1), ship_policy=ShipPolicy.COMPLETE)
    assert world.lots("#2") == []


def test_expected_lot_is_checked_too() -> None:
    """Scanning what the task says changes nothing; a bin that was put on hold meanwhile is told."""
    world = two_lots(10)
    assert world.told(scan("#1", "L1")) == ()
    world.warehouse.tell(DefineLocation(Location(SITE, "BIN", hold=True)))
    assert world.refused(scan("#1", "L1")) == (Code.ON_HOLD, "scanned")
    assert world.refused(scan("#1", "L2")) == (Code.ON_HOLD, "scanned")


def test_scans_that_are_refused() -> None:
    """Unknown order, line or lot, another item's lot, another bin, a held order: each has its code."""
    world = two_lots(10)
    world.told(DefineItem(Item("JAM")))
    world.stock(goods("J1", sku="JAM"), goods("L3", location="FAR"), goods("L4", status="damaged"), balance="more")
    assert world.refused(scan("#9", "L2")) == (Code.UNKNOWN_ORDER, "order")
    assert world.refused(scan("#1", "L2", site="NOWHERE")) == (Code.FIELD_INVALID, "site")
    assert world.refused(scan("#1", "L2", line="9")) == (Code.NOT_RESERVED, "expected")
    assert world.refused(scan("#1", "L2", expected="L7")) == (Code.NOT_RESERVED, "expected")
    assert world.refused(scan("#1", "L2", expected=None, location="FAR")) == (Code.NOT_RESERVED, "expected")
    assert world.refused(scan("#1", "NEW")) == (Code.UNKNOWN_LOT, "scanned")
    assert world.refused(scan("#1", "J1")) == (Code.LOT_NOT_ALLOWED, "scanned")
    assert world.refused(scan("#1", "L3")) == (Code.NOT_AVAILABLE, "scanned")
    assert world.refused(scan("#1", "L4")) == (Code.ON_HOLD, "scanned")
    world.place("#1", wanted(quantity=4))
    assert world.refused(scan("#1", "L2")) == (Code.ON_HOLD, "order")
    world.cancel("#1")
    assert world.refused(scan("#1", "L2")) == (Code.NOT_RESERVED, "expected")


def test_scanned_lot_must_fit_the_line() -> None:
    """A held lot, one that expires too early, one the line does not ask for, one lot too many: refused."""
    world = two_lots(10)
    world.place("#2", wanted(quantity=5, lot="L2"))
    assert world.refused(scan("#2", "L1", expected="L2")) == (Code.LOT_NOT_ALLOWED, "scanned")
    world.told(PlaceHold("H", HoldKind.HOLD, None, "L1"))
    world.cancel("#2")
    assert world.refused(scan("#1", "L1", expected="L2")) == (Code.ON_HOLD, "scanned")
    world = two_lots(10, first=20)
    world.warehouse.tell(OpenDay(SITE, TODAY + timedelta(days=15)))
    assert world.refused(scan("#1", "L1", expected=None)) == (Code.LOT_NOT_ALLOWED, "scanned")
    world = World()
    world.stock(goods("L1", 10), goods("L2", 8))
    world.place("#1", wanted(quantity=10, single_lot=True))
    assert world.refused(scan("#1", "L2")) == (Code.LOT_NOT_ALLOWED, "scanned")
    world.stock(goods("L2", 2, line="more"), balance="more")
    world.told(scan("#1", "L2"))
    assert world.lots("#1") == [("L2", 10)]


def test_packs_are_swapped_whole() -> None:
    """Of packs, only whole ones are given and taken."""
    world = World()
    world.stock(goods("L1", 12, expires=TODAY), goods("L2", 11, pack_size=Decimal(6)), goods("L3", 3))
    world.place("#1", wanted(quantity=12))
    world.told(scan("#1", "L2"))
    assert world.lots("#1") == [("L1", 6), ("L2", 6)]
    assert world.refused(scan("#1", "L3", expected="L2")) == (Code.NOT_AVAILABLE, "scanned")


def test_happened_scan_that_cannot_be_granted() -> None:
    """A scan moves no goods: one that has happened and cannot be granted is told of and changes nothing."""
    world = two_lots(10)
    events = world.told(scan("#1", "NEW", happened=True, location="BIN"))
    noted = only(events, DiscrepancyNoted)
    assert (noted.code, noted.about["lot"], noted.about["location"]) == ("unknown_lot", "NEW", "BIN")
    assert kinds(world.told(scan("#1", "L2", happened=True, site="NOWHERE"))) == ["DiscrepancyNoted"]
    assert world.lots("#1") == [("L1", 10)]
    swapped = only(world.told(scan("#1", "L2", happened=True)), LotSwapped)
    assert [part.row.lot for part in swapped.taken] == ["L2"]


def test_a_swap_needs_its_line() -> None:
    """An event for a line that is not there is no event of this ledger."""
    world = two_lots(10)
    swapped = only(decided(world, scan("#1", "L2")), LotSwapped)
    with pytest.raises(LookupError, match="line 9"):
        apply(world.ledger, replace(swapped, line="9", given=()))


def test_packs_that_may_be_broken_are_swapped_by_the_piece() -> None:
    """Where packs may be broken, the scanned lot gives what it has."""
    world = World(Settings(pack_rule=PackRule.PARTIAL_PACKS))
    world.stock(goods("L1", 12, expires=TODAY), goods("L2", 8, pack_size=Decimal(6)))
    world.place("#1", wanted(quantity=12))
    world.told(scan("#1", "L2"))
    assert world.lots("#1") == [("L1", 4), ("L2", 8)]


def test_a_scan_at_a_site_nobody_knows() -> None:
    """Asked it is refused; happened, it has moved no goods and a person is told."""
    world = two_lots(10)
    assert world.refused(scan("#1", "L2", site="NOWHERE")) == (Code.FIELD_INVALID, "site")
    assert kinds(world.told(scan("#1", "L2", site="NOWHERE", happened=True))) == ["DiscrepancyNoted"]


def test_a_label_of_another_item_is_not_of_the_task() -> None:
    """Two items may have lots of the same number: what the label says of the item decides, whatever its lot is."""
    world = two_lots(10)
    world.told(DefineItem(Item("JAM", gtins=("00000000000017",))))
    world.stock(goods("L1", 5, sku="JAM"), balance="jam")
    assert world.refused(scan("#1", "L1", sku="JAM")) == (Code.LOT_NOT_ALLOWED, "sku")
    assert world.refused(scan("#1", "L1", gtin="17")) == (Code.LOT_NOT_ALLOWED, "gtin")
    assert world.refused(scan("#1", "L2", gtin="999")) == (Code.LOT_NOT_ALLOWED, "gtin")
    noted = only(world.told(scan("#1", "L1", gtin="17", happened=True)), DiscrepancyNoted)
    assert (noted.code, noted.about["gtin"]) == ("lot_not_allowed", "17")
    assert kinds(world.told(scan("#1", "L2", sku="TEA", gtin="12345678905"))) == ["LotSwapped"]


def test_a_label_says_which_line_is_meant() -> None:
    """Where an order wants two items of one lot number, the item that was scanned is the one that is meant."""
    world = two_lots(10)
    world.told(DefineItem(Item("JAM")))
    world.stock(goods("L1", 5, sku="JAM"), goods("L2", 5, sku="JAM"), balance="jam")
    world.place("#2", wanted("1", 2, expires_exact=TODAY + timedelta(days=20)), wanted("2", 5, "JAM", lot=None))
    events = world.told(scan("#2", "L2", expected=None, sku="JAM"))
    assert [only(events, LotSwapped).line] == ["2"]
    assert kinds(world.told(scan("#2", "L2", expected=None, sku="JAM", gtin="5", line="2"))) == []
