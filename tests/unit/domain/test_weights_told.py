"""Weights that are told of moves, changes of condition and short picks, and told again with something else."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    AdjustStock,
    ApproveCount,
    AssembleKit,
    ChangeSettings,
    ChangeStatus,
    CountStock,
    DefineItem,
    DefineSite,
    ImportedLine,
    ImportShipment,
    KitPiece,
    MadeLine,
    MoveStock,
    PutAway,
    RecordProduction,
    ReportShort,
    ReturnGoods,
    ShortLine,
    WorkOnWave,
    nobody,
)
from lotstream.domain.events import DiscrepancyNoted, GoodsReturned, ShipmentImported, StockPicked
from lotstream.domain.model import CountApproval, Item, Settings, Site
from lotstream.domain.movements import moves_of
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import TODAY, World, goods, key, kinds, only, wanted
from tests.unit.domain.test_catch_weight import HAM, ham, line, weights
from tests.unit.domain.test_counts import BEFORE
from tests.unit.domain.test_stock import replayed
from tests.unit.domain.test_transfers import arrive, came, ship
from tests.unit.domain.waving import WAVE, WaveWorld


@pytest.fixture
def world() -> World:
    """An owner with a second site, who sells hams by the piece and weighs them."""
    world = World(Settings(sites=(SITE, "THERE")))
    world.told(DefineSite(Site("THERE")))
    world.told(DefineItem(HAM))
    return world


def move(*lines: Any, happened: bool = False, number: str = "M1") -> MoveStock:
    """A move."""
    return MoveStock(SITE, happened, None, None, number, lines)


def turn(*lines: Any, happened: bool = False, number: str = "T1") -> ChangeStatus:
    """A change of condition."""
    return ChangeStatus(SITE, happened, None, None, number, lines)


def test_what_is_weighed_when_it_moves_weighs_that(world: World) -> None:
    """A move, a put-away and a change of condition say what they weigh; the rest of the row keeps the rest."""
    world.told(world.receipt(ham(10, 25)))
    world.told(move(line(2, "5.5", to="B2")))
    world.told(PutAway(SITE, False, None, None, "P1", (line(2, "4.5", to="B3"),)))
    world.told(turn(line(1, "2.4", to="damaged")))
    assert weights(world) == {
        ("H1", "BIN", "good"): 12_600, ("H1", "B2", "good"): 5_500, ("H1", "B3", "good"): 4_500,
        ("H1", "BIN", "damaged"): 2_400,
    }  # fmt: skip
    replayed(world)


@pytest.mark.parametrize("command", [move(line(1, "0", to="B2")), turn(line(1, "-1", to="damaged"))])
def test_what_nothing_weighs_is_refused(world: World, command: Any) -> None:
    """As everywhere."""
    world.told(world.receipt(ham(10, 25)))
    assert world.refused(command) == (Code.NOT_POSITIVE, "lines.0.weight_kg")


def test_goods_that_nobody_has_weighed_are_not_good_by_saying_so(world: World) -> None:
    """Asked it is refused; what has happened stays in quarantine; with their weight they are good."""
    world.told(world.receipt(ham(10, None)))
    good = turn(line(4, status="quarantine", to="good"))
    assert world.refused(good) == (Code.FIELD_MISSING, "lines.0.weight_kg")
    noted = only(world.told(replace(good, happened=True)), DiscrepancyNoted)
    assert noted.code == Code.FIELD_MISSING.value
    assert world.row("H1", status="quarantine").on_hand == 10
    world.told(turn(line(4, "9.5", status="quarantine", to="good"), number="T2"))
    assert weights(world) == {("H1", "BIN", "good"): 9_500}
    world.told(CountStock(SITE, False, None, None, "C1", (line(6, "15", status="quarantine"),)))
    world.told(turn(line(6, status="quarantine", to="good"), number="T3"))
    assert weights(world) == {("H1", "BIN", "good"): 24_500}
    replayed(world)


def test_goods_that_nobody_has_weighed_do_not_become_good_on_the_road(world: World) -> None:
    """From quarantine at one site they come to quarantine at the other, unless somebody weighs them there."""
    world.told(world.receipt(ham(10, None)))
    world.told(ship(line(6, status="quarantine")))
    arrival = arrive(came(4, status="good"))
    assert world.refused(arrival) == (Code.FIELD_MISSING, "lines.0.weight_kg")
    world.told(replace(arrival, happened=True))
    weighed = arrive(came(2, "1b", transfer_line="1", status="good", weight_kg=Decimal(5)))
    world.told(weighed)
    assert weights(world) == {("H1", "R1", "good"): 5_000}
    assert world.row("H1", "R1", "quarantine").on_hand == 4
    heavier = replace(weighed, lines=(replace(weighed.lines[0], weight_kg=Decimal(6)),))
    assert world.told(weighed) == ()
    assert world.refused(heavier) == (Code.CONFLICTING_CONTENT, "lines.0.line")


def short(picked: object, kg: object = None, *, happened: bool = False, **more: Any) -> ReportShort:
    """Less was found than the first line of an order was promised."""
    weight = None if kg is None else Decimal(str(kg))
    said = ShortLine(more.pop("task", None), "1", None, None, Decimal(str(picked)), weight_kg=weight, **more)
    return ReportShort(SITE, happened, None, None, key("#1"), None, (said,))


def test_what_a_short_pick_found_weighs_what_is_said(world: World) -> None:
    """What was taken weighs that, and nothing weighs nothing."""
    world.told(world.receipt(ham(10, 25)))
    world.place("#1", wanted("1", 6, "HAM"))
    assert world.refused(short(4, "0")) == (Code.NOT_POSITIVE, "lines.0.weight_kg")
    assert world.refused(short(0, "1")) == (Code.FIELD_INVALID, "lines.0.weight_kg")
    events = world.told(short(4, "10.2"))
    assert [pick.weight_g for pick in only(events, StockPicked).picks] == [10_200]
    assert weights(world) == {("H1", "STAGING", "good"): 10_200}
    replayed(world)


def test_what_a_short_task_of_a_wave_found_is_shared_by_weight() -> None:
    """One task serves two orders: who comes first gets its share of what was weighed."""
    world = WaveWorld()
    world.told(DefineItem(HAM))
    world.told(world.receipt(ham(10, 25)))
    for number, units in (("#1", 1), ("#2", 2)):
        world.place(number, wanted("1", units, "HAM"))
    world.told(world.release("#1", "#2"))
    found = ShortLine(world.task("H1"), None, None, None, Decimal(2), weight_kg=Decimal("5.4"))
    said = ReportShort(SITE, False, None, None, nobody(WAVE), None, (found,))
    events = world.told(WorkOnWave(WAVE, said))
    grams = [pick.weight_g for event in events if isinstance(event, StockPicked) for pick in event.picks]
    assert (len(grams), sum(grams)) == (2, 5_400)


def test_kits_that_were_short_are_not_weighed(world: World) -> None:
    """What was found of each component is told with its weight."""
    world.told(DefineItem(Item("BOX", kit={"HAM": Decimal(1), "TEA": Decimal(1)})))
    world.told(world.receipt(ham(10, 25), goods("L1", 9)))
    world.place("#1", wanted("1", 3, "BOX"))
    events = world.told(short(2, "5", happened=True))
    assert "lines.0.weight_kg" not in [getattr(one, "field", "") for one in events]
    assert Code.FIELD_INVALID.value in [one.code for one in events if isinstance(one, DiscrepancyNoted)]


def test_what_is_told_again_with_another_weight_is_other_content(world: World) -> None:
    """As with another quantity: refused when asked, told to a person when it has happened, and nothing is booked."""
    world.told(DefineItem(Item("BOX", kit={"HAM": Decimal(1)})))
    world.told(world.receipt(ham(20, 50)))
    world.place("#1", wanted("1", 3, "HAM"))
    world.told(world.ship("#1"))
    piece = KitPiece("1", "HAM", "H1", "BIN", Decimal(1), weight_kg=Decimal("2.5"))
    made = MadeLine("2", "HAM", "H9", "OUT", Decimal(1), weight_kg=Decimal("2.4"))
    first: list[Any] = [
        AdjustStock(SITE, False, None, None, "A1", (line(2, "5"),)),
        AdjustStock(SITE, False, None, None, "A2", (line(-2, "5"),)),
        CountStock(SITE, False, None, None, "C1", (line(17, "40"),)),
        move(line(1, "2.5", to="B2")),
        turn(line(1, "2.5", to="damaged")),
        ReturnGoods(SITE, False, None, None, "RMA", key("#1"), (line(1, "2.6"),)),
        RecordProduction(SITE, False, None, None, "P1", (piece,), (made,)),
        AssembleKit(SITE, False, None, None, "K1", "BOX", "S", None, Decimal(1), (piece,)),
    ]
    for command in first:
        world.told(command)
        assert world.told(command) == (), command
        name = "used" if isinstance(command, RecordProduction) else "lines"
        lines = getattr(command, name)
        heavier = replace(command, **{name: (replace(lines[0], weight_kg=lines[0].weight_kg + 1), *lines[1:])})
        assert world.refused(heavier)[0] is Code.CONFLICTING_CONTENT, command
        before = weights(world)
        noted = only(world.told(replace(heavier, happened=True)), DiscrepancyNoted)
        assert (noted.code, weights(world)) == (Code.CONFLICTING_CONTENT.value, before)
    replayed(world)


def test_a_weight_that_comes_later_is_other_content(world: World) -> None:
    """A line that was booked without one is corrected, not told again with it; other goods have none."""
    world.told(world.receipt(ham(10, None), goods("L1", 3, line="2")))
    again = world.receipt(ham(10, 25), goods("L1", 3, line="2", weight_kg=Decimal(3)), happened=False)
    assert world.refused(again) == (Code.CONFLICTING_CONTENT, "lines.0.line")
    world.told(world.receipt(ham(10, None), goods("L1", 3, line="2", weight_kg=Decimal(3)), happened=False))
    world.stock(ham(2, 5, "H7", line="9"))
    world.stock(ham(2, 5, "H7", line="9"))
    assert world.row("H7").on_hand == 2


def test_what_left_before_the_hub_was_there_has_its_weight(world: World) -> None:
    """It is told to the history and the order, so that what comes back of it weighs its share; nothing is in stock."""
    said = ImportedLine("1", "HAM", Decimal(4), None, "H1", TODAY, weight_kg=Decimal(10))
    command = ImportShipment(SITE, key("#0"), "S0", world.warehouse.moment().recorded_at, "C-1", None, (said,))
    assert world.refused(replace(command, lines=(replace(said, weight_kg=Decimal(0)),)))[1] == "lines.0.weight_kg"
    tea = replace(said, sku="TEA", lot=None)
    assert world.refused(replace(command, lines=(tea,))) == (Code.FIELD_INVALID, "lines.0.weight_kg")
    event = only(world.told(command), ShipmentImported)
    assert [move.weight_g for move in moves_of(event)] == [10_000, -10_000]
    assert world.told(command) == ()
    assert world.refused(replace(command, lines=(replace(said, weight_kg=Decimal(9)),)))[0] is Code.CONFLICTING_CONTENT
    assert weights(world) == {}
    back = world.told(ReturnGoods(SITE, False, None, None, "RMA", key("#0"), (line(1),)))
    assert [one.weight_g for one in only(back, GoodsReturned).lines] == [2_500]
    replayed(world)


@pytest.mark.parametrize(("moved", "grams"), [(False, 9_000), (True, 7_500)])
def test_a_count_that_waits_weighs_what_lies_there_still(world: World, moved: bool, grams: int) -> None:
    """It waits with its weight, which counts when it is approved unless goods have come or left; a person is told."""
    world.told(ChangeSettings(Settings(sites=(SITE, "THERE"), count_approval=CountApproval(units=Decimal(2)))))
    world.told(world.receipt(ham(10, 25)))
    count = CountStock(SITE, False, "c", None, "C1", (line(4, "9"),))
    assert kinds(world.told(count)) == ["CountKept"]
    assert sum(weights(world).values()) == 25_000
    assert world.told(count) == ()
    assert world.refused(replace(count, lines=(line(4, "8"),))) == (Code.CONFLICTING_CONTENT, "count")
    if moved:
        later = world.warehouse.moment().recorded_at + timedelta(hours=1)
        world.told(MoveStock(SITE, False, None, later, "M1", (line(1, to="B2"),)))
    events = world.told(ApproveCount(SITE, False, "d", None, "C1", approved=True))
    assert weights(world)["H1", "BIN", "good"] == grams
    assert ("DiscrepancyNoted" in kinds(events)) is moved


def test_a_weight_of_the_past_counts_while_nothing_has_moved(world: World) -> None:
    """What was weighed before something came or left weighs something else by now: refused, or told."""
    world.told(world.receipt(ham(10, 25), at=BEFORE - timedelta(days=1)))
    past = CountStock(SITE, False, "c", None, "C2", (line(10, "24"),), as_of=BEFORE)
    world.told(past)
    assert weights(world) == {("H1", "BIN", "good"): 24_000}
    world.told(MoveStock(SITE, False, None, None, "M1", (line(2, to="B2"),)))
    assert world.refused(replace(past, count="C3")) == (Code.FIELD_INVALID, "lines.0.weight_kg")
    assert "DiscrepancyNoted" in kinds(world.told(replace(past, count="C3", happened=True)))
