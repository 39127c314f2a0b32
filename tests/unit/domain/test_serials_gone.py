"""What becomes of units that leave the books without being shipped: each is traceable, and none is used any more."""

# ruff: noqa: ANN401 - the words of a test pass on whatever the messages take.
from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotstream.domain.codes import Code
from lotstream.domain.commands import (
    AdjustStock,
    DefineItem,
    InspectedLine,
    InspectReturn,
    LiftSerialHold,
    PickLine,
    PlaceSerialHold,
    ReturnGoods,
    StockLine,
)
from lotstream.domain.events import CounterfeitSuspected, DiscrepancyNoted, Event, ReservationFreed, StockReceived
from lotstream.domain.model import Disposition, Hold, HoldKind, SerialState
from lotstream.testing.scenarios_messages import SITE
from tests.unit.domain.build import World, key, only, wanted
from tests.unit.domain.test_serials import PUMP, pump, pumps, unit

RESTOCK, SCRAP, SEND_BACK, QUARANTINE = Disposition


@pytest.fixture
def world() -> World:
    """Units A to F of lot L1 in the bin; nobody is promised any."""
    made = World()
    made.told(DefineItem(PUMP))
    made.stock(pumps("L1", *"ABCDEF"))
    return made


def adjust(quantity: int, *serials: str, code: str | None = None, **more: Any) -> AdjustStock:
    """So many units more or less."""
    number, happened = more.pop("number", f"A-{quantity}-{serials}"), more.pop("happened", False)
    lot, place = more.pop("lot", "L1"), more.pop("location", "BIN")
    line = StockLine("1", "PUMP", lot, place, Decimal(quantity), serials=serials, code=code)
    return AdjustStock(SITE, happened, "qa", None, number, (line,))


def back(world: World, *serials: str, told: bool = True) -> None:
    """Units leave with order 1 and come back with return RMA."""
    world.place("1", pump(quantity=len(serials)))
    world.told(world.pick("1", PickLine(None, "1", None, None, Decimal(len(serials)), serials=serials)))
    world.told(world.ship("1"))
    line = StockLine("1", "PUMP", "L1", "BACK", Decimal(len(serials)), serials=serials if told else ())
    world.told(ReturnGoods(SITE, True, "door", None, "RMA", key("1"), (line,)))


def look(*lines: tuple[int, Disposition, tuple[str, ...]], happened: bool = False, number: str = "RI") -> InspectReturn:
    """An inspection of the first line of RMA."""
    said = tuple(
        InspectedLine(str(at), "1", Decimal(units), None, what, serials=serials)
        for at, (units, what, serials) in enumerate(lines, 1)
    )
    return InspectReturn(SITE, happened, "qa", None, "RMA", number, said)


def states(world: World, numbers: str) -> list[SerialState]:
    """What units are."""
    return [unit(world, number).state for number in numbers]


def untold(events: tuple[Event, ...]) -> list[str]:
    """Discrepancies of units that nobody has named."""
    return [event.message for event in events if isinstance(event, DiscrepancyNoted) and event.code == "field_missing"]


def replayed(world: World) -> None:
    """The journal says the same."""
    before = world.warehouse.state()
    world.warehouse.restart()
    assert world.warehouse.state() == before


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("lost", SerialState.LOST), ("theft", SerialState.LOST), ("spoiled", SerialState.SCRAPPED),
        ("destroyed", SerialState.SCRAPPED), ("sample", SerialState.ADJUSTED_OUT), (None, SerialState.ADJUSTED_OUT),
    ],
)  # fmt: skip
def test_a_unit_that_is_adjusted_out_says_why(world: World, code: str | None, state: SerialState) -> None:
    """It is what the reason says, under the number of the adjustment, and can neither be ordered, picked nor held."""
    world.told(adjust(-1, "B", code=code, number="A-1"))
    assert (unit(world, "B").state, unit(world, "B").gone_by) == (state, ("adjustment", "A-1"))
    assert world.row("L1").on_hand == 50
    world.place("9", pump("B"))
    assert world.lots("9") == []
    world.place("1", pump())
    refused = world.refused(world.pick("1", PickLine(None, "1", None, None, Decimal(1), serials=("B",))))
    assert refused == (Code.NOT_AVAILABLE, "lines.0.serials.0")
    assert world.refused(PlaceSerialHold(Hold("H", HoldKind.HOLD), "PUMP", "B")) == (Code.NOT_AVAILABLE, "serial")
    assert world.refused(adjust(-1, "B", number="A-2")) == (Code.NOT_AVAILABLE, "lines.0.serials.0")
    replayed(world)


def test_units_of_an_adjustment_are_named_or_missed(world: World) -> None:
    """Unknown ones, of another lot, promised by number or too few are refused; happened, it is booked and told."""
    world.stock(pumps("L2", "X"), balance="more")
    world.place("1", pump("C"))
    for wrong in ("X", "NEW", "C"):
        assert world.refused(adjust(-1, wrong)) == (Code.NOT_AVAILABLE, "lines.0.serials.0")
    assert world.refused(adjust(-2, "A")) == (Code.FIELD_INVALID, "lines.0.serials")
    events = world.told(adjust(-3, number="A-3"))
    assert untold(events) == [
        "3 units of PUMP left the books as adjusted out without serial numbers; send them with the line."
    ]
    events = world.told(adjust(-2, "NEW", "A", code="lost", happened=True))
    assert [event.code for event in events if isinstance(event, DiscrepancyNoted)] == ["not_available"]
    assert states(world, "A") == [SerialState.LOST]
    assert unit(world, "NEW").state is SerialState.LOST
    replayed(world)


def test_miscounted_numbers_of_an_adjustment_are_left_out(world: World) -> None:
    """Two left and one number was told, or one came with two: a person is told, and no unit is said to be another."""
    events = world.told(adjust(-2, "A", code="lost", happened=True))
    noted = [event.code for event in events if isinstance(event, DiscrepancyNoted)]
    assert noted == ["field_invalid", "field_missing"]
    assert untold(events) == ["2 units of PUMP left the books as lost without serial numbers; send them with the line."]
    events = world.told(adjust(1, "A", "NEW", happened=True))
    assert "field_invalid" in [event.code for event in events if isinstance(event, DiscrepancyNoted)]
    assert states(world, "A") == [SerialState.IN_STOCK]
    with pytest.raises(KeyError):
        unit(world, "NEW")
    assert world.row("L1").on_hand == 50
    replayed(world)


def test_a_unit_that_is_gone_already_is_not_gone_twice(world: World) -> None:
    """It stays what it was under the number it left by; what is missing now is a unit that nobody has named."""
    world.told(adjust(-1, "A", code="destroyed", number="A-1"))
    events = world.told(adjust(-1, "A", code="lost", number="A-2", happened=True))
    noted = [event.code for event in events if isinstance(event, DiscrepancyNoted)]
    assert (noted, len(untold(events))) == (["not_available", "field_missing"], 1)
    assert (unit(world, "A").state, unit(world, "A").gone_by) == (SerialState.SCRAPPED, ("adjustment", "A-1"))
    assert world.row("L1").on_hand == 40
    replayed(world)


def test_a_unit_that_turns_up_is_the_same_unit(world: World) -> None:
    """By an adjustment or at the dock, without any doubt; one that was scrapped, or is there, cannot turn up."""
    world.told(adjust(-3, "A", "B", "C", code="lost", number="A-1"))
    world.told(adjust(1, "A", number="A-2", location="FAR"))
    assert (unit(world, "A").state, unit(world, "A").row.location, unit(world, "A").gone_by) == (
        SerialState.IN_STOCK, "FAR", None,
    )  # fmt: skip
    events = world.told(world.receipt(pumps("L1", "B")))
    assert [line.row.status for line in only(events, StockReceived).lines] == ["good"]
    assert not [event for event in events if isinstance(event, CounterfeitSuspected)]
    world.told(adjust(-1, "D", code="destroyed", number="A-3"))
    for number in ("D", "E"):
        assert world.refused(adjust(1, number)) == (Code.CONFLICTING_CONTENT, "lines.0.serials.0")
    events = world.told(world.receipt(pumps("L1", "D"), number="R2"))
    assert only(events, CounterfeitSuspected).about["serial"] == "D"
    assert unit(world, "D").state is SerialState.SCRAPPED
    replayed(world)


def test_units_that_came_back_say_what_became_of_them(world: World) -> None:
    """Scrapped, sent back, set apart or restocked, each under the inspection; what is named must have come."""
    back(world, *"ABCD")
    assert world.refused(look((1, SCRAP, ("F",)))) == (Code.NOT_AVAILABLE, "lines.0.serials.0")
    assert world.refused(look((2, SCRAP, ("A",)))) == (Code.FIELD_INVALID, "lines.0.serials")
    world.told(look((1, SCRAP, ("A",)), (1, SEND_BACK, ("B",)), (1, QUARANTINE, ("C",))))
    assert states(world, "ABCD") == [
        SerialState.SCRAPPED, SerialState.SENT_BACK, SerialState.IN_STOCK, SerialState.IN_STOCK,
    ]  # fmt: skip
    assert (unit(world, "A").gone_by, unit(world, "C").row.status) == (("return_inspection", "RI"), "quarantine")
    assert world.refused(look((1, SCRAP, ("A",)), number="RI-2")) == (Code.NOT_AVAILABLE, "lines.0.serials.0")
    replayed(world)


def test_miscounted_numbers_of_an_inspection_are_left_out(world: World) -> None:
    """Two were scrapped and one number was told: a person is told, the goods are gone, and which units is not known."""
    back(world, *"ABC")
    events = world.told(look((2, SCRAP, ("A",)), happened=True))
    noted = [event.code for event in events if isinstance(event, DiscrepancyNoted)]
    assert (noted, len(untold(events))) == (["field_invalid", "field_missing"], 1)
    assert states(world, "ABC") == [SerialState.IN_STOCK] * 3
    assert world.row("L1", "BACK").on_hand == 10
    replayed(world)


def test_all_units_of_a_line_need_no_names(world: World) -> None:
    """Where all that is left of a line goes one way, these are the units."""
    back(world, *"ABC")
    world.told(look((1, SCRAP, ("B",))))
    world.told(look((2, SEND_BACK, ()), number="RI-2"))
    assert states(world, "ABC") == [SerialState.SENT_BACK, SerialState.SCRAPPED, SerialState.SENT_BACK]
    replayed(world)


def test_some_units_of_a_line_that_nobody_names_are_missed(world: World) -> None:
    """Nobody can say which they are; people are told, and what is left of the line may be any of them."""
    back(world, *"ABC")
    left = "1 unit of PUMP left the books as scrapped without serial numbers; send them with the line."
    assert untold(world.told(look((1, SCRAP, ())))) == [left]
    world.told(look((1, SCRAP, ("A",)), number="RI-2"))
    assert untold(world.told(look((1, SCRAP, ()), number="RI-3"))) == [left]
    assert states(world, "ABC") == [SerialState.SCRAPPED, SerialState.IN_STOCK, SerialState.IN_STOCK]
    replayed(world)


def test_a_unit_is_restocked_where_it_is_brought(world: World) -> None:
    """It may be ordered by its number again, and is picked from there."""
    back(world, "A")
    world.told(look((1, RESTOCK, ())))
    assert (unit(world, "A").state, unit(world, "A").row.location) == (SerialState.IN_STOCK, "BACK")
    world.place("2", wanted(sku="PUMP", quantity=1, serial="A"))
    assert world.lots("2") == [("L1", 10)]
    replayed(world)


def promised(world: World, order: str) -> list[tuple[str, tuple[str, ...]]]:
    """Where what is promised to an order lies, and by which numbers."""
    return [(part.row.location, part.serials) for part in world.parts(order)]


def test_a_unit_that_is_gone_is_promised_to_nobody(world: World) -> None:
    """Two that were promised by number are adjusted out: their orders lose these and nothing else, and nobody else."""
    world.place("1", pump("C", line="1"), pump("D", line="2"), pump(line="3"))
    world.place("2", pump("E"), pump("F", line="2"))
    events = world.told(adjust(-3, "C", "D", "F", happened=True))
    freed = [(event.key.order, len(event.freed)) for event in events if isinstance(event, ReservationFreed)]
    assert freed == [("1", 2), ("2", 1)]
    assert promised(world, "1") == [("BIN", ())]
    assert promised(world, "2") == [("BIN", ("E",))]
    assert (world.row("L1").on_hand, world.row("L1").reserved) == (30, 20)
    world.told(adjust(1, "C", number="A-2"))
    assert sorted(promised(world, "1")) == [("BIN", ()), ("BIN", ("C",))]
    replayed(world)


def test_who_has_a_unit_by_number_loses_it_and_nobody_else(world: World) -> None:
    """All six are promised, the last of the queue by no number; what is missing is what was named."""
    world.place("1", pump("A"))
    world.place("2", pump(quantity=5))
    world.told(adjust(-1, "A", happened=True))
    assert (promised(world, "1"), world.lots("2")) == ([], [("L1", 50)])
    replayed(world)


@pytest.mark.parametrize(("what", "there"), [(SCRAP, []), (QUARANTINE, []), (RESTOCK, [("BACK", ("A",))])])
def test_a_unit_that_was_looked_at_is_promised_where_it_is(
    world: World, what: Disposition, there: list[tuple[str, tuple[str, ...]]]
) -> None:
    """Whoever was promised it by number loses it where it is not for sale any more, and keeps it where it is."""
    back(world, "A", "B")
    world.place("2", pump("A"))
    events = world.told(look((1, what, ("A",))))
    assert promised(world, "2") == there
    assert any(isinstance(event, ReservationFreed) for event in events) != bool(there)
    replayed(world)


def test_a_unit_that_is_restocked_elsewhere_is_picked_there(world: World) -> None:
    """Its promise goes along to its bin."""
    back(world, "A", "B")
    world.place("2", pump("A"))
    line = InspectedLine("1", "1", Decimal(1), None, RESTOCK, to="SHELF", serials=("A",))
    world.told(InspectReturn(SITE, False, "qa", None, "RMA", "RI", (line,)))
    assert promised(world, "2") == [("SHELF", ("A",))]
    replayed(world)


def test_what_was_sold_again_is_not_what_was_looked_at(world: World) -> None:
    """It has left with another order and stays shipped; named it is refused, and of all it is the one missed."""
    back(world, *"ABC")
    world.place("2", pump("A"))
    world.told(world.pick("2", PickLine(None, "1", None, None, Decimal(1), serials=("A",))))
    world.told(world.ship("2", shipment="S2"))
    assert world.refused(look((1, SCRAP, ("A",)))) == (Code.NOT_AVAILABLE, "lines.0.serials.0")
    assert len(untold(world.told(look((3, SCRAP, ()), happened=True)))) == 1
    assert states(world, "ABC") == [SerialState.SHIPPED, SerialState.SCRAPPED, SerialState.SCRAPPED]
    assert unit(world, "A").order == "2"
    replayed(world)


def test_units_are_looked_at_by_the_line_they_left_with(world: World) -> None:
    """One line of a return is of two lines of the order: the unit that is named is of the second, and is scrapped."""
    world.place("1", pump("A"), pump("B", line="2"))
    for line, number in (("1", "A"), ("2", "B")):
        world.told(world.pick("1", PickLine(None, line, None, None, Decimal(1), serials=(number,))))
    world.told(world.ship("1"))
    said = StockLine("1", "PUMP", "L1", "BACK", Decimal(2), serials=("A", "B"))
    world.told(ReturnGoods(SITE, True, "door", None, "RMA", key("1"), (said,)))
    assert untold(world.told(look((1, SCRAP, ("B",))))) == []
    assert states(world, "AB") == [SerialState.IN_STOCK, SerialState.SCRAPPED]
    world.told(look((1, SEND_BACK, ()), number="RI-2"))
    assert states(world, "AB") == [SerialState.SENT_BACK, SerialState.SCRAPPED]
    replayed(world)


def test_a_unit_on_hold_is_taken_from_where_it_is_set_apart(world: World) -> None:
    """Good stock stays as much as there are good units; lifting the hold of what is gone brings nothing back."""
    world.told(PlaceSerialHold(Hold("H", HoldKind.HOLD), "PUMP", "A"))
    world.told(adjust(-2, "A", "B", code="destroyed"))
    assert [row.on_hand for row in world.ledger.stock.values() if row.on_hand] == [40]
    world.told(LiftSerialHold("H", "PUMP", "A"))
    assert [row.on_hand for row in world.ledger.stock.values() if row.on_hand] == [world.row("L1").on_hand]
    assert unit(world, "A").state is SerialState.SCRAPPED
    replayed(world)
