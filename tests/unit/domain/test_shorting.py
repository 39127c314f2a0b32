"""Less is found in a bin than was promised: it is booked off, or waits for a count; more is picked than ordered."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ChangeSettings,
    DefineLocation,
    GoodsLine,
    PickLine,
    PlaceHold,
    ReportShort,
    ShippedLine,
    ShortLine,
)
from lotstream.domain.events import DiscrepancyNoted, StockFound, StockMissing, StockPicked
from lotstream.domain.model import HoldKind, Location, OrderState, Settings, ShortPick
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted


def short(number: str, picked: object = 0, **more: Any) -> ReportShort:  # noqa: ANN401 - whatever a line takes
    """A short pick of order line 1 of an order."""
    happened, site, place = more.pop("happened", False), more.pop("site", SITE), more.pop("staged_at", None)
    line = ShortLine(
        more.pop("task", None), more.pop("line", "1"), more.pop("lot", None), more.pop("location", None),
        Decimal(str(picked)), **more,
    )  # fmt: skip
    return ReportShort(site, happened, "scanner", None, key(number), place, (line,))


def ready(settings: Settings | None = None) -> World:
    """A world with 10 of L1 and 10 of L2, of which order #1 has 6 of L1."""
    world = World(settings)
    world.stock(
        goods("L1", expires=TODAY + timedelta(days=10)), goods("L2", location="B2", expires=TODAY + timedelta(days=20))
    )
    world.place("#1", wanted(quantity=6))
    return world


def test_what_is_not_found_is_booked_off_and_replaced() -> None:
    """The bin is empty afterwards; the rest of the order comes from the next lot, in the same decision."""
    world = ready()
    events = world.told(short("#1", 4, staged_at="T-1"))
    assert kinds(events) == ["StockPicked", "StockMissing", "ReservationFreed", "OrderAllocated"]
    missing = only(events, StockMissing)
    assert (missing.missing, missing.booked, missing.line) == (2, 6, "1")
    assert world.lots("#1") == [("L1", 4), ("L2", 2)]
    assert world.row("L1", "STAGING/T-1").on_hand == 4
    assert [row.location for row in world.ledger.stock] == ["B2", "STAGING/T-1"]
    assert world.get("#1").state is OrderState.PICKING


def test_nothing_at_all_was_found() -> None:
    """A short pick of nothing moves nothing to staging; everybody who was promised some of the bin loses it."""
    world = ready()
    world.place("#2", wanted(quantity=3))
    events = world.told(short("#1", task=world.parts("#1")[0].task, line=None))
    assert kinds(events) == [
        "StockMissing", "ReservationFreed", "ReservationFreed", "OrderAllocated", "OrderAllocated",
    ]  # fmt: skip
    assert (world.lots("#1"), world.lots("#2")) == ([("L2", 6)], [("L2", 3)])


def test_all_was_found_and_no_more() -> None:
    """Where all that was promised was found, what else was known to be there is booked off."""
    world = ready()
    missing = only(world.told(short("#1", 6)), StockMissing)
    assert (missing.missing, missing.booked) == (0, 4)
    world = World()
    world.stock(goods("L1", 6))
    world.place("#1", wanted(quantity=6))
    assert kinds(world.told(short("#1", 6))) == ["StockPicked"]


def test_every_package_of_the_bin_is_booked_off() -> None:
    """No more of the lot is in the bin, on whatever pallet; damaged goods and other bins are not meant."""
    world = World()
    world.stock(
        goods("L1", 5, package="P1"), goods("L1", 5, package="P2", line="2"),
        goods("L1", 5, status="damaged", line="3"), goods("L1", 5, "FAR"), goods("L2", 5),
    )  # fmt: skip
    world.place("#1", wanted(quantity=7))
    events = world.told(short("#1", 1, lot="L1", location="BIN", package="P1"))
    rows = {event.row.package: (event.missing, event.booked) for event in events if isinstance(event, StockMissing)}
    assert rows == {"P1": (4, 4), "P2": (0, 5)}
    assert world.row("L1", status="damaged").on_hand == 5
    assert world.lots("#1") == [("L1", 1), ("L1", 5), ("L2", 1)]


def test_two_lines_short_of_one_bin() -> None:
    """Each line says what it did not find; the bin is booked off once."""
    world = World()
    world.stock(goods("L1", 10))
    world.place("#1", wanted(quantity=4), wanted("2", quantity=3))
    one, two = short("#1", 1), short("#1", 0, line="2")
    events = world.told(ReportShort(SITE, False, None, None, key("#1"), None, one.lines + two.lines))
    told = [(event.line, event.missing, event.booked) for event in events if isinstance(event, StockMissing)]
    assert told == [("1", 3, 9), ("2", 3, 0)]
    assert world.lots("#1") == [("L1", 1)]


def test_goods_that_are_staged_in_their_own_bin_were_found() -> None:
    """What stands picked in the bin itself is not booked off, whoever picked it, and stays with its order."""
    world = ready()
    world.told(DefineLocation(Location(SITE, "BIN")))
    world.place("#2", wanted(quantity=3))
    world.told(world.pick("#2", PickLine(None, "1", None, None, Decimal(2)), staged_at="BIN"))
    missing = only(world.told(short("#1", 4, staged_at="BIN")), StockMissing)
    assert (missing.missing, missing.booked) == (2, 4)
    row = world.row("L1")
    assert (row.on_hand, row.reserved) == (6, 6)
    assert (world.lots("#1"), world.lots("#2")) == ([("L1", 4), ("L2", 2)], [("L1", 2), ("L2", 1)])


def test_what_nobody_was_promised_and_was_taken_was_found() -> None:
    """More than was promised, taken from the bin and put down in it again, is not booked off either."""
    world = ready()
    world.told(DefineLocation(Location(SITE, "BIN")))
    missing = only(world.told(short("#1", 8, staged_at="BIN", happened=True)), StockMissing)
    assert (missing.missing, missing.booked) == (0, 2)
    row = world.row("L1")
    assert (row.on_hand, row.reserved) == (8, 6)
    world.told(short("#1", 1, staged_at="BIN", happened=True))
    assert world.lots("#1") == [("L1", 6)]


def test_short_picks_may_wait_for_a_count() -> None:
    """Where short picks are held, nothing is booked off and the order keeps what it was promised."""
    world = ready(Settings(short_pick=ShortPick.HOLD))
    events = world.told(short("#1", 4))
    assert kinds(events) == ["StockPicked", "StockMissing"]
    assert (only(events, StockMissing).missing, only(events, StockMissing).booked) == (2, 0)
    assert world.lots("#1") == [("L1", 6)]
    assert world.row("L1").on_hand == 6


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        (short("#9"), Code.UNKNOWN_ORDER, "order"),
        (short("#1", site="NOWHERE"), Code.FIELD_INVALID, "site"),
        (short("#1", line="9"), Code.NOT_RESERVED, "lines.0.line"),
        (short("#1", lot="L2"), Code.NOT_RESERVED, "lines.0.line"),
        (short("#1", 7), Code.NOT_RESERVED, "lines.0.picked"),
        (short("#1", -1), Code.NOT_POSITIVE, "lines.0.picked"),
        (short("#1", 1, unit="barrel"), Code.UNKNOWN_UNIT, "lines.0.unit"),
        (ReportShort(SITE, False, None, None, key("#1"), None, ()), Code.FIELD_MISSING, "lines"),
    ],
)
def test_short_picks_that_are_refused(said: ReportShort, code: Code, field: str) -> None:
    """Only what is promised to the order can be short when it is asked."""
    assert ready().refused(said) == (code, field)


def test_held_goods_are_not_picked_short() -> None:
    """What was found of a held lot may not be picked; that nothing was found may always be said."""
    world = ready(Settings(allocate="on_request"))
    world.told(PlaceHold("H", HoldKind.HOLD, None, "L2"))
    assert world.refused(short("#1", 1)) == (Code.NOT_RESERVED, "lines.0.line")


def test_happened_short_picks_are_booked() -> None:
    """What has happened is booked: goods nobody promised are picked too, each oddity is a discrepancy."""
    world = ready()
    events = world.told(short("#1", 7, happened=True))
    assert [event.code for event in events if isinstance(event, DiscrepancyNoted)] == ["not_reserved"]
    assert sum(pick.quantity for pick in only(events, StockPicked).picks) == 7
    assert only(events, StockMissing).booked == 3
    events = world.told(short("#1", 1, lot="L2", happened=True))
    assert kinds(events) == ["StockPicked", "DiscrepancyNoted", "DiscrepancyNoted"]
    events = world.told(short("#7", 1, lot="L2", line=None, happened=True, site="NOWHERE"))
    assert only(events, StockFound).quantity == 1
    assert only(events, StockPicked).state is OrderState.REJECTED


def over(quantity: int, **more: Any) -> PickLine:  # noqa: ANN401 - whatever a line takes
    """A pick of order line 1."""
    return PickLine(None, "1", more.get("lot"), more.get("location"), Decimal(quantity))


def test_more_than_ordered_may_be_picked_within_the_allowance() -> None:
    """Over all picks together, from free stock of the row that is picked; it leaves with the rest."""
    world = ready(Settings(over_pick_pct=Decimal(40)))
    world.told(world.pick("#1", over(5)))
    assert world.refused(world.pick("#1", over(4))) == (Code.MORE_THAN_ORDERED, "lines.0.quantity")
    events = world.told(world.pick("#1", over(2)))
    assert [(pick.quantity, pick.over) for pick in only(events, StockPicked).picks] == [(1, 0), (1, 1)]
    assert (world.line("#1").reservations[0].picked, world.row("L1").on_hand) == (7, 3)
    assert world.get("#1").state is OrderState.PICKED
    world.told(world.pick("#1", over(1), staged_at="T-2"))
    assert [(part.quantity, part.picked) for part in world.parts("#1")] == [(7, 7), (1, 1)]
    assert world.refused(world.pick("#1", over(1))) == (Code.MORE_THAN_ORDERED, "lines.0.quantity")
    world.told(world.ship("#1", ShippedLine("1", None, Decimal(5)), shipment="S1"))
    assert sum(part.quantity for part in world.parts("#1")) == 3
    world.told(world.ship("#1", shipment="S2"))
    assert (world.line("#1").shipped, world.get("#1").state) == (8, OrderState.SHIPPED)


def test_more_than_is_free_is_not_picked() -> None:
    """Goods that others are promised are no over-pick; held goods neither."""
    world = ready(Settings(over_pick_pct=Decimal(100)))
    world.place("#2", wanted(quantity=3))
    assert world.refused(world.pick("#1", over(8))) == (Code.NOT_AVAILABLE, "lines.0.quantity")
    world.told(world.pick("#1", over(7)))
    world.told(PlaceHold("H", HoldKind.HOLD, None, "L1"))
    world.cancel("#2")
    assert world.refused(world.pick("#1", over(1))) == (Code.ON_HOLD, "lines.0.lot")


def test_more_comes_from_the_rows_that_have_any() -> None:
    """Of several promised rows, those with nothing free are passed over; a short pick may be of more than one row."""
    world = World(Settings(over_pick_pct=Decimal(50)))
    world.stock(goods("L1", 4, expires=TODAY + timedelta(days=10)), goods("L2", 8, "B2"))
    world.place("#1", wanted(quantity=6))
    world.told(world.pick("#1", over(7)))
    assert [(part.row.lot, part.quantity) for part in world.parts("#1")] == [("L1", 4), ("L2", 3)]
    world = World(Settings(over_pick_pct=Decimal(50)))
    world.stock(goods("L1", 6, expires=TODAY + timedelta(days=10)), goods("L2", 8, "B2"))
    world.place("#1", wanted(quantity=8))
    world.told(world.pick("#1", over(6)))
    world.stock(goods("L1", 6, expires=TODAY + timedelta(days=10), line="9"), balance="more")
    missing = [event for event in world.told(short("#1", 3)) if isinstance(event, StockMissing)]
    assert [(event.row.lot, event.missing, event.booked) for event in missing] == [("L2", 0, 6)]
    assert world.row("L1").on_hand == 5


def test_happened_picks_go_beyond_the_allowance() -> None:
    """What is within the allowance belongs to the order; the rest stands at the staging place, promised to nobody."""
    world = ready(Settings(over_pick_pct=Decimal(20)))
    events = world.told(world.pick("#1", over(9), happened=True))
    assert [(pick.quantity, pick.over, pick.line) for pick in only(events, StockPicked).picks] == [
        (6, 0, "1"), (1, 1, "1"), (2, 0, "1"),
    ]  # fmt: skip
    assert (world.row("L1", "STAGING").on_hand, world.row("L1", "STAGING").reserved) == (9, 7)


def test_allowance_is_a_percentage() -> None:
    """An allowance below nothing, or beyond all reason, is refused."""
    world = World()
    for percent in (-1, 1001):
        settings = Settings(over_pick_pct=Decimal(percent))
        assert world.refused(ChangeSettings(settings)) == (Code.FIELD_INVALID, "settings.over_pick_pct")


def test_the_order_in_which_goods_came_does_not_show_in_a_short_pick() -> None:
    """Rows of a lot in one bin are told in an order of their own, whichever of them was loaded first."""
    loose, packed = goods("L1", 3, line="loose"), goods("L1", 3, line="packed", package="P1")

    def told(*lines: GoodsLine) -> list[str | None]:
        world = World()
        world.stock(*lines)
        world.place("#1", wanted(quantity=6))
        events = world.told(short("#1", 1, lot="L1", location="BIN"))
        return [event.row.package for event in events if isinstance(event, StockMissing)]

    assert told(loose, packed) == told(packed, loose) == [None, "P1"]


def test_what_was_taken_beyond_a_task_is_promised_to_nobody_after_it() -> None:
    """More was found than was promised, and the bin is empty: who else was promised of it gets nothing there."""
    world = World()
    world.stock(goods("L1", 7))
    world.place("#1", wanted(quantity=1))
    world.place("#2", wanted(quantity=5))
    world.told(short("#1", 3, happened=True))
    assert (world.lots("#1"), world.lots("#2")) == ([("L1", 1)], [])
    assert [(row.key.location, row.on_hand, row.reserved) for row in world.ledger.stock.values()] == [("STAGING", 3, 1)]


def test_what_is_short_is_told_with_when_and_where() -> None:
    """Without a time of its own it is the record's; what nobody promised is told with its bin, else with the dock."""
    world = ready()
    events = world.told(short("#1", 4))
    assert only(events, StockMissing).at == only(events, StockPicked).at == world.warehouse.moment().recorded_at
    for location, told in (("B9", "B9"), (None, "DOCK")):
        world = ready()
        events = world.told(short("#1", 0, line="9", lot="L1", location=location, happened=True))
        assert only(events, DiscrepancyNoted).about["location"] == told


def test_what_was_picked_before_is_not_missing() -> None:
    """Of six two are picked; of the other four one is found, so that three were not."""
    world = ready()
    world.told(world.pick("#1", PickLine(None, "1", "L1", None, Decimal(2))))
    assert only(world.told(short("#1", 1)), StockMissing).missing == 3


def test_goods_found_for_an_order_that_was_never_decided_leave_it_received() -> None:
    """What was picked beyond any promise is promised to nobody, so that the order waits to be asked for as before."""
    world = World(Settings(allocate="on_request"))
    world.stock(goods("L1", 10))
    world.place("#1")
    events = world.told(short("#1", 2, lot="L1", location="BIN", happened=True))
    assert only(events, StockPicked).state is world.get("#1").state is OrderState.RECEIVED
