"""How goods and quantities are called in sentences to people."""

from __future__ import annotations

import pytest

from lotstream.domain.model import Item, Tracking
from lotstream.domain.serials import check_count
from lotstream.domain.wording import amount, begun, counted, goods_called, only

KILOS = Item("COD", 1, Tracking.LOT, "kg", 3)
PIECES = Item("TEA", 1, Tracking.LOT, "each", 0)


@pytest.mark.parametrize(
    ("item", "units", "said"),
    [
        (KILOS, 1500, "1.5 kg"),
        (KILOS, 2000, "2 kg"),
        (KILOS, 1, "0.001 kg"),
        (KILOS, 0, "0 kg"),
        (KILOS, -250, "-0.25 kg"),
        (PIECES, 12000, "12000 each"),
    ],
)
def test_quantities_are_said_in_the_base_unit_by_its_name(item: Item, units: int, said: str) -> None:
    """Whatever the decimals of an item, people read its base unit, without an exponent and without idle zeros."""
    assert amount(item, units) == said


def test_goods_are_called_by_lot_and_sku() -> None:
    """A lot's number alone may be that of several SKUs; goods without a lot have their SKU only."""
    assert goods_called("TEA", "L1") == "lot L1 of TEA"
    assert goods_called("TEA", None) == "TEA"
    assert begun("lot L1 of TEA") == "Lot L1 of TEA"


def test_one_of_something_is_said_as_one() -> None:
    """Whatever is counted, and in the sentence that a line with too few numbers is refused by."""
    assert [counted(number, "unit") for number in (0, 1, 2)] == ["0 units", "1 unit", "2 units"]
    refusal = check_count(("S1",), 2, Item("PUMP", tracking=Tracking.SERIAL), "lines.0")
    assert refusal is not None
    assert refusal.message == "The line has 1 serial number, which is not its quantity; send one for each."


def test_what_is_too_little_begins_a_sentence() -> None:
    """Where there is nothing, or nobody knows of what, the sentence says so without a number."""
    assert only(KILOS, 1500) == "Only 1.5 kg of COD"
    assert only(KILOS, 0) == only(None, 3) == "Nothing of that"
