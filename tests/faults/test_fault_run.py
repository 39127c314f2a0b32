from __future__ import annotations

import os
from pathlib import Path

import pytest

from lotstream.cli.faults import print_report, run_plan
from lotstream.testing.faults.run import FaultsUnknown, Plan

LENGTH = os.environ.get("LOTSTREAM_TEST_LENGTH", "short")
#: Seconds of breaking things; episodes are played in the longer runs.
SECONDS = {"short": 30, "long": 180, "nightly": 1800}[LENGTH]
SEED = 4


@pytest.mark.timeout(SECONDS + 600)
async def test_whatever_breaks_nothing_is_lost_doubled_or_promised_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Workers, brokers and PostgreSQL are broken at random, and every invariant holds at the end."""
    report = await run_plan(Plan(SECONDS, SEED, episodes=LENGTH != "short"), tmp_path)
    with capsys.disabled():
        print_report(report)
    assert report.counts is not None
    assert report.counts.orders > 100
    assert report.counts.doubles == 0
    assert report.recoveries()
    assert report.looks > 0
    assert {invariant: sentences for invariant, sentences in report.violations.found.items() if sentences} == {}


async def test_a_fault_that_does_not_exist_is_refused_before_anything_starts(tmp_path: Path) -> None:
    """A misspelt name is not taken for a run without faults."""
    with pytest.raises(FaultsUnknown, match="no fault called meteorite"):
        await run_plan(Plan(1, 1, only=("meteorite",)), tmp_path)
