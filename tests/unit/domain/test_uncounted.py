"""What has happened on the floor and cannot be counted is kept as an exception, line by line."""

from __future__ import annotations

from decimal import Decimal

from lotstream.domain.codes import Code
from lotstream.domain.commands import PickLine, ShippedLine
from lotstream.domain.events import DiscrepancyNoted, ShipmentConfirmed
from tests.unit.domain.build import World, goods, kinds, only, wanted


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
