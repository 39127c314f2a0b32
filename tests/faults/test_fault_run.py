from __future__ import annotations

import os
from pathlib import Path

import pytest

from lotstream.cli.faults import print_report, run_plan
from lotstream.testing.faults.breaking import KINDS
from lotstream.testing.faults.catalogue import CATALOGUE
from lotstream.testing.faults.crashes import NOT_REACHED
from lotstream.testing.faults.episodes import EPISODES
from lotstream.testing.faults.report import Plan, Report
from lotstream.testing.faults.run import FaultsUnknown

LENGTH = os.environ.get("LOTSTREAM_TEST_LENGTH", "short")
SEED = 4
#: In its first half minute workers die by themselves, within a transaction and by SIGTERM, and PostgreSQL by kill -9.
BUSY_SEED = 76
WORKERS = tuple(
    fault.name for fault in CATALOGUE if "worker" in fault.name or fault.name == "two processes with one id"
)
SERVERS = tuple(fault.name for fault in CATALOGUE if fault.name not in WORKERS)
OPERATORS = tuple(episode.name for episode in EPISODES)
#: Longest that one part of the long size may take, which ends when each of its kinds has come once: about 3 minutes.
PART_S = 600
#: What is run in each size; the long one has every kind once, in parts of a few minutes.
RUNS = {
    "short": {"everything": Plan(30, BUSY_SEED)},
    "long": {
        "workers": Plan(PART_S, SEED, only=WORKERS, once=True),
        "servers": Plan(PART_S, SEED, only=SERVERS, once=True),
        "operators": Plan(PART_S, SEED, only=OPERATORS, once=True),
    },
    "nightly": {"everything": Plan(1800, SEED)},
}[LENGTH]
#: What takes root or a C compiler (docs/reliability.md); all else can be done everywhere.
NOT_EVERYWHERE = {"PostgreSQL's disk full", "clock of a worker jumps a day", "append time years ahead"}
TIMEOUT_S = max(plan.seconds for plan in RUNS.values()) + 600


@pytest.mark.timeout(TIMEOUT_S)
@pytest.mark.parametrize("plan", RUNS.values(), ids=RUNS.keys())
async def test_whatever_breaks_nothing_is_lost_doubled_or_promised_twice(
    plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Workers, brokers and PostgreSQL are broken at random, and every invariant holds at the end."""
    report = await run_plan(plan, tmp_path)
    with capsys.disabled():
        print_report(report)
    assert report.counts is not None
    assert report.counts.orders > 100
    assert report.counts.doubles == 0
    assert report.recoveries()
    assert report.looks > 0
    assert {invariant: sentences for invariant, sentences in report.violations.found.items() if sentences} == {}
    _check_kinds(report)


def _check_kinds(report: Report) -> None:
    """Each kind came once before any came again, and none is missing that there was time for."""
    wanted = {kind.name for kind in KINDS if not report.plan.only or kind.name in report.plan.only}
    times = {name: len(recoveries) for name, recoveries in report.done.items() if name != NOT_REACHED}
    assert report.left_out.keys() <= NOT_EVERYWHERE
    assert times.keys() == wanted - report.left_out.keys() - {*report.no_time}
    if report.no_time:
        assert set(times.values()) == {1}
    if LENGTH != "short":
        assert report.no_time == []
    if report.plan.once:
        assert set(times.values()) == {1}
        assert len(report.episodes) == report.comparisons - 1


async def test_a_fault_that_does_not_exist_is_refused_before_anything_starts(tmp_path: Path) -> None:
    """A misspelt name is not taken for a run without faults."""
    with pytest.raises(FaultsUnknown, match="no fault called meteorite"):
        await run_plan(Plan(1, 1, only=("meteorite",)), tmp_path)
