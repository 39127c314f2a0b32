"""Kits: counted when ordered, promised over lots by whole kits, changed, picked, shipped, and what may be one."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code, NotUsed
from lotstream.domain.commands import (
    DefineItem,
    DefineSite,
    GoodsLine,
    LineWanted,
    OpenBalance,
    PickLine,
    ReleaseOrder,
    ReportShort,
    RequestAllocation,
    ShippedLine,
    ShortLine,
    UnreserveOrder,
)
from lotstream.domain.draft import Draft
from lotstream.domain.events import (
    DiscrepancyNoted,
    OrderAllocated,
    OrderRecorded,
    ReservationFreed,
    ShipmentConfirmed,
    StockMissing,
)
from lotstream.domain.explaining import explain
from lotstream.domain.kit_lines import give_back_kits
from lotstream.domain.kits import begun_kits, picked_kits, promised_kits
from lotstream.domain.model import Item, KitPart, OrderState, Settings, ShipPolicy, Site, Tracking
from lotstream.domain.sums import backordered
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, only, wanted

SET = Item("SET", units={"case": Decimal(4)}, kit={"CUP": Decimal(2), "POT": Decimal(1)})


@pytest.fixture
def world() -> World:
    """An owner with a set of two cups and a pot."""
    world = World()
    for item in (Item("CUP"), Item("POT", decimals=1), SET):
        world.told(DefineItem(item))
    return world


def cups(lot: str, quantity: object, **more: Any) -> GoodsLine:
    """Cups of a lot."""
    return goods(lot, quantity, sku="CUP", **more)


def pots(lot: str, quantity: object, **more: Any) -> GoodsLine:
    """Pots of a lot."""
    return goods(lot, quantity, sku="POT", **more)


def found(world: World, *lines: GoodsLine) -> None:
    """Stock as found."""
    world.stock(*lines)


def sets(quantity: object = 1, **more: Any) -> LineWanted:
    """A line of sets."""
    return wanted(quantity=quantity, sku="SET", **more)


def held_by(world: World, number: str) -> dict[tuple[str, str | None], tuple[int, int]]:
    """What is promised to an order, by SKU and lot: all of it, and the picked part."""
    held: dict[tuple[str, str | None], tuple[int, int]] = {}
    for part in world.parts(number):
        quantity, picked = held.get((part.row.sku, part.row.lot), (0, 0))
        held[part.row.sku, part.row.lot] = (quantity + part.quantity, picked + part.picked)
    return held


def test_a_line_keeps_the_components_it_was_counted_with(world: World) -> None:
    """A later version of the kit changes nothing for an order that is there; a new order is counted by it."""
    world.place("A", sets(2))
    world.told(DefineItem(Item("SET", version=2, units=SET.units, kit={"CUP": Decimal(3)})))
    world.place("B", sets(2))
    assert world.line("A").parts == (KitPart("CUP", 2, 1), KitPart("POT", 10, 1))
    assert world.line("B").parts == (KitPart("CUP", 3, 1),)
    found(world, cups("C", 7), pots("P", 9))
    assert held_by(world, "A") == {("CUP", "C"): (4, 0), ("POT", "P"): (20, 0)}
    assert held_by(world, "B") == {("CUP", "C"): (3, 0)}
    assert world.get("B").state is OrderState.PARTLY_ALLOCATED


def test_a_decision_says_what_was_looked_at_of_each_component(world: World) -> None:
    """Rows are told with the component they are of, used or not; nothing taken is told when no whole kit came of it."""
    found(world, cups("C", 9))
    recorded = only(world.place("A", sets(2)), OrderRecorded)
    (decision,) = recorded.decisions
    assert (decision.reserved, decision.backordered, decision.policy) == ((), 2, "FEFO")
    assert [(row.sku, row.lot, row.taken, row.free) for row in decision.considered] == [("CUP", "C", 0, 9)]
    found_later = world.told(world.receipt(pots("P", 5)))
    allocated = only(found_later, OrderAllocated)
    (decision,) = allocated.decisions
    assert [(row.sku, row.lot, row.taken) for row in decision.considered] == [("CUP", "C", 4), ("POT", "P", 20)]
    assert allocated.state is OrderState.ALLOCATED
    assert world.row("C").reserved == 4


def test_assembled_kits_in_part_are_no_kits() -> None:
    """Of two and a half kits on a shelf two are used, and a line that names a lot is given assembled kits alone."""
    world = World(Settings(whole_unit=False))
    for item in (Item("CUP"), Item("KIT", decimals=1, kit={"CUP": Decimal(1)}, units={"half": Decimal("0.5")})):
        world.told(DefineItem(item))
    found(world, goods("K", "2.5", sku="KIT"), cups("C", 9))
    world.place("A", wanted(quantity=7, unit="half", sku="KIT"))
    assert held_by(world, "A") == {("KIT", "K"): (20, 0), ("CUP", "C"): (1, 0)}
    assert backordered(world.line("A")) == 5
    world.place("B", wanted(quantity=3, sku="KIT", lot="K"))
    assert world.parts("B") == []


def test_all_or_nothing_by_line() -> None:
    """Where lines may not be filled in part, a kit line gets all its kits or none."""
    world = World(Settings(allow_partial=False))
    for item in (Item("CUP"), Item("POT"), SET):
        world.told(DefineItem(item))
    found(world, cups("C", 9), pots("P", 2))
    world.place("A", sets(3))
    assert world.parts("A") == []
    world.place("B", sets(2))
    assert held_by(world, "B") == {("CUP", "C"): (4, 0), ("POT", "P"): (2, 0)}


def test_ship_complete_waits_for_every_component(world: World) -> None:
    """What was taken for a kit is given back when another line of a complete order cannot be filled."""
    found(world, cups("C", 9), pots("P", 9))
    (recorded,) = world.place("A", sets(2), wanted("2", 1), ship_policy=ShipPolicy.COMPLETE)
    assert isinstance(recorded, OrderRecorded)
    assert [(one.backordered, one.reserved) for one in recorded.decisions] == [(2, ()), (1, ())]


@pytest.mark.parametrize(
    ("component", "code"),
    [(None, Code.UNKNOWN_ITEM), (Item("LID"), Code.NOT_A_MULTIPLE)],
    ids=["unknown", "not whole"],
)
def test_a_component_that_cannot_be_counted_holds_the_order(component: Item | None, code: Code) -> None:
    """An order for a kit whose component is unknown, or comes in halves of its smallest unit, waits until it is mended.

    It goes on by itself with the item that was missing.
    """
    world = World()
    world.told(DefineItem(Item("JAR", kit={"LID": Decimal("0.5"), "GLASS": Decimal(1)})))
    world.told(DefineItem(Item("GLASS")))
    world.place("A", wanted(sku="JAR", quantity=4))
    if component is not None:
        world.told(DefineItem(component))
    order = world.get("A")
    assert (order.state, order.held) == (OrderState.HELD, code)
    assert "LID" in (order.held_message or "") or component is not None
    assert world.refused(ReleaseOrder(key("A"))) == (code, "order")
    world.told(DefineItem(Item("LID", version=2, decimals=1)))
    assert world.get("A").state is OrderState.BACKORDERED
    assert world.line("A").parts == (KitPart("GLASS", 1, 1), KitPart("LID", 5, 1))
    assert world.line("A").ordered == 4


def test_an_unknown_unit_of_a_kit_is_told_as_such(world: World) -> None:
    """A line in a unit that the kit does not have waits for the unit, not for a component."""
    world.place("A", sets(2, unit="crate"))
    assert world.get("A").held == Code.UNKNOWN_UNIT


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (Item("X", kit={"X": Decimal(1)}), "item.kit.X"),
        (Item("X", kit={"SET": Decimal(1)}), "item.kit.SET"),
        (Item("X", kit={"CUP": Decimal(0)}), "item.kit.CUP"),
        (Item("X", kit={"CUP": Decimal("0.5")}), "item.kit.CUP"),
        (Item("X", kit={"LATER": Decimal(-1)}), "item.kit.LATER"),
        (Item("CUP", version=2, kit={"TEA": Decimal(1)}), "item.kit"),
    ],
    ids=["itself", "a kit", "nothing of it", "half a piece", "less than nothing", "a component"],
)
def test_what_can_be_no_kit_is_refused(world: World, item: Item, field: str) -> None:
    """No kit holds itself or another kit, nor a piece of what comes whole; a component does not become a kit."""
    assert world.refused(DefineItem(item))[1] == field


def test_a_kit_of_what_is_not_known_yet_is_taken(world: World) -> None:
    """The components may be defined after the kit, whatever they will be counted in."""
    world.told(DefineItem(Item("X", kit={"LATER": Decimal("0.25")})))
    assert world.refused(DefineItem(Item("LATER", kit={"CUP": Decimal(1)}))) == (Code.FIELD_INVALID, "item.kit")


def test_a_component_of_an_open_order_keeps_its_units(world: World) -> None:
    """Decimals and tracking of a component are frozen while an order for the kit is open."""
    world.place("A", sets(1))
    assert world.refused(DefineItem(Item("POT", version=2))) == (Code.FIELD_INVALID, "item.decimals")
    assert world.refused(DefineItem(Item("CUP", version=2, tracking=Tracking.NONE)))[0] is Code.FIELD_INVALID


def test_more_and_less_wanted_by_whole_kits(world: World) -> None:
    """What is kept stays where it is; less wanted gives components back, unpicked kits before picked ones."""
    found(world, goods("S", 1, sku="SET"), cups("C", 20), pots("P", 9))
    world.place("A", sets(4), version="1")
    world.told(world.pick("A", PickLine(None, "1", "C", None, Decimal(3), sku="CUP")))
    assert (promised_kits(world.line("A")), picked_kits(world.line("A"))) == (4, 0)
    world.place("A", sets(6), version="2")
    assert held_by(world, "A")["POT", "P"] == (50, 0)
    world.place("A", sets(3), version="3")
    assert held_by(world, "A") == {("SET", "S"): (1, 0), ("CUP", "C"): (4, 3), ("POT", "P"): (20, 0)}
    world.place("A", sets(2), version="4")
    assert held_by(world, "A") == {("CUP", "C"): (4, 3), ("POT", "P"): (20, 0)}
    world.place("A", sets(1), version="5")
    assert held_by(world, "A") == {("CUP", "C"): (2, 2), ("POT", "P"): (10, 0)}
    assert world.get("A").state is OrderState.PICKING


def test_each_component_comes_from_one_lot(world: World) -> None:
    """A line that is changed to single lots takes each component from the first lot that has enough for all kits."""
    found(world, cups("C1", 2), cups("C2", 20), pots("P", 9))
    world.place("A", sets(3), version="1")
    assert held_by(world, "A") == {("CUP", "C1"): (2, 0), ("CUP", "C2"): (4, 0), ("POT", "P"): (30, 0)}
    world.place("A", sets(3, single_lot=True), version="2")
    assert held_by(world, "A") == {("CUP", "C2"): (6, 0), ("POT", "P"): (30, 0)}


def test_components_nobody_needs_any_more_are_given_back(world: World) -> None:
    """After one component is lost, the others of kits that are not whole go back, as far as nobody has picked them."""
    found(world, cups("C", 8), pots("P", 3))
    world.place("A", sets(3))
    world.told(world.pick("A", PickLine(None, "1", "P", None, Decimal(2), sku="POT")))
    order = world.get("A")
    line = world.line("A")
    for part in line.reservations:
        if part.row.sku == "CUP":
            part.quantity = 2
    draft = Draft(world.ledger, world.warehouse.moment())
    freed = give_back_kits(draft, order, line, 0, site=SITE)
    assert [(loss.row.sku, loss.quantity, loss.picked) for loss in freed] == [("POT", 10, 0)]


def test_a_kit_is_begun_with_its_first_component(world: World) -> None:
    """An order is in picking from the first component on and picked with the last; kits are told whole."""
    found(world, cups("C", 8), pots("P", 3))
    world.place("A", sets(2))
    assert begun_kits(world.line("A")) == 0
    world.told(world.pick("A", PickLine(None, "1", "C", None, Decimal(4))))
    assert (world.get("A").state, begun_kits(world.line("A"))) == (OrderState.PICKING, 3)
    assert picked_kits(world.line("A")) == 0
    world.told(world.pick("A", PickLine(None, "1", "P", None, Decimal(1))))
    assert (world.get("A").state, begun_kits(world.line("A"))) == (OrderState.PICKING, 3)
    world.told(world.pick("A", PickLine(None, "1", "P", None, Decimal(1))))
    assert (world.get("A").state, begun_kits(world.line("A"))) == (OrderState.PICKED, 2)
    assert world.refused(world.pick("A", PickLine(None, "1", None, None, Decimal(1))))[0] is Code.NOT_RESERVED


def test_a_kit_is_picked_as_a_whole(world: World) -> None:
    """A pick of so many kits of a line is a pick of the assembled ones and of every component of the others."""
    found(world, goods("S", 1, sku="SET"), cups("C", 8), pots("P", 3))
    world.place("A", sets(1, unit="case"))
    assert world.refused(world.pick("A", PickLine(None, "1", None, None, Decimal("0.3"))))[0] is Code.NOT_A_MULTIPLE
    assert world.refused(world.pick("A", PickLine(None, "1", None, None, Decimal(1), "crate")))[0] is Code.UNKNOWN_UNIT
    world.told(world.pick("A", PickLine(None, "1", None, None, Decimal(1), "case")))
    assert held_by(world, "A") == {("SET", "S"): (1, 1), ("CUP", "C"): (6, 6), ("POT", "P"): (30, 30)}


def test_what_left_is_told_in_kits(world: World) -> None:
    """A shipment says how many kits left of a line, whole ones, and the lots of every component."""
    found(world, cups("C", 8), pots("P", 3))
    world.place("A", sets(3))
    shipped = only(world.told(world.ship("A", ShippedLine("1", "C", Decimal(4)))), ShipmentConfirmed)
    assert [(line.ordered, line.shipped, line.short) for line in shipped.lines] == [(3, 0, 3)]
    assert world.get("A").state is OrderState.PARTLY_SHIPPED
    rest = world.ship("A", ShippedLine("1", None, Decimal(2), sku="POT"), shipment="S2")
    shipped = only(world.told(rest), ShipmentConfirmed)
    assert [(line.sku, line.shipped, line.short) for line in shipped.lines] == [("SET", 2, 1)]
    assert [(one.sku, one.quantity, one.unit) for one in shipped.shipped] == [("POT", 20, "each")]
    assert world.refused(world.order("A", sets(1), version="9"))[0] is Code.ALREADY_SHIPPED
    world.told(world.ship("A", shipment="S3"))
    assert world.get("A").state is OrderState.SHIPPED


def test_free_components_may_be_shipped_and_surplus_goes_back(world: World) -> None:
    """Kits that were not promised are shipped from free components; a kit too many is refused before it leaves."""
    found(world, cups("C", 8), pots("P", 3))
    world.place("A", sets(1))
    refused = world.refused(world.ship("A", ShippedLine("1", "C", Decimal(3))))
    assert refused == (Code.MORE_THAN_ORDERED, "orders.0.lines.0.quantity")
    more = world.ship("A", ShippedLine("1", None, Decimal(2)), happened=True)
    events = world.told(more)
    assert only(events, ShipmentConfirmed).lines[0].shipped == 2
    assert not any(isinstance(event, ReservationFreed) for event in events)
    assert (world.row("C").on_hand, world.row("P").on_hand) == (4, 10)


def test_a_lot_names_its_component(world: World) -> None:
    """A lot in a pick means the component it is promised as, else the one it is known for, else the kit itself."""
    found(world, cups("C", 8), pots("P", 3), cups("OTHER", 5, expires=None))
    world.place("A", sets(1))
    for lot in ("OTHER", "NOBODY'S"):
        assert world.refused(world.pick("A", PickLine(None, "1", lot, None, Decimal(1))))[0] is Code.NOT_RESERVED
    assert world.refused(world.pick("A", PickLine(None, "1", "X", None, Decimal(1), sku="SET")))[0] is Code.NOT_RESERVED


def test_what_is_held_speaks_for_its_component(world: World) -> None:
    """Every row of every component is told with what is against it, when somebody asks why."""
    found(world, cups("C", 8), pots("P", 3, expires=TODAY - timedelta(days=1)))
    world.place("A", sets(1))
    rows = explain(world.ledger, world.get("A"), world.line("A"), site=SITE, moment=world.warehouse.moment())
    assert [(row.sku, row.lot, row.reason) for row in rows] == [("CUP", "C", None), ("POT", "P", NotUsed.EXPIRED)]


def test_kits_at_the_site_where_the_components_are(world: World) -> None:
    """An order that names no site goes where its kits can be made, among the sites that have any of it."""
    world.told(DefineSite(Site("FAR")))
    found(world, cups("C", 8))
    world.told(OpenBalance("FAR", None, None, "far", (cups("C", 2), pots("P", 1))))
    world.place("A", sets(1))
    assert (world.get("A").site, world.get("A").state) == ("FAR", OrderState.ALLOCATED)


def test_whole_cases_of_kits(world: World) -> None:
    """A line in cases of four kits gets whole cases, although the components are enough for six kits."""
    found(world, cups("C", 12), pots("P", 9))
    world.place("A", sets(2, unit="case"))
    assert held_by(world, "A") == {("CUP", "C"): (8, 0), ("POT", "P"): (40, 0)}
    assert backordered(world.line("A")) == 4


def test_assembled_kits_are_shipped_as_they_are(world: World) -> None:
    """A kit that stood assembled leaves as one; the line counts it like one made of components."""
    found(world, goods("S", 1, sku="SET"), cups("C", 2), pots("P", 1))
    world.place("A", sets(2))
    shipped = only(world.told(world.ship("A")), ShipmentConfirmed)
    assert [(line.sku, line.shipped) for line in shipped.lines] == [("SET", 2)]
    assert sorted((one.sku, one.quantity) for one in shipped.shipped) == [("CUP", 2), ("POT", 10), ("SET", 1)]


def test_half_a_kit_is_no_kit_on_the_floor(world: World) -> None:
    """Half a kit cannot be taken apart into components: it is looked for as it stands, and refused."""
    world.told(DefineItem(Item("BIG", decimals=1, kit={"CUP": Decimal(2)})))
    found(world, cups("C", 8))
    world.place("A", wanted(sku="BIG", quantity=2))
    assert world.refused(world.pick("A", PickLine(None, "1", None, None, Decimal("0.5"))))[0] is Code.NOT_RESERVED
    assert world.refused(world.pick("A", PickLine(None, "1", None, None, Decimal(1), sku="SET")))[0] is not None


@pytest.mark.parametrize(
    ("sku", "pick"),
    [("TEA", (Code.NOT_RESERVED, "lines.0.quantity")), ("NEW", (Code.UNKNOWN_ITEM, "lines.0.sku"))],
)
def test_goods_that_are_no_part_of_a_kit_are_not_taken_for_it(world: World, sku: str, pick: tuple[Code, str]) -> None:
    """A pick or a shipment that names another item for a line of kits is refused when it is asked."""
    found(world, cups("C1", 4), pots("P1", 2))
    world.place("1", sets(2))
    assert world.refused(world.pick("1", PickLine(None, "1", None, None, Decimal(1), sku=sku))) == pick
    left = ShippedLine("1", None, Decimal(1), sku=sku)
    assert world.refused(world.ship("1", left)) == (Code.LOT_NOT_ALLOWED, "orders.0.lines.0.sku")


def test_goods_that_are_no_part_of_a_kit_are_booked_when_they_have_left(world: World) -> None:
    """Whatever was said to be of the kit: the goods named have left, and the kits still wait."""
    found(world, cups("C1", 4), pots("P1", 2), goods("L1", 5))
    world.place("1", sets(2))
    events = world.told(world.ship("1", ShippedLine("1", None, Decimal(1), sku="TEA"), happened=True))
    (shipped,) = only(events, ShipmentConfirmed).shipped
    assert (shipped.sku, shipped.quantity, shipped.reserved) == ("TEA", 1, 0)
    assert world.line("1").shipped == 0


def test_kits_of_an_unknown_component_may_have_left(world: World) -> None:
    """An order that is held for a component is shipped all the same when it has happened."""
    world.told(DefineItem(Item("BAG", kit={"ROPE": Decimal(1)})))
    world.place("1", wanted(quantity=2, sku="BAG"))
    assert world.get("1").held == Code.UNKNOWN_ITEM
    events = world.told(world.ship("1", ShippedLine("1", None, Decimal(1)), happened=True))
    assert [part.sku for part in only(events, ShipmentConfirmed).shipped] == ["BAG"]


def test_kits_of_one_lot_are_all_or_nothing_beside_what_is_picked(world: World) -> None:
    """A line of kits from one lot that can no longer be whole keeps what is picked, and is promised nothing beside."""
    found(world, cups("C1", 4), cups("C2", 4), pots("P", 9))
    world.place("A", sets(2, single_lot=True))
    task = next(part.task for part in world.parts("A") if part.row.sku == "CUP")
    short = ShortLine(task, "1", "C1", "BIN", Decimal(3))
    world.told(ReportShort(SITE, False, None, None, key("A"), None, (short,)))
    assert held_by(world, "A") == {("CUP", "C1"): (3, 3)}


def short(picked: object, **more: Any) -> ReportShort:
    """A short pick of line 1 of order A, told in kits unless it says otherwise."""
    happened = more.pop("happened", False)
    line = ShortLine(None, "1", more.pop("lot", None), more.pop("location", None), Decimal(str(picked)), **more)
    return ReportShort(SITE, happened, None, None, key("A"), None, (line,))


@pytest.fixture
def three_sets(world: World) -> World:
    """Order A has three sets: six cups of the seven in one bin, three pots of the nine in another."""
    found(world, cups("C1", 7, location="CUPS"), pots("P", 9, location="POTS"))
    world.place("A", sets(3))
    return world


@pytest.mark.parametrize("picked", [0, 2])
def test_whole_kits_do_not_say_which_component_is_short(three_sets: World, picked: int) -> None:
    """Asked, a short pick in kits is refused until it says which component is short; nothing is taken off any bin."""
    assert three_sets.refused(short(picked)) == (Code.FIELD_MISSING, "lines.0.sku")


def test_kits_that_could_not_be_made_stay_promised_until_their_bins_are_counted(three_sets: World) -> None:
    """Happened, the kits that were found are picked; of the others nothing is booked off, and each bin is counted."""
    events = three_sets.told(short(2, happened=True))
    told = [(event.row.sku, event.missing, event.booked) for event in events if isinstance(event, StockMissing)]
    assert told == [("CUP", 2, 0), ("POT", 10, 0)]
    noted = only(events, DiscrepancyNoted)
    assert (noted.code, noted.about["sku"]) == (Code.FIELD_MISSING, "CUP")
    assert held_by(three_sets, "A") == {("CUP", "C1"): (6, 4), ("POT", "P"): (30, 20)}
    assert (three_sets.row("C1", "CUPS").on_hand, three_sets.row("P", "POTS").on_hand) == (3, 70)


@pytest.mark.parametrize("happened", [False, True])
def test_all_kits_were_found(three_sets: World, happened: bool) -> None:
    """Where no kit is short, nothing is: every component is picked, and no bin is booked down."""
    events = three_sets.told(short(3, happened=happened))
    assert not [event for event in events if isinstance(event, StockMissing)]
    assert held_by(three_sets, "A") == {("CUP", "C1"): (6, 6), ("POT", "P"): (30, 30)}


@pytest.mark.parametrize("said", [{"sku": "CUP"}, {"lot": "C1"}, {"location": "CUPS"}])
def test_a_sku_a_lot_or_a_bin_says_which_component_is_short(three_sets: World, said: dict[str, str]) -> None:
    """What is named is counted in units of the component; the others go back as far as they make no whole kit."""
    missing = only(three_sets.told(short(5, **said)), StockMissing)
    assert (missing.row.sku, missing.missing, missing.booked) == ("CUP", 1, 2)
    assert held_by(three_sets, "A") == {("CUP", "C1"): (5, 5), ("POT", "P"): (20, 0)}
    assert backordered(three_sets.line("A")) == 1


@pytest.mark.parametrize(("picked", "left"), [(0, 0), (2, 4)])
def test_the_only_component_that_is_not_picked_is_the_short_one(three_sets: World, picked: int, left: int) -> None:
    """Told in kits, what is found is counted in kits of the one component that can be meant."""
    task = next(part.task for part in three_sets.parts("A") if part.row.sku == "POT")
    three_sets.told(three_sets.pick("A", PickLine(task, None, None, None, Decimal(3))))
    missing = only(three_sets.told(short(picked)), StockMissing)
    assert (missing.row.sku, missing.missing) == ("CUP", 6 - left)
    assert held_by(three_sets, "A")["CUP", "C1"] if left else ("CUP", "C1") not in held_by(three_sets, "A")


def test_no_part_of_a_kit_is_found(three_sets: World) -> None:
    """Half a kit is no amount, and what is not promised or picked already is not short."""
    assert three_sets.refused(short("2.5")) == (Code.NOT_A_MULTIPLE, "lines.0.picked")
    task = next(part.task for part in three_sets.parts("A") if part.row.sku == "POT")
    three_sets.told(three_sets.pick("A", PickLine(task, None, None, None, Decimal(3))))
    assert three_sets.refused(short("2.5")) == (Code.NOT_RESERVED, "lines.0.line")
    three_sets.told(three_sets.pick("A", PickLine(None, "1", "C1", None, Decimal(6))))
    for more in ({}, {"lot": "C1"}):
        assert three_sets.refused(short(0, **more)) == (Code.NOT_RESERVED, "lines.0.line")


def test_assembled_kits_are_short_when_their_sku_is_named(world: World) -> None:
    """The SKU of the kit itself means those that stand assembled; alone they need not be named."""
    found(world, goods("K", 2, "SETS", sku="SET"), cups("C1", 7, location="CUPS"), pots("P", 9, location="POTS"))
    world.place("A", sets(3))
    assert world.refused(short(1)) == (Code.FIELD_MISSING, "lines.0.sku")
    missing = only(world.told(short(1, sku="SET")), StockMissing)
    assert (missing.row.sku, missing.missing, missing.booked) == ("SET", 1, 1)
    found_more = goods("K2", 1, "SETS", sku="SET", line="K2")
    world.stock(found_more, balance="more")
    world.place("B", sets(1))
    line = ShortLine(None, "1", None, None, Decimal(0))
    missing = only(world.told(ReportShort(SITE, False, None, None, key("B"), None, (line,))), StockMissing)
    assert (missing.row.sku, missing.booked) == ("SET", 1)


def test_an_order_with_a_picked_component_is_picking_when_the_rest_is_promised_again(world: World) -> None:
    """What is promised beside a component that was picked before is not picked, however few whole kits it makes."""
    found(world, cups("C1", 2), pots("P", 9))
    world.place("A", sets(1))
    task = next(part.task for part in world.parts("A") if part.row.sku == "POT")
    world.told(world.pick("A", PickLine(task, None, None, None, Decimal("0.5"))))
    world.told(UnreserveOrder(key("A")))
    world.told(RequestAllocation((key("A"),)))
    assert (world.get("A").state, held_by(world, "A")[("CUP", "C1")]) == (OrderState.PICKING, (2, 0))


def test_a_task_of_a_kit_and_another_lot_are_no_pick(world: World) -> None:
    """Who names the task of one component and the lot of another has picked neither as promised."""
    found(world, cups("C1", 2), pots("P", 9))
    world.place("A", sets(1))
    task = next(part.task for part in world.parts("A") if part.row.sku == "CUP")
    line = PickLine(task, "1", "C9", None, Decimal(1), sku="CUP")
    assert world.refused(world.pick("A", line)) == (Code.NOT_RESERVED, "lines.0.quantity")
