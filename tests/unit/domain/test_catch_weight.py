"""Items that are weighed: what goods weigh goes where they go, and nothing of it is lost."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    AdjustStock,
    ArrivedLine,
    ChangeStatus,
    ConfirmPick,
    CorrectLot,
    CountStock,
    DefineItem,
    DefineSite,
    GoodsLine,
    KitPiece,
    LiftSerialHold,
    MadeLine,
    MergeLots,
    MoveStock,
    PickLine,
    PlaceSerialHold,
    ReceiveTransfer,
    RecordProduction,
    RenameItem,
    ReturnGoods,
    ShippedLine,
    ShipTransfer,
    SplitLine,
    SplitLot,
    SplitPart,
    StockLine,
    UndoPick,
    VoidShipment,
    WorkOnWave,
    nobody,
)
from lotstream.domain.events import (
    DiscrepancyNoted,
    GoodsReturned,
    GoodsWeighed,
    ProductionRecorded,
    ReceiptClosed,
    ShipmentConfirmed,
    StockPicked,
    StockReceived,
    TitleReleased,
)
from lotstream.domain.model import Hold, HoldKind, Item, Settings, Site, Tracking
from lotstream.domain.movements import moves_of
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, kinds, only, wanted
from tests.unit.domain.test_receipt_corrected import corrects, wrong
from tests.unit.domain.test_titles import buy, sell
from tests.unit.domain.waving import WAVE, WaveWorld

HAM = Item("HAM", units={"case": Decimal(4)}, catch_weight=True)


def ham(quantity: object = 10, kg: object = "25", lot: str = "H1", **more: Any) -> GoodsLine:
    """A line of hams, with what they weigh together."""
    return goods(lot, quantity, sku="HAM", weight_kg=None if kg is None else Decimal(str(kg)), **more)


@pytest.fixture
def world() -> World:
    """An owner with a second site, who sells hams by the piece and weighs them."""
    world = World(Settings(sites=(SITE, "THERE")))
    world.told(DefineSite(Site("THERE")))
    world.told(DefineItem(HAM))
    return world


def weights(world: World) -> dict[tuple[str | None, str, str], int]:
    """What lies where in grams: lot, place and condition."""
    return {(row.lot, row.location, row.status): grams for row, grams in world.ledger.weights.items()}


def line(quantity: object = 1, kg: object = None, lot: str | None = "H1", **more: Any) -> StockLine:
    """A line of a document about hams that are there."""
    weight = None if kg is None else Decimal(str(kg))
    return StockLine("1", "HAM", lot, more.pop("location", "BIN"), Decimal(str(quantity)), weight_kg=weight, **more)


def taken(world: World, number: str, quantity: int, kg: object = None) -> PickLine:
    """A line of a pick of an order's first task."""
    weight = None if kg is None else Decimal(str(kg))
    return PickLine(world.parts(number)[0].task, None, None, None, Decimal(quantity), weight_kg=weight)


# ---- Receipts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kg", "code"),
    [
        ("0", Code.NOT_POSITIVE), ("-1", Code.NOT_POSITIVE), ("1.0005", Code.NOT_A_MULTIPLE),
        ("NaN", Code.FIELD_INVALID), ("1000000001", Code.TOO_LARGE),
    ],
)  # fmt: skip
def test_what_nothing_weighs_is_refused(world: World, kg: str, code: Code) -> None:
    """Of what has happened `test_sifting` tells."""
    assert world.refused(world.receipt(goods("L1", 3), ham(kg=kg), happened=False)) == (code, "lines.1.weight_kg")
    world.told(world.receipt(ham(10, 25)))
    world.place("#1", wanted("1", 2, "HAM"))
    said = ShippedLine("1", None, Decimal(2), weight_kg=Decimal(kg))
    told = {
        "lines.0.weight_kg": (
            world.pick("#1", taken(world, "#1", 2, kg)),
            AdjustStock(SITE, False, None, None, "A1", (line(-1, kg),)),
            CountStock(SITE, False, "c", None, "C1", (line(9, kg),)),
            corrects(wrong("H1@BIN", weight_kg=Decimal(kg))),
        ),
        "orders.0.lines.0.weight_kg": (world.ship("#1", said),),
    }
    for field, command in ((field, command) for field, commands in told.items() for command in commands):
        assert world.refused(command) == (code, field)


def test_a_receipt_says_what_its_goods_weigh(world: World) -> None:
    """Asked, a line without a weight is refused; what came is kept in quarantine, with a discrepancy."""
    told = world.receipt(goods("L1", 3), ham(kg=None), happened=False)
    assert world.refused(told) == (Code.FIELD_MISSING, "lines.1.weight_kg")
    booked = only(world.told(replace(told, happened=True)), StockReceived).lines[1]
    assert (booked.row.status, booked.weight_g, booked.discrepancy) == ("quarantine", 0, "field_missing")
    assert world.row("H1", status="quarantine").on_hand == 10
    assert weights(world) == {}


def test_goods_in_quarantine_are_weighed_later(world: World) -> None:
    """A correction of the receipt, or a count, says what goods weigh that came without it."""
    world.told(world.receipt(ham(kg=None, line="1")))
    good = corrects(wrong("1", status="good"))
    assert world.refused(good) == (Code.FIELD_MISSING, "lines.0.weight_kg")
    world.told(corrects(wrong("1", status="good", weight_kg=Decimal("24.5"))))
    assert weights(world) == {("H1", "BIN", "good"): 24_500}
    world.told(world.receipt(ham(4, None, "H2", line="1"), number="R2"))
    status = {"status": "quarantine"}
    world.told(CountStock(SITE, True, "c", None, "C1", (line(4, "9.6", "H2", **status),)))
    assert weights(world)["H2", "BIN", "quarantine"] == 9_600
    world.told(ChangeStatus(SITE, True, "qa", None, "S1", (line(4, None, "H2", status="quarantine", to="good"),)))
    assert weights(world)["H2", "BIN", "good"] == 9_600


def test_an_item_that_is_not_weighed_has_no_weight(world: World) -> None:
    """Asked, its weight is refused; what has happened is booked without it, and a person is told."""
    told = world.receipt(goods("L1", 3, weight_kg=Decimal(4)), happened=False)
    assert world.refused(told) == (Code.FIELD_INVALID, "lines.0.weight_kg")
    events = world.told(replace(told, happened=True))
    assert kinds(events)[:2] == ["StockReceived", "DiscrepancyNoted"]
    assert only(events, StockReceived).lines[0].row.status == "good"
    moved = AdjustStock(SITE, False, None, None, "A1", (replace(line(-1, 1, "L1"), sku="TEA"),))
    assert world.refused(moved) == (Code.FIELD_INVALID, "lines.0.weight_kg")
    assert kinds(world.told(replace(moved, happened=True))) == ["StockAdjusted", "DiscrepancyNoted"]
    assert world.ledger.weights == {}


def test_what_came_is_told_with_its_weight_when_a_receipt_is_closed(world: World) -> None:
    """Lines of a lot are added up; a correction tells the receipt again with what it weighs by then."""
    events = world.told(world.receipt(ham(10, 25, line="1"), ham(2, 6, line="2"), final=True))
    assert [one.weight_g for one in only(events, ReceiptClosed).lines] == [31_000]
    events = world.told(corrects(wrong("1", 8)))
    assert [one.weight_g for one in only(events, ReceiptClosed).lines] == [26_000]
    # Taken off is what so many of the row weigh, on an average.
    assert weights(world) == {("H1", "BIN", "good"): 31_000 - 31_000 * 2 // 12}
    world.told(corrects(wrong("1", 9, weight_kg=Decimal("22.5")), correction="C2"))
    assert weights(world)["H1", "BIN", "good"] == 31_000 - 31_000 * 2 // 12 + 2_500


def test_a_correction_takes_the_weight_to_the_right_lot(world: World) -> None:
    """All that a line brought goes there with its weight; told anew it weighs that."""
    world.told(world.receipt(ham(10, 25, line="1")))
    world.told(corrects(wrong("1", lot="H9")))
    assert weights(world) == {("H9", "BIN", "good"): 25_000}
    world.told(corrects(wrong("1", lot="H8", weight_kg=Decimal(26)), correction="C2"))
    assert weights(world) == {("H8", "BIN", "good"): 26_000}
    world.told(corrects(wrong("1", 12), correction="C3"))
    assert weights(world)["H8", "BIN", "good"] == 26_000 + 26_000 * 2 // 10
    assert world.refused(corrects(wrong("1", weight_kg=Decimal(0)), correction="C4")) == (
        Code.NOT_POSITIVE, "lines.0.weight_kg",
    )  # fmt: skip
    world.told(corrects(wrong("1", 0), correction="C5"))
    assert weights(world) == {}


def test_a_correction_to_an_item_that_is_not_weighed_leaves_the_weight_behind(world: World) -> None:
    """And back again it has the weight that is told."""
    world.told(world.receipt(ham(10, 25, line="1")))
    world.told(corrects(wrong("1", sku="TEA", lot="T1")))
    assert world.ledger.weights == {}
    assert world.row("T1").on_hand == 10


def test_a_receipt_told_again_with_another_weight_is_corrected_instead(world: World) -> None:
    """Without a weight, or with the same one, it is a repeat; another weight of it changes nothing, and is told."""
    world.told(world.receipt(ham(2, 5)))
    assert world.told(world.receipt(ham(2, "5.000"))) == world.told(world.receipt(ham(2, None))) == ()
    other = world.receipt(ham(2, 6))
    assert world.refused(replace(other, happened=False)) == (Code.CONFLICTING_CONTENT, "lines.0.line")
    assert kinds(world.told(other)) == ["DiscrepancyNoted"]
    assert weights(world) == {("H1", "BIN", "good"): 5_000}


def test_a_line_that_is_of_a_weighed_item_after_all_says_what_it_weighs(world: World) -> None:
    """What it weighed as another item before is nothing to go by; asked without a weight it is refused."""
    world.told(world.receipt(ham(3, 9, line="1")))
    world.told(corrects(wrong("1", sku="TEA")))
    back = corrects(wrong("1", sku="HAM"), correction="C2")
    assert world.refused(back) == (Code.FIELD_MISSING, "lines.0.weight_kg")
    world.told(replace(back, happened=True))
    assert (world.ledger.weights, world.row("H1", status="quarantine").on_hand) == ({}, 3)
    world.told(corrects(wrong("1", status="good", weight_kg=Decimal(10)), correction="C3"))
    assert weights(world) == {("H1", "BIN", "good"): 10_000}


# ---- Picks and shipments --------------------------------------------------------------------------------------------


def test_picks_take_what_was_weighed_and_the_last_unit_the_rest(world: World) -> None:
    """An actual weight is taken from the row; else a share of it, rounded down; nothing is left of an empty row."""
    world.told(world.receipt(ham(10, "25.001")))
    world.place("#1", wanted("1", 10, "HAM"))
    world.told(world.pick("#1", taken(world, "#1", 3, "8.2")))
    assert weights(world) == {("H1", "BIN", "good"): 16_801, ("H1", "STAGING", "good"): 8_200}
    world.told(world.pick("#1", taken(world, "#1", 2)))
    assert weights(world)["H1", "BIN", "good"] == 16_801 - 16_801 * 2 // 7
    world.told(world.pick("#1", taken(world, "#1", 5)))
    assert weights(world) == {("H1", "STAGING", "good"): 25_001}
    shipped = only(world.told(world.ship("#1")), ShipmentConfirmed)
    assert sum(part.weight_g for part in shipped.shipped) == 25_001
    assert world.ledger.weights == {}
    assert world.line("#1").shipped_g == 25_001


def test_a_scale_that_shows_more_than_the_books_have_is_believed(world: World) -> None:
    """What leaves weighs what was read; the row is corrected by the difference, and weighs nothing when it is empty."""
    world.told(world.receipt(ham(2, 5)))
    world.place("#1", wanted("1", 2, "HAM"))
    events = world.told(world.pick("#1", taken(world, "#1", 2, "5.25")))
    (change,) = only(events, GoodsWeighed).changes
    assert (change.row.location, change.weight_g) == ("BIN", 250)
    (left,) = only(
        world.told(world.ship("#1", ShippedLine("1", None, Decimal(2), weight_kg=Decimal("5.2")))), GoodsWeighed
    ).changes
    assert (left.row.location, left.weight_g) == ("STAGING", -50)
    assert world.ledger.weights == {}
    assert world.line("#1").shipped_g == 5_200


def test_one_pick_of_several_rows_shares_its_weight(world: World) -> None:
    """What was weighed together weighs by how much of it came from each bin, to the gram."""
    world.told(world.receipt(ham(2, 5), ham(1, 3, "H1", location="BIN2")))
    world.place("#1", wanted("1", 3, "HAM"))
    said = PickLine(None, "1", None, None, Decimal(3), weight_kg=Decimal("8.000"))
    picks = only(world.told(world.pick("#1", said)), StockPicked).picks
    assert sorted(pick.weight_g for pick in picks) == [2_667, 5_333]
    assert sum(weights(world).values()) == 8_000
    world.told(UndoPick(SITE, True, "scanner", None, key("#1")))
    assert {place: grams for (_, place, _), grams in weights(world).items()} == {"BIN": 5_334, "BIN2": 2_666}


def test_picks_of_goods_that_are_not_weighed_have_no_weight(world: World) -> None:
    """Asked, their weight is refused; what has happened is booked without it, and a person is told."""
    world.told(world.receipt(goods("L1", 10)))
    world.place("#1", wanted("1", 2, "TEA"))
    pick = world.pick("#1", taken(world, "#1", 2, 1))
    assert world.refused(pick) == (Code.FIELD_INVALID, "lines.0.weight_kg")
    assert kinds(world.told(replace(pick, happened=True))) == ["StockPicked", "DiscrepancyNoted"]
    ship = world.ship("#1", ShippedLine("1", None, Decimal(2), weight_kg=Decimal(1)))
    assert world.refused(ship) == (Code.FIELD_INVALID, "orders.0.lines.0.weight_kg")
    events = world.told(replace(ship, happened=True))
    assert [one.code for one in events if isinstance(one, DiscrepancyNoted)] == ["field_invalid"]
    assert world.ledger.weights == {}


def test_a_kit_is_not_weighed(world: World) -> None:
    """Its components are: a kit with a weight is refused, and so is the weight of several components together."""
    kit = Item("BOX", kit={"HAM": Decimal(1), "TEA": Decimal(2)})
    assert world.refused(DefineItem(replace(kit, catch_weight=True))) == (Code.FIELD_INVALID, "item.catch_weight")
    world.told(DefineItem(kit))
    world.told(world.receipt(ham(10, 25), goods("L1", 10)))
    world.place("#1", wanted("1", 2, "BOX"))
    said = PickLine(None, "1", None, None, Decimal(2), weight_kg=Decimal(5))
    pick = world.pick("#1", said)
    assert world.refused(pick) == (Code.FIELD_INVALID, "lines.0.weight_kg")
    ship = world.ship("#1", ShippedLine("1", None, Decimal(2), weight_kg=Decimal(5)))
    assert world.refused(ship) == (Code.FIELD_INVALID, "orders.0.lines.0.weight_kg")
    events = world.told(replace(pick, happened=True))
    assert sum(isinstance(one, DiscrepancyNoted) for one in events) == 1
    of_ham = PickLine(None, "1", None, None, Decimal(1), sku="HAM", weight_kg=Decimal(3))
    world.place("#2", wanted("1", 1, "BOX"))
    assert only(world.told(world.pick("#2", of_ham)), StockPicked).picks[0].weight_g == 3_000


def test_a_voided_shipment_comes_back_with_its_weight(world: World) -> None:
    """And the line says no more that it has left."""
    world.told(world.receipt(ham(10, 25)))
    world.place("#1", wanted("1", 4, "HAM"))
    world.told(world.ship("#1", ShippedLine("1", None, Decimal(4), weight_kg=Decimal("11.1"))))
    assert weights(world) == {("H1", "BIN", "good"): 13_900}
    world.told(VoidShipment(SITE, True, "gate", None, "S1"))
    assert sum(weights(world).values()) == 25_000
    assert world.line("#1").shipped_g == 0


@pytest.mark.parametrize(("kg", "grams"), [(None, 5_550), ("5.4", 5_400)])
def test_returned_goods_weigh_what_they_weighed_when_they_left(world: World, kg: str | None, grams: int) -> None:
    """On an average of their order line, unless they are weighed again."""
    world.told(world.receipt(ham(10, 25)))
    world.place("#1", wanted("1", 4, "HAM"))
    world.told(world.ship("#1", ShippedLine("1", None, Decimal(4), weight_kg=Decimal("11.1"))))
    back = ReturnGoods(SITE, True, "dock", None, "RMA1", key("#1"), (line(2, kg, location="R"),))
    assert only(world.told(back), GoodsReturned).lines[0].weight_g == grams
    assert weights(world)["H1", "R", "good"] == grams


# ---- Stock that is there --------------------------------------------------------------------------------------------


def test_goods_that_move_take_their_weight_along(world: World) -> None:
    """Moves, changes of status and transfers share a row's weight; what was weighed on the way weighs that."""
    world.told(world.receipt(ham(10, 25)))
    world.told(MoveStock(SITE, True, None, None, "M1", (line(4, to="B2"),)))
    world.told(ChangeStatus(SITE, True, None, None, "S1", (line(1, location="B2", status="good", to="damaged"),)))
    assert weights(world) == {
        ("H1", "BIN", "good"): 15_000, ("H1", "B2", "good"): 7_500, ("H1", "B2", "damaged"): 2_500,
    }  # fmt: skip
    world.told(ShipTransfer(SITE, True, "gate", None, "T1", "THERE", (line(3, "7.8", location="B2", status="good"),)))
    assert weights(world)["H1", "TRANSIT/T1", "good"] == 7_800
    came = ArrivedLine("1", Decimal(2), location="R1", weight_kg=Decimal("5.1"))
    world.told(ReceiveTransfer("THERE", True, "dock", None, "T1", None, False, (came,)))
    assert (weights(world)["H1", "R1", "good"], weights(world)["H1", "TRANSIT/T1", "good"]) == (5_100, 2_700)
    last = ArrivedLine("1", Decimal(1), transfer_line="1", location="R1")
    events = world.told(ReceiveTransfer("THERE", True, "dock", None, "T1", "2", True, (replace(last, line="2"),)))
    assert weights(world)["H1", "R1", "good"] == 7_800
    assert all(move.weight_g == 2_700 for event in events for move in moves_of(event))


def test_adjusted_goods_weigh_what_is_told_or_their_share(world: World) -> None:
    """Goods that were found weigh as those beside them; to weigh what is there is not to adjust it."""
    world.told(world.receipt(ham(10, 25)))
    world.told(AdjustStock(SITE, True, None, None, "A1", (line(-2, "4.4"),)))
    world.told(AdjustStock(SITE, True, None, None, "A2", (line(1),)))
    assert weights(world) == {("H1", "BIN", "good"): 20_600 + 20_600 // 8}
    nothing = AdjustStock(SITE, False, None, None, "A3", (line(0, 1),))
    assert world.refused(nothing) == (Code.FIELD_INVALID, "lines.0.weight_kg")
    assert kinds(world.told(replace(nothing, happened=True)))[-1] == "DiscrepancyNoted"
    world.told(AdjustStock(SITE, True, None, None, "A4", (line(-9),)))
    assert world.ledger.weights == {}


def test_a_scale_corrects_goods_when_they_were_weighed(world: World) -> None:
    """Told late, the correction has the time of its document; without a time it has the record's own."""
    world.told(world.receipt(ham(10, 25)))
    for number, at in (("C1", datetime(2026, 8, 20, tzinfo=UTC)), ("C2", None)):
        counted = CountStock(SITE, True, "c", at, number, (line(9, "22.2" if at else "22"),))
        assert only(world.told(counted), GoodsWeighed).at == at


def test_a_count_weighs_the_bin(world: World) -> None:
    """What was found weighs what the scale showed, whatever the books said; as it was then, nobody can weigh it."""
    world.told(world.receipt(ham(10, 25)))
    events = world.told(CountStock(SITE, True, "c", None, "C1", (line(9, "22.2"),)))
    assert weights(world) == {("H1", "BIN", "good"): 22_200}
    assert only(events, GoodsWeighed).changes[0].weight_g == -300
    assert kinds(world.told(CountStock(SITE, True, "c", None, "C2", (line(9, "22.2"),)))) == ["StockCounted"]
    assert world.refused(CountStock(SITE, False, "c", None, "C3", (line(0, "1"),)))[1] == "lines.0.weight_kg"
    assert world.told(CountStock(SITE, True, "c", None, "C4", (line(0, "1"),))) != ()
    assert world.ledger.weights == {}


def test_goods_that_make_up_for_a_deficit_have_left_with_their_weight(world: World) -> None:
    """What is in a row afterwards weighs its share; a deficit never weighs anything."""
    world.stock(ham(-4, None))
    world.told(world.receipt(ham(2, 6, line="a")))
    assert world.ledger.weights == {}
    world.told(world.receipt(ham(4, 10, line="b"), number="R2"))
    assert weights(world) == {("H1", "BIN", "good"): 5_000}
    assert world.row("H1").on_hand == 2


def test_weights_are_frozen_while_goods_have_them(world: World) -> None:
    """An item may be weighed from any time on; it is no more when nothing of it is there that was."""
    world.told(world.receipt(ham(2, 5)))
    never = replace(HAM, version=2, catch_weight=False)
    assert world.refused(DefineItem(never)) == (Code.CONFLICTING_CONTENT, "item.catch_weight")
    world.told(AdjustStock(SITE, True, None, None, "A1", (line(-2),)))
    world.told(DefineItem(never))
    world.told(world.receipt(replace(ham(2, None), line="9"), number="R9"))
    world.told(DefineItem(replace(HAM, version=3)))
    assert world.row("H1").on_hand == 2
    assert world.ledger.weights == {}


# ---- Other ways of goods --------------------------------------------------------------------------------------------


def test_goods_change_their_owner_with_their_weight(world: World) -> None:
    """What was read is shared by the rows it came from; the buyer books it, or is asked for it."""
    world.told(world.receipt(ham(10, 25), ham(3, 9, package="P1", line="2")))
    sold = line(12, "32.5")
    assert world.refused(sell(replace(sold, weight_kg=Decimal(0)))) == (Code.NOT_POSITIVE, "lines.0.weight_kg")
    title = only(world.told(sell(sold)), TitleReleased).title
    assert [one.weight_g for one in title.lines] == [32_500 * 10 // 12, 32_500 - 32_500 * 10 // 12]
    bought = buy(ham(12, None, "Z1", line="1"), happened=False)
    assert world.refused(bought) == (Code.FIELD_MISSING, "lines.0.weight_kg")
    world.told(buy(ham(12, "32.5", "Z1", line="1")))
    assert weights(world)["Z1", "BIN", "good"] == 32_500


def test_what_is_made_says_what_it_weighs(world: World) -> None:
    """Asked, it is refused without; what was made all the same is kept in quarantine."""
    world.told(world.receipt(goods("L1", 10), ham(4, 10)))
    used = KitPiece("u", "HAM", "H1", "BIN", Decimal(2), weight_kg=Decimal("5.5"))
    made = MadeLine("m", "HAM", "H2", "BIN", Decimal(8), weight_kg=Decimal("5.1"))
    told = RecordProduction(SITE, False, None, None, "P1", (used,), (made,))
    missing = replace(told, made=(replace(made, weight_kg=None),))
    assert world.refused(missing) == (Code.FIELD_MISSING, "made.0.weight_kg")
    world.told(told)
    assert weights(world) == {("H1", "BIN", "good"): 4_500, ("H2", "BIN", "good"): 5_100}
    (again,) = (replace(missing, production="P2", happened=True),)
    assert only(world.told(again), ProductionRecorded).made[0].row.status == "quarantine"


def test_a_unit_on_hold_is_set_apart_with_its_weight(world: World) -> None:
    """Its share of the row, and back again; of a unit that is not in stock nothing moves."""
    world.told(DefineItem(Item("PUMP", tracking=Tracking.SERIAL, catch_weight=True)))
    units = goods("P", 3, sku="PUMP", serials=("S1", "S2", "S3"), weight_kg=Decimal(10))
    world.told(world.receipt(units))
    world.told(PlaceSerialHold(Hold("h", HoldKind.HOLD), "PUMP", "S1"))
    assert weights(world) == {("P", "BIN", "good"): 6_667, ("P", "BIN", "quarantine"): 3_333}
    world.told(PlaceSerialHold(Hold("h2", HoldKind.HOLD), "PUMP", "S1"))
    world.told(LiftSerialHold(None, "PUMP", "S1"))
    assert weights(world) == {("P", "BIN", "good"): 10_000}


def test_lots_that_become_others_keep_their_weight(world: World) -> None:
    """Corrected, split, merged, renamed: nothing is lost but what a deficit has that is found beside them."""
    world.told(world.receipt(ham(10, 25), ham(4, 12, "H2", line="2")))
    world.told(CorrectLot("LC", "HAM", "H1", to_lot="N1"))
    assert weights(world)["N1", "BIN", "good"] == 25_000
    world.told(SplitLot(SITE, "LS", "HAM", "N1", (SplitPart("N2", (SplitLine("BIN", Decimal(3)),)),)))
    assert (weights(world)["N1", "BIN", "good"], weights(world)["N2", "BIN", "good"]) == (17_500, 7_500)
    world.stock(ham(-2, None, "H2", line="3"))
    assert weights(world)["H2", "BIN", "good"] == 6_000
    world.told(MergeLots("LM", "HAM", ("N2",), "H2"))
    assert weights(world)["H2", "BIN", "good"] == 13_500
    world.told(RenameItem("HAM", "GAMMON"))
    assert {row.sku for row in world.ledger.weights} == {"GAMMON"}
    assert sum(weights(world).values()) == 31_000


def test_a_wave_shares_what_was_read_among_its_orders() -> None:
    """One task serves two orders; each gets its part of the weight, and no gram is left over."""
    world = WaveWorld()
    world.told(DefineItem(HAM))
    world.told(world.receipt(ham(10, 25)))
    for number, units in (("#1", 1), ("#2", 2)):
        world.place(number, wanted("1", units, "HAM"))
    world.told(world.release("#1", "#2"))
    task = world.task("H1")
    said = PickLine(task, None, None, None, Decimal(3), weight_kg=Decimal("8.000"))
    bad = WorkOnWave(WAVE, confirm(replace(said, weight_kg=Decimal(0))))
    assert world.refused(bad) == (Code.NOT_POSITIVE, "lines.0.weight_kg")
    events = world.told(WorkOnWave(WAVE, confirm(said)))
    grams = [pick.weight_g for event in events if isinstance(event, StockPicked) for pick in event.picks]
    assert (sorted(grams), sum(grams)) == ([2_666, 5_334], 8_000)


def confirm(*lines: PickLine) -> ConfirmPick:
    """What was taken for the tasks of a wave."""
    return ConfirmPick(SITE, False, None, None, nobody(WAVE), None, lines)


def test_goods_with_several_labels_are_weighed_together(world: World) -> None:
    """What all labels weigh is what the row weighs; one without a weight leaves it open."""
    world.told(world.receipt(ham(3, 9), ham(5, 15, "H2", line="2")))
    world.told(MergeLots("LM", "HAM", ("H2",), "H1"))
    lines = line(3, "9.1"), replace(line(5, "15.3", "H2"), line="2")
    world.told(CountStock(SITE, True, "c", None, "C1", lines))
    assert weights(world) == {("H1", "BIN", "good"): 24_400}
    half = CountStock(SITE, False, "c", None, "C2", (lines[0], replace(lines[1], weight_kg=None)))
    assert world.refused(half) == (Code.FIELD_MISSING, "lines.0.weight_kg")
    of_tea = CountStock(SITE, False, "c", None, "C3", (replace(line(1, "1", None), sku="TEA"),))
    assert world.refused(of_tea)[0] == Code.FIELD_INVALID
