"""``lotstream scenarios``: allocation scenarios, each a file that says what has to come out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from lotstream.cli.environment import run
from lotstream.cli.options import Json
from lotstream.cli.output import colored, print_json, progress
from lotstream.errors import ExitCode, InputRefused

if TYPE_CHECKING:
    from lotstream.testing.scenarios import ScenarioResult

PARTITIONS: Final = 2
"""Partitions of the inbound topic: scenarios want short ways and not many at once."""

TELL_EVERY: Final = 10
"""Scenarios between two lines of progress."""


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
        Through,
        typer.Option("--through", help="domain: the ledger alone. hub: a worker on embedded Kafka and PostgreSQL."),
    ] = Through.DOMAIN,
    as_json: Json = False,
    category: Annotated[str | None, typer.Option("--category", help="Run only scenarios of this category.")] = None,
) -> None:
    """Run scenarios and print their verdicts.

    A line each, and the counts at the end; exits 1 when one fails. Both ways are told the same messages: the ledger
    alone in memory, or a running hub that is looked at through its database and its topics.
    """
    from lotstream.testing.scenarios import readings, run_paths

    if not any(True for _ in readings(paths)):
        raise InputRefused(f"There is no scenario in {', '.join(map(str, paths))}.", what_to_do="Name a .yaml file.")
    through_hub = through is Through.HUB
    results = run(_through_hub(paths, category)) if through_hub else run_paths(paths, category=category)
    if as_json:
        print_json([_shown(result) for result in results])
    else:
        _print(results)
    if any(result.passed is False for result in results):
        raise typer.Exit(ExitCode.FAILED)


async def _through_hub(paths: list[Path], category: str | None) -> list[ScenarioResult]:
    """Play scenarios in a hub on servers of its own, in a temporary folder."""
    from lotstream.cli.local_hub import prepare
    from lotstream.local import LocalStack
    from lotstream.local.folders import temporary_folder
    from lotstream.settings import Settings
    from lotstream.testing.scenarios_hub import run_through_hub
    from lotstream.testing.scenarios_running import RunningHub

    folder = temporary_folder()
    stack = LocalStack(folder, temporary=True, progress=progress)
    try:
        addresses = await stack.start()
        settings = Settings(
            kafka_bootstrap=addresses.kafka_bootstrap, postgres_url=addresses.postgres_url, partitions=PARTITIONS,
            http_port=0,
        )  # fmt: skip
        await prepare(settings)
        async with RunningHub(settings, folder) as hub:
            return await run_through_hub(hub, paths, category=category, tell=_tell)
    finally:
        await stack.stop()


def _tell(done: int, of: int) -> None:
    if done % TELL_EVERY == 0 or done == of:
        progress(f"{done} of {of} scenarios played")


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
