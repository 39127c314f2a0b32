from __future__ import annotations

from decimal import Decimal

from lotstream.domain.model import Item, KitPart, Lot, LotMore, OrderLine
from lotstream.domain.names import Names

NAMES = Names({"TEA": Item("TEA", former=("TEE",))}, {("TEA", "L2"): Lot("TEA", "L2", more=LotMore(aliases=("L1",)))})


def test_a_kit_line_is_called_by_present_names() -> None:
    """How many kits a component is for is a number, and a kit's item has components by name: both are read rightly."""
    line = OrderLine("1", "KIT", "each", 1, 2, parts=(KitPart("TEE", each=2, kit=1),))
    assert NAMES.now(line).parts == (KitPart("TEA", each=2, kit=1),)
    assert NAMES.now(Item("KIT", kit={"TEE": Decimal(2)})).kit == {"TEA": Decimal(2)}
