"""Goods are made of others: the right ingredients, what is made knows what it is of and what it cost, and re-work."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    DefineItem,
    DefineLocation,
    InspectLot,
    KitPiece,
    LiftHold,
    MadeLine,
    PlaceHold,
    RecordProduction,
)
from lotstream.domain.costing import cost_of
from lotstream.domain.events import DiscrepancyNoted, ProductionRecorded, ReservationFreed, ShipmentConfirmed
from lotstream.domain.genealogy import descendants
from lotstream.domain.inspecting import WAITS
from lotstream.domain.model import HoldKind, Item, Location, LotName, Mixing, Stage, Tracking
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, kinds, only, wanted

OLD = TODAY - timedelta(days=1)
COCOA = Item("COCOA", base_unit="kg", decimals=1, units={"bag": Decimal(25)})
BAR = Item("BAR", shelf_life_days=90, recipe={"COCOA": Decimal("0.02"), "SALT": Decimal(0)})


@pytest.fixture
def world() -> World:
    """An owner that makes bars of cocoa and a little salt, and has some of each with its cost."""
    world = World()
    for item in (
        COCOA,
        BAR,
        Item("SALT"),
        Item("FOIL", tracking=Tracking.NONE),
        Item("PUMP", tracking=Tracking.SERIAL),
    ):
        world.told(DefineItem(item))
    world.stock(
        goods("C1", 10, sku="COCOA", expires=TODAY + timedelta(days=30), cost=Decimal(8)),
        goods("C2", 5, sku="COCOA", expires=TODAY - timedelta(days=1), cost=Decimal(8)),
        goods("S1", 4, sku="SALT", cost=Decimal("0.5")), goods(None, 9, sku="FOIL", expires=None),
    )  # fmt: skip
    return world


def used(line: str = "1", sku: str = "COCOA", quantity: object = 2, lot: str | None = "C1", **more: Any) -> KitPiece:
    """What goes in."""
    return KitPiece(line, sku, lot, more.pop("location", None), Decimal(str(quantity)), **more)


def made(line: str = "M", sku: str = "BAR", quantity: object = 100, lot: str | None = "B1", **more: Any) -> MadeLine:
    """What comes out."""
    return MadeLine(line, sku, lot, more.pop("location", "OUT"), Decimal(str(quantity)), **more)


SALT = used("2", "SALT", 1, "S1")


def production(*lines: KitPiece, out: tuple[MadeLine, ...] = (made(),), **more: Any) -> RecordProduction:
    """A hundred bars of two kilograms of cocoa and some salt, unless told otherwise."""
    done = RecordProduction(SITE, more.pop("happened", False), "line-1", None, "P1", lines or (used(), SALT), out)
    return replace(done, **more)


def test_goods_become_other_goods(world: World) -> None:
    """Ingredients are used up, the product stands in their place with its dates and goes to whoever waits."""
    world.place("1", wanted(sku="BAR", lot="B1"))
    events = world.told(production())
    assert kinds(events) == ["ProductionRecorded", "OrderAllocated"]
    assert (world.row("C1").on_hand, world.row("S1").on_hand, world.row("B1", "OUT").on_hand) == (80, 3, 100)
    lot = world.ledger.lots["BAR", "B1"]
    assert (lot.made, lot.expires, lot.received) == (TODAY, TODAY + timedelta(days=90), TODAY)
    assert lot.more is not None
    assert lot.more.came == "production"
    assert lot.more.made_from == (LotName("COCOA", "C1"), LotName("SALT", "S1"))


def test_what_is_made_costs_what_went_into_it(world: World) -> None:
    """Ingredients and what it cost beside, shared out by quantity; a cost that is said is taken off first."""
    world.told(production(added_cost=Decimal("3.50")))
    assert cost_of(world.ledger.lots["BAR", "B1"], 100) == Decimal(20)
    out = (
        made(lot="B2", quantity=30),
        made("N", lot="B3", quantity=60),
        made("O", lot="B4", quantity=10, cost=Decimal("0.2")),
    )
    world.told(production(out=out, production="P2"))
    found = [cost_of(world.ledger.lots["BAR", lot], units) for lot, units in (("B2", 30), ("B3", 60), ("B4", 10))]
    assert found == [Decimal("4.833333333"), Decimal("9.666666667"), Decimal(2)]
    assert sum(cost or 0 for cost in found) == Decimal("16.5")


def test_an_ingredient_that_nobody_can_count(world: World) -> None:
    """The others are used, what was made waits, and a recall of the lot that went in finds it all the same."""
    events = world.told(production(used(quantity="0.01"), SALT, happened=True))
    done = only(events, ProductionRecorded)
    assert ([one.row.sku for one in done.used], [one.row.status for one in done.made]) == (["SALT"], ["quarantine"])
    noted = next(event for event in events if isinstance(event, DiscrepancyNoted))
    assert (noted.code, noted.about["quantity"], noted.about["lot"]) == ("not_a_multiple", "0.01", "C1")
    assert descendants(world.ledger, [LotName("COCOA", "C1")]) == (LotName("BAR", "B1"),)


def test_a_product_that_nobody_can_count(world: World) -> None:
    """It is told with all its line says; what went in is gone, and nothing is made of itself."""
    out = (made(), made("N", lot="B2", quantity="0.5"))
    events = world.told(production(out=out, happened=True))
    assert [one.line for one in only(events, ProductionRecorded).made] == ["M"]
    assert {event.about.get("line") for event in events if isinstance(event, DiscrepancyNoted)} == {"N"}
    assert world.row("C1").on_hand == 80


def test_goods_that_say_they_will_be_made(world: World) -> None:
    """A day of making after the production is refused when asked; what was made is in quarantine without it."""
    later = production(out=(made(made=TODAY + timedelta(days=1)),))
    assert world.refused(later) == (Code.FIELD_INVALID, "made.0.made")
    (done,) = only(world.told(replace(later, happened=True)), ProductionRecorded).made
    assert (done.row.status, done.lot and done.lot.made) == ("quarantine", None)


def test_the_cost_leaves_with_the_goods(world: World) -> None:
    """From the receipt through the product to the shipment: what leaves has cost its share of all that went in."""
    world.told(production(added_cost=Decimal("3.50")))
    world.place("1", wanted(sku="BAR", quantity=30))
    world.place("2", wanted(sku="FOIL", quantity=1))
    (bars,) = only(world.told(world.ship("1")), ShipmentConfirmed).shipped
    (foil,) = only(world.told(world.ship("2", shipment="S2")), ShipmentConfirmed).shipped
    assert (bars.cost, foil.cost) == (Decimal("6.000000000"), None)


def test_a_cost_that_is_not_known_makes_none(world: World) -> None:
    """An ingredient without a cost leaves the product without one, but where it is said."""
    world.stock(goods("C9", 4, sku="COCOA"), balance="later")
    world.told(
        production(used(lot="C9", quantity=3), SALT, out=(made(), made("N", lot="B2", quantity=1, cost=Decimal(1))))
    )
    assert cost_of(world.ledger.lots["BAR", "B1"], 1) is None
    assert cost_of(world.ledger.lots["BAR", "B2"], 1) == 1


@pytest.mark.parametrize("quantity", [0, -2])
def test_less_than_nothing_that_was_used_or_made(world: World, quantity: int) -> None:
    """The other lines are used and made, and what was made waits until somebody has looked at it."""
    events = world.told(production(used(quantity=quantity), SALT, happened=True))
    done = only(events, ProductionRecorded)
    assert ([one.row.sku for one in done.used], [one.row.status for one in done.made]) == (["SALT"], ["quarantine"])
    noted = next(event for event in events if isinstance(event, DiscrepancyNoted))
    assert (noted.code, noted.about["quantity"], noted.about["lot"]) == ("not_positive", str(quantity), "C1")
    out = made(quantity=quantity), made("N", quantity=50, lot="B2")
    done = only(world.told(production(out=out, happened=True, production="P2")), ProductionRecorded)
    assert [(one.row.lot, one.quantity, one.row.status) for one in done.made] == [("B2", 50, "quarantine")]


@pytest.mark.parametrize(
    ("told", "code", "field"),
    [
        (production(used(), SALT, used("3", "FOIL", 1, None)), Code.LOT_NOT_ALLOWED, "used.2.sku"),
        (production(used()), Code.FIELD_MISSING, "used"),
        (production(used(quantity=1), SALT), Code.FIELD_MISSING, "used"),
        (production(used(lot="C2"), SALT), Code.LOT_NOT_ALLOWED, "used.0.lot"),
        (production(used(lot="C7"), SALT), Code.UNKNOWN_LOT, "used.0.lot"),
        (production(used(quantity=11), SALT), Code.NOT_AVAILABLE, "used.0.lot"),
        (production(used(sku="NONE"), SALT), Code.UNKNOWN_ITEM, "used.0.sku"),
        (production(used(unit="box"), SALT), Code.UNKNOWN_UNIT, "used.0.unit"),
        (production(used(lot=None), SALT), Code.FIELD_MISSING, "used.0.lot"),
        (production(used(quantity="0.01"), SALT), Code.NOT_A_MULTIPLE, "used.0.quantity"),
        (production(used(quantity=0), SALT), Code.NOT_POSITIVE, "used.0.quantity"),
        (production(used(), replace(SALT, line="1")), Code.FIELD_INVALID, "used.1.line"),
        (production(out=(made("1"),)), Code.FIELD_INVALID, "made.0.line"),
        (production(out=(made(sku="NONE"),)), Code.UNKNOWN_ITEM, "made.0.sku"),
        (production(out=(made(lot=None),)), Code.FIELD_MISSING, "made.0.lot"),
        (production(out=(made(made=TODAY, expires=TODAY - timedelta(days=1)),)), Code.FIELD_INVALID, "made.0.made"),
        (production(out=(made(status="fine"),)), Code.FIELD_INVALID, "made.0.status"),
        (production(out=(made(cost=Decimal(-1)),)), Code.FIELD_INVALID, "made.0.cost"),
        (production(added_cost=Decimal("NaN")), Code.FIELD_INVALID, "added_cost"),
        (production(out=()), Code.FIELD_MISSING, "made"),
        (replace(production(), used=()), Code.FIELD_MISSING, "used"),
        (production(site="NOWHERE"), Code.FIELD_INVALID, "site"),
        (
            production(out=(made(sku="PUMP", lot=None, quantity=1, serials=("N1", "N1")),)),
            Code.FIELD_INVALID, "made.0.serials",
        ),
        (
            production(used("3", "PUMP", 1, None, serials=("N1", "N1")), out=(made(sku="FOIL", lot=None),)),
            Code.NOT_AVAILABLE, "used.0.lot",
        ),
    ],
)  # fmt: skip
def test_what_is_not_right_is_refused(world: World, told: RecordProduction, code: Code, field: str) -> None:
    """Asked, each with its code and its field, and nothing is changed."""
    assert world.refused(told) == (code, field)


def test_held_ingredients_are_refused(world: World) -> None:
    """What is on hold makes nothing."""
    world.told(PlaceHold("H", HoldKind.HOLD, "COCOA", "C1"))
    assert world.refused(production()) == (Code.ON_HOLD, "used.0.lot")


def test_what_has_happened_is_booked(world: World) -> None:
    """Wrong, missing, expired and unknown goods are booked with a discrepancy each, and the product is set aside."""
    lines = (used(lot="C2", quantity=6), used("3", "FOIL", 1, None), used("4", "NONE", 1))
    events = world.told(production(*lines, happened=True))
    codes = [event.code for event in events if isinstance(event, DiscrepancyNoted)]
    assert codes == ["unknown_item", "lot_not_allowed", "field_missing", "lot_not_allowed"]
    assert kinds(events)[:2] == ["StockFound", "ProductionRecorded"]
    assert (world.row("B1", "OUT", "quarantine").on_hand, world.row(None).on_hand) == (100, 8)
    assert world.ledger.lots["BAR", "B1"].expires == TODAY + timedelta(days=90)


def test_what_is_made_of_recalled_goods_is_recalled_too(world: World) -> None:
    """It is held by the recall, and no more, so that lifting frees it; promises and picks of its lot are lost."""
    world.told(production())
    world.place("1", wanted(sku="BAR", quantity=3))
    world.told(world.pick("1"))
    world.told(PlaceHold("RC", HoldKind.RECALL, "COCOA", "C1", "glass"))
    assert world.refused(production(production="P2")) == (Code.ON_HOLD, "used.0.lot")
    events = world.told(production(production="P2", happened=True))
    assert kinds(events)[:2] == ["ProductionRecorded", "HoldPlaced"]
    bar = world.ledger.lots["BAR", "B1"]
    assert [(hold.id, hold.kind, hold.reason) for hold in bar.holds] == [("RC", HoldKind.RECALL, "glass")]
    assert world.row("B1", "OUT").on_hand == 197
    assert world.lots("1") == []
    world.told(DefineItem(Item("BOX", recipe={"BAR": Decimal(1)})))
    box = production(used("1", "BAR", 5, "B1"), out=(made(sku="BOX", quantity=5, lot="X1"),), production="P3")
    assert kinds(world.told(replace(box, happened=True)))[:2] == ["ProductionRecorded", "HoldPlaced"]
    assert [hold.id for hold in world.ledger.lots["BOX", "X1"].holds] == ["RC"]
    again = kinds(world.told(replace(box, production="P4", happened=True)))
    assert "HoldPlaced" not in again
    world.told(LiftHold("RC", "BAR", "B1"))
    assert world.lots("1") == [("B1", 3)]
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before


def test_what_is_odd_beside_a_recall_is_set_aside(world: World) -> None:
    """Lifting the recall frees nothing that is odd for another reason; what has no lot cannot be held, and waits."""
    world.told(PlaceHold("RC", HoldKind.RECALL, "COCOA", "C1"))
    world.told(production(used(), happened=True))
    assert world.row("B1", "OUT", "quarantine").on_hand == 100
    world.told(production(out=(made(lot="B2"),), production="P2", happened=True))
    assert world.row("B2", "OUT").on_hand == 100
    world.told(PlaceHold("H", HoldKind.HOLD, "COCOA", "C1"))
    world.told(production(out=(made(lot="B3"),), production="P3", happened=True))
    assert world.row("B3", "OUT", "quarantine").on_hand == 100
    assert [hold.id for hold in world.ledger.lots["BAR", "B3"].holds] == ["RC"]
    world.told(DefineItem(Item("MIX", tracking=Tracking.NONE)))
    world.told(LiftHold("H", "COCOA", "C1"))
    world.told(production(used(), out=(made(sku="MIX", lot=None, quantity=1),), production="P4", happened=True))
    assert world.row(None, "OUT", "quarantine").on_hand == 1


def test_what_went_in_without_its_lot_has_gone_in(world: World) -> None:
    """Asked, the lot has to be named; happened, stock without a lot is short of it, and what was made is looked at."""
    command = production(used(lot=None), SALT)
    assert world.refused(command) == (Code.FIELD_MISSING, "used.0.lot")
    events = world.told(replace(command, happened=True))
    assert {event.code for event in events if isinstance(event, DiscrepancyNoted)} >= {Code.FIELD_MISSING.value}
    assert world.row("B1", "OUT", "quarantine").on_hand == 100


def test_nothing_that_can_be_counted_is_a_discrepancy_alone(world: World) -> None:
    """Lines of items that nobody knows are noted, and nothing is booked."""
    only_unknown = production(used(sku="NONE"), out=(made(sku="NEVER"),), happened=True)
    assert kinds(world.told(only_unknown)) == ["DiscrepancyNoted"] * 2


def test_of_a_product_nobody_knows_no_ingredient_is_wrong(world: World) -> None:
    """What was used is used up all the same; what it may be made of is as little known as the product."""
    events = world.told(production(out=(made(sku="NONE"),), happened=True))
    noted = [event.code for event in events if isinstance(event, DiscrepancyNoted)]
    assert (noted, world.row("C1").on_hand) == ([Code.UNKNOWN_ITEM], 80)


def test_a_known_lot_is_not_overwritten(world: World) -> None:
    """Another expiry for a known lot goes to quarantine, a missing one is learned, and who has it may lose it."""
    world.told(production())
    other = production(out=(made(expires=TODAY + timedelta(days=5)),), production="P2", happened=True)
    assert only(world.told(other), DiscrepancyNoted).code == "conflicting_content"
    assert world.ledger.lots["BAR", "B1"].expires == TODAY + timedelta(days=90)
    world.stock(goods("B9", 5, sku="BAR", expires=None), balance="found")
    world.place("1", wanted(quantity=2, sku="BAR", lot="B9"))
    late = production(out=(made(lot="B9", made=OLD, expires=OLD),), production="P3", happened=True)
    assert only(world.told(late), ReservationFreed).reason == "expired"
    wrong = production(out=(made(lot="B8", made=TODAY, expires=OLD),), production="P4", happened=True)
    assert only(world.told(wrong), DiscrepancyNoted).code == "field_invalid"
    assert world.ledger.lots["BAR", "B8"].expires is None


def test_rework_goes_into_the_same_lot(world: World) -> None:
    """A lot may go into itself or another of its item: that needs no ingredients again, and it is no own parent."""
    world.told(production())
    again = production(used(sku="BAR", quantity=10, lot="B1"), out=(made(quantity=9),), production="P2")
    world.told(again)
    assert world.row("B1", "OUT").on_hand == 99
    lot = world.ledger.lots["BAR", "B1"]
    assert lot.more is not None
    assert LotName("BAR", "B1") not in lot.more.made_from
    more = production(used(sku="BAR", quantity=9, lot="B1"), out=(made(lot="B2", quantity=50),), production="P3")
    assert world.refused(more) == (Code.FIELD_MISSING, "used")


def test_an_item_without_a_recipe_may_be_made_of_anything(world: World) -> None:
    """So may what is made beside one; what the recipe asks is asked all the same."""
    world.told(production(used("1", "FOIL", 3, None), out=(made(sku="SALT", lot="S9", quantity=1),)))
    mixed = (made(), made("N", "SALT", 1, "S9"))
    assert world.refused(production(used("1", "FOIL", 3, None), out=mixed, production="P2")) == (
        Code.FIELD_MISSING, "used",
    )  # fmt: skip


def test_goods_without_a_lot_can_be_made(world: World) -> None:
    """They have no parents and no cost, and their condition is as it is said."""
    out = (made(sku="FOIL", lot=None, quantity=2, status="damaged"),)
    event = only(world.told(production(used("1", "FOIL", 3, None), out=out)), ProductionRecorded)
    assert [(line.row.status, line.quantity, line.lot) for line in event.made] == [("damaged", 2, None)]


def test_numbered_units_are_made_and_used(world: World) -> None:
    """Each unit that is made is known by its number, and used up once."""
    pumps = made(sku="PUMP", lot=None, quantity=2, serials=("N1", "N2"))
    world.told(production(used("1", "FOIL", 1, None), out=(pumps,)))
    taken = used("1", "PUMP", 1, None, serials=("N1",), location="OUT")
    out = (made(sku="FOIL", lot=None, quantity=1),)
    world.told(production(taken, out=out, production="P2"))
    assert world.refused(production(taken, out=out, production="P3")) == (Code.NOT_AVAILABLE, "used.0.serials.0")


def test_a_production_is_booked_once(world: World) -> None:
    """Told again under its number it changes nothing; other content is refused, or noted when it has happened."""
    world.told(production())
    assert world.told(production()) == ()
    assert world.told(production(happened=True)) == ()
    other = production(out=(made(quantity=90),))
    assert world.refused(other) == (Code.CONFLICTING_CONTENT, "production")
    assert kinds(world.told(replace(other, happened=True))) == ["DiscrepancyNoted"]


@pytest.mark.parametrize(
    ("recipe", "field"),
    [({"BAR": Decimal(1)}, "BAR"), ({"SALT": Decimal(-1)}, "SALT"), ({"SALT": Decimal("NaN")}, "SALT")],
)
def test_a_recipe_that_makes_no_sense_is_refused(world: World, recipe: dict[str, Decimal], field: str) -> None:
    """An item is no ingredient of itself, and there is no less than nothing of one."""
    item = replace(BAR, version=2, recipe=recipe)
    assert world.refused(DefineItem(item)) == (Code.FIELD_INVALID, f"item.recipe.{field}")


def test_what_is_made_waits_for_its_inspection(world: World) -> None:
    """A product whose item wants an inspection is held until it passes; what was promised of its lot is lost."""
    world.told(production())
    world.place("1", wanted(quantity=5, sku="BAR"))
    world.told(DefineItem(replace(world.ledger.items["BAR"], version=9, inspect=True)))
    events = world.told(production(production="P2"))
    assert [hold.id for hold in world.ledger.lots["BAR", "B1"].holds] == [WAITS]
    assert (world.lots("1"), "OrderAllocated" in kinds(events)) == ([], False)
    world.told(InspectLot("Q-1", "BAR", "B1", Stage.INBOUND, passed=True, by="qa-1"))
    assert world.lots("1") == [("B1", 5)]


def test_what_is_made_lies_where_it_may(world: World) -> None:
    """A place that does not take it is refused when asked; what was put there is good stock there, and told of."""
    world.told(DefineLocation(Location(SITE, "OUT", storage=("cold",))))
    assert world.refused(production()) == (Code.LOT_NOT_ALLOWED, "made.0.location")
    events = world.told(production(happened=True))
    assert only(events, DiscrepancyNoted).about["location"] == "OUT"
    assert world.row("B1", "OUT").on_hand == 100
    world.told(DefineItem(replace(world.ledger.items["BAR"], version=9, mixing=Mixing.ONE_LOT)))
    both = (made("M", lot="B2", location="X"), made("N", lot="B3", location="X"))
    refused = world.refused(production(used(quantity=4), SALT, out=both, production="P2"))
    assert refused == (Code.LOT_NOT_ALLOWED, "made.1.location")
