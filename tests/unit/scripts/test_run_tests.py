from __future__ import annotations

from pathlib import Path
from typing import IO

import pytest

from scripts import run_tests
from scripts.run_tests import ASIDE

COUNTED = '<testsuites><testsuite tests="8" failures="1" errors="0" skipped="2"/></testsuites>'


class Started:
    """A pytest that has ended."""

    def __init__(self, code: int) -> None:
        self._code = code

    def wait(self) -> int:
        return self._code


@pytest.mark.parametrize(("codes", "worst"), [((0, 0), 0), ((1, 0), 1), ((0, 1), 1), ((0, 2), 2), ((-9, 0), 247)])
def test_each_folder_is_in_one_half_and_the_worse_verdict_counts(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], codes: tuple[int, int], worst: int
) -> None:
    """What one pytest is given the other leaves out; what was printed aside is shown, and who failed is said."""
    ran: list[tuple[str, ...]] = []

    def start(*arguments: str, to: IO[bytes] | None = None) -> Started:
        ran.append(arguments)
        if to is not None:
            to.write(b"FAILED tests/unit/test_x.py::test_y\n")
        counted = next(argument for argument in arguments if argument.startswith("--junitxml="))
        Path(counted.removeprefix("--junitxml=")).write_text(COUNTED)
        return Started(codes[1] if to is not None else codes[0])

    monkeypatch.setattr(run_tests, "_start", start)
    assert run_tests.main(["--durations=5"]) == worst
    aside, ahead = ran
    assert {argument.removeprefix("--ignore=") for argument in ahead if "ignore" in argument} == set(ASIDE)
    assert set(ASIDE) < set(aside)
    assert "--durations=5" in aside
    assert "--durations=5" in ahead
    said = capfd.readouterr().out
    assert "FAILED tests/unit/test_x.py::test_y" in said
    assert said.splitlines()[-1].strip("= ").startswith("both halves: 2 failed, 10 passed, 4 skipped in ")
