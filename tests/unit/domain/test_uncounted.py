"""What has happened on the floor and cannot be counted is kept as an exception, line by line."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    CorrectReceipt,
    LineWrong,
    PackedLine,
    PackPackage,
    PickLine,
    ReportShort,
    ShippedLine,
    ShortLine,
    UndoneLine,
    UndoPick,
)
from lotstream.domain.events import DiscrepancyNoted, ShipmentConfirmed, StockPicked
from lotstream.domain.model import PackageKind
from lotstream.domain.quantities import QUANTITY_MAX
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, goods, key, kinds, only, wanted
from tests.unit.domain.test_stock import adjust, back, count, move, replayed, said, turn
from tests.unit.domain.waving import pick, short, three_orders, undo


def test_what_cannot_be_counted_is_kept_as_an_exception() -> None:
    """A line in an unknown unit or of an unknown item is told to a person, with all it says; the others are booked."""
    world = World()
    world.stock(goods("L1", 10))
    world.place("#1", wanted(quantity=6))
    odd = (
        PickLine(None, "1", None, None, Decimal(1), "barrel"),
        PickLine(None, None, None, None, Decimal(2), sku="NEW"),
    )
    for line, code, field in ((odd[0], Code.UNKNOWN_UNIT, "unit"), (odd[1], Code.UNKNOWN_ITEM, "sku")):
        assert world.refused(world.pick("#1", line)) == (code, f"lines.0.{field}")
    assert kinds(world.told(world.pick("#1", *odd, happened=True))) == ["DiscrepancyNoted"] * 2
    good = PickLine(None, "1", None, None, Decimal(3))
    events = world.told(world.pick("#1", odd[0], good, happened=True))
    assert kinds(events) == ["StockPicked", "DiscrepancyNoted"]
    noted = only(events, DiscrepancyNoted)
    assert (noted.about["quantity"], noted.about["unit"], noted.about["line"]) == ("1", "barrel", "1")
    left = (ShippedLine("1", "L1", Decimal(1), "barrel"), ShippedLine("2", None, Decimal(1), sku="NEW"))
    for gone, code in ((left[0], Code.UNKNOWN_UNIT), (left[1], Code.FIELD_INVALID)):
        assert world.refused(world.ship("#1", gone))[0] == code
    events = world.told(world.ship("#1", *left, ShippedLine("1", "L1", Decimal(2)), happened=True))
    assert only(events, ShipmentConfirmed).shipped[0].quantity == 2
    assert {event.code for event in events if isinstance(event, DiscrepancyNoted)} == {
        "unknown_unit", "field_invalid", "unknown_item",
    }  # fmt: skip


def test_units_nobody_has_defined() -> None:
    """Undone, packed, or picked with a wave: asked they are refused, happened a person is told."""
    world = three_orders()
    world.told(world.release("#2", "#3"))
    world.told(world.pick("#1"))
    barrel = UndoneLine(line="1", quantity=Decimal(1), unit="barrel")
    said = (
        UndoPick(SITE, False, None, None, key("#1"), (barrel,)),
        PackPackage(
            SITE,
            False,
            None,
            None,
            "C1",
            PackageKind.CARTON,
            (PackedLine(key("#1"), "1", None, None, Decimal(1), "barrel"),),
        ),
    )
    for command in said:
        assert world.refused(command) == (Code.UNKNOWN_UNIT, "lines.0.unit")
        noted = only(world.told(replace(command, happened=True)), DiscrepancyNoted)
        assert (noted.code, noted.about["unit"]) == ("unknown_unit", "barrel")
    assert kinds(world.told(pick(world.task(), 1, happened=True, unit="barrel"))) == ["DiscrepancyNoted"]
    world.told(pick(world.task(), 2))
    line = UndoneLine(task=world.task(), quantity=Decimal(1), unit="barrel")
    assert kinds(world.told(undo(line, happened=True))) == ["DiscrepancyNoted"]


def test_a_short_pick_that_cannot_be_counted() -> None:
    """Nothing is booked off a bin of which nobody can say how much was found there."""
    world = three_orders()
    world.told(world.release("#2", "#3"))
    line = ShortLine(None, "1", None, None, Decimal(1), "barrel")
    said = ReportShort(SITE, False, None, None, key("#1"), None, (line,))
    assert world.refused(said) == (Code.UNKNOWN_UNIT, "lines.0.unit")
    assert kinds(world.told(replace(said, happened=True))) == ["DiscrepancyNoted"]
    assert world.refused(short(world.task(), 1, unit="barrel")) == (Code.UNKNOWN_UNIT, "lines.0.unit")
    assert kinds(world.told(short(world.task(), 1, happened=True, unit="barrel"))) == ["DiscrepancyNoted"]
    assert world.row("L1").on_hand == 12


def test_half_of_what_is_counted_whole() -> None:
    """A pick, a shipment and a short pick of half a piece: refused when asked, else told beside the rest."""
    world = World()
    world.stock(goods("L1", 10))
    world.place("#1", wanted(quantity=6))
    half, good = PickLine(None, "1", None, None, Decimal("2.5")), PickLine(None, "1", None, None, Decimal(3))
    assert world.refused(world.pick("#1", half, good)) == (Code.NOT_A_MULTIPLE, "lines.0.quantity")
    events = world.told(world.pick("#1", half, good, happened=True))
    assert [pick.quantity for pick in only(events, StockPicked).picks] == [3]
    noted = only(events, DiscrepancyNoted)
    assert (noted.code, noted.about["quantity"], noted.about["sku"]) == ("not_a_multiple", "2.5", "TEA")
    line = ShortLine(None, "1", None, None, Decimal("0.5"))
    said = ReportShort(SITE, False, None, None, key("#1"), None, (line,))
    assert world.refused(said) == (Code.NOT_A_MULTIPLE, "lines.0.picked")
    assert kinds(world.told(replace(said, happened=True))) == ["DiscrepancyNoted"]
    assert world.row("L1").on_hand == 7
    left = (ShippedLine("1", "L1", Decimal("2.5")), ShippedLine("1", "L1", Decimal(3)))
    assert world.refused(world.ship("#1", *left)) == (Code.NOT_A_MULTIPLE, "orders.0.lines.0.quantity")
    events = world.told(world.ship("#1", *left, happened=True))
    assert [part.quantity for part in only(events, ShipmentConfirmed).shipped] == [3]
    assert only(events, DiscrepancyNoted).about["quantity"] == "2.5"


def test_half_of_what_a_task_of_a_wave_is_for() -> None:
    """Of a short pick of half a piece nobody can say what is missing: nothing is booked off the bin."""
    world = three_orders()
    world.told(world.release("#2", "#3"))
    assert world.refused(short(world.task(), "0.5")) == (Code.NOT_A_MULTIPLE, "lines.0.picked")
    assert kinds(world.told(short(world.task(), "0.5", happened=True))) == ["DiscrepancyNoted"]
    assert world.row("L1").on_hand == 12


def test_a_corrected_line_that_nobody_can_count() -> None:
    """A correction of half a piece is told; the other lines of it are put right."""
    world = World()
    world.told(world.receipt(goods("L1", 10, line="1"), goods("L2", 10, line="2")))
    lines = (LineWrong("1", Decimal("2.5")), LineWrong("2", Decimal(4)))
    said = CorrectReceipt(SITE, False, None, None, "R1", "C1", None, lines)
    assert world.refused(said) == (Code.NOT_A_MULTIPLE, "lines.0.quantity")
    assert kinds(world.told(replace(said, happened=True))) == ["ReceiptCorrected", "DiscrepancyNoted"]
    assert [world.row(lot).on_hand for lot in ("L1", "L2")] == [10, 4]


@pytest.mark.parametrize("quantity", [0, -3, QUANTITY_MAX + 1])
def test_no_quantity_at_all_does_not_keep_the_other_lines_out(quantity: int) -> None:
    """Nothing, less than nothing or more than can be counted came, left and came back: told beside the other line."""
    code = Code.TOO_LARGE if quantity > 0 else Code.NOT_POSITIVE
    world = World()
    came = world.receipt(goods("L1", quantity, line="1"), goods("L2", 10, line="2"), happened=False)
    _refused_or_told(world, came, code, "lines.0.quantity")
    assert [key.lot for key in world.ledger.stock] == ["L2"]
    world.place("#1", wanted(quantity=6))
    lines = ShippedLine("1", "L2", Decimal(quantity)), ShippedLine("1", "L2", Decimal(4))
    _refused_or_told(world, world.ship("#1", *lines), code, "orders.0.lines.0.quantity")
    assert world.line("#1").shipped == 4
    _refused_or_told(world, back("#1", said(quantity, "L2"), said(3, "L2", line="2")), code, "lines.0.quantity")
    assert [one.on_hand for one in world.ledger.stock.values() if one.key.returned] == [3]
    world.told(replace(came, happened=True, lines=(goods("L1", 5, line="1"), came.lines[1])))
    assert world.row("L1").on_hand == 5
    replayed(world)


def _refused_or_told(world: World, asked: Any, code: Code, field: str) -> None:  # noqa: ANN401
    """Fail unless a line is refused when asked, and is the one thing that a person is told of when it has happened."""
    assert world.refused(asked) == (code, field)
    noted = only(world.told(replace(asked, happened=True)), DiscrepancyNoted)
    assert noted.code == code.value


def test_no_quantity_of_goods_that_are_undone_packed_or_corrected() -> None:
    """Less than nothing in one line is told to a person, and the other line is booked."""
    world = World()
    world.told(world.receipt(goods("L1", 10, line="1"), goods("L2", 10, line="2")))
    world.place("#1", wanted(quantity=6))
    world.told(world.pick("#1"))
    bad, some = Decimal(-1), Decimal(2)
    packed = tuple(PackedLine(key("#1"), "1", None, None, units, None) for units in (bad, some))
    packing = PackPackage(SITE, False, None, None, "C1", PackageKind.CARTON, packed)
    _refused_or_told(world, packing, Code.NOT_POSITIVE, "lines.0.quantity")
    lines = UndoneLine(line="1", quantity=bad), UndoneLine(line="1", quantity=Decimal(1))
    _refused_or_told(world, UndoPick(SITE, False, None, None, key("#1"), lines), Code.NOT_POSITIVE, "lines.0.quantity")
    assert [(part.picked, part.packed) for part in world.parts("#1")] == [(5, 2)]
    wrong = CorrectReceipt(SITE, False, None, None, "R1", "X", None, (LineWrong("1", bad), LineWrong("2", some)))
    _refused_or_told(world, wrong, Code.NOT_POSITIVE, "lines.0.quantity")
    assert world.row("L2").on_hand == 2


@pytest.mark.parametrize("command", [adjust, count, move, turn, lambda *lines, **more: back("#1", *lines, **more)])
def test_what_nobody_can_count_does_not_keep_the_other_lines_out(command: Any) -> None:  # noqa: ANN401
    """Half of what is counted in whole ones is told with all its line says; the other lines are booked."""
    world = World()
    world.stock(goods("L1"), goods("L2"))
    world.told(world.receipt(goods("L3", 5)))
    world.place("#1")
    world.told(world.ship("#1"))
    to = {move: "B2", turn: "damaged"}.get(command, "")
    lines = (said("2.5", "L1", to=to), said(2, "L2", line="2", to=to))
    quantity = "counted" if command is count else "quantity"
    assert world.refused(command(*lines)) == (Code.NOT_A_MULTIPLE, f"lines.0.{quantity}")
    events = world.told(command(*lines, happened=True))
    (noted,) = [one for one in events if isinstance(one, DiscrepancyNoted) and one.code == Code.NOT_A_MULTIPLE.value]
    assert (noted.about["quantity"], noted.about["line"], noted.about["lot"]) == ("2.5", "1", "L1")
    assert [line for event in events for line in getattr(event, "booked", {})] == ["2"]
    replayed(world)
    assert world.told(command(*lines, happened=True)) == (noted,)
