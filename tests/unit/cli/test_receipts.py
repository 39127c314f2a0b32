"""Receipts as people and programs are shown them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from lotstream.cli import receipts
from lotstream.cli.receipt_lines import announced, came, summary
from lotstream.domain.model import (
    Booked,
    Expected,
    ExpectedLine,
    Item,
    LotName,
    Receipt,
    ReceiptKey,
    RowKey,
    expected_key,
)
from lotstream.store.reads_receipts import LotKnown

AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
ROW = RowKey("TEA", "24A", "TOR", "DOCK")
ITEMS = {"TEA": Item("TEA", base_unit="kg", decimals=1)}
ASN = Expected(
    expected_key("ASN-1"), "TOR", "S-3", date(2026, 9, 2), "1", announced=True,
    lines=(ExpectedLine("1", "TEA", 100, supplier_lot="24A"), ExpectedLine("2", "TEA", 50, lot="X")),
    receipts={"R-1": {"1": 100}},
)  # fmt: skip
CAME = Receipt(
    ReceiptKey("receipt", "R-1"), "TOR", lines={
        "1": Booked(ROW, 110), "2": Booked(ROW._replace(status="damaged"), 10), "3": Booked(ROW._replace(lot="Y"), 5),
        "4": Booked(ROW._replace(lot=None, status="quarantine"), 7),
    }, expected="ASN-1", told=1, corrections={"C1": "…"}, closed_at=AT,
)  # fmt: skip
LOTS = {LotName("TEA", "24A"): LotKnown("TEA", "24A", "S-3", "24A", None, date(2027, 1, 31))}


def test_a_receipt_is_shown_beside_its_announcement() -> None:
    """Over, short, damaged, in quarantine and unannounced stand line by line, as they were told when it was closed."""
    told = came(CAME, ASN, LOTS, ITEMS)
    names = ("line", "lot", "expected", "received", "over", "short", "damaged", "quarantined", "unannounced")
    assert [tuple(line[name] for name in names) for line in told["lines"]] == [
        ("1", "24A", "10", "12", "2", "0", "1", "0", False),
        (None, "Y", "0", "0.5", "0", "0", "0", "0", True),
        (None, None, "0", "0.7", "0", "0", "0", "0.7", True),
        ("2", "X", "5", "0", "0", "5", "0", "0", False),
    ]
    assert (told["lines"][0]["supplier_lot"], told["lines"][0]["expires"], told["lines"][0]["unit"]) == (
        "24A", date(2027, 1, 31), "kg",
    )  # fmt: skip
    assert [(line["line"], line["status"], line["quantity"]) for line in told["booked"]] == [
        ("1", "good", "11"), ("2", "damaged", "1"), ("3", "good", "0.5"), ("4", "quarantine", "0.7"),
    ]  # fmt: skip
    assert (told["state"], told["closed_at"], told["supplier"], told["corrections"]) == ("closed", AT, "S-3", ["C1"])


def test_goods_that_nobody_announced_are_shown() -> None:
    """A receipt of no announcement has unannounced lines alone, also of an item that nobody defined."""
    told = came(Receipt(CAME.key, "TOR", lines={"1": Booked(ROW, 11)}), None, {}, {})
    assert [(line["received"], line["unannounced"], line["unit"]) for line in told["lines"]] == [("11", True, None)]
    assert (told["state"], told["supplier"]) == ("receiving", None)


def test_an_announcement_is_shown_with_what_is_awaited() -> None:
    """What its closed receipts brought is counted; once it is closed what did not come is short."""
    told = announced(ASN, ITEMS)
    assert [(line["expected"], line["received"], line["still_awaited"], line["short"]) for line in told["lines"]] == [
        ("10", "10", "0", "0"), ("5", "0", "5", "0"),
    ]  # fmt: skip
    assert (told["state"], told["receipts"], told["version"]) == ("receiving", ["R-1"], "1")
    over = Expected(ASN.key, "TOR", lines=ASN.lines, closed=True, closed_at=AT)
    assert [(line["still_awaited"], line["short"]) for line in announced(over, ITEMS)["lines"]] == [
        ("0", "10"), ("0", "5"),
    ]  # fmt: skip
    assert [summary(one)["state"] for one in (over, Expected(ASN.key, "TOR"))] == ["closed", "expected"]


def test_both_of_a_number_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """An announcement and a receipt that have the same number are both shown, each with a heading."""
    told = {"owner": "acme", "expected": announced(ASN, ITEMS), "receipt": came(CAME, ASN, LOTS, ITEMS)}
    receipts._show(told, as_json=False)
    out = capsys.readouterr().out
    assert "Announcement ASN-1 of acme at TOR, from S-3, due 2026-09-02: receiving" in out
    assert "Receipt R-1 of ASN-1 of acme at TOR, from S-3: closed 2026-09-01 12:00, corrected by C1" in out
    receipts._show({**told, "expected": None}, as_json=True)
    assert '"expected": null' in capsys.readouterr().out
