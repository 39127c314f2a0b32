"""``lotstream db``: the database of the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lotstream.cli.environment import read_settings, run
from lotstream.cli.output import print_json, table
from lotstream.errors import ExitCode

if TYPE_CHECKING:
    from lotstream.store.migrate import Migration, Status

BEFORE, AFTER = "before deployment", "after deployment"


def register(app: typer.Typer) -> None:
    """Add the group ``db``."""
    db = typer.Typer(help="The database of the hub.", no_args_is_help=True)
    db.command("migrate")(migrate)
    db.command("status")(status)
    db.command("settings")(settings)
    db.command("backfill")(backfill)
    app.add_typer(db, name="db")


def migrate(
    before_deployment: Annotated[
        bool,
        typer.Option(
            "--before-deployment",
            help="Apply only what the code that still runs can live with; the rest waits for a second run.",
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be applied, and change nothing.")] = False,
) -> None:
    """Bring the database to this version.

    Safe to run twice, and from two machines at once. A migration that fails leaves nothing of itself.
    """
    from lotstream.cli.setup import prepare_database
    from lotstream.store.migrate import plan

    settings = read_settings()
    if dry_run:
        _print_plan(run(plan(settings.postgres_url, post=not before_deployment)))
        return
    applied = run(prepare_database(settings, post=not before_deployment))
    for name in applied:
        print(f"applied {name}")
    print("the database is up to date" if not applied else f"{len(applied)} migrations applied")


def backfill() -> None:
    """Add histories of what version 0.1.0 decided, which kept none, so that reads reach back to the beginning.

    Safe to run twice, and beside workers of this version; stop those of 0.1.0 before.
    """
    places, lines = run(_fill())
    print(f"{lines} lines of histories were added in {places} partitions" if places else "no histories are missing")


async def _fill() -> tuple[int, int]:
    from lotstream.hub.backfill import fill
    from lotstream.store.backfill import Backfill

    own = read_settings()
    async with Backfill(own.postgres_url, timeout_s=own.postgres_timeout_s) as found:
        places = await found.unfilled()
        return len(places), sum([await fill(found, place) for place in places])


def status(as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False) -> None:
    """Show which migrations are applied, which wait, and which versions of the worker are connected."""
    from lotstream.store.migrate import read_status

    found = run(read_status(read_settings().postgres_url))
    if as_json:
        print_json(_as_dict(found))
    else:
        _print_status(found)


def settings(
    change: Annotated[
        bool, typer.Option("--change", help="Make what is set here so for all; refused while anybody runs.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show the settings that all workers have alike, as agreed and as they are here.

    The first worker that starts decides. Exits 1 when something else is set here.
    """
    from lotstream.cli.agreed import change_agreed, read_agreed

    own = read_settings()
    if change:
        for name, before, after in run(change_agreed(own)):
            print(f"{name} is {after} for all workers, {before or 'nothing'} before")
    shared = run(read_agreed(own))
    if as_json:
        print_json([{"setting": one.variable, "agreed": one.agreed, "here": one.here} for one in shared])
    else:
        table(("setting", "agreed", "here"), [(one.variable, one.agreed or "–", one.shown) for one in shared])
    if any(one.differs for one in shared):
        raise typer.Exit(ExitCode.FAILED)


def _print_plan(wanted: list[Migration]) -> None:
    for migration in wanted:
        print(f"would apply {migration.name} ({_when(migration.name)}): {migration.summary}")
    print("nothing was changed" if wanted else "the database is up to date")


def _print_status(found: Status) -> None:
    rows = [
        *((one.name, _when(one.name), f"{one.applied_at:%Y-%m-%d %H:%M:%SZ}") for one in found.applied),
        *((one.name, _when(one.name), "pending") for one in found.pending),
    ]
    table(("migration", "runs", "applied"), rows)
    if found.newer:
        print(f"of a newer version: {', '.join(found.newer)}")
    for name, count in found.workers.items():
        print(f"connected: {count} × {name}")


def _as_dict(found: Status) -> dict[str, Any]:
    return {
        "applied": [{"name": one.name, "applied_at": one.applied_at} for one in found.applied],
        "pending": [one.name for one in found.pending],
        "newer": found.newer,
        "workers": found.workers,
    }


def _when(name: str) -> str:
    from lotstream.store.migrate import is_post

    return AFTER if is_post(name) else BEFORE
