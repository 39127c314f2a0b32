"""An item is counted in another unit: whatever counts it is multiplied, or nothing changes."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotstream.contracts.outgoing import messages
from lotstream.domain.apply import apply
from lotstream.domain.codes import Code, Refusal
from lotstream.domain.commands import (
    ContinueDay,
    CorrectLot,
    DefineItem,
    Moment,
    RebaseItem,
    RenameItem,
    TickClock,
    UnreserveOrder,
)
from lotstream.domain.events import AvailabilityTold, Event, ItemRebased
from lotstream.domain.ledger import Ledger
from lotstream.domain.model import Channel, Item, OrderState, ReceiptKey, RowKey, Settings, Shipment, Tracking
from lotstream.domain.move import MoveKind
from lotstream.domain.movements import moves_of
from lotstream.domain.quantities import QUANTITY_MAX
from lotstream.domain.recounting import recount
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, kinds, only, wanted
from tests.unit.domain.test_stock import adjust, replayed, said

#: One each is 250 g from now on; a case is 6 each.
FINER = RebaseItem("TEA", 2, "g", 0, 250)
#: 6 each are one case from now on.
COARSER = RebaseItem("TEA", 2, "case", 0, 1, 6)


@pytest.fixture
def world() -> World:
    """Tea of two lots, in packs and loose, that has cost something; some without a lot; a set and a blend with tea."""
    world = World()
    world.told(DefineItem(Item("SET", kit={"TEA": Decimal(2)}, recipe={"TEA": Decimal("0.5"), "CUP": Decimal(0)})))
    world.stock(
        goods("A", 12, cost=Decimal(3)), goods("A", 24, "PALLET", pack_size=Decimal(6)), goods("B", 6, "FAR"),
        goods(None, 18, expires=None, promised_elsewhere=Decimal(6)),
    )  # fmt: skip
    return world


def on_hand(world: World) -> dict[tuple[str | None, str, int | None], int]:
    """What there is, by lot, bin and pack size."""
    stock = world.ledger.stock.items()
    return {(key.lot, key.location, key.pack_size): row.on_hand for key, row in stock if row.on_hand}


def test_everything_is_multiplied(world: World) -> None:
    """Rows, packs, what others promised, costs, units, kits, recipes, levels; and it says what it was."""
    event = only(world.told(FINER), ItemRebased)
    assert on_hand(world) == {
        ("A", "BIN", None): 3000, ("A", "PALLET", 1500): 6000, ("B", "FAR", None): 1500, (None, "BIN", None): 4500,
    }  # fmt: skip
    assert world.row(None).promised_elsewhere == 1500
    item = world.ledger.items["TEA"]
    assert (item.version, item.base_unit, item.units) == (2, "g", {"each": Decimal(250), "case": Decimal(1500)})
    (rebase,) = item.rebased
    assert (rebase.numerator, rebase.denominator, rebase.unit) == (250, 1, "each")
    more = world.ledger.lots["TEA", "A"].more
    assert more is not None
    assert (more.cost_total, more.cost_units) == (Decimal(36), 3000)
    made = world.ledger.items["SET"]
    assert (made.kit, made.recipe) == ({"TEA": Decimal(500)}, {"TEA": Decimal(125), "CUP": Decimal(0)})
    assert {(move.kind, move.lot, move.quantity, move.reason) for move in moves_of(event)} == {
        (MoveKind.REBASED, lot, 0, "1 each = 250 g") for lot in ("A", "B", None)
    }
    replayed(world)


def test_levels_and_decimals_come_along() -> None:
    """Reorder point and daily use are said in the new unit; kits and recipes are of one of what it is now."""
    world = World()
    made_of = Item("BOX", 1, Tracking.NONE, kit={"CUP": Decimal(6)}, recipe={"CUP": Decimal("0.5")})
    world.told(DefineItem(replace(made_of, reorder_point=Decimal(48), daily_use=Decimal("1.5"))))
    world.told(RebaseItem("BOX", 2, "dozen", 2, 25, 3))
    item = world.ledger.items["BOX"]
    assert (item.decimals, item.reorder_point, item.daily_use) == (2, Decimal(4), Decimal("0.125"))
    assert (item.kit, item.recipe, item.units) == ({"CUP": Decimal(72)}, {"CUP": Decimal(6)}, {})


def test_a_larger_unit_takes_what_comes_out(world: World) -> None:
    """What was a unit is the base unit; the old one, of which a case has six, is no unit any more."""
    world.told(DefineItem(Item("SET", 2)))
    world.told(COARSER)
    assert on_hand(world) == {
        ("A", "BIN", None): 2, ("A", "PALLET", 1): 4, ("B", "FAR", None): 1, (None, "BIN", None): 3,
    }  # fmt: skip
    assert (world.ledger.items["TEA"].base_unit, world.ledger.items["TEA"].units) == ("case", {})
    world.place("1", wanted(unit="each"))
    assert world.get("1").held == "unknown_unit"
    world.place("2", wanted(quantity=2))
    assert world.lots("2") == [("A", 2)]
    replayed(world)


def test_packs_that_get_the_size_of_others_stay_apart() -> None:
    """Packs of 6 and of 36 are multiplied by 6, one after the other."""
    world = World()
    world.stock(goods("A", 12, pack_size=Decimal(6)), goods("A", 72, pack_size=Decimal(36), line="2"))
    world.told(RebaseItem("TEA", 2, "leaf", 0, 6))
    assert on_hand(world) == {("A", "BIN", 36): 72, ("A", "BIN", 216): 432}


def test_told_again_it_changes_nothing_and_nothing_else_under_its_version(world: World) -> None:
    """The same twice is the same; another factor, an older version: refused. A definition keeps what it was."""
    world.told(FINER)
    assert world.told(replace(FINER, numerator=500, denominator=2)) == ()
    assert world.refused(replace(FINER, numerator=500)) == (Code.CONFLICTING_CONTENT, "version")
    assert world.refused(replace(FINER, version=1)) == (Code.STALE_VERSION, "version")
    changed = replace(world.ledger.items["TEA"], version=3, description="Loose", rebased=())
    world.told(DefineItem(changed))
    assert len(world.ledger.items["TEA"].rebased) == 1
    again = Item("TEA", 4, units={"case": Decimal(6)})
    assert world.refused(DefineItem(again)) == (Code.FIELD_INVALID, "item.base_unit")


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (replace(FINER, sku="NONE"), (Code.UNKNOWN_ITEM, "sku")),
        (replace(FINER, numerator=0), (Code.NOT_POSITIVE, "numerator")),
        (replace(FINER, denominator=-1), (Code.NOT_POSITIVE, "denominator")),
        (replace(FINER, numerator=2**53), (Code.TOO_LARGE, "numerator")),
        (replace(FINER, numerator=QUANTITY_MAX), (Code.TOO_LARGE, "numerator")),
        (replace(FINER, decimals=10), (Code.FIELD_INVALID, "decimals")),
        (replace(FINER, version=1), (Code.CONFLICTING_CONTENT, "version")),
        (replace(FINER, sku="PUMP"), (Code.FIELD_INVALID, "sku")),
        (replace(FINER, base_unit="each"), (Code.FIELD_INVALID, "numerator")),
        (replace(COARSER, denominator=12), (Code.FIELD_INVALID, "numerator")),
        (replace(FINER, base_unit="layer", numerator=1, denominator=24), (Code.NOT_A_MULTIPLE, "numerator")),
    ],
)
def test_what_cannot_be_is_refused(world: World, command: RebaseItem, refusal: tuple[Code, str]) -> None:
    """Nothing known, no factor, too much, an older version, units with numbers, what contradicts a known unit."""
    world.told(DefineItem(Item("PUMP", tracking=Tracking.SERIAL)))
    assert world.refused(command) == refusal


@pytest.mark.parametrize(
    "line",
    [
        {"quantity": 7},
        {"quantity": 12, "promised_elsewhere": Decimal(5)},
        {"quantity": 12, "pack_size": Decimal(4)},
    ],
)
def test_a_quantity_that_does_not_come_out_is_refused(line: dict[str, Any]) -> None:
    """On hand, promised by others, in a pack: nothing is rounded."""
    world = World()
    world.stock(goods("A", **line))
    assert world.refused(COARSER) == (Code.NOT_A_MULTIPLE, "numerator")


def test_what_does_not_come_out_of_facts_is_refused() -> None:
    """A cost of five of them, a level, a kit, a recipe, an order of five: each in the way of cases of six."""
    world = World()
    world.stock(goods("A", 5, cost=Decimal(1)))
    world.told(adjust(said(-5, "A")))
    assert world.refused(COARSER) == (Code.NOT_A_MULTIPLE, "numerator")
    for item in (
        Item("JAM", daily_use=Decimal(1)), Item("JAM", 2, kit={"CUP": Decimal(1)}),
        Item("JAM", 3, recipe={"CUP": Decimal(1)}),
    ):  # fmt: skip
        world.told(DefineItem(item))
        factor = (1, 3) if item.daily_use else (3, 1)
        assert world.refused(RebaseItem("JAM", 4, "kg", 0, *factor)) == (Code.NOT_A_MULTIPLE, "numerator")
    world.told(DefineItem(Item("JAM", 5)))
    world.told(DefineItem(Item("SET", kit={"JAM": Decimal(1)})))
    assert world.refused(RebaseItem("JAM", 6, "box", 0, 1, 6)) == (Code.NOT_A_MULTIPLE, "numerator")
    world.told(DefineItem(Item("SET", 2, recipe={"JAM": Decimal(1)})))
    assert world.refused(RebaseItem("JAM", 6, "box", 0, 1, 6)) == (Code.NOT_A_MULTIPLE, "numerator")
    world.told(DefineItem(Item("SET", 3)))
    world.place("1", wanted(sku="JAM", quantity=7))
    assert world.refused(RebaseItem("JAM", 6, "box", 0, 1, 6)) == (Code.NOT_A_MULTIPLE, "numerator")


def test_a_kit_stays_made_of_whole_components() -> None:
    """Half a set has half a cup in it, which is no cup; of components with decimals it may."""
    world = World()
    world.told(DefineItem(Item("CUP")))
    world.told(DefineItem(Item("SET", kit={"CUP": Decimal(1)})))
    assert world.refused(RebaseItem("SET", 2, "half", 0, 2)) == (Code.NOT_A_MULTIPLE, "numerator")
    world.told(RebaseItem("CUP", 2, "cup", 1, 10))
    world.told(RebaseItem("SET", 2, "half", 0, 2))
    assert world.ledger.items["SET"].kit == {"CUP": Decimal("0.5")}


def test_what_is_promised_is_in_the_way_and_what_waits_is_not(world: World) -> None:
    """The floor was told in the old unit; nobody was told of a backorder, which wants the same goods as before."""
    world.place("1", wanted(quantity=6, lot="A"))
    assert world.refused(FINER) == (Code.NOT_AVAILABLE, "sku")
    world.place("2", wanted(sku="SET", quantity=1))
    world.told(UnreserveOrder(key("1")))
    world.told(UnreserveOrder(key("2")))
    assert world.refused(FINER) == (Code.NOT_AVAILABLE, "sku")
    world.cancel("2")
    world.told(UnreserveOrder(key("1")))
    world.place("3", wanted(quantity=2, unit="case", lot="NEW"))
    event = only(world.told(FINER), ItemRebased)
    assert event.orders == (key("1"), key("3"))
    line = world.line("3")
    assert (line.ordered, line.unit, line.unit_factor) == (3000, "case", 1500)
    world.told(world.receipt(goods("NEW", 3000)))
    assert world.lots("3") == [("NEW", 3000)]
    world.told(world.ship("3"))
    assert world.get("3").state is OrderState.SHIPPED
    replayed(world)


def test_a_kit_itself_is_not_counted_otherwise_while_orders_wait_for_it(world: World) -> None:
    """Lines of kits count kits and components side by side."""
    world.place("1", wanted(sku="SET", quantity=1000))
    world.told(UnreserveOrder(key("1")))
    assert world.refused(RebaseItem("SET", 2, "pair", 0, 1, 2)) == (Code.NOT_AVAILABLE, "sku")


def test_a_past_that_does_not_come_out_is_in_the_way() -> None:
    """Five left: in cases that is nothing anybody could return or trace, though what is there comes out."""
    world = World()
    world.stock(goods("A", 11))
    world.place("1", wanted(quantity=5))
    world.told(world.ship("1"))
    assert world.refused(COARSER) == (Code.NOT_A_MULTIPLE, "numerator")
    world.told(FINER)
    assert on_hand(world) == {("A", "BIN", None): 1500}


def test_an_item_may_be_counted_otherwise_more_than_once(world: World) -> None:
    """What was counted before is said in the units of today, whichever it was counted in then; and by any SKU."""
    world.told(DefineItem(Item("SET", 2)))
    world.told(RenameItem("TEA", "CHAI"))
    world.told(RebaseItem("TEA", 2, "case", 0, 1, 6))
    world.told(RebaseItem("CHAI", 3, "g", 0, 1500))
    first, second = world.ledger.items["CHAI"].rebased
    assert (first.numerator, first.denominator, first.unit) == (250, 1, "each")
    assert (second.numerator, second.denominator, second.unit) == (1500, 1, "case")
    assert world.ledger.items["TEA"].rebased == (first, second)
    assert world.ledger.items["TEA"].base_unit == "g"
    assert on_hand(world)["A", "BIN", None] == 3000
    world.told(RenameItem("CHAI", "MASALA"))
    assert world.ledger.items["CHAI"].rebased == (first, second)
    replayed(world)


def test_orders_in_a_unit_that_is_one_now_go_on() -> None:
    """Held because nobody sold tea by the gram, they wait for goods, and get them with the next part."""
    world = World()
    world.stock(goods("A", 4))
    both = wanted(quantity=500, unit="g"), wanted("2", 1)
    world.place("1", *both)
    world.place("2", wanted(quantity=1, unit="tin"))
    assert kinds(world.told(FINER)) == ["ItemRebased", "OrderChanged"]
    assert (world.get("1").held, world.get("1").state) == (None, OrderState.BACKORDERED)
    assert world.get("2").held == "unknown_unit"
    world.told(ContinueDay(100))
    assert [part.quantity for part in world.parts("1")] == [500, 250]
    replayed(world)


def test_what_may_be_sold_is_told_anew() -> None:
    """Whoever sells is told the figure in the new unit, once; of other items nothing is told again."""
    world = World(Settings(channels=(Channel("shop"),)))
    world.told(DefineItem(Item("JAM")))
    world.stock(goods("A", 12), goods("J", 4, sku="JAM", line="2"))
    assert figures(world) == {("TEA", 12), ("JAM", 4)}
    world.told(FINER)
    assert figures(world) == {("TEA", 3000)}
    world.told(adjust(said(-1, "A")))
    assert figures(world) == {("TEA", 2999)}


def figures(world: World) -> set[tuple[str, int]]:
    """What is told of what may be sold."""
    told = only(world.told(TickClock()), AvailabilityTold)
    return {(figure.sku, figure.quantity) for figure in told.figures}


def test_orders_go_on_with_the_next_part(world: World) -> None:
    """Who waits is looked at again, since units have come."""
    assert kinds(world.told(FINER)) == ["ItemRebased"]
    assert world.ledger.progress.due.skus == ("TEA",)
    world.told(ContinueDay(100))
    assert not world.ledger.progress.is_due


def test_a_correction_of_a_lot_before_does_not_matter(world: World) -> None:
    """Lots keep their former numbers, and what they cost is known of more of them."""
    world.told(CorrectLot("C", "TEA", "A", to_lot="A2"))
    world.told(FINER)
    assert {row.lot for row in world.ledger.stock} >= {"A2", "B", None}
    assert RowKey("TEA", "A2", SITE, "PALLET", pack_size=1500) in world.ledger.stock


def test_goods_weigh_what_they_did() -> None:
    """Of an item that is weighed the weight stays with its row, whatever its packs are counted in."""
    world = World()
    world.told(DefineItem(Item("HAM", catch_weight=True)))
    packed = goods("H1", 4, sku="HAM", pack_size=Decimal(2), weight_kg=Decimal("9.5"))
    loose = goods("H1", 2, sku="HAM", weight_kg=Decimal(5), line="2")
    world.told(world.receipt(packed, loose))
    world.told(RebaseItem("HAM", 2, "half", 0, 2))
    assert {(row.pack_size, grams) for row, grams in world.ledger.weights.items()} == {(4, 9500), (None, 5000)}
    replayed(world)


def test_what_is_in_memory_is_converted_at_once(world: World) -> None:
    """Papers and orders that are over, read for other records of the batch, count in the new unit from there on."""
    world.place("1", wanted(quantity=6, lot="A"))
    world.told(world.ship("1"))
    event = RebaseItem("TEA", 2, "g", 0, 250)
    shipment, nothing = ReceiptKey("shipment", "S1"), ReceiptKey("shipment", "S2")
    decided = world.warehouse.decide(event)
    assert not isinstance(decided, Refusal)
    world.ledger.receipts.update({shipment: world.warehouse.documents[shipment], nothing: None})
    world.ledger.closed.update({key("1"): world.get("1"), key("2"): None})
    for one in decided:
        apply(world.ledger, one)
    order, found = world.ledger.closed[key("1")], world.ledger.receipts[shipment]
    assert order is not None
    assert isinstance(found, Shipment)
    assert (order.lines[0].shipped, found.parts[0].shipped[0].quantity) == (1500, 1500)
    assert (world.ledger.closed[key("2")], world.ledger.receipts[nothing]) == (None, None)


def test_sums_of_moves_are_put_right(world: World) -> None:
    """Whoever adds up moves multiplies what he has with the rows."""
    (event,) = world.told(FINER)
    units: Counter[str | None] = Counter({"A": 36, "B": 6, None: 18})
    recount(event, units, key=lambda row: row.lot)
    assert units == {"A": 9000, "B": 1500, None: 4500}
    (other,) = world.told(DefineItem(Item("JAM")))
    recount(other, units, key=lambda row: row.lot)
    assert units["A"] == 9000


def test_backorders_and_stock_are_told_in_the_new_unit() -> None:
    """The state of an order that waits, and each row: gone in the old unit, there in the new one."""
    told: list[tuple[str, dict[str, Any]]] = []

    def hear(ledger: Ledger, event: Event, moment: Moment) -> None:
        if isinstance(event, ItemRebased):
            told.extend((one.type, json.loads(one.value)) for one in messages(ledger, event, moment))

    world = World(after=hear)
    world.stock(goods("A", 12, pack_size=Decimal(6)))
    world.place("1", wanted(quantity=2, unit="case", lot="NEW"))
    world.told(FINER)
    statuses = [body for kind, body in told if kind == "lotstream.order_status.v1"]
    (line,) = statuses[0]["lines"]
    assert (line["ordered"], line["backordered"], line["unit"]) == ("3000", "3000", "g")
    (change,) = [body for kind, body in told if kind == "lotstream.inventory_change.v1"]
    assert change["change"] == "item_rebased"
    names = ("quantity", "unit", "pack_size", "on_hand")
    assert [[line[name] for name in names] for line in change["lines"]] == [
        ["-12", "each", "6", []], ["3000", "g", "1500", [{"status": "good", "quantity": "3000"}]],
    ]  # fmt: skip
