"""Figures as a person and a program read them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from lotstream.cli.kpi import _in_words, recalled, shown
from lotstream.domain.kpis import Figures
from lotstream.store.kpis import RecallTime

COUNTED = Figures(4, 3, *map(Decimal, ("1.50", "30", "20", "0", "5", "0", "8.000", "4")))


def test_rates_stand_beside_what_they_are_made_of() -> None:
    """Rates and sums are decimal text, counts are numbers, and a rate of nothing is null."""
    assert shown(COUNTED) == {
        "lot_accuracy": "0.75", "inventory_accuracy": "0.95", "expiration_loss": "0.25", "expiration_loss_value": None,
        "traceability": "0.5",
        "of": {
            "count_lines": 4, "count_lines_right": 3, "counted_off": "1.5", "counted_system": "30", "received": "20",
            "received_value": "0", "expired": "5", "expired_value": "0", "shipped": "8", "traced": "4",
        },
    }  # fmt: skip


def test_in_words_rates_are_percent() -> None:
    """Shares are percent with two decimals; what there is none of is left empty."""
    assert _in_words("owner", {"owner": "acme", **shown(COUNTED)}) == (
        "acme", "75.00%", "95.00%", "25.00%", None, "50.00%", None, 4, "20", "5", "8",
    )  # fmt: skip


def test_recalls_are_listed_and_the_longest_is_shown() -> None:
    """Of the owner alone, drills among them; in words the longest in seconds."""
    asked = datetime(2026, 9, 1, tzinfo=UTC)
    times = [
        RecallTime((1, 0, number, 0), owner, f"RC-{number}", drill=number == 2, asked_at=asked, seconds=number * 1.25)
        for number, owner in enumerate(("acme", "zenith", "acme"), start=1)
    ]
    told = recalled("acme", times)
    assert told == [
        {"recall": "RC-1", "drill": False, "asked_at": asked, "seconds": 1.25},
        {"recall": "RC-3", "drill": False, "asked_at": asked, "seconds": 3.75},
    ]
    assert _in_words("owner", {"owner": "acme", **shown(COUNTED), "recalls": told})[6] == "3.8 s"
