from __future__ import annotations

import pytest

from lotstream.testing.faults.invariants import Invariant
from lotstream.testing.faults.report import Plan, Played, Recovery, Report
from scripts.fault_figures import BEGIN, END, PAGE, figures, with_figures


def _report() -> Report:
    report = Report(Plan(1800, 7))
    report.done["PostgreSQL slow"] += [Recovery(1.0, 1.5), Recovery(3.0, 9.0)]
    report.episodes.append(Played("inbound topic deleted and made anew", "exit 4", "`lotstream topics adopt`"))
    return report


def test_figures_are_those_of_the_run_with_its_command_and_commit() -> None:
    """A reader sees what to type, at which commit, and both recoveries of each kind."""
    said = figures(_report(), "abc1234")
    assert said.startswith("`lotstream faults run --minutes 30 --seed 7` at commit abc1234")
    assert "2 faults and episodes, no violations" in said
    assert "| PostgreSQL slow | 2 | 1.0 | 3.0 | 1.5 | 9.0 | 9.0 |" in said
    assert all(f"| {invariant.value} | 0 |" in said for invariant in Invariant)
    assert "episode: inbound topic deleted and made anew: exit 4; then `lotstream topics adopt`" in said


def test_a_page_keeps_everything_but_its_figures() -> None:
    """Writing them again changes what stands between the marks and nothing else."""
    page = f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n"
    assert with_figures(page, "new") == f"before\n\n{BEGIN}\nnew\n{END}\n\nafter\n"
    assert with_figures(with_figures(page, "old"), "new") == with_figures(page, "new")


def test_a_page_without_a_place_for_figures_is_refused() -> None:
    """Nothing is appended to some end of it."""
    with pytest.raises(ValueError, match="no place for figures"):
        with_figures("a page", "new")


def test_the_page_on_reliability_has_a_place_for_them() -> None:
    """`make fault-figures` finds where to write after half an hour."""
    assert with_figures(PAGE.read_text(encoding="utf-8"), "new").count("new") >= 1
