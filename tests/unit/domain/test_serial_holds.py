"""Holds on one unit: nobody is promised it, nobody picks or ships it, and it comes back with the last hold."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    AssembleKit,
    BreakKit,
    ChangeStatus,
    CountStock,
    DefineItem,
    KitPiece,
    LiftSerialHold,
    LineWanted,
    MoveStock,
    PickLine,
    PieceMade,
    PlaceHold,
    PlaceSerialHold,
    ReleaseTitle,
    ReturnGoods,
    ShippedLine,
    StockLine,
    UndoneLine,
    UndoPick,
)
from lotstream.domain.events import DiscrepancyNoted, OrderAllocated, ReservationFreed, SerialHeld, SerialReleased
from lotstream.domain.model import Hold, HoldKind, Item, OrderState, RowKey, SerialKey, SerialState, Tracking
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, kinds, only, wanted

NOWHERE = RowKey("", None, "", "")
PUMP = Item("PUMP", tracking=Tracking.SERIAL, decimals=1)


@pytest.fixture
def world() -> World:
    """An owner with three pumps of one lot in one bin, and one of another lot elsewhere."""
    world = World()
    world.told(DefineItem(PUMP))
    world.stock(
        goods("L1", 3, sku="PUMP", serials=("S1", "S2", "S3")), goods("L2", 1, "FAR", sku="PUMP", serials=("S4",)),
    )  # fmt: skip
    return world


def pump(serial: str | None = None, quantity: object = 1) -> LineWanted:
    """A line of pumps."""
    return wanted(quantity=quantity, sku="PUMP", serial=serial)


def hold(number: str, id_: str = "H", *, kind: HoldKind = HoldKind.HOLD, sku: str | None = None) -> PlaceSerialHold:
    """A hold on one pump."""
    return PlaceSerialHold(Hold(id_, kind, "Leaks"), sku, number)


def lift(number: str, id_: str | None = None) -> LiftSerialHold:
    """The end of a hold on one pump, or of all."""
    return LiftSerialHold(id_, None, number)


def there(world: World) -> dict[tuple[str | None, str], tuple[int, int]]:
    """Whole pumps on hand and reserved, by lot and condition."""
    rows = (row for row in world.ledger.stock.values() if row.on_hand or row.reserved)
    return {(row.key.lot, row.key.status): (row.on_hand // 10, row.reserved // 10) for row in rows}


def promised(world: World, number: str) -> list[tuple[str | None, int, tuple[str, ...]]]:
    """Lot, whole pumps and serial numbers promised to an order."""
    return [(part.row.lot, part.quantity // 10, part.serials) for part in world.parts(number)]


def test_a_held_unit_is_promised_to_nobody(world: World) -> None:
    """It is counted apart, so that a line for any unit gets the others, and a line that names it waits."""
    world.told(hold("S2"))
    world.place("ANY", pump(quantity=4))
    world.place("NAMED", pump("S2"))

    assert there(world) == {("L1", "good"): (2, 2), ("L1", "quarantine"): (1, 0), ("L2", "good"): (1, 1)}
    assert (world.get("ANY").state, world.get("NAMED").state) == (OrderState.PARTLY_ALLOCATED, OrderState.BACKORDERED)


def test_the_last_hold_that_is_lifted_brings_it_back(world: World) -> None:
    """With two holds nothing comes back with the first; then whoever waits for it is served in the same decision."""
    world.told(hold("S2"))
    world.told(hold("S2", "H2", kind=HoldKind.QUARANTINE))
    world.place("NAMED", pump("S2"))
    assert world.told(hold("S2")) == ()
    assert kinds(world.told(lift("S2", "H"))) == ["SerialReleased"]
    assert world.told(lift("S2", "H")) == ()
    assert promised(world, "NAMED") == []
    assert kinds(world.told(lift("S2"))) == ["SerialReleased", "OrderAllocated"]
    assert promised(world, "NAMED") == [("L1", 1, ("S2",))]
    assert there(world)["L1", "good"] == (3, 1)
    assert world.told(lift("S2")) == ()
    assert world.warehouse.serial(SerialKey("S2", "PUMP")).apart is False


def test_the_only_unit_is_promised_with_the_message_that_lets_it_go(world: World) -> None:
    """Nobody has to ask again for what was held alone in its bin."""
    world.told(hold("S4"))
    world.place("NAMED", pump("S4"))
    assert kinds(world.told(lift("S4"))) == ["SerialReleased", "OrderAllocated"]
    assert promised(world, "NAMED") == [("L2", 1, ("S4",))]


def test_a_unit_is_held_where_it_was_seen_last(world: World) -> None:
    """Its lot lies in two bins: the one that has it is short of it, and has it back."""
    world.stock(goods("L3", 1, "A", sku="PUMP", serials=("S5",)), goods("L3", 1, "B", sku="PUMP", serials=("S6",)))
    assert (only(world.told(hold("S6")), SerialHeld).row or NOWHERE).location == "B"
    assert (only(world.told(hold("S5", "H5")), SerialHeld).row or NOWHERE).location == "A"
    assert (only(world.told(lift("S6")), SerialReleased).row or NOWHERE).location == "B"
    assert (world.row("L3", "A", "quarantine").on_hand, world.row("L3", "B").on_hand) == (10, 10)


def test_a_hold_on_what_is_not_in_a_row_changes_no_row(world: World) -> None:
    """A second hold, and the end of one of two, say of no quantity that it has moved."""
    world.told(hold("S2"))
    again = only(world.told(hold("S2", "H2")), SerialHeld)
    assert (again.row, again.quantity) == (None, 0)
    one = only(world.told(lift("S2", "H")), SerialReleased)
    assert (one.row, one.quantity) == (None, 0)


def test_of_an_order_the_line_that_names_the_unit_loses_it(world: World) -> None:
    """Another line of the same goods keeps what it has."""
    world.place("BOTH", wanted(quantity=1, sku="PUMP"), wanted("2", 1, sku="PUMP", serial="S2"))
    freed = only(world.told(hold("S2")), ReservationFreed).freed
    assert [(loss.line, loss.quantity) for loss in freed] == [("2", 10)]
    assert promised(world, "BOTH") == [("L1", 1, ())]


def test_nobody_loses_anything_while_there_is_enough_without_the_unit(world: World) -> None:
    """Three pumps, of which one is promised, are two with one promised."""
    world.place("ANY", pump())
    assert kinds(world.told(hold("S3"))) == ["SerialHeld"]


def test_what_others_have_promised_is_not_there_for_ours(world: World) -> None:
    """Of three pumps one is promised elsewhere and two here: without a unit that is held we have one."""
    row = goods("L3", 3, "C", sku="PUMP", serials=("S7", "S8", "S9"), promised_elsewhere=Decimal(1))
    world.stock(row, balance="more")
    world.place("TWO", wanted(quantity=2, sku="PUMP", lot="L3"))
    events = world.told(hold("S7"))
    assert kinds(events) == ["SerialHeld", "ReservationFreed"]
    assert promised(world, "TWO") == [("L3", 1, ())]


def test_units_that_nobody_holds_are_sold_without_their_numbers(world: World) -> None:
    """Only those on hold, one by one, are kept back."""
    line = StockLine("1", "PUMP", "L1", "BIN", Decimal(2))
    sale = ReleaseTitle("seller", SITE, False, None, None, "T1", "buyer", (line,))
    assert kinds(world.told(sale)) == ["TitleReleased"]


def test_a_unit_that_is_sold_by_its_number_keeps_no_other_back(world: World) -> None:
    """Of three pumps one goes by its number and two by none, in one message."""
    lines = (
        StockLine("1", "PUMP", "L1", "BIN", Decimal(1), serials=("S1",)),
        StockLine("2", "PUMP", "L1", "BIN", Decimal(2)),
    )
    assert kinds(world.told(ReleaseTitle("seller", SITE, False, None, None, "T1", "buyer", lines))) == ["TitleReleased"]


def test_who_is_promised_that_unit_loses_it(world: World) -> None:
    """The line that names it gives it back, whatever its place in the queue; others keep theirs."""
    world.place("NAMED", pump("S2"))
    world.place("LATER", pump(quantity=2))
    events = world.told(hold("S2"))

    assert kinds(events) == ["SerialHeld", "ReservationFreed"]
    assert only(events, ReservationFreed).reason == "hold"
    assert (promised(world, "NAMED"), promised(world, "LATER")) == ([], [("L1", 2, ())])


def test_the_back_of_the_queue_loses_a_unit_that_anybody_may_have(world: World) -> None:
    """Where the row has less than it promised without the unit, the last in the queue moves to other stock."""
    world.place("FIRST", pump(quantity=2))
    world.place("LAST", pump())
    events = world.told(hold("S1"))

    assert kinds(events) == ["SerialHeld", "ReservationFreed", "OrderAllocated"]
    assert (promised(world, "FIRST"), promised(world, "LAST")) == ([("L1", 2, ())], [("L2", 1, ())])
    assert only(events, OrderAllocated).key == key("LAST")


def test_a_held_unit_is_neither_picked_nor_shipped(world: World) -> None:
    """Asked, its number is refused; what has happened is booked with a discrepancy."""
    world.told(hold("S1"))
    world.place("O", pump())
    said = PickLine(None, "1", None, None, Decimal(1), serials=("S1",))
    assert world.refused(world.pick("O", said)) == (Code.ON_HOLD, "lines.0.serials.0")
    noted = only(world.told(world.pick("O", said, happened=True)), DiscrepancyNoted)
    assert noted.code == "on_hold"
    unit = world.warehouse.serial(SerialKey("S1", "PUMP"))
    assert (unit.state, [one.id for one in unit.holds]) == (SerialState.PICKED, ["H"])
    shipped = ShippedLine("1", None, Decimal(1), serials=("S1",))
    assert world.refused(world.ship("O", shipped))[0] == Code.ON_HOLD
    assert kinds(world.told(lift("S1"))) == ["SerialReleased"]
    world.told(world.ship("O", shipped))
    assert world.refused(hold("S1")) == (Code.ALREADY_SHIPPED, "serial")


def test_a_picked_unit_stays_with_its_order_and_does_not_leave(world: World) -> None:
    """A hold after the pick stops the shipment; undone, the unit is set apart and the order takes another."""
    world.place("O", pump(quantity=2))
    world.told(world.pick("O", PickLine(None, "1", None, None, Decimal(2), serials=("S1", "S2"))))
    assert kinds(world.told(hold("S2"))) == ["SerialHeld"]
    assert world.refused(world.ship("O")) == (Code.ON_HOLD, "orders.0.serials")
    events = world.told(UndoPick(SITE, True, None, None, key("O"), (UndoneLine(line="1"),)))
    assert kinds(events) == ["PickUndone", "SerialHeld", "ReservationFreed", "OrderAllocated"]
    assert there(world)["L1", "quarantine"] == (1, 0)
    assert sum(units for _, units, _ in promised(world, "O")) == 2
    world.told(lift("S2"))
    assert ("L1", "quarantine") not in there(world)


def test_a_held_unit_stays_with_the_order_that_picked_it(world: World) -> None:
    """Two orders say that they took the same held unit: it is the first one's, and the second is without a number."""
    world.told(hold("S1"))
    for number in ("FIRST", "SECOND"):
        world.place(number, pump())
    said = PickLine(None, "1", None, None, Decimal(1), serials=("S1",))
    world.told(world.pick("FIRST", said, happened=True))
    assert world.refused(world.pick("SECOND", said)) == (Code.PICKED_BY_OTHER, "lines.0.serials.0")

    noted = only(world.told(world.pick("SECOND", said, happened=True)), DiscrepancyNoted)
    assert noted.code == "picked_by_other"
    assert world.warehouse.serial(SerialKey("S1", "PUMP")).order == "FIRST"
    assert promised(world, "SECOND") == [("L1", 1, ())]


@pytest.mark.parametrize(("status", "apart"), [("good", "quarantine"), ("damaged", "damaged")])
def test_a_held_unit_that_comes_back_is_set_apart(world: World, status: str, apart: str) -> None:
    """One that has left all the same and is sent back as good is promised to nobody; a damaged one is not anyway."""
    world.place("O", pump())
    world.told(world.pick("O", PickLine(None, "1", None, None, Decimal(1), serials=("S1",))))
    world.told(hold("S1"))
    world.told(world.ship("O", happened=True))
    back = StockLine("1", "PUMP", "L1", "BACK", Decimal(1), status=status, serials=("S1",))
    world.told(ReturnGoods(SITE, True, None, None, "RMA", key("O"), (back,)))
    assert world.warehouse.serial(SerialKey("S1", "PUMP")).row.status == apart
    assert there(world)["L1", apart] == (1, 0)
    world.told(lift("S1"))
    assert there(world).get(("L1", "quarantine")) is None


def test_undone_goods_of_a_held_lot_go_back_whole(world: World) -> None:
    """A unit that is held beside its lot is set apart too, and nothing is given back twice."""
    world.place("O", pump(quantity=2))
    world.told(world.pick("O", PickLine(None, "1", None, None, Decimal(2), serials=("S1", "S2"))))
    world.told(hold("S2"))
    world.told(PlaceHold("LOT", HoldKind.HOLD, "PUMP", "L1"))
    events = world.told(UndoPick(SITE, True, None, None, key("O"), (UndoneLine(line="1"),)))
    assert [loss.quantity for loss in only(events, ReservationFreed).freed] == [20]
    assert there(world) == {("L1", "good"): (2, 0), ("L1", "quarantine"): (1, 0), ("L2", "good"): (1, 1)}


def test_a_unit_that_was_moved_is_set_apart_where_its_lot_lies(world: World) -> None:
    """Goods move without their numbers: one that is not where it was seen is looked for in the rest of its lot."""
    world.stock(goods("L1", 2, "NEW", sku="PUMP", serials=("S8", "S9")), balance="more")
    world.told(CountStock(SITE, True, None, None, "C", (StockLine("1", "PUMP", "L1", "BIN", Decimal(0)),)))
    assert only(world.told(hold("S1")), SerialHeld).unit.row.location == "NEW"
    world.told(CountStock(SITE, True, None, None, "D", (StockLine("1", "PUMP", "L1", "NEW", Decimal(0)),)))
    assert only(world.told(hold("S2")), SerialHeld).row is None
    assert only(world.told(lift("S1")), SerialReleased).row is None


def test_a_unit_that_is_not_good_anyway_stays_where_it_is(world: World) -> None:
    """What came in damaged is held without being booked to another row."""
    world.stock(goods("L1", 1, sku="PUMP", serials=("BAD",), status="damaged", line="bad"), balance="bad")
    assert only(world.told(hold("BAD")), SerialHeld).row is None
    assert only(world.told(lift("BAD")), SerialReleased).row is None


def test_what_is_not_one_unit_is_refused(world: World) -> None:
    """A number nobody knows, one of two SKUs, and a recall of one unit are refused, each with its field."""
    world.told(DefineItem(Item("FAN", tracking=Tracking.SERIAL)))
    world.stock(goods("F1", 1, sku="FAN", serials=("S1",)), balance="fans")
    assert world.refused(hold("NONE")) == (Code.UNKNOWN_LOT, "serial")
    assert world.refused(lift("NONE")) == (Code.UNKNOWN_LOT, "serial")
    assert world.refused(hold("S1")) == (Code.FIELD_MISSING, "sku")
    assert world.refused(hold("S4", kind=HoldKind.RECALL)) == (Code.FIELD_INVALID, "kind")
    assert only(world.told(hold("S1", sku="FAN")), SerialHeld).unit.key.sku == "FAN"


def test_a_hold_after_a_start_finds_the_unit(world: World) -> None:
    """A worker that was just started has sorted no shelf yet, and finds the row of the unit all the same."""
    world.warehouse.restart()
    world.ledger = world.warehouse.ledger
    event = only(world.told(hold("S1")), SerialHeld)
    assert (event.unit.row.lot, event.unit.row.status) == ("L1", "quarantine")


def turn(quantity: object, status: str | None = "quarantine", to: str = "good", **more: bool) -> ChangeStatus:
    """A change of condition of pumps of L1."""
    happened = more.pop("happened", False)
    line = StockLine("1", "PUMP", "L1", "BIN", Decimal(str(quantity)), status=status, to=to)
    return ChangeStatus(SITE, happened, "clerk", None, f"T-{quantity}-{status}-{to}-{happened}", (line,))


def test_a_change_of_condition_does_not_make_a_held_unit_good(world: World) -> None:
    """Of two units in quarantine, one of which is on hold, one may be found good; asked for both, it is refused."""
    world.told(turn(1, "good", "quarantine"))
    world.told(hold("S2"))
    world.place("OTHER", pump("S4"))
    assert world.refused(turn(2)) == (Code.ON_HOLD, "lines.0.quantity")
    events = world.told(turn(2, happened=True))
    assert only(events, DiscrepancyNoted).code == Code.ON_HOLD
    assert there(world)["L1", "quarantine"] == (1, 0)
    assert world.refused(turn(1)) == (Code.ON_HOLD, "lines.0.quantity")
    assert world.refused(turn(1, None))[0] is Code.ON_HOLD
    assert world.refused(turn(3))[0] is Code.NOT_AVAILABLE
    world.told(lift("S2"))
    assert there(world)["L1", "good"] == (3, 0)


def test_a_held_unit_that_is_not_good_does_not_become_good(world: World) -> None:
    """A damaged unit that is put on hold stays damaged; good when that is lifted and somebody says so."""
    world.stock(goods("L1", 1, sku="PUMP", serials=("S9",), status="damaged", line="9"), balance="more")
    world.told(hold("S9"))
    assert world.refused(turn(1, "damaged"))[0] is Code.ON_HOLD
    world.told(lift("S9"))
    world.told(turn(1, "damaged"))
    assert there(world)["L1", "good"] == (4, 0)


def test_a_held_unit_of_another_lot_is_in_nobodys_way(world: World) -> None:
    """While a damaged unit of one lot is on hold, one of another lot may be found good."""
    world.stock(goods("L8", 1, sku="PUMP", serials=("S8",), status="damaged", line="8"), balance="more")
    world.told(hold("S8"))
    world.told(turn(1, "good", "quarantine"))
    assert there(world)["L1", "good"] == (2, 0)
    world.told(turn(1))
    assert there(world)["L1", "good"] == (3, 0)


def test_a_held_unit_that_was_moved_comes_back_where_it_lies(world: World) -> None:
    """Carried to a cage, it stays on hold there, is not found good there, and comes back from there."""
    world.told(hold("S2"))
    line = StockLine("1", "PUMP", "L1", "BIN", Decimal(1), status="quarantine", to="CAGE")
    world.told(MoveStock(SITE, True, "truck", None, "M", (line,)))
    found = StockLine("1", "PUMP", "L1", "CAGE", Decimal(1), status="quarantine", to="good")
    assert world.refused(ChangeStatus(SITE, False, "clerk", None, "T", (found,)))[0] is Code.ON_HOLD
    assert only(world.told(lift("S2")), SerialReleased).unit.row.location == "CAGE"
    assert (world.row("L1", "BIN").on_hand, world.row("L1", "CAGE").on_hand) == (20, 10)


def test_a_held_unit_that_comes_out_of_a_kit_is_set_apart(world: World) -> None:
    """A unit is put on hold while it is in a kit; taken out of it, it is nobody's until the hold is lifted."""
    world.told(DefineItem(Item("SET", kit={"PUMP": Decimal(1)})))
    world.stock(goods("K", 1, sku="SET"), balance="kits")
    used = KitPiece("1", "PUMP", "L1", "BIN", Decimal(1), serials=("S2",))
    world.told(AssembleKit(SITE, False, "bench", None, "A", "SET", "K", "BIN", Decimal(1), (used,)))
    assert kinds(world.told(hold("S2"))) == ["SerialHeld"]
    made = PieceMade("1", "PUMP", "L1", "BIN", Decimal(1), serials=("S2",))
    events = world.told(BreakKit(SITE, False, "bench", None, "B", "SET", "K", "BIN", Decimal(1), (made,)))
    assert only(events, SerialHeld).unit.row.status == "quarantine"
    assert there(world)["L1", "good"] == (2, 0)
    world.told(lift("S2"))
    assert there(world)["L1", "good"] == (3, 0)
