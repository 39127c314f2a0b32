"""Which orders are looked at again after a turn, a hold or a changed rule, and in which parts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lotstream.domain.agenda import is_due
from lotstream.domain.broadcasts import apply_broadcast
from lotstream.domain.commands import (
    ChangeSettings,
    ContinueDay,
    DefineCustomer,
    DefineItem,
    DefineLocation,
    DefineOwner,
    LiftBinHold,
    OpenDay,
    PickLine,
    PlaceBinHold,
)
from lotstream.domain.events import DayContinued, DayOpened, LocationDefined, ReservationFreed
from lotstream.domain.ledger import Sites
from lotstream.domain.model import Customer, Hold, HoldKind, Item, Location, OrderState, Settings
from lotstream.domain.progress import NAMES_MAX, Progress, Scope
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, kinds, only, wanted

TOMORROW = TODAY + timedelta(days=1)
LATER = TODAY + timedelta(days=90)
ALL = ContinueDay(100)


def a_world(orders: int, settings: Settings | None = None) -> World:
    """A world whose orders are all promised of a lot that is not used after today."""
    world = World(settings)
    world.stock(goods("L1", orders, expires=TODAY), goods("L2", orders, expires=LATER))
    for number in range(orders):
        world.place(f"#{number}", wanted(quantity=1))
    world.told(ALL)
    return world


def moved(world: World, orders_max: int) -> list[str]:
    """Decide a part and return the orders it has moved, in the order of its events."""
    events = world.told(ContinueDay(orders_max))
    return [event.key.order for event in events if isinstance(event, ReservationFreed)]


def test_parts_are_of_so_many_orders_and_in_queue_order() -> None:
    """A walk moves the front of the queue first, so many orders a part, and is over when nothing is left."""
    world = a_world(5)
    world.told(OpenDay(SITE, TOMORROW))
    assert [moved(world, 2), moved(world, 2)] == [["#0", "#1"], ["#2", "#3"]]
    assert is_due(world.ledger)
    assert moved(world, 2) == ["#4"]
    assert not is_due(world.ledger)
    assert world.told(ALL) == ()


def test_parts_give_what_one_decision_gives() -> None:
    """However small the parts are, each order ends up with the stock that one part over all would have given it."""
    ends = []
    for orders_max in (1, 2, 100):
        world = World()
        world.stock(goods("L1", 6, expires=TODAY), goods("L2", 4, expires=LATER))
        for number, priority in enumerate([0, 2, 1, 0]):
            world.place(f"#{number}", wanted(quantity=2), priority=priority)
        world.told(ALL)
        world.told(OpenDay(SITE, TOMORROW))
        while is_due(world.ledger):
            world.told(ContinueDay(orders_max))
        ends.append([world.lots(f"#{number}") for number in range(4)])
    assert ends[0] == ends[1] == ends[2] == [[], [("L2", 2)], [], [("L2", 2)]]


def test_what_changes_in_the_middle_of_a_walk_is_neither_missed_nor_done_twice() -> None:
    """Orders that are cancelled, picked or pulled forward between two parts are taken as they are then."""
    world = a_world(6)
    world.told(OpenDay(SITE, TOMORROW))
    assert moved(world, 1) == ["#0"]
    world.cancel("#1")
    world.told(world.pick("#2", happened=True))
    world.told(world.order("#5", wanted(quantity=1), version="2", priority=9))
    assert [moved(world, 1) for _ in range(4)] == [["#3"], ["#4"], [], []]
    assert world.lots("#5") == [("L2", 1)]


def test_an_order_that_is_cancelled_between_two_parts_is_passed_over() -> None:
    """What was found at the beginning of a walk and is gone since is looked at no more."""
    world = a_world(3)
    world.told(OpenDay(SITE, TOMORROW))
    assert moved(world, 1) == ["#0"]
    world.cancel("#1")
    assert moved(world, 100) == ["#2"]


def test_a_turn_in_the_middle_of_a_walk_waits_for_the_next() -> None:
    """What is told while a walk is under way does not begin it anew; the next walk comes for it."""
    world = a_world(4)
    world.told(OpenDay(SITE, TOMORROW))
    first = world.ledger.sites.turn
    assert moved(world, 1) == ["#0"]
    world.told(PlaceBinHold(Hold("H", HoldKind.HOLD), SITE, "BIN"))
    assert moved(world, 100) == ["#0", "#1", "#2", "#3"]
    assert world.ledger.progress.number == first
    assert is_due(world.ledger)
    assert moved(world, 100) == []
    assert world.ledger.progress.number == world.ledger.sites.turn > first


def test_what_is_picked_stays_and_is_not_looked_for() -> None:
    """Goods that stand at a staging place are nobody's to move, though no line may use them there."""
    world = a_world(2)
    world.told(world.pick("#0"))
    world.told(OpenDay(SITE, TOMORROW))
    assert moved(world, 100) == ["#1"]


def test_only_the_sites_that_were_told_of_are_looked_at() -> None:
    """A day that turns at one site moves nothing at another."""
    world = a_world(1)
    world.told(OpenDay(SITE, TOMORROW))
    world.ledger.sites.turned = {"ELSEWHERE": world.ledger.sites.turn}
    assert moved(world, 100) == []


def test_who_allocates_on_request_has_only_moved_orders_decided() -> None:
    """Moved orders find other stock at once; those that wait to be asked wait on."""
    world = World(Settings(allocate="on_request"))
    world.stock(goods("L2", 5, expires=LATER))
    world.place("#1", wanted(quantity=1))
    world.told(ChangeSettings(Settings(allocate="on_request", expired_ok=True)))
    assert kinds(world.told(ALL)) == ["DayContinued"]
    assert world.lots("#1") == []


@pytest.mark.parametrize(
    ("strict", "loose"),
    [
        (DefineItem(Item("TEA", version=2, min_days_left=60)), DefineItem(Item("TEA", version=3))),
        (DefineCustomer(Customer("C", min_days_left=60)), DefineCustomer(Customer("C", version=2))),
        (ChangeSettings(Settings(min_days_left=60)), ChangeSettings(Settings())),
    ],
    ids=["item", "customer", "settings"],
)
def test_a_changed_rule_makes_its_own_due(
    strict: DefineItem | DefineCustomer | ChangeSettings, loose: DefineItem | DefineCustomer | ChangeSettings
) -> None:
    """A loosened rule makes those look again who wait because of it, and serves them."""
    world = World()
    world.told(strict)
    world.stock(goods("L1", 5))
    world.place("#1", wanted(quantity=2), customer="C" if isinstance(strict, DefineCustomer) else None)
    assert world.lots("#1") == []
    world.told(ALL)
    world.told(loose)
    assert is_due(world.ledger)
    assert not is_due(world.ledger, rules=False)
    assert kinds(world.told(ALL)) == ["OrderAllocated", "DayContinued"]
    assert not is_due(world.ledger)


def test_rules_nobody_waits_for_make_nothing_due() -> None:
    """An item, a customer or settings that change while nobody waits because of them cost nothing afterwards."""
    world = World()
    world.told(ChangeSettings(Settings(min_days_left=60)))
    world.told(DefineOwner((SITE,)))
    world.told(DefineCustomer(Customer("C")))
    world.told(DefineItem(Item("TEA", version=2)))
    assert world.ledger.progress == Progress(world.ledger.progress.number)


def test_a_walk_passes_over_who_cannot_be_served() -> None:
    """Orders that wait for goods of which nothing is free are not among those of a part."""
    world = World()
    world.told(DefineItem(Item("OATS")))
    world.stock(goods("L1", 5))
    world.place("#1", wanted(quantity=5, sku="OATS"))
    world.place("#2", wanted(quantity=9))
    world.place("#3", wanted(quantity=1, lot="L9"))
    world.told(DefineLocation(Location(SITE, "BIN", hold=True)))
    world.told(ALL)
    world.told(DefineLocation(Location(SITE, "BIN", version=2)))
    events = world.told(ContinueDay(1))
    assert kinds(events) == ["OrderAllocated", "DayContinued"]
    walk = only(events, DayContinued).progress.walk
    assert walk is not None
    assert walk.after is not None
    assert walk.after[3].order == "#2"
    assert kinds(world.told(ContinueDay(1))) == ["DayContinued"]
    assert not is_due(world.ledger)


def test_a_held_order_gives_back_and_is_not_served() -> None:
    """An order that a person holds up loses what it may not keep and gets nothing until it is let go."""
    world = a_world(1)
    world.told(world.order("#0", wanted(quantity=1), content="other"))
    assert world.get("#0").held is not None
    world.told(OpenDay(SITE, TOMORROW))
    assert kinds(world.told(ALL)) == ["ReservationFreed", "LotExpired", "DayContinued"]
    assert world.get("#0").state is OrderState.HELD


def test_many_names_are_everything() -> None:
    """A scope holds a bounded number of names; with more of them it is everything, and stays so."""
    names = tuple(f"SKU-{number}" for number in range(NAMES_MAX))
    full = Scope().with_rules(skus=names)
    assert (full.skus, full.everything) == (tuple(sorted(names)), False)
    assert full.with_rules(skus=(names[0],)) == full
    assert full.with_rules(customers=("C",)) == Scope(everything=True)
    assert Scope(everything=True).with_rules(skus=("A",)) == Scope(everything=True)


def test_bins_are_held_by_id_and_free_when_no_hold_is_left() -> None:
    """Two holds on a bin are two reasons; each is lifted by its id, all of them without one; a repeat is nothing."""
    world = a_world(1)
    first, second = Hold("H1", HoldKind.HOLD, "Leak"), Hold("H2", HoldKind.QUARANTINE)
    assert only(world.told(PlaceBinHold(first, SITE, "BIN")), LocationDefined).number
    assert world.told(PlaceBinHold(first, SITE, "BIN")) == ()
    assert only(world.told(PlaceBinHold(second, SITE, "BIN")), LocationDefined).number == 0
    world.told(ALL)
    assert world.lots("#0") == []
    world.told(LiftBinHold("H1", SITE, "BIN"))
    world.told(ALL)
    assert world.lots("#0") == []
    assert world.told(LiftBinHold("H1", SITE, "BIN")) == ()
    world.told(LiftBinHold(None, SITE, "BIN"))
    world.told(ALL)
    assert world.lots("#0") == [("L1", 1)]


def test_a_definition_keeps_the_holds_that_were_placed() -> None:
    """A newer definition of a bin leaves its holds alone; lifting all of them lifts the one in its definition too."""
    world = World()
    world.told(PlaceBinHold(Hold("H1", HoldKind.HOLD), SITE, "BIN"))
    world.told(DefineLocation(Location(SITE, "BIN", hold=True, sequence=4)))
    known = world.ledger.sites.locations[SITE, "BIN"]
    assert ([hold.id for hold in known.holds], known.hold, known.sequence) == (["H1"], True, 4)
    world.told(LiftBinHold("H1", SITE, "BIN"))
    assert world.ledger.sites.locations[SITE, "BIN"].hold
    world.told(LiftBinHold(None, SITE, "BIN"))
    assert not world.ledger.sites.locations[SITE, "BIN"].is_shut


def test_holds_need_a_bin_that_is_there() -> None:
    """A hold names a site that is defined; there is nothing to lift from a bin that nobody has named."""
    world = World()
    assert world.refused(PlaceBinHold(Hold("H", HoldKind.HOLD), "NOWHERE", "BIN")) == ("field_invalid", "site")
    assert world.refused(LiftBinHold(None, "NOWHERE", "BIN")) == ("field_invalid", "site")
    assert world.refused(LiftBinHold(None, SITE, "BIN")) == ("unknown_location", "location")


def test_only_what_can_move_promises_makes_owners_look_again() -> None:
    """A bin's place in the row is nobody's business; its area, and whether it is shut, are everybody's."""
    world = World()
    events = [
        world.told(DefineLocation(Location(SITE, "A", sequence=1))),
        world.told(DefineLocation(Location(SITE, "A", sequence=2, version=2))),
        world.told(DefineLocation(Location(SITE, "A", parent="AREA", version=3))),
        world.told(DefineLocation(Location(SITE, "A", parent="AREA", pickable=False, version=4))),
    ]
    assert [bool(only(told, LocationDefined).number) for told in events] == [False, False, True, True]


def test_a_day_of_the_first_version_turns_nothing() -> None:
    """A journal of 0.1.0 says no number: its days are played as they were, and no owner is behind because of them."""
    sites = Sites()
    apply_broadcast(sites, DayOpened(SITE, TODAY))
    assert (sites.today, sites.turn) == ({SITE: TODAY}, 0)


def test_a_late_item_is_not_taken_for_a_gtin_it_does_not_have() -> None:
    """An order that misses two items, one by GTIN, stays held when only the other is defined."""
    world = World()
    world.place("#1", wanted("1", sku="NEW"), wanted("2", sku=None, gtin="00099999999999"))
    world.told(DefineItem(Item("NEW")))
    assert world.get("#1").held == "unknown_item"


def test_an_order_keeps_what_it_may_keep() -> None:
    """Of an order whose goods were partly picked, and partly expire, only what expires and lies there is moved."""
    world = World()
    world.told(DefineItem(Item("OATS")))
    world.stock(goods("L1", 5, expires=TODAY), goods("L2", 5, expires=LATER), goods("O1", 5, sku="OATS"))
    world.place("#1", wanted("1", 2), wanted("2", 3, sku="OATS"), wanted("3", 1))
    world.told(ALL)
    world.told(world.pick("#1", PickLine(None, "1", "L1", None, Decimal(2))))
    world.told(OpenDay(SITE, TOMORROW))
    assert moved(world, 9) == ["#1"]
    assert world.lots("#1") == [("L1", 2), ("O1", 3), ("L2", 1)]


def test_units_of_many_items_are_frozen_by_one_look_at_the_orders() -> None:
    """What open orders want keeps its base unit; the orders are gone through once for items that change in a row."""
    world = World()
    for sku in ("A", "B", "C"):
        world.told(DefineItem(Item(sku)))
    world.place("#1", wanted("1", sku="A"), wanted("2", sku="B"))
    for sku in ("A", "B"):
        changed = DefineItem(Item(sku, version=2, base_unit="kg"))
        assert world.refused(changed) == ("field_invalid", "item.base_unit")
    world.told(DefineItem(Item("C", version=2, base_unit="kg")))
    world.cancel("#1")
    world.told(DefineItem(Item("A", version=2, base_unit="kg")))


def test_an_order_that_loses_and_waits_is_one_of_a_part() -> None:
    """An order with a promise to move that waits for more besides counts once, and is given both together."""
    world = World()
    world.stock(goods("L1", 5, expires=TODAY), goods("L2", 9, "CAGE", expires=LATER))
    world.told(PlaceBinHold(Hold("H", HoldKind.HOLD), SITE, "CAGE"))
    world.place("#1", wanted(quantity=7))
    world.told(ALL)
    world.told(OpenDay(SITE, TOMORROW))
    world.told(LiftBinHold("H", SITE, "CAGE"))
    assert kinds(world.told(ContinueDay(1))) == ["ReservationFreed", "OrderAllocated", "LotExpired", "DayContinued"]
    assert not is_due(world.ledger)
    assert world.lots("#1") == [("L2", 7)]
