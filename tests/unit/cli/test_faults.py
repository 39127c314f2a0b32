"""What `lotstream faults run` says of a run by its exit code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lotstream.cli import faults
from lotstream.errors import ExitCode
from lotstream.testing.faults.invariants import Invariant, Violations
from lotstream.testing.faults.report import Plan, Report
from tests.unit.cli.conftest import Ran


@pytest.mark.parametrize(("found", "code"), [((), ExitCode.OK), ((Invariant.SAME_LOTS,), ExitCode.FAILED)])
def test_a_run_with_a_violation_exits_1(
    lotstream: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, found: tuple[Invariant, ...], code: ExitCode
) -> None:
    """A run without violations exits 0; one of any invariant makes it 1, and its sentence is printed."""

    async def came_to(plan: Plan, logs: Path | None = None) -> Report:
        violations = Violations()
        for invariant in found:
            violations.add(invariant, "order O-1 has another lot")
        return Report(plan, violations)

    monkeypatch.setattr(faults, "run_plan", came_to)
    ran = lotstream("faults", "run", "--minutes", "0.1")
    assert ran.code == code
    assert ("order O-1 has another lot" in ran.out) is bool(found)
