"""What is on the way between sites is what its transfers say, whatever else is told to happen there."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    AdjustStock,
    ApproveCount,
    AssembleKit,
    BreakKit,
    ChangeSettings,
    ChangeStatus,
    CorrectReceipt,
    CountStock,
    DefineItem,
    DefineSite,
    KitPiece,
    LineWrong,
    MadeLine,
    MoveStock,
    OpenBalance,
    PickLine,
    PieceMade,
    RecordProduction,
    ReportShort,
    ReturnGoods,
    ShippedLine,
    ShortLine,
)
from lotstream.domain.events import DiscrepancyNoted
from lotstream.domain.model import CountApproval, Item, Settings, Site, Transfer, TransferState
from lotstream.domain.places import DOCK
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, kinds, only, wanted
from tests.unit.domain.test_serials import PUMP, pumps, unit
from tests.unit.domain.test_stock import replayed, said
from tests.unit.domain.test_transfers import ON_THE_WAY, THERE, arrive, came, counts, known, ship, there


@pytest.fixture
def world() -> World:
    """An owner with a second site."""
    world = World(Settings(sites=(SITE, THERE)))
    world.told(DefineSite(Site(THERE)))
    return world


def on_the_way(world: World) -> tuple[int, int]:
    """How much lies in places of transfers, and how much these say has not arrived."""
    lies = sum(row.on_hand for key, row in world.ledger.stock.items() if key.location.startswith("TRANSIT/"))
    transfers = [one for one in world.warehouse.documents.values() if isinstance(one, Transfer)]
    return lies, sum(line.under_way for one in transfers for line in one.lines)


def _pumps_leave(world: World) -> None:
    world.told(DefineItem(PUMP))
    world.stock(pumps("L1", "A", "B", "C"))
    world.told(ship(said(3, sku="PUMP", serials=("A", "B", "C"))))


def _states(world: World) -> list[str]:
    return [f"{unit(world, name).state.value} {unit(world, name).row.location}" for name in "ABC"]


def test_units_taken_off_the_way_by_hand_do_not_keep_others_from_being_lost(world: World) -> None:
    """B was written off by its number and A has come: C is the one that never came, and is not in stock any more."""
    _pumps_leave(world)
    gone = said(-1, sku="PUMP", location=ON_THE_WAY, serials=("B",))
    world.told(AdjustStock(THERE, True, None, None, "A1", (gone,)))
    world.told(arrive(came(1, serials=("A",)), final=True, happened=True))
    assert _states(world) == ["in_stock R1", f"adjusted_out {ON_THE_WAY}", f"lost {ON_THE_WAY}"]
    assert unit(world, "C").gone_by == ("transfer", "T1")
    replayed(world)


def test_a_unit_that_was_written_off_by_hand_stays_gone_when_the_rest_comes(world: World) -> None:
    """Two come without their numbers: those are the two that are still on the way."""
    _pumps_leave(world)
    gone = said(-1, sku="PUMP", location=ON_THE_WAY, serials=("B",))
    world.told(AdjustStock(THERE, True, None, None, "A1", (gone,)))
    world.told(arrive(came(2), final=True))
    assert _states(world) == ["in_stock R1", f"adjusted_out {ON_THE_WAY}", "in_stock R1"]
    replayed(world)


def test_of_units_of_which_some_are_missing_nobody_says_which_came(world: World) -> None:
    """Two of three were missing, and one of these comes late without its number."""
    _pumps_leave(world)
    world.told(arrive(came(1, serials=("A",)), final=True, happened=True))
    world.told(arrive(came(1), happened=True, receipt="R2"))
    assert _states(world) == ["in_stock R1", f"lost {ON_THE_WAY}", f"lost {ON_THE_WAY}"]
    replayed(world)


def test_what_a_short_pick_finds_on_the_way_is_taken_off_the_transfer(world: World) -> None:
    """It has come, by the transfer too."""
    world.stock(goods("L1", 10))
    world.told(ship(said(4)))
    found = ShortLine(None, None, "L1", ON_THE_WAY, Decimal(1), sku="TEA")
    world.told(ReportShort(THERE, True, None, None, key("#9"), None, (found,)))
    assert on_the_way(world) == (3, 3)
    assert counts(world) == [("1", 4, 1, 0, 0)]
    replayed(world)


def test_what_is_taken_off_the_way_by_hand_is_taken_off_the_transfer(world: World) -> None:
    """Adjusted or counted it is missing, moved it has come; asked, all of that is refused."""
    world.stock(goods("L1", 10), goods("L2", 10))
    world.told(ship(said(4), said(6, "L2", line="2"), said(3, line="3")))
    lost = AdjustStock(THERE, False, None, None, "A1", (said(-2, location=ON_THE_WAY),))
    counted = CountStock(THERE, False, None, None, "C1", (said(5, "L2", location=ON_THE_WAY),))
    moved = MoveStock(THERE, False, None, None, "M1", (said(3, "L2", location=ON_THE_WAY, to="B1"),))
    for command in (lost, counted, moved):
        field = "lines.0.to" if command is moved else "lines.0.location"
        assert world.refused(command) == (Code.FIELD_INVALID, field)
        events = world.told(replace(command, happened=True))
        assert Code.FIELD_INVALID.value in [one.code for one in events if isinstance(one, DiscrepancyNoted)]
        assert kinds(events).count("TransferReceived") == 1
        lies, told = on_the_way(world)
        assert lies == told
    assert counts(world) == [("1", 4, 0, 0, 2), ("2", 6, 3, 0, 1), ("3", 3, 0, 0, 0)]
    assert there(world)["L2", THERE, "B1", "good"] == 3
    world.told(replace(lost, happened=True, adjustment="A2", lines=(said(-9, location=ON_THE_WAY),)))
    assert on_the_way(world) == (2, 2)
    assert counts(world) == [("1", 4, 0, 0, 4), ("2", 6, 3, 0, 1), ("3", 3, 0, 0, 3)]
    world.told(arrive(came(2, "2")))
    assert known(world).state is TransferState.RECEIVED
    replayed(world)


@pytest.mark.parametrize(("to", "expected"), [(None, ("1", 4, 0, 0, 4)), ("B1", ("1", 4, 4, 0, 0))])
def test_a_transfer_of_which_nothing_is_on_the_way_any_more_is_over(
    world: World, to: str | None, expected: tuple[str, int, int, int, int]
) -> None:
    """All of it is written off, or put away, by hand, bit by bit: with the last of it nothing more is awaited."""
    world.stock(goods("L1", 10))
    world.told(ship(said(4)))
    for nth, units in enumerate((1, 3)):
        command: Any = AdjustStock(THERE, True, None, None, f"A{nth}", (said(-units, location=ON_THE_WAY),))
        if to is not None:
            command = MoveStock(THERE, True, None, None, f"M{nth}", (said(units, location=ON_THE_WAY, to=to),))
        assert known(world).state is TransferState.SHIPPED
        world.told(command)
    assert (known(world).state, counts(world), on_the_way(world)) == (TransferState.RECEIVED, [expected], (0, 0))
    replayed(world)


def test_a_count_of_goods_on_the_way_that_waits(world: World) -> None:
    """Its transfer is read with it when somebody else has counted, and told what is missing."""
    world.stock(goods("L1", 10))
    world.told(ChangeSettings(Settings(sites=(SITE, THERE), count_approval=CountApproval(units=Decimal(1)))))
    world.told(ship(said(4)))
    lines = (said(1, location=ON_THE_WAY),)
    world.told(CountStock(THERE, True, "ann", None, "C1", lines))
    assert on_the_way(world) == (4, 4)
    world.told(ApproveCount(THERE, True, "bob", None, "C1", approved=True))
    assert on_the_way(world) == (1, 1)
    assert counts(world) == [("1", 4, 0, 0, 3)]


def test_goods_get_on_the_way_by_their_departure_alone(world: World) -> None:
    """Whatever else brings goods there is refused when asked; what has happened lies at the dock, and is told."""
    world.told(DefineItem(Item("SET", kit={"TEA": Decimal(1)})))
    world.stock(goods("L1", 20), goods("S", 3, sku="SET"))
    world.place("#1", wanted(quantity=3))
    world.told(world.ship("#1"))
    world.told(ship(said(4)))
    tea = KitPiece("1", "TEA", "L1", "BIN", Decimal(1))
    back = said(1, location=ON_THE_WAY, line="9")
    commands: list[tuple[Any, str]] = [
        (world.receipt(goods("L3", 2, ON_THE_WAY), happened=False), "lines.0.location"),
        (AdjustStock(SITE, False, None, None, "A1", (said(2, location=ON_THE_WAY),)), "lines.0.location"),
        (CountStock(SITE, False, None, None, "C1", (said(2, location=ON_THE_WAY),)), "lines.0.location"),
        (MoveStock(SITE, False, None, None, "M1", (said(1, to=ON_THE_WAY),)), "lines.0.to"),
        (arrive(came(1, location="TRANSIT/T7")), "lines.0.location"),
        (ReturnGoods(SITE, False, None, None, "RMA", key("#1"), (back,)), "lines.0.location"),
        (
            RecordProduction(
                SITE, False, None, None, "P1", (tea,), (MadeLine("2", "TEA", "L8", ON_THE_WAY, Decimal(1)),)
            ),
            "made.0.location",
        ),
        (AssembleKit(SITE, False, None, None, "K1", "SET", "S", ON_THE_WAY, Decimal(1), (tea,)), "location"),
        (
            BreakKit(
                SITE, False, None, None, "B1", "SET", "S", "BIN", Decimal(1),
                (PieceMade("1", "TEA", "L1", ON_THE_WAY, Decimal(1)),),
            ),
            "lines.0.location",
        ),
    ]  # fmt: skip
    for command, field in commands:
        code = Code.FIELD_INVALID if isinstance(command, AdjustStock | CountStock | MoveStock) else Code.LOT_NOT_ALLOWED
        assert world.refused(command) == (code, field), command
        before = sum(row.on_hand for row in world.ledger.stock.values() if row.key.location == DOCK)
        events = world.told(replace(command, happened=True))
        assert code.value in [one.code for one in events if isinstance(one, DiscrepancyNoted)]
        assert sum(row.on_hand for row in world.ledger.stock.values() if row.key.location == DOCK) > before, command
        lies, told = on_the_way(world)
        assert lies == told, command
    balance = OpenBalance(SITE, None, None, "B7", (goods("L5", 2, ON_THE_WAY),))
    assert world.refused(balance) == (Code.LOT_NOT_ALLOWED, "lines.0.location")
    assert world.told(replace(commands[0][0], happened=True)) == ()
    replayed(world)


def test_goods_that_are_taken_from_the_way_have_come(world: World) -> None:
    """Picked, shipped, made into others or put into kits from there: asked that is refused, else they came."""
    world.told(DefineItem(Item("BAG", kit={"TEA": Decimal(1)})))
    world.stock(goods("L1", 20))
    world.told(ship(said(10)))
    world.place("#1", wanted(quantity=3), site=THERE)
    tea = KitPiece("1", "TEA", "L1", ON_THE_WAY, Decimal(1))
    made = (MadeLine("2", "TEA", "L8", "B1", Decimal(1)),)
    commands: list[Any] = [
        world.pick("#1", PickLine(None, "1", "L1", ON_THE_WAY, Decimal(1)), site=THERE),
        world.ship("#1", ShippedLine("1", "L1", Decimal(1), location=ON_THE_WAY), site=THERE),
        RecordProduction(THERE, False, None, None, "P1", (tea,), made),
        AssembleKit(THERE, False, None, None, "K1", "BAG", "S", "B1", Decimal(1), (tea,)),
    ]
    for number, command in enumerate(commands):
        world.refused(command)
        assert "TransferReceived" in kinds(world.told(replace(command, happened=True))), command
        assert on_the_way(world) == (9 - number, 9 - number), command
    assert counts(world) == [("1", 10, 4, 0, 0)]
    replayed(world)


def test_nothing_more_is_found_among_goods_on_the_way(world: World) -> None:
    """A change of condition of more than left concerns what left, and a person is told of the rest."""
    world.stock(goods("L1", 10))
    world.told(ship(said(4)))
    broken = ChangeStatus(THERE, True, None, None, "Z1", (said(6, location=ON_THE_WAY, to="damaged"),))
    events = world.told(broken)
    assert "DiscrepancyNoted" in kinds(events)
    assert on_the_way(world) == (4, 4)
    assert there(world)["L1", THERE, ON_THE_WAY, "damaged"] == 4


def test_a_corrected_receipt_takes_nothing_off_the_way(world: World) -> None:
    """Goods of its lot that come from another site came with no receipt of this one."""
    world.told(world.receipt(goods("L1", 10), site=SITE))
    world.told(world.receipt(goods("L1", 2, line="1"), number="R2", site=THERE))
    world.told(ship(said(4)))
    wrong = CorrectReceipt(THERE, True, None, None, "R2", "C1", None, (LineWrong("1", Decimal(0), lot="L2"),))
    world.told(wrong)
    assert on_the_way(world) == (4, 4)


def test_an_arrival_in_a_unit_nobody_has_defined(world: World) -> None:
    """Asked it is refused; happened, a person is told all that its line says, and the other lines have come."""
    world.stock(goods("L1", 10))
    world.told(ship(said(8)))
    barrel = came(1, unit="barrel")
    assert world.refused(arrive(barrel)) == (Code.UNKNOWN_UNIT, "lines.0.unit")
    events = world.told(arrive(barrel, came(3, "1b", transfer_line="1"), happened=True))
    noted = only(events, DiscrepancyNoted)
    assert (noted.code, noted.about["unit"], noted.about["quantity"], noted.about["lot"]) == (
        Code.UNKNOWN_UNIT.value, "barrel", "1", "L1",
    )  # fmt: skip
    assert counts(world) == [("1", 8, 3, 0, 0)]
    assert there(world)["L1", THERE, ON_THE_WAY, "good"] == 5
    replayed(world)
