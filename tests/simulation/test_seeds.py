"""The hub in a made-up world: whatever goes wrong, every invariant of the commit holds after every step."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from lotstream.testing.simulation.faults import KINDS
from lotstream.testing.simulation.outcome import Script
from lotstream.testing.simulation.runner import Summary, report, report_failed, simulate, steps_folder
from tests.simulation.conftest import LENGTH
from tests.simulation.mutations import move_the_position_before_the_sends

#: A hundred seeds take half a minute of two cores, ten thousand an hour; time is made up, so that nothing hangs.
pytestmark = pytest.mark.timeout(7200)

ENDS = (
    *("crashed", "crashed, two batches in flight", "ClaimLost", "RelayFailed", "PostgresUnreachable"),
    *("InstanceTaken", "InstanceLockLost", "LogMismatch"),
)
"""How processes end: killed, and of what they find."""

BEFALLEN = (
    *("frozen", "frozen, two batches in flight", "muted", "held up", "restore", "position forgotten"),
    *("commit: ClaimLost", "commit: ClaimLost, two batches in flight", "send: ProducerFenced"),
    *("commit: ConstraintViolated", "commit: ConstraintViolated, two batches in flight"),
    *("database commit: answer lost", "database commit: answer lost, two batches in flight"),
    *("database take_claim: answer lost", "kafka initialise: answer lost"),
    *("intake: duplicate", "intake: refused stale_version", "intake: refused conflicting_content"),
    *("dead letter: constraint", "dead letter: too_large", "dead letter: wrong_partition", "dead letter: not_json"),
)
"""Zombies that write, lost answers, copies, older versions after newer ones, poison: what all of it leads to."""

SELDOM = (
    *("database commit: refused", "database commit: too slow", "database release_claim: answer lost"),
    *("note: ProducerFenced", "end: ProducerFenced", "kafka send: answer lost", "kafka end: answer lost"),
    *("database now: answer lost, two batches in flight", "send: ProducerFenced, two batches in flight"),
)
"""The same, which a thousand seeds have and a hundred may not."""


def test_the_seed_that_was_asked_for(only_seed: int | None, capsys: pytest.CaptureFixture[str]) -> None:
    """A seed that is named is lived through alone, and its steps are printed; otherwise the first one is."""
    outcome = simulate(only_seed or 1)
    if only_seed is not None:
        with capsys.disabled():
            print(report(outcome, steps=None))  # noqa: T201 - whoever names a seed wants to see it
    assert outcome.violation is None, report_failed(outcome)


def test_every_invariant_holds_after_every_step(summary: Summary, seeds: range) -> None:
    """Crashes at any await, zombies, lost answers, rebalances, copies and poison break none of the eight invariants."""
    assert not summary.failed, "\n\n".join(report_failed(outcome) for outcome in summary.failed[:3])
    assert summary.seeds == len(seeds)


def test_every_kind_of_fault_was_thrown(summary: Summary, only_seed: int | None) -> None:
    """All seeds together have every kind of fault, every kind of death, and what these lead to."""
    kinds = (*KINDS, *ENDS, *BEFALLEN, *(SELDOM if LENGTH != "short" else ()))
    if only_seed is None:
        assert [kind for kind in kinds if not summary.counts[kind]] == []


def test_a_seed_replays_exactly() -> None:
    """The same seed gives the same steps to the last digit, in another process with another order of hashes."""
    first, second = (_steps(7, hash_seed) for hash_seed in ("1", "2"))
    assert first == second
    assert "seed 7: every invariant held after every step" in first


def test_a_failed_seed_says_where_all_its_steps_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The report of a violation has the last steps, the file with all of them, and a command that shows the same."""
    # Where other runs of these tests write it too.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    move_the_position_before_the_sends(monkeypatch)
    outcome = simulate(1, Script(calm=True))
    said = report_failed(outcome).splitlines()
    assert said[-2] == "see it again: python -m lotstream.testing.simulation --seed 1 --calm"
    path = steps_folder() / "seed-1.txt"
    assert said[-1] == f"all {len(outcome.steps)} steps: {path}"
    written = path.read_text(encoding="utf-8").splitlines()
    assert written == report(outcome, steps=None).splitlines()
    assert len(written) == len(outcome.steps) + 3


def _steps(seed: int, hash_seed: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "lotstream.testing.simulation", "--seed", str(seed)],
        env=os.environ | {"PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr
    return ran.stdout
