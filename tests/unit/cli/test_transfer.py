from __future__ import annotations

from datetime import UTC, datetime

from lotstream.cli.transfer import _heading, _row, shown
from lotstream.domain.model import TRANSFER, Arrived, Item, ReceiptKey, Transfer, TransferLine

KEY = ReceiptKey(TRANSFER, "T-17")
ITEMS = {"TEA": Item("TEA", base_unit="kg", decimals=1)}
LINE = TransferLine("1", "TEA", "L1", 100, received=60, damaged=10, missing=15)
SENT = Transfer(
    KEY, "TOR", "MTL", "…", (LINE, TransferLine("2", "JAM", None, 3, received=3)),
    arrived=(Arrived("", "1", "TEA", "L1", 60, "DOCK", None),),
    shipped_at=datetime(2026, 9, 1, 8, tzinfo=UTC), expected_at=datetime(2026, 9, 3, tzinfo=UTC), scac="CPPC",
)  # fmt: skip


def test_a_transfer_says_what_of_it_is_on_the_way() -> None:
    """In base units: what left, arrived, was damaged, is missing and is still to come, line by line."""
    told = shown("acme", SENT, ITEMS)
    line = told["lines"][0]
    assert [line[name] for name in ("sent", "received", "damaged", "missing", "on_the_way", "unit")] == [
        "10", "6", "1", "1.5", "2.5", "kg",
    ]  # fmt: skip
    assert told["arrivals"][0]["quantity"] == "6"
    assert _row(told) == (
        "T-17", "TOR", "MTL", "shipped", "2026-09-01 08:00", "2026-09-03 00:00", "CPPC", "1 of 2 lines",
    )  # fmt: skip
    assert _heading(told) == (
        "Transfer T-17 of acme to MTL: shipped, left TOR 2026-09-01 08:00, expected 2026-09-03 00:00"
    )


def test_a_transfer_that_only_arrived_says_so() -> None:
    """Nobody has told that it left, so nobody knows from where."""
    told = shown("acme", Transfer(KEY, "", "MTL", "", ()), {})
    assert _heading(told) == "Transfer T-17 of acme to MTL: shipped, nobody has told that it left"
