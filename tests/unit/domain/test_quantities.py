"""Quantities: what can be counted, up to the last unit that every reader still counts exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotstream.domain.codes import Code, Refusal
from lotstream.domain.model import Item
from lotstream.domain.quantities import DIGITS_MAX, QUANTITY_MAX, check_quantity, smallest, unit_factor, whole_packs
from tests.unit.domain.build import World, goods

MOST = Decimal(QUANTITY_MAX)


def test_the_most_that_can_be_counted_is_received_and_one_more_is_refused() -> None:
    """Both when it is told in the base unit and when it comes to it by the factor of its unit."""
    world = World()
    world.told(world.receipt(goods("L1", MOST)))
    assert world.row("L1").on_hand == QUANTITY_MAX
    for one_more in (goods("L2", MOST + 1), goods("L3", MOST // 6 + 1, unit="case")):
        asked = world.receipt(one_more, number="R2", happened=False)
        assert world.refused(asked) == (Code.TOO_LARGE, "lines.0.quantity")


@pytest.mark.parametrize(
    ("quantity", "factor", "units"),
    [
        ("1", 6, 6), ("0.5", 6, 3), ("2.5", 1000, 2500), ("0.001", 1000, 1), (MOST, 1, QUANTITY_MAX),
        (f"0.5{'0' * (DIGITS_MAX - 1)}", 2, 1), ("1E+2", 1, 100),
    ],
)  # fmt: skip
def test_what_comes_out_in_smallest_units(quantity: object, factor: int, units: int) -> None:
    """However it is written, as long as it is whole in them; its opposite comes to the opposite."""
    assert smallest(Decimal(str(quantity)), factor, "quantity") == units
    assert smallest(-Decimal(str(quantity)), factor, "quantity", positive=False) == -units


@pytest.mark.parametrize(
    ("quantity", "factor", "code"),
    [
        ("0.5", 1, Code.NOT_A_MULTIPLE), ("0.3333", 3, Code.NOT_A_MULTIPLE), ("0", 6, Code.NOT_POSITIVE),
        ("-1", 6, Code.NOT_POSITIVE), ("NaN", 1, Code.FIELD_INVALID), ("-Infinity", 1, Code.FIELD_INVALID),
        (MOST + 1, 1, Code.TOO_LARGE), (MOST, 2, Code.TOO_LARGE), (f"0.5{'0' * DIGITS_MAX}", 2, Code.NOT_A_MULTIPLE),
    ],
)  # fmt: skip
def test_what_does_not_come_out_is_refused(quantity: object, factor: int, code: Code) -> None:
    """With the field, whatever is wrong with it."""
    found = smallest(Decimal(str(quantity)), factor, "quantity")
    assert isinstance(found, Refusal)
    assert (found.code, found.field) == (code, "quantity")


def test_less_than_nothing_is_a_quantity_where_it_may_be() -> None:
    """Down to as much as there may be of anything."""
    assert check_quantity(-MOST, "quantity", positive=False) is None
    assert check_quantity(MOST, "quantity") is None
    found = check_quantity(-MOST - 1, "quantity", positive=False)
    assert found is not None
    assert found.code is Code.TOO_LARGE
    assert smallest(Decimal(0), 6, "quantity", positive=False) == 0


def test_units_and_packs() -> None:
    """A unit counts as the item says, none is the base unit; a pack that is begun is a pack."""
    item = Item("OIL", decimals=2, units={"can": Decimal("2.5")})
    assert [unit_factor(item, unit) for unit in (None, "each", "can", "drum")] == [100, 100, 250, None]
    assert [whole_packs(units, 6) for units in (0, 1, 6, 7)] == [0, 6, 6, 12]
    assert whole_packs(7, None) == 7
