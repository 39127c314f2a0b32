"""Run `lotstream faults run` for half an hour and write its figures into docs/reliability.md.

Run by ``make fault-figures``. What is given on the command line goes to the run, after ``--minutes 30 --seed 1``. The
page is left as it is when there are violations, or when some kind was not done; both exit 1.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import typer

from lotstream.cli import faults
from lotstream.cli.environment import run
from lotstream.testing.faults.report import Plan, Report

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reliability.md"
BEGIN = "<!-- Figures: written by `make fault-figures`. -->"
END = "<!-- End of figures. -->"
COMMAND = "lotstream faults run --minutes {minutes:g} --seed {seed}"


def main(minutes: float = 30.0, seed: int = 1) -> None:
    """Run, print, and write the page unless something is wrong."""
    # Clients say in red of every broken server that it is broken, which it is on purpose.
    logging.getLogger().addHandler(logging.NullHandler())
    report = run(faults.run_plan(Plan(minutes * 60, seed)))
    faults.print_report(report)
    if report.violations.total() or report.no_time:
        raise typer.Exit(1)
    PAGE.write_text(with_figures(PAGE.read_text(encoding="utf-8"), figures(report, commit())), encoding="utf-8")


def commit() -> str:
    """Return what is checked out, and whether it was changed since."""
    said = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, check=True, capture_output=True)
    return said.stdout.decode().strip()


def figures(report: Report, commit: str) -> str:
    """Return the figures of a run as Markdown."""
    command = COMMAND.format(minutes=report.plan.seconds / 60, seed=report.plan.seed)
    times = sum(map(len, report.done.values()))
    found = f"{report.violations.total() or 'no'} violations"
    parts = [
        f"`{command}` at commit {commit}, {datetime.now(UTC):%Y-%m}: {times} faults and episodes, {found}.",
        "\n".join(f"- {line}" for line in faults.about(report)),
        "\n".join(_table(faults.FAULT_COLUMNS, faults.fault_rows(report))),
        "\n".join(_table(faults.INVARIANT_COLUMNS, faults.invariant_rows(report))),
    ]
    if remarks := list(faults.remarks(report)):
        parts.append("\n".join(f"- {line}" for line in remarks))
    return "\n\n".join(parts)


def with_figures(page: str, figures: str) -> str:
    """Return a page with other figures between its two marks; raises `ValueError` when it has no marks."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"There is no place for figures between {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n{figures}\n{END}{after}"


def _table(columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    heads = list(columns)
    for cells in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.argv[0] = "fault_figures.py"
    typer.run(main)
