from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from lotstream.domain import availability, ticking
from lotstream.domain.candidate import Candidate
from lotstream.domain.changed import Untold
from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    ChangeSettings,
    Command,
    DefineItem,
    DefineLocation,
    GoodsLine,
    OpenDay,
    PlaceHold,
    TickClock,
)
from lotstream.domain.draft import Draft
from lotstream.domain.events import AvailabilityTold, ClockSet, Event
from lotstream.domain.model import Channel, HoldKind, Item, Location, OwnerClock, Settings
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, wanted

SHOP, STRICT = Channel("shop"), Channel("strict", min_days_left=20)


def world(*channels: Channel, every_s: int = 60) -> World:
    """Return an owner whose channels are told what may be sold."""
    made = World()
    made.told(ChangeSettings(Settings(channels=channels, availability_every_s=every_s)))
    return made


def figures(events: tuple[Event, ...]) -> dict[tuple[str, str], int]:
    """Return what events tell, by SKU and channel."""
    told = [event for event in events if isinstance(event, AvailabilityTold)]
    return {(figure.sku, figure.channel): figure.quantity for event in told for figure in event.figures}


def tick(made: World) -> dict[tuple[str, str], int]:
    """Let the clock look at the owner; returns what is told."""
    return figures(made.told(TickClock()))


def clocks(events: tuple[Event, ...]) -> list[OwnerClock]:
    """Return how the clock was set."""
    return [event.clock for event in events if isinstance(event, ClockSet)]


def test_what_is_free_and_lives_long_enough_is_told_per_channel() -> None:
    """Each channel is told what nobody was promised and what lives as long as it asks, ends of life included."""
    made = world(SHOP, STRICT)
    made.stock(goods("L1", 10, expires=TODAY + timedelta(days=19)), goods("L2", 5, expires=TODAY + timedelta(days=20)))
    assert tick(made) == {("TEA", "shop"): 15, ("TEA", "strict"): 5}
    made.place("O1", wanted(quantity=4))
    assert tick(made) == {("TEA", "shop"): 11}


@pytest.mark.parametrize(
    ("line", "shop"),
    [
        pytest.param(goods("L1", 9, expires=TODAY), 9, id="last day"),
        pytest.param(goods("L1", 9, expires=TODAY - timedelta(days=1)), 0, id="expired"),
        pytest.param(goods("L1", 9, status="damaged"), 0, id="damaged"),
        pytest.param(goods("L1", 9, location="CLOSED"), 0, id="not for picking"),
        pytest.param(goods("L1", 9, promised_elsewhere=Decimal(4)), 5, id="promised elsewhere"),
        pytest.param(goods("L1", -3), 0, id="deficit"),
    ],
)
def test_what_no_line_may_use_may_not_be_sold(line: GoodsLine, shop: int) -> None:
    """What allocation passes over for every order is not told, and no figure is below 0."""
    made = world(SHOP)
    made.told(DefineLocation(Location(SITE, "CLOSED", pickable=False)))
    made.stock(line)
    assert tick(made).get(("TEA", "shop"), 0) == shop


def test_a_deficit_takes_nothing_from_another_row() -> None:
    """Five below zero in one bin leave the ten in another as they are."""
    made = world(SHOP)
    made.stock(goods("L1", -5, "A"), goods("L1", 10, "B"))
    assert tick(made) == {("TEA", "shop"): 10}


def test_channels_may_leave_out_returned_goods_and_other_sites() -> None:
    """What came back is sold only where that is wanted; a site sells only for channels that name it, or none."""
    plain, picky, elsewhere = SHOP, Channel("new", exclude_returned=True), Channel("far", sites=("FAR",))
    made = world(plain, picky, elsewhere)
    made.stock(goods("L1", 10, "A"), goods("L1", 3, "B", returned=True))
    assert tick(made) == {("TEA", "new"): 10, ("TEA", "shop"): 13}


def test_goods_of_unknown_life_are_sold_only_where_no_life_is_asked_for() -> None:
    """Without an expiry no minimum is met, in days or percent; without a made date no percent."""
    made = world(SHOP, STRICT, Channel("half", min_pct_left=Decimal(50)))
    made.stock(goods("L1", 7, expires=None), goods("L2", 2, made=TODAY - timedelta(days=30)), goods("L3", 1))
    assert tick(made) == {("TEA", "shop"): 10, ("TEA", "strict"): 3, ("TEA", "half"): 2}


def test_a_kit_is_sold_as_often_as_its_components_make_it() -> None:
    """Assembled kits count, and whole ones of what is free of each component; who changes one is told of the kits."""
    made = world(SHOP, STRICT)
    made.told(DefineItem(Item("GIFT", kit={"TEA": Decimal(2), "TIN": Decimal(1)})))
    made.stock(goods("L1", 9), goods("G1", 1, sku="GIFT"))
    assert tick(made) == {("TEA", "shop"): 9, ("TEA", "strict"): 9, ("GIFT", "shop"): 1, ("GIFT", "strict"): 1}
    made.told(DefineItem(Item("TIN")))
    made.told(made.receipt(goods("T1", 6, sku="TIN"), number="R1"))
    made.told(made.receipt(goods("T2", 1, sku="TIN", expires=TODAY + timedelta(days=3)), number="R2"))
    told = tick(made)
    assert told == {("TIN", "shop"): 7, ("TIN", "strict"): 6, ("GIFT", "shop"): 5, ("GIFT", "strict"): 5}
    made.told(DefineItem(Item("PIN")))
    assert tick(made) == {}
    made.place("O1", wanted(quantity=5))
    assert tick(made) == {("TEA", "shop"): 4, ("TEA", "strict"): 4, ("GIFT", "shop"): 3, ("GIFT", "strict"): 3}


def test_nothing_is_told_twice_and_what_is_gone_is_told_as_nothing() -> None:
    """Only what is other than told last is told: a figure that was told and has nothing left is told as 0, once."""
    made = world(SHOP)
    made.stock(goods("L1", 10))
    assert tick(made) == {("TEA", "shop"): 10}
    made.place("O1", wanted(quantity=3))
    made.cancel("O1")
    assert tick(made) == {}
    made.place("O2", wanted(quantity=10))
    assert tick(made) == {("TEA", "shop"): 0}
    made.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L1", None))
    assert tick(made) == {}


def test_a_hold_an_expiry_and_a_shut_bin_change_what_may_be_sold() -> None:
    """A lot on hold, a day that turns and a bin that is shut each change the figures of what they concern."""
    made = world(SHOP)
    made.stock(goods("L1", 10, "A", expires=TODAY), goods("L2", 20, "B"), goods("L3", 40, "C"))
    assert tick(made) == {("TEA", "shop"): 70}
    made.told(PlaceHold("H", HoldKind.HOLD, "TEA", "L2", None))
    assert tick(made) == {("TEA", "shop"): 50}
    made.told(OpenDay(SITE, TODAY + timedelta(days=1)))
    made.place("O1", wanted(quantity=1))
    assert tick(made) == {("TEA", "shop"): 39}
    made.told(DefineLocation(Location(SITE, "C", hold=True)))
    made.place("O2", wanted(quantity=1))
    assert tick(made) == {("TEA", "shop"): 0}


def test_a_channel_that_is_gone_is_told_to_have_nothing() -> None:
    """Channels that leave the settings are told 0 once; with the last of them the clock is not set any more."""
    made = world(SHOP, STRICT)
    made.stock(goods("L1", 10))
    assert tick(made) == {("TEA", "shop"): 10, ("TEA", "strict"): 10}
    made.told(ChangeSettings(Settings(channels=(SHOP,))))
    assert tick(made) == {("TEA", "strict"): 0}
    made.told(ChangeSettings(Settings()))
    assert tick(made) == {("TEA", "shop"): 0}
    assert made.ledger.clock == OwnerClock(None, 3, watched=False)
    assert clocks(made.place("O1")) == []


def test_the_first_thing_that_happens_sets_the_clock_and_the_next_ones_do_not() -> None:
    """What happens within the owner's seconds is gathered up: one look is due, so many seconds after the first."""
    made = world(SHOP, every_s=90)
    (begun,) = [made.ledger.clock]
    assert begun.due_at == made.warehouse.moment().recorded_at + timedelta(seconds=90)
    assert clocks(made.stock(goods("L1", 10))) == []
    made.told(TickClock())
    assert made.ledger.clock == OwnerClock(None, 1, watched=True)
    assert len(clocks(made.place("O1"))) == 1
    assert clocks(made.place("O2")) == []


def test_a_look_that_is_not_due_and_a_refused_command_change_nothing() -> None:
    """Nothing is decided by a clock that was not set, and what was refused does not set it."""
    made = world(SHOP)
    made.told(TickClock())
    assert made.told(TickClock()) == ()
    made.refused(made.receipt(goods("L1", 0), happened=False))
    assert made.ledger.clock.due_at is None


def test_owners_without_channels_have_no_clock() -> None:
    """Who tells nobody what may be sold has no events, and no rows, of it."""
    made = World()
    made.stock(goods("L1", 10))
    made.place("O1")
    assert made.ledger.clock == OwnerClock()
    assert not made.ledger.touched.clock
    assert made.told(TickClock()) == ()


def test_more_than_can_be_told_at_once_is_told_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A SKU's figures are never parted; what is left is due at once, and all parts together tell everything."""
    monkeypatch.setattr(ticking, "FIGURES_MAX", 3)
    made = world(SHOP, STRICT)
    for number in range(4):
        made.told(DefineItem(Item(f"S{number}")))
    made.stock(*[goods(f"L{number}", 10, sku=f"S{number}") for number in range(4)])
    parts = []
    while made.ledger.clock.due_at is not None:
        parts.append({sku for sku, _ in tick(made)})
    assert parts == [{"S0", "S1"}, {"S2", "S3"}]
    assert made.ledger.clock.tick == 2


def test_what_a_ledger_remembers_does_not_decide_what_is_told() -> None:
    """A worker that has read the owner anew tells the same as one that had it in memory all the while."""
    known, anew = world(SHOP, STRICT), world(SHOP, STRICT)
    steps: list[Command] = [OpenDay(SITE, TODAY + timedelta(days=1)), DefineLocation(Location(SITE, "B", hold=True))]
    for made in (known, anew):
        made.told(DefineItem(Item("COFFEE")))
        made.stock(goods("L1", 10, "A"), goods("L2", 5, "B"), goods("C1", 8, "A", sku="COFFEE"))
    for step in range(12):
        told = []
        for made in (known, anew):
            made.place(f"O{step}", wanted(quantity=1, sku="TEA" if step % 3 else "COFFEE"))
            if step in (4, 8):
                made.told(steps[step // 4 - 1])
            if made is anew:
                made.ledger.untold = Untold()
                made.ledger.index()
            told.append(made.told(TickClock()))
        assert told[0] == told[1]
        assert figures(told[0])
        assert known.ledger.told == anew.ledger.told


def test_between_two_parts_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """What changes while parts are told is told with the next, what was told already is not looked at again."""
    monkeypatch.setattr(ticking, "FIGURES_MAX", 1)
    known, anew = world(SHOP), world(SHOP)
    looked_at = []
    sellable = availability.sellable

    def looked(draft: Draft, sku: str, site: str) -> Iterator[Candidate]:
        if draft.ledger is known.ledger:
            looked_at.append(sku)
        return sellable(draft, sku, site)

    for made in (known, anew):
        for sku in ("A", "B", "C", "D"):
            made.told(DefineItem(Item(sku)))
        made.told(DefineItem(Item("SET", kit={"A": Decimal(2)})))
        made.stock(*[goods(sku, 10, sku=sku) for sku in ("A", "B", "C", "D")])
    monkeypatch.setattr(availability, "sellable", looked)
    for part in range(6):
        told = []
        for made in (known, anew):
            if part == 2:
                made.place("O", wanted(sku="A", quantity=5))
            if made is anew:
                made.ledger.untold = Untold()
            told.append(tick(made))
        assert told[0] == told[1]
    assert known.ledger.told == anew.ledger.told
    assert known.ledger.told["SET", SITE, "shop"] == 2
    assert known.ledger.clock.due_at is None
    # One ahead each time, to see whether anything is left; the kit with what it is made of.
    assert looked_at.count("B") == 2


def test_channels_are_named_once_and_ask_for_a_life_that_there_is() -> None:
    """A channel that is there twice, and a minimum no lot could be measured by, are refused with their field."""
    made = World()
    twice = ChangeSettings(Settings(channels=(SHOP, SHOP)))
    assert made.refused(twice) == (Code.FIELD_INVALID, "settings.channels.1.name")
    never = ChangeSettings(Settings(channels=(SHOP, Channel("b", min_pct_left=Decimal(101)))))
    assert made.refused(never) == (Code.FIELD_INVALID, "settings.channels.1.min_pct_left")


def test_a_day_that_turned_is_as_old_as_the_record_says() -> None:
    """Today is the site's, so that yesterday's lot is gone from the figures whenever the clock looks."""
    made = world(SHOP)
    made.stock(goods("L1", 10, expires=date(2026, 9, 1)))
    made.told(OpenDay(SITE, date(2026, 9, 2)))
    assert tick(made) == {}
