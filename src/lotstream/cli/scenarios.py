"""``lotstream scenarios``: allocation scenarios, each a file that says what has to come out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lotstream.cli.options import Json
from lotstream.cli.output import colored, print_json
from lotstream.errors import ExitCode, InputRefused, NotInThisVersion

if TYPE_CHECKING:
    from lotstream.testing.scenarios import ScenarioResult


class Through(StrEnum):
    """What the scenarios go through."""

    DOMAIN = "domain"
    HUB = "hub"


def register(app: typer.Typer) -> None:
    """Add the group ``scenarios``."""
    scenarios = typer.Typer(help="Allocation scenarios and their verdicts.", no_args_is_help=True)
    # A group of one command keeps its name in front of it.
    scenarios.callback()(lambda: None)
    scenarios.command("run")(run_scenarios)
    app.add_typer(scenarios, name="scenarios")


def run_scenarios(
    paths: Annotated[list[Path], typer.Argument(help="Scenario files, or folders of them.", exists=True)],
    through: Annotated[
        Through, typer.Option("--through", help="The ledger alone; a running hub (hub) is not in this version.")
    ] = Through.DOMAIN,
    as_json: Json = False,
    category: Annotated[str | None, typer.Option("--category", help="Run only scenarios of this category.")] = None,
) -> None:
    """Run scenarios and print their verdicts.

    A line each, and the counts at the end; exits 1 when one fails.
    """
    from lotstream.testing.scenarios import run_paths

    if through is not Through.DOMAIN:
        raise NotInThisVersion(
            f"`--through {through}` is not in this version.", what_to_do="Leave it out: the ledger alone decides them."
        )
    results = run_paths(paths, category=category)
    if not results:
        raise InputRefused(f"There is no scenario in {', '.join(map(str, paths))}.", what_to_do="Name a .yaml file.")
    if as_json:
        print_json([_shown(result) for result in results])
    else:
        _print(results)
    if any(result.passed is False for result in results):
        raise typer.Exit(ExitCode.FAILED)


def _print(results: list[ScenarioResult]) -> None:
    for result in results:
        if result.passed:
            print(f"{colored('PASS', 'green')} {result.id}")
        elif result.passed is False:
            print(f"{colored('FAIL', 'red')} {result.id}: {'; '.join(result.differences)}")
    passed = sum(result.passed is True for result in results)
    failed = sum(result.passed is False for result in results)
    print(f"{passed} passed, {failed} failed, {len(results) - passed - failed} skipped")


def _shown(result: ScenarioResult) -> dict[str, object]:
    return {
        "id": result.id,
        "passed": result.passed,
        "differences": list(result.differences),
        "came_out": result.came_out,
    }
