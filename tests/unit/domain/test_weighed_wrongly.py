"""Receipts that said a wrong weight, or one of goods that have none."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lotstream.domain.codes import Code
from lotstream.domain.commands import DefineItem
from lotstream.domain.events import DiscrepancyNoted
from lotstream.domain.weights import kilograms
from tests.unit.domain.build import World, goods, only
from tests.unit.domain.test_catch_weight import HAM, ham, weights
from tests.unit.domain.test_receipt_corrected import corrects, wrong


def test_an_item_that_is_not_weighed_is_corrected_without_a_weight() -> None:
    """Asked, a weight of it is refused; happened, a person is told, and the rest of the line is put right."""
    world = World()
    world.told(world.receipt(goods("T1", 5, line="1")))
    command = corrects(wrong("1", 4, weight_kg=Decimal(2)))
    assert world.refused(command) == (Code.FIELD_INVALID, "lines.0.weight_kg")
    events = world.told(replace(command, happened=True))
    assert only(events, DiscrepancyNoted).code == Code.FIELD_INVALID.value
    assert (world.row("T1").on_hand, weights(world)) == (4, {})


def test_goods_that_were_weighed_wrongly_weigh_what_is_told() -> None:
    """Nothing else of the line was wrong: what is there weighs the difference more, to the gram."""
    world = World()
    world.told(DefineItem(HAM))
    world.told(world.receipt(ham(10, "25", line="1")))
    world.told(corrects(wrong("1", weight_kg=Decimal("24.5"))))
    assert weights(world) == {("H1", "BIN", "good"): 24_500}
    assert str(kilograms(24_500)) == "24.500"
