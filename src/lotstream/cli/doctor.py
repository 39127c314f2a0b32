"""``lotstream doctor``: what is wrong with each dependency, in words."""

from __future__ import annotations

import typer

from lotstream.cli.environment import read_settings, run
from lotstream.cli.options import Json
from lotstream.cli.output import colored, print_json
from lotstream.errors import ExitCode


def register(app: typer.Typer) -> None:
    """Add the command ``doctor``."""
    app.command("doctor")(doctor)


def doctor(as_json: Json = False) -> None:
    """Say what is wrong with each dependency.

    Looks at Kafka, topics, PostgreSQL, clocks and packages, says what to do, and exits 1 when something has to be done.
    """
    from lotstream.cli.checks import examine

    findings = run(examine(read_settings()))
    problems = [finding for finding in findings if not finding.ok]
    if as_json:
        shown = [
            {"about": finding.about, "ok": finding.ok, "text": finding.text, "what_to_do": finding.what_to_do}
            for finding in findings
        ]
        print_json({"ok": not problems, "findings": shown})
    else:
        for finding in findings:
            verdict = colored("OK     ", "green") if finding.ok else colored("PROBLEM", "red")
            print(f"{verdict}  {finding.about:<10}  {finding.text}")
            if finding.what_to_do:
                print(f"{'':21}→ {finding.what_to_do}")
    if problems:
        raise typer.Exit(ExitCode.FAILED)
