"""What lines of a message say that cannot be: refused when asked, left out and told of when it has happened."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    AdjustStock,
    AssembleKit,
    BreakKit,
    ChangeStatus,
    ConfirmShipment,
    CorrectShipment,
    CountStock,
    DefineItem,
    DefineSite,
    KitPiece,
    MadeLine,
    MoveStock,
    PackedLine,
    PackPackage,
    PickLine,
    PieceMade,
    PutAway,
    RecordProduction,
    ReportShort,
    ReturnGoods,
    ShippedLine,
    ShippedOrder,
    ShippedPackage,
    ShortLine,
    UndoneLine,
)
from lotstream.domain.events import (
    DiscrepancyNoted,
    KitAssembled,
    PackagesChanged,
    ProductionRecorded,
    ShipmentConfirmed,
    StockReceived,
)
from lotstream.domain.genealogy import descendants
from lotstream.domain.model import Item, LotName, PackageKind, Settings, Site
from lotstream.domain.quantities import QUANTITY_MAX
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, kinds, only, wanted
from tests.unit.domain.test_catch_weight import HAM, ham, line, taken, weights
from tests.unit.domain.test_receipt_corrected import corrects, wrong
from tests.unit.domain.test_return_inspected import SCRAP, inspect
from tests.unit.domain.test_return_inspected import line as inspected
from tests.unit.domain.test_stock import back, replayed, said
from tests.unit.domain.test_titles import buy, sell
from tests.unit.domain.test_transfers import arrive, came, ship
from tests.unit.domain.waving import WAVE, WaveWorld, pick, short, three_orders, undo

SAUSAGE = Item("SAUSAGE", recipe={"HAM": Decimal(0)})
PLATTER = Item("PLATTER", kit={"HAM": Decimal(1)})


@pytest.fixture
def world() -> World:
    """Ten hams of 25 kg in a bin, two of them picked, two that have left; and what they are made into."""
    world = World(Settings(sites=(SITE, "THERE")))
    world.told(DefineSite(Site("THERE")))
    for item in (HAM, SAUSAGE, PLATTER):
        world.told(DefineItem(item))
    world.told(world.receipt(ham(10, 25, line="1"), number="R0"))
    world.place("#1", wanted("1", 2, "HAM"), wanted("2", 2, "HAM"))
    world.told(world.pick("#1", taken(world, "#1", 2)))
    return world


def noted(events: Any) -> list[DiscrepancyNoted]:
    """What people are told of."""
    return [event for event in events if isinstance(event, DiscrepancyNoted)]


def refused_or_left_out(world: World, asked: Any, code: Code, field: str, told: str) -> tuple[Any, ...]:
    """Fail unless a document is refused, and books without it what has happened; returns what follows from that."""
    assert world.refused(asked) == (code, field)
    events = world.told(replace(asked, happened=True))
    (one,) = [one for one in noted(events) if one.code == code.value]
    assert one.about[field.rpartition(".")[2]] == told
    return events


def one(quantity: object = 1, **more: Any) -> Any:
    """A line of hams that weigh less than nothing."""
    return line(quantity, "-1.5", **more)


BAD_KG = Decimal("-1.5")

DOCUMENTS: dict[str, tuple[str, Callable[[World], Any]]] = {
    "receipt": ("lines.0", lambda world: world.receipt(ham(3, "-1.5", "H2"), happened=False)),
    "correction": (
        "lines.0", lambda _: corrects(wrong("1", 9, weight_kg=BAD_KG), receipt="R0", happened=False),
    ),
    "adjustment": ("lines.0", lambda _: AdjustStock(SITE, False, None, None, "A", (one(-1),))),
    "count": ("lines.0", lambda _: CountStock(SITE, False, None, None, "C", (one(7),))),
    "move": ("lines.0", lambda _: MoveStock(SITE, False, None, None, "M", (one(to="B2"),))),
    "put-away": ("lines.0", lambda _: PutAway(SITE, False, None, None, "M", (one(to="B2"),))),
    "change": ("lines.0", lambda _: ChangeStatus(SITE, False, None, None, "T", (one(to="damaged"),))),
    "transfer": ("lines.0", lambda _: ship(one())),
    "title": ("lines.0", lambda _: sell(one())),
    "production": (
        "used.0",
        lambda _: RecordProduction(
            SITE, False, None, None, "P", (KitPiece("1", "HAM", "H1", "BIN", Decimal(1), weight_kg=BAD_KG),),
            (MadeLine("M", "SAUSAGE", "S1", "OUT", Decimal(5)),),
        ),
    ),
    "assembly": (
        "lines.0",
        lambda _: AssembleKit(
            SITE, False, None, None, "K", "PLATTER", "P1", "OUT", Decimal(1),
            (KitPiece("1", "HAM", "H1", "BIN", Decimal(1), weight_kg=BAD_KG),),
        ),
    ),
    "pick": ("lines.0", lambda world: world.pick("#1", PickLine(None, "2", None, None, Decimal(1), weight_kg=BAD_KG))),
    "short": (
        "lines.0",
        lambda world: ReportShort(
            SITE, False, None, None, key("#1"), None,
            (ShortLine(None, "2", None, None, Decimal(1), weight_kg=BAD_KG),),
        ),
    ),
    "shipment": (
        "orders.0.lines.0", lambda world: world.ship("#1", ShippedLine("1", None, Decimal(2), weight_kg=BAD_KG)),
    ),
}  # fmt: skip
"""Documents of which a line weighs less than nothing."""


@pytest.mark.parametrize("document", DOCUMENTS)
def test_goods_of_an_impossible_weight_are_booked_without_it(world: World, document: str) -> None:
    """Asked, it is refused; happened, they weigh what is known of them, and people are told what was said."""
    path, said = DOCUMENTS[document]
    command = said(world)
    events = refused_or_left_out(world, command, Code.NOT_POSITIVE, f"{path}.weight_kg", "-1.5")
    assert any(not isinstance(event, DiscrepancyNoted) for event in events)
    assert all(grams > 0 for grams in world.ledger.weights.values())
    if document not in {"pick", "short"}:
        # Those have no number, by which a repeat would be known.
        assert noted(world.told(replace(command, happened=True))) == []
    replayed(world)


@pytest.mark.parametrize(
    ("kg", "code"),
    [("0", Code.NOT_POSITIVE), ("1.0005", Code.NOT_A_MULTIPLE), ("NaN", Code.FIELD_INVALID), ("1E+10", Code.TOO_LARGE)],
)
def test_goods_that_came_with_an_impossible_weight_wait_for_theirs(world: World, kg: str, code: Code) -> None:
    """They are booked in quarantine as those that came without one, and the other lines of the truck are good."""
    command = world.receipt(goods("L1", 3), ham(4, kg, "H2", line="2"), happened=False)
    assert world.refused(command) == (code, "lines.1.weight_kg")
    events = world.told(replace(command, happened=True))
    assert [line.row.status for line in only(events, StockReceived).lines] == ["good", "quarantine"]
    (told,) = noted(events)
    assert (told.code, told.about["receipt"], told.about["line"], told.about["lot"]) == (code.value, "R1", "2", "H2")
    world.told(corrects(wrong("2", status="good", weight_kg=Decimal(9))))
    assert weights(world)["H2", "BIN", "good"] == 9_000


def test_goods_that_travel_and_come_back_with_an_impossible_weight(world: World) -> None:
    """They weigh their share of what left: on the truck, off it, and out of a customer's parcel."""
    world.told(ship(line(2)))
    refused_or_left_out(world, arrive(came(2, weight_kg=Decimal(0))), Code.NOT_POSITIVE, "lines.0.weight_kg", "0")
    assert weights(world)["H1", "R1", "good"] == 5_000
    world.told(world.ship("#1"))
    returned = ReturnGoods(SITE, False, None, None, "RMA", key("#1"), (line(1, 0, location="BACK"),))
    events = refused_or_left_out(world, returned, Code.NOT_POSITIVE, "lines.0.weight_kg", "0")
    assert noted(events)[0].about["return"] == "RMA"
    assert weights(world)["H1", "BACK", "good"] == 2_500


def test_a_repeat_says_nothing_of_what_was_left_out_before(world: World) -> None:
    """The same receipt with one line more tells people of that line alone; the weight of a line in it is not asked."""
    first = world.receipt(ham(4, 0, "H2", line="1"))
    assert len(noted(world.told(first))) == 1
    events = world.told(replace(first, lines=(*first.lines, ham(4, 0, "H3", line="2"))))
    assert [one.about["lot"] for one in noted(events)] == ["H3"]


@pytest.mark.parametrize(
    ("cost", "code"), [("-0.01", Code.FIELD_INVALID), ("NaN", Code.FIELD_INVALID), ("1E+17", Code.TOO_LARGE)]
)
def test_goods_of_an_impossible_cost_are_booked_without_it(world: World, cost: str, code: Code) -> None:
    """Nothing is known of what they cost, and people are told what was said; what was known stays."""
    command = world.receipt(goods("L1", cost=Decimal(cost), line="1"), goods("L2"), happened=False)
    told = f"{Decimal(cost):f}"
    events = refused_or_left_out(world, command, code, "lines.0.cost", told)
    assert [line.cost for line in only(events, StockReceived).lines] == [None, None]
    world.told(corrects(wrong("1", cost=Decimal(4))))
    refused_or_left_out(
        world, corrects(wrong("1", 9, cost=Decimal(cost)), correction="X", happened=False), code, "lines.0.cost", told
    )
    assert world.ledger.lots["TEA", "L1"].more.cost_total == 36  # type: ignore[union-attr]  # it has one
    piece, out = KitPiece("1", "HAM", "H1", "BIN", Decimal(1)), MadeLine("M", "SAUSAGE", "S1", "OUT", Decimal(5))
    made = RecordProduction(SITE, False, None, None, "P", (piece,), (replace(out, cost=Decimal(cost)),))
    refused_or_left_out(world, made, code, "made.0.cost", told)
    assert world.row("S1", "OUT").on_hand == 5
    added = replace(made, production="P2", made=(replace(out, lot="S2"),), added_cost=Decimal(cost))
    assert only(refused_or_left_out(world, added, code, "added_cost", told), ProductionRecorded).added_cost is None


def test_a_line_that_names_no_goods_keeps_no_other_out(world: World) -> None:
    """It is told to people with all it says, and what the other lines say came, changed owner or left is booked."""
    nameless = goods("L9", 4, sku="", line="1", package="PAL-7", serials=("A", "B"))
    for command in (world.receipt(nameless, goods("L2"), happened=False), buy(nameless, goods("L3"), happened=False)):
        assert world.refused(command) == (Code.FIELD_MISSING, "lines.0.sku")
        (told,) = noted(world.told(replace(command, happened=True)))
        assert (told.code, told.quantity, told.about["lot"]) == ("field_missing", Decimal(4), "L9")
        assert (told.about["package"], told.about["serials"]) == ("PAL-7", "A, B")
    assert {row.lot for row in world.ledger.stock} >= {"L2", "L3"}
    picked = (
        PickLine(None, None, None, "BIN", Decimal(3), "case"),
        PickLine(None, None, "L2", None, Decimal(3), sku="TEA"),
    )
    events = world.told(world.pick("#9", *picked, happened=True))
    assert [one.about.get("quantity") for one in noted(events) if one.code == "field_missing"] == ["3"]
    assert world.row("L2", "STAGING").on_hand == 3
    gone = ShippedLine("1", "L7", Decimal(2), location="BIN"), ShippedLine("2", "L2", Decimal(2), sku="TEA")
    assert world.refused(world.ship("#9", *gone))[0] is Code.UNKNOWN_ORDER
    events = world.told(world.ship("#9", *gone, happened=True))
    assert [(one.lot, one.quantity) for one in only(events, ShipmentConfirmed).shipped] == [("L2", 2)]
    assert [one.about["lot"] for one in noted(events) if one.code == "field_missing"] == ["L7"]


@pytest.mark.parametrize(
    "command",
    [
        lambda world: world.receipt(goods("L1", 4, line="1"), goods("L2", 5, line="1"), happened=False),
        lambda _: AdjustStock(SITE, False, None, None, "A", (line(-1), line(-2))),
        lambda _: MoveStock(SITE, False, None, None, "M", (line(1, to="B2"), line(2, to="B3"))),
        lambda _: ship(line(1), line(2)),
        lambda _: sell(line(1), line(2)),
        lambda _: corrects(wrong("1", 9), wrong("1", 8), receipt="R0", happened=False),
    ],
)
def test_a_line_that_is_there_twice_is_booked_once(world: World, command: Any) -> None:
    """The first one is, as where it is told again; of the other one people are told all it says."""
    asked = command(world)
    assert world.refused(asked) == (Code.FIELD_INVALID, "lines.1.line")
    events = world.told(replace(asked, happened=True))
    (told,) = noted(events)
    second = asked.lines[1]
    assert (told.code, told.about["line"], told.about["quantity"]) == ("field_invalid", "1", f"{second.quantity:f}")
    assert any(not isinstance(event, DiscrepancyNoted) for event in events)
    again = world.told(replace(asked, happened=True))
    assert [one for one in noted(again) if one.code == "field_invalid"] == [told]
    replayed(world)


def test_goods_counted_by_two_lines_of_one_id_are_counted_again(world: World) -> None:
    """Neither says all that lies there: both are told, other lines are booked, and with none of them it is refused."""
    world.stock(goods("L1", 90))
    half = CountStock(SITE, True, "ann", None, "C", (said(50), said(40)))
    assert world.refused(half) == (Code.FIELD_INVALID, "lines.0.line")
    other = said(3, "L2", line="2")
    events = world.told(replace(half, lines=(*half.lines, other)))
    assert sorted(one.about["quantity"] for one in noted(events) if one.code == "field_invalid") == ["40", "50"]
    assert world.row("L1").on_hand == 90


def test_what_was_made_of_goods_whose_line_is_there_twice_waits_in_quarantine(world: World) -> None:
    """The goods of the second line are not booked, but a recall of their lot finds what they went into."""
    world.told(world.receipt(ham(4, 10, "H2")))
    second = KitPiece("1", "HAM", "H2", "BIN", Decimal(1), weight_kg=Decimal("2.5"))
    both = (KitPiece("1", "HAM", "H1", "BIN", Decimal(1), weight_kg=Decimal("2.3")), second)
    made = MadeLine("M", "SAUSAGE", "S1", "OUT", Decimal(5))
    production = RecordProduction(SITE, False, None, None, "P", both, (made, replace(made, lot="S2")))
    assert world.refused(production) == (Code.FIELD_INVALID, "used.1.line")
    events = world.told(replace(production, happened=True))
    assert [one.row.status for one in only(events, ProductionRecorded).made] == ["quarantine"]
    assert [one.about["line"] for one in noted(events)] == ["1", "M"]
    assert [one.weight_g for one in only(events, ProductionRecorded).used] == [2_300]
    assert world.told(replace(production, happened=True)) == ()
    assembly = AssembleKit(SITE, False, None, None, "K", "PLATTER", "P1", "OUT", Decimal(2), both)
    assert world.refused(assembly) == (Code.FIELD_INVALID, "lines.1.line")
    events = world.told(replace(assembly, happened=True))
    assert [one.row.status for one in only(events, KitAssembled).made] == ["quarantine"]
    assert LotName("PLATTER", "P1") in descendants(world.ledger, [LotName("HAM", "H2")])
    assert world.told(replace(assembly, happened=True)) == ()
    taken_apart = BreakKit(
        SITE, False, None, None, "B", "PLATTER", "P1", "OUT", Decimal(1),
        (PieceMade("kits", "HAM", "H1", "BIN", Decimal(1)),),
    )  # fmt: skip
    told = noted(world.told(replace(taken_apart, happened=True)))
    assert [one.about["line"] for one in told if one.code == Code.FIELD_INVALID.value] == ["kits"]


def test_an_order_that_is_there_twice_leaves_together(world: World) -> None:
    """Both parts of it left with the truck; where one of them names nothing, all that was picked did."""
    first = ShippedOrder(key("#1"), (ShippedLine("1", None, Decimal(1)),))
    second = ShippedOrder(key("#1"), (ShippedLine("1", None, Decimal(1)),))
    command = ConfirmShipment(SITE, False, None, None, "S1", (first, second))
    assert world.refused(command) == (Code.FIELD_INVALID, "orders.1.order")
    events = world.told(replace(command, happened=True))
    assert [(one.line, one.quantity) for one in only(events, ShipmentConfirmed).shipped] == [("1", 1), ("1", 1)]
    assert [one.about for one in noted(events)] == [{"shipment": "S1", "order": "#1", "source": "shop"}]
    assert world.told(replace(command, happened=True)) == ()
    all_of_it = CorrectShipment(SITE, True, None, None, "S1", (replace(first, lines=()), second))
    assert world.told(all_of_it)
    assert world.line("#1").shipped == 2


def test_a_package_of_an_impossible_weight_is_packed_and_leaves(world: World) -> None:
    """Its weight is not known."""
    lines = (PackedLine(key("#1"), "1", None, None, Decimal(2)),)
    packing = PackPackage(SITE, False, None, None, "C1", PackageKind.CARTON, lines, weight_kg=Decimal(-1))
    events = refused_or_left_out(world, packing, Code.FIELD_INVALID, "weight_kg", "-1")
    assert only(events, PackagesChanged).packages[0].weight_kg is None
    leaving = world.ship("#1", packages=(ShippedPackage("C1", None, Decimal(-1)),))
    events = refused_or_left_out(world, leaving, Code.FIELD_INVALID, "packages.0.weight_kg", "-1")
    assert only(events, ShipmentConfirmed).packages[0].weight_kg is None


def test_nothing_is_no_inspection_of_a_line(world: World) -> None:
    """It is told to people, and the other line is booked."""
    world.told(world.ship("#1"))
    world.told(back("#1", replace(said(2, "H1", line="1"), sku="HAM"), number="RMA"))
    asked = inspect(inspected(0, SCRAP), inspected(1, SCRAP, name="2"))
    assert world.refused(asked) == (Code.NOT_POSITIVE, "lines.0.quantity")
    events = world.told(replace(asked, happened=True))
    assert kinds(events)[:2] == ["ReturnInspected", "DiscrepancyNoted"]
    assert [one.about["quantity"] for one in noted(events)] == ["0"]


def test_work_on_a_wave_that_does_not_say_which_task_is_told_with_all_it_says() -> None:
    """The other lines are booked; a line of an order beside its task is told, and the task is picked."""
    world: WaveWorld = three_orders()
    world.told(world.release("#2", "#3"))
    task = world.task()
    for asked in (pick(None, 2, lot="L1"), short(None, 2), undo(UndoneLine(quantity=Decimal(1)))):
        assert world.refused(asked) == (Code.FIELD_MISSING, "lines.0.task")
        (told,) = noted(world.told(replace(asked, said=replace(asked.said, happened=True))))
        assert (told.code, told.about["wave"]) == ("field_missing", WAVE)
    both = pick(task, 2, happened=True, line="1")
    assert world.refused(replace(both, said=replace(both.said, happened=False))) == (Code.FIELD_INVALID, "lines.0.line")
    assert kinds(world.told(both)) == ["StockPicked", "DiscrepancyNoted"]


def test_more_than_can_be_counted_is_no_cost() -> None:
    """The largest number that is a cost is taken."""
    world = World()
    events = world.told(world.receipt(goods("L1", 1, cost=Decimal(QUANTITY_MAX))))
    assert only(events, StockReceived).lines[0].cost == QUANTITY_MAX
