from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from lotstream.cli.count import _rows, _waits, shown
from lotstream.domain.model import COUNT_PENDING, CountedLine, CountPending, Item, ReceiptKey
from lotstream.store.reads_moves import BinToCount

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
BIN = BinToCount("TEA", "L1", "TOR", "A-01", 25, date(2026, 9, 20), Decimal("50.5"), AT, 7, 1, Decimal("6.00"))


def test_the_plan_is_blind_unless_the_books_are_asked_for() -> None:
    """Who counts is told where, and why; how much is known to lie there only whoever asks for it."""
    told = shown(BIN, Item("TEA", base_unit="kg", decimals=1), books=False)
    assert not {"on_hand", "value", "unit"} & told.keys()
    assert (told["risk"], told["last_counted"], told["movements"]) == ("6.00", "2026-09-01", 7)
    whole = shown(BIN, Item("TEA", base_unit="kg", decimals=1), books=True)
    assert (whole["on_hand"], whole["unit"], whole["value"]) == ("2.5", "kg", "50.50")


def test_a_count_that_waits_says_where_and_who_may_not() -> None:
    """Nothing of what was found."""
    line = CountedLine("1", "TEA", "L1", "A-01", None, None, None, 20, -5)
    told = _waits(CountPending(ReceiptKey(COUNT_PENDING, "C-1"), "TOR", "ann", AT, (line,)))
    assert _rows(told) == [("C-1", "TOR", "ann", "2026-09-01 08:00", "1", "A-01", "TEA", "L1")]
    assert "20" not in str(told["lines"])
