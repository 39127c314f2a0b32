from __future__ import annotations

from lotstream.cli.title import _rows, shown
from lotstream.domain.model import TITLE_OUT, Item, ReceiptKey, RowKey, Title, TitleLine

ROW = RowKey("TEA", "L1", "TOR", "A-01")
SOLD = Title(
    ReceiptKey(TITLE_OUT, "acme/T-1"), "TOR", "zenith", "…",
    (TitleLine("1", ROW, 25, "Z-TEA"), TitleLine("2", ROW._replace(sku="JAM"), 3, "JAM")),
)  # fmt: skip
ITEMS = {"TEA": Item("TEA", base_unit="kg", decimals=1)}


def test_goods_that_the_other_ledger_does_not_have_are_between_the_two() -> None:
    """Each line says where it is; the sale is accepted when all of them are."""
    told = shown("acme", SOLD, {"1"}, ITEMS)
    assert (told["state"], [line["state"] for line in told["lines"]]) == ("between", ["accepted", "between"])
    assert shown("acme", SOLD, {"1", "2"}, ITEMS)["state"] == "accepted"
    assert _rows(told)[0] == (
        "acme/T-1", "zenith", "TOR", "1", "TEA", "Z-TEA", "L1", "A-01", "2.5", "kg", "accepted",
    )  # fmt: skip
