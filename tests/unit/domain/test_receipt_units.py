"""Serial numbers of a receipt were told wrongly."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import DefineItem, InspectLot, PickLine, PlaceSerialHold
from lotstream.domain.events import DiscrepancyNoted, ReceiptCorrected
from lotstream.domain.inspecting import WAITS
from lotstream.domain.model import Hold, HoldKind, SerialKey, SerialState, Stage
from tests.unit.domain.build import World, goods, only
from tests.unit.domain.test_receipt_corrected import corrects, stock, wrong
from tests.unit.domain.test_serials import PUMP, pump, pumps, unit


@pytest.fixture
def world() -> World:
    """Two pumps came in: A and B of lot L1."""
    world = World()
    world.told(DefineItem(PUMP))
    world.told(DefineItem(replace(PUMP, sku="FAN")))
    world.told(world.receipt(pumps("L1", "A", "B", line="1")))
    return world


def replayed(world: World) -> None:
    """Fail unless the journal alone gives the same ledger."""
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before


def test_a_number_that_was_misread_is_another(world: World) -> None:
    """The wrong number is no unit any more and may come in one day; the right one is in stock."""
    command = corrects(wrong(serials=("C",), misread=("B",)))
    only(world.told(command), ReceiptCorrected)
    assert world.told(command) == ()
    assert (unit(world, "B").misread, unit(world, "C").row, unit(world, "C").state) == (
        True, unit(world, "A").row, SerialState.IN_STOCK,
    )  # fmt: skip
    assert world.refused(PlaceSerialHold(Hold("H", HoldKind.HOLD), "PUMP", "B")) == (Code.UNKNOWN_LOT, "serial")
    world.told(world.receipt(pumps("L2", "B"), number="R2", happened=False))
    assert (unit(world, "B").misread, unit(world, "B").row.lot) == (False, "L2")
    replayed(world)


def test_units_go_along_to_another_lot_and_item(world: World) -> None:
    """All that came with the line are of the other lot; of another item they are others, and the first never were."""
    world.told(corrects(wrong(lot="L7", serials=("A",))))
    assert (unit(world, "A").row.lot, unit(world, "B").row.lot) == ("L7", "L7")
    world.told(corrects(wrong(sku="FAN", serials=("A",)), correction="C2"))
    assert stock(world) == {("FAN", "L7", "BIN", "good"): 20}
    fan = world.warehouse.serial(SerialKey("A", "FAN"))
    assert (fan.row.sku, fan.state, unit(world, "A").misread) == ("FAN", SerialState.IN_STOCK, True)
    replayed(world)


def test_units_that_nobody_names_go_where_their_goods_do(world: World) -> None:
    """Those of the line, and no others of its lot; of a line of which nothing came they never were."""
    world.told(world.receipt(pumps("L1", "D", line="9"), number="R2"))
    world.told(corrects(wrong(lot="L7")))
    assert [unit(world, number).row.lot for number in "ABD"] == ["L7", "L7", "L1"]
    world.told(corrects(wrong(lot="L8"), correction="C2"))
    assert [unit(world, number).row.lot for number in "ABD"] == ["L8", "L8", "L1"]
    world.told(corrects(wrong(quantity=0), correction="C3"))
    assert [unit(world, number).misread for number in "ABD"] == [True, True, False]
    assert [key.lot for key in world.ledger.stock] == ["L1"]
    replayed(world)


def test_of_fewer_units_somebody_has_to_say_which(world: World) -> None:
    """Asked it is refused; when it has happened the numbers are told, and stay where they are until somebody does."""
    fewer = corrects(wrong(lot="L7", quantity=1))
    assert world.refused(fewer) == (Code.FIELD_MISSING, "lines.0.misread")
    noted = only(world.told(replace(fewer, happened=True)), DiscrepancyNoted)
    assert noted.message.startswith("A, B ")
    assert [unit(world, number).row.lot for number in "AB"] == ["L1", "L1"]


def test_one_that_was_misread_leaves_the_others_clear(world: World) -> None:
    """Of two units one came: the other number is of nothing, and the one that is left goes along."""
    world.told(corrects(wrong(lot="L7", quantity=1, misread=("B",))))
    assert (unit(world, "A").row.lot, unit(world, "B").misread) == ("L7", True)


def test_picked_units_stay_of_the_lot_they_were_picked_from(world: World) -> None:
    """Asked, the line may not be of another lot while one of them stands picked; else a person is told which."""
    world.place("1", pump("B"))
    world.told(world.pick("1", PickLine(None, "1", None, None, Decimal(1), serials=("B",))))
    moved = corrects(wrong(lot="L7"))
    assert world.refused(moved) == (Code.NOT_AVAILABLE, "lines.0.lot")
    events = world.told(replace(moved, happened=True))
    assert any(event.message.startswith("B of line 1") for event in events if isinstance(event, DiscrepancyNoted))
    assert unit(world, "A").row.lot == "L7"


def test_units_go_along_to_quarantine(world: World) -> None:
    """The condition of a line is that of its units; one that is named and stays changes nothing."""
    world.told(corrects(wrong(status="quarantine", serials=("A", "B"))))
    assert unit(world, "A").row.status == "quarantine"
    assert only(world.told(corrects(wrong(serials=("A",)), correction="C2")), ReceiptCorrected).changes[0].units == ()


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({"serials": ("C", "C")}, Code.FIELD_INVALID, "serials"),
        ({"serials": ("A", "B", "C")}, Code.FIELD_INVALID, "serials"),
        ({"serials": ("A",), "misread": ("A",)}, Code.FIELD_INVALID, "misread"),
        ({"misread": ("X",)}, Code.NOT_AVAILABLE, "misread.0"),
        ({"misread": ("B",), "quantity": 1}, Code.NOT_AVAILABLE, "misread.0"),
        ({"serials": ("OTHER",)}, Code.CONFLICTING_CONTENT, "serials.0"),
    ],
    ids=["twice", "more than units", "both", "unknown", "promised", "of another lot"],
)
def test_numbers_that_cannot_be_are_refused(world: World, said: dict[str, Any], code: Code, field: str) -> None:
    """Asked, nothing is changed; when it has happened a person is told, and units stay what they are."""
    world.told(world.receipt(pumps("L2", "OTHER"), number="R2"))
    world.place("1", pump("B"))
    command = corrects(wrong("1", said.pop("quantity", None), **said))
    assert world.refused(command) == (code, f"lines.0.{field}")
    assert only(world.told(replace(command, happened=True)), DiscrepancyNoted).code == code
    assert [unit(world, number).misread for number in "AB"] == [False, False]
    replayed(world)


def test_units_that_are_not_free_stay_what_they_are(world: World) -> None:
    """Units on hold, picked or promised do not become units of nothing or of another item."""
    world.told(PlaceSerialHold(Hold("H", HoldKind.HOLD), "PUMP", "A"))
    assert world.refused(corrects(wrong(misread=("A",)))) == (Code.NOT_AVAILABLE, "lines.0.misread.0")
    world.place("1", pump("B"))
    assert world.refused(corrects(wrong(sku="FAN", quantity=1, serials=("B",)))) == (
        Code.NOT_AVAILABLE, "lines.0.serials.0",
    )  # fmt: skip
    world.told(world.pick("1", PickLine(None, "1", None, None, Decimal(1), serials=("B",))))
    assert world.refused(corrects(wrong(misread=("B",)))) == (Code.NOT_AVAILABLE, "lines.0.misread.0")


def test_a_unit_that_is_promised_by_its_number_stays_of_the_item_it_came_as(world: World) -> None:
    """The goods were another item, it was told: who is promised the unit keeps its number, and a person is told."""
    world.place("1", pump("B"))
    events = world.told(replace(corrects(wrong(sku="FAN", serials=("A", "B"))), happened=True))
    messages = [event.message for event in events if isinstance(event, DiscrepancyNoted)]
    assert any(message.startswith("Serial B of PUMP is promised to an order by its number") for message in messages)
    assert (unit(world, "B").state, unit(world, "B").misread) == (SerialState.IN_STOCK, False)
    assert (unit(world, "A").misread, world.warehouse.serial(SerialKey("A", "FAN")).row.sku) == (True, "FAN")
    with pytest.raises(KeyError):
        world.warehouse.serial(SerialKey("B", "FAN"))
    replayed(world)


def test_goods_of_another_lot_wait_for_its_inspection_unless_they_passed_one() -> None:
    """A lot that a correction makes is held like one that comes in; goods that were looked at are not held again."""
    world = World()
    world.told(DefineItem(replace(world.ledger.items["TEA"], version=2, inspect=True)))
    world.told(world.receipt(goods("L1", 10, line="1")))
    world.told(corrects(wrong(lot="L2")))
    assert [hold.id for hold in world.ledger.lots["TEA", "L2"].holds] == [WAITS]
    world.told(InspectLot("Q-1", "TEA", "L2", Stage.INBOUND, passed=True, by="qa-1"))
    world.told(corrects(wrong(lot="L3"), correction="C2"))
    assert world.ledger.lots["TEA", "L3"].holds == ()
